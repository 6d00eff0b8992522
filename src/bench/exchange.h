/* What it costs that threads share memory: lines that another core has changed or read. */
#ifndef NUDGE_BENCH_EXCHANGE_H
#define NUDGE_BENCH_EXCHANGE_H

#include "nudge.h"

/* Seconds, beyond what a core's own cache takes; all 0 for one thread. */
typedef struct nu_exchange {
    double read;    /* per byte that another core wrote last */
    double own;     /* per byte written that another core has read since */
    double barrier; /* of one crossing by all threads */
} nu_exchange;

/* Measures it on `threads` threads, medians of some rounds; cpus as nu_team_run_on() has them.
 * NUDGE_EMEMORY, NUDGE_EARGUMENT. */
nudge_status nu_exchange_measure(nu_exchange *exchange, int threads, const int *cpus,
                                 nudge_error *err);

#endif
