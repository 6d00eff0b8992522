#include "train/trainer.h"

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
    t->shown = *run->model;
    t->shown.params = t->options.average > 0 ? run->numeric->engine_state(t->engine, 2)
                                             : run->job.params;
    if (run->val != NULL)
        NU_TRY(nu_evaluator_create(&t->evaluator, &t->shown, run->val, nu_run_wants(run),
                                   run->threads, t->cpus, err));
    NU_NEW(t->bad, calloc, (size_t)run->job.threads, "a copy of the weights", err);
    return NUDGE_OK;
}

static nudge_status copy_cpus(nudge_trainer *t, nudge_error *err)
{
    size_t threads = (size_t)t->run.threads;
    if (t->options.cpus == NULL)
        return NUDGE_OK;
    NU_NEW(t->cpus, calloc, threads, "a trainer", err);
    memcpy(t->cpus, t->options.cpus, threads * sizeof *t->cpus);
    t->options.cpus = t->cpus;
    return NUDGE_OK;
}

void nudge_trainer_free(nudge_trainer *t)
{
    if (t == NULL)
        return;
    if (t->engine != NULL)
        t->run.numeric->engine_free(t->engine);
    nu_evaluator_free(t->evaluator);
    nu_run_end(&t->run);
    free(t->own);
    free(t->best);
    free(t->snapshot);
    free(t->ends);
    free(t->bad);
    free(t->cpus);
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
    if (options->steps != NULL)
        options->steps->n = 0;
    NU_TRY(nu_dataset_has_values(train, err));
    if (val != NULL)
        NU_TRY(nu_dataset_has_values(val, err));
    NU_NEW(t, calloc, 1, "a trainer", err);
    t->options = *options;
    NU_TRY(nu_run_start(&t->run, model, train, val, &t->options, err));
    NU_TRY(copy_cpus(t, err));
    nu_barrier_start(&t->barrier, t->run.job.threads);
    t->at.plateau = nu_plateau_start();
    t->result.best_value = NAN;
    NU_TRY(allocate(t, err));
    *trainer = NU_TAKE(t);
    return NUDGE_OK;
}

/* ---- Options ------------------------------------------------------------------------------- */

/* What the engine was built for stays. */
static nudge_status check_change(const nudge_trainer *t, const nudge_train_options *o,
                                 nudge_error *err)
{
    const nudge_train_options *was = &t->options;
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
        {"average", (was->average > 0) == (o->average > 0)},
        {"early_stop", (was->early_stop.patience > 0) == (o->early_stop.patience > 0) &&
                       was->early_stop.metric == o->early_stop.metric},
        {"seed", was->seed == o->seed},
        {"shuffle", was->shuffle == o->shuffle},
        {"threads", was->threads == o->threads && was->oversubscribe == o->oversubscribe},
        {"cpus", (was->cpus == NULL) == (o->cpus == NULL)},
        {"keep_history", was->keep_history == o->keep_history},
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
    NU_TRY(nu_run_check(options, err));
    NU_TRY(check_change(t, options, err));
    t->options = *options;
    t->options.cpus = t->cpus;
    t->run.job.clip_value = options->clip_value;
    t->run.job.clip_norm = options->clip_norm;
    t->run.numeric->engine_set_clip(t->engine, options->clip_value, options->clip_norm);
    return NUDGE_OK;
}

/* ---- Epochs -------------------------------------------------------------------------------- */

double nu_trainer_lr_factor(const nudge_trainer *t, uint64_t update)
{
    const nudge_train_options *o = &t->options;
    nu_moment at = {update, (uint64_t)o->epochs * t->run.updates, t->run.updates};
    return t->at.plateau.factor * nu_schedule_factor(&o->schedule, o->optimizer.lr, at);
}

