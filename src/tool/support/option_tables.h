/* Options that several commands have, each stated once. */
#ifndef NUDGE_TOOL_OPTION_TABLES_H
#define NUDGE_TOOL_OPTION_TABLES_H

#include <stddef.h>

#include "text.h"

/* An option of the command line. */
typedef struct option {
    const char *name;    /* without dashes */
    const char *arg;     /* what the help calls the value, or its choices: "yes|no"; NULL: a flag
                          * (of an own option: "" where the shared one is none) */
    const char *initial; /* the value where none is given; NULL: none, or the library's */
    const char *help;
    char letter;         /* of the short form; '\0': there is none */
    int hidden;          /* shown by --help-all only */
    int repeats;         /* may be given several times: its text then has a line for each */
    /* The library's names for the value, NULL after the last; or NULL. */
    const char *(*names)(size_t i);
} option;

/* Ended by {0}. */
extern const option shared_options[];

/* The library's default of an option, as text; NULL: it has none. */
const char *option_default(const char *name, char buf[NU_TEXT]);

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
