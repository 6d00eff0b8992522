/* Numbers and lists from text. */
#ifndef NUDGE_COMMON_WHOLE_H
#define NUDGE_COMMON_WHOLE_H

#include <stddef.h>
#include <stdint.h>

/* 1 if the whole text is a number from least to most in decimal digits, which is then in *value;
 * otherwise 0. */
int nu_parse_whole(const char *text, uint64_t least, uint64_t most, uint64_t *value);

/* 1 if the whole text is a finite number in decimal notation, as in the C locale whatever the
 * program's is; it is then in *value. Otherwise 0. */
int nu_parse_real(const char *text, double *value);

/* The parts of a text between separators, at least one; *n of them, for free() as one block.
 * NULL without memory. */
char **nu_split(const char *text, char separator, size_t *n);

#endif
