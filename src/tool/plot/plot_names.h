/* What a plot's legend calls runs. */
#ifndef NUDGE_TOOL_PLOT_NAMES_H
#define NUDGE_TOOL_PLOT_NAMES_H

#include <stddef.h>

/* Names of n files: without .jsonl and its like and, if they differ so too, without folders. For
 * free() as one block. */
char **names_of_files(char *const *path, size_t n);

/* Takes the middle out of a name of more than SHORT_NAME characters (UTF-8), which would leave no
 * room for the curves. */
enum { SHORT_NAME = 40 };
void shorten_name(char *name);

#endif
