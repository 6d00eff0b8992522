#include "table/dataset.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Stores ---------------------------------------------------------------------------- */

nudge_status nu_store_new(nu_store **store, size_t rows, size_t features, size_t outputs,
                          nudge_dtype dtype, nudge_error *err)
{
    nu_store *s;
    NU_NEW(s, calloc, 1, "a dataset", err);
    *s = (nu_store){.references = 1, .rows = rows, .features = features, .outputs = outputs,
                    .dtype = dtype, .element = nu_element_of(dtype)};
    *store = s;
    return NUDGE_OK;
}

void nu_store_release(nu_store *store)
{
    if (store == NULL || __atomic_sub_fetch(&store->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (!store->borrows_x)
        nu_features_free(store->x, store->map);
    free(store->raw_shift);
    free(store->raw_factor);
    if (!store->borrows_targets) {
        free(store->y);
        free(store->classes);
    }
    free(store->shift);
    free(store->factor);
    free(store->encoding.parts);
    free(store->encoding.low);
    free(store->encoding.factor);
    free(store);
}

static uint64_t store_bytes(const nu_store *s)
{
    size_t real = nu_dtype_size(s->dtype);
    uint64_t bytes = s->map.base != NULL ? 2 * s->features * sizeof *s->raw_shift
                                         : (uint64_t)s->rows * s->features *
                                               nu_element_size(s->element);
    bytes += s->shift != NULL ? 2 * s->features * real : 0;
    bytes += 2 * s->encoding.inputs * real + s->encoding.n * sizeof *s->encoding.parts;
    bytes += s->y != NULL ? s->rows * s->outputs * real : 0;
    bytes += s->classes != NULL ? s->rows * sizeof *s->classes : 0;
    return bytes;
}

nudge_status nu_dataset_wrap(nudge_dataset **data, nu_store **store, nudge_error *err)
{
    nudge_dataset *d;
    NU_NEW(d, calloc, 1, "a dataset", err);
    (*store)->bytes = store_bytes(*store);
    *d = (nudge_dataset){.store = *store, .rows = (*store)->rows};
    d->weight = (double)d->rows;
    *store = NULL;
    *data = d;
    return NUDGE_OK;
}

nudge_status nu_dataset_check(size_t rows, size_t features, size_t outputs, nudge_dtype dtype,
                              nudge_error *err)
{
    if (rows == 0 || features == 0 || outputs == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows, %zu features and %zu outputs; none may be "
                       "0", rows, features, outputs);
    if (rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows; at most %u are possible", rows, UINT32_MAX);
    if (dtype != NUDGE_F32 && dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)dtype);
    return NUDGE_OK;
}

nudge_status nu_dataset_has_values(const nudge_dataset *data, nudge_error *err)
{
    if (data->store->x == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "the dataset is only a shape, without values");
    return NUDGE_OK;
}

/* ---- Datasets -------------------------------------------------------------------------- */

nudge_dataset_info nudge_dataset_describe(const nudge_dataset *data)
{
    return (nudge_dataset_info){
        .rows = data->rows,
        .features = nu_store_inputs(data->store),
        .outputs = data->store->outputs,
        .has_classes = data->store->classes != NULL,
        .bytes = data->store->bytes + (data->index != NULL ? data->rows * sizeof *data->index : 0) +
                 (data->weights != NULL ? data->rows * sizeof *data->weights : 0),
        .has_weights = data->weights != NULL,
    };
}

void nudge_dataset_free(nudge_dataset *data)
{
    if (data == NULL)
        return;
    nu_store_release(data->store);
    free(data->index);
    free(data->weights);
    free(data);
}

void nu_dataset_take_weights(nudge_dataset *data, double *weights)
{
    double sum = weights != NULL ? 0 : (double)data->rows;
    for (size_t i = 0; weights != NULL && i < data->rows; i++)
        sum += weights[i];
    free(data->weights);
    data->weights = weights;
    data->weight = sum;
}

nudge_status nudge_dataset_subset(nudge_dataset **data, const nudge_dataset *of,
                                  const uint32_t *rows, size_t n, nudge_error *err)
{
    if (n == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "a subset of no rows; at least one is needed");
    for (size_t i = 0; i < n; i++)
        if (rows[i] >= of->rows)
            return nu_fail(err, NUDGE_EARGUMENT, "row number %u is not below %zu, the dataset's "
                           "rows", rows[i], of->rows);
    nudge_dataset *d NU_SCOPED(nu_dataset_drop) = NULL;
    NU_NEW(d, calloc, 1, "a dataset", err);
    NU_NEW(d->index, nu_alloc, n, "row numbers", err);
    for (size_t i = 0; i < n; i++)
        d->index[i] = of->index != NULL ? of->index[rows[i]] : rows[i];
    (void)__atomic_add_fetch(&of->store->references, 1, __ATOMIC_RELAXED);
    d->store = of->store;
    d->rows = n;
    if (of->weights != NULL)
        NU_NEW(d->weights, nu_alloc, n, "weights", err);
    for (size_t i = 0; of->weights != NULL && i < n; i++)
        d->weights[i] = of->weights[rows[i]];
    nu_dataset_take_weights(d, NU_TAKE(d->weights));
    *data = NU_TAKE(d);
    return NUDGE_OK;
}

/* ---- From arrays ----------------------------------------------------------------------- */

/* Value i of rows x columns. Places in messages count from 0, as the caller's indices do. */
static nudge_status bad_value(const char *what, const char *column_word, size_t columns, size_t i,
                              double value, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: row %zu, %s %zu is %g%s", what, i / columns, column_word,
                   i % columns, value,
                   isfinite(value) ? ", too large for f32" : "; it must be a finite number");
}

static nudge_status copy_values(void **to, nudge_dtype dtype, const double *from, size_t rows,
                                size_t columns, const char *what, const char *column_word,
                                nudge_error *err)
{
    size_t count, bytes;
    if (!nu_mul(rows, columns, &count) || !nu_mul(count, nu_dtype_size(dtype), &bytes))
        return nu_no_memory(err, SIZE_MAX, what);
    NU_NEED((*to = nu_alloc(bytes, 1)) != NULL, bytes, what, err);
    size_t i = nu_keep(*to, nu_element_of(dtype), 0, count, from);
    return i == count ? NUDGE_OK : bad_value(what, column_word, columns, i, from[i], err);
}

static nudge_status check_classes(const int32_t *classes, size_t rows, size_t outputs,
                                  nudge_error *err)
{
    for (size_t r = 0; r < rows; r++)
        if (classes[r] < 0 || (size_t)classes[r] >= outputs)
            return nu_fail(err, NUDGE_EARGUMENT, "classes: row %zu is %d; it must be from 0 to "
                           "%zu", r, classes[r], outputs - 1);
    return NUDGE_OK;
}

static nudge_status copy_classes(int32_t **to, const int32_t *from, size_t rows, size_t outputs,
                                 nudge_error *err)
{
    NU_TRY(check_classes(from, rows, outputs, err));
    NU_NEW(*to, nu_alloc, rows, "classes", err);
    memcpy(*to, from, rows * sizeof **to);
    return NUDGE_OK;
}

static nudge_status check_arrays(size_t rows, size_t features, size_t outputs, nudge_dtype dtype,
                                 const void *x, const void *y, const int32_t *classes,
                                 nudge_error *err)
{
    int targets = y != NULL || classes != NULL;
    NU_TRY(nu_dataset_check(rows, features, targets ? outputs : 1, dtype, err));
    if (x == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "x is NULL; it must hold the features");
    if (y != NULL && classes != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "both y and classes are given; one must be NULL");
    return NUDGE_OK;
}

nudge_status nudge_dataset_from_arrays(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                       size_t features, size_t outputs, const double *x,
                                       const double *y, const int32_t *classes, nudge_error *err)
{
    nu_store *s NU_SCOPED(nu_store_drop) = NULL;
    int targets = y != NULL || classes != NULL;
    NU_TRY(check_arrays(rows, features, outputs, dtype, x, y, classes, err));
    NU_TRY(nu_store_new(&s, rows, features, targets ? outputs : 0, dtype, err));
    s->is_bare = 1;
    NU_TRY(copy_values(&s->x, dtype, x, rows, features, "x", "feature", err));
    if (y != NULL)
        NU_TRY(copy_values(&s->y, dtype, y, rows, outputs, "y", "output", err));
    if (classes != NULL)
        NU_TRY(copy_classes(&s->classes, classes, rows, outputs, err));
    return nu_dataset_wrap(data, &s, err);
}

/* ---- Arrays of the caller's ------------------------------------------------------------ */

static nudge_status check_values(const void *values, nudge_dtype dtype, size_t rows, size_t columns,
                                 const char *what, const char *column_word, nudge_error *err)
{
    double block[NU_CONVERT_BLOCK];
    size_t count, n;
    if (!nu_mul(rows, columns, &count) || !nu_mul(count, nu_dtype_size(dtype), &n))
        return nu_no_memory(err, SIZE_MAX, what);
    for (size_t first = 0; first < count; first += n) {
        n = nu_smaller(count - first, NU_CONVERT_BLOCK);
        nu_load(block, values, nu_element_of(dtype), first, n);
        for (size_t i = 0; i < n; i++)
            if (!isfinite(block[i]))
                return bad_value(what, column_word, columns, first + i, block[i], err);
    }
    return NUDGE_OK;
}

/* input = byte * (1 / 255) */
static nudge_status scale_bytes(nu_store *s, nudge_error *err)
{
    size_t size = nu_dtype_size(s->dtype);
    s->element = NU_U8;
    s->shift = nu_alloc_zero(s->features, size);
    s->factor = nu_alloc(s->features, size);
    if (s->shift == NULL || s->factor == NULL)
        return nu_no_memory(err, 2 * s->features * size, "scales of features");
    for (size_t j = 0; j < s->features; j++)
        nu_put(s->factor, nu_element_of(s->dtype), j, 1.0 / 255);
    return NUDGE_OK;
}

nudge_status nudge_dataset_borrow(nudge_dataset **data, const nudge_arrays *arrays,
                                  nudge_error *err)
{
    nudge_arrays own = {.size = sizeof own}, *a = &own;
    NU_TRY(nu_take_options(&own, arrays, err));
    nu_store *s NU_SCOPED(nu_store_drop) = NULL;
    int targets = a->y != NULL || a->classes != NULL;
    NU_TRY(check_arrays(a->rows, a->features, a->outputs, a->dtype, a->x, a->y, a->classes, err));
    NU_TRY(nu_store_new(&s, a->rows, a->features, targets ? a->outputs : 0, a->dtype, err));
    s->borrows_x = s->borrows_targets = s->is_bare = 1;
    s->x = (void *)a->x; /* all three are only read */
    s->y = (void *)a->y;
    s->classes = (int32_t *)a->classes;
    if (a->bytes)
        NU_TRY(scale_bytes(s, err));
    else
        NU_TRY(check_values(a->x, a->dtype, a->rows, a->features, "x", "feature", err));
    if (a->y != NULL)
        NU_TRY(check_values(a->y, a->dtype, a->rows, a->outputs, "y", "output", err));
    if (a->classes != NULL)
        NU_TRY(check_classes(a->classes, a->rows, a->outputs, err));
    return nu_dataset_wrap(data, &s, err);
}

void nudge_dataset_inputs_ready(nudge_dataset *data)
{
    data->store->is_bare = 0;
}
