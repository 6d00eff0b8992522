#include "bench/forecast.h"

#include <stdlib.h>

#include "core/status.h"
#include "core/team.h"

/* Of what threads exchange in a phase, a core's cache holds no more than about this many bytes; the
 * rest has left it by then and is read from further away by everybody. */
#define EXCHANGE_MOST 1048576.0

typedef struct forecasting {
    const nu_network *net;
    const nu_plan *plan;
    const nu_costs *costs;
    double real_size;
    int threads;
    double (*now)[NUDGE_PHASES]; /* threads: since the last barrier, without waiting */
    nudge_phases total;          /* of all threads */
    double step;
} forecasting;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static double product(const forecasting *f, nudge_gemm_kind kind, size_t m, size_t n, size_t k)
{
    return f->costs->product(f->costs->arg, kind, m, n, k);
}

static double pass(const forecasting *f, enum nu_kernel_operation operation, size_t layer,
                   size_t rows, size_t columns)
{
    return f->costs->pass(f->costs->arg, operation, layer, rows, columns);
}

/* Seconds for reals that others wrote; of `reals` in all, this thread's own are already there. */
static double fetch(const forecasting *f, double reals)
{
    double bytes = reals * f->real_size * (f->threads - 1) / f->threads;
    return (bytes < EXCHANGE_MOST ? bytes : EXCHANGE_MOST) * f->costs->exchange.read;
}

/* Seconds for writing reals that others have read. */
static double take_back(const forecasting *f, double reals)
{
    double bytes = f->threads > 1 ? reals * f->real_size : 0;
    return (bytes < EXCHANGE_MOST ? bytes : EXCHANGE_MOST) * f->costs->exchange.own;
}

/* All threads meet: the slowest decides. */
static void meet(forecasting *f)
{
    double longest = 0, barrier = f->threads > 1 ? f->costs->exchange.barrier : 0;
    for (int t = 0; t < f->threads; t++) {
        double own = 0;
        for (int p = 0; p < NUDGE_PHASES; p++)
            own += f->now[t][p];
        longest = own > longest ? own : longest;
    }
    for (int t = 0; t < f->threads; t++) {
        f->total.seconds[NUDGE_WAIT] += longest + barrier;
        for (int p = 0; p < NUDGE_PHASES; p++) {
            f->total.seconds[NUDGE_WAIT] -= f->now[t][p];
            f->total.seconds[p] += f->now[t][p];
            f->now[t][p] = 0;
        }
    }
    f->step += longest + barrier;
}

/* ---- Phase one in blocks of rows ------------------------------------------------------- */

static void block_of_rows(forecasting *f, double *now, size_t rows)
{
    const nu_network *net = f->net;
    size_t last = net->layers - 1;
    now[NUDGE_PACK] += pass(f, NU_KERNEL_PACK, 0, rows, net->width[0]);
    for (size_t l = 0; l < net->layers; l++)
        now[NUDGE_FORWARD] += product(f, NUDGE_GEMM_NN, rows, net->width[l + 1], net->width[l]) +
                              pass(f, NU_KERNEL_FORWARD, l, rows, net->width[l + 1]);
    now[NUDGE_LOSS] += pass(f, NU_KERNEL_LOSS, last, rows, net->width[last + 1]);
    for (size_t l = net->layers; l-- > 0;) {
        size_t in = net->width[l], out = net->width[l + 1];
        int transposed = f->plan->transposed_at[l] != SIZE_MAX;
        if (f->plan->is_private[l])
            now[NUDGE_BACKWARD] += product(f, NUDGE_GEMM_TN, in, out, rows) +
                                   pass(f, NU_KERNEL_SUMS, l, rows, out);
        if (l > 0)
            now[NUDGE_BACKWARD] +=
                product(f, transposed ? NUDGE_GEMM_NN : NUDGE_GEMM_NT, rows, in, out) +
                pass(f, NU_KERNEL_BACKWARD, l - 1, rows, in);
    }
}

/* What of a step's rows other threads read in phase two: inputs and gradients of layers whose
 * product is whole. */
