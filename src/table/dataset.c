#include "table/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Stores ---------------------------------------------------------------------------- */

nu_store *nu_store_new(size_t rows, size_t features, size_t outputs, nudge_dtype dtype)
{
    nu_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    store->references = 1;
    store->rows = rows;
    store->features = features;
    store->outputs = outputs;
    store->dtype = dtype;
    store->element = nu_element_of(dtype);
    return store;
}

void nu_store_release(nu_store *store)
{
    if (store == NULL || __atomic_sub_fetch(&store->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    free(store->x);
    free(store->shift);
    free(store->factor);
    free(store->y);
    free(store->classes);
    free(store);
}

static uint64_t store_bytes(const nu_store *s)
{
    size_t real = nu_dtype_size(s->dtype);
    uint64_t bytes = (uint64_t)s->rows * s->features * nu_element_size(s->element);
    bytes += s->shift != NULL ? 2 * s->features * real : 0;
    bytes += s->y != NULL ? s->rows * s->outputs * real : 0;
    bytes += s->classes != NULL ? s->rows * sizeof *s->classes : 0;
    return bytes;
}

nudge_status nu_dataset_wrap(nudge_dataset **data, nu_store *store, nudge_error *err)
{
    nudge_dataset *d = calloc(1, sizeof *d);
    if (d == NULL) {
        nu_store_release(store);
        return nu_no_memory(err, sizeof *d, "a dataset");
    }
    store->bytes = store_bytes(store);
    d->store = store;
    d->rows = store->rows;
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

/* ---- Shapes ---------------------------------------------------------------------------- */

nudge_status nudge_dataset_shape(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                 size_t features, size_t outputs, int has_classes, int pixels,
                                 nudge_error *err)
{
    NU_TRY(nu_dataset_check(rows, features, outputs, dtype, err));
    nu_store *store = nu_store_new(rows, features, outputs, dtype);
    if (store == NULL)
        return nu_no_memory(err, sizeof *store, "a dataset");
    /* Targets are told by their pointer; one element stands for all. */
    void **target = has_classes ? (void **)&store->classes : &store->y;
    int failed = (*target = calloc(1, sizeof(double))) == NULL;
    if (pixels) {
        store->element = NU_U8;
        failed |= (store->shift = calloc(features, sizeof(double))) == NULL ||
                  (store->factor = calloc(features, sizeof(double))) == NULL;
    }
    if (failed) {
        nu_store_release(store);
        return nu_no_memory(err, 2 * features * sizeof(double), "a dataset");
    }
    return nu_dataset_wrap(data, store, err);
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
        .features = data->store->features,
        .outputs = data->store->outputs,
        .has_classes = data->store->classes != NULL,
        .bytes = data->store->bytes + (data->index != NULL ? data->rows * sizeof *data->index : 0),
    };
}

void nudge_dataset_free(nudge_dataset *data)
{
    if (data == NULL)
        return;
    nu_store_release(data->store);
    free(data->index);
    free(data);
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
    nudge_dataset *d = calloc(1, sizeof *d);
    uint32_t *index = nu_alloc(n, sizeof *index);
    if (d == NULL || index == NULL) {
        free(d);
        free(index);
        return nu_no_memory(err, n * sizeof *index, "row numbers");
    }
    for (size_t i = 0; i < n; i++)
        index[i] = of->index != NULL ? of->index[rows[i]] : rows[i];
    (void)__atomic_add_fetch(&of->store->references, 1, __ATOMIC_RELAXED);
    d->store = of->store;
    d->rows = n;
    d->index = index;
    *data = d;
    return NUDGE_OK;
}

/* ---- From arrays ----------------------------------------------------------------------- */

/* Copies rows x columns values. Places in messages count from 0, as the caller's indices do. */
static nudge_status copy_values(void **to, nudge_dtype dtype, const double *from, size_t rows,
                                size_t columns, const char *what, const char *column_word,
                                nudge_error *err)
{
    size_t count, bytes;
    if (!nu_mul(rows, columns, &count) || !nu_mul(count, nu_dtype_size(dtype), &bytes))
        return nu_no_memory(err, SIZE_MAX, what);
    if ((*to = nu_alloc(bytes, 1)) == NULL)
        return nu_no_memory(err, bytes, what);
    size_t i = nu_keep(*to, nu_element_of(dtype), 0, count, from);
    if (i == count)
        return NUDGE_OK;
    if (isfinite(from[i]))
        return nu_fail(err, NUDGE_EDATA, "%s: row %zu, %s %zu is %g, too large for f32", what,
                       i / columns, column_word, i % columns, from[i]);
    return nu_fail(err, NUDGE_EDATA, "%s: row %zu, %s %zu is %s; only finite numbers are allowed",
                   what, i / columns, column_word, i % columns,
                   isnan(from[i]) ? "nan" : from[i] > 0 ? "infinite" : "minus infinite");
}

static nudge_status copy_classes(int32_t **to, const int32_t *from, size_t rows, size_t outputs,
                                 nudge_error *err)
{
    for (size_t r = 0; r < rows; r++)
        if (from[r] < 0 || (size_t)from[r] >= outputs)
            return nu_fail(err, NUDGE_EARGUMENT, "classes: row %zu is %d; it must be from 0 to "
                           "%zu", r, from[r], outputs - 1);
    *to = nu_alloc(rows, sizeof **to);
    if (*to == NULL)
        return nu_no_memory(err, rows * sizeof **to, "classes");
    memcpy(*to, from, rows * sizeof **to);
    return NUDGE_OK;
}

static nudge_status copy_arrays(nu_store *store, const double *x, const double *y,
                                const int32_t *classes, nudge_error *err)
{
    NU_TRY(copy_values(&store->x, store->dtype, x, store->rows, store->features, "x", "feature",
                       err));
    if (y != NULL)
        NU_TRY(copy_values(&store->y, store->dtype, y, store->rows, store->outputs, "y", "output",
                           err));
    if (classes != NULL)
        NU_TRY(copy_classes(&store->classes, classes, store->rows, store->outputs, err));
    return NUDGE_OK;
}

nudge_status nudge_dataset_from_arrays(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                       size_t features, size_t outputs, const double *x,
                                       const double *y, const int32_t *classes, nudge_error *err)
{
    int targets = y != NULL || classes != NULL;
    NU_TRY(nu_dataset_check(rows, features, targets ? outputs : 1, dtype, err));
    if (x == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "x is NULL; it must hold the features");
    if (y != NULL && classes != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "both y and classes are given; one must be NULL");
    nu_store *store = nu_store_new(rows, features, targets ? outputs : 0, dtype);
    if (store == NULL)
        return nu_no_memory(err, sizeof *store, "a dataset");
    nudge_status status = copy_arrays(store, x, y, classes, err);
    if (status != NUDGE_OK) {
        nu_store_release(store);
        return status;
    }
    return nu_dataset_wrap(data, store, err);
}
