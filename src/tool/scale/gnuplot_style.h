/* How nudge's pictures look: what a script for gnuplot (tool/gnuplot.h) begins with, and what it
 * takes to write user's texts and numbers into one. A script is written to a stream, such as one
 * of open_memstream():
 *
 *     gnuplot_begin(script, &canvas);
 *     gnuplot_set(script, "title", title);
 *     fputs("$data << EOD\n", script);
 *     gnuplot_numbers(script, 2, (double[]){x, y});
 *     fputs("EOD\nplot $data using 1:2 with lines linetype 1 title ", script);
 *     gnuplot_quote(script, name);
 *     fputc('\n', script);
 */
#ifndef NUDGE_TOOL_GNUPLOT_STYLE_H
#define NUDGE_TOOL_GNUPLOT_STYLE_H

#include <stddef.h>
#include <stdio.h>

#include "support/gnuplot.h"

typedef enum gnuplot_kind {
    GNUPLOT_SVG,
    GNUPLOT_PNG,
    GNUPLOT_TEXT /* drawn with characters, which tell curves apart without colour */
} gnuplot_kind;

typedef struct gnuplot_canvas {
    gnuplot_kind kind;
    int width, height; /* pixels; characters and lines for text */
} gnuplot_canvas;

/* The kind that a path's ending asks for, .svg or .png; 0 if it has another. */
int gnuplot_kind_of(const char *path, gnuplot_kind *kind);

/* Line types 1 to GNUPLOT_COLOURS of pictures have the colours of Okabe and Ito, which colour-blind
 * readers can tell apart too ("Color Universal Design", 2008; yellow, too light on white, is left
 * out), and filled marks; more are not set. In text, lines of types 1 to
 * GNUPLOT_CHARACTERS are drawn with a character each, and points of types 1 to 26 are letters. */
enum { GNUPLOT_COLOURS = 7, GNUPLOT_CHARACTERS = 7 };

/* "#0072b2": the colour of line type `i` + 1; of i % GNUPLOT_COLOURS if there are fewer. */
const char *gnuplot_colour(size_t i);

/* The terminal, to stdout and with texts taken as they are (no markup); UTF-8; for pictures also
 * the palette, a light grid, thin grey axes on the left and below, and the legend in the right
 * margin. What a plot wants otherwise it sets afterwards. */
void gnuplot_begin(FILE *script, const gnuplot_canvas *canvas);

/* set WHAT 'text', a line: gnuplot_set(script, "xlabel", "threads"). */
void gnuplot_set(FILE *script, const char *what, const char *text);

/* A logarithmic axis "x" or "y" for values from low to high, both above 0: a little room on both
 * sides, and labels close enough to read values by (1, 2, 5, 10, ...; every power of ten over more
 * than three decades; even steps over less than one). */
void gnuplot_log_axis(FILE *script, const char *axis, double low, double high);

/* A line of a data block: n numbers that read back as they are, NaN where one is not finite, which
 * gnuplot leaves out. */
void gnuplot_numbers(FILE *script, size_t n, const double *value);

#endif
