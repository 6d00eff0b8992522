#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "data/batch.h"
#include "linalg/blas.h"
#include "linalg/gemm.h"
#include "net/activation.h"
#include "net/layer.h"
#include "net/loss.h"
#include "train/engine.h"
#include "train/infer.h"
#include "train/update.h"

/* What one row block found; a cache line each, so that threads do not share one. */
typedef struct block_result {
    double loss; /* sum over its rows */
    size_t correct;
    char padding[NU_ALIGN - sizeof(double) - sizeof(size_t)];
} block_result;

/* L layers, B = plan->batch rows. */
struct nu_engine {
    nu_job job;
    nu_loss_kind loss;

    nu_permutation order;
    const nu_permutation *shuffled; /* &order, or NULL: rows in order */

    uint32_t *rows;          /* B store row numbers of the batch */
    real *packed;            /* B x width[0] */
    real **a;                /* L: output of layer l, B x width[l + 1] */
    real **dz;               /* L: gradient of layer l's z, B x width[l + 1] */
    real **slope;            /* L: B x width[l + 1] or NULL, see nu_activate() */
    real *y;                 /* B x outputs, or */
    int32_t *classes;        /* B */
    block_result *results;   /* blocks */
    real *partials;          /* blocks x plan->partial_size */
    real *scratch;           /* threads x scratch_size */
    size_t scratch_size;
    real *s1, *s2;           /* optimizer state, net->size each, or NULL */
};

/* ---- Memory -------------------------------------------------------------------------------- */

