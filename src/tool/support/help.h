/* What is told of commands from the tables of options, on stdout. Lists of commands end with
 * NULL. */
#ifndef NUDGE_TOOL_HELP_H
#define NUDGE_TOOL_HELP_H

#include "support/command.h"

/* A command's help; with hidden options if `all`. */
void print_help(const command *c, int all);

/* What the help says of an option: choices, meaning and default; for free(). */
char *option_meaning(const option *o);

/* The manual page of a command, or of the program if c is NULL, for groff and mandoc
 * (manual.c). */
void print_manual(const command *c, const command *const *all);

/* A script for bash or zsh that completes commands, options and values; 0 for another shell
 * (completion.c). */
int print_completion(const char *shell, const command *const *all);

#endif
