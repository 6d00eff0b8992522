/* Tables that a program makes, column by column. */
#include <math.h>
#include <sys/mman.h>

#include "core/memory.h"
#include "core/status.h"
#include "table/dictionary.h"
#include "table/table.h"

nudge_status nudge_table_create(nudge_table **table, size_t rows, nudge_error *err)
{
    nudge_table *t NU_SCOPED(nu_table_drop) = NULL;
    if (rows == 0 || rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows; there must be from 1 to %u", rows,
                       UINT32_MAX);
    NU_NEW(t, calloc, 1, "a table", err);
    t->rows = rows;
    t->format = "memory";
    t->noise_floor = NAN;
    nu_choose_chunks(t, rows);
    t->n_chunks = nu_ceil_div(rows, nu_chunk_rows(t));
    NU_NEED((t->source = strdup("table")) != NULL, sizeof "table", "a table", err);
    NU_NEW(t->chunks, calloc, t->n_chunks, "a table", err);
    *table = NU_TAKE(t);
    return NUDGE_OK;
}

/* Room for one more column, which is not counted yet. Chunks grow by half, so that adding many
 * columns copies each cell a few times. */
static nudge_status add_room(nudge_table *t, nudge_error *err)
{
    size_t n = t->n_columns, room = n + n / 2 + 4, cells, bytes;
    if (n < t->column_room)
        return NUDGE_OK;
    int fits = nu_mul(room, nu_chunk_rows(t) * sizeof(double), &cells) &&
               nu_mul(cells, t->n_chunks, &bytes);
    NU_NEED(fits, SIZE_MAX, "columns of a table", err);
    NU_TRY(nu_memory_check(bytes / room * (room - n), "columns of a table", err));
    nu_column *columns = realloc(t->columns, room * sizeof *columns);
    NU_NEED(columns != NULL, room * sizeof *columns, "columns of a table", err);
    t->columns = columns;
    for (size_t c = 0; c < t->n_chunks; c++) {
        void *chunk = t->chunk_bytes == 0 ? realloc(t->chunks[c], cells)
                                          : mremap(t->chunks[c], t->chunk_bytes, cells,
                                                   MREMAP_MAYMOVE);
        NU_NEED(chunk != NULL && chunk != MAP_FAILED, cells, "columns of a table", err);
        t->chunks[c] = chunk;
    }
    t->chunk_bytes = t->chunk_bytes == 0 ? 0 : cells;
    t->column_room = room;
    return NUDGE_OK;
}

/* A new column without cells. */
static nudge_status start_column(nu_column **column, nudge_table *t, const char *name,
                                 nudge_column_kind kind, nudge_error *err)
{
    if (t->n_columns == 0 && t->features > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s is a matrix: it takes no columns", t->source);
    if (name == NULL || *name == '\0')
        return nu_fail(err, NUDGE_EARGUMENT, "column %zu has no name", t->n_columns);
    if (nu_table_find(t, name, 0) != SIZE_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "there is a column '%s' already", name);
    NU_TRY(add_room(t, err));
    nu_column *c = &t->columns[t->n_columns];
    *c = (nu_column){.kind = kind};
    NU_NEED((c->name = strdup(name)) != NULL, strlen(name), "a column's name", err);
    t->n_columns++;
    *column = c;
    return NUDGE_OK;
}

static void take_back(nudge_table *t)
{
    nu_column *c = &t->columns[--t->n_columns];
    free(c->name);
}

static void put(nudge_table *t, size_t row, double value)
{
    nu_column *c = &t->columns[t->n_columns - 1];
    *nu_cell_at(t, row, t->n_columns - 1) = value;
    if (!isnan(value))
        return;
    if (c->missing++ == 0)
        c->first_missing = row;
}

nudge_status nudge_table_add_numbers(nudge_table *t, const char *name, const double *values,
                                     nudge_error *err)
{
    nu_column *c;
    NU_TRY(start_column(&c, t, name, NUDGE_COLUMN_NUMBER, err));
    c->min = INFINITY;
    c->max = -INFINITY;
    for (size_t r = 0; r < t->rows; r++) {
        double v = values[r];
        if (isinf(v)) {
            take_back(t);
            return nu_fail(err, NUDGE_EDATA, "column '%s', row %zu: %g is no finite number", name,
                           r, v);
        }
        put(t, r, v);
        if (isnan(v))
            continue;
        c->min = v < c->min ? v : c->min;
        c->max = v > c->max ? v : c->max;
        c->sum += v;
    }
    if (c->missing == t->rows)
        c->min = c->max = 0;
    return NUDGE_OK;
}

/* Cells get the numbers of their texts, first in the order of their coming. */
static nudge_status put_texts(nudge_table *t, const char *const *texts, nu_dictionary *words,
                              nudge_error *err)
{
    for (size_t r = 0; r < t->rows; r++) {
        size_t number = texts[r] != NULL ? nu_dictionary_add(words, texts[r], strlen(texts[r])) : 0;
        NU_NEED(number != NU_NOT_FOUND, strlen(texts[r]), "categories", err);
        put(t, r, texts[r] != NULL ? (double)number : NAN);
    }
    return NUDGE_OK;
}

nudge_status nudge_table_add_texts(nudge_table *t, const char *name, const char *const *texts,
                                   nudge_error *err)
{
    nu_dictionary words NU_SCOPED(nu_dictionary_free) = {0};
    uint32_t *rank NU_FREED = NULL;
    nu_column *c;
    NU_TRY(start_column(&c, t, name, NUDGE_COLUMN_CATEGORY, err));
    nudge_status status = put_texts(t, texts, &words, err);
    rank = nu_alloc(words.n + 1, sizeof *rank);
    if (status == NUDGE_OK && (rank == NULL || !nu_dictionary_sort(&words, rank)))
        status = nu_no_memory(err, words.n * sizeof *rank, "categories");
    if (status == NUDGE_OK)
        status = nu_strings_make(&c->categories, &c->n_categories, words.n, nu_string_copy,
                                 words.texts, "categories", err);
    if (status != NUDGE_OK) {
        take_back(t);
        return status;
    }
    for (size_t r = 0; r < t->rows; r++) {
        double *cell = nu_cell_at(t, r, t->n_columns - 1);
        if (!isnan(*cell))
            *cell = rank[(size_t)*cell];
    }
    return NUDGE_OK;
}

nudge_status nudge_table_set_target(nudge_table *t, const char *name, nudge_error *err)
{
    size_t j = nu_table_find(t, name, 0);
    if (j == SIZE_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "there is no column '%s'", name);
    if (!t->columns[j].is_target) /* targets are in the order of these calls */
        for (size_t i = 0; i < t->n_columns; i++)
            t->columns[j].place += t->columns[i].is_target != 0;
    t->columns[j].is_target = 1;
    return NUDGE_OK;
}
