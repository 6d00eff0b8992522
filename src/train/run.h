/* What nudge_train() and nudge_train_plan_make() settle before anything runs. */
#ifndef NUDGE_TRAIN_RUN_H
#define NUDGE_TRAIN_RUN_H

#include "train/engine.h"

typedef struct nu_run {
    nudge_model *model; /* the network to train, as a model of its own; only trainers change it. Its
                         * fields are a copy of the caller's: */
    nudge_model one;
    nudge_model *whole; /* the caller's model; may have more networks */
    int is_separate;    /* what the model gets in the end are not the weights of training */
    const nudge_dataset *val;
    const nudge_train_options *options;
    const nu_numeric *numeric;
    nu_plan plan;
    int threads;         /* for validation; training has no more than its plan has work for */
    const char *threads_why; /* why not as many as asked for, or NULL */
    size_t batches, updates; /* per epoch */
    nu_job job;          /* for the engine; its units are the run's */
} nu_run;

/* Whether the options make sense by themselves. NUDGE_EARGUMENT. */
nudge_status nu_run_check(const nudge_train_options *options, nudge_error *err);

/* Checks everything and plans. NUDGE_EARGUMENT, NUDGE_EMISMATCH, NUDGE_EMEMORY. *run is
 * all zeros before; nu_run_end() frees, after a failure too. */
nudge_status nu_run_start(nu_run *run, nudge_model *model, const nudge_dataset *train,
                          const nudge_dataset *val, const nudge_train_options *options,
                          nudge_error *err);
void nu_run_end(nu_run *run);

/* The lr_factors of a network: of its layers, its embedding, the factors of its inputs. */
static inline size_t nu_run_lr_factors(const nu_network *net)
{
    return net->layers + (size_t)nu_network_embeds(net) + (size_t)net->input_factor;
}

/* The metrics of validation, as an evaluator has them. */
uint64_t nu_run_wants(const nu_run *run);

/* Sizes and work of it. */
void nu_run_describe(const nu_run *run, nudge_train_plan *plan);

#endif
