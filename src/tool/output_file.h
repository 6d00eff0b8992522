/* A file that appears whole or not at all. */
#ifndef NUDGE_TOOL_OUTPUT_FILE_H
#define NUDGE_TOOL_OUTPUT_FILE_H

#include <stdio.h>

/* Write to `stream`, then finish. The path keeps what it held until then. What is no regular
 * file (a device, a pipe) is written directly. */
typedef struct output_file {
    FILE *stream;
    char *path;
    char *temporary; /* NULL if written directly */
} output_file;

/* Returns 0 with errno set if the file cannot be made. */
int output_start(output_file *out, const char *path);

/* Checks, syncs, closes, renames. Returns 0 with errno set if anything failed; nothing is left
 * behind then. */
int output_finish(output_file *out);

/* Instead of output_finish(): the path keeps what it held. */
void output_drop(output_file *out);

#endif
