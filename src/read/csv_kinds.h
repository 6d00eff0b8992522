/* What the cells of a CSV column are taken for. */
#ifndef NUDGE_READ_CSV_KINDS_H
#define NUDGE_READ_CSV_KINDS_H

#include "read/csv_columns.h"
#include "table/table.h"

/* Where cells go. */
typedef struct nu_csv_kinds {
    const char *source;
    nudge_table *table; /* its rows so far */
    const nu_csv_reading *how;
    size_t first_line;  /* of the rows, if there is a header above them; or 0 */
    nudge_error *err;
} nu_csv_kinds;

/* The value to store for a cell, which is next in its column: a number, the index of a word of the
 * field, or NaN where it is missing or not of its column's kind: nu_csv_end_column() reports that,
 * when it is known which kind has the most cells. NUDGE_EMEMORY. */
nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, double *value);

/* After the last row: the table's column gets its kind, its categories and what is known of its
 * values. check: its kind is found out, not given by a model. NUDGE_EDATA for cells of several
 * kinds, NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_csv_end_column(const nu_csv_kinds *k, nu_csv_field *field, int check);

#endif
