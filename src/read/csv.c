/* CSV files to tables. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "read/column_list.h"
#include "read/csv.h"
#include "read/csv_head.h"
#include "read/csv_parts.h"
#include "read/csv_rows.h"
#include "read/file_parts.h"
#include "read/format.h"

typedef struct reader {
    const char *source;
    nu_csv_fields fields;
    nu_csv_kinds kinds;
    nudge_table *table;
    nu_csv_rows rows;
    const nu_csv_kind *declared; /* of each column; or NULL */
    nudge_error *err;
} reader;

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
    if (r->rows.dropped == 0)
        return NUDGE_OK;
    if (r->table->rows == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: none of %zu rows has a target", r->source,
                       r->rows.dropped);
    return nu_note(&r->table->notes, r->source, NULL, r->err, "%zu row%s without a target %s left "
                   "out", r->rows.dropped, r->rows.dropped == 1 ? "" : "s",
                   r->rows.dropped == 1 ? "is" : "are");
}

static nudge_status finish(reader *r)
{
    if (r->table->rows + r->rows.dropped == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: a header but no rows", r->source);
    for (size_t j = 0; j < r->fields.n; j++) {
        const nu_csv_field *field = &r->fields.field[j];
        if (field->is_weight && r->table->rows > 0)
            NU_TRY(finish_weights(r, field));
    }
    NU_TRY(nu_csv_end_columns(&r->kinds, &r->fields, r->rows.threads));
    NU_TRY(say_dropped(r));
    return r->kinds.by_model ? NUDGE_OK : nu_csv_leave_out(&r->kinds, &r->fields);
}

/* ---- The table ------------------------------------------------------------------------- */

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

/* All rows of a text, whose first row can be the header, its columns in that order; *last: its
 * last line. */
static nudge_status read_rows(reader *r, const nu_csv_layout *l, int has_header,
                              const size_t *order, size_t *last)
{
    r->rows.scan = nu_csv_scan_of(l, r->err);
    r->rows.tail = l->tail;
    r->rows.has_header = has_header;
    r->rows.order = order;
    NU_TRY(nu_csv_read_rows(&r->rows, r->err));
    *last = r->rows.scan.line - 1;
    return NUDGE_OK;
}

/* The files after the first. */
static nudge_status read_parts(reader *r, nu_source *s, const nu_csv_layout *l,
                               const nu_csv_first *first, size_t last,
                               const nudge_read_options *options)
{
    nu_file_parts *parts = s->parts;
    const nudge_table *t = r->table;
    parts->part[0].rows = t->rows + r->rows.dropped;
    for (size_t i = 1; i < parts->n; i++) {
        nu_csv_part part NU_SCOPED(nu_csv_part_end) = {0};
        size_t before = t->rows + r->rows.dropped;
        NU_TRY(nu_csv_part_open(&part, s, i, last, l, first, options, r->err));
        parts->part[i].lines_before = last;
        parts->begun = i + 1;
        NU_TRY(read_rows(r, &part.layout, part.header_line > 0, part.order, &last));
        parts->part[i].rows = t->rows + r->rows.dropped - before;
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
    r->rows.is_named = first.header;
    r->rows.is_all = s == NULL || s->parts == NULL;
    r->table->dialect = l->dialect;
    NU_TRY(make_columns(r));
    NU_TRY(read_rows(r, l, first.skip > 0, NULL, &last));
    if (s != NULL && s->parts != NULL)
        NU_TRY(read_parts(r, s, l, &first, last, options));
    if (r->rows.empty > 0)
        NU_TRY(nu_note(notes, r->source, NULL, r->err, "%zu row%s of empty cells %s left out",
                       r->rows.empty, r->rows.empty == 1 ? "" : "s",
                       r->rows.empty == 1 ? "is" : "are"));
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
                          .by_model = options->like != NULL, .err = err},
                .rows = {.threads = nu_team_threads(options->threads, 0, NULL),
                         .kinds = &r.kinds, .fields = &r.fields}};
    nudge_status status = read_layout(&r, l, s, options);
    nu_csv_fields_free(&r.fields);
    freelocale(l->how.c);
    return status;
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    nu_csv_layout l = {.source = t->source};
    char *head NU_FREED = NULL;
    NU_TRY(nu_csv_said(&l.dialect, options, err));
    NU_TRY(nu_csv_load(&l, s, &head, options->encoding == NULL, err));
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
