/* Schedules: what the learning rate is multiplied by, as pure functions, so that a run can be
 * replayed and resumed. The formulas are in nudge/train.h. */
#ifndef NUDGE_TRAIN_SCHEDULE_H
#define NUDGE_TRAIN_SCHEDULE_H

#include <stdint.h>

#include "nudge.h"

/* NUDGE_EARGUMENT names the parameter, its value and its range; lr is the optimizer's. */
nudge_status nu_schedule_check(const nudge_schedule *s, double lr, nudge_error *err);

/* Whether the factor depends on how many epochs there are in all. */
int nu_schedule_needs_epochs(nudge_schedule_kind kind);

/* Where a run is. */
typedef struct nu_moment {
    uint64_t update;    /* 1 for the first */
    uint64_t updates;   /* in all epochs */
    uint64_t per_epoch; /* updates */
} nu_moment;

/* The factor on the learning rate lr at this moment, >= 0; of plateau its warm-up alone, since the
 * rest depends on losses: see nu_plateau. */
double nu_schedule_factor(const nudge_schedule *s, double lr, nu_moment at);

/* What plateau knows after an epoch, which is all that a checkpoint needs. */
typedef struct nu_plateau {
    double best;         /* the lowest loss that was a progress */
    uint64_t bad_epochs; /* since then, or since the factor fell */
    double factor;       /* to be multiplied by nu_schedule_factor() */
} nu_plateau;

/* Before the first epoch. */
nu_plateau nu_plateau_start(void);

/* After an epoch with this loss: that of validation, or of training where there is no validation.
 * Other schedules than plateau leave it as it is. */
void nu_plateau_update(nu_plateau *p, const nudge_schedule *s, double lr, double loss);

#endif
