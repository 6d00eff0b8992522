#include "train/step.h"

#include <string.h>

#include "net/activation.h"
#include "net/dropout.h"
#include "net/layer_norm.h"
#include "train/step_tiles.h"

/* Finds the samples of some rows of the batch and packs their features. */
static void pack(const nu_doing *d, nu_span rows)
{
    nu_engine *e = d->e;
    size_t count = rows.end - rows.first;
    X(nu_batch_rows)(e->job.data, e->shuffled, d->batch * e->job.plan->batch + rows.first, count,
                     e->rows + rows.first);
    if (d->features.at == e->packed.at)
        X(nu_batch_features)(e->job.data->store, e->rows + rows.first, count, &e->packed,
                             rows.first);
    if (e->embedded.at != NULL)
        X(nu_embed)(&e->job.net->embed, e->job.params, &e->embedded, &e->waves, &d->features,
                    rows);
    if (e->scaled.at != NULL)
        X(nu_layer_scale_inputs)(&e->scaled, &d->inputs,
                                 (const real *)e->job.params + e->job.net->factor_at, rows);
}

static X(nu_targets) targets(const nu_doing *d, nu_span rows)
{
    nu_engine *e = d->e;
    const nu_store *store = e->job.data->store;
    X(nu_targets) t = {0};
    if (e->weights != NULL)
        t.weights = e->weights + d->batch * e->job.plan->batch + rows.first;
    if (store->classes != NULL)
        t.classes = (int32_t *)e->room[NU_TARGETS] + rows.first;
    else
        t.y = (real *)e->room[NU_TARGETS] + rows.first * store->outputs;
    X(nu_batch_targets)(store, e->rows + rows.first, rows.end - rows.first, (real *)t.y,
                        (int32_t *)t.classes);
    return t;
}

/* The last layer's matrices are row-major. */
static void loss(const nu_doing *d, nu_span rows, size_t block)
{
    nu_engine *e = d->e;
    const nu_engine_layer *last = &e->layers[e->job.net->layers - 1];
    nu_block_result *r = &e->results[block];
    size_t n = last->dz.columns, count = rows.end - rows.first;
    real *dz = X(nu_panel)(&last->dz, 0, rows.first), *z = X(nu_panel)(&last->out.y, 0, rows.first);
    real *slope = last->out.slope.at;
    r->correct = 0;
    double scale = d->group_weight > 0 ? 1 / d->group_weight : 0;
    r->loss = X(nu_loss)(&e->loss, dz, z, targets(d, rows), scale, count, n, &r->correct);
    X(nu_activate_backward)(last->layer.activation, dz, z,
                            slope != NULL ? slope + rows.first * n : NULL, count, n);
}

/* The gradient of a layer by one block, in the order of the layer's parameters. */
static void partial(const nu_doing *d, size_t l, nu_span rows, size_t block)
{
    nu_engine *e = d->e;
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    const X(nu_matrix) *x = nu_step_input(d, l), *dz = &e->layers[l].dz;
    real *to = e->partials + block * plan->partial_size + plan->partial_at[l];
    real *db = to + (net->bias_at[l] - net->weight_at[l]);
    X(nu_matrix) dw = X(nu_in_panels)(to, net->width[l], dz->columns, dz->width);
    for (size_t q = 0; q < dw.panels; q++) {
        for (size_t p = 0; p < x->panels; p++) {
            nu_span in = {p * x->width, p * x->width + X(nu_panel_columns)(x, p)};
            X(nu_panel_tn)(X(nu_panel)(&dw, q, in.first), x, dz, in, q, rows, plan->depth, 1, 0);
        }
        X(nu_column_sums)(db + q * dz->width, dz, rows, q);
    }
}

/* Likewise of the embedding, which is the first. */
static void embed_partial(const nu_doing *d, nu_span rows, size_t block)
{
    nu_engine *e = d->e;
    const nu_network *net = e->job.net;
    X(nu_embedded) of = {
        .x = &d->features, .y = &d->inputs, .dy = &e->embedded_gradient, .waves = e->waves,
        .factor = net->input_factor ? (const real *)e->job.params + net->factor_at : NULL};
    X(nu_embed_backward)(&net->embed, e->job.params,
                         e->partials + block * e->job.plan->partial_size, &of, rows);
}

