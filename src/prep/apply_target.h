/* Applying a prep to a table: what matrices and columns share, and the target. */
#ifndef NUDGE_PREP_APPLY_TARGET_H
#define NUDGE_PREP_APPLY_TARGET_H

#include "table/dataset.h"
#include "prep/prep.h"

typedef struct nu_label {
    const char *text;
    int32_t number;
} nu_label;

typedef struct nu_apply {
    nudge_table *table;      /* loses its values as they are converted */
    const nudge_prep *prep;
    nu_store *store;         /* being filled; outputs 0 until targets are found */
    nu_label *labels;        /* the prep's classes, sorted by text */
    size_t unknown;          /* cells whose category the prep does not know */
} nu_apply;

/* Fills labels. NUDGE_EMEMORY. */
nudge_status nu_apply_sort_labels(nu_apply *apply, nudge_error *err);

/* The class that `label` names into *number. NUDGE_EMISMATCH if the prep has no such class. */
nudge_status nu_apply_class(const nu_apply *apply, const char *label, int32_t *number,
                           nudge_error *err);

/* Likewise for a number that stands for a class. */
nudge_status nu_apply_number_class(const nu_apply *apply, double value, int32_t *number,
                                  nudge_error *err);

/* Gives the store targets: outputs, and room for y or, for cross-entropy, for classes. */
nudge_status nu_apply_make_targets(nu_apply *apply, nudge_error *err);

/* Keeps row r's class, as a class number or as bce's 0 or 1. */
void nu_apply_put_class(nu_apply *apply, size_t r, int32_t number);

/* NUDGE_EDATA if the loss cannot take a number as target. */
nudge_status nu_apply_check_target(const nu_apply *apply, size_t r, const char *name, double value,
                                  nudge_error *err);

#endif
