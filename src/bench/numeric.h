/* What benchmarks run, once per precision. */
#ifndef NUDGE_BENCH_NUMERIC_H
#define NUDGE_BENCH_NUMERIC_H

#include "bench/kernel.h"

typedef struct nu_bench_numeric {
    size_t real_size;

    /* x[i] uniform in [low, high), i < count; `number` tells arrays apart. */
    void (*fill)(void *x, size_t count, uint32_t number, double low, double high);

    /* One product, or one pass of a kernel over its data. */
    void (*kernel)(const nu_kernel *kernel, const nu_kernel_data *data);
} nu_bench_numeric;

extern const nu_bench_numeric nu_bench_numeric_f32, nu_bench_numeric_f64;

static inline const nu_bench_numeric *nu_bench_numeric_of(nudge_dtype dtype)
{
    return dtype == NUDGE_F64 ? &nu_bench_numeric_f64 : &nu_bench_numeric_f32;
}

#endif
