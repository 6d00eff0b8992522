/* Another program that trains the same, as the base of speed-ups; and command lines. */
#ifndef NUDGE_SCALE_PEER_H
#define NUDGE_SCALE_PEER_H

#include "scale/setup.h"

/* Runs "PROGRAM train --threads=1 --json --quiet" with the options of a variant for `epochs`, and
 * reads what it tells: seconds of training, and of a step. 0 if it was interrupted. */
int scale_run_peer(double *seconds, double *step, const char *program,
                   const scale_variant *variant, size_t epochs);

/* The words of a command line as a shell takes them, for free(). */
char *scale_shell_line(const char *first, char *const *word, size_t n);

#endif
