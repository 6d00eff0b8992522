/* A study as text, for a terminal of 80 columns. */
#ifndef NUDGE_SCALE_REPORT_TEXT_H
#define NUDGE_SCALE_REPORT_TEXT_H

#include <stdio.h>

#include "scale/scale.h"

/* Everything that was found: tables of the points, what their threads' time went into, weights,
 * models, time to the target loss, notes. */
void scale_report_text(const scale_study *study, FILE *stream);

#endif
