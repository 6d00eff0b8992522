/* Models of a study: which laws its points follow, and what they predict. */
#ifndef NUDGE_SCALE_FIT_H
#define NUDGE_SCALE_FIT_H

#include "scale/scale.h"

/* Replaces study->models. Needs the points and their repeats; points without repeats are passed
 * over. Over threads, for each value: Amdahl's law (weak mode: Gustafson's) and the universal
 * scalability law, unless threads do not vary and are not what the mode is about. Over values, for
 * each number of threads: T = a + b x over batch, depth and rows, T = c w^k over width. Points on
 * more threads than cores follow none of these laws and are not fitted.
 *
 * A law needs as many different x as it has parameters: 2, USL 3. Otherwise why_not says so.
 *
 * Predictions: at every x that was fitted; over threads also at the powers of two above, up to 8
 * times the most and at least to 64. Then, where there are more points than parameters, each point
 * but the first (which the others are told relative to) as predicted from the others (left_out).
 * fitted.h says what the intervals mean. Estimates are the same for the same study. */
void scale_fit(scale_study *study);

#endif
