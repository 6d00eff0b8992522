/* plots.gp: the script for gnuplot that draws a study's plots from points.csv and laws.csv beside
 * it, for the user to change and run again. */
#ifndef NUDGE_SCALE_PLOTS_H
#define NUDGE_SCALE_PLOTS_H

#include <stdio.h>

#include "scale/study.h"

/* Each is a NAME.svg and a NAME.png, if the study has numbers for it. */
enum { SCALE_PLOTS = 4 };
extern const char *const scale_plot_names[SCALE_PLOTS];

void scale_write_plots(const scale_study *s, FILE *out);

#endif
