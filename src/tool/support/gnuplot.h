/* Pictures through gnuplot, a program of its own that may be missing. */
#ifndef NUDGE_TOOL_GNUPLOT_H
#define NUDGE_TOOL_GNUPLOT_H

#include <stddef.h>
#include <stdio.h>

/* 1 if there is a gnuplot to run: on PATH, or named by the environment variable GNUPLOT (a path or
 * a name on PATH). */
int gnuplot_found(void);

/* The three that follow run gnuplot on `script`, commands that draw to stdout or to `set output`
 * files of their own (relative to the current folder). It runs in the C locale and reads no
 * .gnuplot of the user's, so that the same script draws the same everywhere; no shell is involved.
 * On failure there is one line in why (`size` bytes) that says what failed: there is no gnuplot
 * ("gnuplot is not installed (Debian: gnuplot-nox)"), it could not be run, or its own first
 * message. */

/* What gnuplot prints to stdout is returned in *text (for free(); NULL as `text` if it is not
 * wanted, and then dropped). Returns 1, or 0 with why. */
int gnuplot_run(const char *script, char **text, char *why, size_t size);

/* The same as a stream to read from its beginning, for what is not text; for fclose(). NULL with
 * why. */
FILE *gnuplot_stream(const char *script, char *why, size_t size);

/* Writes what gnuplot prints to stdout, a picture, to the file `path`, which appears whole or not
 * at all: until the picture is complete nothing is touched. Returns 1, or 0 with why. */
int gnuplot_file(const char *script, const char *path, char *why, size_t size);

#endif
