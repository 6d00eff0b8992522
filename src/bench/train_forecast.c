/* What a training run is expected to take, with costs of pieces measured on this machine when they
 * are first asked for. */
#include <stdlib.h>

#include "bench/forecast.h"
#include "bench/kernels.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "train/optimizer.h"
#include "train/run.h"

/* What nudge_train() does for a step whatever its size: the loop, the loss, and where a batch is
 * all rows the clocks and checks of an epoch. A 1-1 network of one row a step, f64, takes 0.11
 * microseconds, 0.19 where that is an epoch; its pieces are 0.06. */
#define STEP_SECONDS 0.04e-6
#define EPOCH_SECONDS 0.08e-6

/* More data than caches hold, where there is more. */
#define PACK_ELEMENTS ((size_t)8 << 20)

typedef struct known {
    const nu_kernel *kernel;
    size_t m, n, k; /* what was measured; of passes m does not matter */
    double seconds;
} known;

typedef struct measuring {
    const nu_run *run;
    int threads;
    double seconds;
    known *known;
    size_t n;
    nudge_status status;
    nudge_error *err;
} measuring;

/* What tells the kernel of a piece apart. */
static nu_kernel kernel_like(const nu_run *run, enum nu_kernel_operation operation, size_t layer)
{
    const nudge_optimizer *o = &run->options->optimizer;
    nu_kernel like = {.operation = operation};
    if (operation == NU_KERNEL_PACK)
        like.pixels = run->train->store->element == NU_U8;
    else if (operation == NU_KERNEL_FORWARD || operation == NU_KERNEL_BACKWARD)
        like.activation = run->model->net.activation[layer];
    else if (operation == NU_KERNEL_LOSS)
        like.loss = run->model->net.loss;
    if (operation != NU_KERNEL_UPDATE)
        return like;
    like.optimizer = o->kind;
    if (o->kind == NUDGE_SGD || o->kind == NUDGE_RMSPROP)
        like.momentum = o->momentum;
    like.nesterov = o->kind == NUDGE_SGD && o->nesterov;
    return like;
}

/* The data is used where it stands. */
static int packs_nothing(const nu_run *run)
{
    const nu_store *store = run->train->store;
    return (run->batches == 1 || !run->options->shuffle) && run->train->index == NULL &&
           store->element != NU_U8 && store->factor == NULL;
}

/* Measured where it is not known yet. An update or a sum is measured over a thread's share of all
 * parameters, and packing over much data, since that is where they find or lose their caches. */
static const known *look_up(measuring *c, const nu_kernel *kernel, size_t m, size_t n, size_t k)
{
    const nu_run *run = c->run;
    enum nu_kernel_operation operation = kernel->operation;
    if (operation == NU_KERNEL_UPDATE || operation == NU_KERNEL_COPY) {
        m = 1;
        n = run->model->net.size / (size_t)c->threads + 1;
    } else if (operation == NU_KERNEL_PACK) {
        m = PACK_ELEMENTS / n < run->train->rows ? PACK_ELEMENTS / n + 1 : run->train->rows;
    }
    for (size_t i = 0; i < c->n; i++) {
        const known *there = &c->known[i];
        if (there->kernel == kernel && there->n == n && there->k == k && (k == 0 || there->m == m))
            return there;
    }
    known *more = realloc(c->known, (c->n + 1) * sizeof *more), what = {kernel, m, n, k, 0};
    if (more == NULL) {
        c->status = nu_no_memory(c->err, (c->n + 1) * sizeof *more, "measured costs");
        return NULL;
    }
    c->known = more;
    c->status = nu_kernel_seconds(&what.seconds, kernel, run->model->dtype, m, n, k, c->threads,
                                  run->options->cpus, c->seconds, c->err);
    more[c->n++] = what;
    return &more[c->n - 1];
}

static double cost_of_piece(void *arg, enum nu_kernel_operation operation, size_t layer, size_t m,
                            size_t n, size_t k)
{
    measuring *c = arg;
    nu_kernel like = kernel_like(c->run, operation, layer);
    const nu_kernel *kernel = nu_kernel_find(&like);
    if (c->status != NUDGE_OK || kernel == NULL || /* an activation without a derivative to apply */
        (operation == NU_KERNEL_PACK && packs_nothing(c->run)))
        return 0;
    const known *there = look_up(c, kernel, m, n, k);
    if (there == NULL)
        return 0;
    double of_it = (double)m * (double)n / ((double)there->m * (double)there->n);
    return there->seconds * of_it;
}

static nudge_status forecast_run(nudge_forecast *forecast, const nu_run *run, double seconds,
                                 nudge_error *err)
{
    const nudge_train_options *o = run->options;
    int cores = nu_threads(0, 0, NULL), threads = o->threads > 0 ? o->threads : cores;
    if (threads > run->plan.useful_threads)
        threads = run->plan.useful_threads;
    /* Pieces are measured with as many threads as there are cores; more are a prediction for a
     * machine that has them. */
    measuring c = {.run = run, .threads = threads < cores ? threads : cores, .seconds = seconds,
                   .err = err};
    nu_costs costs = {.arg = &c,
                      .piece = cost_of_piece,
                      .update_is_product = nu_optimizer_is_product(&o->optimizer),
                      .step = STEP_SECONDS + (run->batches == 1 ? EPOCH_SECONDS : 0)};
    NU_TRY(nu_exchange_measure(&costs.exchange, c.threads, o->cpus, seconds, err));
    nudge_forecast f = nu_forecast(&run->model->net, &run->plan, run->numeric->real_size, threads,
                                   &costs);
    f.cores = cores;
    free(c.known);
    if (c.status == NUDGE_OK)
        *forecast = f;
    return c.status;
}

nudge_status nudge_train_forecast(nudge_forecast *forecast, const nudge_model *model,
                                  const nudge_dataset *train, const nudge_train_options *options,
                                  double seconds, nudge_error *err)
{
    nu_run run;
    if (!(seconds > 0))
        return nu_fail(err, NUDGE_EARGUMENT, "seconds %g is not a positive number", seconds);
    NU_TRY(nu_run_start(&run, (nudge_model *)model, train, NULL, options, err));
    nudge_status status = forecast_run(forecast, &run, seconds, err);
    nu_run_end(&run);
    return status;
}
