/* The same weights for every thread count: nudge's promise, checked in every study. */
#ifndef NUDGE_SCALE_WEIGHTS_H
#define NUDGE_SCALE_WEIGHTS_H

#include "scale/scale.h"

/* Compares the weights after all repeats of the points that must end with the same ones: of one
 * point; and, but in weak mode, of all points with the same value. Sets study->identical. Where
 * they differ it is 0, and one line in why (`size` bytes) names the thread counts. */
void scale_compare_weights(scale_study *study, char *why, size_t size);

#endif
