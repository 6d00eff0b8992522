/* Costs of pieces, measured on this machine when they are first asked for. */
#ifndef NUDGE_BENCH_COSTS_H
#define NUDGE_BENCH_COSTS_H

#include "bench/forecast.h"

typedef struct nu_measured_costs nu_measured_costs;

/* Costs for a training run on `threads` threads of this machine: of the network's activations, the
 * optimizer's update, and packing `rows` rows (pixels: bytes) in random order or not. Sets *costs;
 * each piece is measured for about `seconds` at its first use. NUDGE_EMEMORY. */
nudge_status nu_costs_start(nu_measured_costs **measured, nu_costs *costs, const nu_network *net,
                            const nudge_dataset *data, const nudge_train_options *options,
                            nudge_dtype dtype, int threads, double seconds, nudge_error *err);

/* Frees, and tells what went wrong while costs were asked for: NUDGE_EMEMORY. */
nudge_status nu_costs_end(nu_measured_costs *measured, nudge_error *err);

#endif
