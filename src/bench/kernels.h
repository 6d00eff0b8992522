/* The products and elementwise kernels that can be measured. */
#ifndef NUDGE_BENCH_KERNELS_H
#define NUDGE_BENCH_KERNELS_H

#include "bench/kernel.h"

/* The kernel of this operation whose activation, loss or optimizer (whichever matters) is the one
 * of `like`, with its momentum and pixels. NULL: there is none, as an identity's derivative. */
const nu_kernel *nu_kernel_find(const nu_kernel *like);

/* Seconds that one run of a kernel takes a thread, on rows x columns elements (for a product: a
 * result of that size, and `inner`) for each of `threads` threads at the same time; measured for
 * about `seconds`. NUDGE_EMEMORY, NUDGE_EARGUMENT: cpus. */
nudge_status nu_kernel_seconds(double *took, const nu_kernel *kernel, nudge_dtype dtype,
                               size_t rows, size_t columns, size_t inner, int threads,
                               const int *cpus, double seconds, nudge_error *err);

#endif
