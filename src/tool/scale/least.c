#include "scale/least.h"

#include <math.h>

void scale_least_begin(scale_least *l, size_t n)
{
    *l = (scale_least){.n = n};
}

void scale_least_add(scale_least *l, const double *row, double right)
{
    double a[SCALE_COEFFICIENTS + 1];
    for (size_t j = 0; j < l->n; j++)
        a[j] = row[j];
    a[l->n] = right;
    for (size_t i = 0; i <= l->n; i++) {
        double *r = l->r[i], length = sqrt(r[i] * r[i] + a[i] * a[i]);
        if (!(length > 0))
            continue;
        double c = r[i] / length, s = a[i] / length;
        for (size_t j = i; j <= l->n; j++) {
            double up = c * r[j] + s * a[j];
            a[j] = c * a[j] - s * r[j];
            r[j] = up;
        }
    }
}

/* With the coefficients that are not in the set `free` at zero. Returns the sum of squares, or
 * infinity if the columns are not independent. */
static double solve_set(const scale_least *l, unsigned set, double c[SCALE_COEFFICIENTS])
{
    size_t column[SCALE_COEFFICIENTS], n = 0;
    scale_least small;
    for (size_t j = 0; j < l->n; j++)
        if (set >> j & 1)
            column[n++] = j;
    scale_least_begin(&small, n);
    for (size_t i = 0; i <= l->n; i++) {
        double row[SCALE_COEFFICIENTS] = {0};
        for (size_t j = 0; j < n; j++)
            row[j] = l->r[i][column[j]];
        scale_least_add(&small, row, l->r[i][l->n]);
    }
    for (size_t j = 0; j < SCALE_COEFFICIENTS; j++)
        c[j] = 0;
    for (size_t i = n; i-- > 0;) {
        double sum = small.r[i][n];
        for (size_t j = i + 1; j < n; j++)
            sum -= small.r[i][j] * c[column[j]];
        c[column[i]] = sum / small.r[i][i];
        if (!isfinite(c[column[i]]))
            return INFINITY;
    }
    return small.r[n][n] * small.r[n][n];
}

static int allowed(const double *c, size_t n, int positive)
{
    for (size_t j = 0; j < n; j++)
        if (c[j] < 0)
            return 0;
    return !positive || c[0] > 0;
}

double scale_least_solve(const scale_least *l, int bounded, int positive,
                         double c[SCALE_COEFFICIENTS])
{
    const unsigned all = (1u << l->n) - 1;
    double best = INFINITY, tried[SCALE_COEFFICIENTS];
    if (!bounded)
        return solve_set(l, all, c);
    for (size_t j = 0; j < SCALE_COEFFICIENTS; j++)
        c[j] = 0;
    /* The full set first: most often nothing is at its bound, and then it is the best there is. */
    for (unsigned set = all; set > 0; set--) {
        double sum = solve_set(l, set, tried);
        if (!(sum < best) || !allowed(tried, l->n, positive))
            continue;
        best = sum;
        for (size_t j = 0; j < SCALE_COEFFICIENTS; j++)
            c[j] = tried[j];
        if (set == all)
            break;
    }
    return best;
}

/* |R^-T row|^2, by forward substitution. */
double scale_least_leverage(const scale_least *l, const double *row)
{
    double z[SCALE_COEFFICIENTS], sum = 0;
    for (size_t j = 0; j < l->n; j++) {
        z[j] = row[j];
        for (size_t i = 0; i < j; i++)
            z[j] -= l->r[i][j] * z[i];
        z[j] /= l->r[j][j];
        sum += z[j] * z[j];
    }
    return sum;
}
