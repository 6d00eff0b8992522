/* One training run of a point, from the initial weights. */
#ifndef NUDGE_SCALE_ONCE_H
#define NUDGE_SCALE_ONCE_H

#include "scale/scale.h"
#include "scale/setup.h"

typedef struct scale_job {
    const scale_setup *setup;
    const nudge_prep *prep;
    const nudge_dataset *train, *val; /* val: for a target loss; or NULL */
    const scale_point *point;         /* threads, batch, layers, widths */
    size_t epochs;                    /* at most, if there is a target loss */
    double target_loss;               /* NaN: none */
    int profile;                      /* measure phases */
    scale_curve *curve;               /* empty: filled with the loss on the way; or NULL */
    double curve_seconds;             /* between its points */
} scale_job;

typedef struct scale_once {
    double seconds;       /* of training, validation not counted */
    size_t epochs;        /* trained */
    double to_loss;       /* seconds until the target loss; NaN: not reached */
    double step;          /* seconds per update */
    uint64_t hash;        /* of the weights */
    nudge_phases phases;  /* seconds, all threads together; zeros without profile */
    size_t diverged_epoch, diverged_batch; /* with NUDGE_EDIVERGED */
} scale_once;

/* The network of a point with its initial weights. Statuses of train_setup_model(). */
NUDGE_CHECKED nudge_status scale_make_model(nudge_model **model, const scale_job *job,
                                       nudge_error *err);

/* What nudge_train() is to be called with for it, without callbacks. */
nudge_train_options scale_train_options(const scale_job *job);

/* NUDGE_ESTOPPED: Ctrl-C, `once` is of no use; NUDGE_EDIVERGED; and statuses of
 * scale_make_model() and nudge_train(). */
NUDGE_CHECKED nudge_status scale_train_once(scale_once *once, const scale_job *job,
                                            nudge_error *err);

#endif
