#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/apply_columns.h"

/* ---- Matrices: scaling ----------------------------------------------------------------- */

/* rows x columns values: to = (from - shift) * factor; `to` may be `from` if of one type. */
struct scaling {
    void *to;
    const void *from;
    nu_element to_element, from_element;
    size_t rows, columns;
    const double *shift, *factor; /* columns */
    size_t bad;                   /* first value that is not finite in `to`; SIZE_MAX: none */
};

static void scale_rows(void *arg, int thread, int threads)
{
    struct scaling *s = arg;
    size_t row, end;
    nu_team_share(s->rows, thread, threads, &row, &end);
    double values[NU_CONVERT_BLOCK];
    for (; row < end; row++)
        for (size_t first = 0, n; first < s->columns; first += n) {
            n = s->columns - first < NU_CONVERT_BLOCK ? s->columns - first : NU_CONVERT_BLOCK;
            size_t at = row * s->columns + first;
            nu_load(values, s->from, s->from_element, at, n);
            for (size_t j = 0; j < n; j++)
                values[j] = (values[j] - s->shift[first + j]) * s->factor[first + j];
            size_t good = nu_keep(s->to, s->to_element, at, n, values);
            if (good < n)
                nu_note_least(&s->bad, at + good);
        }
}

/* Takes *from over, converted to the dataset's type and scaled, into *to. */
static nudge_status take_scaled(nu_apply *apply, void **to, void **from, nu_element from_element,
                                size_t columns, const double *shift, const double *factor,
                                const char *what, char *const *names, nudge_error *err)
{
    nu_store *store = apply->store;
    nu_element to_element = nu_element_of(store->dtype);
    struct scaling s = {.from = *from, .to_element = to_element, .from_element = from_element,
                        .rows = store->rows, .columns = columns, .shift = shift,
                        .factor = factor, .bad = SIZE_MAX};
    if (from_element == to_element) {
        *to = *from;
        *from = NULL;
    } else {
        size_t bytes = store->rows * columns * nu_element_size(to_element);
        NU_TRY(nu_memory_check(bytes, apply->table->source, err));
        *to = nu_alloc(store->rows * columns, nu_element_size(to_element));
        if (*to == NULL)
            return nu_no_memory(err, bytes, what);
    }
    s.to = *to;
    nu_team_run(store->rows * columns < 1 << 18 ? 1 : nu_team_threads(0, 0, NULL), scale_rows, &s);
    free(*from);
    *from = NULL;
    if (s.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: %s '%s' in data row %zu is not a finite number, or too "
                   "large for %s", apply->table->source, what, names[s.bad % columns],
                   s.bad / columns + 1, nudge_dtype_name(store->dtype));
}

/* ---- Matrices: features ---------------------------------------------------------------- */

static nudge_status check_matrix(const nu_apply *apply, nudge_error *err)
{
    const nudge_table *t = apply->table;
    const nudge_prep *p = apply->prep;
    if (t->features != p->features)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes %zu features, '%s' has %zu",
                       p->features, t->source, t->features);
    if (t->pixel_rows > 0 && p->pixel_rows > 0 && t->pixel_rows != p->pixel_rows)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes images of %zu x %zu pixels, '%s' has "
                       "%zu x %zu", p->pixel_rows, p->pixel_columns, t->source, t->pixel_rows,
                       t->pixel_columns);
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < t->features; j++) {
        const char *name = t->feature_names != NULL ? t->feature_names[j]
                                                    : nu_matrix_name(text, t->pixel_rows > 0, j);
        if (strcmp(name, p->feature_names[j]) != 0)
            return nu_fail(err, NUDGE_EMISMATCH, "the model's feature %zu is '%s', that of '%s' is "
                           "'%s'", j + 1, p->feature_names[j], t->source, name);
    }
    return NUDGE_OK;
}

/* Bytes stay bytes; shift and factor go with them. */
static nudge_status take_bytes(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    size_t size = nu_dtype_size(s->dtype);
    s->shift = nu_alloc(s->features, size);
    s->factor = nu_alloc(s->features, size);
    if (s->shift == NULL || s->factor == NULL)
        return nu_no_memory(err, 2 * s->features * size, "scales of features");
    nu_element element = s->element;
    (void)nu_keep(s->shift, element, 0, s->features, apply->prep->shift);
    (void)nu_keep(s->factor, element, 0, s->features, apply->prep->factor);
    s->element = NU_U8;
    s->x = apply->table->x;
    apply->table->x = NULL;
    return NUDGE_OK;
}

