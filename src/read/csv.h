/* CSV text whose columns are known. */
#ifndef NUDGE_READ_CSV_H
#define NUDGE_READ_CSV_H

#include "read/csv_columns.h"
#include "table/table.h"

/* Fills a zeroed table that has its source's name from CSV text: commas, a decimal point, a header
 * in its first line, which is line `first_line` of the file in messages; declared[j] is the kind of
 * column j, unless the options or a model say otherwise; `?` alone is a missing value. Statuses as
 * of nudge_table_read(). */
nudge_status nu_csv_read_declared(nudge_table *t, char *text, size_t size, size_t first_line,
                                  const nu_csv_kind *declared, const nudge_read_options *options,
                                  nudge_error *err);

#endif
