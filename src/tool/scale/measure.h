/* Measuring the points of a study. */
#ifndef NUDGE_SCALE_MEASURE_H
#define NUDGE_SCALE_MEASURE_H

#include "scale/points.h"

/* Warms up, measures phases, single steps and large products once for each point, and then all
 * points in rounds; fills what scale_point says is measured, started, seconds, ended, and notes
 * about the machine. Points without a run are taken out. A live line goes to stderr, if that is a
 * terminal. */
void scale_measure(scale_study *study, const scale_setup *setup, const scale_jobs *jobs);

#endif
