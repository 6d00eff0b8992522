/* Packing a table, shared by apply.c (matrices) and apply_columns.c. */
#ifndef NUDGE_PREP_APPLY_H
#define NUDGE_PREP_APPLY_H

#include "table/dataset.h"
#include "prep/prep.h"

typedef struct nu_label {
    const char *text;
    int32_t number;
} nu_label;

typedef struct nu_pack {
    nudge_table *table;      /* loses its values as they are converted */
    const nudge_prep *prep;
    nu_store *store;         /* being filled; outputs 0 until targets are found */
    nu_label *labels;        /* the prep's classes, sorted by text */
    size_t unknown;          /* cells whose category the prep does not know */
} nu_pack;

/* The class that `label` names into *number. NUDGE_EMISMATCH if the prep has no such class. */
nudge_status nu_pack_class(const nu_pack *pack, const char *label, int32_t *number,
                           nudge_error *err);

/* Likewise for a number that stands for a class. */
nudge_status nu_pack_number_class(const nu_pack *pack, double value, int32_t *number,
                                  nudge_error *err);

/* Gives the store targets: outputs, and room for y or, for cross-entropy, for classes. */
nudge_status nu_pack_make_targets(nu_pack *pack, nudge_error *err);

/* Keeps row r's class, as a class number or as bce's 0 or 1. */
void nu_pack_put_class(nu_pack *pack, size_t r, int32_t number);

/* NUDGE_EDATA if the loss cannot take a number as target. */
nudge_status nu_pack_check_target(const nu_pack *pack, size_t r, const char *name, double value,
                                  nudge_error *err);

nudge_status nu_pack_columns(nu_pack *pack, nudge_error *err);

#endif
