/* Cells of CSV files. */
#ifndef NUDGE_COMMON_CSV_QUOTE_H
#define NUDGE_COMMON_CSV_QUOTE_H

#include <stddef.h>
#include <stdio.h>

/* Writes a text as one cell that reads back as it is: in quotes (RFC 4180) where it holds a comma,
 * a quote, a line end or blanks at an end, is empty, or could be the first line of another format,
 * as "@..." or "1 2:3". `put` is called with its pieces. */
void nu_csv_quote_to(void (*put)(void *to, const char *text, size_t size), void *to,
                     const char *text);

/* Likewise, to a stream. */
void nu_csv_quote(FILE *stream, const char *text);

#endif
