/* Statistics of a few measurements: medians with exact intervals, paired by round where two points
 * are compared (Hoefler and Belli, SC15, rules 4 to 6: no normal distribution is assumed). */
#ifndef NUDGE_TOOL_STATS_H
#define NUDGE_TOOL_STATS_H

#include <math.h>
#include <stddef.h>

/* A value and an interval around it; all NaN: not known. low <= value <= high. */
typedef struct stats_estimate {
    double value, low, high;
    double level; /* confidence that the interval has, such as 0.961: what was asked for or more, or
                   * less where too few rounds allow no more. 0: there is no interval (one round),
                   * and low and high are the value. 1: exact by definition (the base's speed-up) */
} stats_estimate;

#define STATS_UNKNOWN ((stats_estimate){NAN, NAN, NAN, NAN})

/* The probability that the median of a continuous distribution lies between the r-th smallest and
 * the r-th largest of n independent values: 1 - 2 P(Binomial(n, 1/2) < r), 1 <= r <= n / 2. */
double stats_rank_level(size_t n, size_t r);

/* The median of n values with the narrowest such interval whose level is at least `level`; with
 * fewer than 6 values (of 95 %) the widest there is. Unknown for n = 0. */
stats_estimate stats_median(const double *x, size_t n, double level);

/* Likewise of a[i] / b[i]: what was measured in the same round shares what the machine did then. */
stats_estimate stats_paired_ratio(const double *a, const double *b, size_t n, double level);

/* Half of an interval's width over its value; infinite if there is none. */
double stats_half_width(const stats_estimate *e);

/* Tukey's fences, outside of which are outliers: 1.5 times the distance of the quartiles beyond
 * them. Infinite for fewer than 4 values. */
void stats_fences(const double *x, size_t n, double *low, double *high);

/* The standard error of a median of n >= 2 values, from their median absolute deviation, for values
 * that are about normally distributed but for outliers. */
double stats_median_error(const double *x, size_t n);

/* t so that P(|T| <= t) = level, for Student's T with df >= 1 degrees of freedom. */
double stats_student(double level, size_t df);

#endif
