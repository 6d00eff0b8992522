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

nudge_status nu_dataset_wrap(nudge_dataset **data, nu_store **store, nudge_error *err)
{
    nudge_dataset *d;
    NU_NEW(d, calloc, 1, "a dataset", err);
    (*store)->bytes = store_bytes(*store);
    *d = (nudge_dataset){.store = *store, .rows = (*store)->rows};
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
    nudge_dataset *d NU_SCOPED(nu_dataset_drop) = NULL;
    NU_NEW(d, calloc, 1, "a dataset", err);
    NU_NEW(d->index, nu_alloc, n, "row numbers", err);
    for (size_t i = 0; i < n; i++)
        d->index[i] = of->index != NULL ? of->index[rows[i]] : rows[i];
    (void)__atomic_add_fetch(&of->store->references, 1, __ATOMIC_RELAXED);
    d->store = of->store;
    d->rows = n;
    *data = NU_TAKE(d);
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
    NU_NEED((*to = nu_alloc(bytes, 1)) != NULL, bytes, what, err);
    size_t i = nu_keep(*to, nu_element_of(dtype), 0, count, from);
    if (i == count)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: row %zu, %s %zu is %g%s", what, i / columns, column_word,
                   i % columns, from[i],
                   isfinite(from[i]) ? ", too large for f32" : "; it must be a finite number");
}

static nudge_status copy_classes(int32_t **to, const int32_t *from, size_t rows, size_t outputs,
                                 nudge_error *err)
{
    for (size_t r = 0; r < rows; r++)
        if (from[r] < 0 || (size_t)from[r] >= outputs)
            return nu_fail(err, NUDGE_EARGUMENT, "classes: row %zu is %d; it must be from 0 to "
                           "%zu", r, from[r], outputs - 1);
    NU_NEW(*to, nu_alloc, rows, "classes", err);
    memcpy(*to, from, rows * sizeof **to);
    return NUDGE_OK;
}

nudge_status nudge_dataset_from_arrays(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                       size_t features, size_t outputs, const double *x,
                                       const double *y, const int32_t *classes, nudge_error *err)
{
    nu_store *s NU_SCOPED(nu_store_drop) = NULL;
    int targets = y != NULL || classes != NULL;
    NU_TRY(nu_dataset_check(rows, features, targets ? outputs : 1, dtype, err));
    if (x == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "x is NULL; it must hold the features");
    if (y != NULL && classes != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "both y and classes are given; one must be NULL");
    NU_TRY(nu_store_new(&s, rows, features, targets ? outputs : 0, dtype, err));
    NU_TRY(copy_values(&s->x, dtype, x, rows, features, "x", "feature", err));
    if (y != NULL)
        NU_TRY(copy_values(&s->y, dtype, y, rows, outputs, "y", "output", err));
    if (classes != NULL)
        NU_TRY(copy_classes(&s->classes, classes, rows, outputs, err));
    return nu_dataset_wrap(data, &s, err);
}
