/* gnuplot, a program of its own that may be missing: it is found on PATH, or where the environment
 * variable GNUPLOT says. */
#ifndef NUDGE_TOOL_GNUPLOT_H
#define NUDGE_TOOL_GNUPLOT_H

#include <stdio.h>

/* Runs gnuplot on a script. It draws to `drawn`, a file that the caller has opened, or to files
 * that the script names (relative to the current folder, unless it says `cd`); drawn may be NULL:
 * what is printed is dropped. gnuplot runs for a minute at most, in the C locale and without the
 * user's .gnuplot, so that a script draws the same everywhere. Returns 1, or 0 after one line:
 * there is no gnuplot (and which package has it), or its own message. */
int gnuplot_run(const char *script, FILE *drawn);

/* Writes the SVG or PNG that a script prints to the file `path`, which appears whole or not at
 * all. Returns likewise. */
int gnuplot_file(const char *script, const char *path);

/* Writes a text as a string of gnuplot's, with its quotes, whatever is in it: what an SVG cannot
 * hold is replaced, control characters by spaces and bytes that are no UTF-8 by '?'. */
void gnuplot_quote(FILE *script, const char *text);

#endif
