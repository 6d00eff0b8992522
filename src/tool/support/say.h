/* Exit statuses and the one line on stderr that goes with them. */
#ifndef NUDGE_TOOL_EXIT_H
#define NUDGE_TOOL_EXIT_H

#include "nudge.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_RUN_FAILED = 1,    /* training diverged, a gradient was wrong, input or output failed */
    EXIT_BAD_INPUT = 2,     /* usage, or input that cannot be used */
    EXIT_INTERRUPTED = 130  /* train: stopped by Ctrl-C, as a shell reports it */
};

/* Prints "nudge COMMAND: text" to stderr as one line: control characters that came in through
 * arguments become '?'. command may be NULL: "nudge: text". */
void say(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says the library's message, and returns the exit status for it. */
int fail(const char *command, const nudge_error *err);

/* Says that there is no memory for the tool's own small needs, and exits. */
void *need(void *allocated);

/* Closes stdout and checks it, last of all: `status`, or EXIT_RUN_FAILED with a line if not all was
 * written. */
int finish_output(const char *command, int status);

#endif
