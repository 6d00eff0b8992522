#include "train/engine.h"

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/blas.h"
#include "train/engine_memory.h"
#include "train/infer.h"
#include "train/optimizer.h"
#include "train/step.h"
#include "train/step_partials.h"
#include "train/step_tiles.h"
#include "train/step_weights.h"

static void engine_refresh(nu_engine *e, int thread, int threads)
{
    size_t first, end;
    nu_team_share(e->job.plan->n_tiles, thread, threads, &first, &end);
    for (size_t i = first; i < end; i++)
        X(nu_step_transpose)(e, &e->job.plan->tiles[i]);
}

static nudge_status engine_create(nu_engine **engine, const nu_job *job, nudge_error *err)
{
    nu_engine_memory m = X(nu_memory_of)(job);
    NU_TRY(nu_blas_start(err));
    nu_engine *e = calloc(1, sizeof *e);
    NU_NEED(e != NULL, sizeof *e, "the training engine", err);
    e->job = *job;
    e->loss = (nu_loss_kind){job->net->loss, job->net->loss_parameter, job->units};
    if (!X(nu_engine_allocate)(e)) {
        X(nu_engine_free)(e);
        size_t most = nu_bytes_sum(m.gradients, nu_bytes_sum(m.optimizer_state, m.activations));
        return nu_no_memory(err, most, "activations, gradients and optimizer state");
    }
    engine_refresh(e, 0, 1);
    *engine = e;
    return NUDGE_OK;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void engine_epoch(nu_engine *e, uint32_t epoch)
{
    const nudge_dataset *data = e->job.data;
    e->epoch = epoch;
    e->shuffled = NULL;
    if (nu_job_shuffles(&e->job)) {
        nu_permutation_start(&e->order, (uint32_t)data->rows, e->job.seed, NU_RANDOM_SHUFFLE,
                             epoch);
        e->shuffled = &e->order;
    }
    if (data->weights != NULL)
        X(nu_weights_order)(e, epoch);
}

static nu_doing doing(nu_engine *e, size_t batch, int thread, int threads)
{
    nu_doing d = {.e = e, .features = e->packed, .batch = batch, .rows = nu_batch_size(e, batch),
                  .is_last = 1, .factor = 1, .thread = thread, .threads = threads};
    d.group_weight = X(nu_weights_of)(e, batch, 1);
    if (e->job.accumulate > 1) {
        size_t nth = batch % e->job.accumulate;
        d.adds = nth > 0;
        d.is_last = nth + 1 == e->job.accumulate ||
                    (batch + 1) * e->job.plan->batch >= nu_job_rows(&e->job);
        d.group_weight = X(nu_weights_of)(e, batch - nth, e->job.accumulate);
    }
    if (e->packed.at == NULL) {
        const nu_network *net = e->job.net;
        const real *x = X(nu_batch_in_place)(e->job.data, NULL, batch * e->job.plan->batch);
        d.features = X(nu_row_major)((real *)x, net->inputs, net->input_panel);
    }
    d.inputs = e->embedded.at != NULL ? e->embedded : d.features;
    return d;
}

static void run_stage(const nu_doing *d, const nu_stage *stage)
{
    const nu_plan *plan = d->e->job.plan;
    nu_span own = nu_plan_share(plan, stage, d->rows, d->thread, d->threads);
    for (size_t i = own.first; i < own.end; i++)
        nu_plan_visit(plan, stage, d->rows, i, X(nu_step_run), (void *)d);
    if (stage->over == NU_OVER_ROWS && (stage->does & NU_DOES(NU_BACKWARD)))
        X(nu_partials_add_own)(d->e, stage->layers, nu_plan_blocks(plan, d->rows), d->thread,
                               d->threads);
}

/* The stages first .. end-1, and the barriers after them. */
static void run_stages(const nu_doing *d, size_t first, size_t end)
{
    const nu_plan *plan = d->e->job.plan;
    for (size_t s = first; s < end; s++) {
        run_stage(d, &plan->stages[s]);
        nu_lap(d->e, d->thread, NUDGE_BACKWARD); /* sums of partial gradients, if any */
        if (!nu_plan_waits(plan, s))
            continue;
        if (s >= plan->gradient_at && d->e->job.ends != NULL)
            d->e->job.ends[d->thread].at = nu_seconds();
        nu_barrier_wait(d->e->job.barrier, d->threads);
        nu_lap(d->e, d->thread, NUDGE_WAIT);
    }
}

static void engine_stage(nu_engine *e, size_t stage, size_t batch, const nu_optimizer_step *step,
                         int thread, int threads)
{
    nu_doing d = doing(e, batch, thread, threads);
    d.step = step;
    nu_lap(e, thread, NUDGE_PHASES);
    run_stage(&d, &e->job.plan->stages[stage]);
}

static void engine_rows(nu_engine *e, size_t batch, int thread, int threads)
{
    nu_doing d = doing(e, batch, thread, threads);
    nu_lap(e, thread, NUDGE_PHASES);
    run_stages(&d, 0, e->job.plan->gradient_at);
}

static double engine_loss(const nu_engine *e, size_t batch, double *correct)
{
    size_t blocks = nu_plan_blocks(e->job.plan, nu_batch_size(e, batch));
    double sum = 0, weight = X(nu_weights_of)(e, batch, 1);
    for (size_t b = 0; b < blocks; b++) {
        sum += e->results[b].loss;
        *correct += e->results[b].correct;
    }
    return weight > 0 ? sum / weight : 0;
}

static double engine_weight(const nu_engine *e, size_t batch)
{
    return X(nu_weights_of)(e, batch, 1);
}

static void engine_update(nu_engine *e, size_t batch, const nu_optimizer_step *step, int thread,
                          int threads)
{
    const nu_plan *plan = e->job.plan;
    nu_doing d = doing(e, batch, thread, threads);
    d.step = step;
    nu_lap(e, thread, NUDGE_PHASES);
    run_stages(&d, plan->gradient_at, plan->update_at);
    X(nu_step_input_factor)(&d);
    if (step == NULL || !d.is_last)
        return;
    if (plan->wants.gradient)
        d.factor = X(nu_step_clip)(e);
    run_stages(&d, plan->update_at, plan->n_stages);
}

static nudge_phases engine_phases(const nu_engine *e)
{
    nudge_phases p = {0};
    for (int t = 0; e->room[NU_WATCHES] != NULL && t < e->job.threads; t++) {
        const double *spent = ((nu_watch *)e->room[NU_WATCHES])[t].spent;
        for (int i = 0; i < NUDGE_PHASES; i++)
            p.seconds[i] += spent[i];
    }
    return p;
}

static void engine_set_clip(nu_engine *e, double value, double norm)
{
    e->job.clip_value = value;
    e->job.clip_norm = norm;
}

static void engine_profile(nu_engine *e, int on)
{
    e->job.profile = on;
}

static void *engine_gradient(const nu_engine *e)
{
    return e->gradient;
}

static void *engine_state(const nu_engine *e, int i)
{
    return i == 0 ? e->s1 : i == 1 ? e->s2 : e->average;
}

/* ---- The table ----------------------------------------------------------------------------- */

NU_CLONES
static int is_finite(const real *x, size_t count)
{
    real sum = 0; /* x - x is 0, or NaN where x is infinite or NaN */
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += x[i] - x[i];
    return sum == 0;
}

static int all_finite(const void *params, size_t first, size_t end)
{
    return is_finite((const real *)params + first, end - first);
}

const nu_numeric X(nu_numeric) = {
    .real_size = sizeof(real),
    .engine_memory = X(nu_memory_of),
    .engine_create = engine_create,
    .engine_free = X(nu_engine_free),
    .engine_epoch = engine_epoch,
    .engine_rows = engine_rows,
    .engine_stage = engine_stage,
    .engine_loss = engine_loss,
    .engine_weight = engine_weight,
    .engine_update = engine_update,
    .engine_phases = engine_phases,
    .engine_set_clip = engine_set_clip,
    .engine_profile = engine_profile,
    .engine_gradient = engine_gradient,
    .engine_state = engine_state,
    .engine_refresh = engine_refresh,
    .all_finite = all_finite,
    .as_doubles = X(nu_batch_as_doubles),
    .infer_buffer = X(nu_infer_buffer),
    .infer = X(nu_infer),
};
