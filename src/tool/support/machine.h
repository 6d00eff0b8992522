/* What is known of the machine and of the programs, for the reader of measurements. */
#ifndef NUDGE_TOOL_MACHINE_H
#define NUDGE_TOOL_MACHINE_H

#include "nudge.h"

/* How OpenBLAS was built: "serial", "pthread", "OpenMP", "unknown". */
const char *blas_build(const nudge_machine *m);

/* Calls add(to, KEY, TEXT) for each fact: cpu, topology, caches, memory, system, blas, compiler,
 * openmp; TEXT is for free(). What is not known is left out. */
void machine_facts(void (*add)(void *to, const char *key, char *text), void *to);

#endif
