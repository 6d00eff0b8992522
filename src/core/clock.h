/* Time for measuring. */
#ifndef NUDGE_CORE_CLOCK_H
#define NUDGE_CORE_CLOCK_H

#include <time.h>

/* Seconds of a clock that never jumps. */
static inline double nu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
