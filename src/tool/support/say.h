/* Exit statuses, the one line on stderr that goes with them, and the one that shows progress. */
#ifndef NUDGE_TOOL_EXIT_H
#define NUDGE_TOOL_EXIT_H

#include <stdarg.h>
#include <stdlib.h>

#include "nudge.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_RUN_FAILED = 1,    /* training diverged, a gradient was wrong, input or output failed */
    EXIT_BAD_INPUT = 2      /* usage, or input that cannot be used */
};

/* The command that messages name from here on. */
void say_as(const char *command);

/* Prints "nudge COMMAND: text" to stderr as one line: control characters that came in through
 * arguments become '?'. A live line goes before. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Likewise, and ends the program: for what nothing can be done about. Files that are being written
 * are abandoned before, memory is not freed. */
void give_up(int exit_status, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Gives up because of what was asked for. */
#define complain(...) give_up(EXIT_BAD_INPUT, __VA_ARGS__)

/* The option that is called like a setting of the library: "--val-labels" for val_labels; returns
 * buf. */
#define OPTION_TEXT 64
const char *option_text(char buf[OPTION_TEXT], const char *setting);

/* Gives up if something that is needed did not work: with the library's message and the option that
 * is called like the setting which decides otherwise; for lack of memory. */
void must(nudge_status status, const nudge_error *err);
void *need(void *allocated);

/* Texts as by printf, for free(). */
char *text_as(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_of_values(const char *format, va_list values) __attribute__((format(printf, 1, 0)));

/* Closes stdout and checks it, last of all: `status`, or EXIT_RUN_FAILED with a line if not all was
 * written. */
int finish_output(int status);

/* ---- A line on a terminal that shows how far something is, and goes when it is done ----- */

/* Columns and lines of the terminal behind a file descriptor: as the system says, as COLUMNS and
 * LINES say, or 80 and 24. */
void terminal_size(int fd, int *columns, int *lines);

/* Draws the line over the one before, cut to the terminal's width. Nothing if stderr is no
 * terminal. */
void live_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Removes the line, if there is one. */
void live_line_clear(void);

#endif
