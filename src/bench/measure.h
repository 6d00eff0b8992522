/* Measuring a rate: the same work on every thread at the same time, each on data of its own. */
#ifndef NUDGE_BENCH_MEASURE_H
#define NUDGE_BENCH_MEASURE_H

#include "core/team.h"
#include "nudge.h"

typedef struct nu_subject {
    void *arg;
    double work; /* of one run by one thread, in the unit that the rate counts */

    /* Makes this thread's data, which the thread itself touches first. 0 if there is no memory;
     * end() follows in any case. */
    int (*start)(void *arg, int thread);
    nu_team_work *run;
    void (*end)(void *arg, int thread);
} nu_subject;

/* Threads for a measurement: those asked for (0: all cores) as far as nudge_threads() allows.
 * NUDGE_EARGUMENT for a negative number, or if `seconds` is not positive. */
nudge_status nu_measure_threads(int *threads, int requested, double seconds, nudge_error *err);

/* Warms up, then measures until `seconds` have passed and there are enough repeats, each of so many
 * runs that it lasts long beside the clock and a scheduler's interruption (0.02 s, less where
 * `seconds` are fewer). cpus as nu_team_run_on() has them. NUDGE_EMEMORY, NUDGE_EARGUMENT. */
nudge_status nu_measure(nudge_measurement *rate, const nu_subject *subject, int threads,
                        const int *cpus, double seconds, nudge_error *err);

#endif
