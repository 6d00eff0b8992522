/* Columns of a table from the cells of a CSV file, by several threads at the same time: each has
 * columns of its own. */
#ifndef NUDGE_READ_CSV_FILL_H
#define NUDGE_READ_CSV_FILL_H

#include "read/csv_kinds.h"
#include "read/csv_sections.h"

/* What became of a thread's columns. */
typedef struct nu_csv_outcome {
    nudge_status status;
    nudge_error err;
} nu_csv_outcome;

/* The thread's share of the columns: stores the rows of the sections behind those that the table
 * has, which has room for them. Cell j of a row belongs to field order[j], or if that is NULL to
 * field j. A weight that is none becomes NaN. NUDGE_EMEMORY. */
void nu_csv_fill(nu_csv_outcome *o, const nu_csv_kinds *k, nu_csv_fields *fields,
                 const size_t *order, const nu_csv_sections *s, int thread, int threads);

/* NUDGE_EDATA, for the weight that is none in row `row` of a section. */
nudge_status nu_csv_refuse_weight(const nu_csv_kinds *k, const nu_csv_fields *fields,
                                  const size_t *order, const nu_csv_section *s, size_t row,
                                  nudge_error *err);

/* After all shares: s->by_value, from what the rows were. */
void nu_csv_choose_values(nu_csv_sections *s, const nu_csv_kinds *k, const nu_csv_fields *fields,
                          const size_t *order);

/* The first of the threads' outcomes that is a failure. */
nudge_status nu_csv_outcome_of(const nu_csv_outcome *o, int threads, nudge_error *err);

/* nu_csv_end_column() for all columns, by so many threads at most. */
nudge_status nu_csv_end_columns(const nu_csv_kinds *k, nu_csv_fields *fields, int threads);

#endif
