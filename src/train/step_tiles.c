#include "train/step_tiles.h"

#include <math.h>
#include <string.h>

#include "core/clones.h"
#include "core/team.h"
#include "linalg/gemm.h"
#include "linalg/vectors.h"
#include "train/step_partials.h"
#include "train/update.h"

/* ---- Arithmetic on gradients --------------------------------------------------------------- */

/* NaN stays NaN, so that a divergence is seen. */
NU_CLONES
static void clamp(real *g, size_t count, real most)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        g[i] = g[i] > most ? most : g[i];
        g[i] = g[i] < -most ? -most : g[i];
    }
}

NU_CLONES
static void multiply(real *g, size_t count, real factor)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        g[i] *= factor;
}

NU_CLONES
static void add_squares(double *restrict sum, const real *restrict w, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        sum[i] += (double)w[i] * (double)w[i];
}

NU_CLONES
static void multiply_each(real *restrict w, const double *restrict factor, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        w[i] *= (real)factor[i];
}

/* ---- Tiles --------------------------------------------------------------------------------- */

static int is_embedding(const nu_engine *e, const nu_tile *t)
{
    return t->layer == e->job.net->layers;
}

/* The parameters of a tile: weights, and with row 0 the biases of its panel. Returns how many
 * spans of the block these are. */
static int parts_of(const nu_engine *e, const nu_tile *t, nu_span part[2])
{
    const nu_network *net = e->job.net;
    if (is_embedding(e, t)) {
        part[0] = (nu_span){net->embed.at[0] + t->first, net->embed.at[0] + t->end};
        return 1;
    }
    const X(nu_matrix) *w = &e->layers[t->layer].layer.weights;
    size_t n = X(nu_panel_columns)(w, t->panel);
    size_t at = net->weight_at[t->layer] + (size_t)(X(nu_panel)(w, t->panel, t->first) - w->at);
    size_t bias = net->bias_at[t->layer] + t->panel * w->width;
    part[0] = (nu_span){at, at + (t->end - t->first) * n};
    part[1] = (nu_span){bias, bias + n};
    return t->first == 0 ? 2 : 1;
}

/* Updates the `count` parameters from `at` with their gradient. */
static void update(const nu_doing *d, const nu_optimizer_step *step, size_t at, const real *g,
                   size_t count)
{
    nu_engine *e = d->e;
    X(nu_update)(step, (real *)e->job.params + at, g, e->s1 != NULL ? e->s1 + at : NULL,
                 e->s2 != NULL ? e->s2 + at : NULL, count);
}

/* That of part k of a tile. */
static const nu_optimizer_step *step_of(const nu_doing *d, int k)
{
    return k == 0 ? d->step : d->bias_step;
}

/* A gradient, of part k of a tile, is made: it is kept, or used at once. */
static void take(const nu_doing *d, int k, size_t at, const real *g, size_t count)
{
    real *kept = d->e->gradient;
    if (kept == NULL)
        update(d, step_of(d, k), at, g, count);
    else if (d->adds)
        X(nu_partials_add)(kept + at, g, count);
    else
        memcpy(kept + at, g, count * sizeof(real));
}

/* The sums of the blocks' partials. */
static void private_gradient(const nu_doing *d, const nu_tile *t, const nu_span part[2], int parts)
{
    real room[NU_PARTIALS_PIECE] __attribute__((aligned(NU_ALIGN)));
    const nu_plan *plan = d->e->job.plan;
    size_t blocks = nu_plan_blocks(plan, d->rows);
    size_t shift = is_embedding(d->e, t)
                       ? d->e->job.net->embed.at[0]
                       : d->e->job.net->weight_at[t->layer] - plan->partial_at[t->layer];
    for (int k = 0; k < parts; k++)
        for (size_t at = part[k].first; at < part[k].end; at += NU_PARTIALS_PIECE) {
            size_t count = nu_smaller(part[k].end - at, NU_PARTIALS_PIECE);
            take(d, k, at, X(nu_partials_sum)(d->e, room, at - shift, count, blocks, d->threads),
                 count);
        }
}

