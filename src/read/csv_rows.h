/* The rows of a CSV file, into the columns of a table. */
#ifndef NUDGE_READ_CSV_ROWS_H
#define NUDGE_READ_CSV_ROWS_H

#include "read/csv_fill.h"

typedef struct nu_csv_rows {
    nu_csv_scan scan;    /* of the text in memory, no callbacks; its `line` then is behind all */
    nu_csv_tail tail;    /* the rest */
    int has_header;      /* the first row is none */
    int is_named;        /* a header names the columns, wherever it is */
    const size_t *order; /* cell j belongs to field order[j]; NULL: to field j */
    int threads;         /* at most */
    nu_csv_kinds *kinds; /* with the table, whose columns are made */
    nu_csv_fields *fields;
    int is_all;          /* there are no other files with rows of the table */
    size_t room;         /* of the table: rows */
    size_t dropped;      /* found: rows without a target, which are left out, */
    size_t empty;        /* and rows of empty cells */
} nu_csv_rows;

/* Adds all rows of a text to the table and to what was found. NUDGE_EDATA, NUDGE_EIO,
 * NUDGE_EMEMORY. */
nudge_status nu_csv_read_rows(nu_csv_rows *rows, nudge_error *err);

#endif
