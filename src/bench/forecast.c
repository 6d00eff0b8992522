#include "bench/forecast.h"

#include <math.h>

#include "core/team.h"

/* Of what threads exchange in a phase, a core's cache holds no more than about this many bytes; the
 * rest has left it by then and is read from further away by everybody. */
#define EXCHANGE_MOST 1048576.0

typedef struct forecasting {
    const nu_network *net;
    const nu_plan *plan;
    const nu_costs *costs;
    double real_size, threads;
    double own;           /* of the thread that is looked at, since the last barrier */
    nudge_forecast *sums;
} forecasting;

static void spend(forecasting *f, nudge_phase phase, double seconds)
{
    f->own += seconds;
    f->sums->phases.seconds[phase] += seconds;
}

static double cost(const forecasting *f, enum nu_kernel_operation operation, size_t layer, size_t m,
                   size_t n, size_t k)
{
    return f->costs->piece(f->costs->arg, operation, layer, m, n, k);
}

/* Seconds for reading reals that others wrote, or for writing reals that others have read. */
static double exchange(const forecasting *f, double reals)
{
    double bytes = f->threads > 1 ? reals * f->real_size : 0;
    return fmin(bytes, EXCHANGE_MOST) * f->costs->exchange.byte;
}

/* Likewise for the part that a thread has not made itself. */
static double fetch(const forecasting *f, double reals)
{
    return exchange(f, reals * (f->threads - 1) / f->threads);
}

static size_t rows_of_block(const nu_plan *plan, size_t block)
{
    size_t rest = plan->batch - block * plan->block_rows;
    return rest < plan->block_rows ? rest : plan->block_rows;
}

/* What goes back through layer l: dZ times its weights, transposed. */
static enum nu_kernel_operation backward_product(const nu_plan *plan, size_t l)
{
    return plan->transposed_at[l] != SIZE_MAX ? NU_KERNEL_NN : NU_KERNEL_NT;
}

/* What threads share between two barriers. */
typedef struct stage {
    void (*piece)(forecasting *f, const struct stage *s, size_t i, int is_first);
    size_t pieces;
    nudge_phase phase; /* over a grid */
    size_t layer;
} stage;

/* ---- Phase one in blocks of rows ----------------------------------------------------------- */

/* What a thread does once, with its first block, or else adding a block to those before it. */
static void share_of_blocks(forecasting *f, int is_first)
{
    const nu_network *net = f->net;
    if (is_first) {
        spend(f, NUDGE_FORWARD, fetch(f, (double)net->size));
        spend(f, NUDGE_BACKWARD, fetch(f, (double)f->plan->transposed_size) +
                                     fetch(f, (double)f->plan->partial_size));
    }
    for (size_t l = 0; !is_first && l < net->layers; l++)
        if (f->plan->is_private[l])
            spend(f, NUDGE_BACKWARD,
                  cost(f, NU_KERNEL_COPY, l, net->width[l], net->width[l + 1], 0));
}

static void block(forecasting *f, const stage *s, size_t i, int is_first)
{
    const nu_network *net = f->net;
    size_t rows = rows_of_block(f->plan, i), last = net->layers - 1;
    double shared = 0; /* reals of a row that others read in phase two */
    (void)s;
    share_of_blocks(f, is_first);
    for (size_t l = 0; l <= last; l++) {
        size_t in = net->width[l], out = net->width[l + 1];
        spend(f, NUDGE_FORWARD, cost(f, NU_KERNEL_NN, l, rows, out, in) +
                                    cost(f, NU_KERNEL_FORWARD, l, rows, out, 0));
        if (f->plan->is_private[l])
            spend(f, NUDGE_BACKWARD, cost(f, NU_KERNEL_TN, l, in, out, rows) +
                                         cost(f, NU_KERNEL_SUMS, l, rows, out, 0));
        else
            shared += (double)in + (double)out;
        if (l > 0)
            spend(f, NUDGE_BACKWARD, cost(f, backward_product(f->plan, l), l, rows, in, out) +
                                         cost(f, NU_KERNEL_BACKWARD, l - 1, rows, in, 0));
    }
    spend(f, NUDGE_PACK, cost(f, NU_KERNEL_PACK, 0, rows, net->width[0], 0) +
                             fetch(f, shared * (double)rows));
    spend(f, NUDGE_LOSS, cost(f, NU_KERNEL_LOSS, last, rows, net->width[last + 1], 0));
}

/* ---- Phase one over a grid ----------------------------------------------------------------- */

/* Packing or the loss: by blocks of rows. */
static void grid_rows(forecasting *f, const stage *s, size_t i, int is_first)
{
    int packs = s->phase == NUDGE_PACK;
    enum nu_kernel_operation pass = packs ? NU_KERNEL_PACK : NU_KERNEL_LOSS;
    size_t rows = rows_of_block(f->plan, i), columns = f->net->width[packs ? 0 : f->net->layers];
    (void)is_first;
    spend(f, s->phase, cost(f, pass, s->layer, rows, columns, 0) +
                           exchange(f, (double)rows * (double)columns));
}

