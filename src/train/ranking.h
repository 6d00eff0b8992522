/* Metrics that need the order of all predictions. */
#ifndef NUDGE_TRAIN_RANKING_H
#define NUDGE_TRAIN_RANKING_H

#include <stddef.h>

/* Areas under two curves. */
typedef struct nu_areas {
    double roc;               /* the ROC curve. NaN unless there are rows of both kinds */
    double average_precision; /* precision over recall, in steps. NaN unless rows are true */
} nu_areas;

/* p: n probabilities as nu_inference keeps them, which are reordered. NaN if one is NaN. */
nu_areas nu_areas_of(double *p, size_t n);

/* The median of n numbers >= 0, which are reordered; NaN if one is NaN. */
double nu_median_of(double *x, size_t n);

/* Likewise of rows with weights, >= 0; room: n of them. A median then has half of the weight on
 * each side; of two between which all numbers do, the middle. */
typedef struct nu_weighted {
    double value, weight;
} nu_weighted;

nu_areas nu_weighted_areas_of(const double *p, const double *weights, nu_weighted *room, size_t n);
double nu_weighted_median_of(const double *x, const double *weights, nu_weighted *room, size_t n);

#endif
