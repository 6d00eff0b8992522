#include "bench/kernel.h"

#include <limits.h>

#include "bench/measure.h"
#include "bench/numeric.h"
#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "linalg/blas.h"

/* Columns of a batch of images, of a hidden layer, of ten classes. */
#define IMAGE 784
#define LAYER 128
#define CLASSES 10

#define PACK .operation = NU_KERNEL_PACK, .columns = IMAGE
#define FORWARD(kind) .operation = NU_KERNEL_FORWARD, .columns = LAYER, .activation = (kind)
#define BACKWARD(kind)                                                                       \
    .operation = NU_KERNEL_BACKWARD, .arrays = 2, .reals = 3, .columns = LAYER,              \
    .activation = (kind)
#define LOSS(kind) .operation = NU_KERNEL_LOSS, .loss = (kind)
#define ELEMENT_LOSS(kind) LOSS(kind), .arrays = 3, .reals = 3, .columns = 1
#define UPDATE(kind) .operation = NU_KERNEL_UPDATE, .optimizer = (kind)

static const nu_kernel kernels[] = {
    {"copy", NU_KERNEL_COPY, .arrays = 2, .reals = 2},
    {"pack rows of 784 numbers", PACK, .arrays = 1, .reals = 2},
    {"pack rows of 784 bytes", PACK, .arrays = 1, .reals = 1, .other_bytes = 1, .pixels = 1},
    {"forward identity", FORWARD(NUDGE_IDENTITY), .arrays = 1, .reals = 2},
    {"forward relu", FORWARD(NUDGE_RELU), .arrays = 1, .reals = 2},
    {"forward leaky-relu", FORWARD(NUDGE_LEAKY_RELU), .arrays = 1, .reals = 2},
    {"forward elu", FORWARD(NUDGE_ELU), .arrays = 1, .reals = 2},
    {"forward tanh", FORWARD(NUDGE_TANH), .arrays = 1, .reals = 2},
    {"forward sigmoid", FORWARD(NUDGE_SIGMOID), .arrays = 1, .reals = 2},
    {"forward softplus", FORWARD(NUDGE_SOFTPLUS), .arrays = 1, .reals = 2},
    {"forward gelu", FORWARD(NUDGE_GELU), .arrays = 2, .reals = 3},
    {"forward silu", FORWARD(NUDGE_SILU), .arrays = 2, .reals = 3},
    {"forward selu", FORWARD(NUDGE_SELU), .arrays = 1, .reals = 2},
    {"forward mish", FORWARD(NUDGE_MISH), .arrays = 2, .reals = 3},
    {"forward softsign", FORWARD(NUDGE_SOFTSIGN), .arrays = 1, .reals = 2},
    {"backward relu", BACKWARD(NUDGE_RELU)},
    {"backward leaky-relu", BACKWARD(NUDGE_LEAKY_RELU)},
    {"backward elu", BACKWARD(NUDGE_ELU)},
    {"backward tanh", BACKWARD(NUDGE_TANH)},
    {"backward sigmoid", BACKWARD(NUDGE_SIGMOID)},
    {"backward softplus", BACKWARD(NUDGE_SOFTPLUS)},
    {"backward gelu", BACKWARD(NUDGE_GELU)},
    {"backward silu", BACKWARD(NUDGE_SILU)},
    {"backward selu", BACKWARD(NUDGE_SELU)},
    {"backward mish", BACKWARD(NUDGE_MISH)},
    {"backward softsign", BACKWARD(NUDGE_SOFTSIGN)},
    {"sums of 128 columns", NU_KERNEL_SUMS, .arrays = 1, .reals = 1, .columns = LAYER},
    {"transpose 128 columns", NU_KERNEL_TRANSPOSE, .arrays = 2, .reals = 2, .columns = LAYER},
    {"loss mse, 1 output", ELEMENT_LOSS(NUDGE_MSE)},
    {"loss mae, 1 output", ELEMENT_LOSS(NUDGE_MAE)},
    {"loss huber, 1 output", ELEMENT_LOSS(NUDGE_HUBER)},
    {"loss bce, 1 output", ELEMENT_LOSS(NUDGE_BCE)},
    {"loss poisson, 1 output", ELEMENT_LOSS(NUDGE_POISSON)},
    {"loss quantile, 1 output", ELEMENT_LOSS(NUDGE_QUANTILE)},
    {"loss log-cosh, 1 output", ELEMENT_LOSS(NUDGE_LOG_COSH)},
    {"loss cross-entropy, 10 outputs", LOSS(NUDGE_CROSS_ENTROPY), .arrays = 2, .reals = 2,
     .other_bytes = (double)sizeof(int32_t) / CLASSES, .columns = CLASSES},
    {"loss focal, 10 outputs", LOSS(NUDGE_FOCAL), .arrays = 2, .reals = 2,
     .other_bytes = (double)sizeof(int32_t) / CLASSES, .columns = CLASSES},
    {"update sgd", UPDATE(NUDGE_SGD), .arrays = 2, .reals = 3},
    {"update sgd, momentum", UPDATE(NUDGE_SGD), .arrays = 3, .reals = 5, .momentum = 0.9},
    {"update sgd, nesterov", UPDATE(NUDGE_SGD), .arrays = 3, .reals = 5, .momentum = 0.9,
     .nesterov = 1},
    {"update adam", UPDATE(NUDGE_ADAM), .arrays = 4, .reals = 7},
    {"update adamw", UPDATE(NUDGE_ADAMW), .arrays = 4, .reals = 7},
    {"update rmsprop", UPDATE(NUDGE_RMSPROP), .arrays = 3, .reals = 5},
    {"update rmsprop, momentum", UPDATE(NUDGE_RMSPROP), .arrays = 4, .reals = 7, .momentum = 0.9},
    {"update adagrad", UPDATE(NUDGE_ADAGRAD), .arrays = 3, .reals = 5},
    {"update radam", UPDATE(NUDGE_RADAM), .arrays = 4, .reals = 7},
    {"update lion", UPDATE(NUDGE_LION), .arrays = 3, .reals = 5},
    {"update rprop", UPDATE(NUDGE_RPROP), .arrays = 4, .reals = 7},
};

