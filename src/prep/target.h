/* The target as a table holds it, for those who learn from it and those who convert it. */
#ifndef NUDGE_PREP_TARGET_H
#define NUDGE_PREP_TARGET_H

#include "prep/prep.h"
#include "table/table.h"

typedef struct nu_target {
    const nudge_table *table;
    size_t n;              /* raw columns; 0: there is no target */
    size_t *columns;       /* of a table of columns: their numbers; NULL for a matrix */
    const void *y;         /* of a matrix: its numbers, which others may have taken over */
    int is_class;          /* 1: one column at least holds numbers of classes, not values */
    char *const *labels;   /* of classes; or of one column of numbers, as they are written */
    const double *values;  /* of the labels, where they are numbers; or NULL */
    size_t n_labels;
} nu_target;

/* The columns that are marked as the target, or those of the names that a prep has (all or none);
 * NULL: no prep. Ended by nu_target_end() in any case. NUDGE_EDATA (missing values),
 * NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_target_find(nu_target *t, const nudge_table *table, const nudge_prep *like,
                            nudge_error *err);
void nu_target_end(nu_target *t);

/* Raw column k in table row r: a number, or the number of a class. */
static inline double nu_target_value(const nu_target *t, size_t r, size_t k)
{
    if (t->columns == NULL)
        return t->is_class ? t->table->classes[r]
                           : nu_value(t->y, t->table->y_element, r * t->n + k);
    return nu_table_number(t->table, r, t->columns[k]);
}

/* Whether each row has one of the labels, and the number of it. */
static inline int nu_target_has_labels(const nu_target *t)
{
    return t->is_class || t->values != NULL;
}

static inline size_t nu_target_label(const nu_target *t, size_t r)
{
    return t->columns == NULL ? (size_t)t->table->classes[r]
                              : (size_t)nu_table_cell(t->table, r, t->columns[0]);
}

#endif
