/* What follows from the repeats of a study's points. */
#ifndef NUDGE_SCALE_COMPLETE_H
#define NUDGE_SCALE_COMPLETE_H

#include "scale/scale.h"

/* Fills step, rate, speedup, efficiency, karp_flatt, to_loss, lost and lost_rest of every point, and
 * outlier of every repeat, from what was measured (the rest of the points and repeats). Points
 * without repeats get unknown values. May be called again after more repeats.
 *
 * Outliers and disturbed repeats stay in: a median does not follow a few of them, and to leave out
 * what does not fit would make every interval too narrow.
 *
 * Intervals of rate, step and to_loss are those of the median (scale_median()), of speedup and
 * efficiency those of a ratio of medians (scale_ratio()), all stretched for the study's persistence
 * (scale/drift.h), which is filled in too. The base's own are exact.
 *
 * lost, for p threads and a base of b, where P are phases and w how many times as many samples a
 * step has: (P(p) - w P(b)) / (p step(p)). The profiled run has clock readings in it and meets
 * another moment of the machine, so a point's phases are first multiplied by its step / phases_step;
 * without phases_step, so that their sum is threads times step (lost_rest then is 0). */
void scale_complete(scale_study *study);

/* The base of `points[i]`, see scale_point.speedup; NULL if there is none. */
const scale_point *scale_base(const scale_study *study, size_t i);

#endif
