/* What reading and learning found out by themselves, for the caller to tell. */
#ifndef NUDGE_TABLE_NOTES_H
#define NUDGE_TABLE_NOTES_H

#include "nudge.h"

/* A list that grows; zeroed it is empty. */
typedef struct nu_notes {
    nudge_note *note; /* each with its own texts */
    size_t n;
} nu_notes;

/* Adds a line about `source`, the spec of the data; `setting` as in nudge_note. NUDGE_EMEMORY. */
nudge_status nu_note(nu_notes *notes, const char *source, const char *setting, nudge_error *err,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds copies of all of another list. NUDGE_EMEMORY. */
nudge_status nu_notes_add(nu_notes *notes, const nu_notes *more, nudge_error *err);

void nu_notes_free(nu_notes *notes);

#endif
