/* What it costs that threads share memory: lines that another core has changed or read. */
#ifndef NUDGE_BENCH_EXCHANGE_H
#define NUDGE_BENCH_EXCHANGE_H

#include "nudge.h"

/* Seconds; all 0 for one thread. */
typedef struct nu_exchange {
    double byte;    /* to read what another core wrote last, or to write what another core has read,
                     * beyond what a core's own cache takes */
    double barrier; /* of one crossing by all threads */
} nu_exchange;

/* Measures it on `threads` threads, for about `seconds` each; cpus as nu_team_run_on() has them.
 * NUDGE_EMEMORY, NUDGE_EARGUMENT. */
nudge_status nu_exchange_measure(nu_exchange *exchange, int threads, const int *cpus,
                                 double seconds, nudge_error *err);

#endif
