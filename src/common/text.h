/* Numbers, durations and sentences for people. */
#ifndef NUDGE_COMMON_TEXT_H
#define NUDGE_COMMON_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Room for any of the texts below; the functions return buf. */
#define NU_TEXT 32

/* "950 B", "1.5 GB": powers of 1000. */
const char *nu_bytes_text(char buf[NU_TEXT], double bytes);

/* "4.31 µs", "12.5 ms", "1.27 s", "2 min 05 s", "3 h 20 min". */
const char *nu_seconds_text(char buf[NU_TEXT], double seconds);

/* A count or rate: "87.3", "12,345", "1.40 M", "2.13 G". */
const char *nu_count_text(char buf[NU_TEXT], double count);

/* "[128, 784]", cut short where it is longer. */
#define NU_SHAPE_TEXT 96
const char *nu_shape_text(char buf[NU_SHAPE_TEXT], const uint64_t *shape, size_t rank);

/* Control characters, which came in from files or arguments, become '?'. */
void nu_one_line(char *text);

/* Columns that UTF-8 text takes on a screen. */
size_t nu_text_width(const char *text);

/* Prints words from column `at`, continuing on new lines at column `indent` so that none is longer
 * than `width` (but a word that is). '\n' in the text ends a line; '\t' is a blank that
 * does not. Returns the column reached. */
size_t nu_print_wrapped(FILE *stream, const char *text, size_t at, size_t indent, size_t width);

#endif
