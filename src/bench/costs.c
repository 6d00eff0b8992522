#include "bench/costs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/random.h"
#include "core/status.h"
#include "train/optimizer.h"

/* What nudge_train() does for a step whatever its size: the loop, the loss, and where a batch is all
 * rows the clocks and checks of an epoch. A 1-1 network of one row a step, f64, takes 0.11
 * microseconds, 0.19 where that is an epoch; its pieces are 0.06. */
#define STEP_SECONDS 0.04e-6
#define EPOCH_SECONDS 0.08e-6

/* More data than caches hold, where there is more. */
#define PACK_ELEMENTS ((size_t)8 << 20)

enum { MOST_KNOWN = 64 };

typedef struct known {
    int is_product;
    int kind; /* nudge_gemm_kind or nu_kernel_operation */
    size_t m, n, k; /* of a pass: the layer's activation, its columns, 0 */
    double seconds; /* of the product, or of an element */
} known;

struct nu_measured_costs {
    const nu_network *net;
    const nudge_dataset *data;
    const nudge_train_options *options;
    nudge_dtype dtype;
    int threads;
    double seconds;
    double order;       /* of finding one row's place in a shuffled epoch */
    known known[MOST_KNOWN];
    size_t n;
    nudge_status status;
    nudge_error err;
};

static known *look_up(nu_measured_costs *c, known what)
{
    for (size_t i = 0; i < c->n; i++) {
        known *k = &c->known[i];
        if (k->is_product == what.is_product && k->kind == what.kind && k->m == what.m &&
            k->n == what.n && k->k == what.k)
            return k;
    }
    return NULL;
}

/* Keeps it if there is room; otherwise it is measured again when it is asked for again. */
static void keep(nu_measured_costs *c, known what)
{
    if (c->n < MOST_KNOWN)
        c->known[c->n++] = what;
}

static double cost_of_product(void *arg, nudge_gemm_kind kind, size_t m, size_t n, size_t k)
{
    nu_measured_costs *c = arg;
    known what = {1, (int)kind, m, n, k, 0}, *there = look_up(c, what);
    if (there != NULL || c->status != NUDGE_OK)
        return there != NULL ? there->seconds : 0;
    nudge_measurement rate;
    c->status = nudge_bench_gemm(&rate, c->dtype, kind, m, n, k, c->threads,
                                 c->options->cpus, c->seconds, &c->err);
    if (c->status != NUDGE_OK)
        return 0;
    what.seconds = 2 * (double)m * (double)n * (double)k * c->threads / rate.median;
    keep(c, what);
    return what.seconds;
}

/* The kernel to measure for a pass, and the activation that tells passes apart. */
static nu_kernel kernel_like(const nu_measured_costs *c, enum nu_kernel_operation operation,
                             size_t layer)
{
    const nudge_optimizer *o = &c->options->optimizer;
    nu_kernel like = {.operation = operation};
    if (operation == NU_KERNEL_PACK)
        like.pixels = c->data->store->element == NU_U8;
    else if (operation == NU_KERNEL_FORWARD || operation == NU_KERNEL_BACKWARD)
        like.activation = c->net->activation[layer];
    else if (operation == NU_KERNEL_LOSS)
        like.loss = c->net->loss;
    if (operation != NU_KERNEL_UPDATE)
        return like;
    like.optimizer = o->kind;
    if (o->kind == NUDGE_SGD || o->kind == NUDGE_RMSPROP)
        like.momentum = o->momentum;
    like.nesterov = o->kind == NUDGE_SGD && o->nesterov;
    return like;
}

/* Rows of the measured block: those of the piece, but an update runs over a thread's share of all
 * parameters, and packing over much data, since that is where they find or lose their caches. */
static void shape_of(const nu_measured_costs *c, enum nu_kernel_operation operation, size_t *rows,
                     size_t *columns)
{
    if (operation == NU_KERNEL_UPDATE || operation == NU_KERNEL_COPY) {
        *columns = c->net->size / (size_t)c->threads + 1;
        *rows = 1;
    } else if (operation == NU_KERNEL_PACK) {
        size_t most = PACK_ELEMENTS / *columns + 1;
        *rows = c->data->rows < most ? c->data->rows : most;
    }
}

static double cost_of_pass(void *arg, enum nu_kernel_operation operation, size_t layer,
                           size_t rows, size_t columns)
{
    nu_measured_costs *c = arg;
    double elements = (double)rows * (double)columns;
    double order = operation == NU_KERNEL_PACK ? c->order * (double)rows : 0;
    nu_kernel like = kernel_like(c, operation, layer);
    const nu_kernel *kernel = nu_kernel_find(&like);
    if (kernel == NULL) /* an activation without a derivative to apply */
        return 0;
    int one_shape = operation == NU_KERNEL_UPDATE || operation == NU_KERNEL_COPY;
    known what = {0, (int)operation, like.activation, one_shape ? 0 : columns, 0, 0};
    known *there = look_up(c, what);
    if (there != NULL || c->status != NUDGE_OK)
        return order + (there != NULL ? there->seconds * elements : 0);
    shape_of(c, operation, &rows, &columns);
    c->status = nu_kernel_seconds(&what.seconds, kernel, c->dtype, rows, columns, c->threads,
                                  c->options->cpus, c->seconds, &c->err);
    if (c->status != NUDGE_OK)
        return 0;
    keep(c, what);
    return order + what.seconds * elements;
}

/* Seconds that a row's place in a shuffled epoch takes to find. */
static double order_of_rows(const nudge_dataset *data, size_t batch)
{
    enum { PLACES = 256, ROUNDS = 64 };
    uint32_t place[PLACES];
    nu_permutation order;
    if (batch >= data->rows)
        return 0;
    size_t some = data->rows < PLACES ? data->rows : PLACES;
    nu_permutation_start(&order, (uint32_t)data->rows, 0, NU_RANDOM_BENCH, 0);
    double best = INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
        double start = nu_seconds();
        nu_permutation_range(&order, 0, some, place);
        best = fmin(best, nu_seconds() - start);
    }
    return best / (double)some;
}

nudge_status nu_costs_start(nu_measured_costs **measured, nu_costs *costs, const nu_network *net,
                            const nudge_dataset *data, const nudge_train_options *options,
                            nudge_dtype dtype, int threads, double seconds, nudge_error *err)
{
    nu_measured_costs *c = calloc(1, sizeof *c);
    if (c == NULL)
        return nu_no_memory(err, sizeof *c, "measured costs");
    *c = (nu_measured_costs){.net = net, .data = data, .options = options, .dtype = dtype,
                             .threads = threads, .seconds = seconds};
    c->order = options->shuffle ? order_of_rows(data, options->batch) : 0;
    *costs = (nu_costs){.arg = c,
                        .product = cost_of_product,
                        .pass = cost_of_pass,
                        .update_is_product = nu_optimizer_is_product(&options->optimizer),
                        .step = STEP_SECONDS + (options->batch >= data->rows ? EPOCH_SECONDS : 0)};
    nudge_status status = nu_exchange_measure(&costs->exchange, threads, options->cpus, err);
    if (status != NUDGE_OK)
        free(c);
    else
        *measured = c;
    return status;
}

nudge_status nu_costs_end(nu_measured_costs *c, nudge_error *err)
{
    nudge_status status = c->status;
    if (status != NUDGE_OK && err != NULL)
        *err = c->err;
    free(c);
    return status;
}
