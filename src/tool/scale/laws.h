/* Laws of scaling, fitted to the points of a study over their threads, and tested: Amdahl's
 * where the work is the same, Gustafson's where it grows with the threads, and the universal
 * scalability law.
 *
 * Fitted are medians over the rounds of step times from which each round's own speed is taken
 * out (its geometric mean over the points), by least squares of relative errors. A law is used
 * only if
 *  - it has fewer parameters than there are thread counts, and three rounds tell the scatter;
 *  - the medians' standard error is 5 % at most, otherwise anything would fit;
 *  - the law's error is at most twice that, or within the precision that the study was asked for;
 *  - of the points that are left out of the fit one by one, most come as predicted.
 * Otherwise why_not says which of these it fails.
 *
 * Intervals have room for the scatter of a measured median, and for what else keeps points off
 * the law: the residual variance less that of the medians, V, by its degrees of freedom f, as a
 * prediction of ordinary regression: a relative half-width of sqrt((t(rounds - 1)^2 scatter^2 +
 * t(f)^2 V) (1 + leverage)). */
#ifndef NUDGE_SCALE_LAWS_H
#define NUDGE_SCALE_LAWS_H

#include "scale/study.h"

/* Fills study->laws: two for each setting if threads vary, none otherwise. The study is
 * analysed. */
void scale_fit_laws(scale_study *study);

#endif
