#include "core/team.h"
#include "net/activation.h"
#include "net/layer.h"
#include "train/step.h"

/* Finds the store rows of batch rows first .. first+rows-1 and packs their features. */
void X(nu_step_pack)(nu_engine *e, const real *inputs, size_t batch, size_t first, size_t rows)
{
    X(nu_batch_rows)(e->job.data, e->shuffled, batch * e->job.plan->batch + first, rows,
                     e->rows + first);
    if (inputs == e->packed)
        X(nu_batch_features)(e->job.data->store, e->rows + first, rows,
                             e->packed + first * e->job.net->width[0]);
}

static X(nu_targets) block_targets(nu_engine *e, size_t first, size_t rows)
{
    X(nu_targets) t = {NULL, NULL};
    const nu_store *store = e->job.data->store;
    real *y = e->y != NULL ? e->y + first * store->outputs : NULL;
    int32_t *classes = e->classes != NULL ? e->classes + first : NULL;
    X(nu_batch_targets)(store, e->rows + first, rows, y, classes);
    t.y = y;
    t.classes = classes;
    return t;
}

void X(nu_step_loss)(nu_engine *e, size_t block, size_t first, size_t rows, double scale)
{
    const nu_network *net = e->job.net;
    size_t n = net->width[net->layers], last = net->layers - 1, at = first * n;
    nu_block_result *r = &e->results[block];
    r->correct = 0;
    r->loss = X(nu_loss)(&e->loss, e->dz[last] + at, e->a[last] + at,
                         block_targets(e, first, rows), scale, rows, n, &r->correct);
    X(nu_activate_backward)(net->activation[last], e->dz[last] + at, e->a[last] + at,
                            e->slope[last] != NULL ? e->slope[last] + at : NULL, rows, n);
}

static void block_forward(nu_engine *e, const real *inputs, size_t first, size_t rows)
{
    const nu_network *net = e->job.net;
    for (size_t l = 0; l < net->layers; l++) {
        size_t at = first * net->width[l + 1];
        X(nu_layer_forward)(net, l, e->job.params, e->a[l] + at,
                            e->slope[l] != NULL ? e->slope[l] + at : NULL,
                            nu_step_layer_input(e, inputs, l, first), rows);
    }
}

static void block_backward(nu_engine *e, const real *inputs, size_t block, size_t first,
                           size_t rows)
{
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    for (size_t l = net->layers; l-- > 0;) {
        const real *dz = e->dz[l] + first * net->width[l + 1];
        const real *x = nu_step_layer_input(e, inputs, l, first);
        if (plan->is_private[l]) {
            real *dw = e->partials + block * plan->partial_size + plan->partial_at[l];
            real *db = dw + (net->bias_at[l] - net->weight_at[l]);
            X(nu_layer_gradient)(net, l, dw, db, x, dz, rows);
        }
        if (l > 0) {
            size_t at = first * net->width[l];
            const real *slope = e->slope[l - 1] != NULL ? e->slope[l - 1] + at : NULL;
            X(nu_layer_backward)(net, l, e->job.params, nu_step_transposed(e, l),
                                 e->dz[l - 1] + at, dz, x, slope, rows);
        }
    }
}

void X(nu_step_rows)(nu_engine *e, size_t batch, int thread, int threads)
{
    const real *inputs = nu_step_inputs(e, batch);
    size_t rows = nu_step_batch_rows(e, batch), blocks = nu_step_blocks(e, rows), block, end;
    size_t each = e->job.plan->block_rows;
    nu_team_share(blocks, thread, threads, &block, &end);
    for (; block < end; block++) {
        size_t first = block * each, some = rows - first < each ? rows - first : each;
        X(nu_step_pack)(e, inputs, batch, first, some);
        nu_lap(e, thread, NUDGE_PACK);
        block_forward(e, inputs, first, some);
        nu_lap(e, thread, NUDGE_FORWARD);
        X(nu_step_loss)(e, block, first, some, 1 / (double)rows);
        nu_lap(e, thread, NUDGE_LOSS);
        block_backward(e, inputs, block, first, some);
        nu_lap(e, thread, NUDGE_BACKWARD);
    }
    if (e->job.plan->partial_size > 0)
        X(nu_partials_add_own)(e, blocks, thread, threads);
    nu_lap(e, thread, NUDGE_BACKWARD);
}
