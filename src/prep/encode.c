#include "prep/encode.h"

#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/json_list.h"
#include "quantiles.h"

/* Scaled edges are so far apart at most, that no place overflows in f32. */
#define WIDEST 1e37

/* ---- Learning --------------------------------------------------------------------------- */

nudge_status nu_encode_check(const nudge_prep_options *o, nudge_error *err)
{
    if (nudge_encode_name(o->encode) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "encoding %d does not exist", (int)o->encode);
    if (o->bins == 1 || o->bins > NU_BINS_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "bins", "%zu bins; there must be from 2 to %d",
                               o->bins, NU_BINS_MOST);
    return NUDGE_OK;
}

/* The width of a bin whose edges are not scaled yet, as a store has it. */
static double bin_width(const nudge_prep *p, size_t j, double lower, double upper)
{
    return (double)((float)nu_prep_scaled(p, j, upper) - (float)nu_prep_scaled(p, j, lower));
}

/* Leaves out edges that scaled f32 numbers cannot tell from the one before. */
static nudge_status keep_different(const nu_fit *fit, size_t j, double *edge, size_t *n,
                                   const char *name, nudge_error *err)
{
    size_t kept = 1;
    for (size_t k = 1; k < *n; k++) {
        double width = bin_width(fit->prep, j, edge[kept - 1], edge[k]);
        if (!(width <= WIDEST))
            return nu_fail_setting(err, NUDGE_EDATA, "scale", "%s: column '%s': values from %g to "
                                   "%g are too far apart to encode unless they are scaled",
                                   fit->table->source, name, edge[0], edge[*n - 1]);
        if (width >= (double)FLT_MIN)
            edge[kept++] = edge[k];
    }
    *n = kept;
    return NUDGE_OK;
}

/* Sorted values without those that are there already; returns how many are left. */
static size_t only_different(double *sorted, size_t n)
{
    size_t m = 1;
    for (size_t i = 1; i < n; i++)
        if (sorted[i] != sorted[m - 1])
            sorted[m++] = sorted[i];
    return m;
}

/* Up to bins + 1 edges, of which every other is a quantile of rows, which may be 0 for the most
 * part, and those between of different values. */
static size_t quantile_edges(double edge[NU_BINS_MOST + 1], size_t bins, double *values, size_t n)
{
    nu_sort_reals(values, n);
    for (size_t k = 0; k <= bins; k += 2)
        edge[k] = nu_quantile(values, n, (double)k / (double)bins);
    size_t m = only_different(values, n);
    if (m <= bins + 1) {
        memcpy(edge, values, m * sizeof *edge);
        return m;
    }
    for (size_t k = 1; k <= bins; k += 2)
        edge[k] = nu_quantile(values, m, (double)k / (double)bins);
    nu_sort_reals(edge, bins + 1);
    return bins + 1;
}

/* Numbers being encoded, by all threads. */
typedef struct coding {
    nu_fit *fit;
    size_t *columns, *values; /* n: of the table, of the prep */
    size_t n;
    double *room;             /* threads x rows */
    size_t bad;               /* the first that cannot be, or SIZE_MAX */
} coding;

/* Learns the code of number i of those; room: training rows. */
static nudge_status fit_code(const coding *c, size_t i, double *room, nudge_error *err)
{
    const nu_fit *fit = c->fit;
    size_t j = c->values[i], bins = fit->asked.bins > 0 ? fit->asked.bins : NU_BINS_USUAL;
    nu_prep_code *code = &fit->prep->codes[j];
    double edge[NU_BINS_MOST + 1];
    char text[NU_NAME_TEXT];
    const nudge_table *t = fit->table;
    const char *name = t->n_columns > 0 ? t->columns[c->columns[i]].name
                                        : nu_matrix_name(text, t->pixel_rows > 0, j);
    size_t n = nu_fit_cells(fit, c->columns[i], room), edges = quantile_edges(edge, bins, room, n);
    NU_TRY(keep_different(fit, j, edge, &edges, name, err));
    if (edges < NU_EDGES_LEAST)
        return NUDGE_OK;
    NU_NEW(code->at, nu_alloc, edges, "edges of bins", err);
    memcpy(code->at, edge, edges * sizeof *edge);
    code->n = edges;
    return NUDGE_OK;
}

