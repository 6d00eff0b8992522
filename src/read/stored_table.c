#include "read/stored_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "date.h"
#include "json_dump.h"
#include "prep/dialect_json.h"
#include "read/csv_columns.h"

typedef struct stored {
    const nu_st_file *file;
    nudge_table *table;
    json_t *columns;     /* of the metadata's table, all checked */
    nu_csv_fields fields;
    nudge_error *err;
} stored;

/* What a column is in the file. */
typedef struct stored_column {
    const char *name;
    nudge_column_kind kind;
    json_t *labels, *values; /* NULL: there are none */
    int target;              /* its place, from 1; 0: it is none */
    const char *before, *after;
    const nu_st_tensor *tensor;
} stored_column;

static nudge_status damaged(const stored *s, size_t j, const char *what)
{
    return nu_fail(s->err, NUDGE_EDATA, "%s: the description of column %zu is damaged: %s",
                   s->table->source, j, what);
}

static int all_are(const json_t *list, int (*is)(const json_t *))
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is(json_array_get(list, i)))
            return 0;
    return json_is_array(list);
}

static int is_text(const json_t *json)
{
    return json_is_string(json);
}

static int is_number(const json_t *json)
{
    return json_is_number(json);
}

static nudge_status look_at(stored_column *c, const stored *s, size_t j)
{
    json_error_t at;
    const char *kind;
    char name[NU_NAME_TEXT];
    *c = (stored_column){.before = "", .after = ""};
    if (json_unpack_ex(json_array_get(s->columns, j), &at, JSON_STRICT,
                       "{s:s, s:s, s?o, s?o, s?i, s?[s, s]}", "name", &c->name, "kind", &kind,
                       "labels", &c->labels, "values", &c->values, "target", &c->target, "around",
                       &c->before, &c->after) != 0)
        return damaged(s, j, at.text);
    if (nudge_column_kind_parse(&c->kind, kind, NULL) != NUDGE_OK ||
        c->kind == NUDGE_COLUMN_PIXELS)
        return damaged(s, j, "its kind is unknown");
    int labels = c->labels != NULL;
    if ((labels && !all_are(c->labels, is_text)) || (c->values != NULL && !labels) ||
        (c->values != NULL && (!all_are(c->values, is_number) ||
                               json_array_size(c->values) != json_array_size(c->labels))) ||
        (c->kind == NUDGE_COLUMN_CATEGORY) != (labels && c->values == NULL))
        return damaged(s, j, "labels and values do not go with its kind");
    if (c->target < 0 || strlen(c->before) >= NU_AROUND_TEXT || strlen(c->after) >= NU_AROUND_TEXT)
        return damaged(s, j, "a target's place or the texts around numbers are impossible");
    snprintf(name, sizeof name, "%zu", j);
    c->tensor = nu_st_find(s->file, name);
    if (c->tensor == NULL || c->tensor->rank != 1 || c->tensor->elements == 0 ||
        strcmp(c->tensor->dtype, labels ? "I32" : "F64") != 0 ||
        c->tensor->elements != nu_st_find(s->file, "0")->elements)
        return damaged(s, j, "its tensor is not there, or of another type or length");
    return NUDGE_OK;
}

/* The columns that the options, or a model, ask for. */
static nudge_status choose(stored *s, const nudge_read_options *options)
{
    size_t n = json_array_size(s->columns);
    char **names NU_FREED = NULL;
    NU_NEW(names, calloc, n, "the names of columns", s->err);
    for (size_t j = 0; j < n; j++) {
        stored_column c;
        NU_TRY(look_at(&c, s, j));
        names[j] = (char *)c.name; /* only read */
    }
    nu_csv_first first = {.cells = names, .n = n, .line = 1, .header = 1};
    NU_TRY(nu_csv_choose(&s->fields, s->table->source, &first, options, &s->table->notes, s->err));
    for (size_t j = 0; j < n && options->target == NULL && options->like == NULL; j++) {
        stored_column c;
        NU_TRY(look_at(&c, s, j));
        s->fields.field[j].is_target = c.target > 0 && s->fields.field[j].used;
        s->fields.field[j].place = (size_t)c.target;
    }
    if (s->fields.kept > 0)
        return nu_fail_setting(s->err, NUDGE_EARGUMENT, "keep", "%s: the texts of its cells are "
                               "not stored; the text file has them", s->table->source);
    return NUDGE_OK;
}

