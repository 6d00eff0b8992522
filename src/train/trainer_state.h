/* A trainer's insides, for the files that make it up: train/trainer.c (its life),
 * train/trainer_run.c (epochs), train/trainers.c (several at once), train/epoch.c (the loop over
 * batches), train/checkpoint.c and checkpoint_json.c (its file). */
#ifndef NUDGE_TRAIN_TRAINER_STATE_H
#define NUDGE_TRAIN_TRAINER_STATE_H

#include <pthread.h>

#include "core/barrier.h"
#include "train/evaluate.h"
#include "train/lbfgs.h"
#include "train/run.h"
#include "train/schedule.h"

/* What early stopping knows. Values are such that larger ones are better. */
typedef struct nu_best {
    size_t epoch;      /* the best so far, the last of equals; 0: none */
    double value;
    size_t mark_epoch; /* the last that was better than those before by more than min_change, */
    double mark;
} nu_best;

/* Where a training is: with the weights and the optimizer's state all that another trainer needs to
 * go on as this one would. */
typedef struct nu_position {
    size_t epoch;      /* epochs finished */
    size_t batch;      /* batches done of the next one, */
    double weight;     /* the weights of their samples added up, or the number of samples, */
    double loss;       /* their loss, summed over samples with their weights, */
    double correct;    /* the weights of those classified right, */
    double seconds;    /* and the time they took */
    nu_plateau plateau;
    nu_best best;
    nu_lbfgs_memory lbfgs;
} nu_position;

/* Of trainers that run at the same time. */
typedef struct nu_company {
    pthread_mutex_t calls; /* held during a callback */
    int halt;              /* all are to stop */
} nu_company;

/* Thread 0 of a team writes what is not marked; others read it after a barrier. */
struct nudge_trainer {
    nudge_train_options options; /* a copy, and of its lists */
    int *cpus;
    double *dropout, *lr_factors;
    nu_run run;
    nudge_train_plan plan;
    nu_engine *engine;
    nu_company *company;     /* while it runs with others; or NULL */
    nu_lbfgs *lbfgs;         /* or NULL */
    nu_evaluator *evaluator; /* or NULL */
    void *own;               /* the weights under training, if run.is_separate; otherwise those of
                              * the model are */
    nudge_model shown;       /* the model with the weights that are validated: their average, if
                              * there is one */
    void *snapshot;          /* the weights after the last good epoch */
    void *best;              /* those shown after the best epoch; NULL without early stopping */
    nu_barrier barrier;
    int *bad;                /* threads: this thread's share of the weights is not finite */
    nu_step_end *ends;       /* threads; NULL: times of single steps are not wanted */
    double step_start;

    nu_position at;
    size_t end;              /* batch before which the team is to return */
    int stop;                /* a callback asked to, or */
    int timed_out;           /* the time is up */
    size_t diverged_batch;   /* from 1; 0: it did not */
    nudge_epoch *history;    /* at.epoch of them, if options.keep_history */
    size_t history_room;

    double start;            /* of the call under way, */
    double part_start;       /* of the work under way; */
    double last_progress;
    int classifies;          /* the loss counts what is right */
    double lr;               /* of the last update */
    size_t samples;          /* trained on by this trainer */
    uint64_t content[2];     /* hashes of the data, training and validation, */
    int is_hashed;           /* once a checkpoint has asked for them */
    nudge_train_result result;
};

/* Around a callback. */
static inline void nu_trainer_calls(const nudge_trainer *t)
{
    if (t->company != NULL)
        pthread_mutex_lock(&t->company->calls);
}

static inline void nu_trainer_called(const nudge_trainer *t)
{
    if (t->company != NULL)
        pthread_mutex_unlock(&t->company->calls);
}

/* Time of all calls so far. */
static inline double nu_trainer_seconds(const nudge_trainer *t, double now)
{
    return t->result.seconds + now - t->start;
}

#endif
