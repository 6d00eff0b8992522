#include "prep/target.h"

#include "core/memory.h"
#include "core/status.h"

/* Behind the targets that were asked for before it. */
static void insert(nu_target *t, size_t j)
{
    size_t k = t->n++;
    for (; k > 0 && t->table->columns[t->columns[k - 1]].place > t->table->columns[j].place; k--)
        t->columns[k] = t->columns[k - 1];
    t->columns[k] = j;
}

static nudge_status find_columns(nu_target *t, const nudge_prep *like, nudge_error *err)
{
    const nudge_table *table = t->table;
    const char *lacking = NULL;
    NU_NEW(t->columns, calloc, like != NULL ? like->n_targets : table->n_columns, "targets", err);
    for (size_t j = 0; like == NULL && j < table->n_columns; j++)
        if (table->columns[j].is_target)
            insert(t, j);
    for (size_t k = 0; like != NULL && k < like->n_targets; k++) {
        size_t j = nu_table_find(table, like->target_names[k], 0);
        if (j == SIZE_MAX)
            lacking = like->target_names[k];
        else
            t->columns[t->n++] = j;
    }
    if (t->n > 0 && lacking != NULL)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: no target column '%s', but other targets",
                       table->source, lacking);
    return NUDGE_OK;
}

nudge_status nu_target_find(nu_target *t, const nudge_table *table, const nudge_prep *like,
                            nudge_error *err)
{
    *t = (nu_target){.table = table, .y = table->y};
    if (table->n_columns == 0) {
        t->n = table->outputs;
        t->is_class = nu_table_has_classes(table);
        t->values = table->class_values;
        t->labels = table->class_labels;
        t->n_labels = table->n_classes;
        return NUDGE_OK;
    }
    NU_TRY(find_columns(t, like, err));
    for (size_t k = 0; k < t->n; k++) {
        const nu_column *c = &table->columns[t->columns[k]];
        if (c->missing > 0)
            return nu_fail(err, NUDGE_EDATA, "%s: target '%s' has no value in data row %zu "
                           "(missing in %zu of %zu rows); leave such rows out", table->source,
                           c->name, c->first_missing + 1, c->missing, table->rows);
        if (c->kind == NUDGE_COLUMN_CATEGORY) {
            t->is_class = 1;
            t->values = NULL;
        } else if (t->n == 1) {
            t->values = c->values;
        }
        t->labels = c->categories;
        t->n_labels = c->n_categories;
    }
    return NUDGE_OK;
}

void nu_target_end(nu_target *t)
{
    free(t->columns);
    t->columns = NULL;
}
