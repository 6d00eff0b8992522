/* Weights of classes, as a text has them. */
#ifndef NUDGE_PREP_CLASS_WEIGHTS_H
#define NUDGE_PREP_CLASS_WEIGHTS_H

#include "nudge.h"

/* Multiplies the weights of training rows as nudge_data_options.class_weight says; NULL: by
 * nothing. NUDGE_EARGUMENT, NUDGE_EMEMORY. */
nudge_status nu_class_weights_apply(nudge_dataset *train, const nudge_prep *prep, const char *text,
                                    nudge_error *err);

#endif
