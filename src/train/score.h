/* What metrics need of some rows: sums, counts, predictions to keep. */
#ifndef NUDGE_TRAIN_SCORE_H
#define NUDGE_TRAIN_SCORE_H

#include "linalg/real.h"
#include "net/loss.h"
#include "nudge.h"
#include "train/tally.h"

/* Of the last layer's output z (rows x n), before the link; scratch: as much room. */
void X(nu_score_outputs)(nudge_target kind, real *scratch, const real *z, X(nu_targets) t,
                         size_t rows, size_t n, nu_tally *tally);

/* Of predictions p (rows x n), after it. */
void X(nu_score_predictions)(nudge_target kind, const real *p, X(nu_targets) t, size_t rows,
                             size_t n, const nu_inference *result);

/* Keeps predictions as nu_inference has it, column by column, `stride` from one to the next; kept:
 * of the first of these rows. */
void X(nu_keep)(nudge_target kind, double *kept, size_t stride, const real *p, X(nu_targets) t,
                size_t rows, size_t n);

#endif
