#include "scale/stats.h"

#include <stdlib.h>

#include "support/say.h"

/* ---- Order ----------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void scale_sort(double *x, size_t n)
{
    qsort(x, n, sizeof *x, ascending);
}

double scale_quantile(const double *sorted, size_t n, double part)
{
    double at = part * (double)(n - 1);
    size_t i = (size_t)at;
    double rest = at - (double)i;
    /* Not 0 * infinity. */
    return i + 1 < n && rest > 0 ? sorted[i] * (1 - rest) + sorted[i + 1] * rest : sorted[i];
}

static double *sorted_copy(const double *x, size_t n)
{
    double *copy = need(calloc(n, sizeof *copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = x[i];
    scale_sort(copy, n);
    return copy;
}

/* ---- The median ------------------------------------------------------------------------ */

/* Sums probabilities from the end inwards, their logarithms by recurrence, as 2^-n may underflow. */
double scale_median_coverage(size_t n, size_t r)
{
    double log_p = -(double)n * M_LN2, tail = 0;
    for (size_t i = 0; i < r; i++) {
        if (i > 0)
            log_p += log((double)(n - i + 1) / (double)i);
        tail += exp(log_p);
    }
    return fmax(1 - 2 * tail, 0);
}

scale_estimate scale_median(const double *x, size_t n, double level)
{
    if (n == 0)
        return SCALE_UNKNOWN;
    size_t r = 1;
    while (r + 1 <= (n + 1) / 2 && scale_median_coverage(n, r + 1) >= level)
        r++;
    double *sorted = sorted_copy(x, n);
    scale_estimate e = {.value = scale_quantile(sorted, n, 0.5),
                        .low = sorted[r - 1],
                        .high = sorted[n - r],
                        .level = fmin(level, scale_median_coverage(n, r))};
    free(sorted);
    return e;
}

void scale_outliers(const double *x, size_t n, int *outlier)
{
    for (size_t i = 0; i < n; i++)
        outlier[i] = 0;
    if (n < 4)
        return;
    double *sorted = sorted_copy(x, n);
    double first = scale_quantile(sorted, n, 0.25), third = scale_quantile(sorted, n, 0.75);
    double away = 1.5 * (third - first);
    for (size_t i = 0; i < n; i++)
        outlier[i] = x[i] < first - away || x[i] > third + away;
    free(sorted);
}

/* ---- Bootstrap ------------------------------------------------------------------------- */

scale_random scale_random_begin(uint32_t seed)
{
    /* As srand48() begins. The first numbers of like seeds are alike: they are left out. */
    scale_random random = {{0x330e, (unsigned short)(seed & 0xffff), (unsigned short)(seed >> 16)}};
    for (int i = 0; i < 16; i++)
        erand48(random.state);
    return random;
}

size_t scale_random_below(scale_random *random, size_t n)
{
    size_t i = (size_t)(erand48(random->state) * (double)n);
    return i < n ? i : n - 1;
}

double scale_resampled_median(const double *x, size_t n, double *scratch, scale_random *random)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = x[scale_random_below(random, n)];
    scale_sort(scratch, n);
    return scale_quantile(scratch, n, 0.5);
}

scale_estimate scale_percentiles(double *resampled, double value, double level)
{
    scale_sort(resampled, SCALE_RESAMPLES);
    double low = scale_quantile(resampled, SCALE_RESAMPLES, (1 - level) / 2);
    double high = scale_quantile(resampled, SCALE_RESAMPLES, (1 + level) / 2);
    return (scale_estimate){value, fmin(low, value), fmax(high, value), level};
}

scale_estimate scale_ratio(const double *a, size_t na, const double *b, size_t nb, double level,
                           uint32_t seed)
{
    if (na == 0 || nb == 0)
        return SCALE_UNKNOWN;
    scale_estimate of_a = scale_median(a, na, level), of_b = scale_median(b, nb, level);
    scale_random random = scale_random_begin(seed);
    double *scratch = need(calloc(na > nb ? na : nb, sizeof *scratch));
    double *ratios = need(calloc(SCALE_RESAMPLES, sizeof *ratios));
    for (size_t i = 0; i < SCALE_RESAMPLES; i++) {
        double above = scale_resampled_median(a, na, scratch, &random);
        ratios[i] = above / scale_resampled_median(b, nb, scratch, &random);
    }
    /* Percentiles of the level asked for, as those of a lower one would be narrower still. */
    scale_estimate e = scale_percentiles(ratios, of_a.value / of_b.value, level);
    e.level = fmin(of_a.level, of_b.level);
    if (!(e.level > 0))
        e.low = e.high = e.value;
    free(scratch);
    free(ratios);
    return e;
}

/* ---- Student's t ----------------------------------------------------------------------- */

/* Probability of |T| <= sqrt(df) tan(angle). */
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

double scale_student(double level, size_t df)
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
