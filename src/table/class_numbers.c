#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "table/table.h"

nudge_status nu_table_number_classes(nudge_table *t, nudge_error *err)
{
    t->class_labels = calloc(t->n_classes, sizeof *t->class_labels);
    if (t->class_labels == NULL)
        return nu_no_memory(err, t->n_classes * sizeof *t->class_labels, "class labels");
    for (size_t k = 0; k < t->n_classes; k++) {
        char text[24];
        snprintf(text, sizeof text, "%zu", k);
        if ((t->class_labels[k] = strdup(text)) == NULL)
            return nu_no_memory(err, sizeof text, "class labels");
    }
    return NUDGE_OK;
}
