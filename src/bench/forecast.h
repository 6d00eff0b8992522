/* The cost model: what a step takes, from the plan's pieces and what each piece costs. It follows
 * train/step_rows.c, step_grid.c and step_tiles.c piece by piece. */
#ifndef NUDGE_BENCH_FORECAST_H
#define NUDGE_BENCH_FORECAST_H

#include "bench/exchange.h"
#include "bench/kernels.h"
#include "train/plan.h"

/* What one piece costs a thread while all threads work, in seconds. */
typedef struct nu_costs {
    void *arg;
    double (*product)(void *arg, nudge_gemm_kind kind, size_t m, size_t n, size_t k);
    /* A pass over rows x columns elements of layer `layer`: NU_KERNEL_PACK (of the batch),
     * NU_KERNEL_FORWARD and NU_KERNEL_BACKWARD (the layer's activation), NU_KERNEL_LOSS,
     * NU_KERNEL_SUMS, NU_KERNEL_UPDATE, NU_KERNEL_TRANSPOSE, NU_KERNEL_COPY (adding a partial). */
    double (*pass)(void *arg, enum nu_kernel_operation operation, size_t layer, size_t rows,
                   size_t columns);
    int update_is_product; /* nu_optimizer_is_product() */
    double step;        /* of every step, whatever its size: bookkeeping */
    nu_exchange exchange;
} nu_costs;

/* The forecast for a full batch on `threads` threads. `real_size`: bytes of a real. NUDGE_EMEMORY. */
nudge_status nu_forecast(nudge_forecast *forecast, const nu_network *net, const nu_plan *plan,
                         size_t real_size, int threads, const nu_costs *costs, nudge_error *err);

#endif
