/* Which CPUs the threads of a measurement are kept on. */
#ifndef NUDGE_TOOL_PIN_H
#define NUDGE_TOOL_PIN_H

#include "support/options.h"

/* The CPU of each of `threads` threads, in that order, for nudge_train_options and its like;
 * for free(). More threads than CPUs take turns on them. NULL: threads are better not bound,
 * and *why says why (a constant text): OpenMP's own settings decide, or a CPU limit leaves
 * fewer cores than there are CPUs, any of which may be busy. */
int *pin_cpus(int threads, const char **why);

/* Likewise as --pin says: NULL for no; refuses what cannot be. */
int *pin_option(arguments *args, int threads);

#endif
