#include "quantiles.h"

#include <math.h>
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

/* Hoare's selection: afterwards v[k] is what sorting would put there, and nothing before it is
 * larger. */
static void select_place(double *v, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = v[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        /* v[low .. j] <= pivot <= v[j+1 .. high] */
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
}

double nu_median(double *v, size_t n)
{
    select_place(v, n, n / 2);
    double upper = v[n / 2];
    if (n % 2 == 1)
        return upper;
    double lower = v[0];
    for (size_t i = 1; i < n / 2; i++)
        lower = v[i] > lower ? v[i] : lower;
    return lower / 2 + upper / 2;
}

double nu_quantile_of(double *v, size_t n, double part)
{
    double place = part * (double)(n - 1);
    size_t i = (size_t)place;
    select_place(v, n, i);
    double lower = v[i], upper = INFINITY;
    for (size_t k = i + 1; k < n; k++)
        upper = v[k] < upper ? v[k] : upper;
    return i + 1 < n ? lower + (place - (double)i) * (upper - lower) : lower;
}
