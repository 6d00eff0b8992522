/* CSV as text: its bytes, and what a cell holds. */
#ifndef NUDGE_READ_CSV_TEXT_H
#define NUDGE_READ_CSV_TEXT_H

#include <locale.h>
#include <stddef.h>

#include "nudge.h"

/* Skips a byte order mark; NUDGE_EDATA for bytes that are no UTF-8 text, or nothing but blanks. */
nudge_status nu_csv_check_text(const char *source, char **bytes, size_t *size,
                               nudge_error *err);

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
