/* The command line of a command, read by popt. With a value that cannot be used the program gives
 * up after a line with the option's name, the value and what would be right. */
#ifndef NUDGE_TOOL_OPTIONS_H
#define NUDGE_TOOL_OPTIONS_H

#include <stdint.h>

#include "support/command.h"

/* An option and its text. */
typedef struct argument {
    option option;
    char *text; /* given or initial; NULL: none */
    int given;
} argument;

typedef struct arguments {
    const command *command;
    int argc;
    char **argv;   /* the command line from the command's name on; not owned */
    argument *all; /* n of them, one per option of the command */
    size_t n;
    void *popt;    /* owns the words; or NULL */
    const char **word; /* arguments that are no options */
    size_t words;
} arguments;

/* argv[0] is the command's name. Followed by arguments_end(). */
void arguments_start(arguments *args, const command *c, int argc, char **argv);
void arguments_end(arguments *args);

/* The same command line with one more option, which replaces an earlier value, as another reading
 * of all the options: for a command that runs with several values of one. Followed by
 * arguments_end(). */
void arguments_with(arguments *changed, const arguments *args, const char *name, const char *text);

/* An option by its name, NULL if the command has none such; and giving it a text, which is taken
 * over, as the command line would. */
const argument *argument_named(const arguments *args, const char *name);
void arguments_put(arguments *args, const char *name, char *text);

/* An option that the command has. */
const option *option_of(const arguments *args, const char *name);

/* Whether the option was given, on the command line or by a file (config.h); 0 for one that the
 * command does not have. */
int given(const arguments *args, const char *name);

/* The text of an option: given, initial or NULL, also for one that the command does not have. */
const char *text_of(const arguments *args, const char *name);

/* Gives up with "--NAME: 'value' is not WHAT". */
void refuse(const arguments *args, const char *name, const char *what) __attribute__((noreturn));

/* Gives up if the option is given: "--NAME: WHY". */
void refuse_given(const arguments *args, const char *name, const char *why);

/* Whether one of several is given, whose names have blanks between them. */
int any_given(const arguments *args, const char *names);

/* As refuse_given() for each of them. */
void refuse_all(const arguments *args, const char *names, const char *why);

/* The text of an option without which the command cannot run. */
const char *required(const arguments *args, const char *name);

/* Numbers: the whole text must be one, in decimal notation. */
uint64_t whole_of(const arguments *args, const char *name, uint64_t least, uint64_t most);
enum range { ABOVE_0, ABOVE_0_TO_1, FROM_0, FROM_0_TO_1, FROM_0_BELOW_1, FROM_1 };
double real_of(const arguments *args, const char *name, enum range range);

/* From least to most, without these where `above` and `below` say so; `what` is right. */
double real_in(const arguments *args, const char *name, double least, double most, int above,
               int below, const char *what);

/* "1,0.5,0": *n numbers from 0 up and below `most`, for free(); `what` is right. */
double *reals_of(const arguments *args, const char *name, double most, const char *what, size_t *n);

/* Changes *value only if the option is given. */
void read_real(const arguments *args, const char *name, enum range range, double *value);

/* "64,64,32": *n numbers from least to most, for free(); NULL if a part is no such number. */
size_t *whole_list(const char *text, char separator, uint64_t least, uint64_t most, size_t *n);

/* Likewise from 1 on, of an option; `or` goes before what is right, as in "'none' or ". */
size_t *wholes_of(const arguments *args, const char *name, size_t most, const char *or, size_t *n);

/* Which of its choices the option's text is: for an enum of nudge.h its value. */
int choice_of(const arguments *args, const char *name);

#endif
