#include "net/layer.h"

#include "core/clones.h"
#include "linalg/gemm.h"
#include "net/activation.h"

void X(nu_layer_forward)(const nu_network *net, size_t layer, const real *params, real *y,
                         real *slope, const real *x, size_t rows)
{
    size_t in = net->width[layer], out = net->width[layer + 1];
    X(nu_gemm_nn)(rows, out, in, x, in, params + net->weight_at[layer], out, y, out);
    X(nu_activate)(net->activation[layer], y, slope, params + net->bias_at[layer], rows, out);
}

void X(nu_layer_backward)(const nu_network *net, size_t layer, const real *params,
                          const real *transposed, real *dx, const real *dz, const real *x,
                          const real *slope_before, size_t rows)
{
    size_t in = net->width[layer], out = net->width[layer + 1];
    if (transposed != NULL)
        X(nu_gemm_nn)(rows, in, out, dz, out, transposed, in, dx, in);
    else
        X(nu_gemm_nt)(rows, in, out, dz, out, params + net->weight_at[layer], out, dx, in);
    X(nu_activate_backward)(net->activation[layer - 1], dx, x, slope_before, rows, in);
}

void X(nu_layer_forward_tile)(const nu_network *net, size_t layer, const real *params, real *y,
                              real *slope, const real *x, nu_span rows, nu_span columns)
{
    size_t in = net->width[layer], out = net->width[layer + 1], n = columns.end - columns.first;
    size_t at = rows.first * out + columns.first;
    X(nu_gemm_nn)(rows.end - rows.first, n, in, x + rows.first * in, in,
                  params + net->weight_at[layer] + columns.first, out, y + at, out);
    for (size_t r = rows.first; r < rows.end; r++, at += out)
        X(nu_activate)(net->activation[layer], y + at, slope != NULL ? slope + at : NULL,
                       params + net->bias_at[layer] + columns.first, 1, n);
}

void X(nu_layer_backward_tile)(const nu_network *net, size_t layer, const real *params,
                               const real *transposed, real *dx, const real *dz, const real *x,
                               const real *slope_before, nu_span rows, nu_span columns)
{
    size_t in = net->width[layer], out = net->width[layer + 1], n = columns.end - columns.first;
    size_t at = rows.first * in + columns.first;
    if (transposed != NULL)
        X(nu_gemm_nn)(rows.end - rows.first, n, out, dz + rows.first * out, out,
                      transposed + columns.first, in, dx + at, in);
    else
        X(nu_gemm_nt)(rows.end - rows.first, n, out, dz + rows.first * out, out,
                      params + net->weight_at[layer] + columns.first * out, out, dx + at, in);
    for (size_t r = rows.first; r < rows.end; r++, at += in)
        X(nu_activate_backward)(net->activation[layer - 1], dx + at, x + at,
                                slope_before != NULL ? slope_before + at : NULL, 1, n);
}

/* Few columns, each in a register, for the smallest networks. */
static void narrow_sums(real *restrict sum, const real *restrict a, size_t rows, size_t n,
                        size_t left, size_t right)
{
    for (size_t j = left; j < right; j++) {
        real s = 0;
        for (size_t r = 0; r < rows; r++)
            s += a[r * n + j];
        sum[j - left] = s;
    }
}

NU_CLONES
static void wide_sums(real *restrict sum, const real *restrict a, size_t rows, size_t n,
                      size_t left, size_t right)
{
    for (size_t j = left; j < right; j++)
        sum[j - left] = 0;
    for (size_t r = 0; r < rows; r++) {
        const real *restrict row = a + r * n + left;
#pragma omp simd
        for (size_t j = 0; j < right - left; j++)
            sum[j] += row[j];
    }
}

void X(nu_column_sums)(real *restrict sum, const real *restrict a, size_t rows, size_t n,
                       size_t left, size_t right)
{
    if (right - left < 8)
        narrow_sums(sum, a, rows, n, left, right);
    else
        wide_sums(sum, a, rows, n, left, right);
}

void X(nu_layer_gradient)(const nu_network *net, size_t layer, real *dw, real *db, const real *x,
                          const real *dz, size_t rows)
{
    size_t in = net->width[layer], out = net->width[layer + 1];
    X(nu_gemm_tn)(in, out, rows, 1, x, in, dz, out, 0, dw, out);
    X(nu_column_sums)(db, dz, rows, out, 0, out);
}
