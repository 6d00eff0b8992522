/* The `trainer` text of a checkpoint: of one trainer, or a list of them. Messages do not
 * name the file. */
#ifndef NUDGE_TRAIN_CHECKPOINT_JSON_H
#define NUDGE_TRAIN_CHECKPOINT_JSON_H

#include <jansson.h>

#include "train/trainer_state.h"

/* A new reference; NULL without memory. */
json_t *nu_checkpoint_json(const nudge_trainer *t);

typedef struct nu_checkpoint_state {
    nu_position at;
    nudge_epoch *epochs; /* for free(): at.epoch of them, or the last alone; */
    size_t n_epochs;
} nu_checkpoint_state;

/* NUDGE_EDATA for what makes no sense; NUDGE_EMISMATCH for a setting that is another than the
 * trainer's, both values named. *state holds what there is by then after a failure too. */
nudge_status nu_checkpoint_parse(nu_checkpoint_state *state, const nudge_trainer *t,
                                 const json_t *json, nudge_error *err);

/* NUDGE_EMISMATCH unless two JSON texts say the same; names the first place that differs, within
 * `what`. */
nudge_status nu_checkpoint_compare(const char *what, const char *file, const char *here,
                                   nudge_error *err);

#endif
