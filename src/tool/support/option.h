/* An option of the command line. */
#ifndef NUDGE_TOOL_OPTION_H
#define NUDGE_TOOL_OPTION_H

#include <stddef.h>

#include "text.h"

typedef struct option {
    const char *name;    /* without dashes */
    const char *arg;     /* what the help calls the value, or its choices: "yes|no"; NULL: a flag
                          * (of an own option: "" where the shared one is none) */
    const char *initial; /* the value where none is given; NULL: none, or the library's */
    const char *help;
    char letter;         /* of the short form; '\0': there is none */
    int hidden;          /* shown by --help-all only */
    int repeats;         /* may be given several times: its text then has a line for each */
    /* The library's names for the value, NULL after the last; or NULL. */
    const char *(*names)(size_t i);
    /* The library's default for the option of this name, as text; or NULL. */
    const char *(*library)(const char *name, char buf[NU_TEXT]);
} option;

#endif
