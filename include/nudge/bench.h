/* Benchmarks and forecasts.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_BENCH_H
#define NUDGE_BENCH_H

#include "train.h"

NUDGE_BEGIN

/* A dataset of random values for measuring: features uniform in [0, 1) of dtype, or random bytes
 * scaled by 1/255 if pixels is 1; targets uniform in [0, 1), or, if has_classes is 1, classes in
 * [0, outputs). Row i depends on (seed, i) alone. NUDGE_EARGUMENT (a zero size), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_random(nudge_dataset **data, nudge_dtype dtype,
                                                          size_t rows, size_t features,
                                                          size_t outputs, int has_classes,
                                                          int pixels, uint64_t seed,
                                                          nudge_error *err);

/* Repeated measurements of one thing. */
typedef struct nudge_measurement {
    size_t repeats;
    double median, low, high; /* of the repeats: the middle one, the 1st and 3rd quartiles */
    double best;              /* the fastest */
} nudge_measurement;

/* How an engine product is laid out: C (m x n) = A B, A B^T, A^T B. */
typedef enum nudge_gemm_kind { NUDGE_GEMM_NN, NUDGE_GEMM_NT, NUDGE_GEMM_TN } nudge_gemm_kind;

/* The rate of a product in flops/s (2*m*n*k per product), `threads` of them at the same time on
 * separate matrices, each by the engine's own routine, for about `seconds` after a warm-up.
 * threads and cpus (may be NULL) as nudge_train_options has them.
 * NUDGE_EARGUMENT, NUDGE_EMEMORY. */
NUDGE_FILLS(nudge_bench_gemm, rate, (rate, dtype, kind, m, n, k, threads, cpus, seconds, err),
            nudge_measurement *rate, nudge_dtype dtype, nudge_gemm_kind kind, size_t m, size_t n,
            size_t k, int threads, const int *cpus, double seconds, nudge_error *err)

/* Name of elementwise kernel i ("copy" is the first, to compare with), or NULL when there are no
 * more: activations, their gradients, losses, optimizer updates, packing. */
NUDGE_API const char *nudge_bench_kernel_name(size_t i);

/* The rate of kernel i in bytes/s (bytes it must read and write once), over `count` elements per
 * thread, likewise. */
NUDGE_FILLS(nudge_bench_kernel, rate, (rate, i, dtype, count, threads, cpus, seconds, err),
            nudge_measurement *rate, size_t i, nudge_dtype dtype, size_t count, int threads,
            const int *cpus, double seconds, nudge_error *err)

/* What a training step is expected to take. The engine replays steps: each thread's pieces one
 * after the other on one core; the slowest thread decides, and to that come barriers and the bytes
 * that threads read from each other's caches, measured on this machine in a moment. */
typedef struct nudge_forecast {
    int threads;          /* that the step is cut for: those asked for, or all that have work */
    int cores;            /* of this process; where threads are more, the forecast is for a machine
                           * with so many cores like these */
    double step;          /* seconds of a full batch */
    nudge_phases phases;  /* seconds of a step, summed over threads: threads * step in all */
} nudge_forecast;

/* Replays for about `seconds`, but at least three steps, and measures barriers as long. Takes the
 * memory of training without the data: a dataset that is only a shape is replaced by random values.
 * options->threads: 0 means all cores of this process. What options->cpus binds for training is
 * bound for measuring.
 * NUDGE_EARGUMENT, NUDGE_EMISMATCH as nudge_train(), NUDGE_EMEMORY: there is less than that. */
NUDGE_FILLS(nudge_train_forecast, forecast, (forecast, model, train, options, seconds, err),
            nudge_forecast *forecast, const nudge_model *model, const nudge_dataset *train,
            const nudge_train_options *options, double seconds, nudge_error *err)

NUDGE_END

#endif
