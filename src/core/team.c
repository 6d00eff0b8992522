#include "core/team.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/denormal.h"
#include "core/status.h"

typedef struct team {
    nu_team_work *work;
    void *arg;
    const int *cpus; /* threads; or NULL */
    int unbound;     /* 1 + a thread that could not be bound; 0: there is none */
    int error;       /* its errno */
} team;

static void work_one(const team *t, int thread, int threads)
{
    uint64_t before = nu_denormals_off();
    t->work(t->arg, thread, threads);
    nu_denormals_restore(before);
}

/* ---- Binding --------------------------------------------------------------------------- */

#ifdef CPU_SET

/* Binds the calling thread to `cpu`; *before: what it was bound to. An errno, or 0. */
static int bind_to(int cpu, cpu_set_t *before)
{
    cpu_set_t one;
    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return EINVAL;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_getaffinity(0, sizeof *before, before) != 0 ||
        sched_setaffinity(0, sizeof one, &one) != 0)
        return errno;
    return 0;
}

static void bind_back(const cpu_set_t *before)
{
    (void)sched_setaffinity(0, sizeof *before, before);
}

#else

typedef int cpu_set_t;

static int bind_to(int cpu, cpu_set_t *before)
{
    (void)cpu;
    (void)before;
    return ENOSYS;
}

static void bind_back(const cpu_set_t *before)
{
    (void)before;
}

#endif

static void work_bound(team *t, int thread, int threads)
{
    cpu_set_t before;
    int error = bind_to(t->cpus[thread], &before), none = 0;
    if (error != 0 && __atomic_compare_exchange_n(&t->unbound, &none, thread + 1, 0,
                                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        t->error = error;
#ifdef _OPENMP
    if (threads > 1) { /* otherwise it would be a barrier of the caller's own threads */
#pragma omp barrier
    }
#endif
    if (__atomic_load_n(&t->unbound, __ATOMIC_RELAXED) == 0)
        work_one(t, thread, threads);
    if (error == 0)
        bind_back(&before);
}

/* ---- Running --------------------------------------------------------------------------- */

static void run_one(team *t, int thread, int threads)
{
    if (t->cpus != NULL)
        work_bound(t, thread, threads);
    else
        work_one(t, thread, threads);
}

static void run_all(team *t, int threads)
{
#ifdef _OPENMP
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        run_one(t, omp_get_thread_num(), omp_get_num_threads());
        return;
    }
#endif
    (void)threads;
    run_one(t, 0, 1);
}

void nu_team_run(int threads, nu_team_work *work, void *arg)
{
    team t = {.work = work, .arg = arg};
    run_all(&t, threads);
}

nudge_status nu_team_run_on(const int *cpus, int threads, nu_team_work *work, void *arg,
                            nudge_error *err)
{
    team t = {.work = work, .arg = arg, .cpus = cpus};
    run_all(&t, threads);
    if (t.unbound == 0)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "thread %d cannot be bound to CPU %d: %s", t.unbound - 1,
                   cpus[t.unbound - 1], strerror(t.error));
}

/* ---- Cores ----------------------------------------------------------------------------- */

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
