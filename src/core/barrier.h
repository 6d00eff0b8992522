/* A barrier for the threads of a team that is crossed many thousand times a second.
 *
 * OpenMP's own waits for milliseconds before it lets go of a core. When something else runs on one
 * of the cores, that made training ten times slower than with one thread; this one spins for some
 * microseconds, then sleeps until the last thread has come. (sched_yield() instead waits for the
 * end of another program's slice at every barrier: beside four busy programs on two cores, an epoch
 * took a minute; it takes 6 seconds.) */
#ifndef NUDGE_CORE_BARRIER_H
#define NUDGE_CORE_BARRIER_H

#include "core/memory.h"

typedef struct nu_barrier {
    unsigned arrived __attribute__((aligned(NU_ALIGN)));
    unsigned phase __attribute__((aligned(NU_ALIGN)));
    unsigned sleepers; /* beside the phase, which its last writer looks at with it */
    int spins;
} nu_barrier;

/* For a team that will have up to `threads` threads. */
void nu_barrier_start(nu_barrier *b, int threads);

/* Returns when all `threads` threads of the team have called it; what each wrote before is then
 * seen by all. */
void nu_barrier_wait(nu_barrier *b, int threads);

#endif
