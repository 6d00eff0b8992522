/* The elementwise kernels that can be measured. */
#ifndef NUDGE_BENCH_KERNELS_H
#define NUDGE_BENCH_KERNELS_H

#include "bench/kernel.h"

/* The kernel of this operation whose activation, loss or optimizer (whichever matters) is the one of
 * `like`, with its momentum and pixels. Always there for what a training run can ask. */
const nu_kernel *nu_kernel_find(const nu_kernel *like);

/* Seconds that one element of a kernel takes a thread, on rows x columns elements for each of
 * `threads` threads at the same time; measured as nudge_bench_kernel() does. */
nudge_status nu_kernel_seconds(double *each, const nu_kernel *kernel, nudge_dtype dtype,
                               size_t rows, size_t columns, int threads, const int *cpus,
                               double seconds, nudge_error *err);

#endif
