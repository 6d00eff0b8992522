/* Command lines: a table of options per command, read by popt. A value that cannot be used is
 * reported once, with the option's name, the value and what would be right; the functions that
 * ask for values then set `failed` and return something harmless, so that a command asks for all
 * its values in a row and looks at `failed` once. */
#ifndef NUDGE_TOOL_OPTIONS_H
#define NUDGE_TOOL_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct option {
    const char *name;    /* without dashes; NULL: `help` is the heading of a group */
    const char *arg;     /* what the help calls the value; NULL: a flag */
    const char *initial; /* the value when none is given; NULL: none */
    const char *help;
} option;

/* A short form: -o for --out. */
typedef struct option_letter {
    char letter;
    const char *name;
} option_letter;

typedef struct arguments arguments;

typedef struct command {
    const char *name;
    const char *synopsis;  /* what follows "nudge NAME" */
    const char *summary;   /* a line for the list of commands */
    const char *about;     /* paragraphs for the command's own help */
    const option *options; /* ended by {0} */
    const option *more[4]; /* likewise: tables that commands share; NULL after the last */
    const option *instead; /* likewise: replace entries of the same name in `more`, whose defaults
                            * or help are not this command's; or NULL */
    option_letter letters[4]; /* {0} after the last */
    const char *examples;  /* lines */
    size_t most_words;     /* arguments that are no options */
    int (*run)(arguments *args); /* returns an exit_status */
} command;

struct arguments {
    const command *command;
    int argc;
    char **argv;   /* the command line from the command's name on; not owned */
    char **value;  /* one per option_at() of the command; NULL: not given */
    char **word;   /* arguments that are no options */
    size_t words;
    int help, version;
    int failed;    /* a message was printed: exit with EXIT_BAD_INPUT */
};

/* Entry i of all the command's tables, one after the other; {0} after the last. */
const option *option_at(const command *c, size_t i);

/* The short form of an option of the command; 0: it has none. */
char option_letter_of(const command *c, const char *name);

/* argv[0] is the command's name. Sets args->failed for a command line that cannot be used.
 * Always followed by arguments_end(). */
void arguments_start(arguments *args, const command *c, int argc, char **argv);
void arguments_end(arguments *args);

/* Whether the command has this option at all: for what reads options that not all commands have. */
int has_option(const arguments *args, const char *name);

/* Whether the option is on the command line. */
int given(const arguments *args, const char *name);

/* The text of an option: given, initial or NULL. */
const char *text_of(const arguments *args, const char *name);

/* Says "--NAME: 'value' is not WHAT" and sets failed. */
void refuse(arguments *args, const char *name, const char *what);

/* Sets failed with a message if the option is given: "--NAME: WHY". */
void refuse_given(arguments *args, const char *name, const char *why);

/* The text of an option without which the command cannot run. */
const char *required(arguments *args, const char *name);

/* Numbers: the whole text must be one, in decimal notation. */
uint64_t whole_of(arguments *args, const char *name, uint64_t least, uint64_t most);
enum range { ABOVE_0, FROM_0, FROM_0_BELOW_1 };
double real_of(arguments *args, const char *name, enum range range);

/* Which of `choices` (ended by NULL) the option's text is. */
int choice_of(arguments *args, const char *name, const char *const *choices);

/* An enum of nudge.h, by its parse function: PARSED(args, "loss", nudge_loss_parse, &loss) */
#define PARSED(args, option_name, parse, value)                                     \
    do {                                                                            \
        nudge_error error_;                                                         \
        if (parse((value), text_of((args), (option_name)), &error_) != NUDGE_OK) {  \
            if (!(args)->failed)                                                    \
                say((args)->command->name, "--%s: %s", (option_name), error_.text); \
            (args)->failed = 1;                                                     \
        }                                                                           \
    } while (0)

/* Splits a text at commas; *n parts, for free() as one block. */
char **split_commas(const char *text, size_t *n);

/* A command's help, on stdout. */
void print_help(const command *c);

#endif
