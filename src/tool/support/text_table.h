/* Aligned tables and numbers for people. */
#ifndef NUDGE_TOOL_TEXT_TABLE_H
#define NUDGE_TOOL_TEXT_TABLE_H

#include <stddef.h>
#include <stdio.h>

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
/* Columns from the second to `left` are aligned left too. Then the table is ended. */
void table_print(text_table *t, size_t left, FILE *stream);
void table_end(text_table *t);

#endif
