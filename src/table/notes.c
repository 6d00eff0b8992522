#include "table/notes.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "text.h"

static nudge_status add(nu_notes *notes, const char *source, const char *setting, const char *text,
                        nudge_error *err)
{
    nudge_note *more = realloc(notes->note, (notes->n + 1) * sizeof *more);
    NU_NEED(more != NULL, sizeof *more, "a note", err);
    notes->note = more;
    nudge_note *note = &more[notes->n];
    *note = (nudge_note){strdup(source), strdup(text), setting};
    notes->n++; /* its texts, as far as they are there, are freed with the others */
    NU_NEED(note->source != NULL && note->text != NULL, strlen(text), "a note", err);
    return NUDGE_OK;
}

nudge_status nu_note(nu_notes *notes, const char *source, const char *setting, nudge_error *err,
                     const char *format, ...)
{
    char text[NUDGE_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    nu_one_line(text);
    return add(notes, source, setting, text, err);
}

nudge_status nu_notes_add(nu_notes *notes, const nu_notes *more, nudge_error *err)
{
    for (size_t i = 0; i < more->n; i++)
        NU_TRY(add(notes, more->note[i].source, more->note[i].setting, more->note[i].text, err));
    return NUDGE_OK;
}

void nu_notes_free(nu_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++) {
        free((char *)notes->note[i].source);
        free((char *)notes->note[i].text);
    }
    free(notes->note);
    *notes = (nu_notes){0};
}
