#include <math.h>

#include "core/barrier.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"
#include "train/evaluate.h"
#include "train/run.h"
#include "train/schedule.h"

/* A training run under way. Thread 0 writes what is not marked; others read it after a barrier. */
typedef struct trainer {
    nu_run *run;
    nudge_train_plan plan;
    nu_engine *engine;
    nu_evaluator *evaluator; /* or NULL */
    void *snapshot;          /* the weights after the last good epoch */
    nu_barrier barrier;
    int *bad;                /* threads: this thread's share of the weights is not finite */
    nu_step_end *ends;       /* threads; NULL: times of single steps are not wanted */
    double step_start;

    nu_plateau plateau;
    size_t epoch;            /* running, from 1 */
    double start, epoch_start, last_progress;
    double loss;             /* sum over the samples of this epoch */
    size_t correct;
    int stop;                /* a callback asked to */
    size_t diverged_batch;   /* from 1; 0: it did not */
} trainer;

static size_t rows_before(const trainer *t, size_t batch)
{
    return nu_smaller(batch * t->run->plan.batch, t->run->job.data->rows);
}

/* Of the learning rate of an update. */
static double lr_factor(const trainer *t, uint64_t update)
{
    const nudge_train_options *o = t->run->options;
    nu_moment at = {update, (uint64_t)o->epochs * t->run->updates, t->run->updates};
    return t->plateau.factor * nu_schedule_factor(&o->schedule, o->optimizer.lr, at);
}

/* Thread 0, before batch `batch`. */
static void show_progress(trainer *t, size_t batch)
{
    const nudge_train_options *o = t->run->options;
    if (o->on_progress == NULL || batch == 0)
        return;
    double now = nu_seconds();
    if (now - t->last_progress < o->progress_seconds)
        return;
    t->last_progress = now;
    double rows = (double)rows_before(t, batch);
    nudge_progress p = {.epoch = t->epoch,
                        .epochs = o->epochs,
                        .batch = batch,
                        .batches = t->run->batches,
                        .loss = t->loss / rows,
                        .seconds = now - t->start,
                        .samples_per_s = rows / (now - t->epoch_start)};
    if (o->on_progress(&p, o->user) != 0)
        t->stop = 1;
}

/* Copies the weights aside if all of them are finite. Every thread a share. */
static void keep_weights(trainer *t, int thread, int threads)
{
    const nu_network *net = &t->run->model->net;
    size_t first, end, size = t->run->numeric->real_size;
    const char *params = t->run->model->params;
    nu_team_share(net->size, thread, threads, &first, &end);
    t->bad[thread] = !t->run->numeric->all_finite(params, first, end);
    nu_barrier_wait(&t->barrier, threads);
    int bad = 0;
    for (int i = 0; i < threads; i++)
        bad |= t->bad[i];
    if (!bad)
        memcpy((char *)t->snapshot + first * size, params + first * size, (end - first) * size);
    else if (thread == 0)
        t->diverged_batch = t->run->batches;
}

/* Thread 0, after the barrier that ends a step: no other thread ends the next one before this
 * thread has met it at the barrier between the next one's phases. */
static void keep_step(trainer *t, int threads)
{
    nudge_steps *steps = t->run->options->steps;
    int last = 0;
    for (int i = 1; i < threads; i++)
        if (t->ends[i].at > t->ends[last].at)
            last = i;
    double end = t->ends[last].at;
    if (steps->n < steps->room)
        steps->step[steps->n++] = (nudge_step){end - t->step_start, last};
    t->step_start = end;
}

/* One epoch, by all threads. */
static void epoch_work(void *arg, int thread, int threads)
{
    trainer *t = arg;
    const nu_numeric *numeric = t->run->numeric;
    int keeps_steps = thread == 0 && t->ends != NULL;
    if (keeps_steps)
        t->step_start = nu_seconds();
    for (size_t batch = 0; batch < t->run->batches; batch++) {
        if (thread == 0)
            show_progress(t, batch);
        numeric->engine_rows(t->engine, batch, thread, threads);
        size_t correct = 0;
        double loss = numeric->engine_loss(t->engine, batch, &correct);
        if (thread == 0) {
            t->loss += loss * (double)(rows_before(t, batch + 1) - rows_before(t, batch));
            t->correct += correct;
            if (!isfinite(loss))
                t->diverged_batch = batch + 1;
        }
        if (!isfinite(loss) || t->stop) /* the same for every thread */
            return;
        uint64_t update = (uint64_t)(t->epoch - 1) * t->run->updates +
                          batch / t->run->job.accumulate + 1;
        nu_optimizer_step step = nu_optimizer_step_at(t->run->job.optimizer, update,
                                                      lr_factor(t, update));
        numeric->engine_update(t->engine, batch, &step, thread, threads);
        if (keeps_steps)
            keep_step(t, threads);
    }
    keep_weights(t, thread, threads);
}

static nudge_status describe_epoch(trainer *t, nudge_epoch *e, double seconds, nudge_error *err)
{
    double rows = (double)t->run->job.data->rows;
    nudge_loss_info loss = nudge_loss_describe(t->run->model->net.loss);
    nudge_metrics val = {.loss = NAN, .accuracy = NAN, .rmse = NAN};
    nudge_status status = t->evaluator != NULL ? nu_evaluator_run(t->evaluator, &val, err)
                                               : NUDGE_OK;
    *e = (nudge_epoch){.epoch = t->epoch,
                       .epochs = t->run->options->epochs,
                       .train_loss = t->loss / rows,
                       .train_accuracy = loss.target == NUDGE_CLASSES ? (double)t->correct / rows
                                                                      : NAN,
                       .has_val = t->evaluator != NULL,
                       .val_loss = val.loss,
                       .val_accuracy = val.accuracy,
                       .val_rmse = val.rmse,
                       .lr = t->run->options->optimizer.lr *
                             lr_factor(t, (uint64_t)t->epoch * t->run->updates),
                       .seconds = seconds,
                       .samples_per_s = rows / seconds};
    return status;
}

