/* What a cell of a CSV file holds. */
#ifndef NUDGE_READ_CSV_TEXT_H
#define NUDGE_READ_CSV_TEXT_H

#include <locale.h>
#include <stddef.h>

#include "nudge.h"

typedef enum nu_cell {
    NU_CELL_MISSING,
    NU_CELL_NUMBER,
    NU_CELL_NOT_FINITE, /* inf, 1e999 */
    NU_CELL_TEXT,
    NU_CELL_DATE,       /* a text that is one: csv_kinds.c tells */
    NU_CELLS
} nu_cell;

/* Texts that stand for a missing value, as empty ones do, where none are given: pandas' of
 * read_csv(), "?", MySQL's \N and Excel's errors. */
#define NU_USUALLY_MISSING 27
extern char *const nu_usually_missing[NU_USUALLY_MISSING];

/* How cells are read. */
typedef struct nu_csv_reading {
    locale_t c;    /* the C locale */
    char decimal;  /* '.' or ',' */
    char thousands;       /* between the thousands of numbers; 0: nothing */
    char **missing;       /* n_missing texts that stand for a missing value; NULL: the usual ones */
    size_t n_missing;
} nu_csv_reading;

/* What a cell holds, and the value of a number. */
nu_cell nu_csv_cell(const char *text, size_t size, const nu_csv_reading *how, double *value);

/* 1 if every cell without quotes that is a number for nu_scan_real() is one for nu_csv_cell(). */
int nu_csv_numbers_are_plain(const nu_csv_reading *how, char delimiter);

/* 1 if a text is a number with that character between its thousands: 1,234,567.89. */
int nu_csv_has_thousands(const char *text, size_t size, char separator);

/* A text as messages show it: at most 40 bytes, then "...". Returns buf. */
#define NU_SHORT 48
const char *nu_csv_short(char buf[NU_SHORT], const char *text);

/* 1 for c1, c2, ...: what the columns of a file without a header are called. */
int nu_csv_is_position(const char *name);

#endif
