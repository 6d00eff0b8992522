#include "scale/live.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* The only state outside of objects: a signal handler can reach nothing else, and there is one
 * terminal. */
static volatile sig_atomic_t interrupted;
static struct sigaction before;
static int is_quiet, terminal, drawn;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void scale_live_start(int quiet)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    is_quiet = quiet;
    terminal = isatty(STDERR_FILENO);
    /* A process started with SIGINT ignored (in the background of a script) stays so. */
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
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
    sigaction(SIGINT, &before, NULL);
}

int scale_interrupted(void)
{
    return interrupted != 0;
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
