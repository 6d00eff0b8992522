#include "train/engine.h"

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/blas.h"
#include "net/activation.h"
#include "train/infer.h"
#include "train/optimizer.h"
#include "train/step.h"
#include "train/step_partials.h"
#include "train/step_tiles.h"
#include "train/step_weights.h"

/* ---- Memory -------------------------------------------------------------------------------- */

/* rows * columns * each; SIZE_MAX if that is more than can be. */
static size_t bytes_of(size_t rows, size_t columns, size_t each)
{
    size_t count, bytes = SIZE_MAX;
    if (nu_mul(rows, columns, &count))
        (void)nu_mul(count, each, &bytes);
    return bytes;
}

static size_t add(size_t a, size_t b)
{
    return a <= SIZE_MAX - b ? a + b : SIZE_MAX;
}

static double dropout(const nu_job *job, size_t l)
{
    return job->dropout != NULL && l + 1 < job->net->layers ? job->dropout[l] : 0;
}

static int has_slope(const nu_job *job, size_t l)
{
    return X(nu_activation_keeps_slope)(job->net->activation[l]) || dropout(job, l) > 0 ||
           nu_layer_adds(job->net, l);
}

/* One batch of all rows is never shuffled. */
static int shuffles(const nu_job *job)
{
    return job->shuffle && job->plan->batch < job->data->rows;
}

/* The data always stands as a panel of its own, where it is one and not shuffled. */
static int is_always_ready(const nu_job *job)
{
    return job->net->panel[0] == job->net->width[0] && !shuffles(job) &&
           X(nu_batch_in_place)(job->data, NULL, 0) != NULL;
}

