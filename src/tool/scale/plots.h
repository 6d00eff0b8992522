/* The plots of a study, through gnuplot. */
#ifndef NUDGE_SCALE_PLOTS_H
#define NUDGE_SCALE_PLOTS_H

#include "look.h"
#include "scale.h"

enum { SCALE_PLOTS = 7 };

typedef struct scale_plot {
    const char *name;    /* "speedup": speedup.svg and speedup.png */
    const char *title;   /* "Speed-up" */
    const char *caption; /* what it shows and how to read it */
    char *svg;           /* the picture; NULL: not drawn */
    const char *why_not; /* the study has no numbers for it; else NULL */
} scale_plot;

/* The name of plot i, drawn or not. */
const char *scale_plot_name(int i);

/* Fills plots in the order of the report: which there are, and which not and why. Runs gnuplot for
 * those that have numbers, twice each, and writes DIR/NAME.png. Pictures that gnuplot did not draw
 * are no error: `pictures` has one line that says why, and the rest is not tried. Returns 1, or 0
 * with one line in `error` if a PNG could not be written. */
int scale_plots_draw(scale_plot plots[SCALE_PLOTS], const scale_study *study, const char *dir,
                     char *pictures, size_t pictures_size, char *error, size_t error_size);
void scale_plots_end(scale_plot plots[SCALE_PLOTS]);

#endif
