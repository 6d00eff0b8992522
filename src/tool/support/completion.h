/* Completion for shells from the tables of commands and options. */
#ifndef NUDGE_TOOL_COMPLETION_H
#define NUDGE_TOOL_COMPLETION_H

#include "support/command.h"

/* Prints a script for bash or zsh on stdout; 0 for another shell. `all` ends with NULL. */
int print_completion(const char *shell, const command *const *all);

#endif
