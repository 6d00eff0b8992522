/* Sums of partial gradients. */
#ifndef NUDGE_TRAIN_STEP_PARTIALS_H
#define NUDGE_TRAIN_STEP_PARTIALS_H

#include "train/state.h"

/* Partial gradients of `blocks` row blocks are added as a binary tree, (0 + 1) + (2 + 3) and so on,
 * whoever made them. Sums over a thread's own blocks are made by it, in place, at the end of the
 * stage that made them, so that others read few of them: once for each of the stage's `layers`. */
void X(nu_partials_add_own)(nu_engine *e, nu_span layers, size_t blocks, int thread, int threads);

/* sum += a. */
void X(nu_partials_add)(real *restrict sum, const real *restrict a, size_t count);

enum { NU_PARTIALS_PIECE = 1024 }; /* reals: they stay in the first cache until used */

/* After it and a barrier: the sums of places from .. from+count-1, count <= NU_PARTIALS_PIECE, made
 * in `room` (count reals) if they are not there already. */
const real *X(nu_partials_sum)(const nu_engine *e, real *room, size_t from, size_t count,
                               size_t blocks, int threads);

#endif
