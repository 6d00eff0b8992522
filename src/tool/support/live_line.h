/* A line on a terminal that shows how far something is, and goes when it is done. */
#ifndef NUDGE_TOOL_LIVE_LINE_H
#define NUDGE_TOOL_LIVE_LINE_H

/* Columns and lines of the terminal behind a file descriptor: as the system says, as COLUMNS and
 * LINES say, or 80 and 24. */
void terminal_size(int fd, int *columns, int *lines);

/* Draws the line over the one before, cut to the terminal's width. Nothing if stderr is no
 * terminal. */
void live_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Removes the line, if there is one. */
void live_line_clear(void);

#endif
