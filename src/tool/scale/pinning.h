/* Threads kept on their cores, so that they measure the same thing every time.
 *
 * OpenMP reads OMP_PLACES and OMP_PROC_BIND when a program starts, and this program knows only
 * later that it is to measure: it sets them and starts itself again, once. */
#ifndef NUDGE_SCALE_PINNING_H
#define NUDGE_SCALE_PINNING_H

#include <sched.h>

#define SCALE_PINNING_TEXT 120

typedef enum scale_pinned_by {
    SCALE_PINNED_NOT,
    SCALE_PINNED_BY_USER, /* OMP_PLACES, OMP_PROC_BIND or GOMP_CPU_AFFINITY was there already */
    SCALE_PINNED_BY_NUDGE
} scale_pinned_by;

/* To be called before anything is printed, opened or run on several threads. Where threads can be
 * pinned and the user did not say how, does not return: the program starts again with the same
 * arguments, OMP_PLACES=cores and OMP_PROC_BIND=close, and comes here again. OMP_DYNAMIC is set to
 * false unless the user set it; all other settings stay.
 *
 * Close, not spread: neighbouring cores share a cache and a memory, which a step's barriers and
 * shared weights use at every update, and one more thread then always means one more neighbour,
 * whatever their number. "cores" gives every thread a core of its own before a second one gets the
 * other hardware thread of the first.
 *
 * Returns NULL if threads are pinned, by whomever, otherwise why they are not: constant text. */
const char *scale_pin(void);

/* What is in effect. */
scale_pinned_by scale_pinning(void);

/* In words, for people: "OMP_PLACES=cores, OMP_PROC_BIND=close (set by nudge)". */
const char *scale_pinning_text(char text[SCALE_PINNING_TEXT]);

/* The CPUs that this process may use, from when it was started: pinning takes the calling thread's
 * own mask down to one core. Returns how many; 0: not known (the user pinned threads on a part of
 * the machine that the system does not tell any more, or there are more than 1024 CPUs). */
int scale_usable_cpus(cpu_set_t *set);

#endif
