/* What "nudge bench train" asks for and finds. */
#ifndef NUDGE_TOOL_BENCH_TRAIN_H
#define NUDGE_TOOL_BENCH_TRAIN_H

#include "bench/bench_network.h"

typedef struct train_bench {
    const bench_setup *setup;
    bench_network network;
    size_t rows;
    int explain;
    nudge_train_options options; /* epochs: of a repeat */
    nudge_train_plan plan;

    nudge_measurement step;   /* seconds */
    nudge_phases phases;      /* seconds per step and thread */
    double peak;              /* flops/s of large products with setup->threads threads */
} train_bench;

/* flops/s of the median step. */
double train_bench_rate(const train_bench *b);

void train_bench_print(const train_bench *b);
void train_bench_print_json(const train_bench *b);

#endif
