/* The epochs of a trainer. */
#ifndef NUDGE_TRAIN_TRAINER_RUN_H
#define NUDGE_TRAIN_TRAINER_RUN_H

#include "train/trainer_state.h"

/* The metric of early stopping after the best epoch; NaN: there is none. */
double nu_trainer_best(const nudge_trainer *t);

/* Nothing is left to do: all epochs, an early stop, the time. */
int nu_trainer_is_done(const nudge_trainer *t);

/* The model gets the weights that it is to have between calls. */
void nu_trainer_publish(nudge_trainer *t);

#endif
