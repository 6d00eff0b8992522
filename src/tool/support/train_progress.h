/* What a training shows and writes while it runs: the live line, lines of epochs, the log; and when
 * it is to stop, for a signal or a checkpoint. */
#ifndef NUDGE_TOOL_TRAIN_PROGRESS_H
#define NUDGE_TOOL_TRAIN_PROGRESS_H

#include "support/epoch_log.h"
#include "support/train_setup.h"

/* Of one of the networks. */
typedef struct member_progress {
    struct train_progress *all;
    size_t k;               /* 0 for the first */
    double done;            /* part of its epochs, */
    size_t begun;           /* and whole ones that were done when this run began */
} member_progress;

typedef struct train_progress {
    const train_setup *setup;
    const char *trial;      /* of several, which one, before the live line, and there are no others;
                             * or NULL */
    nudge_trainer **trainers;
    member_progress *member; /* setup->members, as there are trainers */
    epoch_log log;
    int log_failed;         /* it could not be written; training goes on without it */
    size_t finished;        /* epochs of all members */
    double last_checkpoint; /* when, by the monotonic clock; */
    size_t last_epochs;     /* epochs that were finished then */
    int checkpoint_due;     /* training was stopped for it */
    int checkpoint_failed;  /* the last one could not be written */
    double start;           /* when this run began, */
    double begun;           /* and the part of all epochs that was done then */
    nudge_epoch *waiting;   /* n_waiting epochs of networks, all after the last one shown; */
    size_t n_waiting;
    size_t shown;           /* the last one that is */
} train_progress;

/* For members_start(): what training calls, whose `user` is a member_progress. The progress is
 * ready when it has trainers. */
nudge_train_options progress_start(train_progress *p, const train_setup *setup);
void progress_end(train_progress *p);

/* The run begins, wherever its trainers are; an epoch has so many batches. */
void progress_begin(train_progress *p, size_t batches);

/* Training has ended, for now or for good: shows what is left to show. */
void progress_show_rest(train_progress *p);

/* A checkpoint was written. */
void progress_checkpoint(train_progress *p);

/* Closes the log of a run that was not refused, which is made even if no epoch was finished. */
void progress_close_log(train_progress *p);

#endif
