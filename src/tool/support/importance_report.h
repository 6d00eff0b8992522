/* Permutation importance of columns, for people and for JSON. */
#ifndef NUDGE_TOOL_IMPORTANCE_REPORT_H
#define NUDGE_TOOL_IMPORTANCE_REPORT_H

#include "nudge.h"
#include "support/json.h"
#include "support/options.h"

typedef struct importance_report {
    const nudge_model *model;
    size_t repeats, columns;
    nudge_metric metric[2];   /* those shown: n_metrics, the columns in the order of the first */
    size_t n_metrics;
    size_t *order;            /* columns */
    double *mean, *deviation; /* of nudge_importance() */
} importance_report;

/* Measures with --repeats, --seed and --threads; a live line says how far it is. */
void importance_start(importance_report *r, const nudge_model *model, nudge_table *table,
                      const arguments *args);
void importance_end(importance_report *r);

void importance_print(const importance_report *r);
json_t *importance_json(const importance_report *r);

#endif
