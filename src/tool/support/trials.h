/* nudge train --recipe best: trials of the recipe and of changes to it, and of their networks those
 * whose average is best on rows held out. */
#ifndef NUDGE_TOOL_TRIALS_H
#define NUDGE_TOOL_TRIALS_H

#include "support/train_report.h"
#include "support/trial_table.h"

/* One set of options, and what comes of it before training. */
typedef struct trial_run {
    arguments args;
    train_setup setup;
    nudge_data data;
    nudge_data *parts; /* as members_parts() has them */
    nudge_model *model;
} trial_run;

typedef struct trials {
    const arguments *args;
    int threads;
    size_t most;         /* trials */
    double spent;        /* seconds of the recipe's operations, */
    double dearest;      /* and those of the dearest trial */
    size_t members;      /* of each trial */
    trial_search search;
    trial_list list;
    trial_choice *seen;  /* n_seen: those in the list, and those that were no others */
    size_t n_seen;
    trial_run run;       /* the one under way; in the end that of the model */
    nudge_model *model;  /* the average; NULL: there is none */
    train_report report; /* for that, but what is evaluated afterwards */
    int checkpoint_failed;
    int signal;          /* that ended it before all was tried, or 0 */
} trials;

/* Reads and checks all options, and the data. */
void trials_start(trials *t, const arguments *args, int threads);

/* Trains until all is tried that --trials and --max-time, counted in operations, allow, or to a
 * signal; then makes the average of what is done. */
void trials_train(trials *t);
void trials_end(trials *t);

#endif
