/* What is known of the machine and of the programs, for the reader of measurements. */
#ifndef NUDGE_TOOL_MACHINE_H
#define NUDGE_TOOL_MACHINE_H

#include "nudge.h"
#include "support/json.h"

/* How OpenBLAS was built: "serial", "pthread", "OpenMP", "unknown". */
const char *blas_build(const nudge_machine *m);

/* The text of a file of /proc or /sys, without white space at its end; for free(). NULL if it
 * cannot be read. */
char *proc_text(const char *path);

/* Texts: cpu, topology, caches, memory, system, blas, compiler, openmp. What is not known is left
 * out. */
json_t *machine_facts(void);

#endif