static double reals_for_others(const forecasting *f)
{
    double reals = 0;
    for (size_t l = 0; l < f->net->layers; l++)
        if (!f->plan->is_private[l])
            reals += (double)f->net->width[l] + (double)f->net->width[l + 1];
    return reals;
}

/* Adding the partial gradients of a thread's own blocks. */
static double own_sums(const forecasting *f, size_t blocks)
{
    double cost = 0;
    for (size_t l = 0; l < f->net->layers; l++)
        if (f->plan->is_private[l] && blocks > 1)
            cost += (double)(blocks - 1) *
                    pass(f, NU_KERNEL_COPY, l, f->net->width[l], f->net->width[l + 1]);
    return cost;
}

static void rows_alone(forecasting *f)
{
    const nu_plan *plan = f->plan;
    double others = (double)(f->threads - 1) / f->threads, shared = reals_for_others(f);
    for (int t = 0; t < f->threads; t++) {
        size_t block, end;
        nu_team_share(plan->blocks, t, f->threads, &block, &end);
        if (block == end)
            continue;
        double *now = f->now[t];
        now[NUDGE_FORWARD] += fetch(f, (double)f->net->size);
        now[NUDGE_BACKWARD] += fetch(f, (double)plan->transposed_size) +
                               take_back(f, others * (double)plan->partial_size) +
                               own_sums(f, end - block);
        for (; block < end; block++) {
            size_t rows = smaller(plan->block_rows, plan->batch - block * plan->block_rows);
            now[NUDGE_PACK] += take_back(f, others * shared * (double)rows);
            block_of_rows(f, now, rows);
        }
    }
    meet(f);
}

/* ---- Phase one over a grid ------------------------------------------------------------- */

/* Rows of tile i of a matrix of `columns` columns, and its columns: as in train/step_grid.c, where
 * their order does not matter here but for the tiles at the edges. */
static void grid_tile(const forecasting *f, size_t columns, size_t i, size_t *m, size_t *n)
{
    size_t each = nu_plan_grid_columns(columns), across = (columns + each - 1) / each;
    size_t down = (f->plan->batch + f->plan->grid_rows - 1) / f->plan->grid_rows;
    int by_column = columns > 2 * f->plan->batch;
    size_t row = by_column ? i % down : i / across, column = by_column ? i / down : i % across;
    *m = smaller(f->plan->grid_rows, f->plan->batch - row * f->plan->grid_rows);
    *n = smaller(each, columns - column * each);
}

static size_t grid_tiles(const forecasting *f, size_t columns)
{
    size_t each = nu_plan_grid_columns(columns);
    return (columns + each - 1) / each *
           ((f->plan->batch + f->plan->grid_rows - 1) / f->plan->grid_rows);
}

static void grid_forward(forecasting *f, size_t l)
{
    size_t in = f->net->width[l], out = f->net->width[l + 1], i, end, m, n;
    for (int t = 0; t < f->threads; t++) {
        nu_team_share(grid_tiles(f, out), t, f->threads, &i, &end);
        if (i < end)
            f->now[t][NUDGE_FORWARD] += fetch(f, (double)f->plan->batch * (double)in / f->threads +
                                                     (double)in * (double)out);
        for (; i < end; i++) {
            grid_tile(f, out, i, &m, &n);
            f->now[t][NUDGE_FORWARD] += product(f, NUDGE_GEMM_NN, m, n, in) +
                                        pass(f, NU_KERNEL_FORWARD, l, m, n);
        }
    }
    meet(f);
}

static void grid_backward(forecasting *f, size_t l)
{
    size_t in = f->net->width[l], out = f->net->width[l + 1], i, end, m, n;
    nudge_gemm_kind kind = f->plan->transposed_at[l] != SIZE_MAX ? NUDGE_GEMM_NN : NUDGE_GEMM_NT;
    for (int t = 0; t < f->threads; t++) {
        nu_team_share(grid_tiles(f, in), t, f->threads, &i, &end);
        if (i < end)
            f->now[t][NUDGE_BACKWARD] +=
                fetch(f, (double)f->plan->batch * (double)out / f->threads +
                             (double)in * (double)out);
        for (; i < end; i++) {
            grid_tile(f, in, i, &m, &n);
            f->now[t][NUDGE_BACKWARD] += product(f, kind, m, n, out) +
                                         pass(f, NU_KERNEL_BACKWARD, l - 1, m, n);
        }
    }
    meet(f);
}

