/* Training curves of runs as a script for gnuplot. */
#ifndef NUDGE_TOOL_PLOT_CURVES_H
#define NUDGE_TOOL_PLOT_CURVES_H

#include "support/gnuplot_style.h"
#include "plot/run_log.h"

enum plot_x { PLOT_EPOCH, PLOT_TIME };
enum plot_y { PLOT_LOSS, PLOT_ACCURACY, PLOT_RMSE, PLOT_SPEED };

/* Most runs in one picture: beyond, neither colours nor marks tell them apart. */
enum { PLOT_MOST_RUNS = 4 * GNUPLOT_COLOURS };

/* Most curves in text: beyond, there are no letters for them. */
enum { PLOT_MOST_TEXT_CURVES = 26 };

typedef struct plot_setup {
    gnuplot_canvas canvas;
    enum plot_x x;
    enum plot_y y;
    int log;           /* a logarithmic y axis */
    const char *title; /* NULL: what is shown, with the run's name if there is one */
    size_t n;          /* runs, from 1 to PLOT_MOST_RUNS */
    const run_log *runs;
    const char *const *names;
} plot_setup;

/* "loss", "accuracy", "RMSE", "speed" */
const char *plot_y_name(enum plot_y y);

/* Whether a run has what y asks for, of training or of validation. */
int plot_has(const run_log *run, enum plot_y y);

/* Curves that there are to draw. */
size_t plot_count_curves(const plot_setup *s);

/* Points that a logarithmic axis cannot show, as they are not above 0, and all points. */
void plot_count_points(const plot_setup *s, size_t *not_above_0, size_t *all);

/* The script, which draws to stdout; for free(). Training is solid and validation dashed, in the
 * run's colour; a run of few epochs has its points marked. */
char *plot_script(const plot_setup *s);

#endif
