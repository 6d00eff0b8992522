#include "train/plan.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/blas.h"

/* Rows of a block: enough for a product to run near its best rate, few enough for several blocks
 * per batch. */
#define BLOCK_ROWS_LEAST 32
#define FEW_BLOCKS 8

/* With more weights than this, which a core's cache does not hold, a block of few rows spends its
 * time reading them. 64 layers of 128 at batch 256 on 2 threads: 7.1 ms with 64 rows, with 32
 * 7.9. */
#define WEIGHTS_TO_STREAM ((size_t)1000000)

/* A step with less work than this (about 5 microseconds) is not worth a barrier. */
#define ONE_THREAD_FLOPS 3e5

/* A block's work should outweigh its overheads. */
#define BLOCK_FLOPS_LEAST 1e6

/* A layer is wide where its forward product is this much work: it is then cut into tiles for all
 * threads, which are long beside the barrier after them. */
#define WIDE_FLOPS 1e7
#define WIDE_BATCH 64

/* A layer is cut into about this many tiles of parameters, if they are not too small then. Those of
 * a layer with partial gradients have no product, only sums and the update. */
#define LAYER_TILES 16
#define TILE_ELEMENTS_LEAST ((size_t)4096)
#define PRIVATE_TILE_LEAST ((size_t)1024)

/* What an element costs beside a product's floating-point operations, in as many of those as take
 * the same time: adding one partial, the update (Adam, not in cache), writing the transposed
 * weight, adding to the sum of a column. Estimates; with a product's operations and a smaller
 * update alone, 784-512-512-10 at batch 128 took 2.35 ms a step on 2 threads, with these 2.21. */
#define PARTIAL_COST 20
#define UPDATE_COST 80
#define TRANSPOSE_COST 60
#define SUM_COST 15

/* Likewise a cosine or sine with its derivative, in products of the step. */
#define WAVE_COST 4

/* Parameters of the embedding, with what is between them. */
static size_t embedding_size(const nu_plan *plan)
{
    return plan->net->embed.at[NU_EMBED_TENSORS] - plan->net->embed.at[0];
}

/* ---- Choices ------------------------------------------------------------------------------- */

static double step_flops(const nu_network *net, double rows)
{
    const nu_embedding *e = &net->embed;
    double sum = 0, first = (double)net->width[0] * (double)net->width[1];
    for (size_t l = 0; l < net->layers; l++)
        sum += (double)net->width[l] * (double)net->width[l + 1];
    if (!nu_network_embeds(net))
        return 6 * rows * sum - 2 * rows * first;
    return 6 * rows * (sum + (double)e->numbers * (double)e->waves * (double)(e->size + WAVE_COST));
}

static void choose_rows(nu_plan *plan)
{
    const nu_blas_kind *kind = nu_blas_kind_here();
    double per_row = step_flops(plan->net, 1);
    plan->flops = per_row * (double)plan->batch;
    if (plan->flops < ONE_THREAD_FLOPS) {
        plan->block_rows = plan->batch;
    } else {
        size_t rows = BLOCK_ROWS_LEAST;
        size_t blocks = plan->net->size > WEIGHTS_TO_STREAM ? FEW_BLOCKS : kind->blocks;
        while (rows < kind->block &&
               ((double)rows * per_row < BLOCK_FLOPS_LEAST || rows * blocks <= plan->batch))
            rows *= 2;
        plan->block_rows = nu_smaller(rows, plan->batch);
    }
    plan->blocks = nu_plan_blocks(plan, plan->batch);
    size_t high = plan->batch <= 128 ? 64 : plan->batch < 1024 ? 128 : 512;
    plan->tile_rows = nu_smaller(kind->rows, high);
    plan->depth = kind->depth;
}

/* Partial gradients cost writing and reading blocks x elements; a product over the whole batch
 * reads the activations and gradients of all its rows, half of them or more from the caches of
 * other cores. */
static int is_small(const nu_plan *plan, size_t l)
{
    size_t in = plan->net->width[l], out = plan->net->width[l + 1];
    return 2 * plan->blocks * in * out <= plan->batch * (in + out);
}

