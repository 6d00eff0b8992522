/* Exit statuses and the one line on stderr that goes with them. */
#ifndef NUDGE_TOOL_EXIT_H
#define NUDGE_TOOL_EXIT_H

#include <stdarg.h>

#include "nudge.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_RUN_FAILED = 1,    /* training diverged, a gradient was wrong, input or output failed */
    EXIT_BAD_INPUT = 2,     /* usage, or input that cannot be used */
    EXIT_INTERRUPTED = 130  /* train: stopped by Ctrl-C, as a shell reports it */
};

/* The command that messages name from here on. */
void say_as(const char *command);

/* Prints "nudge COMMAND: text" to stderr as one line: control characters that came in through
 * arguments become '?'. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says the library's message, with the option that is called like the setting which decides
 * otherwise, and returns the exit status for it. */
int fail(const nudge_error *err);

/* Without memory for the tool's own small needs it says so and exits. */
void *need(void *allocated);

/* Texts as by printf, for free(). */
char *text_as(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_of_values(const char *format, va_list values) __attribute__((format(printf, 1, 0)));

/* Closes stdout and checks it, last of all: `status`, or EXIT_RUN_FAILED with a line if not all was
 * written. */
int finish_output(int status);

#endif
