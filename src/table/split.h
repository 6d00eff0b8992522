/* Which rows are trained on and which are held out. */
#ifndef NUDGE_TABLE_SPLIT_H
#define NUDGE_TABLE_SPLIT_H

#include "nudge.h"

/* Groups of rows that every part gets its share of: the classes of a target. */
typedef struct nu_groups {
    const int32_t *of;     /* of each row, in [0, n) */
    size_t n;
    const char *target;    /* for messages: what is called so */
    char *const *labels;   /* n; NULL: "0", "1", ... */
} nu_groups;

/* Every row in exactly one list, each list ascending; its end is the next one's beginning. */
typedef struct nu_parts {
    uint32_t *rows;              /* train rows, then val rows, then test rows: */
    const uint32_t *val, *test;  /* where these begin */
    size_t n_train, n_val, n_test;
} nu_parts;

typedef struct nu_split {
    size_t rows;
    double val, test;         /* parts of all rows; test rows are taken first */
    nudge_split_order order;
    const nu_groups *groups;  /* each has its share in each part; NULL: without regard to any */
    uint64_t seed;
} nu_split;

/* A part is rounded to the nearest row, at least 1; a group's share of it is rounded down, and the
 * rows that are then lacking come from the groups with the largest remainders (of equal ones the
 * first). NUDGE_EARGUMENT (a part outside [0, 1), no row left to train on, groups with the last
 * rows), NUDGE_EDATA (a group without rows to train on), NUDGE_EMEMORY. */
nudge_status nu_parts_make(nu_parts *parts, const nu_split *split, nudge_error *err);
void nu_parts_free(nu_parts *parts);

/* The fold of each row, from 0 to folds - 1: random ones of sizes that differ by 1 at most, and the
 * rows of each group in them too (groups may be NULL).
 * NUDGE_EARGUMENT (less than 2 folds, or more than rows), NUDGE_EDATA (a group of one row, which
 * the other folds lack), NUDGE_EMEMORY. */
nudge_status nu_folds_make(uint32_t **fold, size_t rows, size_t folds, const nu_groups *groups,
                           uint64_t seed, nudge_error *err);

#endif
