/* Aligned tables and numbers for people. */
#ifndef NUDGE_TOOL_REPORT_H
#define NUDGE_TOOL_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nudge.h"
#include "text.h"

/* Cells are added row by row; the first column is aligned left, the others right. */
typedef struct text_table {
    size_t columns, cells, space;
    char **cell;
} text_table;

void table_start(text_table *t, size_t columns);
/* Likewise, with a row of heads: "threads|step|samples/s". */
void table_heads(text_table *t, const char *heads);
void table_add(text_table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "-" for NaN. */
void table_add_real(text_table *t, const char *format, double value);
/* Columns from the second to `left` are aligned left too. */
void table_print(const text_table *t, size_t left, FILE *stream);
void table_end(text_table *t);

/* The name of class k of a model: its label, or its number. */
const char *class_name(char buf[NU_TEXT], const nudge_prep *prep, size_t k);

/* Precision and recall of class k; NaN where it was never predicted or never there. */
typedef struct class_scores {
    double precision, recall;
    uint64_t support; /* rows of that class */
} class_scores;
class_scores class_scores_of(const nudge_metrics *m, size_t k);

/* Precision, recall and support per class, then the confusion matrix or, for many classes, the
 * pairs most often confused. */
void report_classes(const nudge_metrics *m, const nudge_prep *prep, FILE *stream);

#endif
