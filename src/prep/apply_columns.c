#include "prep/apply_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

/* How one raw feature column becomes network inputs. */
struct input {
    size_t column;              /* of the table */
    const char *name;
    const nu_prep_column *like; /* NULL: a feature of a matrix, a number without median */
    size_t first;               /* network input */
    int32_t *one;               /* CATEGORY: for each of the table's categories the input, counted
                                 * from `first`, that is 1; -1: none */
};

/* ---- Matching columns ------------------------------------------------------------------ */

static const char *kind_text(nudge_column_kind kind)
{
    return kind == NUDGE_COLUMN_NUMBER ? "numbers" : "text";
}

static nudge_status check_kind(const nudge_table *t, const nu_column *c, nudge_column_kind wanted,
                               nudge_error *err)
{
    if (c->kind == wanted || c->missing == t->rows) /* no values: of no kind */
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EMISMATCH, "%s: column '%s' holds %s; the model takes %s there",
                   t->source, c->name, kind_text(c->kind), kind_text(wanted));
}

static int by_text(const void *key, const void *category)
{
    return strcmp(key, *(char *const *)category);
}

/* The number of a text among the prep's sorted categories, or -1. */
static int32_t find_category(const nu_prep_column *c, const char *text)
{
    char **found = bsearch(text, c->categories, c->n_categories, sizeof *found, by_text);
    return found != NULL ? (int32_t)(found - c->categories) : -1;
}

static nudge_status map_categories(const nudge_table *t, struct input *in, nudge_error *err)
{
    const nu_column *raw = &t->columns[in->column];
    size_t n = raw->kind == NUDGE_COLUMN_CATEGORY ? raw->n_categories : 0;
    NU_NEW(in->one, nu_alloc, n, "categories", err);
    for (size_t k = 0; k < n; k++)
        in->one[k] = find_category(in->like, raw->categories[k]);
    return NUDGE_OK;
}

static nudge_status match_input(const nu_apply *apply, struct input *in, size_t hint,
                                nudge_error *err)
{
    const nudge_table *t = apply->table;
    in->column = nu_table_find(t, in->name, hint);
    if (in->column == SIZE_MAX)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: no column '%s', which the model needs",
                       t->source, in->name);
    const nu_column *raw = &t->columns[in->column];
    NU_TRY(check_kind(t, raw, in->like != NULL ? in->like->kind : NUDGE_COLUMN_NUMBER, err));
    if (in->like == NULL && raw->missing > 0)
        return nu_fail(err, NUDGE_EDATA, "%s: column '%s' has no value in data row %zu, and the "
                       "model, trained without missing values, has nothing to put there", t->source,
                       in->name, raw->first_missing + 1);
    if (in->like != NULL && in->like->kind == NUDGE_COLUMN_CATEGORY)
        return map_categories(t, in, err);
    return NUDGE_OK;
}

/* inputs: one for each raw column of the prep, or each feature of its matrix. */
static nudge_status match_inputs(const nu_apply *apply, struct input *inputs, size_t n,
                                 nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    for (size_t j = 0, first = 0; j < n; j++) {
        struct input *in = &inputs[j];
        in->like = p->n_columns > 0 ? &p->columns[j] : NULL;
        in->name = in->like != NULL ? in->like->name : p->feature_names[j];
        in->first = first;
        NU_TRY(match_input(apply, in, j > 0 ? inputs[j - 1].column + 1 : 0, err));
        first += in->one != NULL ? in->like->n_categories : 1;
    }
    return NUDGE_OK;
}

/* ---- Converting ------------------------------------------------------------------------ */

static nudge_status convert_numbers(nu_apply *apply, const struct input *in, const double *cells,
                                    size_t first_row, size_t rows, nudge_error *err)
{
    nu_store *s = apply->store;
    double median = in->like != NULL ? in->like->median : 0;
    double shift = apply->prep->shift[in->first], factor = apply->prep->factor[in->first];
    for (size_t r = 0; r < rows; r++) {
        double v = ((isnan(cells[r]) ? median : cells[r]) - shift) * factor;
        if (nu_keep(s->x, s->element, (first_row + r) * s->features + in->first, 1, &v) == 0)
            return nu_fail(err, NUDGE_EDATA, "%s: column '%s', data row %zu: %g is too large for "
                           "%s", apply->table->source, in->name, first_row + r + 1, v,
                           nudge_dtype_name(s->dtype));
    }
    return NUDGE_OK;
}

static void convert_categories(nu_apply *apply, const struct input *in, const double *cells,
                               size_t first_row, size_t rows)
{
    nu_store *s = apply->store;
    for (size_t r = 0; r < rows; r++) {
        size_t at = (first_row + r) * s->features + in->first;
        for (size_t k = 0; k < in->like->n_categories; k++)
            nu_put(s->x, s->element, at + k, 0);
        if (isnan(cells[r]))
            continue;
        int32_t one = in->one[(size_t)cells[r]];
        if (one >= 0)
            nu_put(s->x, s->element, at + (size_t)one, 1);
        else
            apply->unknown++;
    }
}

/* A chunk is freed as soon as it is converted: table and store together then take hardly more
 * memory than the larger one. */
static nudge_status convert_chunks(nu_apply *apply, const struct input *inputs, size_t n,
                                   nudge_error *err)
{
    nudge_table *t = apply->table;
    for (size_t c = 0, first = 0; first < t->rows; c++, first += NU_CHUNK_ROWS) {
        size_t rows = t->rows - first < NU_CHUNK_ROWS ? t->rows - first : NU_CHUNK_ROWS;
        for (size_t j = 0; j < n; j++) {
            const struct input *in = &inputs[j];
            const double *cells = t->chunks[c] + in->column * NU_CHUNK_ROWS;
            if (in->one != NULL)
                convert_categories(apply, in, cells, first, rows);
            else
                NU_TRY(convert_numbers(apply, in, cells, first, rows, err));
        }
        free(t->chunks[c]);
        t->chunks[c] = NULL;
    }
    return NUDGE_OK;
}

/* Refuses what cannot fit, given that the table's memory comes back on the way. */
static nudge_status make_room(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    size_t cells, bytes;
    int fits = nu_mul(s->rows, s->features, &cells) &&
               nu_mul(cells, nu_element_size(s->element), &bytes);
    if (!fits)
        return nu_no_memory(err, SIZE_MAX, "features");
    uint64_t held = nudge_table_describe(apply->table).bytes;
    if (bytes > held)
        NU_TRY(nu_memory_check(bytes - held, apply->table->source, err));
    s->x = nu_alloc(cells, nu_element_size(s->element));
    return s->x != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "features");
}

static nudge_status apply_inputs(nu_apply *apply, struct input *inputs, size_t n, nudge_error *err)
{
    NU_TRY(match_inputs(apply, inputs, n, err));
    NU_TRY(make_room(apply, err));
    NU_TRY(nu_apply_target(apply, err));
    return convert_chunks(apply, inputs, n, err);
}

nudge_status nu_apply_columns(nu_apply *apply, nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    size_t n = p->n_columns > 0 ? p->n_columns : p->features;
    struct input *inputs NU_FREED = NULL;
    NU_NEW(inputs, calloc, n, "columns", err);
    nudge_status status = apply_inputs(apply, inputs, n, err);
    for (size_t j = 0; j < n; j++)
        free(inputs[j].one);
    return status;
}