static int is_wide(const nu_plan *plan, size_t l)
{
    double flops = 2 * (double)plan->batch * (double)plan->net->width[l] *
                   (double)plan->net->width[l + 1];
    size_t tiles = nu_ceil_div(plan->batch, plan->tile_rows) * plan->net->panels[l + 1];
    return plan->batch >= WIDE_BATCH && flops >= WIDE_FLOPS && tiles >= plan->blocks &&
           !is_small(plan, l) && !nu_layer_is_normed(plan->net, l);
}

static void choose_layers(nu_plan *plan)
{
    const nu_network *net = plan->net;
    plan->partial_size = embedding_size(plan);
    for (size_t l = 0; l < net->layers; l++) {
        plan->is_private[l] = plan->blocks > 1 && is_small(plan, l);
        plan->partial_at[l] = plan->partial_size;
        if (plan->is_private[l]) {
            size_t next = l + 1 < net->layers ? net->weight_at[l + 1] : net->factor_at;
            plan->partial_size += next - net->weight_at[l];
        }
        plan->transposed_at[l] = SIZE_MAX;
        if ((l > 0 || nu_network_embeds(net)) && plan->flops >= ONE_THREAD_FLOPS) {
            plan->transposed_at[l] = plan->transposed_size;
            plan->transposed_size += net->width[l] * net->width[l + 1];
        }
    }
}

static void add_stage(nu_plan *plan, nu_stage_kind over, unsigned does, size_t first, size_t end)
{
    plan->stages[plan->n_stages++] = (nu_stage){over, does, {first, end}};
}

/* The end of the run of layers like l, from l on: wide ones are taken one by one. */
static size_t run_end(const nu_plan *plan, size_t l)
{
    size_t end = l + 1;
    while (!is_wide(plan, l) && end < plan->net->layers && !is_wide(plan, end))
        end++;
    return end;
}

static void add_parameters(nu_plan *plan, nu_operation operation)
{
    for (size_t l = 0, end; l < plan->net->layers; l = end) {
        end = run_end(plan, l);
        add_stage(plan, NU_OVER_PARAMETERS, NU_DOES(operation), l, end);
    }
    if (nu_network_embeds(plan->net))
        add_stage(plan, NU_OVER_PARAMETERS, NU_DOES(operation), plan->net->layers,
                  plan->net->layers + 1);
}

/* Runs of narrow layers go over rows, packing with the first and the loss with the last; wide ones
 * over tiles. The embedding's partial gradients come with the first layer's, or as the last. */
static void choose_stages(nu_plan *plan)
{
    const unsigned pack = NU_DOES(NU_PACK), forward = NU_DOES(NU_FORWARD),
                   loss = NU_DOES(NU_LOSS), back = NU_DOES(NU_BACKWARD);
    size_t layers = plan->net->layers, last = layers; /* where the run before the loss begins */
    if (is_wide(plan, 0))
        add_stage(plan, NU_OVER_ROWS, pack, 0, 0);
    for (size_t l = 0, end; l < layers; l = end) {
        end = run_end(plan, l);
        if (is_wide(plan, l))
            add_stage(plan, NU_OVER_TILES, forward, l, end);
        else if (end < layers)
            add_stage(plan, NU_OVER_ROWS, (l == 0 ? pack : 0) | forward, l, end);
        else
            last = l;
    }
    add_stage(plan, NU_OVER_ROWS,
              (last == 0 ? pack : 0) | loss | (last < layers ? forward | back : 0), last, layers);
    for (size_t end = last, l; end > 0; end = l) {
        l = end - 1;
        while (l > 0 && !is_wide(plan, l) && !is_wide(plan, l - 1))
            l--;
        if (!is_wide(plan, l))
            add_stage(plan, NU_OVER_ROWS, back, l, end);
        else if (l > 0 || nu_network_embeds(plan->net))
            add_stage(plan, NU_OVER_TILES, back, l, end);
    }
    if (is_wide(plan, 0) && nu_network_embeds(plan->net))
        add_stage(plan, NU_OVER_ROWS, back, 0, 0);
    plan->gradient_at = plan->n_stages;
    if (plan->wants.gradient)
        add_parameters(plan, NU_GRADIENT);
    plan->update_at = plan->n_stages;
    add_parameters(plan, NU_UPDATE);
    if (plan->wants.bound)
        add_parameters(plan, NU_BOUND);
}

