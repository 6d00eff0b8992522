#include "train/epoch.h"

#include <math.h>
#include <string.h>

#include "core/clock.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"

/* The average of weights keeps no more than u / (u + this) after u updates. */
#define AVERAGE_RAMP 5

static size_t rows_before(const nudge_trainer *t, size_t batch)
{
    return nu_smaller(batch * t->run.plan.batch, nu_job_rows(&t->run.job));
}

/* Thread 0, before batch `batch`. */
static void show_progress(nudge_trainer *t, size_t batch)
{
    const nudge_train_options *o = &t->options;
    if (t->company != NULL && __atomic_load_n(&t->company->halt, __ATOMIC_RELAXED))
        t->stop = 1;
    if (o->on_progress == NULL && o->max_seconds == 0)
        return;
    double now = nu_seconds();
    if (o->max_seconds > 0 && nu_trainer_seconds(t, now) >= o->max_seconds)
        t->timed_out = t->stop = 1;
    if (o->on_progress == NULL || now - t->last_progress < o->progress_seconds)
        return;
    t->last_progress = now;
    double rows = (double)rows_before(t, batch);
    nudge_progress p = {.epoch = t->at.epoch + 1,
                        .epochs = o->epochs,
                        .batch = batch,
                        .batches = t->run.batches,
                        .loss = t->at.weight > 0 ? t->at.loss / t->at.weight : 0,
                        .seconds = nu_trainer_seconds(t, now),
                        .samples_per_s = rows / (t->at.seconds + now - t->part_start)};
    nu_trainer_calls(t);
    if (o->on_progress(&p, o->user) != 0)
        t->stop = 1;
    nu_trainer_called(t);
}

/* Copies the weights aside if all of them are finite. Every thread a share. */
static void keep_weights(nudge_trainer *t, int thread, int threads)
{
    const nu_network *net = &t->run.model->net;
    size_t first, end, size = t->run.numeric->real_size;
    const char *params = t->run.job.params;
    nu_team_share(net->size, thread, threads, &first, &end);
    t->bad[thread] = !t->run.numeric->all_finite(params, first, end);
    nu_barrier_wait(&t->barrier, threads);
    int bad = 0;
    for (int i = 0; i < threads; i++)
        bad |= t->bad[i];
    if (!bad)
        memcpy((char *)t->snapshot + first * size, params + first * size, (end - first) * size);
    else if (thread == 0)
        t->diverged_batch = t->run.batches;
}

/* Thread 0, after the barrier that ends a step: no other thread ends the next one before this
 * thread has met it at the barrier between the next one's phases. */
static void keep_step(nudge_trainer *t, int threads)
{
    nudge_steps *steps = t->options.steps;
    int last = 0;
    for (int i = 1; i < threads; i++)
        if (t->ends[i].at > t->ends[last].at)
            last = i;
    double end = t->ends[last].at;
    if (steps->n < steps->room)
        steps->step[steps->n++] = (nudge_step){end - t->step_start, last};
    t->step_start = end;
}

/* Of an update (1 for the first). */
static nu_moment moment_of(const nudge_trainer *t, uint64_t update)
{
    uint64_t each = t->run.updates;
    return (nu_moment){update, (uint64_t)t->options.epochs * each, each};
}

static double lr_factor(const nudge_trainer *t, uint64_t update)
{
    const nudge_train_options *o = &t->options;
    double plateau = o->schedule.kind == NUDGE_SCHEDULE_PLATEAU ? t->at.plateau.factor : 1;
    return plateau * nu_schedule_factor(&o->schedule, o->optimizer.lr,
                                         moment_of(t, update));
}

/* The update that batch `batch` of the epoch under way is a part of. */
static nu_optimizer_step update_of(const nudge_trainer *t, size_t batch)
{
    const nudge_optimizer *o = t->run.job.optimizer;
    uint64_t each = t->run.updates, number = t->at.epoch * each + batch / t->run.job.accumulate + 1;
    nudge_optimizer decayed;
    if (t->options.decay_schedule != NUDGE_SCHEDULE_CONSTANT) {
        nudge_schedule s = nudge_schedule_defaults(t->options.decay_schedule);
        decayed = *o;
        decayed.weight_decay *= nu_schedule_factor(&s, o->lr, moment_of(t, number));
        o = &decayed;
    }
    nu_optimizer_step step = nu_optimizer_step_at(o, number, lr_factor(t, number));
    double before = (double)(number - 1);
    step.average = fmin(t->options.average, before / (before + AVERAGE_RAMP));
    return step;
}

/* The epoch is an iteration over all rows. */
static void iterate(nudge_trainer *t, int thread, int threads)
{
    double correct, loss = nu_lbfgs_iterate(t->lbfgs, &t->at.lbfgs, &correct, thread, threads);
    if (thread != 0)
        return;
    if (!isfinite(loss)) {
        t->diverged_batch = 1;
        return;
    }
    t->at.weight = t->run.numeric->engine_weight(t->engine, 0);
    t->at.loss = loss * t->at.weight;
    t->at.correct = correct;
    t->at.batch = 1;
    t->lr = t->options.optimizer.lr;
    if (t->ends != NULL)
        keep_step(t, threads);
}

/* The batches from where the trainer is up to t->end, by all threads. A stop waits for the last of
 * the batches that make an update. */
static void work(void *arg, int thread, int threads)
{
    nudge_trainer *t = arg;
    const nu_numeric *numeric = t->run.numeric;
    int keeps_steps = thread == 0 && t->ends != NULL;
    if (keeps_steps)
        t->step_start = nu_seconds();
    if (t->lbfgs != NULL)
        iterate(t, thread, threads);
    size_t first = t->lbfgs == NULL ? t->at.batch : t->end;
    for (size_t batch = first; batch < t->end; batch++) {
        if (thread == 0 && batch > first) /* so that every call makes an update at least */
            show_progress(t, batch);
        numeric->engine_rows(t->engine, batch, thread, threads);
        if (t->stop && batch % t->run.job.accumulate == 0) /* the same for every thread */
            return;
        double correct = 0;
        double loss = numeric->engine_loss(t->engine, batch, &correct);
        if (thread == 0 && !isfinite(loss))
            t->diverged_batch = batch + 1;
        if (!isfinite(loss))
            return;
        nu_optimizer_step step = update_of(t, batch);
        numeric->engine_update(t->engine, batch, &step, thread, threads);
        if (thread == 0) { /* others have read t->at when they met this thread at a barrier */
            double weight = numeric->engine_weight(t->engine, batch);
            t->at.weight += weight;
            t->at.loss += loss * weight;
            t->at.correct += correct;
            t->at.batch = batch + 1;
            t->lr = step.lr;
        }
        if (keeps_steps)
            keep_step(t, threads);
    }
    if (t->end == t->run.batches)
        keep_weights(t, thread, threads);
}

nudge_status nu_trainer_work(nudge_trainer *t, nudge_error *err)
{
    size_t first = rows_before(t, t->at.batch);
    t->stop = 0;
    t->run.numeric->engine_epoch(t->engine, (uint32_t)t->at.epoch + 1);
    NU_TRY(nu_team_run_on(t->cpus, t->run.job.threads, work, t, err));
    double now = nu_seconds();
    t->at.seconds += now - t->part_start;
    t->result.train_seconds += now - t->part_start;
    t->samples += rows_before(t, t->at.batch) - first;
    t->part_start = now;
    return NUDGE_OK;
}
