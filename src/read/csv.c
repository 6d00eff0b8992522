/* CSV files to tables. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/csv_columns.h"
#include "read/csv_scan.h"
#include "read/format.h"

/* A feature with more different texts than this, on more than half of the rows, is no category
 * but a name, a remark, a key: one-hot inputs for it would teach nothing and fill the memory. */
#define MANY_CATEGORIES 1000

typedef struct reader {
    const char *source;
    nu_csv_fields fields;
    locale_t c;
    nudge_table *table;
    int has_header;
    size_t header_line; /* still to be skipped; 0: none */
    size_t cell;        /* next cell of the row */
    double *chunk;      /* where the row goes */
    nudge_error *err;
} reader;

/* ---- Cells ----------------------------------------------------------------------------- */

static nudge_status begin_chunk(reader *r, size_t line)
{
    nudge_table *t = r->table;
    if (t->rows == (size_t)UINT32_MAX / NU_CHUNK_ROWS * NU_CHUNK_ROWS)
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: too many rows; at most %zu can be read",
                       r->source, line, t->rows);
    size_t cells = t->n_columns * NU_CHUNK_ROWS; /* cannot overflow: make_columns() asked */
    /* Not nu_alloc(): of the last chunk only the pages that hold rows should become real. */
    r->chunk = malloc(cells * sizeof *r->chunk);
    NU_NEED(r->chunk != NULL, cells * sizeof *r->chunk, "rows of a table", r->err);
    t->chunks[t->n_chunks++] = r->chunk;
    return NUDGE_OK;
}

/* The value to store for a cell that is not missing: NaN where it is not of its column's kind,
 * which check_kind() reports at the end, when it is known which kind has the most cells. */
static nudge_status store(const reader *r, nu_csv_field *field, nu_column *column, nu_cell cell,
                          const char *text, size_t size, double *value)
{
    if (field->kind == NU_ANY_KIND)
        field->kind = cell == NU_CELL_NUMBER ? NU_NUMBERS : NU_CATEGORIES;
    if (field->kind == NU_CATEGORIES) {
        if (cell == NU_CELL_NUMBER) {
            *value = NAN;
            return NUDGE_OK;
        }
        size_t number = nu_dictionary_add(&field->words, text, size);
        NU_NEED(number != NU_NOT_FOUND, size, "the categories of a column", r->err);
        *value = (double)number;
    } else if (cell == NU_CELL_NUMBER) {
        int is_first = field->seen[cell].count == 1;
        column->min = is_first || *value < column->min ? *value : column->min;
        column->max = is_first || *value > column->max ? *value : column->max;
        column->sum += *value;
    } else {
        *value = NAN;
    }
    return NUDGE_OK;
}

static nudge_status take_weight(const nu_csv_scan *scan, const nu_csv_field *field,
                                const char *text, size_t size)
{
    const reader *r = scan->user;
    double *weight = &r->table->weights[r->table->rows];
    char name[NU_SHORT], shown[NU_SHORT];
    if (nu_csv_cell(text, size, r->c, weight) == NU_CELL_NUMBER && *weight >= 0)
        return NUDGE_OK;
    return nu_fail_setting(r->err, NUDGE_EDATA, "weight", "%s:%zu: column '%s': '%s' is no weight; "
                           "it must be a finite number from 0", r->source, scan->cell_line,
                           nu_csv_short(name, field->name), nu_csv_short(shown, text));
}

static nudge_status take_cell(nu_csv_scan *scan, const char *text, size_t size)
{
    reader *r = scan->user;
    nudge_table *t = r->table;
    size_t j = r->cell++;
    if (r->header_line == scan->row_line || j >= r->fields.n)
        return NUDGE_OK;
    if (j == 0 && t->rows % NU_CHUNK_ROWS == 0)
        NU_TRY(begin_chunk(r, scan->line));
    nu_csv_field *field = &r->fields.field[j];
    if (field->is_weight)
        return take_weight(scan, field, text, size);
    if (!field->used)
        return NUDGE_OK;

    nu_column *column = &t->columns[field->column];
    double value = NAN;
    nu_cell cell = nu_csv_cell(text, size, r->c, &value);
    if (cell == NU_CELL_MISSING) {
        if (column->missing++ == 0)
            column->first_missing = t->rows;
    } else {
        if (field->want == NU_CATEGORIES)
            cell = NU_CELL_TEXT;
        nu_csv_seen *seen = &field->seen[cell];
        if (seen->count++ == 0) {
            seen->line = scan->cell_line;
            nu_csv_short(seen->text, text);
        }
        NU_TRY(store(r, field, column, cell, text, size, &value));
    }
    r->chunk[field->column * NU_CHUNK_ROWS + t->rows % NU_CHUNK_ROWS] = value;
    return NUDGE_OK;
}

