/* Preprocessing as JSON, for the model file. */
#ifndef NUDGE_PREP_PREP_JSON_H
#define NUDGE_PREP_PREP_JSON_H

#include <jansson.h>

#include "nudge.h"

/* A new reference, NULL without memory. */
json_t *nu_prep_to_json(const nudge_prep *prep);

/* Trusts nothing: NUDGE_EDATA, NUDGE_EMEMORY. `where` begins messages ("model.safetensors"). */
nudge_status nu_prep_from_json(nudge_prep **prep, json_t *json, const char *where,
                               nudge_error *err);

#endif
