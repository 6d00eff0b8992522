/* What follows from a study's runs, without its laws. */
#ifndef NUDGE_SCALE_ANALYSE_H
#define NUDGE_SCALE_ANALYSE_H

#include "scale/study.h"

/* Fills what scale_point says is completed here, outliers, study->rounds and study->identical,
 * from the runs done so far; all points have one at least. `phases` of the points are as
 * measured. May be called again when there are more runs. */
void scale_analyse(scale_study *study);

/* Whether all intervals are as narrow as study->precision. */
int scale_precise(const scale_study *study);

/* Marks the runs that were disturbed, and notes by what. Called once, when all is measured. */
void scale_judge(scale_study *study);

#endif
