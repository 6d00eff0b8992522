/* Tables of named columns to safetensors files. */
#include <math.h>
#include <stdio.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "json_dump.h"
#include "prep/dialect_json.h"
#include "prep/json_list.h"
#include "read/stored_table.h"

static json_t *column_json(const nu_column *c)
{
    json_t *json = json_pack("{s:s, s:s}", "name", c->name,
                             "kind", nudge_column_kind_name(c->kind));
    int bad = 0;
    if (c->categories != NULL)
        bad |= json_object_set_new(json, "labels",
                                   nu_json_texts(c->categories, c->n_categories));
    if (c->values != NULL)
        bad |= json_object_set_new(json, "values",
                                   nu_json_numbers(c->values, c->n_categories));
    if (c->is_target)
        bad |= json_object_set_new(json, "target", json_integer((json_int_t)c->place + 1));
    if (nu_has_around(&c->around))
        bad |= json_object_set_new(json, "around",
                                   json_pack("[s, s]", c->around.before, c->around.after));
    if (bad == 0)
        return json;
    json_decref(json);
    return NULL;
}

static int is_stored(const nu_column *c)
{
    return c->is_target || nu_column_is_feature(c);
}

/* The metadata's "table"; for free(). */
static char *describe(const nudge_table *t)
{
    json_auto_t *json = json_pack("{s:[]}", "columns");
    json_t *columns = json_object_get(json, "columns");
    int bad = columns == NULL;
    for (size_t j = 0; j < t->n_columns; j++)
        if (is_stored(&t->columns[j]))
            bad |= json_array_append_new(columns, column_json(&t->columns[j]));
    if (t->dialect.delimiter != '\0')
        bad |= json_object_set_new(json, "csv", nu_dialect_to_json(&t->dialect));
    return bad == 0 ? nu_json_dump(json, JSON_COMPACT) : NULL;
}

/* The file's beginning; for free(). */
static char *make_header(const nudge_table *t, size_t *size)
{
    nu_st_tensor *tensors NU_FREED = calloc(t->n_columns, sizeof *tensors);
    char(*names)[NU_NAME_TEXT] NU_FREED = calloc(t->n_columns, sizeof *names);
    char *table NU_FREED = describe(t);
    uint64_t shape[] = {t->rows};
    size_t n = 0;
    if (tensors == NULL || names == NULL || table == NULL)
        return NULL;
    for (size_t j = 0; j < t->n_columns; j++) {
        if (!is_stored(&t->columns[j]))
            continue;
        snprintf(names[n], sizeof *names, "%zu", n);
        tensors[n] = (nu_st_tensor){.name = names[n], .rank = 1, .shape = shape,
                                    .dtype = t->columns[j].categories != NULL ? "I32" : "F64"};
        n++;
    }
    json_auto_t *metadata = json_pack("{s:s, s:s, s:s}", "format", NU_STORED_FORMAT, "table", table,
                                      "origin", t->source);
    return metadata != NULL ? nu_st_header(tensors, n, metadata, size) : NULL;
}

static void put_column(FILE *f, const nudge_table *t, size_t j)
{
    int32_t numbers[NU_CHUNK_ROWS];
    for (size_t first = 0; first < t->rows; first += nu_chunk_rows(t)) {
        const double *cells = nu_cell_at(t, first, j);
        size_t rows = nu_smaller(t->rows - first, nu_chunk_rows(t));
        for (size_t i = 0; t->columns[j].categories != NULL && i < rows; i++)
            numbers[i] = isnan(cells[i]) ? -1 : (int32_t)cells[i];
        if (t->columns[j].categories != NULL)
            fwrite(numbers, sizeof *numbers, rows, f);
        else
            fwrite(cells, sizeof *cells, rows, f);
    }
}

nudge_status nu_stored_write(const nudge_table *t, const char *path, nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    size_t size = 0, j = 0;
    while (j < t->n_columns && !is_stored(&t->columns[j]))
        j++;
    if (j == t->n_columns)
        return nu_fail(err, NUDGE_EDATA, "%s: all columns are left out: nothing is to be written",
                       t->source);
    char *header NU_FREED = make_header(t, &size);
    NU_NEED(header != NULL, 4096, "a safetensors header", err);
    NU_TRY(nu_output_open(&out, path, err));
    fwrite(header, 1, size, out.stream);
    for (; j < t->n_columns && !ferror(out.stream); j++)
        if (is_stored(&t->columns[j]))
            put_column(out.stream, t, j);
    return nu_output_commit(&out, err); /* says what went wrong on the way, too */
}
