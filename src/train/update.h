/* Optimizers: one update of a range of parameters. Formulas and the placement of eps, weight decay
 * and bias correction are PyTorch's: https://pytorch.org/docs/stable/optim.html */
#ifndef NUDGE_TRAIN_UPDATE_H
#define NUDGE_TRAIN_UPDATE_H

#include <stddef.h>

#include "linalg/real.h"
#include "train/optimizer.h"

/* Updates w (count) with its gradient g and its states s1, s2 (count each; NULL where the
 * optimizer has fewer). `c` comes from nu_optimizer_step_at(). */
void X(nu_update)(const nu_optimizer_step *c, real *w, const real *g, real *s1, real *s2,
                  size_t count);

#endif
