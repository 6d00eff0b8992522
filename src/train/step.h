/* The pieces of a step. */
#ifndef NUDGE_TRAIN_STEP_H
#define NUDGE_TRAIN_STEP_H

#include "train/state.h"

/* One operation of a stage: arg is a nu_doing. */
void X(nu_step_run)(void *arg, const nu_piece *piece);

#endif
