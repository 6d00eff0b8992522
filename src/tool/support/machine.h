/* What is known of the machine and of the programs, for the reader of measurements. */
#ifndef NUDGE_TOOL_MACHINE_H
#define NUDGE_TOOL_MACHINE_H

#include "nudge.h"
#include "support/json.h"
#include "support/options.h"

/* How OpenBLAS was built: "serial", "pthread", "OpenMP", "unknown". */
const char *blas_build(const nudge_machine *m);

/* The text of a file of /proc or /sys, without white space at its end; for free(). NULL if it
 * cannot be read. */
char *proc_text(const char *path);

/* Texts: cpu, topology, caches, memory, system, blas, compiler, openmp. What is not known is left
 * out. */
json_t *machine_facts(void);

/* ---- Which CPUs the threads of a measurement are kept on ------------------------------ */

/* The CPU of each of `threads` threads, in that order, for nudge_train_options and its like;
 * for free(). More threads than CPUs take turns on them. NULL: threads are better not bound,
 * and *why says why (a constant text): OpenMP's own settings decide, or a CPU limit leaves
 * fewer cores than there are CPUs, any of which may be busy. */
int *pin_cpus(int threads, const char **why);

/* Likewise as --pin says: NULL for no; refuses what cannot be. */
int *pin_option(arguments *args, int threads);

#endif
