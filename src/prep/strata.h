/* The classes of a table's rows, before anything else is learned, for splits and folds. */
#ifndef NUDGE_PREP_STRATA_H
#define NUDGE_PREP_STRATA_H

#include "prep/prep.h"
#include "table/split.h"

typedef struct nu_strata {
    nu_groups groups;  /* n == 0: the target is no class */
    int32_t *of;       /* of groups */
    nudge_prep *prep;  /* has the labels */
} nu_strata;

/* Classes are those that nudge_prep_fit() would find: texts, class numbers, whole numbers for
 * cross-entropy, and the zeros and ones of one target for bce. Ended by nu_strata_end() in any
 * case. As nudge_prep_fit(). */
nudge_status nu_strata_find(nu_strata *s, const nudge_table *table,
                            const nudge_prep_options *options, nudge_error *err);

/* NUDGE_EARGUMENT, naming the target, where it is no class. */
nudge_status nu_strata_need(const nu_strata *s, const nudge_table *table, nudge_error *err);
void nu_strata_end(nu_strata *s);

#endif
