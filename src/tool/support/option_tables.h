/* Options that several commands have, each stated once. */
#ifndef NUDGE_TOOL_OPTION_TABLES_H
#define NUDGE_TOOL_OPTION_TABLES_H

#include "support/option.h"

/* Ended by {0}. */
extern const option shared_options[];

/* Groups for command.options. The first three describe training itself, for commands that measure
 * or plan it. */
#define TRAIN_DATA_OPTIONS \
    "Data: data target labels val val-labels val-split split ignore category header scale\n"
#define TRAIN_NETWORK_OPTIONS "Network: hidden activation loss huber-delta init dtype\n"
#define TRAIN_OPTIMIZER_OPTIONS \
    "Training: optimizer lr momentum nesterov weight-decay beta1 beta2 alpha eps batch shuffle " \
    "seed\n"
#define TRAIN_OPTIONS                                                        \
    TRAIN_DATA_OPTIONS "Test: test test-labels test-split\n"                 \
    TRAIN_NETWORK_OPTIONS TRAIN_OPTIMIZER_OPTIONS                            \
    "Running: epochs threads pin oversubscribe\n"                                \
    "Output: out log json quiet explain\n"

/* What other programs call the option: "batch" for "batch-size". NULL: not known. */
const char *option_known_elsewhere(const char *name);

#endif
