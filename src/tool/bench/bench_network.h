/* The networks and random data that "nudge bench train" and "nudge bench infer" measure. */
#ifndef NUDGE_TOOL_BENCH_NETWORK_H
#define NUDGE_TOOL_BENCH_NETWORK_H

#include "bench/bench.h"

typedef struct bench_network {
    size_t layers, *widths; /* layers + 1 widths, freed by bench_network_end() */
    nudge_activation activation;
    nudge_loss loss;
    int pixels;             /* features are bytes */
} bench_network;

/* Reads --layers, --activation, --loss and --pixels; sets args->failed. Always followed by
 * bench_network_end(). */
void bench_network_read(bench_network *n, arguments *args);
void bench_network_end(bench_network *n);

/* Weights of the network: sum(in * out), without biases. */
double bench_network_weights(const bench_network *n);

/* A model with random weights, and random data for it; the caller frees both, also on failure. */
nudge_status bench_network_make(nudge_model **model, nudge_dataset **data, const bench_network *n,
                                nudge_dtype dtype, size_t rows, uint64_t seed, nudge_error *err);

/* "network     784-128-10 relu, 101770 parameters, f32; loss mse", without a line end. */
void bench_network_print(const bench_network *n, nudge_dtype dtype, uint64_t parameters);

/* "layers", "activation", "loss". */
void bench_network_json(json_t *object, const bench_network *n);

#endif
