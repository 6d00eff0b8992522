#include "linalg/vectors.h"

#include <math.h>

#include "core/clones.h"
#include "linalg/real.h"

NU_CLONES
static void combine(void *to, double a, const void *x, double b, const void *y, size_t first,
                    size_t end)
{
    real *t = to, ra = (real)a, rb = (real)b;
    const real *rx = x, *ry = y;
#pragma omp simd
    for (size_t i = first; i < end; i++)
        t[i] = ra * rx[i] + rb * ry[i];
}

NU_CLONES
static double dot(const void *x, const void *y, size_t first, size_t end)
{
    const real *rx = x, *ry = y;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = first; i < end; i++)
        sum += (double)rx[i] * (double)ry[i];
    return sum;
}

NU_CLONES
static double sum_abs(const void *x, const void *unused, size_t first, size_t end)
{
    const real *rx = x;
    double sum = 0;
    (void)unused;
#pragma omp simd reduction(+ : sum)
    for (size_t i = first; i < end; i++)
        sum += fabs((double)rx[i]);
    return sum;
}

static double most_abs(const void *x, const void *unused, size_t first, size_t end)
{
    const real *rx = x;
    double most = 0;
    (void)unused;
    for (size_t i = first; i < end && !isnan(most); i++) {
        double size = fabs((double)rx[i]);
        most = size <= most ? most : size;
    }
    return most;
}

const nu_vectors X(nu_vectors) = {combine, dot, sum_abs, most_abs};
