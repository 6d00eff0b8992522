/* Cells that do not fit their column. */
#ifndef NUDGE_READ_CSV_ODD_H
#define NUDGE_READ_CSV_ODD_H

#include "read/csv_columns.h"
#include "table/table.h"

/* Where cells go. */
typedef struct nu_csv_kinds {
    const char *source;
    nudge_table *table; /* its rows so far: those of the present sections come behind them */
    const nu_csv_reading *how;
    size_t first_line;  /* of the rows, if there is a header above them; or 0 */
    int by_model;       /* kinds are a model's, not found out or asked for */
    nudge_error *err;
} nu_csv_kinds;

/* Where a row's cell is in a column of the table. */
static inline double *nu_csv_cell_at(const nu_csv_kinds *k, size_t column, size_t row)
{
    return nu_cell_at(k->table, row, column);
}

/* Whether the cells of a column are of one kind, and whether its categories are none but numbers in
 * disguise. NUDGE_EDATA, NUDGE_EMISMATCH. */
nudge_status nu_csv_check_kind(const nu_csv_kinds *k, const nu_csv_field *field);
nudge_status nu_csv_check_texts(const nu_csv_kinds *k, const nu_csv_field *field,
                                const nu_column *column);

#endif
