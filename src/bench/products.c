/* The rate of matrix products. */
#include <limits.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "bench/numeric.h"
#include "core/memory.h"
#include "core/status.h"

typedef struct operands {
    void *a, *b, *c;
} operands;

typedef struct bench {
    const nu_bench_numeric *numeric;
    nudge_gemm_kind kind;
    size_t m, n, k;
    operands *operands; /* threads */
} bench;

static int start(void *arg, int thread)
{
    const bench *b = arg;
    size_t size = b->numeric->real_size;
    uint32_t number = 2 * (uint32_t)thread;
    operands *o = &b->operands[thread];
    *o = (operands){nu_alloc(b->m * b->k, size), nu_alloc(b->k * b->n, size),
                    nu_alloc_zero(b->m * b->n, size)};
    if (o->a == NULL || o->b == NULL || o->c == NULL)
        return 0;
    b->numeric->fill(o->a, b->m * b->k, number, -0.5, 0.5);
    b->numeric->fill(o->b, b->k * b->n, number + 1, -0.5, 0.5);
    return 1;
}

static void run(void *arg, int thread)
{
    const bench *b = arg;
    const operands *o = &b->operands[thread];
    b->numeric->product(b->kind, b->m, b->n, b->k, o->a, o->b, o->c);
}

static void end(void *arg, int thread)
{
    operands *o = &((const bench *)arg)->operands[thread];
    free(o->a);
    free(o->b);
    free(o->c);
}

/* Every size fits BLAS's int, and the matrices fit memory, which also keeps m * n * k in range. */
static nudge_status check_sizes(const bench *b, int threads, nudge_error *err)
{
    size_t mk, kn, mn, sum, flops;
    if (b->m == 0 || b->n == 0 || b->k == 0 || b->m > INT_MAX || b->n > INT_MAX || b->k > INT_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "a product of %zu x %zu x %zu; each size must be from "
                       "1 to %d", b->m, b->n, b->k, INT_MAX);
    int fits = nu_mul(b->m, b->k, &mk) && nu_mul(b->k, b->n, &kn) && nu_mul(b->m, b->n, &mn) &&
               !__builtin_add_overflow(mk, kn, &sum) && !__builtin_add_overflow(sum, mn, &sum) &&
               nu_mul(sum, b->numeric->real_size, &sum) && nu_mul(sum, (size_t)threads, &sum) &&
               nu_mul(mn, b->k, &flops);
    return nu_memory_check(fits ? sum : UINT64_MAX, "the matrices of a product", err);
}

nudge_status nudge_bench_gemm(nudge_measurement *rate, nudge_dtype dtype, nudge_gemm_kind kind,
                              size_t m, size_t n, size_t k, int threads, const int *cpus,
                              double seconds, nudge_error *err)
{
    if (dtype != NUDGE_F32 && dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)dtype);
    if ((unsigned)kind > NUDGE_GEMM_TN)
        return nu_fail(err, NUDGE_EARGUMENT, "kind of product %d does not exist", (int)kind);
    NU_TRY(nu_measure_threads(&threads, threads, seconds, err));
    bench b = {.numeric = nu_bench_numeric_of(dtype), .kind = kind, .m = m, .n = n, .k = k};
    NU_TRY(check_sizes(&b, threads, err));
    b.operands = calloc((size_t)threads, sizeof *b.operands);
    if (b.operands == NULL)
        return nu_no_memory(err, (size_t)threads * sizeof *b.operands, "matrices");
    nu_subject subject = {&b, 2 * (double)m * (double)n * (double)k, start, run, end};
    nudge_status status = nu_measure(rate, &subject, threads, cpus, seconds, err);
    free(b.operands);
    return status;
}
