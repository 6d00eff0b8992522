#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/convert.h"
#include "prep/apply.h"

/* ---- Targets --------------------------------------------------------------------------- */

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const nu_label *)a)->text, ((const nu_label *)b)->text);
}

static nudge_status sort_labels(nu_pack *pack, nudge_error *err)
{
    size_t n = pack->prep->n_classes;
    pack->labels = nu_alloc(n, sizeof *pack->labels);
    if (pack->labels == NULL)
        return nu_no_memory(err, n * sizeof *pack->labels, "class labels");
    for (size_t k = 0; k < n; k++)
        pack->labels[k] = (nu_label){pack->prep->class_labels[k], (int32_t)k};
    qsort(pack->labels, n, sizeof *pack->labels, compare_labels);
    return NUDGE_OK;
}

nudge_status nu_pack_class(const nu_pack *pack, const char *label, int32_t *number,
                           nudge_error *err)
{
    const nudge_prep *p = pack->prep;
    nu_label key = {label, 0};
    const nu_label *found =
        bsearch(&key, pack->labels, p->n_classes, sizeof key, compare_labels);
    if (found == NULL)
        return nu_fail(err, NUDGE_EMISMATCH,
                       "%s: target '%s' has the class '%s', which is none of the model's %zu "
                       "classes ('%s', '%s', ...)",
                       pack->table->source, p->target_names[0], label, p->n_classes,
                       p->class_labels[0], p->class_labels[1]);
    *number = found->number;
    return NUDGE_OK;
}

nudge_status nu_pack_number_class(const nu_pack *pack, double value, int32_t *number,
                                  nudge_error *err)
{
    char text[NU_LABEL_TEXT];
    if (value == rint(value))
        return nu_pack_class(pack, nu_label_text(text, value), number, err);
    return nu_fail(err, NUDGE_EMISMATCH,
                   "%s: target '%s' is %g somewhere, which is none of the model's %zu classes",
                   pack->table->source, pack->prep->target_names[0], value,
                   pack->prep->n_classes);
}

nudge_status nu_pack_make_targets(nu_pack *pack, nudge_error *err)
{
    nu_store *s = pack->store;
    size_t size = s->dtype == NUDGE_F32 ? sizeof(float) : sizeof(double), bytes = SIZE_MAX;
    s->outputs = pack->prep->outputs;
    if (pack->prep->loss == NUDGE_CROSS_ENTROPY)
        s->classes = nu_alloc(s->rows, sizeof *s->classes);
    else if (nu_mul(s->rows, s->outputs, &bytes) && nu_mul(bytes, size, &bytes))
        s->y = nu_alloc(s->rows * s->outputs, size);
    return s->classes != NULL || s->y != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "targets");
}

void nu_pack_put_class(nu_pack *pack, size_t r, int32_t number)
{
    nu_store *s = pack->store;
    if (s->classes != NULL)
        s->classes[r] = number;
    else if (s->dtype == NUDGE_F32)
        ((float *)s->y)[r] = (float)number;
    else
        ((double *)s->y)[r] = number;
}

nudge_status nu_pack_check_target(const nu_pack *pack, size_t r, const char *name, double value,
                                  nudge_error *err)
{
    nudge_loss loss = pack->prep->loss;
    if (loss == NUDGE_BCE && !(value >= 0 && value <= 1))
        return nu_fail(err, NUDGE_EDATA,
                       "%s: target '%s' is %g in data row %zu; bce takes numbers from 0 to 1",
                       pack->table->source, name, value, r + 1);
    if (loss == NUDGE_POISSON && !(value >= 0))
        return nu_fail(err, NUDGE_EDATA,
                       "%s: target '%s' is %g in data row %zu; poisson takes numbers from 0 up",
                       pack->table->source, name, value, r + 1);
    return NUDGE_OK;
}

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

static void note_bad(struct scaling *s, size_t at)
{
    size_t now = __atomic_load_n(&s->bad, __ATOMIC_RELAXED);
    while (at < now && !__atomic_compare_exchange_n(&s->bad, &now, at, 0, __ATOMIC_RELAXED,
                                                    __ATOMIC_RELAXED))
        ;
}

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
                note_bad(s, at + good);
        }
}