/* Forward or backward: a tile's product and the pass after it. */
static void grid_tile(forecasting *f, const stage *s, size_t i, int is_first)
{
    int back = s->phase == NUDGE_BACKWARD;
    size_t l = s->layer, inner = f->net->width[back ? l + 1 : l];
    size_t columns = f->net->width[back ? l : l + 1];
    nu_span m, n;
    nu_plan_grid_tile(f->plan, f->plan->batch, columns, i, &m, &n);
    size_t rows = m.end - m.first, some = n.end - n.first;
    if (is_first)
        spend(f, s->phase, fetch(f, (double)f->plan->batch * (double)inner / f->threads +
                                        (double)inner * (double)columns));
    spend(f, s->phase,
          back ? cost(f, backward_product(f->plan, l), l, rows, some, inner) +
                     cost(f, NU_KERNEL_BACKWARD, l - 1, rows, some, 0)
               : cost(f, NU_KERNEL_NN, l, rows, some, inner) +
                     cost(f, NU_KERNEL_FORWARD, l, rows, some, 0));
}

/* ---- Phase two ----------------------------------------------------------------------------- */

static void tile(forecasting *f, const stage *s, size_t i, int is_first)
{
    const nu_plan *plan = f->plan;
    const nu_tile *t = &plan->tiles[i];
    size_t m = t->end - t->first, n = t->right - t->left, l = t->layer;
    double elements = (double)m * (double)n, seconds = exchange(f, elements);
    (void)s;
    if (plan->is_private[l]) {
        double sums = fmin(f->threads, (double)plan->blocks); /* one from each thread */
        seconds += (sums - 1) * cost(f, NU_KERNEL_COPY, l, m, n, 0) + fetch(f, sums * elements);
    } else {
        seconds += cost(f, NU_KERNEL_TN, l, m, n, plan->batch) +
                   fetch(f, (double)plan->batch * (double)m);
        if (t->first == 0)
            seconds += cost(f, NU_KERNEL_SUMS, l, plan->batch, n, 0);
        if (is_first || plan->tiles[i - 1].layer != l)
            seconds += fetch(f, (double)plan->batch * (double)f->net->width[l + 1]);
    }
    if (plan->is_private[l] || !f->costs->update_is_product)
        seconds += cost(f, NU_KERNEL_UPDATE, l, m, n, 0);
    if (plan->transposed_at[l] != SIZE_MAX)
        seconds += cost(f, NU_KERNEL_TRANSPOSE, l, m, n, 0) + exchange(f, elements);
    spend(f, NUDGE_UPDATE, seconds);
}

/* ---- A step -------------------------------------------------------------------------------- */

/* Every thread takes its share of the pieces; then all meet, and the slowest decides. */
static void go_through(forecasting *f, const stage *s)
{
    int threads = f->sums->threads;
    double longest = 0, all = 0, barrier = threads > 1 ? f->costs->exchange.barrier : 0;
    for (int t = 0; t < threads; t++) {
        size_t first, end;
        if (s->piece == tile)
            nu_plan_share(f->plan, t, threads, &first, &end);
        else
            nu_team_share(s->pieces, t, threads, &first, &end);
        f->own = 0;
        for (size_t i = first; i < end; i++)
            s->piece(f, s, i, i == first);
        longest = fmax(longest, f->own);
        all += f->own;
    }
    spend(f, NUDGE_WAIT, f->threads * (longest + barrier) - all);
    f->sums->step += longest + barrier;
}

static void grid(forecasting *f)
{
    const nu_plan *plan = f->plan;
    size_t last = f->net->layers - 1;
    go_through(f, &(stage){grid_rows, plan->blocks, NUDGE_PACK, 0});
    for (size_t l = 0; l <= last; l++) {
        size_t tiles = nu_plan_grid_tiles(plan, plan->batch, f->net->width[l + 1]);
        go_through(f, &(stage){grid_tile, tiles, NUDGE_FORWARD, l});
    }
    go_through(f, &(stage){grid_rows, plan->blocks, NUDGE_LOSS, last});
    for (size_t l = last; l > 0; l--) {
        size_t tiles = nu_plan_grid_tiles(plan, plan->batch, f->net->width[l]);
        go_through(f, &(stage){grid_tile, tiles, NUDGE_BACKWARD, l});
    }
}

nudge_forecast nu_forecast(const nu_network *net, const nu_plan *plan, size_t real_size,
                           int threads, const nu_costs *costs)
{
    nudge_forecast sums = {.threads = threads, .step = costs->step};
    forecasting f = {.net = net, .plan = plan, .costs = costs, .real_size = (double)real_size,
                     .threads = threads, .sums = &sums};
    spend(&f, NUDGE_WAIT, costs->step * threads);
    if (plan->grid)
        grid(&f);
    else
        go_through(&f, &(stage){.piece = block, .pieces = plan->blocks});
    go_through(&f, &(stage){.piece = tile});
    return sums;
}
