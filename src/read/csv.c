/* CSV files to tables. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/column_list.h"
#include "read/csv.h"
#include "read/csv_encoding.h"
#include "read/csv_kinds.h"
#include "read/csv_parts.h"
#include "read/file_parts.h"
#include "read/format.h"

typedef struct reader {
    const char *source;
    nu_csv_fields fields;
    nu_csv_kinds kinds;
    nudge_table *table;
    int has_header;
    size_t header_line; /* still to be skipped; 0: none */
    size_t cell;        /* next cell of the row */
    const size_t *order; /* the column of each; NULL: the same */
    double *chunk;      /* where the row goes */
    int lacks_target;   /* the row */
    nudge_status weight; /* whether it has one; what is wrong is in err */
    size_t dropped;     /* rows without a target */
    size_t empty_rows;  /* which are no rows */
    const nu_csv_kind *declared; /* of each column; or NULL */
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

/* A row that is left out needs none. */
static nudge_status take_weight(const nu_csv_scan *scan, const nu_csv_field *field,
                                const char *text, size_t size)
{
    reader *r = scan->user;
    double *weight = &r->table->weights[r->table->rows];
    char name[NU_SHORT], shown[NU_SHORT];
    if (nu_csv_cell(text, size, r->kinds.how, weight) == NU_CELL_NUMBER && *weight >= 0)
        return NUDGE_OK;
    r->weight = nu_fail_setting(r->err, NUDGE_EDATA, "weight", "%s:%zu: column '%s': '%s' is no "
                                "weight; it must be a finite number from 0", r->source,
                                scan->cell_line, nu_csv_short(name, field->name),
                                nu_csv_short(shown, text));
    return NUDGE_OK;
}

static nudge_status take_cell(nu_csv_scan *scan, const char *text, size_t size)
{
    reader *r = scan->user;
    nudge_table *t = r->table;
    size_t j = r->cell++;
    if (r->header_line == scan->row_line || j >= r->fields.n)
        return NUDGE_OK;
    if (j == 0 && t->rows / NU_CHUNK_ROWS == t->n_chunks)
        NU_TRY(begin_chunk(r, scan->line));
    nu_csv_field *field = &r->fields.field[r->order != NULL ? r->order[j] : j];
    if (field->is_weight)
        return take_weight(scan, field, text, size);
    double *row = r->chunk + t->rows % NU_CHUNK_ROWS;
    if (field->kept)
        NU_TRY(nu_csv_keep(&r->kinds, field, text, size,
                           &row[field->kept_column * NU_CHUNK_ROWS]));
    if (!field->used)
        return NUDGE_OK;
    double *cell = &row[field->column * NU_CHUNK_ROWS];
    NU_TRY(nu_csv_take(&r->kinds, field, text, size, scan->cell_line, cell));
    r->lacks_target |= field->is_target && isnan(*cell);
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
    if (cells > 1 && r->fields.n == 1)
        return nu_fail_setting(r->err, NUDGE_EDATA, "skip_rows", "%s:%zu: %zu cells where the "
                               "first row has 1; lines above the table can be left out", r->source,
                               scan->row_line, cells);
    if (cells != r->fields.n)
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: %zu cell%s where the %s has %zu", r->source,
                       scan->row_line, cells, cells == 1 ? "" : "s",
                       r->has_header ? "header" : "first row", r->fields.n);
    if (r->kinds.first_line == 0 && r->has_header)
        r->kinds.first_line = scan->row_line;
    NU_TRY(r->lacks_target ? NUDGE_OK : r->weight);
    r->weight = NUDGE_OK;
    if (r->lacks_target)
        r->dropped++; /* the next row takes its place */
    else
        r->table->rows++;
    r->lacks_target = 0;
    return NUDGE_OK;
}

/* ---- Columns --------------------------------------------------------------------------- */

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

/* Rows without a target are good for nothing but predicting. */
static nudge_status say_dropped(const reader *r)
{
    if (r->dropped == 0)
        return NUDGE_OK;
    if (r->table->rows == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: none of %zu rows has a target", r->source,
                       r->dropped);
    return nu_note(&r->table->notes, r->source, NULL, r->err, "%zu row%s without a target %s left "
                   "out", r->dropped, r->dropped == 1 ? "" : "s", r->dropped == 1 ? "is" : "are");
}

