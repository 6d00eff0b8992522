#include "support/live_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* There is one terminal, and one line on it. */
static int drawn;

static int positive(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    int n = text != NULL ? atoi(text) : 0;
    return n > 0 ? n : otherwise;
}

void terminal_size(int fd, int *columns, int *lines)
{
    struct winsize w;
    int known = ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0;
    *columns = known ? w.ws_col : positive("COLUMNS", 80);
    *lines = known ? w.ws_row : positive("LINES", 24);
}

void live_line(const char *format, ...)
{
    char text[500];
    int columns, lines;
    if (!isatty(STDERR_FILENO))
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    terminal_size(STDERR_FILENO, &columns, &lines);
    size_t end = 0; /* a character of UTF-8 begins with any byte but 10xxxxxx */
    for (int column = 0; text[end] != '\0'; end++)
        if (((unsigned char)text[end] & 0xc0) != 0x80 && ++column >= columns)
            break;
    fprintf(stderr, "\r%.*s\033[K", (int)end, text);
    fflush(stderr);
    drawn = 1;
}

void live_line_clear(void)
{
    if (drawn)
        fputs("\r\033[K", stderr);
    drawn = 0;
}
