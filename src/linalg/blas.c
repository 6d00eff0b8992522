#include "linalg/blas.h"

#include <cblas.h>

#include "core/team.h"
#include "core/memory.h"
#include "nudge.h"

static void set_one_thread(void *arg, int thread, int threads)
{
    (void)arg;
    (void)thread;
    (void)threads;
    openblas_set_num_threads(1);
}

/* As a team, since in the OpenMP build this also calls omp_set_num_threads(1). */
void nu_blas_single_threaded(void)
{
    nu_team_run(1, set_one_thread, NULL);
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
    const char *reason;
    int threads = nu_team_threads(requested, oversubscribe, &reason);
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
    nu_limits limits = nu_cgroup_limits("");
    return (nudge_machine){
        .cores = nu_cores(),
        .core_limit = limits.cores,
        .throttled_seconds = limits.throttled_seconds,
        .memory_available = nu_memory_available(&limits),
        .memory_limit = limits.memory,
#ifdef _OPENMP
        .openmp = 1,
#endif
        .blas_config = openblas_get_config(),
        .blas_core = openblas_get_corename(),
        .blas_parallel = nu_blas_parallel(),
    };
}