static nudge_status diverged(trainer *t, nudge_train_result *result, nudge_error *err)
{
    result->diverged_epoch = t->epoch;
    result->diverged_batch = t->diverged_batch;
    memcpy(t->run->model->params, t->snapshot, t->plan.snapshot);
    return nu_fail(err, NUDGE_EDIVERGED,
                   "the loss became non-finite in epoch %zu, batch %zu (learning rate %g)",
                   t->epoch, t->diverged_batch, t->run->options->optimizer.lr);
}

static nudge_status train_epochs(trainer *t, nudge_train_result *result, nudge_error *err)
{
    const nudge_train_options *o = t->run->options;
    t->plateau = nu_plateau_start();
    t->start = t->last_progress = t->epoch_start = nu_seconds();
    for (t->epoch = 1; t->epoch <= o->epochs; t->epoch++) {
        t->loss = 0;
        t->correct = 0;
        t->run->numeric->engine_epoch(t->engine, (uint32_t)t->epoch);
        NU_TRY(nu_team_run_on(o->cpus, t->run->job.threads, epoch_work, t, err));
        double end = nu_seconds(), seconds = end - t->epoch_start;
        if (t->diverged_batch > 0)
            return diverged(t, result, err);
        if (t->stop)
            return nu_fail(err, NUDGE_ESTOPPED, "stopped in epoch %zu", t->epoch);
        result->epochs = t->epoch;
        result->train_seconds += seconds;
        NU_TRY(describe_epoch(t, &result->last, seconds, err));
        nu_plateau_update(&t->plateau, &o->schedule, o->optimizer.lr,
                          result->last.has_val ? result->last.val_loss : result->last.train_loss);
        if (o->on_epoch != NULL && o->on_epoch(&result->last, o->user) != 0)
            return nu_fail(err, NUDGE_ESTOPPED, "stopped after epoch %zu", t->epoch);
        /* Reading the clock is a tenth of the smallest epoch: not again if nothing lies between. */
        t->epoch_start = t->evaluator == NULL && o->on_epoch == NULL ? end : nu_seconds();
    }
    return NUDGE_OK;
}

/* Where steps->step is to be filled: makes room for the threads' clocks, and times a clock. */
static nudge_status start_steps(trainer *t, nudge_error *err)
{
    enum { TRIES = 5, READINGS = 100 };
    nudge_steps *steps = t->run->options->steps;
    if (steps == NULL)
        return NUDGE_OK;
    steps->clock_seconds = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        double start = nu_seconds(), now = start;
        for (int k = 0; k < READINGS; k++)
            now = nu_seconds();
        steps->clock_seconds = fmin(steps->clock_seconds, (now - start) / READINGS);
    }
    NU_NEW(t->ends, nu_alloc_zero, (size_t)t->run->job.threads, "times of single steps", err);
    t->run->job.ends = t->ends;
    return NUDGE_OK;
}

static nudge_status allocate(trainer *t, nudge_error *err)
{
    nu_run *run = t->run;
    const nudge_train_plan *plan = &t->plan;
    nu_run_describe(run, &t->plan);
    NU_TRY(nu_memory_check(plan->total - plan->dataset - plan->weights, "training", err));
    run->job.barrier = &t->barrier;
    NU_TRY(start_steps(t, err));
    NU_TRY(run->numeric->engine_create(&t->engine, &run->job, err));
    if (run->val != NULL)
        NU_TRY(nu_evaluator_create(&t->evaluator, run->model, run->val, NU_VALIDATION,
                                   run->threads, run->options->cpus, err));
    NU_NEW(t->bad, calloc, (size_t)run->job.threads, "a copy of the weights", err);
    t->snapshot = nu_alloc(plan->snapshot, 1);
    NU_NEED(t->snapshot != NULL, plan->snapshot, "a copy of the weights", err);
    memcpy(t->snapshot, run->model->params, plan->snapshot);
    return NUDGE_OK;
}

static void end(trainer *t)
{
    t->run->numeric->engine_free(t->engine);
    nu_evaluator_free(t->evaluator);
    free(t->snapshot);
    free(t->ends);
    free(t->bad);
}

nudge_status nudge_train(nudge_model *model, const nudge_dataset *train, const nudge_dataset *val,
                         const nudge_train_options *options, nudge_train_result *result,
                         nudge_error *err)
{
    nu_run run NU_SCOPED(nu_run_end) = {0};
    if (options->steps != NULL)
        options->steps->n = 0;
    NU_TRY(nu_dataset_has_values(train, err));
    if (val != NULL)
        NU_TRY(nu_dataset_has_values(val, err));
    NU_TRY(nu_run_start(&run, model, train, val, options, err));
    trainer t NU_SCOPED(end) = {.run = &run};
    nu_barrier_start(&t.barrier, run.job.threads);
    nudge_train_result r = {0};
    double start = nu_seconds();
    NU_TRY(allocate(&t, err));
    nudge_status status = train_epochs(&t, &r, err);
    r.seconds = nu_seconds() - start;
    if (r.train_seconds > 0) {
        double epochs_per_s = (double)r.epochs / r.train_seconds;
        r.samples_per_s = epochs_per_s * (double)train->rows;
        r.phases = run.numeric->engine_phases(t.engine);
        r.gflops = 1e-9 * epochs_per_s * t.plan.flops_per_epoch;
    }
    if (result != NULL)
        *result = r;
    return status;
}
