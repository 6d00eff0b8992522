/* What a training step should take on so many threads: a replay. The engine runs each thread's
 * share of each stage of a step, one thread after the other on one core; a stage takes as long as
 * its slowest thread, and to that come the barrier and the bytes that threads read from each
 * other's caches, at prices measured here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/exchange.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/blas.h"
#include "quantiles.h"
#include "table/dataset.h"
#include "train/run.h"

/* Of what threads exchange in a stage, a core's cache holds no more than about this many bytes; the
 * rest has left it by then and is read from further away by everybody. */
#define EXCHANGE_MOST 1048576.0

/* Values of random data where there is none: more than caches hold. */
#define RANDOM_VALUES ((size_t)8 << 20)

enum { LEAST_STEPS = 3, MOST_STEPS = 25 };

/* What training does after an epoch beside steps, which counts where an epoch is one small step: a
 * 1-1 network of one row, f64, takes 0.11 microseconds a step, and 0.19 where that is an epoch. */
#define EPOCH_SECONDS 0.08e-6

typedef struct replay {
    nu_run run;
    int threads;
    double seconds;      /* to spend on each of the two measurements */
    const nudge_dataset *data;
    nudge_dataset *made; /* it, if it is random */
    nu_engine *engine;
    nu_optimizer_step step;
    double *took;        /* MOST_STEPS of each thread of each stage */
    size_t steps;        /* measured */
    double one_thread;   /* seconds of a step by one thread, no clocks in it; 0: not measured */
    double loss;         /* read, so that it is made */
} replay;

/* ---- Running ------------------------------------------------------------------------------- */

static double *times(const replay *r, size_t stage, int thread)
{
    return r->took + (stage * (size_t)r->threads + (size_t)thread) * MOST_STEPS;
}

/* Batches are taken in turn, the full ones. */
static size_t batch_of(const replay *r, size_t step)
{
    size_t full = r->data->rows / r->run.plan.batch;
    return step % (full > 0 ? full : 1);
}

static void replay_step(replay *r, size_t step, size_t slot)
{
    const nu_numeric *numeric = r->run.numeric;
    for (size_t s = 0; s < r->run.plan.n_stages; s++)
        for (int t = 0; t < r->threads; t++) {
            double start = nu_seconds();
            numeric->engine_stage(r->engine, s, batch_of(r, step), &r->step, t, r->threads);
            times(r, s, t)[slot] = nu_seconds() - start;
        }
}

/* One thread: whole steps as training runs them, as many between two readings of the clock as make
 * these cheap. */
static double whole_steps(replay *r, size_t times)
{
    const nu_numeric *numeric = r->run.numeric;
    double start = nu_seconds();
    for (size_t i = 0; i < times; i++) {
        size_t batch = batch_of(r, i);
        double correct = 0;
        numeric->engine_rows(r->engine, batch, 0, 1);
        r->loss += numeric->engine_loss(r->engine, batch, &correct);
        numeric->engine_update(r->engine, batch, &r->step, 0, 1);
    }
    return (nu_seconds() - start) / (double)times;
}

static void replay_work(void *arg, int thread, int threads)
{
    replay *r = arg;
    (void)thread;
    (void)threads;
    double start = nu_seconds();
    replay_step(r, 0, 0); /* warms up */
    double once = nu_seconds() - start;
    size_t n = (size_t)fmin(fmax(r->seconds / once, LEAST_STEPS), MOST_STEPS);
    for (r->steps = 0; r->steps < n; r->steps++)
        replay_step(r, r->steps + 1, r->steps);
    if (r->threads > 1)
        return;
    r->run.numeric->engine_profile(r->engine, 0);
    size_t times = (size_t)fmax(r->seconds / (LEAST_STEPS * once), 1);
    double whole[LEAST_STEPS];
    for (int i = 0; i < LEAST_STEPS; i++)
        whole[i] = whole_steps(r, times);
    nu_sort_reals(whole, LEAST_STEPS);
    r->one_thread = whole[LEAST_STEPS / 2];
}

/* ---- What threads read from each other ----------------------------------------------------- */

/* A thread's reals of a stage: panels of activations and of weights are read once, the rows within
 * a block not at all, since the thread made these itself. A tile of parameters also writes weights
 * that others have read. */
