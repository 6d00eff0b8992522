#include "linalg/gemm.h"
#include "linalg/transpose.h"
#include "net/layer.h"
#include "train/step.h"
#include "train/update.h"

/* Updates `count` parameters from `at` with their gradient. */
static void update_span(nu_engine *e, const nu_optimizer_step_constants *c, size_t at,
                        const real *g, size_t count)
{
    X(nu_update)(c, (real *)e->job.params + at, g, e->s1 != NULL ? e->s1 + at : NULL,
                 e->s2 != NULL ? e->s2 + at : NULL, count);
}

/* Updates with the sum of the blocks' partials. `from` is where the span begins in a partial. */
static void update_from_partials(nu_engine *e, const nu_optimizer_step_constants *c, size_t at,
                                 size_t from, size_t count, size_t blocks, int threads)
{
    real room[NU_PARTIALS_PIECE] __attribute__((aligned(NU_ALIGN)));
    for (size_t i = 0; i < count; i += NU_PARTIALS_PIECE) {
        size_t some = count - i < NU_PARTIALS_PIECE ? count - i : NU_PARTIALS_PIECE;
        update_span(e, c, at + i, X(nu_partials_sum)(e, room, from + i, some, blocks, threads),
                    some);
    }
}

static void private_tile(nu_engine *e, const nu_optimizer_step_constants *c, const nu_tile *t,
                         size_t blocks, int threads)
{
    const nu_network *net = e->job.net;
    size_t out = net->width[t->layer + 1], n = t->right - t->left;
    size_t at = net->weight_at[t->layer], from = e->job.plan->partial_at[t->layer];
    size_t bias = net->bias_at[t->layer] - at + t->left;
    if (n == out) {
        size_t first = t->first * out;
        update_from_partials(e, c, at + first, from + first, (t->end - t->first) * n, blocks,
                             threads);
    } else {
        for (size_t r = t->first; r < t->end; r++) {
            size_t first = r * out + t->left;
            update_from_partials(e, c, at + first, from + first, n, blocks, threads);
        }
    }
    if (t->first == 0)
        update_from_partials(e, c, at + bias, from + bias, n, blocks, threads);
}

static void update_tile(nu_engine *e, const nu_optimizer_step_constants *c, const nu_tile *t,
                        const real *g)
{
    const nu_network *net = e->job.net;
    size_t out = net->width[t->layer + 1], m = t->end - t->first, n = t->right - t->left;
    size_t at = net->weight_at[t->layer] + t->first * out + t->left;
    if (n == out)
        update_span(e, c, at, g, m * n);
    else
        for (size_t r = 0; r < m; r++)
            update_span(e, c, at + r * out, g + r * n, n);
}

static void whole_tile(nu_engine *e, const nu_optimizer_step_constants *c, const nu_tile *t,
                       const real *inputs, size_t rows, real *scratch)
{
    const nu_network *net = e->job.net;
    size_t in = net->width[t->layer], out = net->width[t->layer + 1];
    size_t m = t->end - t->first, n = t->right - t->left;
    const real *dz = e->dz[t->layer];
    const real *x = nu_step_layer_input(e, inputs, t->layer, 0);
    if (c->optimizer != NULL && nu_optimizer_is_product(c->optimizer)) {
        const nudge_optimizer *o = c->optimizer;
        real *w = (real *)e->job.params + net->weight_at[t->layer] + t->first * out + t->left;
        X(nu_gemm_tn)(m, n, rows, (real)-o->lr, x + t->first, in, dz + t->left, out,
                      (real)(1 - o->lr * o->weight_decay), w, out);
    } else {
        X(nu_gemm_tn)(m, n, rows, 1, x + t->first, in, dz + t->left, out, 0, scratch, n);
        update_tile(e, c, t, scratch);
    }
    if (t->first == 0) {
        real *db = scratch + e->job.plan->tile_size;
        X(nu_column_sums)(db, dz, rows, out, t->left, t->right);
        update_span(e, c, net->bias_at[t->layer] + t->left, db, n);
    }
}

void X(nu_step_transpose)(nu_engine *e, const nu_tile *t)
{
    const nu_network *net = e->job.net;
    size_t in = net->width[t->layer], out = net->width[t->layer + 1];
    size_t at = e->job.plan->transposed_at[t->layer];
    if (at == SIZE_MAX)
        return;
    const real *w = (const real *)e->job.params + net->weight_at[t->layer];
    X(nu_transpose)(e->transposed + at + t->left * in + t->first, in,
                    w + t->first * out + t->left, out, t->end - t->first, t->right - t->left);
}

void X(nu_step_tiles)(nu_engine *e, size_t batch, uint64_t t, int thread, int threads)
{
    const nu_plan *plan = e->job.plan;
    size_t rows = nu_step_batch_rows(e, batch), blocks = nu_step_blocks(e, rows), i, end;
    nu_optimizer_step_constants c = nu_optimizer_step(e->job.optimizer, t);
    const real *inputs = nu_step_inputs(e, batch);
    real *scratch = e->scratch + (size_t)thread * e->scratch_size;
    nu_plan_share(plan, thread, threads, &i, &end);
    for (; i < end; i++) {
        const nu_tile *tile = &plan->tiles[i];
        if (plan->is_private[tile->layer])
            private_tile(e, &c, tile, blocks, threads);
        else
            whole_tile(e, &c, tile, inputs, rows, scratch);
        X(nu_step_transpose)(e, tile);
    }
}
