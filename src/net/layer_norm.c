#include "net/layer_norm.h"

#include <math.h>

#include "core/clones.h"

#define EPS 1e-5 /* PyTorch's */

/* Sums are made in double, panel after panel. */

NU_CLONES
static double sum(const real *restrict x, size_t n)
{
    double s = 0;
#pragma omp simd reduction(+ : s)
    for (size_t j = 0; j < n; j++)
        s += (double)x[j];
    return s;
}

NU_CLONES
static double sum_products(const real *restrict x, const real *restrict y, double mean, size_t n)
{
    double s = 0;
#pragma omp simd reduction(+ : s)
    for (size_t j = 0; j < n; j++)
        s += ((double)x[j] - mean) * ((double)y[j] - mean);
    return s;
}

NU_CLONES
static void shift_and_scale(real *restrict to, const real *restrict x, real shift, real factor,
                            size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        to[j] = (x[j] - shift) * factor;
}

NU_CLONES
static void take_parts(real *restrict dx, const real *restrict normed, real shift, real slope,
                       real factor, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        dx[j] = (dx[j] - shift - slope * normed[j]) * factor;
}

void X(nu_layer_norm)(const X(nu_matrix) *to, real *inverse, const X(nu_matrix) *x, nu_span rows)
{
    for (size_t r = rows.first; r < rows.end; r++) {
        double mean = 0, squares = 0;
        for (size_t q = 0; q < x->panels; q++)
            mean += sum(X(nu_panel)(x, q, r), X(nu_panel_columns)(x, q));
        mean /= (double)x->columns;
        for (size_t q = 0; q < x->panels; q++) {
            const real *row = X(nu_panel)(x, q, r);
            squares += sum_products(row, row, mean, X(nu_panel_columns)(x, q));
        }
        real factor = (real)(1 / sqrt(squares / (double)x->columns + EPS));
        for (size_t q = 0; q < x->panels; q++)
            shift_and_scale(X(nu_panel)(to, q, r), X(nu_panel)(x, q, r), (real)mean, factor,
                            X(nu_panel_columns)(x, q));
        if (inverse != NULL)
            inverse[r] = factor;
    }
}

void X(nu_layer_norm_backward)(const X(nu_matrix) *dx, const X(nu_matrix) *normed,
                               const real *inverse, nu_span rows)
{
    double n = (double)dx->columns;
    for (size_t r = rows.first; r < rows.end; r++) {
        double mean = 0, along = 0;
        for (size_t q = 0; q < dx->panels; q++) {
            const real *row = X(nu_panel)(dx, q, r);
            mean += sum(row, X(nu_panel_columns)(dx, q));
            along += sum_products(row, X(nu_panel)(normed, q, r), 0, X(nu_panel_columns)(dx, q));
        }
        for (size_t q = 0; q < dx->panels; q++)
            take_parts(X(nu_panel)(dx, q, r), X(nu_panel)(normed, q, r), (real)(mean / n),
                       (real)(along / n), inverse[r], X(nu_panel_columns)(dx, q));
    }
}
