#include "support/say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *command;

void say_as(const char *name)
{
    command = name;
}

void say(const char *format, ...)
{
    char text[2 * NUDGE_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    fprintf(stderr, "nudge%s%s: %s\n", command != NULL ? " " : "", command != NULL ? command : "",
            text);
}

int fail(const nudge_error *err)
{
    const char *text = err->text[0] != '\0' ? err->text : nudge_status_text(err->status);
    char option[64] = "";
    if (err->setting != NULL)
        snprintf(option, sizeof option, " (--%s)", err->setting);
    for (char *c = option; *c != '\0'; c++)
        *c = *c == '_' ? '-' : *c;
    say("%s%s", text, option);
    return err->status == NUDGE_EDIVERGED || err->status == NUDGE_EIO ? EXIT_RUN_FAILED
                                                                      : EXIT_BAD_INPUT;
}

void *need(void *allocated)
{
    if (allocated == NULL) {
        say("not enough memory");
        exit(EXIT_BAD_INPUT);
    }
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
