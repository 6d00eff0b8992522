/* The batches of an epoch. */
#ifndef NUDGE_TRAIN_EPOCH_H
#define NUDGE_TRAIN_EPOCH_H

#include "train/trainer_state.h"

/* Work of the epoch under way up to batch t->end, or to where a callback asked to stop: NUDGE_OK
 * with t->stop. NUDGE_EARGUMENT: cpus. */
nudge_status nu_trainer_work(nudge_trainer *t, nudge_error *err);

#endif
