#include "signals.h"

#include <signal.h>
#include <stddef.h>

/* State outside of objects: a signal handler can reach nothing else. */
static volatile sig_atomic_t caught;
static void (*before_end)(void);

static void end(int number)
{
    if (before_end != NULL)
        before_end();
    signal(number, SIG_DFL);
    raise(number);
}

static void note(int number)
{
    if (caught != 0)
        end(number);
    caught = number;
}

static void handle(void (*handler)(int))
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigfillset(&action.sa_mask); /* a name between its list and unlink() would stay */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

void nu_signals_end(void (*clean)(void))
{
    before_end = clean;
    handle(end);
}

void nu_signals_catch(void)
{
    handle(note);
}

int nu_signal_caught(void)
{
    return caught;
}
