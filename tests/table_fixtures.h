/* Raw tables made by hand, as a reader would give them. */
#ifndef NUDGE_TESTS_TABLE_FIXTURES_H
#define NUDGE_TESTS_TABLE_FIXTURES_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "table/table.h"
#include "model_fixtures.h"

/* Fails with NUDGE_Esomething, and with `part` somewhere in the message. */
#define ck_says(call, expected, part, err)                                                     \
    do {                                                                                       \
        ck_status(call, expected, err);                                                        \
        ck_assert_msg(strstr((err)->text, part) != NULL, "\"%s\" lacks \"%s\"", (err)->text,   \
                      part);                                                                   \
    } while (0)

static inline void *table_memory(size_t n, size_t size)
{
    void *block = calloc(n > 0 ? n : 1, size);
    ck_assert_ptr_nonnull(block);
    return block;
}

static inline char *table_text(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static inline nudge_table *table_start(const char *format, size_t rows)
{
    nudge_table *t = table_memory(1, sizeof *t);
    t->source = table_text("made.csv");
    t->format = format;
    t->rows = rows;
    t->noise_floor = NAN;
    return t;
}

/* ---- Columns --------------------------------------------------------------------------- */

/* n columns, all of numbers 0 and without names until table_numbers() or table_texts(). */
static inline nudge_table *table_columns(size_t rows, size_t n)
{
    nudge_table *t = table_start("csv", rows);
    t->n_columns = n;
    t->columns = table_memory(n, sizeof *t->columns);
    t->n_chunks = (rows + NU_CHUNK_ROWS - 1) / NU_CHUNK_ROWS;
    t->chunks = table_memory(t->n_chunks, sizeof *t->chunks);
    for (size_t c = 0; c < t->n_chunks; c++)
        t->chunks[c] = table_memory(n * NU_CHUNK_ROWS, sizeof **t->chunks);
    return t;
}

static inline void table_set(nudge_table *t, size_t r, size_t j, double value)
{
    t->chunks[r / NU_CHUNK_ROWS][j * NU_CHUNK_ROWS + r % NU_CHUNK_ROWS] = value;
    nu_column *c = &t->columns[j];
    if (isnan(value) && c->missing++ == 0)
        c->first_missing = r;
}

static inline nu_column *table_name(nudge_table *t, size_t j, const char *name,
                                    nudge_column_kind kind)
{
    nu_column *c = &t->columns[j];
    c->name = table_text(name);
    c->kind = kind;
    return c;
}

/* Column j; NAN: missing. */
static inline void table_numbers(nudge_table *t, size_t j, const char *name, const double *cells)
{
    nu_column *c = table_name(t, j, name, NUDGE_COLUMN_NUMBER);
    c->min = INFINITY;
    c->max = -INFINITY;
    for (size_t r = 0; r < t->rows; r++) {
        table_set(t, r, j, cells[r]);
        c->min = fmin(c->min, cells[r]);
        c->max = fmax(c->max, cells[r]);
        c->sum += isnan(cells[r]) ? 0 : cells[r];
    }
}

/* Column j; each cell is one of the `n` categories, which are sorted, or NULL: missing. */
static inline void table_texts(nudge_table *t, size_t j, const char *name,
                               const char *const *cells, const char *const *categories, size_t n)
{
    nu_column *c = table_name(t, j, name, NUDGE_COLUMN_CATEGORY);
    c->categories = table_memory(n, sizeof *c->categories);
    c->n_categories = n;
    for (size_t k = 0; k < n; k++)
        c->categories[k] = table_text(categories[k]);
    for (size_t r = 0; r < t->rows; r++) {
        size_t k = 0;
        while (cells[r] != NULL && strcmp(cells[r], categories[k]) != 0)
            k++;
        table_set(t, r, j, cells[r] == NULL ? NAN : (double)k);
    }
}

/* ---- Matrices -------------------------------------------------------------------------- */

static inline void *table_block(nu_element element, size_t n, const double *values)
{
    void *block = table_memory(n, nu_element_size(element));
    for (size_t i = 0; i < n; i++)
        if (element == NU_U8)
            ((unsigned char *)block)[i] = (unsigned char)values[i];
        else if (element == NU_F32)
            ((float *)block)[i] = (float)values[i];
        else
            ((double *)block)[i] = values[i];
    return block;
}

static inline nudge_table *table_matrix(nu_element element, size_t rows, size_t features,
                                        const double *x)
{
    nudge_table *t = table_start(element == NU_U8 ? "idx" : "synth", rows);
    t->features = features;
    t->element = element;
    t->x = table_block(element, rows * features, x);
    if (element == NU_U8) {
        t->pixel_rows = 1;
        t->pixel_columns = features;
    }
    return t;
}

static inline void table_values(nudge_table *t, size_t outputs, const double *y)
{
    t->outputs = outputs;
    t->y_element = t->element == NU_F64 ? NU_F64 : NU_F32;
    t->y = table_block(t->y_element, t->rows * outputs, y);
    ck_assert_int_eq(nu_table_finish(t, NULL), NUDGE_OK);
}

/* Labels "0", "1", ... */
static inline void table_classes(nudge_table *t, size_t n, const int32_t *classes)
{
    t->outputs = 1;
    t->classes = table_memory(t->rows, sizeof *t->classes);
    memcpy(t->classes, classes, t->rows * sizeof *t->classes);
    t->n_classes = n;
    ck_assert_int_eq(nu_table_finish(t, NULL), NUDGE_OK);
}

#endif
