/* What the four kinds of "nudge bench" share. */
#ifndef NUDGE_TOOL_BENCH_H
#define NUDGE_TOOL_BENCH_H

#include "support/json.h"
#include "nudge.h"
#include "support/options.h"

typedef struct bench_setup {
    const char *command; /* for messages */
    nudge_dtype dtype;
    int threads;         /* that will be used */
    const char *why;     /* why not those asked for; or NULL */
    double seconds;      /* to measure each thing for */
    int json;
} bench_setup;

/* Return an exit_status. */
int bench_gemm(arguments *args, const bench_setup *setup);
int bench_kernels(arguments *args, const bench_setup *setup);
int bench_train(arguments *args, const bench_setup *setup);
int bench_infer(arguments *args, const bench_setup *setup);

/* The GEMM rate of `threads` threads: the best median of some large squares, in flops/s. Raises
 * *peak if it is more. Squares that take longer than 2 * seconds by what *peak says are left out. */
nudge_status bench_peak(double *peak, nudge_dtype dtype, int threads, double seconds,
                        nudge_error *err);

/* Repeats go on until the time is over and there are enough. One takes about so many seconds, or a
 * fifth of all if that is less. */
enum { BENCH_LEAST_REPEATS = 5, BENCH_MOST_REPEATS = 100000 };
#define BENCH_REPEAT_SECONDS 0.1

/* Of n > 0 times in seconds, which it sorts. */
nudge_measurement bench_measurement(double *seconds, size_t n);

/* "2 of 2 cores, OpenBLAS for SkylakeX, pthread build" */
#define BENCH_TEXT 256
const char *bench_machine(char buf[BENCH_TEXT], const bench_setup *setup);
/* An object with version, dtype, machine, threads. */
json_t *bench_json(const bench_setup *setup);

/* On a terminal: a line on stderr that says how far it is; the next one replaces it. */
void bench_progress(const char *what, size_t done, size_t of);
void bench_progress_end(void);

#endif