static size_t scratch_size(const nu_plan *plan)
{
    size_t size = 2 * plan->tile_size; /* a tile's gradient, and its biases' */
    return (size + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
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
    uint64_t batch = job->plan->batch, reals = net->width[0], outputs = net->width[net->layers];
    for (size_t l = 0; l < net->layers; l++)
        reals += net->width[l + 1] * (uint64_t)(has_slope(net, l) ? 3 : 2);
    uint64_t partials = (uint64_t)job->plan->blocks * job->plan->partial_size;
    uint64_t scratch = (uint64_t)job->threads * scratch_size(job->plan);
    return (nu_engine_memory){
        .gradients = (partials + scratch) * sizeof(real),
        .optimizer_state = (uint64_t)states(job) * net->size * sizeof(real),
        .activations = batch * (reals * sizeof(real) + sizeof(uint32_t) +
                                (job->data->store->classes != NULL ? sizeof(int32_t)
                                                                   : outputs * sizeof(real))),
    };
}

static void engine_free(nu_engine *e)
{
    if (e == NULL)
        return;
    for (size_t l = 0; l < e->job.net->layers; l++) {
        if (e->a != NULL)
            free(e->a[l]);
        if (e->dz != NULL)
            free(e->dz[l]);
        if (e->slope != NULL)
            free(e->slope[l]);
    }
    free(e->a);
    free(e->dz);
    free(e->slope);
    free(e->rows);
    free(e->packed);
    free(e->y);
    free(e->classes);
    free(e->results);
    free(e->partials);
    free(e->scratch);
    free(e->s1);
    free(e->s2);
    free(e);
}

/* 1, or 0 where memory ran out; engine_free() then frees what there is. */
static int allocate_layers(nu_engine *e)
{
    const nu_network *net = e->job.net;
    size_t batch = e->job.plan->batch;
    e->a = calloc(net->layers, sizeof *e->a);
    e->dz = calloc(net->layers, sizeof *e->dz);
    e->slope = calloc(net->layers, sizeof *e->slope);
    if (e->a == NULL || e->dz == NULL || e->slope == NULL)
        return 0;
    for (size_t l = 0; l < net->layers; l++) {
        size_t row = net->width[l + 1] * sizeof(real);
        e->a[l] = nu_alloc(batch, row);
        e->dz[l] = nu_alloc(batch, row);
        if (has_slope(net, l))
            e->slope[l] = nu_alloc(batch, row);
        if (e->a[l] == NULL || e->dz[l] == NULL || (has_slope(net, l) && e->slope[l] == NULL))
            return 0;
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
    if (store->classes != NULL)
        ok = ok && (e->classes = nu_alloc(plan->batch, sizeof *e->classes)) != NULL;
    else
        ok = ok && (e->y = nu_alloc(plan->batch, store->outputs * sizeof(real))) != NULL;
    if (plan->partial_size > 0)
        ok = ok && (e->partials = nu_alloc_zero(plan->blocks, plan->partial_size * sizeof(real)));
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
    nu_blas_single_threaded();
    *engine = e;
    return NUDGE_OK;
}

/* ---- Phase one: row blocks ----------------------------------------------------------------- */

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

static size_t batch_rows(const nu_engine *e, size_t batch)
{
    size_t first = batch * e->job.plan->batch, rest = e->job.data->rows - first;
    return rest < e->job.plan->batch ? rest : e->job.plan->batch;
}

static size_t batch_blocks(const nu_engine *e, size_t rows)
{
    return (rows + e->job.plan->block_rows - 1) / e->job.plan->block_rows;
}

/* The batch's features: packed, or the data itself where it stands ready. */
static const real *batch_inputs(const nu_engine *e, size_t batch)
{
    const real *ready = X(nu_batch_in_place)(e->job.data, e->shuffled, batch * e->job.plan->batch);
    return ready != NULL ? ready : e->packed;
}

/* Finds the store rows of batch rows first .. first+rows-1 and packs their features. */
static void pack_block(nu_engine *e, const real *inputs, size_t batch, size_t first, size_t rows)
{
    X(nu_batch_rows)(e->job.data, e->shuffled, batch * e->job.plan->batch + first, rows,
                     e->rows + first);
    if (inputs == e->packed)
        X(nu_batch_features)(e->job.data->store, e->rows + first, rows,
                             e->packed + first * e->job.net->width[0]);
}

static X(nu_targets) block_targets(nu_engine *e, size_t first, size_t rows)
{
    X(nu_targets) t = {NULL, NULL};
    const nu_store *store = e->job.data->store;
    real *y = e->y != NULL ? e->y + first * store->outputs : NULL;
    int32_t *classes = e->classes != NULL ? e->classes + first : NULL;
    X(nu_batch_targets)(store, e->rows + first, rows, y, classes);
    t.y = y;
    t.classes = classes;
    return t;
}

static const real *layer_input(const nu_engine *e, const real *inputs, size_t l, size_t first)
{
    return (l == 0 ? inputs : e->a[l - 1]) + first * e->job.net->width[l];
}

static void block_forward(nu_engine *e, const real *inputs, size_t first, size_t rows)
{
    const nu_network *net = e->job.net;
    for (size_t l = 0; l < net->layers; l++) {
        size_t at = first * net->width[l + 1];
        X(nu_layer_forward)(net, l, e->job.params, e->a[l] + at,
                            e->slope[l] != NULL ? e->slope[l] + at : NULL,
                            layer_input(e, inputs, l, first), rows);
    }
}

static void block_backward(nu_engine *e, const real *inputs, size_t block, size_t first,
                           size_t rows)
{
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    for (size_t l = net->layers; l-- > 0;) {
        const real *dz = e->dz[l] + first * net->width[l + 1];
        const real *x = layer_input(e, inputs, l, first);
        if (plan->is_private[l]) {
            real *dw = e->partials + block * plan->partial_size + plan->partial_at[l];
            real *db = dw + (net->bias_at[l] - net->weight_at[l]);
            X(nu_layer_gradient)(net, l, dw, db, x, dz, rows);
        }
        if (l > 0) {
            size_t at = first * net->width[l];
            const real *slope = e->slope[l - 1] != NULL ? e->slope[l - 1] + at : NULL;
            X(nu_layer_backward)(net, l, e->job.params, e->dz[l - 1] + at, dz, x, slope, rows);
        }
    }
}

static void engine_rows(nu_engine *e, size_t batch, int thread, int threads)
{
    const nu_network *net = e->job.net;
    size_t n = net->width[net->layers], last = net->layers - 1;
    size_t rows = batch_rows(e, batch), each = e->job.plan->block_rows, block, end;
    nu_team_share(batch_blocks(e, rows), thread, threads, &block, &end);
    const real *inputs = batch_inputs(e, batch);
    for (; block < end; block++) {
        size_t first = block * each, some = rows - first < each ? rows - first : each;
        pack_block(e, inputs, batch, first, some);
        block_forward(e, inputs, first, some);
        size_t at = first * n;
        block_result *r = &e->results[block];
        r->correct = 0;
        r->loss = X(nu_loss)(&e->loss, e->dz[last] + at, e->a[last] + at,
                             block_targets(e, first, some), 1 / (double)rows, some, n,
                             &r->correct);
        X(nu_activate_backward)(net->activation[last], e->dz[last] + at, e->a[last] + at,
                                e->slope[last] != NULL ? e->slope[last] + at : NULL, some, n);
        block_backward(e, inputs, block, first, some);
    }
}

static double engine_loss(const nu_engine *e, size_t batch, size_t *correct)
{
    size_t rows = batch_rows(e, batch), blocks = batch_blocks(e, rows);
    double sum = 0;
    for (size_t b = 0; b < blocks; b++) {
        sum += e->results[b].loss;
        *correct += e->results[b].correct;
    }
    return sum / (double)rows;
}

/* ---- Phase two: tiles ---------------------------------------------------------------------- */

/* Updates `count` parameters from `at` with their gradient. */
static void update_span(nu_engine *e, const nu_optimizer_step_constants *c, size_t at,
                        const real *g, size_t count)
{
    X(nu_update)(c, (real *)e->job.params + at, g, e->s1 != NULL ? e->s1 + at : NULL,
                 e->s2 != NULL ? e->s2 + at : NULL, count);
}

enum { PIECE = 1024 }; /* reals summed at a time: they stay in the first cache until used */

NU_CLONES
static void add(real *restrict sum, const real *restrict a, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        sum[i] += a[i];
}

/* Adds the partials of `blocks` blocks in their order, and updates. `from` is where the span
 * begins in a partial. */
static void update_from_partials(nu_engine *e, const nu_optimizer_step_constants *c, size_t at,
                                 size_t from, size_t count, size_t blocks)
{
    size_t stride = e->job.plan->partial_size;
    const real *p = e->partials + from;
    if (blocks == 1) {
        update_span(e, c, at, p, count);
        return;
    }
    real sum[PIECE] __attribute__((aligned(NU_ALIGN)));
    for (size_t i = 0; i < count; i += PIECE) {
        size_t some = count - i < PIECE ? count - i : PIECE;
        memcpy(sum, p + i, some * sizeof(real));
        for (size_t b = 1; b < blocks; b++)
            add(sum, p + b * stride + i, some);
        update_span(e, c, at + i, sum, some);
    }
}

static void private_tile(nu_engine *e, const nu_optimizer_step_constants *c, const nu_tile *t,
                         size_t blocks)
{
    const nu_network *net = e->job.net;
    size_t out = net->width[t->layer + 1], n = t->right - t->left;
    size_t at = net->weight_at[t->layer], from = e->job.plan->partial_at[t->layer];
    size_t bias = net->bias_at[t->layer] - at + t->left;
    if (n == out) {
        size_t first = t->first * out;
        update_from_partials(e, c, at + first, from + first, (t->end - t->first) * n, blocks);
    } else {
        for (size_t r = t->first; r < t->end; r++) {
            size_t first = r * out + t->left;
            update_from_partials(e, c, at + first, from + first, n, blocks);
        }
    }
    if (t->first == 0)
        update_from_partials(e, c, at + bias, from + bias, n, blocks);
}

static void whole_tile(nu_engine *e, const nu_optimizer_step_constants *c, const nu_tile *t,
                       const real *inputs, size_t rows, real *scratch)
{
    const nu_network *net = e->job.net;
    size_t in = net->width[t->layer], out = net->width[t->layer + 1];
    size_t m = t->end - t->first, n = t->right - t->left, at = net->weight_at[t->layer];
    const real *dz = e->dz[t->layer];
    X(nu_gemm_tn)(m, n, rows, layer_input(e, inputs, t->layer, 0) + t->first, in, dz + t->left,
                  out, scratch);
    if (n == out)
        update_span(e, c, at + t->first * out, scratch, m * n);
    else
        for (size_t r = 0; r < m; r++)
            update_span(e, c, at + (t->first + r) * out + t->left, scratch + r * n, n);
    if (t->first == 0) {
        real *db = scratch + e->job.plan->tile_size;
        X(nu_column_sums)(db, dz, rows, out, t->left, t->right);
        update_span(e, c, net->bias_at[t->layer] + t->left, db, n);
    }
}

static void engine_update(nu_engine *e, size_t batch, uint64_t t, int thread, int threads)
{
    const nu_plan *plan = e->job.plan;
    size_t rows = batch_rows(e, batch), blocks = batch_blocks(e, rows), i, end;
    nu_optimizer_step_constants c = nu_optimizer_step(e->job.optimizer, t);
    const real *inputs = batch_inputs(e, batch);
    real *scratch = e->scratch + (size_t)thread * e->scratch_size;
    nu_plan_share(plan, thread, threads, &i, &end);
    for (; i < end; i++) {
        const nu_tile *tile = &plan->tiles[i];
        if (plan->is_private[tile->layer])
            private_tile(e, &c, tile, blocks);
        else
            whole_tile(e, &c, tile, inputs, rows, scratch);
    }
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
    .engine_gradient = engine_gradient,
    .all_finite = all_finite,
    .as_doubles = X(nu_batch_as_doubles),
    .infer_buffer = X(nu_infer_buffer),
    .infer = X(nu_infer),
};
