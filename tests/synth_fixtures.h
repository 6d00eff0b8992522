/* Tables of generators. */
#ifndef NUDGE_TESTS_SYNTH_FIXTURES_H
#define NUDGE_TESTS_SYNTH_FIXTURES_H

#include <stdio.h>
#include <string.h>

#include "nudge.h"
#include "suite.h"
#include "table/table.h"

static inline nudge_table *synth(const char *spec, nudge_dtype dtype, int threads)
{
    nudge_read_options options = nudge_read_defaults();
    options.dtype = dtype;
    options.threads = threads;
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, spec, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* In f64, where rounding does not hide anything. */
static inline nudge_table *synth64(const char *spec)
{
    return synth(spec, NUDGE_F64, 1);
}

static inline const double *x_of(const nudge_table *t)
{
    return t->x;
}

static inline const double *y_of(const nudge_table *t)
{
    return t->y;
}

static inline double floor_of(const nudge_table *t)
{
    return nudge_table_describe(t).noise_floor;
}

/* The first `rows` rows of both have the same bits. */
static inline void same_rows(const nudge_table *a, const nudge_table *b, size_t rows)
{
    size_t size = nu_element_size(a->element);
    ck_assert_uint_eq(a->features, b->features);
    ck_assert_mem_eq(a->x, b->x, rows * a->features * size);
    if (a->y != NULL)
        ck_assert_mem_eq(a->y, b->y, rows * size);
    if (a->classes != NULL)
        ck_assert_mem_eq(a->classes, b->classes, rows * sizeof *a->classes);
}

#endif