/* What is asked for must be what is stored; targets are learned as they are. */
static nudge_status check_kind(const stored *s, const nu_csv_field *f, const stored_column *c)
{
    static const char *const what[] = {[NUDGE_COLUMN_NUMBER] = "numbers", [NUDGE_COLUMN_CATEGORY] =
                                       "a category", [NUDGE_COLUMN_DATE] = "dates"};
    static const nudge_column_kind wanted[] = {[NU_NUMBERS] = NUDGE_COLUMN_NUMBER, [NU_CATEGORIES] =
                                               NUDGE_COLUMN_CATEGORY, [NU_DATES] =
                                               NUDGE_COLUMN_DATE};
    char name[NU_SHORT];
    if (f->is_target || f->want == NU_ANY_KIND || c->kind == wanted[f->want] ||
        (f->want == NU_CATEGORIES && c->labels != NULL))
        return NUDGE_OK;
    return nu_fail_setting(s->err, NUDGE_EMISMATCH, f->want == NU_CATEGORIES ? "category" : NULL,
                           "%s: column '%s' is stored as %s, and is asked for as %s; the text file "
                           "can be read so", s->table->source, nu_csv_short(name, c->name),
                           what[c->kind], what[wanted[f->want]]);
}

static char *copy_label(const void *labels, size_t i)
{
    return strdup(json_string_value(json_array_get(labels, i)));
}

/* The table's column, without its cells. Numbers as they were written are kept so for a target. */
static nudge_status make_column(const stored *s, const nu_csv_field *f, const stored_column *c)
{
    nu_column *column = &s->table->columns[f->column];
    int numbers = c->labels == NULL || (c->values != NULL && !f->is_target &&
                                        f->want != NU_CATEGORIES);
    NU_TRY(check_kind(s, f, c));
    column->kind = c->values != NULL && f->want == NU_CATEGORIES && !f->is_target
                       ? NUDGE_COLUMN_CATEGORY : c->kind;
    column->is_target = f->is_target;
    column->place = f->place;
    strcpy(column->around.before, c->before); /* look_at() saw to it that they fit */
    strcpy(column->around.after, c->after);
    NU_NEED((column->name = strdup(f->name)) != NULL, strlen(f->name), "a column's name", s->err);
    if (!numbers)
        NU_TRY(nu_strings_make(&column->categories, &column->n_categories,
                               json_array_size(c->labels), copy_label, c->labels,
                               "the labels of a column", s->err));
    if (c->values == NULL || column->kind == NUDGE_COLUMN_CATEGORY || numbers)
        return NUDGE_OK;
    NU_NEW(column->values, nu_alloc, column->n_categories + 1, "the labels of a column", s->err);
    for (size_t k = 0; k < column->n_categories; k++)
        column->values[k] = json_number_value(json_array_get(c->values, k));
    return NUDGE_OK;
}