typedef struct reading {
    const replay *r;
    const nu_stage *stage;
    double reals;
    size_t first_block, first_panel; /* the thread's first, */
    size_t layer, panel;             /* and what the operation before was about; SIZE_MAX: none */
} reading;

/* Of the embedding, whose gradients are private; its tiles are behind those of all layers. */
static void read_embedding(reading *to, const nu_piece *p)
{
    const nu_plan *plan = &to->r->run.plan;
    double parameters = (double)(p->tile->end - p->tile->first);
    int has_made = p->operation == NU_BOUND || (plan->wants.gradient && p->operation == NU_UPDATE);
    to->reals += p->operation == NU_UPDATE ? parameters : 0;
    to->reals += has_made ? 0 : parameters * fmin(to->r->threads, (double)plan->blocks);
}

static void read_operation(void *arg, const nu_piece *p)
{
    reading *to = arg;
    const nu_plan *plan = &to->r->run.plan;
    const nu_network *net = plan->net;
    if (p->layer == net->layers) {
        read_embedding(to, p);
        return;
    }
    int over_rows = to->stage->over == NU_OVER_ROWS, back = p->operation == NU_BACKWARD;
    size_t panel = p->tile != NULL ? p->tile->panel : p->panels.first, made = p->layer + !back;
    if (to->layer == SIZE_MAX) {
        to->first_block = p->block;
        to->first_panel = panel;
    }
    int is_new = over_rows ? p->block == to->first_block
                           : p->layer != to->layer || panel != to->panel;
    double rows = (double)(p->rows.end - p->rows.first), wide = (double)net->width[made];
    double high = (double)net->width[back ? p->layer + 1 : p->layer];
    if (!over_rows)
        wide = (double)nu_panel_columns_of(net, made, panel);
    if (p->tile != NULL) {
        high = (double)(p->tile->end - p->tile->first);
        to->reals += p->operation == NU_UPDATE ? high * wide : 0;
        if (p->operation == NU_BOUND || (plan->wants.gradient && p->operation == NU_UPDATE))
            ; /* the thread itself has made the gradient, and the weights */
        else if (plan->is_private[p->layer])
            to->reals += high * wide * fmin(to->r->threads, (double)plan->blocks);
        else
            to->reals += rows * ((panel == to->first_panel ? high : 0) + (is_new ? wide : 0));
    } else if (p->operation == NU_FORWARD || back) {
        to->reals += is_new ? high * wide : 0;
        to->reals += !over_rows && panel == to->first_panel ? high * rows : 0;
    }
    to->layer = p->layer;
    to->panel = panel;
}

/* Seconds for the part of it that other threads wrote. */
static double exchanged(const replay *r, const nu_stage *stage, int thread, double byte)
{
    const nu_plan *plan = &r->run.plan;
    reading reads = {.r = r, .stage = stage, .layer = SIZE_MAX};
    nu_span own = nu_plan_share(plan, stage, plan->batch, thread, r->threads);
    for (size_t i = own.first; r->threads > 1 && i < own.end; i++)
        nu_plan_visit(plan, stage, plan->batch, i, read_operation, &reads);
    double bytes = reads.reals * (double)r->run.numeric->real_size * (1 - 1.0 / r->threads);
    return byte * fmin(bytes, EXCHANGE_MOST);
}

/* ---- Sums ---------------------------------------------------------------------------------- */

static nudge_forecast sum_up(replay *r, const nu_exchange *exchange)
{
    nudge_forecast f = {.threads = r->threads, .phases = r->run.numeric->engine_phases(r->engine)};
    double busy = 0, all = 0;
    const nu_plan *plan = &r->run.plan;
    double updates = (double)r->run.updates / (double)r->run.batches; /* of a batch */
    for (size_t s = 0; s < plan->n_stages; s++) {
        double longest = 0, times_run = s >= plan->update_at ? updates : 1;
        for (int t = 0; t < r->threads; t++) {
            nu_sort_reals(times(r, s, t), r->steps);
            double own = nu_quantile(times(r, s, t), r->steps, 0.5);
            own += exchanged(r, &plan->stages[s], t, exchange->byte);
            busy += own * times_run;
            longest = fmax(longest, own);
        }
        f.step += times_run * (longest + (nu_plan_waits(plan, s) ? exchange->barrier : 0));
    }
    if (r->one_thread > 0)
        busy = f.step = r->one_thread + (r->run.batches == 1 ? EPOCH_SECONDS : 0);
    f.phases.seconds[NUDGE_WAIT] = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        all += f.phases.seconds[i];
    for (int i = 0; i < NUDGE_PHASES; i++)
        f.phases.seconds[i] *= busy / all;
    f.phases.seconds[NUDGE_WAIT] = fmax(0, f.step * r->threads - busy);
    return f;
}

