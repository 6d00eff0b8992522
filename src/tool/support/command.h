/* A command of the tool, and the list of its options. */
#ifndef NUDGE_TOOL_COMMAND_H
#define NUDGE_TOOL_COMMAND_H

#include "support/option_tables.h"

struct arguments;

typedef struct command {
    const char *name;
    const char *synopsis;  /* what follows "nudge NAME" */
    const char *summary;   /* a line for the list of commands */
    const char *about;     /* paragraphs for the command's own help */
    const option *own;     /* options that the shared table (option_tables.h) lacks, and what is
                            * different of those that it has; ended by {0}; or NULL */
    const char *options;   /* all options, in groups: "HEADING: NAME NAME ...\n", ... */
    const char *examples;  /* lines */
    size_t most_words;     /* arguments that are no options */
    int (*run)(struct arguments *args); /* returns an exit_status */
} command;

/* An option in its place. */
typedef struct listed_option {
    option option;
    const char *group; /* the heading that stands before it, `group_length` bytes; or NULL */
    int group_length;
} listed_option;

/* The options of a command in the order of its help; for free(). */
listed_option *list_options(const command *c, size_t *n);

/* The text that an option has where it is not given; NULL: none. */
const char *initial_of(const option *o, char buf[NU_TEXT]);

/* Choice i of an option's value, NULL after the last or if it has none: names of the library, or
 * the parts of `arg`. */
const char *choice_at(const option *o, size_t i, char buf[NU_TEXT]);

/* All choices: "a, b, c". */
#define CHOICES_TEXT 256
const char *choices_text(const option *o, char buf[CHOICES_TEXT]);

#endif