static nudge_status describe_epoch(nudge_trainer *t, nudge_epoch *e, nudge_error *err)
{
    double rows = (double)t->run.job.data->rows;
    nudge_loss_info loss = nudge_loss_describe(t->run.model->net.loss);
    nudge_metric stop = t->options.early_stop.metric;
    nudge_metrics val = {.value = {[NUDGE_METRIC_LOSS] = NAN, [NUDGE_METRIC_ACCURACY] = NAN,
                                   [NUDGE_METRIC_RMSE] = NAN}};
    if (t->evaluator != NULL)
        NU_TRY(nu_evaluator_run(t->evaluator, &val, err));
    *e = (nudge_epoch){.epoch = t->at.epoch + 1,
                       .epochs = t->options.epochs,
                       .train_loss = t->at.loss / rows,
                       .train_accuracy = loss.target == NUDGE_CLASSES
                                             ? (double)t->at.correct / rows : NAN,
                       .has_val = t->evaluator != NULL,
                       .val_loss = val.value[NUDGE_METRIC_LOSS],
                       .val_accuracy = val.value[NUDGE_METRIC_ACCURACY],
                       .val_rmse = val.value[NUDGE_METRIC_RMSE],
                       .val_stop = t->best != NULL ? val.value[stop] : NAN,
                       .lr = t->options.optimizer.lr *
                             nu_trainer_lr_factor(t, (t->at.epoch + 1) * t->run.updates),
                       .seconds = t->at.seconds,
                       .samples_per_s = rows / t->at.seconds};
    return NUDGE_OK;
}

nudge_status nu_trainer_record(nudge_trainer *t, const nudge_epoch *e, nudge_error *err)
{
    t->result.last = *e;
    if (!t->options.keep_history)
        return NUDGE_OK;
    if (t->at.epoch == t->history_room) {
        size_t room = t->history_room > 0 ? 2 * t->history_room : 64;
        nudge_epoch *more = realloc(t->history, room * sizeof *more);
        NU_NEED(more != NULL, room * sizeof *more, "the history of epochs", err);
        t->history = more;
        t->history_room = room;
    }
    t->history[t->at.epoch] = *e;
    return NUDGE_OK;
}

const nudge_epoch *nudge_trainer_history(const nudge_trainer *t, size_t *epochs)
{
    *epochs = t->options.keep_history ? t->at.epoch : 0;
    return t->history;
}

static nudge_status diverged(nudge_trainer *t, nudge_error *err)
{
    t->result.diverged_epoch = t->at.epoch + 1;
    t->result.diverged_batch = t->diverged_batch;
    memcpy(t->run.job.params, t->snapshot, t->plan.weights);
    if (t->own != NULL)
        memcpy(t->run.model->params, t->at.best.epoch > 0 ? t->best : t->snapshot, t->plan.weights);
    return nu_fail(err, NUDGE_EDIVERGED,
                   "the loss became non-finite in epoch %zu, batch %zu (learning rate %g)",
                   t->at.epoch + 1, t->diverged_batch, t->options.optimizer.lr);
}

double nu_trainer_best(const nudge_trainer *t)
{
    const nu_best *b = &t->at.best;
    if (b->epoch == 0)
        return NAN;
    nudge_metric metric = t->options.early_stop.metric;
    return nudge_metric_describe(metric).higher_is_better ? b->value : -b->value;
}

/* Early stopping, after epoch at.epoch with this value of its metric. A NaN is never better. */
static void judge(nudge_trainer *t, double metric)
{
    const nudge_early_stop *s = &t->options.early_stop;
    nu_best *b = &t->at.best;
    double value = nudge_metric_describe(s->metric).higher_is_better ? metric : -metric;
    if (value >= (b->epoch > 0 ? b->value : -INFINITY)) {
        b->epoch = t->at.epoch;
        b->value = value;
        memcpy(t->best, t->shown.params, t->plan.weights);
        t->result.best_epoch = b->epoch;
        t->result.best_value = nu_trainer_best(t);
    }
    if (value > (b->mark_epoch > 0 ? b->mark + s->min_change : -INFINITY)) {
        b->mark_epoch = t->at.epoch;
        b->mark = value;
    }
}

static int stops_early(const nudge_trainer *t)
{
    return t->best != NULL && t->at.batch == 0 && t->at.epoch > 0 &&
           t->at.epoch - t->at.best.mark_epoch >= t->options.early_stop.patience;
}

static int is_done(const nudge_trainer *t)
{
    return t->at.epoch >= t->options.epochs || stops_early(t) || t->timed_out;
}

/* What the model is to have between calls. Before the first update there is no average. */
void nu_trainer_publish(nudge_trainer *t)
{
    const void *from = t->shown.params;
    if (t->own == NULL)
        return;
    if (t->at.epoch == 0 && t->at.batch == 0)
        from = t->own;
    if (is_done(t) && t->at.best.epoch > 0)
        from = t->best;
    memcpy(t->run.model->params, from, t->plan.weights);
}

