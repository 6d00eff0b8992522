#include "train/engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "net/activation.h"
#include "train/infer.h"
#include "train/optimizer.h"
#include "train/step.h"

/* ---- Memory -------------------------------------------------------------------------------- */

static size_t scratch_size(const nu_plan *plan)
{
    size_t size = plan->tile_size + plan->tile_columns; /* a tile's gradient, and its biases' */
    return (size + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
}

/* Matrices whose places differ by a multiple of a few megabytes compete for the same lines of a
 * cache: with a layout where they did, forward of 1024-2048-2048-2048-1024 at batch 1024 took
 * 106 ms on 2 threads instead of 77. A page and a line more than a power of two avoids it. */
#define STAGGER 4160

/* Bytes from one matrix of a layer's activations or gradients to the next; SIZE_MAX if they are
 * more than can be. */
static size_t layer_bytes(const nu_job *job, size_t l)
{
    size_t bytes;
    if (!nu_mul(job->plan->batch, job->net->width[l + 1], &bytes) ||
        !nu_mul(bytes, sizeof(real), &bytes) || bytes > SIZE_MAX - NU_ALIGN - STAGGER)
        return SIZE_MAX;
    return (bytes + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN + STAGGER;
}

static int has_slope(const nu_network *net, size_t l)
{
    return nu_activation_keeps_slope(net->activation[l]);
}

static int states(const nu_job *job)
{
    return job->optimizer != NULL ? nu_optimizer_states(job->optimizer) : 1;
}

static nu_engine_memory engine_memory(const nu_job *job)
{
    const nu_network *net = job->net;
    uint64_t batch = job->plan->batch, outputs = net->width[net->layers], layers = 0;
    for (size_t l = 0; l < net->layers; l++)
        layers += layer_bytes(job, l) * (uint64_t)(has_slope(net, l) ? 3 : 2);
    uint64_t partials = (uint64_t)job->plan->blocks * job->plan->partial_size;
    uint64_t scratch = (uint64_t)job->threads * scratch_size(job->plan);
    return (nu_engine_memory){
        .gradients = (partials + scratch + job->plan->transposed_size) * sizeof(real),
        .optimizer_state = (uint64_t)states(job) * net->size * sizeof(real),
        .activations = layers + batch * (net->width[0] * sizeof(real) + sizeof(uint32_t) +
                                         (job->data->store->classes != NULL
                                              ? sizeof(int32_t)
                                              : outputs * sizeof(real))),
    };
}

static void engine_free(nu_engine *e)
{
    if (e == NULL)
        return;
    free(e->layers);
    free(e->a);
    free(e->dz);
    free(e->slope);
    free(e->watches);
    free(e->rows);
    free(e->packed);
    free(e->y);
    free(e->classes);
    free(e->results);
    free(e->partials);
    free(e->scratch);
    free(e->transposed);
    free(e->s1);
    free(e->s2);
    free(e);
}

/* 1, or 0 where memory ran out; engine_free() then frees what there is. */
static int allocate_layers(nu_engine *e)
{
    const nu_network *net = e->job.net;
    size_t bytes = 0;
    for (size_t l = 0; l < net->layers; l++) {
        size_t one = layer_bytes(&e->job, l);
        if (one > (SIZE_MAX - bytes) / 3)
            return 0;
        bytes += one * (has_slope(net, l) ? 3 : 2);
    }
    e->a = calloc(net->layers, sizeof *e->a);
    e->dz = calloc(net->layers, sizeof *e->dz);
    e->slope = calloc(net->layers, sizeof *e->slope);
    e->layers = nu_alloc(bytes, 1);
    if (e->a == NULL || e->dz == NULL || e->slope == NULL || e->layers == NULL)
        return 0;
    char *at = e->layers;
    for (size_t l = 0; l < net->layers; l++) {
        e->a[l] = (real *)at;
        e->dz[l] = (real *)(at += layer_bytes(&e->job, l));
        if (has_slope(net, l))
            e->slope[l] = (real *)(at += layer_bytes(&e->job, l));
        at += layer_bytes(&e->job, l);
    }
    return 1;
}

static int allocate(nu_engine *e)
{
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    const nu_store *store = e->job.data->store;
    e->rows = nu_alloc(plan->batch, sizeof *e->rows);
    e->packed = nu_alloc(plan->batch, net->width[0] * sizeof(real));
    e->results = nu_alloc_zero(plan->blocks, sizeof *e->results);
    e->scratch = nu_alloc((size_t)e->job.threads, e->scratch_size * sizeof(real));
    int ok = e->rows != NULL && e->packed != NULL && e->results != NULL && e->scratch != NULL;
    if (e->job.profile)
        ok = ok && (e->watches = nu_alloc_zero((size_t)e->job.threads, sizeof *e->watches)) != NULL;
    if (store->classes != NULL)
        ok = ok && (e->classes = nu_alloc(plan->batch, sizeof *e->classes)) != NULL;
    else
        ok = ok && (e->y = nu_alloc(plan->batch, store->outputs * sizeof(real))) != NULL;
    if (plan->partial_size > 0)
        ok = ok && (e->partials = nu_alloc_zero(plan->blocks, plan->partial_size * sizeof(real)));
    if (plan->transposed_size > 0)
        ok = ok && (e->transposed = nu_alloc(plan->transposed_size, sizeof(real))) != NULL;
    if (states(&e->job) > 0)
        ok = ok && (e->s1 = nu_alloc_zero(net->size, sizeof(real))) != NULL;
    if (states(&e->job) > 1)
        ok = ok && (e->s2 = nu_alloc_zero(net->size, sizeof(real))) != NULL;
    return ok && allocate_layers(e);
}

static nudge_status engine_create(nu_engine **engine, const nu_job *job, nudge_error *err)
{
    nu_engine_memory m = engine_memory(job);
    nu_engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return nu_no_memory(err, sizeof *e, "the training engine");
    e->job = *job;
    e->loss = (nu_loss_kind){job->net->loss, job->net->huber_delta, job->units};
    e->scratch_size = scratch_size(job->plan);
    if (!allocate(e)) {
        engine_free(e);
        return nu_no_memory(err, m.gradients + m.optimizer_state + m.activations,
                            "activations, gradients and optimizer state");
    }
    for (size_t i = 0; i < job->plan->n_tiles; i++)
        X(nu_step_transpose)(e, &job->plan->tiles[i]);
    nu_blas_single_threaded();
    *engine = e;
    return NUDGE_OK;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void engine_epoch(nu_engine *e, uint32_t epoch)
{
    const nudge_dataset *data = e->job.data;
    e->shuffled = NULL;
    if (e->job.shuffle && e->job.plan->batch < data->rows) {
        nu_permutation_start(&e->order, (uint32_t)data->rows, e->job.seed, NU_RANDOM_SHUFFLE,
                             epoch);
        e->shuffled = &e->order;
    }
}

static void engine_rows(nu_engine *e, size_t batch, int thread, int threads)
{
    nu_lap(e, thread, NUDGE_PHASES);
    if (e->job.plan->grid)
        X(nu_step_grid)(e, batch, thread, threads);
    else
        X(nu_step_rows)(e, batch, thread, threads);
    nu_step_wait(e, thread, threads);
}

static double engine_loss(const nu_engine *e, size_t batch, size_t *correct)
{
    size_t rows = nu_step_batch_rows(e, batch), blocks = nu_step_blocks(e, rows);
    double sum = 0;
    for (size_t b = 0; b < blocks; b++) {
        sum += e->results[b].loss;
        *correct += e->results[b].correct;
    }
    return sum / (double)rows;
}

static void engine_update(nu_engine *e, size_t batch, uint64_t t, int thread, int threads)
{
    nu_lap(e, thread, NUDGE_PHASES);
    X(nu_step_tiles)(e, batch, t, thread, threads);
    nu_lap(e, thread, NUDGE_UPDATE);
    if (e->job.ends != NULL)
        e->job.ends[thread].at = nu_seconds();
    nu_step_wait(e, thread, threads);
}

static nudge_phases engine_phases(const nu_engine *e)
{
    nudge_phases p = {0};
    for (int t = 0; e->watches != NULL && t < e->job.threads; t++) {
        const double *spent = e->watches[t].spent;
        for (int i = 0; i < NUDGE_PHASES; i++)
            p.seconds[i] += spent[i];
    }
    return p;
}

static const void *engine_gradient(const nu_engine *e)
{
    return e->s1;
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
    .engine_loss = engine_loss,
    .engine_update = engine_update,
    .engine_phases = engine_phases,
    .engine_gradient = engine_gradient,
    .all_finite = all_finite,
    .as_doubles = X(nu_batch_as_doubles),
    .infer_buffer = X(nu_infer_buffer),
    .infer = X(nu_infer),
};
