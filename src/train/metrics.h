/* The values of metrics, from what an evaluation summed up. */
#ifndef NUDGE_TRAIN_METRICS_H
#define NUDGE_TRAIN_METRICS_H

#include "nudge.h"
#include "train/ranking.h"
#include "train/tally.h"

/* Of all rows. Arrays are NULL where they were not wanted; those of sums are in nu_sum's units. */
typedef struct nu_scores {
    double weight;             /* of all rows; their number where they have none */
    size_t outputs;
    int has_classes;
    size_t parts;              /* 1 for classes, otherwise outputs */
    double loss;               /* sum over rows */
    double correct, top[NU_TOPS];
    const double *sum[NU_SUMS]; /* parts each */
    size_t classes;
    const nudge_class_counts *counts; /* parts x classes; of rows, or of weights in any unit */
    const nu_areas *areas;     /* outputs */
    const double *median;      /* outputs, of |p - t| */
    const double *unit;        /* outputs, as in nu_inference */
    double quantile;           /* for pinball */
} nu_scores;

/* What the metrics of a set that fit the model have to be made of: NU_NEEDS and the like. */
unsigned nu_metrics_need(uint64_t wanted, nudge_loss loss, size_t outputs);

/* Sets m->value, and m->by_output unless it is NULL. */
void nu_metrics_set(nudge_metrics *m, uint64_t wanted, nudge_loss loss, const nu_scores *s);

#endif
