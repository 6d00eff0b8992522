#include "train/step_tiles.h"

#include "linalg/gemm.h"
#include "train/step_partials.h"
#include "train/update.h"

/* Updates `count` parameters from `at` with their gradient. */
static void update_span(nu_engine *e, const nu_optimizer_step *c, size_t at,
                        const real *g, size_t count)
{
    X(nu_update)(c, (real *)e->job.params + at, g, e->s1 != NULL ? e->s1 + at : NULL,
                 e->s2 != NULL ? e->s2 + at : NULL, count);
}

/* Updates with the sum of the blocks' partials. `from` is where the span begins in a partial. */
static void update_from_partials(nu_engine *e, const nu_optimizer_step *c, size_t at,
                                 size_t from, size_t count, size_t blocks, int threads)
{
    real room[NU_PARTIALS_PIECE] __attribute__((aligned(NU_ALIGN)));
    for (size_t i = 0; i < count; i += NU_PARTIALS_PIECE) {
        size_t some = count - i < NU_PARTIALS_PIECE ? count - i : NU_PARTIALS_PIECE;
        update_span(e, c, at + i, X(nu_partials_sum)(e, room, from + i, some, blocks, threads),
                    some);
    }
}

static void private_tile(const nu_doing *d, const nu_optimizer_step *c, const nu_tile *t)
{
    nu_engine *e = d->e;
    const nu_network *net = e->job.net;
    size_t blocks = nu_plan_blocks(e->job.plan, d->rows);
    const X(nu_matrix) *w = &e->layers[t->layer].layer.weights;
    size_t n = X(nu_panel_columns)(w, t->panel), at = net->weight_at[t->layer];
    size_t from = e->job.plan->partial_at[t->layer];
    size_t first = (size_t)(X(nu_panel)(w, t->panel, t->first) - w->at);
    size_t bias = net->bias_at[t->layer] - at + t->panel * w->width;
    update_from_partials(e, c, at + first, from + first, (t->end - t->first) * n, blocks,
                         d->threads);
    if (t->first == 0)
        update_from_partials(e, c, at + bias, from + bias, n, blocks, d->threads);
}

/* Plain SGD happens within the product. */
static void whole_tile(const nu_doing *d, const nu_optimizer_step *c, const nu_tile *t)
{
    nu_engine *e = d->e;
    const nu_engine_layer *l = &e->layers[t->layer];
    const X(nu_matrix) *x = nu_step_input(d, t->layer);
    real *scratch = (real *)e->room[NU_SCRATCH] + (size_t)d->thread * nu_scratch_size(e->job.plan);
    real *w = X(nu_panel)(&l->layer.weights, t->panel, t->first), *params = e->job.params;
    size_t n = X(nu_panel_columns)(&l->dz, t->panel), depth = e->job.plan->depth;
    nu_span inputs = {t->first, t->end}, rows = {0, d->rows};
    if (c->is_product) {
        X(nu_panel_tn)(w, x, &l->dz, inputs, t->panel, rows, depth, (real)-c->lr,
                       (real)(1 - c->lr * c->decay));
    } else {
        X(nu_panel_tn)(scratch, x, &l->dz, inputs, t->panel, rows, depth, 1, 0);
        update_span(e, c, (size_t)(w - params), scratch, (t->end - t->first) * n);
    }
    if (t->first == 0) {
        real *db = scratch + e->job.plan->tile_size;
        X(nu_column_sums)(db, &l->dz, rows, t->panel);
        update_span(e, c, (size_t)(l->layer.bias - params) + t->panel * l->dz.width, db, n);
    }
}

void X(nu_step_transpose)(nu_engine *e, const nu_tile *t)
{
    const X(nu_layer) *l = &e->layers[t->layer].layer;
    const X(nu_matrix) *w = &l->weights, *to = &l->transposed;
    if (to->at == NULL)
        return;
    size_t p = t->first / to->width, n = X(nu_panel_columns)(w, t->panel);
    X(nu_transpose)(X(nu_panel)(to, p, t->panel * w->width) + (t->first - p * to->width),
                    X(nu_panel_ld)(to, p), X(nu_panel)(w, t->panel, t->first), n, t->end - t->first,
                    n);
}

void X(nu_step_tile)(const nu_doing *d, const nu_tile *t)
{
    if (d->e->job.plan->is_private[t->layer])
        private_tile(d, d->step, t);
    else
        whole_tile(d, d->step, t);
    X(nu_step_transpose)(d->e, t);
}
