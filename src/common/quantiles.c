#include "quantiles.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void nu_sort_reals(double *x, size_t n)
{
    qsort(x, n, sizeof *x, by_value);
}

double nu_quantile(const double *sorted, size_t n, double part)
{
    double place = part * (double)(n - 1);
    size_t i = (size_t)place;
    return i + 1 < n ? sorted[i] + (place - (double)i) * (sorted[i + 1] - sorted[i])
                     : sorted[n - 1];
}

double nu_median(double *x, size_t n)
{
    nu_sort_reals(x, n);
    return nu_quantile(x, n, 0.5);
}
