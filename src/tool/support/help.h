/* Help from the tables of options. */
#ifndef NUDGE_TOOL_HELP_H
#define NUDGE_TOOL_HELP_H

#include <stdio.h>

#include "support/command.h"

/* A command's help on stdout; with hidden options if `all`. */
void print_help(const command *c, int all);

/* What the help says of an option: choices, meaning and default; for free(). */
char *option_meaning(const option *o);

#endif
