/* Optimizers, apart from the arithmetic on parameters (train/update.h). */
#ifndef NUDGE_TRAIN_OPTIMIZER_H
#define NUDGE_TRAIN_OPTIMIZER_H

#include <stdint.h>

#include "nudge.h"

/* NUDGE_EARGUMENT names the parameter, its value and its range. */
nudge_status nu_optimizer_check(const nudge_optimizer *o, nudge_error *err);

/* Whether the optimizer can be used with these options; and with a batch of so many of the rows.
 * NUDGE_EARGUMENT. */
nudge_status nu_optimizer_check_options(const nudge_train_options *o, nudge_error *err);
nudge_status nu_optimizer_check_batch(const nudge_optimizer *o, size_t batch, size_t rows,
                                      nudge_error *err);

/* Weight decay is taken off the weight, not added to the gradient. */
int nu_optimizer_decouples(const nudge_optimizer *o);

/* Blocks of state, each as large as the parameters: 0, 1 or 2. Those of lbfgs are its own. */
int nu_optimizer_states(const nudge_optimizer *o);

/* What one update needs beside gradients and states: all that may change from step to step. */
typedef struct nu_optimizer_step {
    nudge_optimizer_kind kind;
    int is_product;       /* w = (1 - lr decay) w - lr X^T dZ, plain SGD: where the gradient is one
                           * product over the batch it is then never written */
    double lr, decay, l1, momentum, alpha, beta1, beta2, eps;
    int nesterov;
    double shrink;        /* of the weight itself: 1 - lr * decay where that is decoupled, else 1 */
    double step_size;     /* of adam's kind: lr / (1 - beta1^t), and radam's rectification, */
    double inverse_root2; /* 1 / sqrt(1 - beta2^t) */
    double average;       /* what the average of weights keeps of itself, where there is one */
} nu_optimizer_step;

/* Update number t (1 for the first); lr_factor: of its learning rate (train/schedule.h). */
nu_optimizer_step nu_optimizer_step_at(const nudge_optimizer *o, uint64_t t, double lr_factor);

/* The same update with another learning rate: `factor` times that. */
nu_optimizer_step nu_optimizer_step_scaled(nu_optimizer_step step, double factor);

/* The update of parameters w = unit * v, where v is what is updated, by its own gradient unit * dw:
 * states are those of w. Not of rprop, whose steps have bounds. */
nu_optimizer_step nu_optimizer_step_in_units(nu_optimizer_step step, double unit);

#endif
