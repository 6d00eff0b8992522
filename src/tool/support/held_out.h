/* What is learned of validation rows when training has ended: --calibrate, --interval. */
#ifndef NUDGE_TOOL_HELD_OUT_H
#define NUDGE_TOOL_HELD_OUT_H

#include "support/train_report.h"

/* Before training: gives up where it could not be learned. */
void held_out_check(const train_report *r);

/* After it. */
void held_out_learn(train_report *r, nudge_model *model);

#endif