static const nu_kernel products[] = {
    [NU_KERNEL_NN] = {"product", NU_KERNEL_NN, .arrays = 3},
    [NU_KERNEL_NT] = {"product, second transposed", NU_KERNEL_NT, .arrays = 3},
    [NU_KERNEL_TN] = {"product, first transposed", NU_KERNEL_TN, .arrays = 3},
};

#define N_KERNELS (sizeof kernels / sizeof *kernels)

const char *nudge_bench_kernel_name(size_t i)
{
    return i < N_KERNELS ? kernels[i].name : NULL;
}

/* ---- Data ------------------------------------------------------------------------------ */

typedef struct bench {
    const nu_kernel *kernel;
    const nu_bench_numeric *numeric;
    size_t rows, columns, inner;
    nu_kernel_data *data; /* threads */
} bench;

/* Reals of array i, with room for gaps between a product's panels; SIZE_MAX if that overflows. */
static size_t array_count(const bench *b, int i)
{
    size_t count, panel = nu_blas_kind_here()->panel;
    nu_mul(b->inner > 0 && i == 1 ? b->inner : b->rows,
           b->inner > 0 && i == 0 ? b->inner : b->columns, &count);
    size_t panels = b->inner > 0 ? (b->rows + b->columns + b->inner) / panel + 1 : 0;
    size_t gaps = panels * NU_PANEL_GAP_BYTES / b->numeric->real_size;
    return count <= SIZE_MAX - gaps ? count + gaps : SIZE_MAX;
}

/* Values that keep going: an update must not make weights large, and a function applied to its own
 * output again and again (`forward` works in place) must not run away or die out, since vector
 * functions may be slower there. With biases in [-1, 0) all of them settle near -1 .. 1. */
static int fill_arrays(nu_kernel_data *d, const bench *b, int thread)
{
    size_t size = b->numeric->real_size;
    uint32_t number = 8 * (uint32_t)thread;
    double low = b->inner > 0 ? -0.5 : 0;
    for (int i = 0; i < b->kernel->arrays; i++) {
        size_t count = array_count(b, i);
        if ((d->array[i] = nu_alloc(count, size)) == NULL)
            return 0;
        b->numeric->fill(d->array[i], count, number + (uint32_t)i, low, low + 1);
    }
    if (b->kernel->operation != NU_KERNEL_FORWARD && b->kernel->operation != NU_KERNEL_SUMS)
        return 1;
    if ((d->bias = nu_alloc(b->columns, size)) == NULL)
        return 0;
    b->numeric->fill(d->bias, b->columns, number + 4, -1, 0);
    return 1;
}

static int make_classes(nu_kernel_data *d)
{
    if ((d->classes = nu_alloc(d->rows, sizeof *d->classes)) == NULL)
        return 0;
    for (size_t r = 0; r < d->rows; r++)
        d->classes[r] = (int32_t)(r % d->columns);
    return 1;
}

/* Rows to pack, in an order that is as random as a shuffled epoch's. */
static int make_store(nu_kernel_data *d, const bench *b)
{
    size_t size = b->numeric->real_size;
    int pixels = b->kernel->pixels;
    nu_store *s = &d->store;
    *s = (nu_store){.rows = d->rows,
                    .features = d->columns,
                    .dtype = size == sizeof(float) ? NUDGE_F32 : NUDGE_F64,
                    .x = nu_alloc_zero(d->rows * d->columns, pixels ? 1 : size)};
    s->element = pixels ? NU_U8 : s->dtype == NUDGE_F32 ? NU_F32 : NU_F64;
    nu_permutation_start(&d->order, (uint32_t)d->rows, 0, NU_RANDOM_BENCH, 0);
    if (!pixels)
        return s->x != NULL;
    s->shift = nu_alloc_zero(d->columns, size);
    s->factor = nu_alloc_zero(d->columns, size);
    return s->x != NULL && s->shift != NULL && s->factor != NULL;
}

