/* Metrics of some rows. */
#ifndef NUDGE_TRAIN_SCORE_H
#define NUDGE_TRAIN_SCORE_H

#include "net/loss.h"
#include "train/tally.h"

/* Adds the metrics of predictions p (rows x n; for cross-entropy the network's output does as well)
 * against targets t to the tally: all but its loss and cross-entropy's `correct`. */
void X(nu_score)(nudge_loss loss, const real *p, X(nu_targets) t, size_t rows, size_t n,
                 nu_tally *tally);

#endif
