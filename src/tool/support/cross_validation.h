/* nudge train --folds. */
#ifndef NUDGE_TOOL_CROSS_VALIDATION_H
#define NUDGE_TOOL_CROSS_VALIDATION_H

#include "support/train_setup.h"

/* Trains setup->folds networks, each on all folds but one, and shows how well each does on the one
 * that it has not seen, with means and standard deviations. Returns an exit_status. */
int cross_validate(const train_setup *setup);

#endif
