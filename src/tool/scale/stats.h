/* Statistics of a handful of repeats. Nothing here has global state: the same input gives the same
 * output. Values are finite. */
#ifndef NUDGE_SCALE_STATS_H
#define NUDGE_SCALE_STATS_H

#include "scale/scale.h"

enum { SCALE_RESAMPLES = 1000 }; /* of a bootstrap */

/* Sorts into ascending order. */
void scale_sort(double *x, size_t n);

/* The value that `part` (0 to 1) of n > 0 sorted values lie below, between neighbours by linear
 * interpolation (definition 7 of Hyndman & Fan 1996). Values may be infinite. */
double scale_quantile(const double *sorted, size_t n, double part);

/* The median, and between which two of the sorted values, as far from either end, that of their
 * distribution lies, whatever the distribution (David & Nagaraja, Order Statistics, 7.1): x(r) to
 * x(n + 1 - r) for the largest r with a coverage of at least `level`. Where even x(1) to x(n) covers
 * less (0.95: n < 6) it is that, with the level that it has, 1 - 2^(1 - n). Unknown for n = 0. */
scale_estimate scale_median(const double *x, size_t n, double level);

/* Coverage of x(r) to x(n + 1 - r) for the median, 1 <= r <= (n + 1) / 2: the sum of
 * binomial(n, i) / 2^n over i = r to n - r. */
double scale_median_coverage(size_t n, size_t r);

/* outlier[i] = 1 where x[i] is more than 1.5 times the interquartile range away from the quartiles
 * (Tukey 1977); none for n < 4. */
void scale_outliers(const double *x, size_t n, int *outlier);

/* Random numbers for the bootstrap: POSIX's 48-bit generator, which 1000 resamples of a few values
 * do not exhaust. */
typedef struct scale_random {
    unsigned short state[3];
} scale_random;

scale_random scale_random_begin(uint32_t seed);

/* From 0 to n - 1. */
size_t scale_random_below(scale_random *random, size_t n);

/* The median of n values drawn from x with replacement; `scratch` takes n. */
double scale_resampled_median(const double *x, size_t n, double *scratch, scale_random *random);

/* Of the medians of two independent samples of positive numbers, a's over b's: percentiles of a
 * bootstrap (Efron & Tibshirani 1993, 13), widened to the value if need be. Of n repeats a resampled
 * median has few values (their own if n is odd), so that the interval moves in steps; for n = 3 to
 * 6 its ends are about those of the ranges. The level is the lowest of what was asked for and what
 * scale_median() says of either. Unknown if a sample is empty. */
scale_estimate scale_ratio(const double *a, size_t na, const double *b, size_t nb, double level,
                           uint32_t seed);

/* The middle `level` of SCALE_RESAMPLES values, widened to `value` if need be. Sorts them. */
scale_estimate scale_percentiles(double *resampled, double value, double level);

/* t for which a variable with Student's distribution, df degrees of freedom, lies in -t to t with
 * probability `level` (0 <= level < 1): bisection on the finite sums 26.7.3 and 26.7.4 of Abramowitz
 * & Stegun 1964. */
double scale_student(double level, size_t df);

#endif
