#include "bench/measure.h"

#include <math.h>

#include "core/barrier.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "quantiles.h"

#define REPEAT_SECONDS 0.02 /* of one repeat at least, or less if all have less time */
#define LEAST_REPEATS 5
#define MOST_REPEATS 100000

/* When a thread began and ended a repeat. */
typedef struct interval {
    double begin, end;
} interval;

typedef struct measuring {
    const nu_subject *subject;
    double seconds, each; /* of all repeats, and of one at least */
    nu_barrier barrier;
    interval *interval; /* threads */
    int failed;         /* a thread had no memory */
    double *rate;       /* `most` values, by thread 0 */
    size_t most, repeats;
} measuring;

/* A repeat of `times` runs: from the first thread's begin to the last one's end, the same number
 * for every thread. When there are more threads than cores they run one after another, so a
 * thread's own time would be too short. */
static double repeat(measuring *m, size_t times, int thread, int threads)
{
    interval *own = &m->interval[thread];
    nu_barrier_wait(&m->barrier, threads);
    own->begin = nu_seconds();
    for (size_t i = 0; i < times; i++)
        m->subject->run(m->subject->arg, thread, threads);
    own->end = nu_seconds();
    nu_barrier_wait(&m->barrier, threads);
    interval all = m->interval[0];
    for (int i = 1; i < threads; i++) {
        all.begin = fmin(all.begin, m->interval[i].begin);
        all.end = fmax(all.end, m->interval[i].end);
    }
    return fmax(all.end - all.begin, 1e-9);
}

/* Every thread sees the same times and takes the same decisions. */
static void repeat_all(measuring *m, int thread, int threads)
{
    size_t times = 1;
    double took = 0, passed = 0;
    while ((took = repeat(m, times, thread, threads)) < m->each)
        times *= (size_t)fmin(fmax(ceil(1.2 * m->each / took), 2), 100);
    double work = m->subject->work * (double)times * threads;
    for (size_t n = 0; n < m->most && (n < LEAST_REPEATS || passed < m->seconds); n++) {
        took = repeat(m, times, thread, threads);
        passed += took;
        if (thread == 0)
            m->rate[m->repeats++] = work / took;
    }
}

static void measure_work(void *arg, int thread, int threads)
{
    measuring *m = arg;
    if (!m->subject->start(m->subject->arg, thread))
        __atomic_store_n(&m->failed, 1, __ATOMIC_RELAXED);
    nu_barrier_wait(&m->barrier, threads);
    if (!__atomic_load_n(&m->failed, __ATOMIC_RELAXED))
        repeat_all(m, thread, threads);
    m->subject->end(m->subject->arg, thread);
}

nudge_status nu_measure_threads(int *threads, int requested, double seconds, nudge_error *err)
{
    if (requested < 0)
        return nu_fail(err, NUDGE_EARGUMENT, "threads %d: it must be 0 (all cores) or more",
                       requested);
    if (!(seconds > 0 && isfinite(seconds)))
        return nu_fail(err, NUDGE_EARGUMENT, "seconds %g is not a positive number", seconds);
    *threads = nudge_threads(requested, NULL);
    return NUDGE_OK;
}

static void end(measuring *m)
{
    free(m->rate);
    free(m->interval);
}

nudge_status nu_measure(nudge_measurement *rate, const nu_subject *subject, int threads,
                        const int *cpus, double seconds, nudge_error *err)
{
    measuring m NU_SCOPED(end) = {.subject = subject, .seconds = seconds};
    m.each = fmin(REPEAT_SECONDS, seconds / LEAST_REPEATS);
    m.most = LEAST_REPEATS + (size_t)fmin(2 * seconds / m.each, MOST_REPEATS);
    NU_NEW(m.rate, calloc, m.most, "measured rates", err);
    NU_NEW(m.interval, calloc, (size_t)threads, "measured rates", err);
    NU_TRY(nu_blas_start(err));
    nu_barrier_start(&m.barrier, threads);
    NU_TRY(nu_team_run_on(cpus, threads, measure_work, &m, err));
    if (m.failed)
        return nu_fail(err, NUDGE_EMEMORY, "not enough memory for the benchmark's data");
    nu_sort_reals(m.rate, m.repeats);
    *rate = (nudge_measurement){.repeats = m.repeats,
                                .median = nu_quantile(m.rate, m.repeats, 0.5),
                                .low = nu_quantile(m.rate, m.repeats, 0.25),
                                .high = nu_quantile(m.rate, m.repeats, 0.75),
                                .best = m.rate[m.repeats - 1]};
    return NUDGE_OK;
}
