#include "core/team.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/denormal.h"

static void run_one(void (*work)(void *arg, int thread, int threads), void *arg, int thread,
                    int threads)
{
    uint64_t before = nu_denormals_off();
    work(arg, thread, threads);
    nu_denormals_restore(before);
}

void nu_team_run(int threads, void (*work)(void *arg, int thread, int threads), void *arg)
{
#ifdef _OPENMP
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        run_one(work, arg, omp_get_thread_num(), omp_get_num_threads());
        return;
    }
#endif
    (void)threads;
    run_one(work, arg, 0, 1);
}

/* The cgroup v2 limit "quota period" in whole cores, rounded up; 0 if there is none. */
static int cgroup_cores(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (f == NULL)
        return 0;
    long quota, period;
    int n = fscanf(f, "%ld %ld", &quota, &period);
    fclose(f);
    if (n != 2 || quota <= 0 || period <= 0) /* "max 100000": no limit */
        return 0;
    return (int)((quota + period - 1) / period);
}

int nu_cores(void)
{
    int cores = 0;
#ifdef _OPENMP
    /* With OMP_PROC_BIND the calling thread is bound to one core from the start, and its own mask
     * would say 1; OpenMP remembers the mask that the process was given. */
    cores = omp_get_num_procs();
#elif defined(CPU_COUNT)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cores = CPU_COUNT(&set);
#endif
    if (cores < 1)
        cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int limit = cgroup_cores();
    if (limit > 0 && limit < cores)
        cores = limit;
    return cores < 1 ? 1 : cores;
}
