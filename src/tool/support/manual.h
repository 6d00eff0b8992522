/* Manual pages from the tables of commands and options, for groff and mandoc. */
#ifndef NUDGE_TOOL_MANUAL_H
#define NUDGE_TOOL_MANUAL_H

#include "support/command.h"

/* The page of a command, or of the program if c is NULL, on stdout. `all` ends with NULL. */
void print_manual(const command *c, const command *const *all);

#endif