/* Cells of a chunk; a number instead of each label where `decode` holds their values. */
static nudge_status read_cells(const stored *s, const stored_column *c, int decode, size_t first,
                               size_t rows, double *cells)
{
    int32_t numbers[NU_CHUNK_ROWS];
    size_t labels = json_array_size(c->labels);
    if (c->labels == NULL)
        NU_TRY(nu_st_read(s->file, c->tensor, first * sizeof *cells, rows * sizeof *cells, cells,
                          s->err));
    else
        NU_TRY(nu_st_read(s->file, c->tensor, first * sizeof *numbers, rows * sizeof *numbers,
                          numbers, s->err));
    for (size_t i = 0; i < rows; i++) {
        if (c->labels != NULL && (numbers[i] < -1 || numbers[i] >= (int64_t)labels))
            return nu_fail(s->err, NUDGE_EDATA, "%s: column '%.40s': row %zu has label %d of %zu",
                           s->table->source, c->name, first + i + 1, numbers[i], labels);
        if (c->labels != NULL)
            cells[i] = numbers[i] < 0 ? NAN
                       : decode ? json_number_value(json_array_get(c->values, (size_t)numbers[i]))
                                : numbers[i];
        if (isinf(cells[i]))
            return nu_fail(s->err, NUDGE_EDATA, "%s: column '%.40s': row %zu is infinite",
                           s->table->source, c->name, first + i + 1);
        if (c->kind == NUDGE_COLUMN_DATE && !isnan(cells[i]) && !nu_is_date(cells[i]))
            return nu_fail(s->err, NUDGE_EDATA, "%s: column '%.40s': row %zu has %g days since "
                           "1970-01-01, which are beyond the years 0 to 9999", s->table->source,
                           c->name, first + i + 1, cells[i]);
    }
    return NUDGE_OK;
}

static nudge_status read_column(const stored *s, const nu_csv_field *f, const stored_column *c)
{
    nudge_table *t = s->table;
    NU_TRY(make_column(s, f, c));
    int decode = t->columns[f->column].categories == NULL;
    for (size_t k = 0; k < t->n_chunks; k++) {
        size_t first = k * nu_chunk_rows(t), rows = nu_smaller(t->rows - first, nu_chunk_rows(t));
        NU_TRY(read_cells(s, c, decode, first, rows, nu_cell_at(t, first, f->column)));
    }
    return NUDGE_OK;
}

static nudge_status read_weights(const stored *s, const stored_column *c)
{
    nudge_table *t = s->table;
    NU_NEW(t->weights, nu_alloc, t->rows, "weights", s->err);
    for (size_t at = 0, n; at < t->rows; at += n) {
        n = nu_smaller(t->rows - at, NU_CHUNK_ROWS);
        NU_TRY(read_cells(s, c, 1, at, n, t->weights + at));
    }
    for (size_t i = 0; i < t->rows && c->kind == NUDGE_COLUMN_CATEGORY; i++)
        t->weights[i] = NAN;
    return NUDGE_OK;
}

/* ---- Rows ------------------------------------------------------------------------------ */

static int lacks_target(const nudge_table *t, size_t row)
{
    for (size_t j = 0; j < t->n_columns; j++)
        if (t->columns[j].is_target && isnan(nu_table_cell(t, row, j)))
            return 1;
    return 0;
}

/* As from text: rows without a target are left out, and need no weight. */
static nudge_status drop_rows(const stored *s, const char *weight)
{
    nudge_table *t = s->table;
    size_t rows = 0, all = t->rows;
    double sum = 0;
    for (size_t row = 0; row < all; row++) {
        if (lacks_target(t, row))
            continue;
        for (size_t j = 0; rows < row && j < t->n_columns; j++)
            *nu_cell_at(t, rows, j) = nu_table_cell(t, row, j);
        if (t->weights != NULL && !(t->weights[row] >= 0))
            return nu_fail_setting(s->err, NUDGE_EDATA, "weight", "%s: column '%.40s': row %zu has "
                                   "no weight; it must be a finite number from 0", t->source,
                                   weight, row + 1);
        if (t->weights != NULL)
            sum += t->weights[rows] = t->weights[row];
        rows++;
    }
    if (rows == 0)
        return nu_fail(s->err, NUDGE_EDATA, "%s: none of %zu rows has a target", t->source, all);
    if (t->weights != NULL && !(sum > 0))
        return nu_fail_setting(s->err, NUDGE_EDATA, "weight", "%s: column '%.40s': all %zu weights "
                               "are 0; one at least must be above", t->source, weight, rows);
    if (rows == all)
        return NUDGE_OK;
    t->rows = rows;
    return nu_note(&t->notes, t->source, NULL, s->err, "%zu row%s without a target %s left out",
                   all - rows, all - rows == 1 ? "" : "s", all - rows == 1 ? "is" : "are");
}

