/* Measuring: fills a study's points with repeats. */
#ifndef NUDGE_SCALE_RUN_H
#define NUDGE_SCALE_RUN_H

#include "scale/prepare.h"

/* Measures the points that scale_prepare() made `jobs` for, and sets the jobs' epochs.
 *
 * Each point first trains for a while untimed, which also says how many epochs a repeat should
 * have: the same for all points with the same value, so that their weights can be compared. Then
 * each has a run with clocks in it (phases, loss on the way), and then the repeats come in
 * rounds: in each round every point once, in a random order that setup->train.train.seed decides.
 * Every repeat trains from the same initial weights. What the machine offers is measured before
 * and after.
 *
 * Returns EXIT_DONE; EXIT_INTERRUPTED after Ctrl-C, with study->interrupted set and those points
 * left that have a repeat (maybe none); or another exit_status after a message. */
int scale_run(scale_study *study, const scale_setup *setup, scale_jobs *jobs);

#endif
