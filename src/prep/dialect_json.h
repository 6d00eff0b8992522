/* A dialect in the model file: {"delimiter": ";", "decimal": ",", "encoding": "latin1",
 * "skip_rows": 1, "skip_after_header": 1}, without what is ",", ".", "" and 0. */
#ifndef NUDGE_PREP_DIALECT_JSON_H
#define NUDGE_PREP_DIALECT_JSON_H

#include <jansson.h>

#include "nudge.h"

/* NULL without memory. Has no entries for a file that is written as most are. */
json_t *nu_dialect_to_json(const nudge_dialect *dialect);

/* NULL: that of most files. Messages do not say where. NUDGE_EDATA. */
nudge_status nu_dialect_from_json(nudge_dialect *dialect, json_t *json, nudge_error *err);

#endif