static nudge_status take_row(nu_csv_scan *scan)
{
    reader *r = scan->user;
    size_t cells = r->cell;
    r->cell = 0;
    if (r->header_line == scan->row_line) {
        r->header_line = 0;
        return NUDGE_OK;
    }
    if (cells != r->fields.n)
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: %zu cell%s where the %s has %zu", r->source,
                       scan->row_line, cells, cells == 1 ? "" : "s",
                       r->has_header ? "header" : "first row", r->fields.n);
    r->table->rows++;
    return NUDGE_OK;
}

/* ---- Columns --------------------------------------------------------------------------- */

/* NUDGE_EDATA if the cells of a column are not of one kind. */
static nudge_status check_kind(const reader *r, const nu_csv_field *field)
{
    const nu_csv_seen *number = &field->seen[NU_CELL_NUMBER], *text = &field->seen[NU_CELL_TEXT];
    const nu_csv_seen *odd = &field->seen[NU_CELL_NOT_FINITE];
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (field->want == NU_CATEGORIES)
        return NUDGE_OK;
    if (field->want == NU_NUMBERS && text->count > 0 && number->count == 0)
        return nu_fail(r->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a number; the "
                       "model was trained with numbers here", r->source, text->line, name,
                       text->text);
    if (number->count > 0 && text->count > 0) {
        if (field->want == NU_NUMBERS || text->count <= number->count)
            return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: column '%s': '%s' is not a number "
                           "(%zu other cell%s)", r->source, text->line, name, text->text,
                           number->count, number->count == 1 ? " is" : "s are");
        return nu_fail_setting(r->err, NUDGE_EDATA, "category", "%s:%zu: column '%s': '%s' is a "
                               "number, but %zu other cells are text; as a category every cell is "
                               "text", r->source, number->line, name, number->text, text->count);
    }
    if (odd->count > 0 && text->count == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: column '%s': '%s' is not a finite number; "
                       "leave the cell empty if the value is missing", r->source, odd->line, name,
                       odd->text);
    return NUDGE_OK;
}

static nudge_status check_categories(const reader *r, const nu_csv_field *field)
{
    size_t n = field->words.n, rows = r->table->rows;
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (n <= MANY_CATEGORIES || n <= rows / 2)
        return NUDGE_OK;
    if (field->is_target)
        return nu_fail(r->err, NUDGE_EDATA, "%s: target column '%s' has %zu different values in "
                       "%zu rows: too many classes", r->source, name, n, rows);
    return nu_fail_setting(r->err, NUDGE_EDATA, "ignore", "%s: text column '%s' has %zu different "
                           "values in %zu rows, too many for categories; leave it out", r->source,
                           name, n, rows);
}

/* Sorts a column's categories and renumbers its cells. */
static nudge_status sort_categories(const reader *r, nu_csv_field *field)
{
    nudge_table *t = r->table;
    nu_column *column = &t->columns[field->column];
    uint32_t *rank NU_FREED = malloc((field->words.n + 1) * sizeof *rank);
    if (rank == NULL || !nu_dictionary_sort(&field->words, rank))
        return nu_no_memory(r->err, field->words.n * sizeof *rank, "the categories of a column");
    for (size_t row = 0; row < t->rows; row++) {
        double *cell = &t->chunks[row / NU_CHUNK_ROWS][field->column * NU_CHUNK_ROWS +
                                                       row % NU_CHUNK_ROWS];
        if (!isnan(*cell))
            *cell = rank[(size_t)*cell];
    }
    column->categories = field->words.texts;
    column->n_categories = field->words.n;
    field->words.texts = NULL;
    field->words.n = 0;
    return NUDGE_OK;
}

static nudge_status finish_weights(const reader *r, const nu_csv_field *field)
{
    nudge_table *t = r->table;
    double *fewer = realloc(t->weights, t->rows * sizeof *fewer), sum = 0;
    char name[NU_SHORT];
    t->weights = fewer != NULL ? fewer : t->weights;
    for (size_t i = 0; i < t->rows; i++)
        sum += t->weights[i];
    if (sum > 0)
        return NUDGE_OK;
    return nu_fail_setting(r->err, NUDGE_EDATA, "weight", "%s: column '%s': all %zu weights are 0; "
                           "one at least must be above", r->source,
                           nu_csv_short(name, field->name), t->rows);
}

