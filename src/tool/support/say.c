#include "support/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

/* ---- The live line --------------------------------------------------------------------- */

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

/* ---- Messages -------------------------------------------------------------------------- */

static const char *command;

void say_as(const char *name)
{
    command = name;
}

static void say_values(const char *format, va_list values)
{
    char text[2 * NUDGE_ERROR_SIZE];
    vsnprintf(text, sizeof text, format, values);
    nu_one_line(text);
    live_line_clear();
    fprintf(stderr, "nudge%s%s: %s\n", command != NULL ? " " : "", command != NULL ? command : "",
            text);
}

void say(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say_values(format, values);
    va_end(values);
}

void give_up(int exit_status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say_values(format, values);
    va_end(values);
    exit(exit_status);
}

const char *option_text(char buf[OPTION_TEXT], const char *setting)
{
    snprintf(buf, OPTION_TEXT, "--%s", setting);
    for (char *c = buf; *c != '\0'; c++)
        *c = *c == '_' ? '-' : *c;
    return buf;
}

void must(nudge_status status, const nudge_error *err)
{
    char option[OPTION_TEXT];
    if (status == NUDGE_OK)
        return;
    int known = err->setting != NULL;
    give_up(status == NUDGE_EDIVERGED || status == NUDGE_EIO ? EXIT_RUN_FAILED : EXIT_BAD_INPUT,
            "%s%s%s%s", err->text[0] != '\0' ? err->text : nudge_status_text(status),
            known ? " (" : "", known ? option_text(option, err->setting) : "", known ? ")" : "");
}

void *need(void *allocated)
{
    if (allocated == NULL)
        give_up(EXIT_BAD_INPUT, "not enough memory");
    return allocated;
}

char *text_of_values(const char *format, va_list values)
{
    char *text;
    return need(vasprintf(&text, format, values) < 0 ? NULL : text);
}

char *text_as(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = text_of_values(format, values);
    va_end(values);
    return text;
}

int finish_output(int status)
{
    errno = 0;
    int earlier = ferror(stdout);
    if (fclose(stdout) == 0 && !earlier)
        return status;
    say("standard output: %s", errno != 0 ? strerror(errno) : "not all was written");
    return status == EXIT_DONE ? EXIT_RUN_FAILED : status;
}
