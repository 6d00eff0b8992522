/* Learning a prep: the target. */
#ifndef NUDGE_PREP_FIT_TARGET_H
#define NUDGE_PREP_FIT_TARGET_H

#include "prep/statistics.h"

/* Chooses the loss and fills outputs and everything about targets and classes. */
nudge_status nu_fit_targets(nu_fit *fit, nudge_error *err);

#endif
