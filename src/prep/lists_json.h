/* Numbers of columns' own in the model file, by the columns' names: {"age": [17, 25, 90], ...}. */
#ifndef NUDGE_PREP_LISTS_JSON_H
#define NUDGE_PREP_LISTS_JSON_H

#include <jansson.h>

#include "prep/prep.h"

/* Whether a list may be value j's; its numbers are finite. Messages begin with `key` and the name
 * of the column. NUDGE_EDATA. */
typedef nudge_status nu_list_check(const nudge_prep *prep, size_t j, const nu_prep_list *list,
                                   const char *key, const char *name, nudge_error *err);

/* Of the values that have one. NULL without memory. */
json_t *nu_lists_to_json(const nudge_prep *prep, const nu_prep_list *lists);

/* *lists (values of them) for a prep whose values are counted: from `least` to `most` numbers, or
 * none. NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_lists_from_json(nu_prep_list **lists, const nudge_prep *prep, const char *key,
                                const json_t *json, size_t least, size_t most,
                                nu_list_check *check, nudge_error *err);

#endif
