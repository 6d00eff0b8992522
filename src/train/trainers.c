/* Several trainers at once: threads take turns at their epochs. */
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/blas.h"
#include "train/trainer_run.h"

typedef struct group {
    nudge_trainer *const *trainers;
    size_t n;
    nu_company company;
    pthread_mutex_t lock; /* of what follows */
    char *busy;           /* n: a thread is at its epoch */
    nudge_status status;  /* the worst so far, */
    nudge_error *err;     /* and its error */
} group;

/* ---- Turns ----------------------------------------------------------------------------- */

/* The next to go on: of those that are free the one with the fewest epochs; n: none. */
static size_t take_turn(group *g)
{
    size_t next = g->n;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < g->n && g->status == NUDGE_OK; i++)
        if (!g->busy[i] && !nu_trainer_is_done(g->trainers[i]) &&
            (next == g->n || g->trainers[i]->at.epoch < g->trainers[next]->at.epoch))
            next = i;
    if (next < g->n)
        g->busy[next] = 1;
    pthread_mutex_unlock(&g->lock);
    return next;
}

/* A failure is worse than a stop. */
static void end_turn(group *g, size_t i, nudge_status status, const nudge_error *err)
{
    pthread_mutex_lock(&g->lock);
    g->busy[i] = 0;
    if (status != NUDGE_OK && (g->status == NUDGE_OK || g->status == NUDGE_ESTOPPED)) {
        g->status = status;
        *g->err = *err;
        __atomic_store_n(&g->company.halt, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&g->lock);
}

/* Where none is free, those that are left have a thread each. */
static void work(void *arg, int thread, int threads)
{
    group *g = arg;
    size_t i;
    (void)thread, (void)threads;
    while ((i = take_turn(g)) < g->n) {
        nudge_error err = {0};
        nudge_status status = nudge_trainer_epoch(g->trainers[i], NULL, &err);
        end_turn(g, i, status, &err);
    }
}

/* ---- All ------------------------------------------------------------------------------- */

static nudge_status check(nudge_trainer *const *t, size_t n, nudge_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (t[i]->cpus != NULL)
            return nu_fail(err, NUDGE_EARGUMENT, "cpus: trainers that run at the same time cannot "
                           "be bound to CPUs");
        if (t[i]->run.whole != t[0]->run.whole)
            return nu_fail(err, NUDGE_EARGUMENT, "trainer %zu: it has another model than the first",
                           i);
        for (size_t k = 0; k < i; k++)
            if (t[i]->options.member == t[k]->options.member)
                return nu_fail(err, NUDGE_EARGUMENT, "trainers %zu and %zu: both train member %zu",
                               k, i, t[i]->options.member);
    }
    return NUDGE_OK;
}

nudge_status nudge_trainers_run(nudge_trainer *const *trainers, size_t n, size_t at_once,
                                nudge_error *err)
{
    nudge_error inner = {0};
    const char *why;
    if (n == 0 || at_once == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "no trainers, or none at a time");
    if (n == 1)
        return nudge_trainer_run(trainers[0], err);
    NU_TRY(check(trainers, n, err));
    group g = {.trainers = trainers, .n = n, .err = &inner};
    char *busy NU_FREED;
    NU_NEW(busy, calloc, n, "trainers", err);
    g.busy = busy;
    nu_interval_forget(&trainers[0]->run.whole->interval); /* before any thread trains */
    pthread_mutex_init(&g.lock, NULL);
    pthread_mutex_init(&g.company.calls, NULL);
    for (size_t i = 0; i < n; i++)
        trainers[i]->company = &g.company;
    nu_team_run_teams(nu_threads((int)nu_smaller(at_once, n), trainers[0]->options.oversubscribe,
                                 &why), work, &g);
    for (size_t i = 0; i < n; i++)
        trainers[i]->company = NULL;
    pthread_mutex_destroy(&g.lock);
    pthread_mutex_destroy(&g.company.calls);
    if (g.status != NUDGE_OK && err != NULL)
        *err = inner;
    return g.status;
}