/* Takes *from over, converted to the dataset's type and scaled, into *to. */
static nudge_status take_scaled(nu_pack *pack, void **to, void **from, nu_element from_element,
                                size_t columns, const double *shift, const double *factor,
                                const char *what, char *const *names, nudge_error *err)
{
    nu_store *store = pack->store;
    nu_element to_element = store->dtype == NUDGE_F32 ? NU_F32 : NU_F64;
    struct scaling s = {.from = *from, .to_element = to_element, .from_element = from_element,
                        .rows = store->rows, .columns = columns, .shift = shift,
                        .factor = factor, .bad = SIZE_MAX};
    if (from_element == to_element) {
        *to = *from;
        *from = NULL;
    } else {
        size_t bytes = store->rows * columns * nu_element_size(to_element);
        NU_TRY(nu_memory_check(bytes, pack->table->source, err));
        *to = nu_alloc(store->rows * columns, nu_element_size(to_element));
        if (*to == NULL)
            return nu_no_memory(err, bytes, what);
    }
    s.to = *to;
    nu_team_run(store->rows * columns < 1 << 18 ? 1 : nu_cores(), scale_rows, &s);
    free(*from);
    *from = NULL;
    if (s.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: %s '%s' in data row %zu is not a finite number, or too "
                   "large for %s", pack->table->source, what, names[s.bad % columns],
                   s.bad / columns + 1, nudge_dtype_name(store->dtype));
}

/* ---- Matrices: features ---------------------------------------------------------------- */

static nudge_status check_matrix(const nu_pack *pack, nudge_error *err)
{
    const nudge_table *t = pack->table;
    const nudge_prep *p = pack->prep;
    if (t->features != p->features)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes %zu features, '%s' has %zu",
                       p->features, t->source, t->features);
    if (t->pixel_rows > 0 && p->pixel_rows > 0 && t->pixel_rows != p->pixel_rows)
        return nu_fail(err, NUDGE_EMISMATCH,
                       "the model takes images of %zu x %zu pixels, '%s' has %zu x %zu",
                       p->pixel_rows, p->pixel_columns, t->source, t->pixel_rows,
                       t->pixel_columns);
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < t->features; j++) {
        const char *name = t->feature_names != NULL ? t->feature_names[j]
                                                    : nu_matrix_name(text, t->pixel_rows > 0, j);
        if (strcmp(name, p->feature_names[j]) != 0)
            return nu_fail(err, NUDGE_EMISMATCH,
                           "the model's feature %zu is '%s', that of '%s' is '%s'", j + 1,
                           p->feature_names[j], t->source, name);
    }
    return NUDGE_OK;
}

/* Bytes stay bytes; shift and factor go with them. */
static nudge_status take_bytes(nu_pack *pack, nudge_error *err)
{
    nu_store *s = pack->store;
    size_t size = s->dtype == NUDGE_F32 ? sizeof(float) : sizeof(double);
    s->shift = nu_alloc(s->features, size);
    s->factor = nu_alloc(s->features, size);
    if (s->shift == NULL || s->factor == NULL)
        return nu_no_memory(err, 2 * s->features * size, "scales of features");
    nu_element element = s->element;
    (void)nu_keep(s->shift, element, 0, s->features, pack->prep->shift);
    (void)nu_keep(s->factor, element, 0, s->features, pack->prep->factor);
    s->element = NU_U8;
    s->x = pack->table->x;
    pack->table->x = NULL;
    return NUDGE_OK;
}

/* ---- Matrices: targets ----------------------------------------------------------------- */