/* One product over the rows of the batch. Plain SGD happens within it. */
static void whole_gradient(const nu_doing *d, const nu_tile *t, const nu_span part[2], int parts)
{
    nu_engine *e = d->e;
    const X(nu_matrix) *x = nu_step_input(d, t->layer), *dz = &e->layers[t->layer].dz;
    real *scratch = (real *)e->room[NU_SCRATCH] + (size_t)d->thread * nu_scratch_size(e->job.plan);
    real *w = (real *)e->job.params + part[0].first;
    size_t depth = e->job.plan->depth, q = t->panel;
    nu_span inputs = {t->first, t->end}, rows = {0, d->rows};
    if (e->gradient != NULL) {
        X(nu_panel_tn)(e->gradient + part[0].first, x, dz, inputs, q, rows, depth, 1,
                       (real)d->adds);
    } else if (d->step->is_product) {
        X(nu_panel_tn)(w, x, dz, inputs, q, rows, depth, (real)-d->step->lr,
                       (real)(1 - d->step->lr * d->step->decay));
    } else {
        X(nu_panel_tn)(scratch, x, dz, inputs, q, rows, depth, 1, 0);
        update(d, d->step, part[0].first, scratch, part[0].end - part[0].first);
    }
    if (parts > 1) {
        real *db = scratch + e->job.plan->tile_size;
        X(nu_column_sums)(db, dz, rows, q);
        take(d, 1, part[1].first, db, part[1].end - part[1].first);
    }
}

static void make(const nu_doing *d, const nu_tile *t, const nu_span part[2], int parts)
{
    if (is_embedding(d->e, t) || d->e->job.plan->is_private[t->layer])
        private_gradient(d, t, part, parts);
    else
        whole_gradient(d, t, part, parts);
}

void X(nu_step_gradient)(const nu_doing *d, const nu_tile *t)
{
    nu_engine *e = d->e;
    nu_span part[2];
    int parts = parts_of(e, t, part);
    make(d, t, part, parts);
    if (!d->is_last)
        return;
    double sum = 0;
    for (int k = 0; k < parts; k++) {
        real *g = e->gradient + part[k].first;
        size_t count = part[k].end - part[k].first;
        if (e->job.clip_value > 0)
            clamp(g, count, (real)e->job.clip_value);
        if (e->job.clip_norm > 0)
            sum += X(nu_vectors).dot(g, g, 0, count);
    }
    ((double *)e->room[NU_SQUARES])[t - e->job.plan->tiles] = sum;
}

static double *columns_of(const nu_engine *e, size_t tile)
{
    return (double *)e->room[NU_COLUMNS] + tile * e->job.plan->tile_columns;
}

/* Sums of squares of the tile's weights. */
static void column_squares(nu_engine *e, const nu_tile *t)
{
    const X(nu_matrix) *w = &e->layers[t->layer].layer.weights;
    size_t n = X(nu_panel_columns)(w, t->panel);
    double *sum = columns_of(e, (size_t)(t - e->job.plan->tiles));
    memset(sum, 0, n * sizeof *sum);
    for (size_t r = t->first; r < t->end; r++)
        add_squares(sum, X(nu_panel)(w, t->panel, r), n);
}

/* What comes after the last change of a tile's parameters. */
static void finish(const nu_doing *d, const nu_tile *t, const nu_span part[2], int parts)
{
    nu_engine *e = d->e;
    double keep = d->step->average;
    for (int k = 0; e->average != NULL && k < parts; k++)
        X(nu_vectors).combine(e->average, keep, e->average, 1 - keep, e->job.params,
                              part[k].first, part[k].end);
    X(nu_step_transpose)(e, t);
}

/* The steps of a layer's weights and biases. */
static void find_steps(nu_optimizer_step step[2], const nu_doing *d, size_t layer)
{
    const nu_job *job = &d->e->job;
    step[0] = *d->step;
    if (job->lr_factors != NULL)
        step[0] = nu_optimizer_step_scaled(step[0], job->lr_factors[layer]);
    step[1] = step[0];
    if (job->bias_lr_factor != 1)
        step[1] = nu_optimizer_step_scaled(step[0], job->bias_lr_factor);
    if (job->ntk && layer < job->net->layers)
        step[0] = nu_optimizer_step_in_units(step[0], 1 / sqrt((double)job->net->width[layer]));
}

void X(nu_step_tile)(const nu_doing *whole, const nu_tile *t)
{
    nu_engine *e = whole->e;
    nu_doing own = *whole, *d = &own;
    nu_optimizer_step step[2];
    find_steps(step, whole, t->layer);
    own.step = &step[0];
    own.bias_step = &step[1];
    nu_span part[2];
    int parts = parts_of(e, t, part);
    if (e->gradient == NULL)
        make(d, t, part, parts);
    for (int k = 0; e->gradient != NULL && k < parts; k++) {
        real *g = e->gradient + part[k].first;
        size_t count = part[k].end - part[k].first;
        if (d->factor != 1)
            multiply(g, count, (real)d->factor);
        update(d, step_of(d, k), part[k].first, g, count);
    }
    if (e->job.plan->wants.bound && !is_embedding(e, t))
        column_squares(e, t);
    else
        finish(d, t, part, parts);
}

/* The weights into a unit are a column, which the tiles of its panel share; biases stay. As
 * torch.renorm(w, 2, 0, max_norm) has it. */