/* Packing or the loss: by blocks of rows. */
static void grid_rows(forecasting *f, nudge_phase phase, enum nu_kernel_operation operation,
                      size_t layer, size_t columns)
{
    for (int t = 0; t < f->threads; t++) {
        size_t block, end;
        nu_team_share(f->plan->blocks, t, f->threads, &block, &end);
        for (; block < end; block++) {
            size_t at = block * f->plan->block_rows;
            size_t rows = smaller(f->plan->block_rows, f->plan->batch - at);
            f->now[t][phase] += pass(f, operation, layer, rows, columns) +
                                take_back(f, (double)rows * (double)columns);
        }
    }
    meet(f);
}

static void grid(forecasting *f)
{
    const nu_network *net = f->net;
    size_t last = net->layers - 1;
    grid_rows(f, NUDGE_PACK, NU_KERNEL_PACK, 0, net->width[0]);
    for (size_t l = 0; l < net->layers; l++)
        grid_forward(f, l);
    grid_rows(f, NUDGE_LOSS, NU_KERNEL_LOSS, last, net->width[last + 1]);
    for (size_t l = last; l > 0; l--)
        grid_backward(f, l);
}

/* ---- Phase two ------------------------------------------------------------------------- */

static double tile_cost(const forecasting *f, const nu_tile *tile)
{
    const nu_plan *plan = f->plan;
    size_t m = tile->end - tile->first, n = tile->right - tile->left, l = tile->layer;
    double cost = take_back(f, (double)m * (double)n);
    if (plan->is_private[l] || !f->costs->update_is_product)
        cost += pass(f, NU_KERNEL_UPDATE, l, m, n);
    if (plan->is_private[l]) {
        double sums = (double)smaller((size_t)f->threads, plan->blocks); /* one from each thread */
        cost += (sums - 1) * pass(f, NU_KERNEL_COPY, l, m, n) +
                fetch(f, sums * (double)m * (double)n);
    } else {
        cost += product(f, NUDGE_GEMM_TN, m, n, plan->batch) +
                fetch(f, (double)plan->batch * (double)m);
        if (tile->first == 0)
            cost += pass(f, NU_KERNEL_SUMS, l, plan->batch, n);
    }
    if (plan->transposed_at[l] != SIZE_MAX)
        cost += pass(f, NU_KERNEL_TRANSPOSE, l, m, n) + take_back(f, (double)m * (double)n);
    return cost;
}

static void tiles(forecasting *f)
{
    for (int t = 0; t < f->threads; t++) {
        size_t i, end, layer = SIZE_MAX;
        nu_plan_share(f->plan, t, f->threads, &i, &end);
        for (; i < end; i++) {
            const nu_tile *tile = &f->plan->tiles[i];
            if (tile->layer != layer && !f->plan->is_private[tile->layer])
                f->now[t][NUDGE_UPDATE] += fetch(f, (double)f->plan->batch *
                                                        (double)f->net->width[tile->layer + 1]);
            layer = tile->layer;
            f->now[t][NUDGE_UPDATE] += tile_cost(f, tile);
        }
    }
    meet(f);
}

nudge_status nu_forecast(nudge_forecast *forecast, const nu_network *net, const nu_plan *plan,
                         size_t real_size, int threads, const nu_costs *costs, nudge_error *err)
{
    forecasting f = {.net = net, .plan = plan, .costs = costs, .threads = threads,
                     .real_size = (double)real_size, .step = costs->step};
    f.total.seconds[NUDGE_WAIT] = costs->step * threads;
    f.now = calloc((size_t)threads, sizeof *f.now);
    if (f.now == NULL)
        return nu_no_memory(err, (size_t)threads * sizeof *f.now, "a forecast");
    if (plan->grid)
        grid(&f);
    else
        rows_alone(&f);
    tiles(&f);
    *forecast = (nudge_forecast){.threads = threads, .step = f.step, .phases = f.total};
    free(f.now);
    return NUDGE_OK;
}
