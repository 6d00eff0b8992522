/* CSV as text: the walk over a file's cells, and what a cell holds. */
#ifndef NUDGE_READ_CSV_TEXT_H
#define NUDGE_READ_CSV_TEXT_H

#include <locale.h>
#include <stddef.h>

#include "nudge.h"

/* One walk over a file's bytes, which hands on its cells and rows. */
typedef struct nu_csv_scan {
    const char *source; /* name of the file, for messages */
    const char *bytes;
    size_t size;

    /* For every cell, and then for every row of cells; blank lines are no rows. A cell's text is
     * followed by a NUL that is not counted. A failure, with its message in `err`, ends the walk.
     * `user` is handed through. */
    nudge_status (*cell)(struct nu_csv_scan *scan, const char *text, size_t size);
    nudge_status (*row)(struct nu_csv_scan *scan);
    void *user;
    nudge_error *err;

    size_t line;      /* being read, from 1 */
    size_t row_line;  /* where the row began: a quoted cell can hold line ends */
    size_t cell_line; /* where the cell began */
    int in_row;
    int stop;         /* set by a callback: no more rows */
    nudge_status status;
} nu_csv_scan;

/* NUDGE_EDATA for broken quoting, NUDGE_EMEMORY, or what a callback returns. */
nudge_status nu_csv_run(nu_csv_scan *scan);

/* Skips a byte order mark; NUDGE_EDATA for bytes that are no UTF-8 text, or nothing but blanks. */
nudge_status nu_csv_check_text(const char *source, const char **bytes, size_t *size,
                               nudge_error *err);

/* An upper bound of the number of rows. */
size_t nu_csv_count_lines(const char *bytes, size_t size);

typedef enum nu_cell {
    NU_CELL_MISSING,
    NU_CELL_NUMBER,
    NU_CELL_NOT_FINITE, /* nan, inf, 1e999 */
    NU_CELL_TEXT
} nu_cell;

/* What a cell holds, and the value of a number. Numbers are read as in `c`, the C locale. */
nu_cell nu_csv_cell(const char *text, size_t size, locale_t c, double *value);

/* A text as messages show it: at most 40 bytes, then "...". Returns buf. */
#define NU_SHORT 48
const char *nu_csv_short(char buf[NU_SHORT], const char *text);

/* 1 for c1, c2, ...: what the columns of a file without a header are called. */
int nu_csv_is_position(const char *name);

#endif
