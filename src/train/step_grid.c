#include "core/team.h"
#include "net/layer.h"
#include "train/step.h"

/* Packing or the loss, by blocks of rows. */
static void by_blocks(nu_engine *e, nudge_phase phase, const real *inputs, size_t batch,
                      size_t rows, int thread, int threads)
{
    size_t each = e->job.plan->block_rows, block, end;
    nu_team_share(nu_step_blocks(e, rows), thread, threads, &block, &end);
    for (; block < end; block++) {
        size_t first = block * each, some = rows - first < each ? rows - first : each;
        if (phase == NUDGE_PACK)
            X(nu_step_pack)(e, inputs, batch, first, some);
        else
            X(nu_step_loss)(e, block, first, some, 1 / (double)rows);
    }
    nu_lap(e, thread, phase);
}

static void forward(nu_engine *e, const real *inputs, size_t l, size_t rows, int thread,
                    int threads)
{
    const nu_network *net = e->job.net;
    size_t i, end, tiles = nu_plan_grid_tiles(e->job.plan, rows, net->width[l + 1]);
    nu_team_share(tiles, thread, threads, &i, &end);
    for (; i < end; i++) {
        nu_span r, c;
        nu_plan_grid_tile(e->job.plan, rows, net->width[l + 1], i, &r, &c);
        X(nu_layer_forward_tile)(net, l, e->job.params, e->a[l], e->slope[l],
                                 nu_step_layer_input(e, inputs, l, 0), r, c);
    }
}

/* The gradient of layer l's inputs. */
static void backward(nu_engine *e, size_t l, size_t rows, int thread, int threads)
{
    const nu_network *net = e->job.net;
    size_t i, end, tiles = nu_plan_grid_tiles(e->job.plan, rows, net->width[l]);
    nu_team_share(tiles, thread, threads, &i, &end);
    for (; i < end; i++) {
        nu_span r, c;
        nu_plan_grid_tile(e->job.plan, rows, net->width[l], i, &r, &c);
        X(nu_layer_backward_tile)(net, l, e->job.params, nu_step_transposed(e, l), e->dz[l - 1],
                                  e->dz[l], e->a[l - 1], e->slope[l - 1], r, c);
    }
}

void X(nu_step_grid)(nu_engine *e, size_t batch, int thread, int threads)
{
    const real *inputs = nu_step_inputs(e, batch);
    size_t rows = nu_step_batch_rows(e, batch), layers = e->job.net->layers;
    by_blocks(e, NUDGE_PACK, inputs, batch, rows, thread, threads);
    for (size_t l = 0; l < layers; l++) {
        nu_step_wait(e, thread, threads);
        forward(e, inputs, l, rows, thread, threads);
        nu_lap(e, thread, NUDGE_FORWARD);
    }
    nu_step_wait(e, thread, threads);
    by_blocks(e, NUDGE_LOSS, inputs, batch, rows, thread, threads);
    for (size_t l = layers - 1; l > 0; l--) {
        nu_step_wait(e, thread, threads);
        backward(e, l, rows, thread, threads);
        nu_lap(e, thread, NUDGE_BACKWARD);
    }
}
