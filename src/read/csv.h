/* The CSV reader's parts: scanning the bytes (csv_scan.c), understanding one cell (csv_cell.c),
 * finding out about the first row (csv_header.c), choosing columns by name (csv_columns.c), and
 * the table they make (csv.c). */
#ifndef NUDGE_READ_CSV_H
#define NUDGE_READ_CSV_H

#include <locale.h>
#include <stddef.h>

#include "table/dictionary.h"
#include "prep/prep.h"
#include "table/table.h"
#include "nudge.h"

/* ---- Scanning -------------------------------------------------------------------------- */

/* One walk over a file's bytes, which hands on its cells and rows. */
typedef struct nu_csv_scan {
    const char *source; /* name of the file, for messages */
    const char *bytes;
    size_t size;

    /* For every cell, and then for every row of cells; blank lines are no rows. A cell's text is
     * followed by a NUL that is not counted. `user` is handed through. */
    void (*cell)(struct nu_csv_scan *scan, const char *text, size_t size);
    void (*row)(struct nu_csv_scan *scan);
    void *user;

    size_t line;      /* being read, from 1 */
    size_t row_line;  /* where the row began: a quoted cell can hold line ends */
    size_t cell_line; /* where the cell began */
    int in_row;
    int stop;         /* set by a callback: no more rows */
} nu_csv_scan;

/* NUDGE_EDATA for broken quoting, NUDGE_EMEMORY. */
nudge_status nu_csv_run(nu_csv_scan *scan, nudge_error *err);

/* Skips a byte order mark; NUDGE_EDATA for bytes that are no UTF-8 text, or nothing but blanks. */
nudge_status nu_csv_check_text(const char *source, const char **bytes, size_t *size,
                               nudge_error *err);

/* An upper bound of the number of rows. */
size_t nu_csv_count_lines(const char *bytes, size_t size);

/* ---- Cells ----------------------------------------------------------------------------- */

typedef enum nu_cell {
    NU_CELL_MISSING,
    NU_CELL_NUMBER,
    NU_CELL_NOT_FINITE, /* nan, inf, 1e999 */
    NU_CELL_TEXT
} nu_cell;

/* What a cell holds, and the value of a number. Numbers are read as in `c`, the C locale. */
nu_cell nu_csv_cell(const char *text, size_t size, locale_t c, double *value);

/* A text as messages show it: at most 40 characters, then "...". Returns buf. */
#define NU_SHORT 48
const char *nu_csv_short(char buf[NU_SHORT], const char *text);

/* ---- The first row --------------------------------------------------------------------- */

typedef struct nu_csv_first {
    char **cells; /* n texts of the first row */
    size_t n;
    size_t line;
    int header;   /* 1: they are names */
} nu_csv_first;

/* Looks at the beginning of a file. On failure there is nothing to free.
 * NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_csv_look(nu_csv_first *first, const char *source, const char *bytes, size_t size,
                         const nudge_read_options *options, locale_t c, nudge_error *err);
void nu_csv_first_free(nu_csv_first *first);

/* ---- Columns of the file --------------------------------------------------------------- */

/* Cells of one sort in a column. */
typedef struct nu_csv_seen {
    size_t count;
    size_t line;         /* of the first, */
    char text[NU_SHORT]; /* and what it holds */
} nu_csv_seen;

typedef enum nu_csv_want { NU_WANT_ANY, NU_WANT_NUMBER, NU_WANT_CATEGORY } nu_csv_want;

typedef struct nu_csv_field {
    const char *name;       /* belongs to `names` */
    int used;               /* its cells are stored, */
    size_t column;          /* in this column of the table */
    int is_target;
    nu_csv_want want;
    int decided, category;  /* category is known once decided: cells are numbers of `words` */
    nu_csv_seen seen[NU_CELL_TEXT + 1]; /* by nu_cell; of NU_CELL_MISSING nothing */
    nu_dictionary words;
} nu_csv_field;

typedef struct nu_csv_fields {
    const char *source;
    size_t n;
    nu_csv_field *field; /* n */
    nu_dictionary names; /* a field's name has its number */
} nu_csv_fields;

/* Names the columns and decides, by the options, which are stored, as what. On failure there is
 * nothing to free. NUDGE_EDATA, NUDGE_EARGUMENT, NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_csv_choose(nu_csv_fields *fields, const char *source, const nu_csv_first *first,
                           const nudge_read_options *options, nudge_error *err);
void nu_csv_fields_free(nu_csv_fields *fields);

/* A model's raw columns by name: feature j < nu_csv_like_features(like). */
size_t nu_csv_like_features(const nudge_prep *like);
const char *nu_csv_like_feature(const nudge_prep *like, size_t j);

#endif