static nudge_status finish(const reader *r)
{
    if (r->table->rows + r->dropped == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: a header but no rows", r->source);
    for (size_t j = 0; j < r->fields.n; j++) {
        nu_csv_field *field = &r->fields.field[j];
        if (field->is_weight && r->table->rows > 0)
            NU_TRY(finish_weights(r, field));
        NU_TRY(nu_csv_end_column(&r->kinds, field));
    }
    NU_TRY(say_dropped(r));
    return r->kinds.by_model ? NUDGE_OK : nu_csv_leave_out(&r->kinds, &r->fields);
}

/* ---- The table ------------------------------------------------------------------------- */

/* Memory for `lines` rows more. */
static nudge_status make_room(reader *r, size_t lines)
{
    nudge_table *t = r->table;
    size_t columns = r->fields.used + r->fields.kept, chunk, bytes, rows = t->rows + lines;
    size_t chunks = rows / NU_CHUNK_ROWS + 1, page = 4096 / sizeof(double);
    int fits = nu_mul(columns, NU_CHUNK_ROWS * sizeof(double), &chunk);
    fits = nu_mul(columns * sizeof(double), (lines / page + 1) * page, &bytes) && fits;
    char what[128], name[NU_SHORT];
    snprintf(what, sizeof what, "%s with %zu columns", nu_csv_short(name, r->source), columns);
    NU_NEED(fits, SIZE_MAX, what, r->err);
    NU_TRY(nu_memory_check(bytes, what, r->err));
    double **more = realloc(t->chunks, chunks * sizeof *more);
    NU_NEED(more != NULL, chunks * sizeof *more, what, r->err);
    t->chunks = more;
    for (size_t j = 0; j < r->fields.n; j++) {
        if (!r->fields.field[j].is_weight)
            continue; /* of pages that hold no rows memory is not taken, as of chunks */
        double *weights = realloc(t->weights, (rows + 1) * sizeof *weights);
        NU_NEED(weights != NULL, (rows + 1) * sizeof *weights, what, r->err);
        t->weights = weights;
    }
    return NUDGE_OK;
}

/* Named columns for the table. */
static nudge_status make_columns(reader *r)
{
    nudge_table *t = r->table;
    const char *what = "columns";
    NU_NEW(t->columns, calloc, r->fields.used + r->fields.kept, what, r->err);
    t->n_columns = r->fields.used + r->fields.kept;
    for (size_t j = 0; j < r->fields.n; j++) {
        const nu_csv_field *field = &r->fields.field[j];
        for (int kept = 0; kept < 2; kept++) {
            if (!(kept ? field->kept : field->used))
                continue;
            nu_column *column = &t->columns[kept ? field->kept_column : field->column];
            column->is_kept = kept;
            column->is_target = !kept && field->is_target;
            column->place = field->place;
            NU_NEED((column->name = strdup(field->name)) != NULL, strlen(field->name), what,
                    r->err);
        }
    }
    return NUDGE_OK;
}

/* Kinds that are declared and not asked for otherwise. */
static void take_declared(reader *r, const nudge_read_options *options)
{
    for (size_t j = 0; r->declared != NULL && options->like == NULL && j < r->fields.n; j++) {
        nu_csv_field *field = &r->fields.field[j];
        if (field->want != NU_ANY_KIND)
            continue;
        field->want = field->kind = r->declared[j];
        field->has_around = 1; /* nothing */
    }
}

/* All rows of a text; *last: its last line. */
static nudge_status read_rows(reader *r, const nu_csv_layout *l, size_t *last)
{
    nu_csv_scan scan = nu_csv_scan_of(l, r->err);
    NU_TRY(make_room(r, nu_csv_count_lines(l->bytes, l->size)));
    scan.cell = take_cell;
    scan.row = take_row;
    scan.user = r;
    NU_TRY(nu_csv_run(&scan));
    r->empty_rows += scan.empty_rows;
    *last = scan.line - 1;
    return NUDGE_OK;
}

/* The files after the first. */
static nudge_status read_parts(reader *r, nu_source *s, const nu_csv_layout *l,
                               const nu_csv_first *first, size_t last,
                               const nudge_read_options *options)
{
    nu_file_parts *parts = s->parts;
    const nudge_table *t = r->table;
    parts->part[0].rows = t->rows + r->dropped;
    for (size_t i = 1; i < parts->n; i++) {
        nu_csv_part part NU_SCOPED(nu_csv_part_end) = {0};
        size_t before = t->rows + r->dropped;
        NU_TRY(nu_csv_part_open(&part, s, i, last, l, first, options, r->err));
        parts->part[i].lines_before = last;
        parts->begun = i + 1;
        r->header_line = part.header_line;
        r->order = part.order;
        NU_TRY(read_rows(r, &part.layout, &last));
        parts->part[i].rows = t->rows + r->dropped - before;
    }
    return nu_file_parts_note(parts, &r->table->notes, r->err);
}

static nudge_status read_layout(reader *r, nu_csv_layout *l, nu_source *s,
                                const nudge_read_options *options)
{
    nu_csv_first first NU_SCOPED(nu_csv_first_free) = {0};
    size_t last;
    nu_notes *notes = &r->table->notes;
    NU_TRY(nu_csv_find_layout(l, options, notes, r->err));
    NU_TRY(nu_csv_look(&first, l, options, notes, r->err));
    NU_TRY(nu_csv_choose(&r->fields, r->source, &first, options, notes, r->err));
    take_declared(r, options);
    r->has_header = first.header;
    r->header_line = first.skip;
    r->table->dialect = l->dialect;
    NU_TRY(make_columns(r));
    NU_TRY(read_rows(r, l, &last));
    if (s != NULL && s->parts != NULL)
        NU_TRY(read_parts(r, s, l, &first, last, options));
    if (r->empty_rows > 0)
        NU_TRY(nu_note(notes, r->source, NULL, r->err, "%zu row%s of empty cells %s left out",
                       r->empty_rows, r->empty_rows == 1 ? "" : "s",
                       r->empty_rows == 1 ? "is" : "are"));
    return finish(r);
}

/* `l` has its source, its text and what is said of it; `s`, or NULL, is where it comes from. */
static nudge_status read_text(nudge_table *t, nu_csv_layout *l, nu_source *s,
                              const nu_csv_kind *declared, const nudge_read_options *options,
                              nudge_error *err)
{
    char **missing NU_FREED = NULL;
    l->how.thousands = l->dialect.thousands;
    if (l->how.missing == NULL && l->dialect.has_missing) {
        l->how.missing = missing = nu_list_split(l->dialect.missing, &l->how.n_missing);
        NU_NEED(missing != NULL, sizeof l->dialect.missing, "texts of missing values", err);
        if (l->how.n_missing == 0)
            return nu_fail_setting(err, NUDGE_EARGUMENT, "missing", "'%s' is no list of texts, "
                                   "separated by commas, in quotes or not", l->dialect.missing);
    }
    l->how.c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    NU_NEED(l->how.c != (locale_t)0, 1024, "the C locale", err);
    reader r = {.source = l->source, .table = t, .declared = declared, .err = err,
                .kinds = {.source = l->source, .table = t, .how = &l->how,
                          .by_model = options->like != NULL, .err = err}};
    nudge_status status = read_layout(&r, l, s, options);
    nu_csv_fields_free(&r.fields);
    freelocale(l->how.c);
    return status;
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    nu_csv_layout l = {.source = t->source};
    NU_TRY(nu_csv_said(&l.dialect, options, err));
    NU_TRY(nu_source_load(s, err));
    NU_TRY(nu_csv_decode(s, &l.bytes, &l.size, l.dialect.encoding, options->encoding == NULL, err));
    return read_text(t, &l, s, NULL, options, err);
}

nudge_status nu_csv_read_declared(nudge_table *t, char *text, size_t size, size_t first_line,
                                  const nu_csv_kind *declared, const nudge_read_options *options,
                                  nudge_error *err)
{
    char *missing[] = {(char[]){"?"}};
    nudge_read_options own = *options;
    nu_csv_layout l = {.source = t->source, .bytes = text, .size = size, .line = first_line,
                       .dialect = {.delimiter = ',', .decimal = '.'},
                       .how = {.missing = missing, .n_missing = 1}};
    own.header = 1;
    own.delimiter = ',';
    own.decimal = '.';
    return read_text(t, &l, NULL, declared, &own, err);
}

const nu_format nu_csv_format = {
    .name = "csv",
    .ending = {".csv", ".csv.gz"},
    .read = read_table,
    .write = nu_csv_write,
    .has_columns = 1,
};