static void measure(const nudge_table *t, nu_column *column, size_t j)
{
    for (size_t row = 0, found = 0; row < t->rows; row++) {
        double v = nu_table_number(t, row, j);
        if (isnan(v) && column->missing++ == 0)
            column->first_missing = row;
        if (isnan(v) || column->kind == NUDGE_COLUMN_CATEGORY)
            continue;
        column->min = found == 0 || v < column->min ? v : column->min;
        column->max = found == 0 || v > column->max ? v : column->max;
        column->sum += v;
        found++;
    }
}

static nudge_status make_chunks(const stored *s)
{
    nudge_table *t = s->table;
    size_t bytes;
    nu_choose_chunks(t, t->rows);
    int fits = nu_mul(t->rows + nu_chunk_rows(t), s->fields.used * sizeof(double), &bytes);
    NU_NEED(fits, SIZE_MAX, t->source, s->err);
    NU_TRY(nu_memory_check(bytes, t->source, s->err));
    NU_NEW(t->columns, calloc, s->fields.used, "columns", s->err);
    t->n_columns = s->fields.used;
    NU_NEW(t->chunks, calloc, nu_ceil_div(t->rows, nu_chunk_rows(t)), "rows of a table", s->err);
    while (t->n_chunks < nu_ceil_div(t->rows, nu_chunk_rows(t))) {
        double *chunk = malloc(t->n_columns * nu_chunk_rows(t) * sizeof *chunk);
        NU_NEED(chunk != NULL, bytes, "rows of a table", s->err);
        t->chunks[t->n_chunks++] = chunk;
    }
    return NUDGE_OK;
}

static nudge_status read_all(stored *s, const nudge_read_options *options)
{
    nudge_table *t = s->table;
    NU_TRY(choose(s, options));
    t->rows = nu_st_find(s->file, "0")->elements;
    if (t->rows > UINT32_MAX)
        return nu_fail(s->err, NUDGE_EDATA, "%s: too many rows; at most %u can be read", t->source,
                       UINT32_MAX);
    NU_TRY(make_chunks(s));
    const char *weight = "";
    for (size_t j = 0; j < s->fields.n; j++) {
        stored_column c;
        NU_TRY(look_at(&c, s, j));
        if (s->fields.field[j].is_weight) {
            weight = c.name;
            NU_TRY(read_weights(s, &c));
        }
        if (s->fields.field[j].used)
            NU_TRY(read_column(s, &s->fields.field[j], &c));
    }
    NU_TRY(drop_rows(s, weight));
    for (size_t j = 0; j < t->n_columns; j++)
        measure(t, &t->columns[j], j);
    return NUDGE_OK;
}

nudge_status nu_stored_read(nudge_table *t, const nu_st_file *file,
                            const nudge_read_options *options, nudge_error *err)
{
    stored s = {.file = file, .table = t, .err = err};
    const char *text = nu_st_metadata(file, "table");
    json_error_t why;
    json_auto_t *json = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, &why) : NULL;
    NU_NEED(text == NULL || json != NULL || !nu_json_lacks_memory(&why), strlen(text),
            "a table's description", err);
    json_t *csv = json_object_get(json, "csv");
    s.columns = json_object_get(json, "columns");
    if (options->labels != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target", "%s is a table of columns, so it "
                               "cannot have its labels in '%s'; its target is one of its columns",
                               t->source, options->labels);
    if (json_array_size(s.columns) == 0 || nu_st_find(file, "0") == NULL)
        return nu_fail(err, NUDGE_EDATA, "%s: it does not say what its columns are", t->source);
    if (csv != NULL)
        NU_TRY(nu_dialect_from_json(&t->dialect, csv, err));
    nudge_status status = read_all(&s, options);
    nu_csv_fields_free(&s.fields);
    return status;
}
