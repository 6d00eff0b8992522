#include "train/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/status.h"

/* Rows of a block: enough for a product to run near its best rate, few enough for several blocks
 * per batch. */
#define BLOCK_ROWS_LEAST 32
#define BLOCK_ROWS_MOST 256

/* A step with less work than this (about 5 microseconds) is not worth a barrier. */
#define ONE_THREAD_FLOPS 3e5

/* A block's work should outweigh its overheads. */
#define BLOCK_FLOPS_LEAST 1e6

/* Tiles are cut to at most this many rows and columns: their gradient stays near a core between
 * product and update, and a product repacks little of its inputs. With 512 columns the tiles of
 * 1024-2048-2048-2048-1024 at batch 1024 took 83 ms a step on 2 threads, with 1024 77. */
#define TILE_ROWS ((size_t)512)
#define TILE_COLUMNS ((size_t)1024)

/* A grid is used where a layer's forward product is this much work on average: tiles, about eight
 * to a layer, are then long beside a barrier. */
#define GRID_LAYER_FLOPS 2e7

/* Largest edge of a tile of the grid. f32, one thread, a 1024 x 2048 x 2048 product: 163 GFLOP/s in
 * one piece, 147 in tiles of 512 x 512, 108 in blocks of 128 rows. With batches of fewer rows,
 * tiles of 64 or 128 rows that the packing-free kernel takes are best. */
#define GRID_EDGE ((size_t)512)

/* A layer is cut into about this many tiles for the cores, if they are not too small then. With
 * batches that pieces of a product are not used for, larger tiles repack less: 784 x 500 at batch
 * 500 took 3.8 ms in 16 tiles and 3.3 in 4. */
#define LAYER_TILES 16
#define LAYER_TILES_LONG 4
#define LONG_BATCH 256
#define TILE_ELEMENTS_LEAST ((size_t)4096)

/* Tiles of a layer with partial gradients have no product, only sums and the update. */
#define PRIVATE_TILE_LEAST ((size_t)1024)

/* What an element costs beside a product's floating-point operations, in as many of those as take
 * the same time: adding one partial, the update (Adam, not in cache), writing the transposed
 * weight, adding to the sum of a column. Estimates; with a product's operations and a smaller
 * update alone, 784-512-512-10 at batch 128 took 2.35 ms a step on 2 threads, with these 2.21. */
#define PARTIAL_COST 20
#define UPDATE_COST 80
#define TRANSPOSE_COST 60
#define SUM_COST 15

static size_t ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static double step_flops(const nu_network *net, double rows)
{
    double sum = 0;
    for (size_t l = 0; l < net->layers; l++)
        sum += (double)net->width[l] * (double)net->width[l + 1];
    return 6 * rows * sum - 2 * rows * (double)net->width[0] * (double)net->width[1];
}

static void choose_blocks(nu_plan *plan, const nu_network *net)
{
    double per_row = step_flops(net, 1);
    plan->flops = per_row * (double)plan->batch;
    if (plan->flops < ONE_THREAD_FLOPS) {
        plan->block_rows = plan->batch;
    } else {
        size_t rows = BLOCK_ROWS_LEAST;
        while (rows < BLOCK_ROWS_MOST &&
               ((double)rows * per_row < BLOCK_FLOPS_LEAST || rows * 8 <= plan->batch))
            rows *= 2;
        plan->block_rows = rows < plan->batch ? rows : plan->batch;
    }
    plan->blocks = ceil_div(plan->batch, plan->block_rows);
}

/* Partials cost writing and reading blocks x elements; a product over the whole batch reads the
 * activations and gradients of all its rows, half of them or more from other cores' caches. */
static int prefers_private(const nu_plan *plan, size_t in, size_t out)
{
    return 2 * plan->blocks * in * out <= plan->batch * (in + out);
}

static size_t grid_columns(size_t width)
{
    size_t quarter = (width + 255) / 256 * 64; /* rounded up to cache lines */
    return smaller(quarter, GRID_EDGE);
}

size_t nu_plan_grid_tiles(const nu_plan *plan, size_t rows, size_t columns)
{
    return ceil_div(rows, plan->grid_rows) * ceil_div(columns, grid_columns(columns));
}

/* A thread takes neighbouring tiles: down the columns it reads some columns of the weights and all
 * rows of the activations, along the rows the other way round. The wider of the two is divided: on
 * 2 cores that do not share a cache 784-512-512-10 at batch 128 took 2.31 ms a step along rows and
 * 2.03 down columns. */
