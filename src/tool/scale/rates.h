/* What the machine offers: its rates of large products and of copying. */
#ifndef NUDGE_SCALE_RATES_H
#define NUDGE_SCALE_RATES_H

#include "scale/scale.h"

/* Measures both for every thread count of the study and sets the points' gemm_peak and copy_peak,
 * or raises them: called before and after the repeats, so that all meet the same machine, the
 * best stays. More threads than cores: what the cores do. `budget`: seconds that a point is
 * measured for; in a study of less than a second a point smaller products are taken, which are a
 * little slower, and copies that the last level of caches may hold. copy_peak stays unknown where
 * its arrays do not fit memory. Ends early after Ctrl-C. NUDGE_EMEMORY. */
NUDGE_CHECKED nudge_status scale_rates_measure(scale_study *study, nudge_dtype dtype,
                                               double budget, nudge_error *err);

#endif
