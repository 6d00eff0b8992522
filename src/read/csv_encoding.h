/* Bytes of a text file to UTF-8. */
#ifndef NUDGE_READ_CSV_ENCODING_H
#define NUDGE_READ_CSV_ENCODING_H

#include "read/source.h"

/* A loaded source's bytes as UTF-8, in its place if they were something else; *text is behind a
 * byte order mark, which tells UTF-8, UTF-16 and UTF-32 from each other and goes before `encoding`
 * (as iconv has it; NULL or "": UTF-8). If that is only likely, text that is UTF-8 stays as it is.
 * NUDGE_EDATA (bytes that are no such text, with the place of the first), NUDGE_EARGUMENT (no
 * encoding that is known), NUDGE_EMEMORY. */
nudge_status nu_csv_decode(nu_source *s, char **text, size_t *size, const char *encoding,
                           int is_likely, nudge_error *err);

/* Whether a part of a text is UTF-8 without control characters: it begins with line `first_line`,
 * and has `before` bytes of the file before it. NUDGE_EDATA. */
nudge_status nu_csv_check(const char *source, const char *text, size_t size, size_t first_line,
                          uint64_t before, nudge_error *err);

/* 1 for UTF-8 without control characters other than tabs and line ends. */
int nu_is_utf8(const char *text);

/* Likewise, with any control characters in it. */
int nu_is_any_utf8(const char *text, size_t size);

#endif