void nu_plan_grid_tile(const nu_plan *plan, size_t rows, size_t columns, size_t i, nu_span *r,
                       nu_span *c)
{
    size_t each = grid_columns(columns), across = ceil_div(columns, each);
    size_t down = ceil_div(rows, plan->grid_rows);
    int by_column = columns > 2 * rows;
    size_t row = by_column ? i % down : i / across, column = by_column ? i / down : i % across;
    r->first = row * plan->grid_rows;
    r->end = smaller(r->first + plan->grid_rows, rows);
    c->first = column * each;
    c->end = smaller(c->first + each, columns);
}

static void choose_grid(nu_plan *plan, const nu_network *net)
{
    double forward = 0;
    for (size_t l = 0; l < net->layers; l++)
        forward += 2 * (double)plan->batch * (double)net->width[l] * (double)net->width[l + 1];
    plan->grid = plan->batch >= 64 && forward / (double)net->layers >= GRID_LAYER_FLOPS;
    plan->grid_rows = plan->batch <= 128 ? 64 : plan->batch < 2 * GRID_EDGE ? 128 : GRID_EDGE;
}

static void choose_transposed(nu_plan *plan, const nu_network *net)
{
    plan->transposed_size = 0;
    for (size_t l = 0; l < net->layers; l++) {
        plan->transposed_at[l] = SIZE_MAX;
        if (l > 0 && plan->flops >= ONE_THREAD_FLOPS && (!plan->grid || plan->grid_rows <= 128)) {
            plan->transposed_at[l] = plan->transposed_size;
            plan->transposed_size += net->width[l] * net->width[l + 1];
        }
    }
}

static void choose_gradients(nu_plan *plan, const nu_network *net)
{
    plan->partial_size = 0;
    for (size_t l = 0; l < net->layers; l++) {
        plan->is_private[l] =
            !plan->grid && prefers_private(plan, net->width[l], net->width[l + 1]);
        plan->partial_at[l] = plan->partial_size;
        if (plan->is_private[l]) {
            size_t next = l + 1 < net->layers ? net->weight_at[l + 1] : net->size;
            plan->partial_size += next - net->weight_at[l];
        }
    }
}

/* The rows and columns of layer l's tiles; those at the edges may be smaller. */
static void tile_shape(const nu_plan *plan, const nu_network *net, size_t l, size_t *rows,
                       size_t *columns)
{
    size_t in = net->width[l], out = net->width[l + 1];
    size_t tiles = plan->batch > LONG_BATCH ? LAYER_TILES_LONG : LAYER_TILES;
    *columns = ceil_div(out, ceil_div(out, TILE_COLUMNS));
    size_t across = ceil_div(out, *columns);
    size_t high = ceil_div(in, ceil_div(tiles, across));
    size_t elements = plan->is_private[l] ? PRIVATE_TILE_LEAST : TILE_ELEMENTS_LEAST;
    size_t least = ceil_div(elements, *columns);
    if (high < least)
        high = least;
    if (high > TILE_ROWS)
        high = TILE_ROWS;
    *rows = high < in ? high : in;
}

static size_t count_tiles(const nu_plan *plan, const nu_network *net)
{
    size_t n = 0;
    for (size_t l = 0; l < net->layers; l++) {
        size_t rows, columns;
        tile_shape(plan, net, l, &rows, &columns);
        n += ceil_div(net->width[l], rows) * ceil_div(net->width[l + 1], columns);
    }
    return n;
}

static void cut_layer(nu_plan *plan, const nu_network *net, size_t l, size_t *n)
{
    size_t in = net->width[l], out = net->width[l + 1], rows, columns;
    tile_shape(plan, net, l, &rows, &columns);
    double per_element = plan->is_private[l] ? PARTIAL_COST * (double)plan->blocks
                                             : 2 * (double)plan->batch;
    per_element += UPDATE_COST + (plan->transposed_at[l] != SIZE_MAX ? TRANSPOSE_COST : 0);
    for (size_t first = 0; first < in; first += rows)
        for (size_t left = 0; left < out; left += columns) {
            nu_tile tile = {l, first, smaller(first + rows, in), left, smaller(left + columns, out),
                            *n > 0 ? plan->tiles[*n - 1].cost : 0};
            size_t elements = (tile.end - first) * (tile.right - left);
            tile.cost += (double)elements * per_element;
            if (first == 0 && !plan->is_private[l])
                tile.cost += SUM_COST * (double)plan->batch * (double)(tile.right - tile.left);
            if (elements > plan->tile_size)
                plan->tile_size = elements;
            if (tile.right - tile.left > plan->tile_columns)
                plan->tile_columns = tile.right - tile.left;
            plan->tiles[(*n)++] = tile;
        }
}