void X(nu_step_bound)(const nu_doing *d, const nu_tile *t)
{
    nu_engine *e = d->e;
    const nu_plan *plan = e->job.plan;
    if (is_embedding(e, t))
        return;
    const X(nu_matrix) *w = &e->layers[t->layer].layer.weights;
    size_t n = X(nu_panel_columns)(w, t->panel), first = (size_t)(t - plan->tiles);
    nu_span part[2];
    int parts = parts_of(e, t, part);
    while (first > plan->first_tile[t->layer] && plan->tiles[first - 1].panel == t->panel)
        first--;
    double *factor = (double *)((real *)e->room[NU_SCRATCH] +
                                (size_t)d->thread * nu_scratch_size(plan)); /* free by now */
    memset(factor, 0, n * sizeof *factor);
    for (size_t i = first; i < plan->first_tile[t->layer + 1] && plan->tiles[i].panel == t->panel;
         i++)
        for (size_t j = 0; j < n; j++)
            factor[j] += columns_of(e, i)[j];
    int is_over = 0;
    for (size_t j = 0; j < n; j++) {
        double norm = sqrt(factor[j]);
        is_over |= norm > e->job.max_norm;
        factor[j] = norm > e->job.max_norm ? e->job.max_norm / (norm + 1e-7) : 1;
    }
    for (size_t r = t->first; is_over && r < t->end; r++)
        multiply_each(X(nu_panel)(w, t->panel, r), factor, n);
    finish(d, t, part, parts);
}

/* dL/ds_i is the sum over units of W_io G_io, and dL/dW_io = s_i G_io, G being the gradient of
 * diag(s) W, which the products of inputs and deltas are. */
static real input_factor_gradient(nu_engine *e, size_t i)
{
    const nu_network *net = e->job.net;
    const X(nu_matrix) *w = &e->layers[0].layer.weights;
    real sum = 0, factor = ((real *)e->job.params)[net->factor_at + i];
    for (size_t q = 0; q < w->panels; q++) {
        size_t n = X(nu_panel_columns)(w, q);
        const real *row = X(nu_panel)(w, q, i);
        real *g = e->gradient + net->weight_at[0] + (size_t)(row - w->at);
        sum += (real)X(nu_vectors).dot(row, g, 0, n);
        multiply(g, n, factor);
    }
    return sum;
}

/* Of the factors first .. end-1. */
static void update_input_factor(const nu_doing *d, size_t first, size_t end)
{
    nu_engine *e = d->e;
    nu_optimizer_step scaled = *d->step;
    size_t layers = e->job.net->layers + (size_t)nu_network_embeds(e->job.net);
    if (e->job.lr_factors != NULL)
        scaled = nu_optimizer_step_scaled(*d->step, e->job.lr_factors[layers]);
    first += e->job.net->factor_at;
    end += e->job.net->factor_at;
    update(d, &scaled, first, e->gradient + first, end - first);
    if (e->average != NULL)
        X(nu_vectors).combine(e->average, scaled.average, e->average, 1 - scaled.average,
                              e->job.params, first, end);
}

void X(nu_step_input_factor)(const nu_doing *d)
{
    nu_engine *e = d->e;
    size_t first, end;
    if (e->scaled.at == NULL || !d->is_last)
        return;
    nu_team_share(e->job.net->width[0], d->thread, d->threads, &first, &end);
    for (size_t i = first; i < end; i++)
        e->gradient[e->job.net->factor_at + i] = input_factor_gradient(e, i);
    if (d->step != NULL && first < end)
        update_input_factor(d, first, end);
    nu_barrier_wait(e->job.barrier, d->threads);
}

/* As torch.nn.utils.clip_grad_norm_() has it. */
double X(nu_step_clip)(const nu_engine *e)
{
    const double *of_tile = e->room[NU_SQUARES];
    double sum = 0;
    if (!(e->job.clip_norm > 0))
        return 1;
    for (size_t i = 0; i < e->job.plan->n_tiles; i++)
        sum += of_tile[i];
    double factor = e->job.clip_norm / (sqrt(sum) + 1e-6);
    return factor > 1 ? 1 : factor;
}

void X(nu_step_transpose)(nu_engine *e, const nu_tile *t)
{
    if (is_embedding(e, t))
        return;
    const X(nu_layer) *l = &e->layers[t->layer].layer;
    const X(nu_matrix) *w = &l->weights, *to = &l->transposed;
    if (to->at == NULL)
        return;
    size_t p = t->first / to->width, n = X(nu_panel_columns)(w, t->panel);
    X(nu_transpose)(X(nu_panel)(to, p, t->panel * w->width) + (t->first - p * to->width),
                    X(nu_panel_ld)(to, p), X(nu_panel)(w, t->panel, t->first), n, t->end - t->first,
                    n);
}
