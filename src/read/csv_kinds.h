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
    int by_model;       /* kinds are a model's, not found out or asked for */
    nudge_error *err;
} nu_csv_kinds;

/* The value to store for a cell, which is next in its column: a number, the index of a word of the
 * field, or NaN where it is missing or not of its column's kind: nu_csv_end_column() reports that,
 * when it is known which kind has the most cells. NUDGE_EMEMORY. */
nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, double *value);

/* Likewise the index of a cell's text in a column that is kept. NUDGE_EMEMORY. */
nudge_status nu_csv_keep(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         double *value);

/* After the last row: the table's column gets its kind, its categories and what is known of its
 * values. NUDGE_EDATA for cells of several kinds, or numbers that are text in disguise,
 * NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_csv_end_column(const nu_csv_kinds *k, nu_csv_field *field);

/* What nu_csv_end_column() asks (csv_odd.c): whether the cells of a column are of one kind,
 * and whether its categories are none but numbers in disguise. NUDGE_EDATA, NUDGE_EMISMATCH. */
nudge_status nu_csv_check_kind(const nu_csv_kinds *k, const nu_csv_field *field);
nudge_status nu_csv_check_texts(const nu_csv_kinds *k, const nu_csv_field *field,
                                const nu_column *column);

/* After all columns: leaves out features that nobody asked for and that teach nothing, with notes
 * (csv_left_out.c). NUDGE_EMEMORY. */
nudge_status nu_csv_leave_out(const nu_csv_kinds *k, const nu_csv_fields *fields);

#endif