/* Of a matrix of B x width[i]. */
static size_t matrix_bytes(const nu_job *job, size_t i)
{
    const nu_network *net = job->net;
    size_t gaps = bytes_of(net->panels[i], NU_PANEL_GAP, sizeof(real));
    size_t bytes = add(bytes_of(job->plan->batch, net->width[i], sizeof(real)), gaps);
    return add(bytes, NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
}

/* The bytes of each room; 0: it is not needed. */
static void measure(const nu_job *job, size_t bytes[NU_ROOMS])
{
    const nu_network *net = job->net;
    const nu_plan *plan = job->plan;
    size_t batch = plan->batch, threads = (size_t)job->threads, outputs = net->width[net->layers];
    size_t state = bytes_of(net->size, 1, sizeof(real));
    int states = job->optimizer != NULL ? nu_optimizer_states(job->optimizer) : 0;
    int has_classes = job->data->store->classes != NULL;
    bytes[NU_ROWS] = bytes_of(batch, 1, sizeof(uint32_t));
    bytes[NU_TARGETS] = has_classes ? bytes_of(batch, 1, sizeof(int32_t))
                                    : bytes_of(batch, outputs, sizeof(real));
    int weighted = job->data->weights != NULL;
    size_t rows = job->data->rows, batches = nu_ceil_div(rows, batch);
    bytes[NU_WEIGHTS] = weighted && shuffles(job) ? bytes_of(rows, 1, sizeof(double)) : 0;
    bytes[NU_WEIGHT_SUMS] = weighted ? bytes_of(batches, 1, sizeof(double)) : 0;
    bytes[NU_PACKED] = is_always_ready(job) ? 0 : matrix_bytes(job, 0);
    bytes[NU_SCALED] = net->input_factor ? matrix_bytes(job, 0) : 0;
    bytes[NU_OUTPUTS] = 0;
    for (size_t l = 0; l < net->layers; l++) {
        for (int i = 2 + has_slope(job, l) + nu_layer_adds(net, l); i > 0; i--)
            bytes[NU_OUTPUTS] = add(bytes[NU_OUTPUTS], matrix_bytes(job, l + 1));
        if (nu_layer_is_normed(net, l))
            bytes[NU_OUTPUTS] = add(bytes[NU_OUTPUTS], matrix_bytes(job, l));
    }
    bytes[NU_INVERSES] = net->layer_norm ? bytes_of(net->layers, batch, sizeof(real)) : 0;
    bytes[NU_RESULTS] = bytes_of(plan->blocks, 1, sizeof(nu_block_result));
    bytes[NU_WATCHES] = job->profile ? bytes_of(threads, 1, sizeof(nu_watch)) : 0;
    bytes[NU_SCRATCH] = bytes_of(threads, nu_scratch_size(plan), sizeof(real));
    bytes[NU_TRANSPOSED] = bytes_of(plan->transposed_size, 1, sizeof(real));
    bytes[NU_PARTIALS] = bytes_of(plan->blocks, plan->partial_size, sizeof(real));
    bytes[NU_COLUMNS] = plan->wants.bound ? bytes_of(plan->n_tiles, plan->tile_columns,
                                                     sizeof(double)) : 0;
    bytes[NU_SQUARES] = plan->wants.gradient ? bytes_of(plan->n_tiles, 1, sizeof(double)) : 0;
    bytes[NU_GRADIENT_KEPT] = plan->wants.gradient ? state : 0;
    bytes[NU_AVERAGE] = job->averages ? state : 0;
    bytes[NU_STATE_1] = states > 0 ? state : 0;
    bytes[NU_STATE_2] = states > 1 ? state : 0;
}

static nu_engine_memory engine_memory(const nu_job *job)
{
    size_t b[NU_ROOMS];
    measure(job, b);
    return (nu_engine_memory){
        .gradients = add(add(b[NU_PARTIALS], b[NU_GRADIENT_KEPT]),
                         add(add(b[NU_COLUMNS], b[NU_SQUARES]), add(b[NU_SCRATCH], b[NU_TRANSPOSED]))),
        .optimizer_state = add(b[NU_AVERAGE], add(b[NU_STATE_1], b[NU_STATE_2])),
        .activations = add(add(add(b[NU_OUTPUTS], b[NU_INVERSES]), add(b[NU_PACKED], b[NU_SCALED])),
                           add(add(b[NU_ROWS], b[NU_TARGETS]),
                               add(b[NU_WEIGHTS], b[NU_WEIGHT_SUMS]))),
    };
}

static void engine_free(nu_engine *e)
{
    for (int i = 0; e != NULL && i < NU_ROOMS; i++)
        free(e->room[i]);
    if (e != NULL)
        free(e->layers);
    free(e);
}

/* The next matrix of B x width[i] among the outputs; the last layer's are row-major, as losses read
 * them. */
static X(nu_matrix) next_matrix(const nu_engine *e, char **at, size_t i)
{
    const nu_network *net = e->job.net;
    real *here = (real *)*at;
    *at += matrix_bytes(&e->job, i);
    return i == net->layers
               ? X(nu_row_major)(here, net->width[i], net->panel[i])
               : X(nu_spread)(here, e->job.plan->batch, net->width[i], net->panel[i]);
}

static void place_layers(nu_engine *e)
{
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    char *at = e->room[NU_OUTPUTS];
    for (size_t l = 0; l < net->layers; l++) {
        nu_engine_layer *el = &e->layers[l];
        el->layer = X(nu_layer_of)(net, l, e->job.params);
        el->out.y = next_matrix(e, &at, l + 1);
        el->dz = next_matrix(e, &at, l + 1);
        el->dropout = dropout(&e->job, l);
        if (has_slope(&e->job, l))
            el->out.slope = next_matrix(e, &at, l + 1);
        if (nu_layer_adds(net, l))
            el->dy = next_matrix(e, &at, l + 1);
        if (nu_layer_is_normed(net, l)) {
            el->normed = next_matrix(e, &at, l);
            el->inverse = (real *)e->room[NU_INVERSES] + l * plan->batch;
        }
        if (plan->transposed_at[l] != SIZE_MAX)
            el->layer.transposed =
                X(nu_in_panels)((real *)e->room[NU_TRANSPOSED] + plan->transposed_at[l],
                                net->width[l + 1], net->width[l], net->panel[l]);
    }
}

/* 1, or 0 where memory ran out; engine_free() then frees what there is. */
static int allocate(nu_engine *e)
{
    const nu_network *net = e->job.net;
    size_t bytes[NU_ROOMS];
    measure(&e->job, bytes);
    int ok = (e->layers = calloc(net->layers, sizeof *e->layers)) != NULL;
    for (int i = 0; i < NU_ROOMS; i++)
        if (bytes[i] > 0)
            ok = ok && (e->room[i] = i < NU_ZEROED ? nu_alloc(bytes[i], 1)
                                                   : nu_alloc_zero(bytes[i], 1)) != NULL;
    if (!ok)
        return 0;
    e->rows = e->room[NU_ROWS];
    e->results = e->room[NU_RESULTS];
    e->partials = e->room[NU_PARTIALS];
    e->gradient = e->room[NU_GRADIENT_KEPT];
    e->average = e->room[NU_AVERAGE];
    e->s1 = e->room[NU_STATE_1];
    e->s2 = e->room[NU_STATE_2];
    e->packed = X(nu_spread)(e->room[NU_PACKED], e->job.plan->batch, net->width[0], net->panel[0]);
    e->scaled = X(nu_spread)(e->room[NU_SCALED], e->job.plan->batch, net->width[0], net->panel[0]);
    place_layers(e);
    return 1;
}

static void engine_refresh(nu_engine *e, int thread, int threads)
{
    size_t first, end;
    nu_team_share(e->job.plan->n_tiles, thread, threads, &first, &end);
    for (size_t i = first; i < end; i++)
        X(nu_step_transpose)(e, &e->job.plan->tiles[i]);
}

static nudge_status engine_create(nu_engine **engine, const nu_job *job, nudge_error *err)
{
    nu_engine_memory m = engine_memory(job);
    nu_engine *e = calloc(1, sizeof *e);
    NU_NEED(e != NULL, sizeof *e, "the training engine", err);
    e->job = *job;
    e->loss = (nu_loss_kind){job->net->loss, job->net->loss_parameter, job->units};
    if (!allocate(e)) {
        engine_free(e);
        return nu_no_memory(err, add(m.gradients, add(m.optimizer_state, m.activations)),
                            "activations, gradients and optimizer state");
    }
    engine_refresh(e, 0, 1);
    nu_blas_single_threaded();
    *engine = e;
    return NUDGE_OK;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void engine_epoch(nu_engine *e, uint32_t epoch)
{
    const nudge_dataset *data = e->job.data;
    e->epoch = epoch;
    e->shuffled = NULL;
    if (shuffles(&e->job)) {
        nu_permutation_start(&e->order, (uint32_t)data->rows, e->job.seed, NU_RANDOM_SHUFFLE,
                             epoch);
        e->shuffled = &e->order;
    }
    if (data->weights != NULL)
        X(nu_weights_order)(e, epoch);
}

static nu_doing doing(nu_engine *e, size_t batch, int thread, int threads)
{
    nu_doing d = {.e = e, .inputs = e->packed, .batch = batch, .rows = nu_batch_size(e, batch),
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
        d.inputs = X(nu_row_major)((real *)x, net->width[0], net->panel[0]);
    }
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
    .engine_memory = engine_memory,
    .engine_create = engine_create,
    .engine_free = engine_free,
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
