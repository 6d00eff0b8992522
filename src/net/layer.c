#include "net/layer.h"

#include "core/clones.h"
#include "linalg/vectors.h"
#include "net/activation.h"

X(nu_layer) X(nu_layer_of)(const nu_network *net, size_t l, const real *params)
{
    real *weights = (real *)params + net->weight_at[l];
    return (X(nu_layer)){
        .weights = X(nu_in_panels)(weights, net->width[l], net->width[l + 1], net->panel[l + 1]),
        .bias = params + net->bias_at[l],
        .activation = net->activation[l],
    };
}

/* How to go over a tile: as one block of `rows` rows where they lie close together, else `times`
 * rows, each `step` reals from the one before. */
typedef struct walk {
    size_t times, rows, step, n;
} walk;

static inline walk walk_of(const X(nu_matrix) *a, nu_span rows, size_t q)
{
    size_t n = X(nu_panel_columns)(a, q), ld = X(nu_panel_ld)(a, q), count = rows.end - rows.first;
    return ld == n ? (walk){1, count, 0, n} : (walk){count, 1, ld, n};
}

static inline real *slope_at(const X(nu_output) *out, size_t q, size_t row)
{
    return out->slope.at != NULL ? X(nu_panel)(&out->slope, q, row) : NULL;
}

void X(nu_layer_forward_tile)(const X(nu_layer) *layer, const X(nu_output) *out,
                              const X(nu_matrix) *x, nu_span rows, size_t q)
{
    X(nu_panel_nn)(&out->y, x, &layer->weights, rows, q);
    walk w = walk_of(&out->y, rows, q);
    real *y = X(nu_panel)(&out->y, q, rows.first), *slope = slope_at(out, q, rows.first);
    for (size_t i = 0; i < w.times; i++)
        X(nu_activate)(layer->activation, y + i * w.step,
                       slope != NULL ? slope + i * w.step : NULL,
                       layer->bias + q * out->y.width, w.rows, w.n);
}

void X(nu_layer_backward_tile)(const X(nu_layer) *layer, const X(nu_matrix) *dx,
                               const X(nu_matrix) *dz, nu_span rows, size_t q)
{
    if (layer->transposed.at != NULL)
        X(nu_panel_nn)(dx, dz, &layer->transposed, rows, q);
    else
        X(nu_panel_nt)(dx, dz, &layer->weights, rows, q);
}

void X(nu_layer_derive_tile)(nudge_activation kind, const X(nu_matrix) *dy, const X(nu_output) *out,
                             nu_span rows, size_t q)
{
    walk w = walk_of(dy, rows, q);
    real *to = X(nu_panel)(dy, q, rows.first);
    const real *y = X(nu_panel)(&out->y, q, rows.first);
    const real *slope = slope_at(out, q, rows.first);
    for (size_t i = 0; i < w.times; i++)
        X(nu_activate_backward)(kind, to + i * w.step, y + i * w.step,
                                slope != NULL ? slope + i * w.step : NULL, w.rows, w.n);
}

void X(nu_layer_add_tile)(const X(nu_matrix) *to, const X(nu_matrix) *a, nu_span rows, size_t q)
{
    real *sum = X(nu_panel)(to, q, rows.first);
    X(nu_vectors).combine(sum, 1, sum, 1, X(nu_panel)(a, q, rows.first), 0,
                          (rows.end - rows.first) * X(nu_panel_columns)(to, q));
}

/* Few columns, each in a register, for the smallest networks. */
static void narrow_sums(real *restrict sum, const real *restrict a, size_t rows, size_t n,
                        size_t ld)
{
    for (size_t j = 0; j < n; j++) {
        real s = 0;
        for (size_t r = 0; r < rows; r++)
            s += a[r * ld + j];
        sum[j] = s;
    }
}

NU_CLONES
static void wide_sums(real *restrict sum, const real *restrict a, size_t rows, size_t n, size_t ld)
{
    for (size_t j = 0; j < n; j++)
        sum[j] = 0;
    for (size_t r = 0; r < rows; r++) {
        const real *restrict row = a + r * ld;
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            sum[j] += row[j];
    }
}

void X(nu_column_sums)(real *sum, const X(nu_matrix) *a, nu_span rows, size_t q)
{
    size_t n = X(nu_panel_columns)(a, q);
    (n < 8 ? narrow_sums : wide_sums)(sum, X(nu_panel)(a, q, rows.first), rows.end - rows.first, n,
                                      X(nu_panel_ld)(a, q));
}

NU_CLONES
static void multiply(real *restrict to, const real *restrict x, const real *restrict factor,
                     size_t count)
{
#pragma omp simd
    for (size_t j = 0; j < count; j++)
        to[j] = x[j] * factor[j];
}

void X(nu_layer_scale_inputs)(const X(nu_matrix) *to, const X(nu_matrix) *x, const real *factor,
                              nu_span rows)
{
    for (size_t q = 0; q < to->panels; q++)
        for (size_t r = rows.first; r < rows.end; r++)
            multiply(X(nu_panel)(to, q, r), X(nu_panel)(x, q, r), factor + q * to->width,
                     X(nu_panel_columns)(to, q));
}
