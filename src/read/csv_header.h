/* The first row of a CSV file. */
#ifndef NUDGE_READ_CSV_HEADER_H
#define NUDGE_READ_CSV_HEADER_H

#include "read/csv_dialect.h"

typedef struct nu_csv_first {
    char **cells; /* n texts of the first row; "" for a column that a header does not name */
    size_t n;     /* cells of every row */
    size_t line;
    int header;   /* 1: they are names */
    size_t skip;  /* that line, if it is a header within the table; else 0 */
} nu_csv_first;

/* Looks at the beginning of a table, with a note on what is found out. Where the header is the line
 * above the table, the layout then leaves out what follows the header. Ended by
 * nu_csv_first_free() in any case. NUDGE_EDATA, NUDGE_EARGUMENT, NUDGE_EMEMORY. */
nudge_status nu_csv_look(nu_csv_first *first, nu_csv_layout *layout,
                         const nudge_read_options *options, nu_notes *notes, nudge_error *err);
void nu_csv_first_free(nu_csv_first *first);

#endif
