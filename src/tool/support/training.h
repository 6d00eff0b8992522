/* One training, of all networks of its model. */
#ifndef NUDGE_TOOL_TRAINING_H
#define NUDGE_TOOL_TRAINING_H

#include "support/train_progress.h"

/* Goes on from the checkpoint setup->resume, and says from where. */
void training_resume(const train_setup *setup, nudge_trainer **trainers);

/* To the end or a signal, which from here on stops training and not the process: with checkpoints
 * where the setup has them, which hand the options of args on. NUDGE_OK, NUDGE_ESTOPPED,
 * NUDGE_EDIVERGED; gives up with any other status. */
nudge_status training_run(train_progress *p, const arguments *args, nudge_error *err);

#endif
