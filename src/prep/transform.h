/* Transforms of a target of numbers, before it is scaled. */
#ifndef NUDGE_PREP_TRANSFORM_H
#define NUDGE_PREP_TRANSFORM_H

#include <jansson.h>

#include "prep/prep.h"

/* Learns the lambda of output k, which is told in a note, from its n training values, and puts
 * their transforms in their place; outputs in their order. NUDGE_EMEMORY. */
nudge_status nu_transform_learn(nudge_prep *prep, const char *source, size_t k, double *values,
                                size_t n, nudge_error *err);

/* NUDGE_EDATA unless output k of a row can be transformed. learning: 1 where another transform can
 * still be taken, which the message then says. */
nudge_status nu_transform_check(const nudge_prep *prep, const char *source, size_t k, size_t row,
                                double value, int learning, nudge_error *err);

/* Output k: the transform of a value in the target's own units, and back; and a value in its own
 * units from the network's, which are transformed and scaled. Box-Cox with a lambda below 0 has a
 * bound that no number reaches: there the result is at most the largest target of training. */
double nu_transformed(const nudge_prep *prep, size_t k, double value);
double nu_untransformed(const nudge_prep *prep, size_t k, double transformed);
double nu_target_raw(const nudge_prep *prep, size_t k, double scaled);

/* Rows of all outputs, network units to own ones, where they are. */
void nu_targets_raw(const nudge_prep *prep, double *y, size_t rows);

/* Of the model file: {"name": "box-cox", "lambda": [...], "most": [...]}, the lists of outputs and
 * for Box-Cox alone. NULL without memory. Reading trusts nothing: NUDGE_EDATA. */
json_t *nu_transform_to_json(const nudge_prep *prep);
nudge_status nu_transform_from_json(nudge_prep *prep, const json_t *json, nudge_error *err);

#endif
