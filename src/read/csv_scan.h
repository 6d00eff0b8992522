/* CSV as text: the walk over a file's rows and cells. */
#ifndef NUDGE_READ_CSV_SCAN_H
#define NUDGE_READ_CSV_SCAN_H

#include <stddef.h>

#include "nudge.h"

/* More are no table that anybody has as text; a small compressed file could otherwise ask for all
 * memory. */
#define NU_CSV_MOST_COLUMNS 1000000

/* One walk over a text, which hands on its cells and rows. */
typedef struct nu_csv_scan {
    const char *source;  /* name of the file, for messages */
    char *bytes;         /* changed for a moment around each call of `cell`, otherwise as it was */
    size_t size;
    size_t first_line;   /* the number of the first line */
    char delimiter;      /* between cells; ' ': runs of blanks and tabs */
    size_t skip;         /* lines after the first row that are left out */

    /* For every cell, and then for every row of cells; lines that hold nothing but blanks and
     * delimiters are no rows. A cell's text is followed by a NUL that is not counted, and has no
     * blanks around it unless they are in its quotes. A failure, with its message in `err`, ends
     * the walk. `user` is handed through. */
    nudge_status (*cell)(struct nu_csv_scan *scan, const char *text, size_t size);
    nudge_status (*row)(struct nu_csv_scan *scan);
    /* NULL, or instead of `cell` for a cell without quotes that nu_scan_real() takes with `point`;
     * 0: `cell` is wanted. */
    int (*number)(struct nu_csv_scan *scan, double value);
    char point;
    void *user;
    nudge_error *err;

    size_t line;       /* being read */
    size_t row_line;   /* where the row began: a quoted cell can hold line ends */
    size_t cell_line;  /* where the cell began */
    size_t empty_rows; /* with delimiters but no cell that holds something; not handed on */
    int stop;          /* set by a callback: no more cells or rows */
    size_t walked;     /* bytes, when it ended well */
} nu_csv_scan;

/* RFC 4180 with any delimiter, and with blanks around cells. NUDGE_EDATA for broken quoting,
 * NUDGE_EMEMORY, or what a callback returns. */
nudge_status nu_csv_run(nu_csv_scan *scan);

/* Bytes of the first line: up to and with LF, CRLF or a lone CR, or all there are. */
size_t nu_csv_line_size(const char *bytes, size_t size);

/* How many of the bytes are `c`. */
size_t nu_csv_count(const char *bytes, size_t size, char c);

/* An upper bound of the number of rows. */
size_t nu_csv_count_lines(const char *bytes, size_t size);

#endif
