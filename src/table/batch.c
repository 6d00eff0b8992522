#include "table/batch.h"

#include <math.h>
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "linalg/vecmath.h"

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

/* n values of a row from `left` on, scaled. */
static void load_values(real *to, const nu_store *s, size_t row, size_t left, size_t n)
{
    size_t at = row * s->features + left;
    const real *shift = s->shift, *factor = s->factor;
    if (s->raw_shift != NULL)
        scale_raw(to, s, at, left, n);
    else if (s->element == NU_U8)
        convert_bytes(to, (const uint8_t *)s->x + at, shift + left, factor + left, n);
    else if (factor != NULL)
        scale_reals(to, (const real *)s->x + at, shift + left, factor + left, n);
    else
        memcpy(to, (const real *)s->x + at, n * sizeof(real));
}

/* Number z and its codes as inputs i to end - 1 of row `row` of x, where panels may end among
 * them. */
static inline void encode_number(const X(nu_matrix) *x, size_t row, const nu_encoding *e, real z,
                                 size_t i, size_t end)
{
    for (size_t own = i, q = i / x->width, left = q * x->width; i < end; left += x->width, q++) {
        size_t some = nu_smaller(end, left + x->width) - i;
        real *restrict to = X(nu_panel)(x, q, row) + (i - left);
        const real *restrict low = (const real *)e->low + i;
        const real *restrict factor = (const real *)e->factor + i;
        if (e->is_waves) {
#pragma omp simd
            for (size_t k = 0; k < some; k++)
                to[k] = r_sin(z * factor[k] + low[k]);
        } else {
#pragma omp simd
            for (size_t k = 0; k < some; k++) {
                real place = (z - low[k]) * factor[k];
                to[k] = place < 0 ? 0 : place > 1 ? 1 : place;
            }
        }
        if (i == own)
            to[0] = z;
        i += some;
    }
}

/* Values that are inputs as they are, from input i on. */
static inline void copy_values(const X(nu_matrix) *x, size_t row, const real *values, size_t i,
                               size_t end)
{
    for (size_t q = i / x->width, left = q * x->width; i < end; left += x->width, q++) {
        size_t some = nu_smaller(end, left + x->width) - i;
        memcpy(X(nu_panel)(x, q, row) + (i - left), values, some * sizeof *values);
        values += some;
        i += some;
    }
}

/* Parts of a row's values become inputs: those from parts[p] on whose values are there, of which
 * values[0] is number `left`. Returns the next part. */
NU_CLONES
static size_t encode(const X(nu_matrix) *x, size_t row, const nu_encoding *e, const real *values,
                     size_t left, size_t n, size_t p)
{
    for (; p < e->n && e->parts[p].value < left + n; p++) {
        const nu_encoded *part = &e->parts[p];
        const real *from = values + (part->value - left);
        size_t end = (size_t)part->input + part->inputs;
        if (part->inputs > part->values)
            encode_number(x, row, e, *from, part->input, end);
        else
            copy_values(x, row, from, part->input, end);
    }
    return p;
}

static void batch_encoded(const nu_store *s, size_t from, const X(nu_matrix) *x, size_t row)
{
    real values[NU_CONVERT_BLOCK];
    for (size_t left = 0, n, part = 0; left < s->features; left += n) {
        n = nu_smaller(s->features - left, NU_CONVERT_BLOCK);
        load_values(values, s, from, left, n);
        part = encode(x, row, &s->encoding, values, left, n, part);
    }
}

void X(nu_batch_features)(const nu_store *store, const uint32_t *rows, size_t count,
                          const X(nu_matrix) *x, size_t first)
{
    if (store->encoding.inputs > 0)
        for (size_t i = 0; i < count; i++)
            batch_encoded(store, rows[i], x, first + i);
    else
        for (size_t i = 0; i < count; i++)
            for (size_t q = 0, left = 0; q < x->panels; q++, left += x->width)
                load_values(X(nu_panel)(x, q, first + i), store, rows[i], left,
                            X(nu_panel_columns)(x, q));
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
        store->raw_shift != NULL || store->encoding.inputs > 0)
        return NULL;
    return (const real *)store->x + first * store->features;
}

/* n inputs of a store row, in blocks: they are packed in the last bytes of x, ahead of where they
 * become doubles. */
static void inputs_as_doubles(const nu_store *store, uint32_t row, double *x, size_t n)
{
    real *packed = (real *)(x + n) - n, block[NU_CONVERT_BLOCK];
    X(nu_matrix) to = X(nu_row_major)(packed, n, n);
    X(nu_batch_features)(store, &row, 1, &to, 0);
    for (size_t first = 0, some; first < n; first += some) {
        some = nu_smaller(n - first, NU_CONVERT_BLOCK);
        memcpy(block, packed + first, some * sizeof *block);
        for (size_t j = 0; j < some; j++)
            x[first + j] = (double)block[j];
    }
}

void X(nu_batch_as_doubles)(const nudge_dataset *data, size_t first, size_t rows,
                            uint32_t *numbers, double *x, double *y, int32_t *classes)
{
    const nu_store *store = data->store;
    size_t n = nu_store_inputs(store), outputs = store->outputs;
    X(nu_batch_rows)(data, NULL, first, rows, numbers);
    nu_element real_element = sizeof(real) == sizeof(float) ? NU_F32 : NU_F64;
    for (size_t i = 0; i < rows; i++) {
        if (x != NULL)
            inputs_as_doubles(store, numbers[i], x + i * n, n);
        if (y != NULL)
            nu_load(y + i * outputs, store->y, real_element, numbers[i] * outputs, outputs);
        if (classes != NULL)
            classes[i] = store->classes[numbers[i]];
    }
}
