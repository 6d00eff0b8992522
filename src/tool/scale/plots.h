/* plots.gp: the script for gnuplot that draws a study's plots from points.csv and laws.csv beside
 * it, for the user to change and run again. */
#ifndef NUDGE_SCALE_PLOTS_H
#define NUDGE_SCALE_PLOTS_H

#include <stdio.h>

#include "scale/study.h"

/* It makes speedup, step, phases and single, each as .svg and .png, if there are numbers for it. */
void scale_write_plots(const scale_study *s, FILE *out);

#endif
