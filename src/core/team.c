#include "core/team.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/cgroup.h"
#include "core/denormal.h"
#include "core/memory.h"
#include "core/status.h"

typedef struct team {
    nu_team_work *work;
    void *arg;
    const int *cpus; /* threads; or NULL */
    int unbound;     /* 1 + a thread that could not be bound; 0: there is none */
    int error;       /* its errno */
} team;

/* OpenBLAS's OpenMP build starts as many threads as OpenMP's number says, except among several
 * threads: it is 1 meanwhile. The caller's own number comes back, whatever OpenBLAS made of it. */
static void work_one(const team *t, int thread, int threads)
{
    uint64_t before = nu_denormals_off();
#ifdef _OPENMP
    int number = omp_get_max_threads();
    omp_set_num_threads(1);
#endif
    t->work(t->arg, thread, threads);
#ifdef _OPENMP
    omp_set_num_threads(number);
#endif
    nu_denormals_restore(before);
}

/* ---- Binding --------------------------------------------------------------------------- */

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

#ifdef _OPENMP

/* A child has its parent's one thread that called fork(), and OpenMP still believes in the others:
 * it would wait for them for ever. */
static int is_forked;

static void in_child(void)
{
    is_forked = 1;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, in_child);
}

#endif

static void run_all(team *t, int threads)
{
#ifdef _OPENMP
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (threads > 1 && !is_forked) {
        pthread_once(&once, watch_forks);
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

void nu_team_run_teams(int threads, nu_team_work *work, void *arg)
{
#ifdef _OPENMP
    int levels = omp_get_max_active_levels();
    omp_set_max_active_levels(omp_get_active_level() + 2);
#endif
    nu_team_run(threads, work, arg);
#ifdef _OPENMP
    omp_set_max_active_levels(levels);
#endif
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

/* The quota of the process's control groups in whole cores, rounded up; INT_MAX: none. Read once:
 * it is asked for at every call of the library. */
static int quota_cores(void)
{
    static int known;
    int cores = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (cores > 0)
        return cores;
    double quota = ceil(nu_cgroup_limits("").cores);
    cores = quota >= 1 && quota < INT_MAX ? (int)quota : INT_MAX;
    __atomic_store_n(&known, cores, __ATOMIC_RELAXED);
    return cores;
}

int nu_cores(void)
{
    int cores = 0;
#ifdef _OPENMP
    /* With OMP_PROC_BIND the calling thread is bound to one core from the start, and its own mask
     * would say 1; OpenMP remembers the mask that the process was given. */
    cores = omp_get_num_procs();
#else
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cores = CPU_COUNT(&set);
#endif
    if (cores < 1)
        cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (cores > quota_cores())
        cores = quota_cores();
    return cores < 1 ? 1 : cores;
}

/* ---- Threads --------------------------------------------------------------------------- */

#ifdef _OPENMP

static const char *openmp_limits(int requested, int *threads)
{
    const char *reason = NULL;
    if (requested <= 0 && *threads > omp_get_max_threads()) {
        *threads = omp_get_max_threads();
        reason = "OMP_NUM_THREADS, or the program's omp_set_num_threads(), asks for no more";
    }
    if (*threads > omp_get_thread_limit()) {
        *threads = omp_get_thread_limit();
        reason = "OMP_THREAD_LIMIT allows no more";
    }
    if (*threads > 1 && is_forked) {
        *threads = 1;
        reason = "this process was forked from one whose threads it does not have; OpenMP cannot "
                 "start new ones";
    }
    return reason;
}

#else

static const char *openmp_limits(int requested, int *threads)
{
    (void)requested;
    if (*threads == 1)
        return NULL;
    *threads = 1;
    return "built without OpenMP";
}

#endif

#ifdef _OPENMP

static void *wait_at(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* How many threads can be made and be there at the same time, of so many. */
static int made_together(int threads)
{
    pthread_t *thread = malloc((size_t)threads * sizeof *thread);
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    int n = 0;
    pthread_mutex_lock(&gate);
    while (thread != NULL && n < threads && pthread_create(&thread[n], NULL, wait_at, &gate) == 0)
        n++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    return n;
}

static void do_nothing(void *arg, int thread, int threads)
{
    (void)arg, (void)thread, (void)threads;
}

/* OpenMP ends the process where a thread cannot be made. So as many plain ones are made before, one
 * of them to spare for other uses, and then at once OpenMP's, which it keeps. What was answered
 * once is not exceeded later, as callers have made lists of so many CPUs. */
static int threads_to_be_had(int threads)
{
    static int proven = 1, most = INT_MAX;
    int known = __atomic_load_n(&proven, __ATOMIC_RELAXED);
    int limit = __atomic_load_n(&most, __ATOMIC_RELAXED);
    int more = (threads < limit ? threads : limit) - known;
    if (more <= 0)
        return known + more;
    while (more > 0 && !nu_address_space_has((size_t)(more + 1) * NU_THREAD_SPACE))
        more--;
    int made = more > 0 ? made_together(more + 1) : 1, had = known + (made > 1 ? made - 1 : 0);
    if (had < threads)
        __atomic_store_n(&most, had, __ATOMIC_RELAXED);
    if (had > known) {
        __atomic_store_n(&proven, had, __ATOMIC_RELAXED);
        nu_team_run(had, do_nothing, NULL);
    }
    return had;
}

#else

static int threads_to_be_had(int threads)
{
    return threads;
}

#endif

int nu_team_threads(int requested, int oversubscribe, const char **why)
{
    int cores = nu_cores(), threads = requested > 0 ? requested : cores;
    const char *reason = NULL, *limit;
    if (threads > cores && !oversubscribe) {
        threads = cores;
        reason = "more threads than cores only wait for each other";
    }
    if ((limit = openmp_limits(requested, &threads)) != NULL)
        reason = limit;
    int had = oversubscribe < 2 ? threads_to_be_had(threads) : threads;
    if (had < threads)
        reason = "the system gives no more (ulimit -u, ulimit -v or a container's limit)";
    if (why != NULL)
        *why = reason;
    return had;
}
