/* Pictures through gnuplot, a program of its own that may be missing. */
#ifndef NUDGE_TOOL_GNUPLOT_H
#define NUDGE_TOOL_GNUPLOT_H

#include <stddef.h>

/* 1 if there is a gnuplot to run (on PATH, or named by the environment variable GNUPLOT). */
int gnuplot_found(void);

/* Runs gnuplot on `script`, commands that draw to `set output` files of their own or to stdout.
 * What gnuplot prints to stdout is returned in *text (for free(); NULL if it is not wanted, and
 * then dropped). Returns 1; or 0 with one line in why (`size` bytes) that says what failed: there
 * is no gnuplot ("gnuplot is not installed (Debian: gnuplot-nox)"), it could not be run, or its
 * own first message. */
int gnuplot_run(const char *script, char **text, char *why, size_t size);

#endif
