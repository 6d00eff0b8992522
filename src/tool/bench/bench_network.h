/* What "nudge bench train" and "nudge bench infer" measure and find. */
#ifndef NUDGE_TOOL_BENCH_NETWORK_H
#define NUDGE_TOOL_BENCH_NETWORK_H

#include "bench/bench.h"

enum { BENCH_STEP, BENCH_PREDICT, BENCH_EVALUATE, BENCH_WORKS };

/* Something that is timed: a training step, or a call. */
typedef struct bench_work {
    const char *name;
    size_t count;         /* epochs or calls of a repeat */
    double units;         /* steps of an epoch; 1 for a call */
    double rows, flops;   /* of a step or call */
    nudge_measurement one; /* seconds of a step or call */
} bench_work;

typedef struct network_bench {
    const bench_setup *setup;
    int training;
    size_t widths, *width;   /* from inputs to outputs */
    nudge_activation activation;
    nudge_loss loss;
    int pixels, explain;
    size_t rows;
    nudge_train_options options;

    nudge_model *model;      /* random weights, and random data for it */
    nudge_dataset *data;
    double *out;             /* rows x outputs: predictions */
    nudge_train_plan plan;   /* for training */
    int first, last;         /* the works that are timed */
    bench_work work[BENCH_WORKS];
    double phase[NUDGE_PHASES]; /* training: seconds per step and thread */
    double peak;             /* flops/s of large products with setup->threads threads */
} network_bench;

void network_bench_print(const network_bench *b);
void network_bench_print_json(const network_bench *b);

#endif