static int start(void *arg, int thread)
{
    const bench *b = arg;
    nu_kernel_data *d = &b->data[thread];
    *d = (nu_kernel_data){.rows = b->rows, .columns = b->columns, .inner = b->inner};
    d->optimizer = nudge_optimizer_defaults(b->kernel->optimizer);
    d->optimizer.lr = 1e-6;
    d->optimizer.momentum = b->kernel->momentum;
    d->optimizer.nesterov = b->kernel->nesterov;
    return fill_arrays(d, b, thread) &&
           (nudge_loss_describe(b->kernel->loss).target != NUDGE_CLASSES || make_classes(d)) &&
           (b->kernel->operation != NU_KERNEL_PACK || make_store(d, b));
}

static void run(void *arg, int thread, int threads)
{
    const bench *b = arg;
    (void)threads;
    b->numeric->kernel(b->kernel, &b->data[thread]);
}

static void end(void *arg, int thread)
{
    nu_kernel_data *d = &((const bench *)arg)->data[thread];
    for (int i = 0; i < 4; i++)
        free(d->array[i]);
    free(d->bias);
    free(d->classes);
    free(d->store.x);
    free(d->store.shift);
    free(d->store.factor);
}

/* ---- Interface ------------------------------------------------------------------------- */

static nudge_status check_memory(const bench *b, int threads, nudge_error *err)
{
    int arrays = b->kernel->arrays + (b->kernel->operation == NU_KERNEL_PACK);
    size_t each = b->numeric->real_size * (size_t)threads, bytes, sum = 0;
    for (int i = 0; i < arrays; i++)
        if (!nu_mul(array_count(b, i), each, &bytes) || __builtin_add_overflow(sum, bytes, &sum))
            sum = bytes = SIZE_MAX;
    return nu_memory_check(sum, "the benchmark's data", err);
}

/* The rate of runs, each counted as `work`. */
static nudge_status measure(nudge_measurement *rate, bench b, double work, int threads,
                            const int *cpus, double seconds, nudge_error *err)
{
    nu_kernel_data *data NU_FREED = NULL;
    NU_TRY(check_memory(&b, threads, err));
    NU_NEW(data, calloc, (size_t)threads, "the benchmark's data", err);
    b.data = data;
    nu_subject subject = {&b, work, start, run, end};
    return nu_measure(rate, &subject, threads, cpus, seconds, err);
}

static nudge_status check_dtype(nudge_dtype dtype, nudge_error *err)
{
    if (dtype != NUDGE_F32 && dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)dtype);
    return NUDGE_OK;
}

nudge_status nudge_bench_kernel(nudge_measurement *rate, size_t i, nudge_dtype dtype, size_t count,
                                int threads, const int *cpus, double seconds, nudge_error *err)
{
    if (i >= N_KERNELS)
        return nu_fail(err, NUDGE_EARGUMENT, "kernel %zu does not exist; there are %zu", i,
                       N_KERNELS);
    NU_TRY(check_dtype(dtype, err));
    if (count == 0 || count > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu elements; it must be from 1 to %u", count,
                       UINT32_MAX);
    NU_TRY(nu_measure_threads(&threads, threads, seconds, err));
    const nu_kernel *k = &kernels[i];
    size_t columns = k->columns == 0 || k->columns > count ? count : k->columns;
    bench b = {k, nu_bench_numeric_of(dtype), .rows = count / columns, .columns = columns};
    double bytes = k->reals * (double)b.numeric->real_size + k->other_bytes;
    return measure(rate, b, bytes * (double)b.rows * (double)columns, threads, cpus, seconds, err);
}

nudge_status nudge_bench_gemm(nudge_measurement *rate, nudge_dtype dtype, nudge_gemm_kind kind,
                              size_t m, size_t n, size_t k, int threads, const int *cpus,
                              double seconds, nudge_error *err)
{
    NU_TRY(check_dtype(dtype, err));
    if ((unsigned)kind > NUDGE_GEMM_TN)
        return nu_fail(err, NUDGE_EARGUMENT, "kind of product %d does not exist", (int)kind);
    NU_TRY(nu_measure_threads(&threads, threads, seconds, err));
    if (m == 0 || n == 0 || k == 0 || m > INT_MAX || n > INT_MAX || k > INT_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "a product of %zu x %zu x %zu; each size must be from "
                       "1 to %d", m, n, k, INT_MAX);
    bench b = {&products[kind], nu_bench_numeric_of(dtype), m, n, k, NULL};
    double flops = 2 * (double)m * (double)n * (double)k;
    return measure(rate, b, flops, threads, cpus, seconds, err);
}