/* The data itself, or random data of its shape. */
static nudge_status find_data(replay *r, nudge_error *err)
{
    const nu_store *store = r->run.job.data->store;
    r->data = r->run.job.data;
    if (store->x != NULL)
        return NUDGE_OK;
    size_t inputs = nu_store_inputs(store), rows = RANDOM_VALUES / inputs + 1;
    if (rows < r->run.plan.batch)
        rows = r->run.plan.batch;
    NU_TRY(nudge_dataset_random(&r->made, store->dtype, rows < r->data->rows ? rows : r->data->rows,
                                inputs, store->outputs, store->classes != NULL,
                                store->element == NU_U8, 1, err));
    r->data = r->made;
    return NUDGE_OK;
}

static nudge_status forecast_run(nudge_forecast *forecast, replay *r, nudge_error *err)
{
    const nudge_train_options *o = r->run.options;
    int cores = nu_threads(0, 0, NULL);
    r->threads = o->threads > 0 ? o->threads : cores;
    if (r->threads > r->run.plan.useful_threads)
        r->threads = r->run.plan.useful_threads;
    int measured = r->threads < cores ? r->threads : cores;
    nu_exchange exchange;
    NU_TRY(nu_exchange_measure(&exchange, measured, o->cpus, r->seconds, err));

    size_t bytes = r->run.model->net.size * r->run.numeric->real_size;
    size_t places = r->run.plan.n_stages * (size_t)r->threads * MOST_STEPS;
    void *params NU_FREED = nu_alloc(bytes, 1); /* since a replay changes weights */
    r->took = calloc(places, sizeof *r->took);
    if (params == NULL || r->took == NULL)
        return nu_no_memory(err, bytes + places * sizeof *r->took, "a replay of training steps");
    nu_job job = r->run.job;
    job.threads = r->threads;
    job.profile = 1;
    job.params = params;
    nu_engine_memory m = r->run.numeric->engine_memory(&job);
    NU_TRY(nu_memory_check(m.gradients + m.optimizer_state + m.activations + bytes,
                           "a replay of training steps", err));
    NU_TRY(find_data(r, err));
    job.data = r->data;
    memcpy(params, r->run.model->params, bytes);
    NU_TRY(r->run.numeric->engine_create(&r->engine, &job, err));
    r->run.numeric->engine_epoch(r->engine, 1);
    r->step = nu_optimizer_step_at(&o->optimizer, 1, 1);
    NU_TRY(nu_team_run_on(o->cpus, 1, replay_work, r, err));
    *forecast = sum_up(r, &exchange);
    forecast->cores = nu_cores();
    return NUDGE_OK;
}

static void end(replay *r)
{
    if (r->engine != NULL)
        r->run.numeric->engine_free(r->engine);
    nudge_dataset_free(r->made);
    free(r->took);
    nu_run_end(&r->run);
}

nudge_status nudge_train_forecast(nudge_forecast *forecast, const nudge_model *model,
                                  const nudge_dataset *train, const nudge_train_options *options,
                                  double seconds, nudge_error *err)
{
    replay r NU_SCOPED(end) = {.seconds = seconds};
    if (!(seconds > 0))
        return nu_fail(err, NUDGE_EARGUMENT, "seconds %g is not a positive number", seconds);
    nudge_train_options own = nudge_train_defaults();
    NU_TRY(nu_take_options(&own, options, err));
    if (own.optimizer.kind == NUDGE_LBFGS)
        return nu_fail(err, NUDGE_EARGUMENT, "an epoch of lbfgs has as many steps as its search "
                       "needs: their time cannot be told before");
    NU_TRY(nu_run_start(&r.run, (nudge_model *)model, train, NULL, &own, err));
    return forecast_run(forecast, &r, err);
}
