/* What an engine is asked to train. */
#ifndef NUDGE_TRAIN_JOB_H
#define NUDGE_TRAIN_JOB_H

#include "core/memory.h"
#include "table/dataset.h"
#include "train/plan.h"

/* When a thread was through with its part of a step; a cache line each. */
typedef struct nu_step_end {
    double at __attribute__((aligned(NU_ALIGN)));
} nu_step_end;

/* What to train. Everything is borrowed and must outlive the engine. */
typedef struct nu_job {
    const nu_network *net;
    void *params;                     /* net->size reals, changed by updates */
    const nudge_dataset *data;
    const nu_plan *plan;
    const nudge_optimizer *optimizer; /* NULL: there are no updates */
    double clip_value, clip_norm;     /* as in nudge_train_options; 0: not. These and the next
                                       * one */
    size_t accumulate;                /* ... above 1 need a plan that keeps gradients, */
    double max_norm;                  /* this one needs one that bounds */
    const double *lr_factors;         /* as in nudge_train_options, or NULL */
    double bias_lr_factor;            /* likewise */
    int ntk;
    size_t dropped;                   /* rows that are left out at the end of an epoch */
    double *units;                    /* as in nu_loss_kind */
    const double *dropout;            /* layers - 1: rates of the hidden layers; NULL: none */
    int averages;                     /* the weights are averaged */
    uint64_t seed;
    int shuffle;
    int threads;                      /* most that will call */
    struct nu_barrier *barrier;       /* of those threads; NULL if there is one */
    int profile;                      /* measure phases */
    nu_step_end *ends;                /* threads, filled at the end of each step; or NULL */
} nu_job;

/* Rows of an epoch. */
static inline size_t nu_job_rows(const nu_job *job)
{
    return job->data->rows - job->dropped;
}

/* One batch of all rows is never shuffled. */
static inline int nu_job_shuffles(const nu_job *job)
{
    return job->shuffle && job->plan->batch < job->data->rows;
}

/* What an engine allocates, in bytes. */
typedef struct nu_engine_memory {
    uint64_t gradients, optimizer_state, activations;
} nu_engine_memory;

typedef struct nu_engine nu_engine; /* differs between precisions */

#endif
