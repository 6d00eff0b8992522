/* Least squares of a few coefficients, for the laws of scaling. */
#ifndef NUDGE_SCALE_LEAST_H
#define NUDGE_SCALE_LEAST_H

#include <stddef.h>

enum { SCALE_COEFFICIENTS = 3 };

/* All that least squares need of the equations so far: the triangle that Givens rotations turn them
 * into (Golub & Van Loan, Matrix Computations, 5.2), the right-hand side in column n. */
typedef struct scale_least {
    size_t n; /* coefficients, 1 to SCALE_COEFFICIENTS */
    double r[SCALE_COEFFICIENTS + 1][SCALE_COEFFICIENTS + 1];
} scale_least;

void scale_least_begin(scale_least *l, size_t n);

/* Adds the equation sum of row[j] c[j] = right. */
void scale_least_add(scale_least *l, const double *row, double right);

/* The c[0] to c[n - 1] with the least sum of squares of what the equations are off by. There must be
 * n independent ones. `bounded`: no c is negative, and c[0] is positive if `positive`; exact, as
 * every set of coefficients at zero is tried (non-negative least squares: Lawson & Hanson 1974, 23).
 * If only c[0] = 0 would be best, the best with a positive c[0] of those sets. Returns the sum of
 * squares; infinite, and zeros, if there is no such c. */
double scale_least_solve(const scale_least *l, int bounded, int positive,
                         double c[SCALE_COEFFICIENTS]);

/* How far an error of every equation's right-hand side with variance 1 reaches: the variance of
 * sum of row[j] c[j], without bounds. */
double scale_least_leverage(const scale_least *l, const double *row);

#endif