static nudge_status finish(const reader *r, int check)
{
    if (r->table->rows == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: a header but no rows", r->source);
    for (size_t j = 0; j < r->fields.n; j++) {
        nu_csv_field *field = &r->fields.field[j];
        if (field->is_weight)
            NU_TRY(finish_weights(r, field));
        if (!field->used)
            continue;
        NU_TRY(check_kind(r, field));
        if (field->kind != NU_CATEGORIES)
            continue;
        if (check)
            NU_TRY(check_categories(r, field));
        r->table->columns[field->column].kind = NUDGE_COLUMN_CATEGORY;
        NU_TRY(sort_categories(r, field));
    }
    return NUDGE_OK;
}

/* ---- The table ------------------------------------------------------------------------- */

/* Named columns for the table, once there is memory for `lines` rows. */
static nudge_status make_columns(reader *r, size_t lines)
{
    size_t columns = r->fields.used, chunk, bytes;
    size_t chunks = lines / NU_CHUNK_ROWS + 1, page = 4096 / sizeof(double);
    int fits = nu_mul(columns, NU_CHUNK_ROWS * sizeof(double), &chunk);
    fits = nu_mul(columns * sizeof(double), (lines / page + 1) * page, &bytes) && fits;
    char what[128], name[NU_SHORT];
    snprintf(what, sizeof what, "%s with %zu columns", nu_csv_short(name, r->source), columns);
    NU_NEED(fits, SIZE_MAX, what, r->err);
    NU_TRY(nu_memory_check(bytes, what, r->err));

    nudge_table *t = r->table;
    NU_NEW(t->chunks, calloc, chunks, what, r->err);
    NU_NEW(t->columns, calloc, columns, what, r->err);
    t->n_columns = columns;
    for (size_t j = 0; j < r->fields.n; j++) {
        const nu_csv_field *field = &r->fields.field[j];
        if (field->is_weight) /* of pages that hold no rows memory is not taken, as of chunks */
            NU_NEED((t->weights = malloc((lines + 1) * sizeof *t->weights)) != NULL,
                    lines * sizeof *t->weights, what, r->err);
        if (!field->used)
            continue;
        nu_column *column = &t->columns[field->column];
        column->is_target = field->is_target;
        NU_NEED((column->name = strdup(field->name)) != NULL, strlen(field->name), what, r->err);
    }
    return NUDGE_OK;
}

static nudge_status read_text(reader *r, char *bytes, size_t size,
                              const nudge_read_options *options)
{
    nu_csv_first first NU_SCOPED(nu_csv_first_free) = {0};
    NU_TRY(nu_csv_check_text(r->source, &bytes, &size, r->err));
    NU_TRY(nu_csv_look(&first, r->source, bytes, size, options, r->c, r->err));
    NU_TRY(nu_csv_choose(&r->fields, r->source, &first, options, r->err));
    if (options->header < 0 && options->like == NULL && !first.header)
        NU_TRY(nu_note(&r->table->notes, r->source, "header", r->err, "the first row is data, not a "
                       "header; columns are called c1, c2, ..."));
    r->has_header = first.header;
    r->header_line = first.header ? first.line : 0;
    NU_TRY(make_columns(r, nu_csv_count_lines(bytes, size)));
    nu_csv_scan scan = {.source = r->source, .bytes = bytes, .size = size, .first_line = 1,
                        .delimiter = ',', .cell = take_cell, .row = take_row, .user = r, .err = r->err};
    NU_TRY(nu_csv_run(&scan));
    return finish(r, options->like == NULL);
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    NU_TRY(nu_source_load(s, err));
    reader r = {.source = s->name, .table = t, .err = err};
    r.c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    NU_NEED(r.c != (locale_t)0, 1024, "the C locale", err);
    nudge_status status = read_text(&r, (char *)s->bytes, (size_t)s->size, options);
    nu_csv_fields_free(&r.fields);
    freelocale(r.c);
    return status;
}

const nu_format nu_csv_format = {
    .name = "csv",
    .ending = {".csv", ".csv.gz"},
    .read = read_table,
    .write = nu_csv_write,
};
