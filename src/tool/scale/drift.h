/* A machine whose speed wanders: repeats that follow each other are then more alike than repeats
 * days apart, and intervals that take them for independent are too narrow. */
#ifndef NUDGE_SCALE_DRIFT_H
#define NUDGE_SCALE_DRIFT_H

#include "scale/scale.h"

/* How alike neighbouring repeats of a point are: the correlation of the logarithms of their steps at
 * lag 1, 0 to 0.8. Mean over the points that have at least 6 repeats, as one has too few to tell;
 * 0 without any, and where nothing varies. Deviations from a point's median count up to three times
 * their scale (1.4826 times their median, Hampel 1974), so that a single disturbance does not hide
 * the rest; the bias of short series, -(1 + 3 rho) / n (Kendall 1954), is taken out. */
double scale_persistence(const scale_study *study);

/* By what a standard error is larger for it: sqrt((1 + rho) / (1 - rho)), of the mean of a first-order
 * autoregressive series (Priestley 1981, 5.3.2). */
double scale_stretch(double persistence);

/* An interval of positive numbers with ends `stretch` times as far from the value, in logarithms. */
scale_estimate scale_stretched(scale_estimate e, double stretch);

#endif
