/* What is wanted of rows that only go forward: sums for metrics, predictions. */
#ifndef NUDGE_TRAIN_TALLY_H
#define NUDGE_TRAIN_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "nudge.h"

/* Sums over rows of a prediction p and a target t, for each part: an output, or all classes. */
typedef enum nu_sum {
    /* numbers, as the network has them and not in the target's own units */
    NU_SQUARED,  /* (p - t)^2 */
    NU_ABSOLUTE, /* |p - t| */
    NU_SIGNED,   /* p - t */
    NU_TARGET,   /* t - origin, */
    NU_TARGET2,  /* and its square */
    NU_RELATIVE, /* |p - t| / |t|, this one in the target's own units */
    /* classes and probabilities */
    NU_LOG,      /* -log of the probability given to what is true */
    NU_BRIER,    /* (p - t)^2, over all classes */
    NU_SUMS
} nu_sum;

/* Sets of sums, and of what else may be wanted. */
#define NU_NEEDS(sum) (1u << (sum))
#define NU_NEEDS_TOP NU_NEEDS(NU_SUMS)
#define NU_NEEDS_COUNTS NU_NEEDS(NU_SUMS + 1)
#define NU_NEEDS_KEPT NU_NEEDS(NU_SUMS + 2)

/* Of a row's classes, the k most likely. */
#define NU_TOP_K {3, 5}
enum { NU_TOPS = 2 };

/* Sums of some rows, which count with their weights; they grow. Arrays are NULL where they are not
 * wanted. */
typedef struct nu_tally {
    double loss;           /* of the rows, in the target's own units */
    double correct;        /* targets that are classes or probabilities and right */
    double *sum[NU_SUMS];  /* parts each */
    const double *origin;  /* in: a row of targets, so that sums of squares keep digits */
    int counts_top;        /* in: whether these are wanted: */
    double top[NU_TOPS];   /* rows whose class is among the most likely */
    nudge_class_counts *counts; /* of rows, for each class of each part, of which probabilities
                            * have two; and, where rows have weights, */
    nudge_class_counts *weighted; /* their sums times weight_unit, rounded to whole numbers so that
                            * the order of adding does not matter */
    double weight_unit;    /* in */
    size_t classes;        /* in: of a part; */
    uint64_t *confusion;   /* of one part, classes x classes counts of rows, shared by threads */
} nu_tally;

/* What is wanted of some rows. */
typedef struct nu_inference {
    const double *units;  /* in: as in nu_loss_kind */
    const double *unit, *shift; /* in: outputs each, t * unit + shift is in the target's own units;
                                 * for NU_RELATIVE */
    nu_tally *tally;      /* the data has targets, and these sums are wanted; NULL: they are not */
    double *predictions;  /* out, rows x outputs: in the target's own units; NULL: not wanted */
    double *kept;         /* out, outputs x kept_rows, of which these rows are the first: |p - t| of
                           * numbers; otherwise p, negative (or -0) where it should be 0. NULL: not
                           * wanted */
    size_t kept_rows;
} nu_inference;

#endif
