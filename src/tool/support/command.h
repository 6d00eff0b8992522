/* A command of the tool and its options. */
#ifndef NUDGE_TOOL_COMMAND_H
#define NUDGE_TOOL_COMMAND_H

#include <stddef.h>

#include "text.h"

struct arguments;

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

typedef struct command {
    const char *name;
    const char *synopsis;  /* what follows "nudge NAME" */
    const char *summary;   /* a line for the list of commands */
    const char *about;     /* paragraphs for the command's own help */
    const option *own;     /* options that the shared table lacks, and what is different of
                            * those that it has; ended by {0}; or NULL */
    const char *options;   /* all but --help and the like, in groups: "HEADING: NAME NAME ...\n",
                            * ... */
    const char *examples;  /* lines */
    size_t most_words;     /* arguments that are no options */
    int (*run)(struct arguments *args); /* returns an exit_status */
} command;

/* An option in its place. */
typedef struct listed_option {
    option option;
    const char *group; /* the heading that stands before it, `group_length` bytes; or NULL */
    int group_length;
} listed_option;

/* The options of a command in the order of its help; for free(). */
listed_option *list_options(const command *c, size_t *n);

/* The text that an option has where it is not given; NULL: none. */
const char *initial_of(const option *o, char buf[NU_TEXT]);

/* Choice i of an option's value, NULL after the last or if it has none: names of the library, or
 * the parts of `arg`. */
const char *choice_at(const option *o, size_t i, char buf[NU_TEXT]);

/* All choices: "a, b, c". */
#define CHOICES_TEXT 256
const char *choices_text(const option *o, char buf[CHOICES_TEXT]);

/* ---- Options that several commands have, each stated once (option_tables.c) -------------- */

/* Ended by {0}. */
extern const option shared_options[];

/* The library's default of an option, as text; NULL: it has none. */
const char *option_default(const char *name, char buf[NU_TEXT]);

/* How a CSV file is written, for command.options. */
#define READ_OPTIONS \
    "header delimiter decimal thousands missing encoding skip-rows skip-after-header stream"

/* What its columns are. */
#define COLUMN_OPTIONS "features ignore category number"

/* Groups for command.options. The first three describe training itself, for commands that measure
 * or plan it. */
#define TRAIN_DATA_OPTIONS \
    "Data: data target labels task val val-labels val-split split stratify weight " \
    "class-weight " COLUMN_OPTIONS " " READ_OPTIONS \
    " scale target-scale target-transform fill fill-indicator min-count " \
    "category-code scale-categories two-outputs encode bins bin-edges frequencies frequency-scale\n"
#define TRAIN_NETWORK_OPTIONS \
    "Network: hidden activation layer-norm residual input-factor embed embed-size loss " \
    "huber-delta quantile focal-gamma label-smoothing init dropout dtype\n"
#define TRAIN_OPTIMIZER_OPTIONS \
    "Training: optimizer lr momentum nesterov weight-decay l1 beta1 beta2 alpha eps batch " \
    "accumulate clip-norm clip-value max-norm shuffle seed\n"
#define TRAIN_SCHEDULE_OPTIONS                                                              \
    "Learning rate: lr-factors bias-lr-factor ntk schedule warmup decay-schedule lr-step "  \
    "lr-gamma lr-min lr-power lr-rise lr-div lr-final-div lr-patience lr-threshold\n"
#define TRAIN_OPTIONS                                        \
    TRAIN_DATA_OPTIONS                                       \
    "Test: test test-labels test-split folds\n"             \
    "Recipe: recipe trials\n"                               \
    TRAIN_NETWORK_OPTIONS TRAIN_OPTIMIZER_OPTIONS            \
    TRAIN_SCHEDULE_OPTIONS                                   \
    "End: epochs drop-last early-stop stop-metric stop-change max-time average members " \
    "val-folds\n" \
    "Afterwards: calibrate interval refit\n" \
    "Running: threads pin oversubscribe\n"            \
    "Checkpoints: checkpoint checkpoint-every resume\n"     \
    "Output: out log json quiet explain config save-config\n"

/* What other programs call the option: "batch" for "batch-size". NULL: not known. */
const char *option_known_elsewhere(const char *name);

#endif
