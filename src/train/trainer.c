#include "train/trainer_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"

/* ---- Life ---------------------------------------------------------------------------------- */

/* Where steps->step is to be filled: makes room for the threads' clocks, and times a clock. */
static nudge_status start_steps(nudge_trainer *t, nudge_error *err)
{
    enum { TRIES = 5, READINGS = 100 };
    nudge_steps *steps = t->options.steps;
    if (steps == NULL)
        return NUDGE_OK;
    steps->clock_seconds = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        double start = nu_seconds(), now = start;
        for (int k = 0; k < READINGS; k++)
            now = nu_seconds();
        steps->clock_seconds = fmin(steps->clock_seconds, (now - start) / READINGS);
    }
    NU_NEW(t->ends, nu_alloc_zero, (size_t)t->run.job.threads, "times of single steps", err);
    t->run.job.ends = t->ends;
    return NUDGE_OK;
}

static nudge_status copy_weights(void **copy, nudge_trainer *t, nudge_error *err)
{
    *copy = nu_alloc(t->plan.weights, 1);
    NU_NEED(*copy != NULL, t->plan.weights, "a copy of the weights", err);
    memcpy(*copy, t->run.model->params, t->plan.weights);
    return NUDGE_OK;
}

static nudge_status allocate(nudge_trainer *t, nudge_error *err)
{
    nu_run *run = &t->run;
    const nudge_train_plan *plan = &t->plan;
    nu_run_describe(run, &t->plan);
    NU_TRY(nu_memory_check(plan->total - plan->dataset - plan->weights, "training", err));
    run->job.barrier = &t->barrier;
    NU_TRY(start_steps(t, err));
    if (run->is_separate)
        NU_TRY(copy_weights(&t->own, t, err));
    if (t->options.early_stop.patience > 0)
        NU_TRY(copy_weights(&t->best, t, err));
    NU_TRY(copy_weights(&t->snapshot, t, err));
    if (t->own != NULL)
        run->job.params = t->own;
    NU_TRY(run->numeric->engine_create(&t->engine, &run->job, err));
    if (t->options.optimizer.kind == NUDGE_LBFGS)
        NU_TRY(nu_lbfgs_create(&t->lbfgs, t->engine, &run->job, run->numeric, err));
    t->shown = *run->model;
    t->shown.params = t->options.average > 0 ? run->numeric->engine_state(t->engine, 2)
                                             : run->job.params;
    if (run->val != NULL)
        NU_TRY(nu_evaluator_create(&t->evaluator, &t->shown, run->val, nu_run_wants(run),
                                   run->threads, t->cpus, err));
    NU_NEW(t->bad, calloc, (size_t)run->job.threads, "a copy of the weights", err);
    return NUDGE_OK;
}

/* What the options point to. */
static nudge_status copy_lists(nudge_trainer *t, nudge_error *err)
{
    size_t threads = (size_t)t->run.threads, layers = t->run.model->net.layers;
    if (t->options.cpus != NULL) {
        NU_NEW(t->cpus, calloc, threads, "a trainer", err);
        memcpy(t->cpus, t->options.cpus, threads * sizeof *t->cpus);
    }
    if (t->options.dropout != NULL && layers > 1) {
        NU_NEW(t->dropout, calloc, layers - 1, "a trainer", err);
        memcpy(t->dropout, t->options.dropout, (layers - 1) * sizeof *t->dropout);
    }
    if (t->options.lr_factors != NULL) {
        size_t n = nu_run_lr_factors(&t->run.model->net);
        NU_NEW(t->lr_factors, calloc, n, "a trainer", err);
        memcpy(t->lr_factors, t->options.lr_factors, n * sizeof *t->lr_factors);
    }
    t->options.cpus = t->cpus;
    t->options.dropout = t->run.job.dropout = t->dropout;
    t->options.lr_factors = t->run.job.lr_factors = t->lr_factors;
    return NUDGE_OK;
}

void nudge_trainer_free(nudge_trainer *t)
{
    if (t == NULL)
        return;
    if (t->engine != NULL)
        t->run.numeric->engine_free(t->engine);
    nu_lbfgs_free(t->lbfgs);
    nu_evaluator_free(t->evaluator);
    nu_run_end(&t->run);
    free(t->own);
    free(t->best);
    free(t->snapshot);
    free(t->ends);
    free(t->bad);
    free(t->cpus);
    free(t->dropout);
    free(t->lr_factors);
    free(t->history);
    free(t);
}

static void free_at(nudge_trainer **t)
{
    nudge_trainer_free(*t);
}

