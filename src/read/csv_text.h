/* What a cell of a CSV file holds. */
#ifndef NUDGE_READ_CSV_TEXT_H
#define NUDGE_READ_CSV_TEXT_H

#include <locale.h>
#include <stddef.h>

#include "nudge.h"

typedef enum nu_cell {
    NU_CELL_MISSING,
    NU_CELL_NUMBER,
    NU_CELL_NOT_FINITE, /* nan, inf, 1e999 */
    NU_CELL_TEXT
} nu_cell;

/* How cells are read. */
typedef struct nu_csv_reading {
    locale_t c;    /* the C locale */
    char decimal;  /* '.' or ',' */
} nu_csv_reading;

/* What a cell holds, and the value of a number. */
nu_cell nu_csv_cell(const char *text, size_t size, const nu_csv_reading *how, double *value);

/* A text as messages show it: at most 40 bytes, then "...". Returns buf. */
#define NU_SHORT 48
const char *nu_csv_short(char buf[NU_SHORT], const char *text);

/* 1 for c1, c2, ...: what the columns of a file without a header are called. */
int nu_csv_is_position(const char *name);

#endif
