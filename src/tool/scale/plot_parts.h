/* What the plots share: each writes data blocks and gnuplot commands that draw one picture on any
 * terminal. Private to src/scale. */
#ifndef NUDGE_SCALE_PLOT_PARTS_H
#define NUDGE_SCALE_PLOT_PARTS_H

#include <stdio.h>

#include "look.h"
#include "scale/gnuplot_style.h"

/* Returns NULL, or why there is nothing to draw; then nothing was written that draws. */
typedef const char *scale_drawer(FILE *script, const scale_study *study, const scale_axes *axes);

scale_drawer scale_plot_throughput, scale_plot_step, scale_plot_speedup, scale_plot_efficiency,
    scale_plot_phases, scale_plot_roofline, scale_plot_loss;

/* Smallest and largest; start with RANGE_EMPTY. Ignores what is not finite. */
typedef struct plot_range {
    double low, high;
} plot_range;
#define RANGE_EMPTY ((plot_range){INFINITY, -INFINITY})
void plot_widen(plot_range *range, double v);

/* For what is no measurement: the ideal, limits. */
#define PLOT_GREY "#777777"

/* Sets the x axis: base 2 if `log`, tics at those of the n xs (ascending) that have room. */
void plot_x_axis(FILE *script, const char *label, plot_range range, int log, const double *xs,
                 size_t n);
/* Tics of a logarithmic axis, "xtics" or "ytics", at 1, 2 and 5; of 1 alone over many decades. */
void plot_log_tics(FILE *script, const char *axis, double low, double high);
/* Sets the y axis: from 0, or base 10. */
void plot_y_axis(FILE *script, const char *label, plot_range range, int log);

#endif
