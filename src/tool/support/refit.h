/* nudge train --refit: the networks once more, on all rows. */
#ifndef NUDGE_TOOL_REFIT_H
#define NUDGE_TOOL_REFIT_H

#include "support/train_report.h"

/* Before training: gives up where it cannot be done. */
void refit_check(const train_setup *setup);

/* After training with --val-folds and --early-stop: a model whose networks begin anew, each with
 * its seed, and learn from all training rows for the number of epochs that was its best; for
 * nudge_model_free(). NULL where one has no best epoch, or a signal or a loss that is not finite
 * ended it: the networks stay what they are, which is said. */
nudge_model *refit(const train_report *r);

#endif
