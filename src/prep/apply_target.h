/* Applying a prep to a table: what all parts of it share, and the target. */
#ifndef NUDGE_PREP_APPLY_TARGET_H
#define NUDGE_PREP_APPLY_TARGET_H

#include "table/dataset.h"
#include "prep/prep.h"

typedef struct nu_apply {
    nudge_table *table;      /* loses its values as they are converted, */
    int keep;                /* unless this is 1 */
    const nudge_prep *prep;
    nu_store *store;         /* being filled */
    size_t unknown;          /* cells whose category the prep does not know */
} nu_apply;

/* Converts the targets: outputs, and y or, for cross-entropy, classes. A table may have none.
 * NUDGE_EMISMATCH (among them: a class that the prep does not have), NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_apply_target(nu_apply *apply, nudge_error *err);

#endif
