/* A fixed piece of work for one thread, about a millisecond (the fastest of three tries): how
 * long it takes now says how the machine's speed drifts while a study runs. */
#ifndef NUDGE_SCALE_PULSE_H
#define NUDGE_SCALE_PULSE_H

#include "nudge.h"

typedef struct scale_pulse {
    nudge_model *model;
    nudge_dataset *data;
} scale_pulse;

/* NUDGE_EMEMORY. Followed by scale_pulse_end() in any case. */
NUDGE_CHECKED nudge_status scale_pulse_start(scale_pulse *pulse, nudge_error *err);

/* Seconds of it; NaN if it could not be done. */
double scale_pulse_time(scale_pulse *pulse);
void scale_pulse_end(scale_pulse *pulse);

#endif