/* ---- Matrices: targets ----------------------------------------------------------------- */

static nudge_status take_classes(nu_apply *apply, nudge_error *err)
{
    nudge_table *t = apply->table;
    if (apply->prep->n_classes == 0)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: target '%s' holds classes; the model's target "
                       "'%s' is a number", t->source, t->target_name, apply->prep->target_names[0]);
    int32_t *number;
    NU_NEW(number, nu_alloc, t->n_classes, "classes", err);
    for (size_t k = 0; k < t->n_classes; k++)
        number[k] = -1;
    nudge_status status = nu_apply_make_targets(apply, err);
    for (size_t r = 0; r < t->rows && status == NUDGE_OK; r++) {
        int32_t k = t->classes[r];
        if (number[k] < 0) /* a label that no row has need not be known */
            status = nu_apply_class(apply, t->class_labels[k], &number[k], err);
        if (status == NUDGE_OK)
            nu_apply_put_class(apply, r, number[k]);
    }
    free(number);
    return status;
}

/* Numbers for a prep with classes, trained perhaps on a CSV file with the same column. */
static nudge_status take_number_classes(nu_apply *apply, nudge_error *err)
{
    const nudge_table *t = apply->table;
    NU_TRY(nu_apply_make_targets(apply, err));
    for (size_t r = 0; r < t->rows; r++) {
        int32_t number;
        NU_TRY(nu_apply_number_class(apply, nu_value(t->y, t->y_element, r), &number, err));
        nu_apply_put_class(apply, r, number);
    }
    return NUDGE_OK;
}

static nudge_status take_numbers(nu_apply *apply, nudge_error *err)
{
    nudge_table *t = apply->table;
    const nudge_prep *p = apply->prep;
    if (t->outputs != p->n_targets)
        return nu_fail(err, NUDGE_EMISMATCH, "the model has %zu targets, '%s' has %zu",
                       p->n_targets, t->source, t->outputs);
    if (p->n_classes > 0)
        return take_number_classes(apply, err);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t k = 0; k < t->outputs; k++)
            NU_TRY(nu_apply_check_target(apply, r, p->target_names[k],
                                         nu_value(t->y, t->y_element, r * t->outputs + k), err));
    apply->store->outputs = p->outputs;
    return take_scaled(apply, &apply->store->y, &t->y, t->y_element, p->outputs, p->target_shift,
                       p->target_factor, "target", p->target_names, err);
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status apply_matrix(nu_apply *apply, nudge_error *err)
{
    nudge_table *t = apply->table;
    const nudge_prep *p = apply->prep;
    NU_TRY(check_matrix(apply, err));
    if (t->classes != NULL)
        NU_TRY(take_classes(apply, err));
    else if (t->y != NULL)
        NU_TRY(take_numbers(apply, err));
    if (t->element == NU_U8)
        return take_bytes(apply, err);
    return take_scaled(apply, &apply->store->x, &t->x, t->element, t->features, p->shift, p->factor,
                       "feature", p->feature_names, err);
}

static nudge_status apply_table(nu_apply *apply, nudge_dtype dtype, nudge_error *err)
{
    const nudge_table *t = apply->table;
    if (t->rows == 0 || t->rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EDATA, "%s: %zu rows; there must be from 1 to %u", t->source,
                       t->rows, UINT32_MAX);
    if (dtype != NUDGE_F32 && dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)dtype);
    apply->store = nu_store_new(t->rows, apply->prep->features, 0, dtype);
    if (apply->store == NULL)
        return nu_no_memory(err, sizeof *apply->store, "a dataset");
    NU_TRY(nu_apply_sort_labels(apply, err));
    return t->n_columns > 0 ? nu_apply_columns(apply, err) : apply_matrix(apply, err);
}

nudge_status nudge_dataset_pack(nudge_dataset **data, nudge_table **table, const nudge_prep *prep,
                                nudge_dtype dtype, size_t *unknown, nudge_error *err)
{
    nu_apply apply = {.table = *table, .prep = prep};
    *table = NULL;
    nudge_status status = apply_table(&apply, dtype, err);
    nudge_table_free(apply.table);
    free(apply.labels);
    if (status != NUDGE_OK) {
        nu_store_release(apply.store);
        return status;
    }
    NU_TRY(nu_dataset_wrap(data, apply.store, err));
    if (unknown != NULL)
        *unknown = apply.unknown;
    return NUDGE_OK;
}
