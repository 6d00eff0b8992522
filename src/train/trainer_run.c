#include "train/trainer_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"
#include "train/epoch.h"

/* Into `e`, which is for this epoch alone. What comes with validation costs more than the smallest
 * epoch. */
static nudge_status validate(nudge_trainer *t, nudge_epoch *e, nudge_error *err)
{
    nudge_metrics val;
    e->has_val = t->evaluator != NULL;
    e->val_loss = e->val_accuracy = e->val_rmse = e->val_stop = NAN;
    if (t->evaluator == NULL)
        return NUDGE_OK;
    NU_TRY(nu_evaluator_run(t->evaluator, &val, err));
    e->val_loss = val.value[NUDGE_METRIC_LOSS];
    e->val_accuracy = val.value[NUDGE_METRIC_ACCURACY];
    e->val_rmse = val.value[NUDGE_METRIC_RMSE];
    if (t->best != NULL)
        e->val_stop = val.value[t->options.early_stop.metric];
    return NUDGE_OK;
}

static nudge_status describe_epoch(nudge_trainer *t, nudge_epoch *e, nudge_error *err)
{
    double rows = (double)nu_job_rows(&t->run.job);
    e->epoch = t->at.epoch + 1;
    e->epochs = t->options.epochs;
    e->train_loss = t->at.loss / t->at.weight;
    e->train_accuracy = t->classifies ? t->at.correct / t->at.weight : NAN;
    e->lr = t->lr;
    e->seconds = t->at.seconds;
    e->samples_per_s = rows / t->at.seconds;
    return validate(t, e, err);
}

/* The last result goes into the history. */
static nudge_status keep_history(nudge_trainer *t, nudge_error *err)
{
    if (t->at.epoch == t->history_room) {
        size_t room = t->history_room > 0 ? 2 * t->history_room : 64;
        nudge_epoch *more = realloc(t->history, room * sizeof *more);
        NU_NEED(more != NULL, room * sizeof *more, "the history of epochs", err);
        t->history = more;
        t->history_room = room;
    }
    t->history[t->at.epoch] = t->result.last;
    return NUDGE_OK;
}

const nudge_epoch *nudge_trainer_history(const nudge_trainer *t, size_t i)
{
    return t->options.keep_history && i < t->at.epoch ? &t->history[i] : NULL;
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

/* Early stopping, after epoch at.epoch with this value of its metric. A NaN is never better, nor is
 * an infinite loss. */
static void judge(nudge_trainer *t, double metric)
{
    const nudge_early_stop *s = &t->options.early_stop;
    nu_best *b = &t->at.best;
    double value = nudge_metric_describe(s->metric).higher_is_better ? metric : -metric;
    if (b->epoch > 0 ? value >= b->value : value > -INFINITY) {
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

int nu_trainer_is_done(const nudge_trainer *t)
{
    return t->at.epoch >= t->options.epochs || stops_early(t) || t->timed_out;
}

/* What the model is to have between calls. Before the first update there is no average. */
void nu_trainer_publish(nudge_trainer *t)
{
    const void *from = t->shown.params;
    t->result.stopped_early = stops_early(t);
    t->result.timed_out = t->timed_out;
    if (t->own == NULL)
        return;
    if (t->at.epoch == 0 && t->at.batch == 0)
        from = t->own;
    if (nu_trainer_is_done(t) && t->at.best.epoch > 0)
        from = t->best;
    memcpy(t->run.model->params, from, t->plan.weights);
}

/* All batches of the epoch are done. */
static nudge_status end_epoch(nudge_trainer *t, nudge_error *err)
{
    const nudge_train_options *o = &t->options;
    nudge_epoch *e = &t->result.last;
    nu_position *at = &t->at;
    NU_TRY(describe_epoch(t, e, err));
    if (o->keep_history)
        NU_TRY(keep_history(t, err));
    nu_plateau_update(&at->plateau, &o->schedule, o->optimizer.lr,
                      e->has_val ? e->val_loss : e->train_loss);
    t->result.epochs = ++at->epoch;
    at->batch = 0;
    at->weight = at->loss = at->correct = at->seconds = 0;
    if (t->best != NULL)
        judge(t, e->val_stop);
    nu_trainer_calls(t);
    int stop = o->on_epoch != NULL && o->on_epoch(e, o->user) != 0;
    nu_trainer_called(t);
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
    if (nu_trainer_is_done(t))
        return nu_fail(err, NUDGE_EARGUMENT, "nothing is left to do: training ended after %zu of "
                       "%zu epochs", t->at.epoch, t->options.epochs);
    size_t left = t->run.batches - t->at.batch;
    t->end = t->at.batch + nu_smaller(batches, left);
    NU_TRY(nu_trainer_work(t, err));
    if (t->diverged_batch > 0)
        return diverged(t, err);
    if (t->at.batch == t->run.batches)
        NU_TRY(end_epoch(t, err));
    if (!t->stop || t->timed_out)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_ESTOPPED, "stopped %s epoch %zu", t->at.batch > 0 ? "in" : "after",
                   t->at.epoch + (t->at.batch > 0));
}

/* The sums over what this trainer has done. */
static void sum_up(nudge_trainer *t)
{
    nudge_train_result *r = &t->result;
    r->seconds += nu_seconds() - t->start;
    if (!(r->train_seconds > 0))
        return;
    r->samples_per_s = (double)t->samples / r->train_seconds;
    r->gflops = 1e-9 * t->plan.flops_per_epoch / (double)nu_job_rows(&t->run.job) *
                r->samples_per_s;
    r->phases = t->run.numeric->engine_phases(t->engine);
}

static nudge_status run(nudge_trainer *t, size_t epochs, size_t batches, nudge_error *err)
{
    nudge_status status = NUDGE_OK;
    if (t->company == NULL)
        nu_interval_forget(&t->run.whole->interval);
    t->start = t->part_start = t->last_progress = nu_seconds();
    for (size_t i = 0; i < epochs && status == NUDGE_OK && (i == 0 || !nu_trainer_is_done(t)); i++)
        status = go_on(t, batches, err);
    if (status != NUDGE_EDIVERGED)
        nu_trainer_publish(t);
    sum_up(t);
    return status;
}

nudge_status nudge_trainer_run(nudge_trainer *t, nudge_error *err)
{
    return nu_trainer_is_done(t) ? NUDGE_OK
                                 : run(t, t->options.epochs - t->at.epoch, SIZE_MAX, err);
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
    size_t each = t->run.job.accumulate;
    return run(t, 1, updates > SIZE_MAX / each ? SIZE_MAX : updates * each, err);
}

nudge_trainer_position nudge_trainer_where(const nudge_trainer *t)
{
    return (nudge_trainer_position){
        .epochs = t->at.epoch,
        .batch = t->at.batch,
        .updates = (uint64_t)t->at.epoch * t->run.updates + t->at.batch / t->run.job.accumulate,
    };
}

nudge_train_result nudge_trainer_result(const nudge_trainer *t)
{
    return t->result;
}