nudge_status nudge_trainer_create(nudge_trainer **trainer, nudge_model *model,
                                  const nudge_dataset *train, const nudge_dataset *val,
                                  const nudge_train_options *options, nudge_error *err)
{
    nudge_trainer *t NU_SCOPED(free_at) = NULL;
    nudge_train_options own = nudge_train_defaults();
    NU_TRY(nu_take_options(&own, options, err));
    if (own.oversubscribe == 2)
        return nu_fail(err, NUDGE_EARGUMENT, "oversubscribe 2 is for plans alone");
    if (own.steps != NULL)
        own.steps->n = 0;
    NU_TRY(nu_dataset_has_values(train, err));
    if (val != NULL)
        NU_TRY(nu_dataset_has_values(val, err));
    NU_NEW(t, calloc, 1, "a trainer", err);
    t->options = own;
    NU_TRY(nu_run_start(&t->run, model, train, val, &t->options, err));
    NU_TRY(copy_lists(t, err));
    nu_barrier_start(&t->barrier, t->run.job.threads);
    t->at.plateau = nu_plateau_start();
    t->result.best_value = NAN;
    t->classifies = nudge_loss_describe(model->net.loss).target == NUDGE_CLASSES;
    NU_TRY(allocate(t, err));
    nu_interval_forget(&model->interval); /* its weights will be others */
    *trainer = NU_TAKE(t);
    return NUDGE_OK;
}

/* ---- Options ------------------------------------------------------------------------------- */

/* What the engine was built for stays. */
static int same(const void *a, const void *b, size_t bytes)
{
    return a == b || (a != NULL && b != NULL && memcmp(a, b, bytes) == 0);
}

static nudge_status check_change(const nudge_trainer *t, const nudge_train_options *o,
                                 nudge_error *err)
{
    const nudge_train_options *was = &t->options;
    size_t layers = t->run.model->net.layers, factors = nu_run_lr_factors(&t->run.model->net);
    const struct {
        const char *name;
        int same;
    } rules[] = {
        {"optimizer", was->optimizer.kind == o->optimizer.kind &&
                      nu_optimizer_states(&was->optimizer) == nu_optimizer_states(&o->optimizer)},
        {"batch", was->batch == o->batch},
        {"accumulate", was->accumulate == o->accumulate},
        {"clip_value", (was->clip_value > 0) == (o->clip_value > 0)},
        {"clip_norm", (was->clip_norm > 0) == (o->clip_norm > 0)},
        {"max_norm", was->max_norm == o->max_norm},
        {"average", (was->average > 0) == (o->average > 0)},
        {"early_stop", (was->early_stop.patience > 0) == (o->early_stop.patience > 0) &&
                       was->early_stop.metric == o->early_stop.metric},
        {"seed", was->seed == o->seed},
        {"member", was->member == o->member},
        {"shuffle", was->shuffle == o->shuffle},
        {"threads", was->threads == o->threads && was->oversubscribe == o->oversubscribe},
        {"cpus", same(was->cpus, o->cpus, (size_t)t->run.threads * sizeof *o->cpus)},
        {"lr_factors", same(was->lr_factors, o->lr_factors, factors * sizeof(double))},
        {"bias_lr_factor", was->bias_lr_factor == o->bias_lr_factor},
        {"ntk", was->ntk == o->ntk},
        {"drop_last", was->drop_last == o->drop_last},
        {"keep_history", was->keep_history == o->keep_history},
        {"dropout", same(was->dropout, o->dropout, (layers - 1) * sizeof(double))},
        {"profile", was->profile == o->profile},
        {"steps", was->steps == o->steps},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].same)
            return nu_fail(err, NUDGE_EARGUMENT, "%s cannot change while a trainer lives",
                           rules[i].name);
    return NUDGE_OK;
}

nudge_train_options nudge_trainer_get_options(const nudge_trainer *t)
{
    return t->options;
}

nudge_status nudge_trainer_set_options(nudge_trainer *t, const nudge_train_options *options,
                                       nudge_error *err)
{
    nudge_train_options own = nudge_train_defaults();
    NU_TRY(nu_take_options(&own, options, err));
    NU_TRY(nu_run_check(&own, err));
    NU_TRY(check_change(t, &own, err));
    t->timed_out = 0;
    t->options = own;
    t->options.cpus = t->cpus;
    t->options.dropout = t->dropout;
    t->options.lr_factors = t->lr_factors;
    t->run.job.clip_value = own.clip_value;
    t->run.job.clip_norm = own.clip_norm;
    t->run.numeric->engine_set_clip(t->engine, own.clip_value, own.clip_norm);
    if (t->lbfgs != NULL)
        nu_lbfgs_forget(t->lbfgs);
    return NUDGE_OK;
}

/* ---- In one call --------------------------------------------------------------------------- */

nudge_status nudge_train(nudge_model *model, const nudge_dataset *train, const nudge_dataset *val,
                         const nudge_train_options *options, nudge_train_result *result,
                         nudge_error *err)
{
    nudge_trainer *t NU_SCOPED(free_at) = NULL;
    NU_TRY(nudge_trainer_create(&t, model, train, val, options, err));
    nudge_status status = nudge_trainer_run(t, err);
    if (result != NULL)
        *result = t->result;
    return status;
}
