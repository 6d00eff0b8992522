/* A dataset in several files, which a pattern names. */
#ifndef NUDGE_READ_FILE_PARTS_H
#define NUDGE_READ_FILE_PARTS_H

#include <stddef.h>

#include "table/notes.h"

typedef struct nu_file_part {
    char *path;
    size_t lines_before; /* of the parts before this one; its own lines follow them */
    size_t rows;
} nu_file_part;

/* Zeroed: the data is one file. */
typedef struct nu_file_parts {
    const char *spec;   /* the pattern; the caller's */
    nu_file_part *part; /* n, by name */
    size_t n;
    size_t begun;       /* parts whose lines_before is known */
    size_t largest;     /* of their texts: bytes held at one time */
} nu_file_parts;

/* The files that fit a pattern (glob(7)), by name, byte for byte; none where a file has that very
 * name or it is no pattern. NUDGE_EOPEN (no file fits, or a folder cannot be read),
 * NUDGE_EMEMORY. */
nudge_status nu_file_parts_find(nu_file_parts *parts, const char *spec, nudge_error *err);
void nu_file_parts_free(nu_file_parts *parts);

/* "SPEC:LINE: ...", whose lines are counted through all parts, becomes "PART:LINE: ...". */
void nu_file_parts_place(const nu_file_parts *parts, nudge_error *err);

/* Tells how many rows each part has. NUDGE_EMEMORY. */
nudge_status nu_file_parts_note(const nu_file_parts *parts, nu_notes *notes, nudge_error *err);

#endif
