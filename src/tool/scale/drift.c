#include "scale/drift.h"

#include <stdlib.h>

#include "scale/stats.h"
#include "support/say.h"

/* Repeats from which on a point's correlation is believed, and the most of it that is. */
enum { LEAST = 6 };
#define MOST 0.8

/* Deviations of log step from the median, those of outliers cut off, less their mean. */
static void deviations(const scale_point *p, double *off, double *scratch)
{
    double sum = 0;
    for (size_t k = 0; k < p->n; k++)
        off[k] = scratch[k] = log(p->repeats[k].step);
    scale_sort(scratch, p->n);
    double middle = scale_quantile(scratch, p->n, 0.5);
    for (size_t k = 0; k < p->n; k++)
        scratch[k] = fabs(off[k] -= middle);
    scale_sort(scratch, p->n);
    double most = 3 * 1.4826 * scale_quantile(scratch, p->n, 0.5);
    for (size_t k = 0; k < p->n; k++)
        sum += off[k] = fmax(-most, fmin(off[k], most));
    for (size_t k = 0; k < p->n; k++)
        off[k] -= sum / (double)p->n;
}

/* NaN: nothing varies. */
static double correlation_of(const scale_point *p)
{
    double *off = need(calloc(2 * p->n, sizeof *off)), squares = 0, products = 0;
    deviations(p, off, off + p->n);
    for (size_t k = 0; k < p->n; k++)
        squares += off[k] * off[k];
    for (size_t k = 1; k < p->n; k++)
        products += off[k] * off[k - 1];
    free(off);
    double n = (double)p->n;
    return squares > 0 ? (products / squares + 1 / n) / (1 - 3 / n) : NAN;
}

double scale_persistence(const scale_study *study)
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < study->n_points; i++) {
        double one = study->points[i].n >= LEAST ? correlation_of(&study->points[i]) : NAN;
        if (isnan(one))
            continue;
        sum += one;
        known++;
    }
    return known > 0 ? fmax(0, fmin(sum / (double)known, MOST)) : 0;
}

double scale_stretch(double persistence)
{
    return sqrt((1 + persistence) / (1 - persistence));
}

scale_estimate scale_stretched(scale_estimate e, double stretch)
{
    e.low = e.value * pow(e.low / e.value, stretch);
    e.high = e.value * pow(e.high / e.value, stretch);
    return e;
}
