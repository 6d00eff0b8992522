/* Quantiles of a few numbers, and of the normal distribution. */
#ifndef NUDGE_COMMON_QUANTILES_H
#define NUDGE_COMMON_QUANTILES_H

#include <stddef.h>

/* Smallest first. */
void nu_sort_reals(double *x, size_t n);

/* The quantile 0 <= part <= 1 of n >= 1 sorted numbers, between neighbours by straight line:
 * numpy.quantile's default, type 7 of Hyndman and Fan 1996. */
double nu_quantile(const double *sorted, size_t n, double part);

/* Likewise of numbers in any order, which are reordered. */
double nu_quantile_of(double *x, size_t n, double part);

/* The median of n >= 1 numbers, which are reordered for it; far faster than sorting many. */
double nu_median(double *x, size_t n);

/* Of the standard normal distribution, 0 < part < 1: Wichura 1988, "Algorithm AS 241: The
 * Percentage Points of the Normal Distribution", PPND16, whose relative error is about 1e-16. */
double nu_normal_quantile(double part);

/* Its polynomials' coefficients, of x^0 first, above and below the fraction's line: in the middle,
 * |part - 0.5| <= 0.425, q times that of r = 0.180625 - q^2, q = part - 0.5; then, to exp(-25) from
 * each end, that of sqrt(-log(distance to the end)) - 1.6. */
extern const double nu_normal_middle[2][8], nu_normal_side[2][8];

#endif
