/* What "nudge bench train" asks for and finds. */
#ifndef NUDGE_TOOL_BENCH_TRAIN_H
#define NUDGE_TOOL_BENCH_TRAIN_H

#include "bench.h"

typedef struct train_bench {
    const bench_setup *setup;
    size_t layers, *widths;   /* layers + 1 widths */
    nudge_activation activation;
    nudge_loss loss;
    size_t rows;
    int pixels, explain;
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
