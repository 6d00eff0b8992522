/* What the cells of a CSV column are taken for. */
#ifndef NUDGE_READ_CSV_KINDS_H
#define NUDGE_READ_CSV_KINDS_H

#include "read/csv_odd.h"

/* Stores what stands for the next cell of a column in its place in the table: a number, the index
 * of a word of the field, or NaN where it is missing or not of its column's kind:
 * nu_csv_end_column() reports that, when it is known which kind has the most cells.
 * NUDGE_EMEMORY. */
nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, size_t row);

/* 1 if of the next cells of a column that are numbers nothing counts but their values. */
int nu_csv_takes_values(const nu_csv_field *field);

/* Likewise stores the numbers that the next cells are, up to a NaN; returns how many. */
size_t nu_csv_take_values(const nu_csv_kinds *k, nu_csv_field *field, const double *cells,
                          size_t n, size_t row);

/* Stores the index of a cell's text in a column that is kept. NUDGE_EMEMORY. */
nudge_status nu_csv_keep(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t row);

/* After the last row: the table's column gets its kind, its categories and what is known of its
 * values. NUDGE_EDATA for cells of several kinds, or numbers that are text in disguise,
 * NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_csv_end_column(const nu_csv_kinds *k, nu_csv_field *field);

/* After all columns: leaves out features that nobody asked for and that teach nothing, with notes
 * (csv_left_out.c). NUDGE_EMEMORY. */
nudge_status nu_csv_leave_out(const nu_csv_kinds *k, const nu_csv_fields *fields);

#endif
