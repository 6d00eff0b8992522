/* What the four kinds of "nudge bench" share. */
#ifndef NUDGE_TOOL_BENCH_H
#define NUDGE_TOOL_BENCH_H

#include "nudge.h"
#include "support/json.h"
#include "support/options.h"
#include "support/text_table.h"

typedef struct bench_setup {
    nudge_dtype dtype;
    int threads;         /* that will be used */
    const char *why;     /* why not those asked for; or NULL */
    int *cpus;           /* that they are bound to; or NULL */
    double seconds;      /* to measure each thing for */
    int json;
    int training;        /* for a network: training it, not using it */
} bench_setup;

void bench_gemm(arguments *args, const bench_setup *setup);
void bench_kernels(arguments *args, const bench_setup *setup);
void bench_network(arguments *args, const bench_setup *setup);

/* The GEMM rate of the setup's threads: the best median of some large squares, in flops/s. Raises
 * *peak if it is more. Squares that take longer than 2 * seconds by what *peak says are left
 * out. */
void bench_peak(double *peak, const bench_setup *setup, double seconds);

/* An object with version, dtype, machine, threads. */
json_t *bench_json(const bench_setup *setup);

/* A measurement in units of 1 / `factor`: four cells (median, quartiles, best) of a table, or
 * "repeats" and KEY, KEY_low, KEY_high, KEY_best. */
void bench_cells(text_table *t, const nudge_measurement *m, double factor);
void bench_put(json_t *object, const char *key, const nudge_measurement *m, double factor);

#endif
