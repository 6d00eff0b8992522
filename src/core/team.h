/* Threads: the only place that names OpenMP. Without it there is one thread. */
#ifndef NUDGE_CORE_TEAM_H
#define NUDGE_CORE_TEAM_H

#include <stddef.h>

#include "nudge.h"

/* Address space that a thread takes: OpenBLAS's buffer of 128 MB, for which it asks for ever if
 * there is none, and a stack. */
#define NU_THREAD_SPACE ((size_t)144 << 20)

typedef void nu_team_work(void *arg, int thread, int threads);

/* Runs work(arg, thread, threads) once per thread, thread 0 on the caller's, and waits for all.
 * `threads` may be fewer than asked for if the system has no more; work must cope. In a child of a
 * process that has run a team, it is 1. Meanwhile subnormal numbers are taken for zero, and
 * OpenMP's number of threads is 1. */
void nu_team_run(int threads, nu_team_work *work, void *arg);

/* Likewise, with thread t bound to CPU cpus[t]; NULL: none is bound. All are bound before any of
 * them works, and may run where they might before when this returns: OpenMP keeps its threads for
 * whoever uses it next. NUDGE_EARGUMENT, and nothing has been done, if one cannot be bound. */
nudge_status nu_team_run_on(const int *cpus, int threads, nu_team_work *work, void *arg,
                            nudge_error *err);

/* As nu_team_run(), where the work of each thread may run a team itself. */
void nu_team_run_teams(int threads, nu_team_work *work, void *arg);

/* The part [*first, *end) of n things that thread `thread` of `threads` takes: contiguous, in
 * order, sizes differing by at most one. */
static inline void nu_team_share(size_t n, int thread, int threads, size_t *first, size_t *end)
{
    size_t t = (size_t)thread, T = (size_t)threads, each = n / T, rest = n % T;
    *first = t * each + (t < rest ? t : rest);
    *end = *first + each + (t < rest);
}

/* Cores this process may use: its affinity mask, lowered by control groups' quota; 1 or more. */
int nu_cores(void);

/* Threads to use where `requested` are asked for, as nudge_threads() says, but whatever OpenBLAS
 * is; oversubscribe 1: more threads than cores are allowed; 2: and none is tried, as for a plan.
 * why may be NULL. */
int nu_team_threads(int requested, int oversubscribe, const char **why);

/* *least becomes `at` if that is smaller; by any thread. */
static inline void nu_note_least(size_t *least, size_t at)
{
    size_t now = __atomic_load_n(least, __ATOMIC_RELAXED);
    while (at < now && !__atomic_compare_exchange_n(least, &now, at, 0, __ATOMIC_RELAXED,
                                                    __ATOMIC_RELAXED))
        ;
}

#endif
