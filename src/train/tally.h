/* What is wanted of rows that only go forward: sums for metrics, predictions. */
#ifndef NUDGE_TRAIN_TALLY_H
#define NUDGE_TRAIN_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* Sums over rows of a model against targets; they grow. Targets and predictions are as the network
 * has them, not in the target's own units. Arrays are NULL where their sums are not wanted. */
typedef struct nu_tally {
    double loss;           /* of the rows, in the target's own units */
    size_t correct;        /* targets that are classes or probabilities and right */
    double *squared;       /* outputs each, of numbers only: of prediction - target, */
    double *absolute;      /* likewise; with it the next three are wanted, too: */
    const double *origin;  /* in: a row of targets, so that sums of squares keep digits */
    double *sum, *sum2;    /* of target - origin and of its square */
    size_t classes;        /* in: as in nudge_metrics */
    uint64_t *confusion;   /* classes x classes, may be shared by threads */
} nu_tally;

/* What is wanted of some rows. */
typedef struct nu_inference {
    const double *units;  /* in: as in nu_loss_kind */
    nu_tally *tally;      /* the data has targets, and these sums are wanted; NULL: they are not */
    double *predictions;  /* out, rows x outputs: in the target's own units; NULL: not wanted */
} nu_inference;

#endif
