/* The cost model: what a step takes, from the plan's pieces and what each piece costs. It follows
 * train/step_rows.c, step_grid.c and step_tiles.c piece by piece. */
#ifndef NUDGE_BENCH_FORECAST_H
#define NUDGE_BENCH_FORECAST_H

#include "bench/exchange.h"
#include "bench/kernel.h"
#include "train/plan.h"

typedef struct nu_costs {
    void *arg;
    /* Seconds that a piece of layer `layer` takes a thread while all work: a product of m x k by
     * k x n; a pass over m x n elements (k is 0). NU_KERNEL_COPY is adding a partial gradient. */
    double (*piece)(void *arg, enum nu_kernel_operation operation, size_t layer, size_t m,
                    size_t n, size_t k);
    int update_is_product; /* nu_optimizer_is_product() */
    double step;           /* of every step, whatever its size: bookkeeping */
    nu_exchange exchange;
} nu_costs;

/* The forecast for a full batch on `threads` threads, all but `cores`. `real_size`: bytes. */
nudge_forecast nu_forecast(const nu_network *net, const nu_plan *plan, size_t real_size,
                           int threads, const nu_costs *costs);

#endif
