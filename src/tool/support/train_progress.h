/* What a training shows and writes while it runs: the live line, lines of epochs, the log; and when
 * it is to stop, for a signal or a checkpoint. */
#ifndef NUDGE_TOOL_TRAIN_PROGRESS_H
#define NUDGE_TOOL_TRAIN_PROGRESS_H

#include "support/epoch_log.h"
#include "support/train_setup.h"

typedef struct train_progress {
    const train_setup *setup;
    nudge_trainer *trainer;
    epoch_log log;
    int log_error;          /* errno of a failed write; training was stopped for it */
    double last_checkpoint; /* when, by the monotonic clock; */
    size_t last_epochs;     /* epochs that were finished then */
    int checkpoint_due;     /* training was stopped for it */
    int checkpoint_failed;  /* the last one could not be written */
    double begun;           /* part of all epochs that was done when this run began */
} train_progress;

/* Options with the callbacks, whose `user` is the progress; it is ready when it has a trainer. */
nudge_train_options progress_options(train_progress *p, const train_setup *setup);

/* The run begins, wherever its trainer is; an epoch has so many batches. */
void progress_begin(train_progress *p, size_t batches);

/* A checkpoint was written. */
void progress_checkpoint(train_progress *p);

/* Closes the log of a run that was not refused, which is made even if no epoch was finished. */
void progress_close_log(train_progress *p);

#endif
