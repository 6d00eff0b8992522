#include "table/split.h"

#include <math.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"

enum part { TRAIN, VAL, TEST };

static nudge_status count_part(size_t *count, size_t rows, double part, const char *what,
                               nudge_error *err)
{
    if (!(part >= 0 && part < 1))
        return nu_fail(err, NUDGE_EARGUMENT,
                       "%s part %g; it must be at least 0 and less than 1", what, part);
    size_t rounded = (size_t)floor(part * (double)rows + 0.5);
    *count = part > 0 && rounded == 0 ? 1 : rounded;
    return NUDGE_OK;
}

/* Marks `count` rows that the permutation has from place `first` on. */
static void mark(unsigned char *part_of, const nu_permutation *order, size_t first, size_t count,
                 enum part part)
{
    uint32_t rows[1024];
    for (size_t done = 0, n; done < count; done += n) {
        n = count - done < 1024 ? count - done : 1024;
        nu_permutation_range(order, (uint32_t)(first + done), n, rows);
        for (size_t i = 0; i < n; i++)
            part_of[rows[i]] = (unsigned char)part;
    }
}

/* The rows of each part, ascending: in this order gathering them walks forward in memory. */
static void list_rows(nu_parts *split, const unsigned char *part_of, size_t rows)
{
    size_t at[] = {[TRAIN] = 0, [VAL] = split->n_train, [TEST] = split->n_train + split->n_val};
    for (size_t r = 0; r < rows; r++)
        split->rows[at[part_of[r]]++] = (uint32_t)r;
}

nudge_status nu_parts_make(nu_parts *split, size_t rows, double val, double test,
                           nudge_split_order order, uint64_t seed, nudge_error *err)
{
    nu_parts s NU_SCOPED(nu_parts_free) = {0};
    unsigned char *part_of NU_FREED = NULL;
    if (rows == 0 || rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows to split; there must be from 1 to %u", rows,
                       UINT32_MAX);
    NU_TRY(count_part(&s.n_test, rows, test, "test", err));
    NU_TRY(count_part(&s.n_val, rows, val, "validation", err));
    if (s.n_test + s.n_val >= rows)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows for testing and %zu for validation leave "
                       "none of %zu to train on", s.n_test, s.n_val, rows);
    s.n_train = rows - s.n_test - s.n_val;
    NU_NEW(s.rows, nu_alloc, rows, "row numbers", err);
    NU_NEW(part_of, calloc, rows, "row numbers", err); /* TRAIN everywhere */
    if (order == NUDGE_SPLIT_LAST) {
        memset(part_of + s.n_train, VAL, s.n_val);
        memset(part_of + s.n_train + s.n_val, TEST, s.n_test);
    } else {
        nu_permutation random;
        nu_permutation_start(&random, (uint32_t)rows, seed, NU_RANDOM_SPLIT, 0);
        mark(part_of, &random, 0, s.n_test, TEST);
        mark(part_of, &random, s.n_test, s.n_val, VAL);
    }
    list_rows(&s, part_of, rows);
    s.val = s.rows + s.n_train;
    s.test = s.val + s.n_val;
    *split = s;
    s.rows = NULL;
    return NUDGE_OK;
}

void nu_parts_free(nu_parts *split)
{
    free(split->rows);
    *split = (nu_parts){0};
}
