/* The first row of a CSV file. */
#ifndef NUDGE_READ_CSV_HEADER_H
#define NUDGE_READ_CSV_HEADER_H

#include <locale.h>
#include <stddef.h>

#include "nudge.h"

typedef struct nu_csv_first {
    char **cells; /* n texts of the first row */
    size_t n;
    size_t line;
    int header;   /* 1: they are names */
} nu_csv_first;

/* Looks at the beginning of a file. Ended by nu_csv_first_free() in any case.
 * NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_csv_look(nu_csv_first *first, const char *source, char *bytes, size_t size,
                         const nudge_read_options *options, locale_t c, nudge_error *err);
void nu_csv_first_free(nu_csv_first *first);

#endif
