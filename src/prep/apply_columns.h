/* Applying a prep to a table of columns. */
#ifndef NUDGE_PREP_APPLY_COLUMNS_H
#define NUDGE_PREP_APPLY_COLUMNS_H

#include "prep/apply_target.h"

/* Matches the table's columns by name, and converts them into the store, a chunk at a time.
 * NUDGE_EMISMATCH, NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_apply_columns(nu_apply *apply, nudge_error *err);

#endif
