#include "table/batch.h"

#include <math.h>
#include <string.h>

#include "core/clones.h"

void X(nu_batch_rows)(const nudge_dataset *data, const nu_permutation *order, size_t first,
                      size_t count, uint32_t *rows)
{
    if (order != NULL)
        nu_permutation_range(order, (uint32_t)first, count, rows);
    else
        for (size_t i = 0; i < count; i++)
            rows[i] = (uint32_t)(first + i);
    if (data->index != NULL)
        for (size_t i = 0; i < count; i++)
            rows[i] = data->index[rows[i]];
}

NU_CLONES
static void convert_bytes(real *restrict x, const uint8_t *restrict raw, const real *restrict shift,
                          const real *restrict factor, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        x[j] = ((real)raw[j] - shift[j]) * factor[j];
}

NU_CLONES
static void scale_reals(real *restrict x, const real *restrict raw, const real *restrict shift,
                        const real *restrict factor, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        x[j] = (raw[j] - shift[j]) * factor[j];
}

/* As nu_prep_scaled() has it, to the bit. */
NU_CLONES
static void scale_floats(real *restrict x, const float *restrict raw, const double *restrict shift,
                         const double *restrict factor, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        x[j] = (real)(((double)raw[j] - shift[j]) * factor[j]);
}

NU_CLONES
static void scale_doubles(real *restrict x, const double *restrict raw,
                          const double *restrict shift, const double *restrict factor, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        x[j] = (real)((raw[j] - shift[j]) * factor[j]);
}

NU_CLONES
static void scale_and_clip(real *restrict x, const nu_store *s, size_t at, size_t left, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double z = nu_value(s->x, s->element, at + j);
        z = (z - s->raw_shift[left + j]) * s->raw_factor[left + j];
        x[j] = (real)nu_smooth_clip(z);
    }
}

static void scale_raw(real *x, const nu_store *s, size_t at, size_t left, size_t n)
{
    const double *shift = s->raw_shift + left, *factor = s->raw_factor + left;
    if (s->clips)
        scale_and_clip(x, s, at, left, n);
    else if (s->element == NU_F32)
        scale_floats(x, (const float *)s->x + at, shift, factor, n);
    else
        scale_doubles(x, (const double *)s->x + at, shift, factor, n);
}

void X(nu_batch_features)(const nu_store *store, const uint32_t *rows, size_t count,
                          const X(nu_matrix) *x, size_t first)
{
    size_t panels = x->panels;
    const real *shift = store->shift, *factor = store->factor;
    for (size_t i = 0; i < count; i++)
        for (size_t q = 0, left = 0; q < panels; q++, left += x->width) {
            size_t at = (size_t)rows[i] * store->features + left, n = X(nu_panel_columns)(x, q);
            real *to = X(nu_panel)(x, q, first + i);
            if (store->raw_shift != NULL)
                scale_raw(to, store, at, left, n);
            else if (store->element == NU_U8)
                convert_bytes(to, (const uint8_t *)store->x + at, shift + left, factor + left, n);
            else if (factor != NULL)
                scale_reals(to, (const real *)store->x + at, shift + left, factor + left, n);
            else
                memcpy(to, (const real *)store->x + at, n * sizeof(real));
        }
}

void X(nu_batch_targets)(const nu_store *store, const uint32_t *rows, size_t count, real *y,
                         int32_t *classes)
{
    size_t n = store->outputs;
    if (store->classes != NULL)
        for (size_t i = 0; i < count; i++)
            classes[i] = store->classes[rows[i]];
    else
        for (size_t i = 0; i < count; i++)
            memcpy(y + i * n, (const real *)store->y + rows[i] * n, n * sizeof(real));
}

const real *X(nu_batch_in_place)(const nudge_dataset *data, const nu_permutation *order,
                                 size_t first)
{
    const nu_store *store = data->store;
    if (order != NULL || data->index != NULL || store->element == NU_U8 || store->factor != NULL ||
        store->raw_shift != NULL)
        return NULL;
    return (const real *)store->x + first * store->features;
}

void X(nu_batch_as_doubles)(const nudge_dataset *data, size_t first, size_t rows,
                            uint32_t *numbers, double *x, double *y, int32_t *classes)
{
    const nu_store *store = data->store;
    X(nu_batch_rows)(data, NULL, first, rows, numbers);
    nu_element real_element = sizeof(real) == sizeof(float) ? NU_F32 : NU_F64;
    for (size_t i = 0; i < rows; i++) {
        size_t at = numbers[i], n = store->features, outputs = store->outputs;
        for (size_t j = 0; x != NULL && j < n; j++) {
            double v = nu_value(store->x, store->element, at * n + j);
            real scaled;
            if (store->raw_shift != NULL) {
                scale_raw(&scaled, store, at * n + j, j, 1);
                v = (double)scaled;
            }
            if (store->factor != NULL)
                v = (v - nu_value(store->shift, real_element, j)) *
                    nu_value(store->factor, real_element, j);
            x[i * n + j] = v;
        }
        if (y != NULL)
            nu_load(y + i * outputs, store->y, real_element, at * outputs, outputs);
        if (classes != NULL)
            classes[i] = store->classes[at];
    }
}
