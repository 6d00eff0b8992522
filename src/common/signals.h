/* Ctrl-C and its like as a flag, so that work ends at a good place. For programs: a library leaves
 * signals alone. */
#ifndef NUDGE_COMMON_SIGNALS_H
#define NUDGE_COMMON_SIGNALS_H

/* From here on SIGINT, SIGTERM and SIGHUP end the process after `clean`, which a signal handler may
 * call. Ignored ones stay ignored here, too. */
void nu_signals_end(void (*clean)(void));

/* From here on SIGINT, SIGTERM and SIGHUP are only noted; a second one ends the process at once.
 * A signal that the process was started to ignore (in the background of a script) stays ignored. */
void nu_signals_catch(void);

/* The first signal noted since then, or 0. A program that it ended exits with 128 + the signal. */
int nu_signal_caught(void);

#endif
