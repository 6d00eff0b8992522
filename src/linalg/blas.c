#include "linalg/blas.h"

#include <cblas.h>

#include "core/team.h"
#include "core/memory.h"
#include "nudge.h"

void nu_blas_single_threaded(void)
{
    /* In the OpenMP build this also calls omp_set_num_threads(1), which is why every parallel
     * region in core/team.c names its number of threads. */
    openblas_set_num_threads(1);
}

int nu_blas_parallel(void)
{
    return openblas_get_parallel();
}

int nudge_threads(int requested, const char **why)
{
    return nu_threads(requested, 0, why);
}

int nu_threads(int requested, int oversubscribe, const char **why)
{
    const char *reason = NULL;
    int cores = nu_cores(), threads = requested > 0 ? requested : cores;
    if (threads > cores && !oversubscribe) {
        threads = cores;
        reason = "more threads than cores only wait for each other";
    }
#ifndef _OPENMP
    if (threads > 1) {
        threads = 1;
        reason = "built without OpenMP";
    }
#endif
    if (threads > 1 && nu_blas_parallel() == 0) {
        threads = 1;
        reason = "the serial build of OpenBLAS is not safe to call from several threads; "
                 "install libopenblas0-pthread";
    }
    if (why != NULL)
        *why = reason;
    return threads;
}

nudge_machine nudge_machine_info(void)
{
    return (nudge_machine){
        .cores = nu_cores(),
        .memory_available = nu_memory_available(),
#ifdef _OPENMP
        .openmp = 1,
#endif
        .blas_config = openblas_get_config(),
        .blas_core = openblas_get_corename(),
        .blas_parallel = nu_blas_parallel(),
    };
}