/* ---- Tiles of parameters ------------------------------------------------------------------- */

/* The most rows of layer l's tiles. */
static size_t tile_height(const nu_plan *plan, size_t l)
{
    const nu_network *net = plan->net;
    size_t in = net->width[l], columns = nu_smaller(net->panel[l + 1], net->width[l + 1]);
    size_t high = nu_ceil_div(in, nu_ceil_div(LAYER_TILES, net->panels[l + 1]));
    size_t elements = plan->is_private[l] ? PRIVATE_TILE_LEAST : TILE_ELEMENTS_LEAST;
    size_t least = nu_ceil_div(elements, columns);
    return nu_smaller(high > least ? high : least, net->panel[l]);
}

static double tile_cost(const nu_plan *plan, const nu_tile *t)
{
    size_t l = t->layer, columns = nu_panel_columns_of(plan->net, l + 1, t->panel);
    double per_element = plan->is_private[l] ? PARTIAL_COST * (double)plan->blocks
                                             : 2 * (double)plan->batch;
    per_element += UPDATE_COST + (plan->transposed_at[l] != SIZE_MAX ? TRANSPOSE_COST : 0);
    double cost = per_element * (double)((t->end - t->first) * columns);
    if (t->first == 0 && !plan->is_private[l])
        cost += SUM_COST * (double)plan->batch * (double)columns;
    return cost;
}

/* Cuts layer l into tiles, or, while plan->tiles is NULL, counts them. Down a panel of outputs, so
 * that neighbours share that panel of the gradient. */
static void cut_layer(nu_plan *plan, size_t l)
{
    const nu_network *net = plan->net;
    size_t in = net->width[l], high = tile_height(plan, l), before = plan->n_tiles;
    for (size_t q = 0; q < net->panels[l + 1]; q++)
        for (size_t left = 0; left < in; left += net->panel[l]) {
            size_t right = nu_smaller(left + net->panel[l], in);
            for (size_t first = left; first < right; first += high, plan->n_tiles++) {
                if (plan->tiles == NULL)
                    continue;
                nu_tile t = {l, q, first, nu_smaller(first + high, right), 0};
                before = plan->n_tiles;
                t.cost = tile_cost(plan, &t) + (before > 0 ? plan->tiles[before - 1].cost : 0);
                plan->tiles[before] = t;
                size_t size = (t.end - t.first) * nu_panel_columns_of(net, l + 1, q);
                plan->tile_size = size > plan->tile_size ? size : plan->tile_size;
                if (nu_panel_columns_of(net, l + 1, q) > plan->tile_columns)
                    plan->tile_columns = nu_panel_columns_of(net, l + 1, q);
            }
        }
}

/* Likewise the embedding. */
static void cut_embedding(nu_plan *plan)
{
    for (size_t first = 0; first < embedding_size(plan); first += PRIVATE_TILE_LEAST) {
        size_t end = nu_smaller(first + PRIVATE_TILE_LEAST, embedding_size(plan));
        double each = PARTIAL_COST * (double)plan->blocks + UPDATE_COST;
        if (plan->tiles != NULL)
            plan->tiles[plan->n_tiles] = (nu_tile){
                plan->net->layers, 0, first, end,
                plan->tiles[plan->n_tiles - 1].cost + each * (double)(end - first)};
        plan->n_tiles++;
    }
}

static nudge_status cut(nu_plan *plan, nudge_error *err)
{
    for (size_t l = 0; l < plan->net->layers; l++)
        cut_layer(plan, l);
    cut_embedding(plan);
    NU_NEW(plan->tiles, calloc, plan->n_tiles, "the plan of a step", err);
    plan->n_tiles = 0;
    for (size_t l = 0; l < plan->net->layers; l++) {
        plan->first_tile[l] = plan->n_tiles;
        cut_layer(plan, l);
    }
    plan->first_tile[plan->net->layers] = plan->n_tiles;
    cut_embedding(plan);
    plan->first_tile[plan->net->layers + 1] = plan->n_tiles;
    return NUDGE_OK;
}