static nudge_status take_classes(nu_pack *pack, nudge_error *err)
{
    nudge_table *t = pack->table;
    if (pack->prep->n_classes == 0)
        return nu_fail(err, NUDGE_EMISMATCH,
                       "%s: target '%s' holds classes; the model's target '%s' is a number",
                       t->source, t->target_name, pack->prep->target_names[0]);
    int32_t *number = nu_alloc(t->n_classes, sizeof *number);
    if (number == NULL)
        return nu_no_memory(err, t->n_classes * sizeof *number, "classes");
    for (size_t k = 0; k < t->n_classes; k++)
        number[k] = -1;
    nudge_status status = nu_pack_make_targets(pack, err);
    for (size_t r = 0; r < t->rows && status == NUDGE_OK; r++) {
        int32_t k = t->classes[r];
        if (number[k] < 0) /* a label that no row has need not be known */
            status = nu_pack_class(pack, t->class_labels[k], &number[k], err);
        if (status == NUDGE_OK)
            nu_pack_put_class(pack, r, number[k]);
    }
    free(number);
    return status;
}

/* Numbers for a prep with classes, trained perhaps on a CSV file with the same column. */
static nudge_status take_number_classes(nu_pack *pack, nudge_error *err)
{
    const nudge_table *t = pack->table;
    NU_TRY(nu_pack_make_targets(pack, err));
    for (size_t r = 0; r < t->rows; r++) {
        double value;
        int32_t number;
        nu_load(&value, t->y, t->y_element, r, 1);
        NU_TRY(nu_pack_number_class(pack, value, &number, err));
        nu_pack_put_class(pack, r, number);
    }
    return NUDGE_OK;
}

static nudge_status take_numbers(nu_pack *pack, nudge_error *err)
{
    nudge_table *t = pack->table;
    const nudge_prep *p = pack->prep;
    if (t->outputs != p->n_targets)
        return nu_fail(err, NUDGE_EMISMATCH, "the model has %zu targets, '%s' has %zu",
                       p->n_targets, t->source, t->outputs);
    if (p->n_classes > 0)
        return take_number_classes(pack, err);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t k = 0; k < t->outputs; k++) {
            double value;
            nu_load(&value, t->y, t->y_element, r * t->outputs + k, 1);
            NU_TRY(nu_pack_check_target(pack, r, p->target_names[k], value, err));
        }
    pack->store->outputs = p->outputs;
    return take_scaled(pack, &pack->store->y, &t->y, t->y_element, p->outputs, p->target_shift,
                       p->target_factor, "target", p->target_names, err);
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status pack_matrix(nu_pack *pack, nudge_error *err)
{
    nudge_table *t = pack->table;
    const nudge_prep *p = pack->prep;
    NU_TRY(check_matrix(pack, err));
    if (t->classes != NULL)
        NU_TRY(take_classes(pack, err));
    else if (t->y != NULL)
        NU_TRY(take_numbers(pack, err));
    if (t->element == NU_U8)
        return take_bytes(pack, err);
    return take_scaled(pack, &pack->store->x, &t->x, t->element, t->features, p->shift, p->factor,
                       "feature", p->feature_names, err);
}

static nudge_status pack_table(nu_pack *pack, nudge_dtype dtype, nudge_error *err)
{
    const nudge_table *t = pack->table;
    if (t->rows == 0 || t->rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EDATA, "%s: %zu rows; there must be from 1 to %u", t->source,
                       t->rows, UINT32_MAX);
    if (dtype != NUDGE_F32 && dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)dtype);
    pack->store = nu_store_new(t->rows, pack->prep->features, 0, dtype);
    if (pack->store == NULL)
        return nu_no_memory(err, sizeof *pack->store, "a dataset");
    NU_TRY(sort_labels(pack, err));
    return t->n_columns > 0 ? nu_pack_columns(pack, err) : pack_matrix(pack, err);
}

nudge_status nudge_dataset_pack(nudge_dataset **data, nudge_table **table, const nudge_prep *prep,
                                nudge_dtype dtype, size_t *unknown, nudge_error *err)
{
    nu_pack pack = {.table = *table, .prep = prep};
    *table = NULL;
    nudge_status status = pack_table(&pack, dtype, err);
    nudge_table_free(pack.table);
    free(pack.labels);
    if (status != NUDGE_OK) {
        nu_store_release(pack.store);
        return status;
    }
    NU_TRY(nu_dataset_wrap(data, pack.store, err));
    if (unknown != NULL)
        *unknown = pack.unknown;
    return NUDGE_OK;
}
