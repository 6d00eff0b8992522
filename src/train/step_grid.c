#include "core/team.h"
#include "net/layer.h"
#include "train/step.h"

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
    nu_team_share(nu_plan_grid_tiles(e->job.plan, rows, net->width[l + 1]), thread, threads, &i, &end);
    for (; i < end; i++) {
        nu_span r, c;
        nu_plan_grid_tile(e->job.plan, rows, net->width[l + 1], i, &r, &c);
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
    nu_team_share(nu_plan_grid_tiles(e->job.plan, rows, net->width[l]), thread, threads, &i, &end);
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