/* The most pieces that one phase has. Tiles count where they hold products: what is left of phase
 * two without any is not worth a thread that has no block. */
static int useful_threads(const nu_plan *plan, const nu_network *net)
{
    size_t most = plan->blocks;
    for (size_t l = 0; l < net->layers; l++)
        if (!plan->is_private[l] && plan->n_tiles > most)
            most = plan->n_tiles;
    for (size_t l = 0; plan->grid && l < net->layers; l++) {
        size_t pieces = nu_plan_grid_tiles(plan, plan->batch, net->width[l + 1]);
        most = pieces > most ? pieces : most;
    }
    return most > 1024 ? 1024 : (int)most;
}

nudge_status nu_plan_start(nu_plan *plan, const nu_network *net, size_t batch, nudge_error *err)
{
    *plan = (nu_plan){.batch = batch};
    plan->is_private = calloc(net->layers, sizeof *plan->is_private);
    plan->partial_at = calloc(net->layers, sizeof *plan->partial_at);
    plan->transposed_at = calloc(net->layers, sizeof *plan->transposed_at);
    if (plan->is_private == NULL || plan->partial_at == NULL || plan->transposed_at == NULL) {
        nu_plan_end(plan);
        return nu_no_memory(err, net->layers * sizeof *plan->partial_at, "the plan of a step");
    }
    choose_blocks(plan, net);
    choose_grid(plan, net);
    choose_transposed(plan, net);
    choose_gradients(plan, net);
    size_t n = 0, tiles = count_tiles(plan, net);
    plan->tiles = calloc(tiles, sizeof *plan->tiles);
    if (plan->tiles == NULL) {
        nu_plan_end(plan);
        return nu_no_memory(err, tiles * sizeof *plan->tiles, "the plan of a step");
    }
    plan->n_tiles = tiles;
    for (size_t l = 0; l < net->layers; l++)
        cut_layer(plan, net, l, &n);
    plan->useful_threads = plan->flops < ONE_THREAD_FLOPS ? 1 : useful_threads(plan, net);
    return NUDGE_OK;
}

void nu_plan_end(nu_plan *plan)
{
    free(plan->is_private);
    free(plan->partial_at);
    free(plan->transposed_at);
    free(plan->tiles);
    *plan = (nu_plan){0};
}

/* The first tile that begins at or after `cost`, where a tile straddling it goes to the side that
 * has more of it. */
static size_t tile_at_cost(const nu_plan *plan, double cost)
{
    size_t low = 0, high = plan->n_tiles;
    while (low < high) {
        size_t middle = (low + high) / 2;
        double before = middle > 0 ? plan->tiles[middle - 1].cost : 0;
        if ((before + plan->tiles[middle].cost) / 2 < cost)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void nu_plan_share(const nu_plan *plan, int thread, int threads, size_t *first, size_t *end)
{
    double each = plan->tiles[plan->n_tiles - 1].cost / threads;
    *first = thread == 0 ? 0 : tile_at_cost(plan, each * thread);
    *end = thread == threads - 1 ? plan->n_tiles : tile_at_cost(plan, each * (thread + 1));
}

void nu_plan_explain(const nu_plan *plan, const nu_network *net, int threads, char *text,
                     size_t size)
{
    size_t privates = 0;
    for (size_t l = 0; l < net->layers; l++)
        privates += plan->is_private[l] != 0;
    const char *s = threads == 1 ? "" : "s";
    if (plan->flops < ONE_THREAD_FLOPS)
        snprintf(text, size,
                 "one block of %zu rows, %d thread%s\n"
                 "a step of %.2g operations is less than waking a second thread costs",
                 plan->block_rows, threads, s, plan->flops);
    else if (plan->grid)
        snprintf(text, size,
                 "tiles of %zu rows layer by layer, %zu parameter tiles; %d thread%s\n"
                 "wide layers: a block of rows would spend its time copying weights",
                 plan->grid_rows, plan->n_tiles, threads, s);
    else
        snprintf(text, size,
                 "%zu block%s of %zu rows, then %zu parameter tiles; %d thread%s\n"
                 "gradients: %zu layer%s as sums over blocks, %zu as whole products",
                 plan->blocks, plan->blocks == 1 ? "" : "s", plan->block_rows, plan->n_tiles,
                 threads, s, privates, privates == 1 ? "" : "s", net->layers - privates);
}