static void fit_codes(void *arg, int thread, int threads)
{
    coding *c = arg;
    size_t i, end;
    nu_team_share(c->n, thread, threads, &i, &end);
    for (; i < end; i++)
        if (fit_code(c, i, c->room + (size_t)thread * c->fit->n, NULL) != NUDGE_OK)
            nu_note_least(&c->bad, i);
}

/* The numbers of the table, as it has values that are counted. */
static void list_numbers(coding *c)
{
    const nudge_table *t = c->fit->table;
    size_t columns = t->n_columns > 0 ? t->n_columns : t->features;
    for (size_t j = 0, column = 0, value = 0; j < columns; j++) {
        if (t->n_columns > 0 && !nu_column_is_feature(&t->columns[j]))
            continue;
        const nu_prep_column *p = t->n_columns > 0 ? &c->fit->prep->columns[column++] : NULL;
        if (p == NULL || p->kind != NUDGE_COLUMN_CATEGORY) {
            c->columns[c->n] = j;
            c->values[c->n++] = value;
        }
        value += p != NULL ? nu_prep_width(p) : 1;
    }
}

nudge_status nu_fit_codes(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    size_t *places NU_FREED = NULL, threads;
    double *room NU_FREED = NULL;
    if (fit->asked.encode == NUDGE_ENCODE_NONE)
        return NUDGE_OK;
    NU_NEW(p->codes, calloc, p->values, "encodings", err);
    NU_NEW(places, nu_alloc, 2 * p->values, "encodings", err);
    coding c = {.fit = fit, .columns = places, .values = places + p->values, .bad = SIZE_MAX};
    list_numbers(&c);
    threads = fit->n * c.n < 1 << 14 ? 1 : nu_smaller((size_t)nu_team_threads(0, 0, NULL), c.n);
    NU_TRY(nu_fit_room(&room, &threads, fit, err));
    c.room = room;
    nu_team_run((int)threads, fit_codes, &c);
    if (c.bad != SIZE_MAX)
        return fit_code(&c, c.bad, room, err);
    for (size_t j = 0; j < p->values; j++)
        if (p->codes[j].n > 0)
            return NUDGE_OK;
    free(NU_TAKE(p->codes));
    return nu_note(&p->notes, fit->table->source, "encode", err, "no number has more than two "
                   "different values: none is encoded");
}

/* ---- Stores ----------------------------------------------------------------------------- */

/* Value j: a part of its own, or of the last one. */
static void add_part(nu_encoding *e, const nudge_prep *p, size_t j)
{
    nu_encoded *last = e->n > 0 ? &e->parts[e->n - 1] : NULL;
    uint32_t inputs = p->first[j + 1] - p->first[j];
    if (last != NULL && inputs == 1 && last->inputs == last->values && j % NU_CONVERT_BLOCK > 0) {
        last->values++;
        last->inputs++;
    } else {
        e->parts[e->n++] = (nu_encoded){(uint32_t)j, 1, p->first[j], inputs};
    }
}

nudge_status nu_encode_store(const nudge_prep *p, nu_store *store, nudge_error *err)
{
    nu_encoding *e = &store->encoding;
    nu_element real = nu_element_of(store->dtype);
    if (p->codes == NULL)
        return NUDGE_OK;
    size_t bytes = p->features * nu_dtype_size(store->dtype);
    NU_NEW(e->parts, nu_alloc, p->values, "an encoding", err);
    NU_NEED((e->low = nu_alloc_zero(bytes, 1)) != NULL, bytes, "an encoding", err);
    NU_NEED((e->factor = nu_alloc_zero(bytes, 1)) != NULL, bytes, "an encoding", err);
    e->inputs = p->features;
    for (size_t j = 0; j < p->values; j++) {
        add_part(e, p, j);
        for (size_t k = 0; k + 1 < p->codes[j].n; k++) {
            size_t i = p->first[j] + 1 + k;
            const double *edge = p->codes[j].at + k;
            nu_put(e->low, real, i, nu_prep_scaled(p, j, edge[0]));
            nu_put(e->factor, real, i, nu_prep_scaled(p, j, edge[1]));
            double width = nu_value(e->factor, real, i) - nu_value(e->low, real, i);
            nu_put(e->factor, real, i, 1 / width);
        }
    }
    return NUDGE_OK;
}

