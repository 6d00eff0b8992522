/* A trainer's insides, for the files that make it up: train/trainer.c (its life), train/epoch.c
 * (the loop over batches), train/checkpoint.c (its file). */
#ifndef NUDGE_TRAIN_TRAINER_H
#define NUDGE_TRAIN_TRAINER_H

#include "core/barrier.h"
#include "train/evaluate.h"
#include "train/run.h"
#include "train/schedule.h"

/* Where a training is: with the weights and the optimizer's state all that another trainer needs to
 * go on as this one would. */
typedef struct nu_position {
    size_t epoch;      /* epochs finished */
    size_t batch;      /* batches done of the next one, */
    double loss;       /* their loss, summed over samples, */
    size_t correct;    /* samples of them classified right, */
    double seconds;    /* and the time they took */
    nu_plateau plateau;
} nu_position;

/* Thread 0 of a team writes what is not marked; others read it after a barrier. */
struct nudge_trainer {
    nudge_train_options options; /* a copy, and of cpus */
    int *cpus;
    nu_run run;
    nudge_train_plan plan;
    nu_engine *engine;
    nu_evaluator *evaluator; /* or NULL */
    void *snapshot;          /* the weights after the last good epoch */
    nu_barrier barrier;
    int *bad;                /* threads: this thread's share of the weights is not finite */
    nu_step_end *ends;       /* threads; NULL: times of single steps are not wanted */
    double step_start;

    nu_position at;
    size_t end;              /* batch before which the team is to return */
    int stop;                /* a callback asked to */
    size_t diverged_batch;   /* from 1; 0: it did not */
    nudge_epoch *history;    /* at.epoch of them, if options.keep_history */
    size_t history_room;

    double start;            /* of the call under way, */
    double part_start;       /* of the work under way; */
    double last_progress;
    size_t samples;          /* trained on by this trainer */
    nudge_train_result result;
};

/* Of the learning rate, for an update (1 for the first). */
double nu_trainer_lr_factor(const nudge_trainer *t, uint64_t update);

/* Epoch at.epoch + 1 is done: the last result, and history where it is kept. NUDGE_EMEMORY. */
nudge_status nu_trainer_record(nudge_trainer *t, const nudge_epoch *e, nudge_error *err);

/* Work of the epoch under way up to batch t->end, or to where a callback asked to stop: NUDGE_OK
 * with t->stop. NUDGE_EARGUMENT: cpus. */
nudge_status nu_trainer_work(nudge_trainer *t, nudge_error *err);

#endif
