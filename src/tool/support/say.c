#include "support/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void say(const char *command, const char *format, ...)
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

int fail(const char *command, const nudge_error *err)
{
    say(command, "%s", err->text[0] != '\0' ? err->text : nudge_status_text(err->status));
    return err->status == NUDGE_EDIVERGED || err->status == NUDGE_EIO ? EXIT_RUN_FAILED
                                                                      : EXIT_BAD_INPUT;
}

void *need(void *allocated)
{
    if (allocated == NULL) {
        say(NULL, "not enough memory");
        exit(EXIT_BAD_INPUT);
    }
    return allocated;
}

int finish_output(const char *command, int status)
{
    errno = 0;
    int earlier = ferror(stdout);
    if (fclose(stdout) == 0 && !earlier)
        return status;
    say(command, "standard output: %s", errno != 0 ? strerror(errno) : "not all was written");
    return status == EXIT_DONE ? EXIT_RUN_FAILED : status;
}
