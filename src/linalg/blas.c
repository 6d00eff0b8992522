#include "linalg/blas.h"

#include <cblas.h>
#include <stdint.h>
#include <string.h>

#include "core/team.h"
#include "core/memory.h"
#include "core/status.h"
#include "nudge.h"

static void set_one_thread(void *arg, int thread, int threads)
{
    (void)arg;
    (void)thread;
    (void)threads;
    openblas_set_num_threads(1);
}

/* As a team, since in the OpenMP build this also calls omp_set_num_threads(1). */
nudge_status nu_blas_start(nudge_error *err)
{
    static int has_room; /* once; then OpenBLAS has it */
    if (!__atomic_load_n(&has_room, __ATOMIC_RELAXED) && !nu_address_space_has(NU_THREAD_SPACE))
        return nu_fail(err, NUDGE_EMEMORY, "OpenBLAS needs %zu MB of address space, which are not "
                       "there; a larger limit (ulimit -v) is needed", NU_THREAD_SPACE >> 20);
    __atomic_store_n(&has_room, 1, __ATOMIC_RELAXED);
    nu_team_run(1, set_one_thread, NULL);
    return NUDGE_OK;
}

/* The first have kernels for products of at most 10^6 multiply-adds that do not pack their inputs.
 * One thread of an EPYC with AVX-512 (Zen 5), f32: 64 x 64 x 64 227 GFLOP/s, 64 x 64 x 240 223, its
 * transposed forms 229 and 223, 64 x 48 x 48 180, a large square 190. With panels of 48 instead of
 * 64 columns 784-512-512-10 at batch 128 took 1.85 ms a step on 2 threads instead of 1.51, with 80
 * 1.65; with tiles of 128 rows 1.50. The others pack: the same CPU with Haswell's kernels took 3.3
 * ms with panels of 512, 2.97 with 256, 2.91 with 128; on one thread 5.10, 5.24 and 5.70. */
static const nu_blas_kind kinds[] = {
    {"SkylakeX Cooperlake SapphireRapids", .panel = 64, .rows = 64, .block = 64, .blocks = 16,
     .depth = 240},
    {NULL, .panel = 256, .rows = 512, .block = 256, .blocks = 8, .depth = SIZE_MAX},
};

static const nu_blas_kind *find_kind(void)
{
    const char *core = openblas_get_corename();
    const nu_blas_kind *kind = kinds;
    while (kind->cores != NULL && strstr(kind->cores, core) == NULL)
        kind++;
    return kind;
}

const nu_blas_kind *nu_blas_kind_here(void)
{
    static const nu_blas_kind *here;
    const nu_blas_kind *kind = __atomic_load_n(&here, __ATOMIC_RELAXED);
    if (kind == NULL)
        __atomic_store_n(&here, kind = find_kind(), __ATOMIC_RELAXED);
    return kind;
}

size_t nu_panel_width(size_t columns)
{
    size_t panel = nu_blas_kind_here()->panel;
    return columns < panel ? columns : panel;
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

/* For an Intel CPU that it does not know OpenBLAS takes Prescott's kernels, without AVX: a fifth as
 * fast on a Xeon of 2025 with OpenBLAS 0.3.21. */
static const char *better_core(void)
{
#if defined(__x86_64__)
    if (strcmp(openblas_get_corename(), "Prescott") == 0) {
        if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
            return "SkylakeX";
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            return "Haswell";
    }
#endif
    return NULL;
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
        .blas_better = better_core(),
        .blas_parallel = nu_blas_parallel(),
    };
}
