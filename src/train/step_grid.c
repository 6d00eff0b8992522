#include "core/team.h"
#include "net/layer.h"
#include "train/step.h"

/* Tile i of a rows x columns matrix cut as the plan says. A thread takes neighbouring tiles: down
 * the columns it reads some columns of the weights and all rows of the activations, along the rows
 * the other way round. The wider of the two is divided: on 2 cores that do not share a cache
 * 784-512-512-10 at batch 128 took 2.31 ms a step along rows and 2.03 down columns. */
static void tile_at(const nu_plan *plan, size_t rows, size_t columns, size_t i, nu_span *r,
                    nu_span *c)
{
    size_t each = nu_plan_grid_columns(columns), across = (columns + each - 1) / each;
    size_t down = (rows + plan->grid_rows - 1) / plan->grid_rows;
    int by_column = columns > 2 * rows;
    size_t row = by_column ? i % down : i / across, column = by_column ? i / down : i % across;
    r->first = row * plan->grid_rows;
    r->end = r->first + plan->grid_rows < rows ? r->first + plan->grid_rows : rows;
    c->first = column * each;
    c->end = c->first + each < columns ? c->first + each : columns;
}

static size_t tile_count(const nu_plan *plan, size_t rows, size_t columns)
{
    size_t each = nu_plan_grid_columns(columns);
    return ((rows + plan->grid_rows - 1) / plan->grid_rows) * ((columns + each - 1) / each);
}

static void pack(nu_engine *e, const real *inputs, size_t batch, size_t rows, int thread,
                 int threads)
{
    size_t each = e->job.plan->block_rows, block, end;
    nu_team_share(nu_step_blocks(e, rows), thread, threads, &block, &end);
    for (; block < end; block++) {
        size_t first = block * each;
        X(nu_step_pack)(e, inputs, batch, first, rows - first < each ? rows - first : each);
    }
}

static void forward(nu_engine *e, const real *inputs, size_t l, size_t rows, int thread,
                    int threads)
{
    const nu_network *net = e->job.net;
    size_t i, end;
    nu_team_share(tile_count(e->job.plan, rows, net->width[l + 1]), thread, threads, &i, &end);
    for (; i < end; i++) {
        nu_span r, c;
        tile_at(e->job.plan, rows, net->width[l + 1], i, &r, &c);
        X(nu_layer_forward_tile)(net, l, e->job.params, e->a[l], e->slope[l],
                                 nu_step_layer_input(e, inputs, l, 0), r, c);
    }
}

static void loss(nu_engine *e, size_t rows, int thread, int threads)
{
    size_t each = e->job.plan->block_rows, block, end;
    nu_team_share(nu_step_blocks(e, rows), thread, threads, &block, &end);
    for (; block < end; block++) {
        size_t first = block * each;
        X(nu_step_loss)(e, block, first, rows - first < each ? rows - first : each,
                        1 / (double)rows);
    }
}

/* The gradient of layer l's inputs. */
static void backward(nu_engine *e, size_t l, size_t rows, int thread, int threads)
{
    const nu_network *net = e->job.net;
    size_t i, end;
    nu_team_share(tile_count(e->job.plan, rows, net->width[l]), thread, threads, &i, &end);
    for (; i < end; i++) {
        nu_span r, c;
        tile_at(e->job.plan, rows, net->width[l], i, &r, &c);
        X(nu_layer_backward_tile)(net, l, e->job.params, nu_step_transposed(e, l), e->dz[l - 1],
                                  e->dz[l], e->a[l - 1], e->slope[l - 1], r, c);
    }
}

void X(nu_step_grid)(nu_engine *e, size_t batch, int thread, int threads)
{
    const real *inputs = nu_step_inputs(e, batch);
    size_t rows = nu_step_batch_rows(e, batch), layers = e->job.net->layers;
    pack(e, inputs, batch, rows, thread, threads);
    nu_lap(e, thread, NUDGE_PACK);
    for (size_t l = 0; l < layers; l++) {
        nu_step_wait(e, thread, threads);
        forward(e, inputs, l, rows, thread, threads);
        nu_lap(e, thread, NUDGE_FORWARD);
    }
    nu_step_wait(e, thread, threads);
    loss(e, rows, thread, threads);
    nu_lap(e, thread, NUDGE_LOSS);
    for (size_t l = layers - 1; l > 0; l--) {
        nu_step_wait(e, thread, threads);
        backward(e, l, rows, thread, threads);
        nu_lap(e, thread, NUDGE_BACKWARD);
    }
}
