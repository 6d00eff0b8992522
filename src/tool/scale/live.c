#include "scale/live.h"

#include "signals.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* The only state outside of objects: a signal handler can reach nothing else, and there is one
 * terminal. */
static int is_quiet, terminal, drawn;

void scale_live_start(int quiet)
{
    is_quiet = quiet;
    terminal = isatty(STDERR_FILENO);
    nu_signals_catch();
}

void scale_live_clear(void)
{
    if (drawn)
        fputs("\r\033[K", stderr);
    drawn = 0;
}

void scale_live_end(void)
{
    scale_live_clear();
}

int scale_interrupted(void)
{
    return nu_signal_caught() != 0;
}

void scale_live(const char *format, ...)
{
    if (is_quiet || !terminal)
        return;
    va_list args;
    va_start(args, format);
    fputc('\r', stderr);
    vfprintf(stderr, format, args);
    fputs("\033[K", stderr);
    fflush(stderr);
    va_end(args);
    drawn = 1;
}

void scale_tell(const char *format, ...)
{
    if (is_quiet)
        return;
    scale_live_clear();
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}
