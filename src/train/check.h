/* Whether a model and a dataset go together, and what units its losses have. */
#ifndef NUDGE_TRAIN_CHECK_H
#define NUDGE_TRAIN_CHECK_H

#include "nudge.h"

/* NUDGE_EMISMATCH names both sides. need_targets 0: data without targets will do, and targets are
 * not looked at. */
nudge_status nu_check_fit(const nudge_model *model, const nudge_dataset *data, int need_targets,
                          nudge_error *err);

/* The factors of nu_loss_kind.units for a model, for free(); NULL in *units where all are 1.
 * NUDGE_EMEMORY. */
nudge_status nu_loss_units(double **units, const nudge_model *model, nudge_error *err);

#endif
