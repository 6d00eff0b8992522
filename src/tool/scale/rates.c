#include "scale/rates.h"

#include <unistd.h>

#include "scale/live.h"
#include "bench/bench.h"

enum { SHORT_SQUARE = 512 };

/* Elements that each of the threads copies. Source and destination are 32 MB at least; in a long
 * study also, all together, twice the last level of caches, up to 512 MB (a virtual machine tells a
 * whole socket's cache). */
static size_t copy_elements(nudge_dtype dtype, int threads, int is_long)
{
    double bytes = 32e6, cache = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
    cache = fmin((double)sysconf(_SC_LEVEL3_CACHE_SIZE), 256e6);
#endif
    if (is_long)
        bytes = fmax(bytes, 2 * cache / threads);
    return (size_t)(bytes / 2 / (dtype == NUDGE_F32 ? sizeof(float) : sizeof(double)));
}

static nudge_status measure(double *peak, double *copy, nudge_dtype dtype, int threads,
                            double budget, nudge_error *err)
{
    nudge_measurement rate;
    nudge_status status = NUDGE_OK;
    double seconds = fmin(0.2, budget / 40), found = 0;
    int is_long = budget >= 1;
    if (is_long) {
        status = bench_peak(&found, dtype, threads, seconds, err);
    } else {
        status = nudge_bench_gemm(&rate, dtype, NUDGE_GEMM_NN, SHORT_SQUARE, SHORT_SQUARE,
                                  SHORT_SQUARE, threads, NULL, seconds, err);
        found = status == NUDGE_OK ? rate.median : NAN;
    }
    if (status != NUDGE_OK)
        return status;
    *peak = fmax(*peak, found); /* of a NaN and a number: the number */
    status = nudge_bench_kernel(&rate, 0, dtype, copy_elements(dtype, threads, is_long),
                                threads, NULL, seconds, err);
    if (status == NUDGE_OK)
        *copy = fmax(*copy, rate.median);
    return status == NUDGE_EMEMORY ? NUDGE_OK : status;
}

nudge_status scale_rates_measure(scale_study *study, nudge_dtype dtype, double budget,
                                 nudge_error *err)
{
    for (size_t i = 0; i < study->n_points && !scale_interrupted(); i++) {
        scale_point *p = &study->points[i];
        int threads = p->threads < study->cores ? p->threads : study->cores, known = 0;
        for (size_t j = 0; !known && j < i; j++) {
            const scale_point *q = &study->points[j];
            known = (q->threads < study->cores ? q->threads : study->cores) == threads;
            if (known) {
                p->gemm_peak = q->gemm_peak;
                p->copy_peak = q->copy_peak;
            }
        }
        if (known)
            continue;
        scale_live("products and copies on %d thread%s", threads, threads == 1 ? "" : "s");
        nudge_status status = measure(&p->gemm_peak, &p->copy_peak, dtype, threads, budget, err);
        if (status != NUDGE_OK)
            return status;
    }
    return NUDGE_OK;
}