/* All batches of the epoch are done. */
static nudge_status end_epoch(nudge_trainer *t, nudge_error *err)
{
    const nudge_train_options *o = &t->options;
    nudge_epoch e;
    NU_TRY(describe_epoch(t, &e, err));
    NU_TRY(nu_trainer_record(t, &e, err));
    nu_plateau_update(&t->at.plateau, &o->schedule, o->optimizer.lr,
                      e.has_val ? e.val_loss : e.train_loss);
    t->result.epochs = ++t->at.epoch;
    if (t->best != NULL)
        judge(t, e.val_stop);
    t->at = (nu_position){.epoch = t->at.epoch, .plateau = t->at.plateau, .best = t->at.best};
    int stop = o->on_epoch != NULL && o->on_epoch(&e, o->user) != 0;
    /* Reading the clock is a tenth of the smallest epoch: not again if nothing lies between. */
    if (t->evaluator != NULL || o->on_epoch != NULL || o->max_seconds > 0)
        t->part_start = nu_seconds();
    if (o->max_seconds > 0 && nu_trainer_seconds(t, t->part_start) >= o->max_seconds)
        t->timed_out = 1;
    return stop ? nu_fail(err, NUDGE_ESTOPPED, "stopped after epoch %zu", t->at.epoch) : NUDGE_OK;
}

/* So many batches, or those left of the epoch under way. */
static nudge_status go_on(nudge_trainer *t, size_t batches, nudge_error *err)
{
    if (t->result.diverged_epoch > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "the training has diverged: it does not go on");
    if (is_done(t))
        return nu_fail(err, NUDGE_EARGUMENT, "all epochs are done: %zu of %zu", t->at.epoch,
                       t->options.epochs);
    size_t left = t->run.batches - t->at.batch;
    t->end = t->at.batch + nu_smaller(batches, left);
    NU_TRY(nu_trainer_work(t, err));
    if (t->diverged_batch > 0)
        return diverged(t, err);
    if (t->at.batch < t->end)
        return t->timed_out ? NUDGE_OK : nu_fail(err, NUDGE_ESTOPPED, "stopped in epoch %zu",
                                                 t->at.epoch + 1);
    return t->at.batch < t->run.batches ? NUDGE_OK : end_epoch(t, err);
}

/* The sums over what this trainer has done. */
static void sum_up(nudge_trainer *t)
{
    nudge_train_result *r = &t->result;
    r->seconds += nu_seconds() - t->start;
    if (!(r->train_seconds > 0))
        return;
    r->samples_per_s = (double)t->samples / r->train_seconds;
    r->gflops = 1e-9 * t->plan.flops_per_epoch / (double)t->run.job.data->rows * r->samples_per_s;
    r->phases = t->run.numeric->engine_phases(t->engine);
}

static nudge_status run(nudge_trainer *t, size_t epochs, size_t batches, nudge_error *err)
{
    nudge_status status = NUDGE_OK;
    t->start = t->part_start = t->last_progress = nu_seconds();
    for (size_t i = 0; i < epochs && status == NUDGE_OK && (i == 0 || !is_done(t)); i++)
        status = go_on(t, batches, err);
    if (status != NUDGE_EDIVERGED)
        nu_trainer_publish(t);
    t->result.stopped_early = stops_early(t);
    t->result.timed_out = t->timed_out;
    sum_up(t);
    return status;
}

nudge_status nudge_trainer_run(nudge_trainer *t, nudge_error *err)
{
    return is_done(t) ? NUDGE_OK : run(t, t->options.epochs - t->at.epoch, SIZE_MAX, err);
}

nudge_status nudge_trainer_epoch(nudge_trainer *t, nudge_epoch *epoch, nudge_error *err)
{
    size_t before = t->at.epoch;
    nudge_status status = run(t, 1, SIZE_MAX, err);
    if (epoch != NULL && t->at.epoch > before)
        *epoch = t->result.last;
    return status;
}

nudge_status nudge_trainer_updates(nudge_trainer *t, size_t updates, nudge_error *err)
{
    size_t each = t->options.accumulate;
    return run(t, 1, updates > SIZE_MAX / each ? SIZE_MAX : updates * each, err);
}

nudge_trainer_position nudge_trainer_where(const nudge_trainer *t)
{
    return (nudge_trainer_position){
        .epochs = t->at.epoch,
        .batch = t->at.batch,
        .updates = (uint64_t)t->at.epoch * t->run.updates + t->at.batch / t->options.accumulate,
    };
}

nudge_train_result nudge_trainer_result(const nudge_trainer *t)
{
    return t->result;
}

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