static void forward_tile(const nu_doing *d, size_t layer, const X(nu_matrix) *x, nu_span rows,
                         size_t q)
{
    const nu_engine_layer *l = &d->e->layers[layer];
    const X(nu_output) *out = &l->out;
    X(nu_layer_forward_tile)(&l->layer, out, x, rows, q);
    if (l->dropout == 0 && l->dy.at == NULL)
        return;
    const nu_job *job = &d->e->job;
    size_t count = rows.end - rows.first, n = X(nu_panel_columns)(&out->y, q);
    if (l->dropout > 0) {
        uint64_t seen = (uint64_t)(d->e->epoch - 1) * job->data->rows + d->batch * job->plan->batch;
        nu_dropout drop = {l->dropout, job->seed, seen + rows.first, (uint32_t)layer,
                           out->y.columns};
        X(nu_drop)(&drop, X(nu_panel)(&out->y, q, rows.first),
                   X(nu_panel)(&out->slope, q, rows.first), count, q * out->y.width, n);
    }
    if (l->dy.at != NULL)
        X(nu_layer_add_tile)(&out->y, &l[-1].out.y, rows, q);
}

static void forward(const nu_doing *d, const nu_piece *p)
{
    const nu_engine_layer *l = &d->e->layers[p->layer];
    const X(nu_matrix) *x = nu_step_input(d, p->layer);
    size_t each = d->e->job.plan->tile_rows;
    if (p->layer == 0 && d->e->scaled.at != NULL)
        x = &d->e->scaled; /* gradients are made from inputs as they are */
    if (l->normed.at != NULL)
        X(nu_layer_norm)(&l->normed, l->inverse, &l[-1].out.y, p->rows);
    for (size_t q = p->panels.first; q < p->panels.end; q++)
        for (size_t r = p->rows.first; r < p->rows.end; r += each)
            forward_tile(d, p->layer, x, nu_span_piece(p->rows, r, each), q);
}

/* The product of a tile, and then the rest; either may be left out. */
static void backward_tile(const nu_engine_layer *l, nu_span rows, size_t q, int product, int rest)
{
    const nu_engine_layer *before = l - 1;
    const X(nu_matrix) *dy = &before->dz;
    if (product)
        X(nu_layer_backward_tile)(&l->layer, dy, &l->dz, rows, q);
    if (!rest)
        return;
    if (l->dy.at != NULL)
        X(nu_layer_add_tile)(dy, &l->dy, rows, q);
    if (before->dy.at != NULL)
        memcpy(X(nu_panel)(&before->dy, q, rows.first), X(nu_panel)(dy, q, rows.first),
               (rows.end - rows.first) * X(nu_panel_columns)(dy, q) * sizeof(real));
    X(nu_layer_derive_tile)(before->layer.activation, dy, &before->out, rows, q);
}

static void backward_tiles(const nu_doing *d, const nu_piece *p, int product, int rest)
{
    nu_engine *e = d->e;
    size_t each = d->e->job.plan->tile_rows;
    for (size_t q = p->panels.first; q < p->panels.end; q++)
        for (size_t r = p->rows.first; r < p->rows.end; r += each)
            if (p->layer > 0)
                backward_tile(&e->layers[p->layer], nu_span_piece(p->rows, r, each), q, product,
                              rest);
            else
                X(nu_layer_backward_tile)(&e->layers[0].layer, &e->embedded_gradient,
                                          &e->layers[0].dz, nu_span_piece(p->rows, r, each), q);
}

static void backward(const nu_doing *d, const nu_piece *p)
{
    const nu_engine_layer *l = &d->e->layers[p->layer];
    if (l->normed.at == NULL) {
        backward_tiles(d, p, 1, 1);
        return;
    }
    backward_tiles(d, p, 1, 0);
    X(nu_layer_norm_backward)(&l[-1].dz, &l->normed, l->inverse, p->rows);
    backward_tiles(d, p, 0, 1);
}

void X(nu_step_run)(void *arg, const nu_piece *p)
{
    static const nudge_phase phases[] = {NUDGE_PACK,     NUDGE_FORWARD,  NUDGE_LOSS,
                                         NUDGE_BACKWARD, NUDGE_BACKWARD, NUDGE_BACKWARD,
                                         NUDGE_UPDATE,   NUDGE_UPDATE,   NUDGE_UPDATE};
    const nu_doing *d = arg;
    switch (p->operation) {
    case NU_PACK: pack(d, p->rows); break;
    case NU_FORWARD: forward(d, p); break;
    case NU_LOSS: loss(d, p->rows, p->block); break;
    case NU_BACKWARD: backward(d, p); break;
    case NU_PARTIAL: partial(d, p->layer, p->rows, p->block); break;
    case NU_EMBED: embed_partial(d, p->rows, p->block); break;
    case NU_GRADIENT: X(nu_step_gradient)(d, p->tile); break;
    case NU_UPDATE: X(nu_step_tile)(d, p->tile); break;
    case NU_BOUND: X(nu_step_bound)(d, p->tile); break;
    }
    nu_lap(d->e, d->thread, phases[p->operation]);
}
