#include "support/stats.h"

#include <string.h>

#include "quantiles.h"
#include "support/say.h"

/* A normal distribution's standard deviation over its median absolute deviation. */
#define NORMAL_MAD 1.4826

/* ---- The median ------------------------------------------------------------------------ */

/* By logarithms, as 2^-n may underflow. */
double stats_rank_level(size_t n, size_t r)
{
    double tail = 0, of = (double)n;
    for (double i = 0; i < (double)r; i++)
        tail += exp(lgamma(of + 1) - lgamma(i + 1) - lgamma(of - i + 1) - of * M_LN2);
    return fmax(1 - 2 * tail, 0);
}

static double *sorted_copy(const double *x, size_t n)
{
    double *copy = need(calloc(n, sizeof *copy));
    memcpy(copy, x, n * sizeof *copy);
    nu_sort_reals(copy, n);
    return copy;
}

stats_estimate stats_median(const double *x, size_t n, double level)
{
    if (n == 0)
        return STATS_UNKNOWN;
    size_t r = 1;
    while (r + 1 <= (n + 1) / 2 && stats_rank_level(n, r + 1) >= level)
        r++;
    double *sorted = sorted_copy(x, n);
    stats_estimate e = {.value = nu_quantile(sorted, n, 0.5),
                        .low = sorted[r - 1],
                        .high = sorted[n - r],
                        .level = stats_rank_level(n, r)};
    free(sorted);
    return e;
}

stats_estimate stats_paired_ratio(const double *a, const double *b, size_t n, double level)
{
    double *ratio = need(calloc(n + 1, sizeof *ratio));
    for (size_t i = 0; i < n; i++)
        ratio[i] = a[i] / b[i];
    stats_estimate e = stats_median(ratio, n, level);
    free(ratio);
    return e;
}

double stats_half_width(const stats_estimate *e)
{
    return e->level > 0 ? (e->high - e->low) / 2 / fabs(e->value) : INFINITY;
}

/* ---- Scatter --------------------------------------------------------------------------- */

void stats_fences(const double *x, size_t n, double *low, double *high)
{
    *low = -INFINITY;
    *high = INFINITY;
    if (n < 4)
        return;
    double *sorted = sorted_copy(x, n);
    double first = nu_quantile(sorted, n, 0.25), third = nu_quantile(sorted, n, 0.75);
    *low = first - 1.5 * (third - first);
    *high = third + 1.5 * (third - first);
    free(sorted);
}

/* The median of n normal values has pi / 2 times the variance of their mean. */
double stats_median_error(const double *x, size_t n)
{
    double *off = sorted_copy(x, n), middle = nu_quantile(off, n, 0.5);
    for (size_t i = 0; i < n; i++)
        off[i] = fabs(off[i] - middle);
    double error = sqrt(M_PI_2 / (double)n) * NORMAL_MAD * nu_median(off, n);
    free(off);
    return error;
}

/* ---- Student's t ----------------------------------------------------------------------- */

/* P(|T| <= sqrt(df) tan(angle)). */
static double student_within(double angle, size_t df)
{
    double c = cos(angle), term = df % 2 == 1 ? c : 1, sum = 0;
    if (df == 1)
        return angle / M_PI_2;
    for (size_t i = df % 2 == 1 ? 3 : 2; i <= df; i += 2) {
        sum += term;
        term *= c * c * (double)(i - 1) / (double)i;
    }
    return df % 2 == 1 ? (angle + sin(angle) * sum) / M_PI_2 : sin(angle) * sum;
}

double stats_student(double level, size_t df)
{
    double low = 0, high = M_PI_2;
    for (int i = 0; i < 64; i++) {
        double middle = (low + high) / 2;
        if (student_within(middle, df) < level)
            low = middle;
        else
            high = middle;
    }
    return sqrt((double)df) * tan(low);
}
