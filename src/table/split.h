/* Which rows are trained on and which are held out. */
#ifndef NUDGE_TABLE_SPLIT_H
#define NUDGE_TABLE_SPLIT_H

#include "nudge.h"

/* Every row in exactly one list, each list ascending; its end is the next one's beginning. */
typedef struct nu_parts {
    uint32_t *rows;              /* train rows, then val rows, then test rows: */
    const uint32_t *val, *test;  /* where these begin */
    size_t n_train, n_val, n_test;
} nu_parts;

/* Test rows are taken first, then validation rows; `val` and `test` are parts of all rows.
 * NUDGE_EARGUMENT (a part outside [0, 1), or no row left to train on), NUDGE_EMEMORY. */
nudge_status nu_parts_make(nu_parts *split, size_t rows, double val, double test,
                           nudge_split_order order, uint64_t seed, nudge_error *err);
void nu_parts_free(nu_parts *split);

#endif
