#include "read/csv_fill.h"

#include <math.h>

#include "core/denormal.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"

/* ---- Cells ----------------------------------------------------------------------------- */

/* A text with a NUL behind it. */
typedef struct room {
    char *text;
    size_t size;
} room;

static void room_free(room *r)
{
    free(r->text);
}

static nudge_status copy(room *r, const nu_csv_piece *p, nudge_error *err)
{
    if (p->size >= r->size) {
        size_t size = p->size * 2 + 64;
        char *text = realloc(r->text, size);
        NU_NEED(text != NULL, size, "a cell of a CSV file", err);
        *r = (room){text, size};
    }
    memcpy(r->text, p->text, p->size);
    r->text[p->size] = '\0';
    return NUDGE_OK;
}

static void take_weight(const nu_csv_kinds *k, const char *text, size_t size, size_t row)
{
    double *weight = &k->table->weights[row];
    if (nu_csv_cell(text, size, k->how, weight) != NU_CELL_NUMBER || *weight < 0)
        *weight = NAN;
}

static nudge_status take_piece(const nu_csv_kinds *k, nu_csv_field *field, const char *text,
                               size_t size, size_t line, size_t row)
{
    if (field->is_weight)
        take_weight(k, text, size, row);
    if (field->kept)
        NU_TRY(nu_csv_keep(k, field, text, size, row));
    return field->used ? nu_csv_take(k, field, text, size, line, row) : NUDGE_OK;
}

static nudge_status fill_field(const nu_csv_kinds *k, nu_csv_field *field, size_t j,
                               const nu_csv_sections *sections)
{
    room r NU_SCOPED(room_free) = {0};
    size_t row = k->table->rows;
    if (!field->used && !field->kept && !field->is_weight)
        return NUDGE_OK;
    for (int i = 0; i < sections->n; i++) {
        const nu_csv_section *s = &sections->section[i];
        for (size_t at = 0, some = 1; at < s->rows; at += some, row += some, some = 1) {
            const double *cell = &s->cells[j * s->stride + at];
            const nu_csv_piece *p = nu_csv_piece_of(s, *cell);
            if (p == NULL) {
                some = nu_csv_take_values(k, field, cell, s->rows - at, row);
                continue;
            }
            NU_TRY(copy(&r, p, k->err));
            NU_TRY(take_piece(k, field, r.text, p->size, s->line + p->line, row));
        }
    }
    return NUDGE_OK;
}

static size_t field_of(const size_t *order, size_t j)
{
    return order != NULL ? order[j] : j;
}

void nu_csv_fill(nu_csv_outcome *o, const nu_csv_kinds *kinds, nu_csv_fields *fields,
                 const size_t *order, const nu_csv_sections *s, int thread, int threads)
{
    nu_csv_kinds k = *kinds;
    size_t j, end;
    k.err = &o->err;
    nu_team_share(fields->n, thread, threads, &j, &end);
    for (; j < end && o->status == NUDGE_OK; j++)
        o->status = fill_field(&k, &fields->field[field_of(order, j)], j, s);
}

nudge_status nu_csv_refuse_weight(const nu_csv_kinds *k, const nu_csv_fields *fields,
                                  const size_t *order, const nu_csv_section *s, size_t row,
                                  nudge_error *err)
{
    room r NU_SCOPED(room_free) = {0};
    char name[NU_SHORT], shown[NU_SHORT];
    size_t j = 0;
    while (!fields->field[field_of(order, j)].is_weight)
        j++;
    const nu_csv_piece *p = nu_csv_piece_of(s, s->cells[j * s->stride + row]);
    NU_TRY(copy(&r, p, err));
    return nu_fail_setting(err, NUDGE_EDATA, "weight", "%s:%zu: column '%s': '%s' is no weight; it "
                           "must be a finite number from 0", k->source, s->line + p->line,
                           nu_csv_short(name, fields->field[field_of(order, j)].name),
                           nu_csv_short(shown, r.text));
}

void nu_csv_choose_values(nu_csv_sections *s, const nu_csv_kinds *k, const nu_csv_fields *fields,
                          const size_t *order)
{
    int plain = nu_csv_numbers_are_plain(k->how, s->rest.delimiter);
    for (size_t j = 0; j < fields->n; j++) {
        const nu_csv_field *field = &fields->field[field_of(order, j)];
        int text = field->kept || field->is_weight || (field->used && !nu_csv_takes_values(field));
        s->by_value[j] = plain && !text;
    }
}

/* ---- Columns --------------------------------------------------------------------------- */

nudge_status nu_csv_outcome_of(const nu_csv_outcome *o, int threads, nudge_error *err)
{
    for (int t = 0; t < threads; t++)
        if (o[t].status != NUDGE_OK)
            return nu_fail_setting(err, o[t].status, o[t].err.setting, "%s", o[t].err.text);
    return NUDGE_OK;
}

typedef struct ending {
    const nu_csv_kinds *kinds;
    nu_csv_fields *fields;
    nu_csv_outcome *outcome; /* of each thread */
} ending;

static void end_some(void *arg, int thread, int threads)
{
    const ending *e = arg;
    nu_csv_outcome *o = &e->outcome[thread];
    nu_csv_kinds k = *e->kinds;
    size_t j, end;
    uint64_t before = nu_denormals_on(); /* they are numbers like others */
    k.err = &o->err;
    nu_team_share(e->fields->n, thread, threads, &j, &end);
    for (; j < end && o->status == NUDGE_OK; j++)
        o->status = nu_csv_end_column(&k, &e->fields->field[j]);
    nu_denormals_restore(before);
}

/* Not worth a team. */
#define FEW_CELLS ((size_t)1 << 18)

nudge_status nu_csv_end_columns(const nu_csv_kinds *k, nu_csv_fields *fields, int threads)
{
    nu_csv_outcome *o NU_FREED = NULL;
    threads = k->table->rows * fields->n < FEW_CELLS ? 1 : threads;
    NU_NEW(o, calloc, (size_t)threads, "the columns of a CSV file", k->err);
    ending e = {k, fields, o};
    nu_team_run(threads, end_some, &e);
    return nu_csv_outcome_of(o, threads, k->err);
}
