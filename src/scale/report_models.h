/* Models as text: part of report_text.h. */
#ifndef NUDGE_SCALE_REPORT_MODELS_H
#define NUDGE_SCALE_REPORT_MODELS_H

#include <stdio.h>

#include "scale/scale.h"

/* Each model with its parameters, its error, how it did on points that it had not seen, and what it
 * predicts beyond what was measured. Nothing if there are none. */
void scale_report_models(const scale_study *study, FILE *stream);

/* " [low, high]" with `format` for both, a printf format of one double; "" if not known. */
#define SCALE_INTERVAL_TEXT 64
const char *scale_interval_text(char buf[SCALE_INTERVAL_TEXT], const char *format,
                                const scale_estimate *e, double factor);

#endif
