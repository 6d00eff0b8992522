/* Optimizers, apart from the arithmetic on parameters (train/update.h). */
#ifndef NUDGE_TRAIN_OPTIMIZER_H
#define NUDGE_TRAIN_OPTIMIZER_H

#include <stdint.h>

#include "nudge.h"

/* NUDGE_EARGUMENT names the parameter, its value and its range. */
nudge_status nu_optimizer_check(const nudge_optimizer *o, nudge_error *err);

/* Blocks of state, each as large as the parameters: 0, 1 or 2. */
int nu_optimizer_states(const nudge_optimizer *o);

/* 1 if the update is itself a product, w = (1 - lr decay) w - lr X^T dZ: plain SGD. Where the
 * gradient is one product over the batch it is then never written. */
int nu_optimizer_is_product(const nudge_optimizer *o);

/* What update number t (1 for the first) needs beside gradients and states. */
typedef struct nu_optimizer_step_constants {
    const nudge_optimizer *optimizer; /* NULL: no update; s1 takes the gradient (gradient check) */
    double step_size;     /* adam, adamw: lr / (1 - beta1^t) */
    double inverse_root2; /* adam, adamw: 1 / sqrt(1 - beta2^t) */
} nu_optimizer_step_constants;

nu_optimizer_step_constants nu_optimizer_step(const nudge_optimizer *o, uint64_t t);

#endif
