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

/* How many bytes a number at the beginning of a text has, which ends before `end`, and its *value:
 * [+-]DIGITS[.DIGITS][e[+-]DIGITS], digits before the point or behind it, with `point` for '.', and
 * digits behind that if it is another; as strtod() rounds it in the C locale, bit by bit.
 * 0: there is none, or it is one that needs strtod(): more than 19 digits, large powers of ten. */
size_t nu_scan_real(const char *text, const char *end, char point, double *value);

/* The parts of a text between separators, at least one; *n of them, for free() as one block.
 * NULL without memory. */
char **nu_split(const char *text, char separator, size_t *n);

#endif