/* ---- Start and end ------------------------------------------------------------------------- */

size_t nu_plan_pieces(const nu_plan *plan, const nu_stage *s, size_t rows)
{
    if (s->over == NU_OVER_ROWS)
        return nu_plan_blocks(plan, rows);
    if (s->over == NU_OVER_PARAMETERS)
        return plan->first_tile[s->layers.end] - plan->first_tile[s->layers.first];
    return nu_ceil_div(rows, plan->tile_rows) * plan->net->panels[nu_stage_makes(s)];
}

/* The most pieces that one stage has. Tiles of parameters count where they hold products: what is
 * left of the last stage without any is not worth a thread that has no block. */
static int useful_threads(const nu_plan *plan)
{
    size_t most = plan->blocks;
    for (size_t i = 0; i < plan->gradient_at; i++) {
        size_t pieces = nu_plan_pieces(plan, &plan->stages[i], plan->batch);
        most = pieces > most ? pieces : most;
    }
    for (size_t l = 0; l < plan->net->layers; l++)
        if (!plan->is_private[l] && plan->n_tiles > most)
            most = plan->n_tiles;
    return most > 1024 ? 1024 : (int)most;
}

nudge_status nu_plan_start(nu_plan *plan, const nu_network *net, size_t batch, nu_plan_wants wants,
                           nudge_error *err)
{
    nu_plan p NU_SCOPED(nu_plan_end) = {.net = net, .batch = batch, .wants = wants};
    NU_NEW(p.is_private, calloc, net->layers, "the plan of a step", err);
    NU_NEW(p.partial_at, calloc, net->layers, "the plan of a step", err);
    NU_NEW(p.transposed_at, calloc, net->layers, "the plan of a step", err);
    NU_NEW(p.first_tile, calloc, net->layers + 2, "the plan of a step", err);
    NU_NEW(p.stages, calloc, 5 * net->layers + 6, "the plan of a step", err);
    choose_rows(&p);
    choose_layers(&p);
    choose_stages(&p);
    NU_TRY(cut(&p, err));
    p.useful_threads = p.flops < ONE_THREAD_FLOPS ? 1 : useful_threads(&p);
    *plan = p;
    p = (nu_plan){0};
    return NUDGE_OK;
}

void nu_plan_end(nu_plan *plan)
{
    free(plan->is_private);
    free(plan->partial_at);
    free(plan->transposed_at);
    free(plan->first_tile);
    free(plan->stages);
    free(plan->tiles);
    *plan = (nu_plan){0};
}

void nu_plan_explain(const nu_plan *plan, int threads, char *text, size_t size)
{
    const nu_network *net = plan->net;
    size_t privates = 0, wide = 0;
    for (size_t l = 0; l < net->layers; l++) {
        privates += plan->is_private[l] != 0;
        wide += (size_t)is_wide(plan, l);
    }
    const char *s = threads == 1 ? "" : "s";
    if (plan->flops < ONE_THREAD_FLOPS)
        snprintf(text, size,
                 "one block of %zu rows, %d thread%s\n"
                 "a step of %.2g operations is less than waking a second thread costs",
                 plan->block_rows, threads, s, plan->flops);
    else if (wide > 0)
        snprintf(text, size,
                 "%zu wide layer%s in tiles of %zu rows x %zu columns, %zu in %zu blocks of rows\n"
                 "then %zu parameter tiles; %d thread%s",
                 wide, wide == 1 ? "" : "s", plan->tile_rows, nu_blas_kind_here()->panel,
                 net->layers - wide, plan->blocks, plan->n_tiles, threads, s);
    else
        snprintf(text, size,
                 "%zu block%s of %zu rows, then %zu parameter tiles; %d thread%s\n"
                 "gradients: %zu layer%s as sums over blocks, %zu as whole products",
                 plan->blocks, plan->blocks == 1 ? "" : "s", plan->block_rows, plan->n_tiles,
                 threads, s, privates, privates == 1 ? "" : "s", net->layers - privates);
}