/* ---- JSON ------------------------------------------------------------------------------- */

/* The raw columns that may have a code, one after the other: its value, SIZE_MAX at the end. */
typedef struct numbers {
    const nudge_prep *prep;
    size_t column, value; /* next ones */
    const char *name;     /* of the last one; in text, of a matrix */
    char text[NU_NAME_TEXT];
} numbers;

static size_t next_number(numbers *n)
{
    const nudge_prep *p = n->prep;
    for (; n->column < nudge_prep_columns(p); n->column++) {
        const nu_prep_column *c = p->n_columns > 0 ? &p->columns[n->column] : NULL;
        size_t value = n->value;
        n->value += c != NULL ? nu_prep_width(c) : 1;
        if (c != NULL && c->kind == NUDGE_COLUMN_CATEGORY)
            continue;
        n->column++;
        n->name = c != NULL ? c->name : nu_matrix_name(n->text, p->pixel_rows > 0, value);
        return value;
    }
    return SIZE_MAX;
}

json_t *nu_codes_to_json(const nudge_prep *p)
{
    json_t *json = json_object();
    numbers all = {.prep = p};
    for (size_t j; (j = next_number(&all)) != SIZE_MAX;) {
        const nu_prep_code *c = &p->codes[j];
        if (c->n > 0 && json_object_set_new(json, all.name, nu_json_numbers(c->at, c->n)) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static nudge_status read_edges(nudge_prep *p, size_t j, const char *name, const json_t *json,
                               nudge_error *err)
{
    nu_prep_code *code = &p->codes[j];
    size_t n = json_array_size(json);
    if (n < NU_EDGES_LEAST || n > NU_BINS_MOST + 1)
        return nu_fail(err, NUDGE_EDATA, "'edges' of '%s' must be an array of %d to %d numbers",
                       name, NU_EDGES_LEAST, NU_BINS_MOST + 1);
    NU_NEW(code->at, nu_alloc, n, "edges of bins", err);
    code->n = n;
    for (size_t k = 0; k < n; k++) {
        const json_t *edge = json_array_get(json, k);
        code->at[k] = json_is_number(edge) ? json_number_value(edge) : NAN;
        if (!isfinite(code->at[k]))
            return nu_fail(err, NUDGE_EDATA, "'edges' of '%s' must hold finite numbers", name);
        double width = k > 0 ? bin_width(p, j, code->at[k - 1], code->at[k]) : 1;
        if (!(width >= (double)FLT_MIN && width <= WIDEST))
            return nu_fail(err, NUDGE_EDATA, "'edges' of '%s': %.17g behind %.17g; they must "
                           "increase, by no more than numbers of the network can tell", name,
                           code->at[k], code->at[k - 1]);
    }
    return NUDGE_OK;
}

nudge_status nu_codes_from_json(nudge_prep *p, json_t *json, nudge_error *err)
{
    size_t found = 0;
    NU_NEW(p->codes, calloc, p->values, "encodings", err);
    numbers all = {.prep = p};
    for (size_t j; (j = next_number(&all)) != SIZE_MAX;) {
        const json_t *edges = json_object_get(json, all.name);
        if (edges != NULL)
            NU_TRY(read_edges(p, j, all.name, edges, err));
        found += edges != NULL;
    }
    if (found == 0 || found != json_object_size(json))
        return nu_fail(err, NUDGE_EDATA, "'edges' must be an object with the edges of bins of "
                       "columns of numbers, each by its name");
    return NUDGE_OK;
}
