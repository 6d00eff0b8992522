/* Training on its way: lines and a live line on stderr, the log file, Ctrl-C. */
#ifndef NUDGE_TOOL_PROGRESS_H
#define NUDGE_TOOL_PROGRESS_H

#include <stdio.h>

#include "nudge.h"

typedef struct progress {
    int quiet;
    const char *log_path;
    FILE *log;
    int log_error;     /* errno of a failed write; training was stopped for it */
    int interrupted;   /* the signal that training was stopped for: Ctrl-C, ...; or 0 */
} progress;

/* Sets the callbacks of `options`. log may be NULL. From here on Ctrl-C (SIGTERM, SIGHUP)
 * asks training to stop instead of ending the process. */
void progress_start(progress *p, nudge_train_options *options, int quiet, const char *log);

/* Removes the live line, closes the log. `ran`: training was not refused; the log file is then made
 * even if no epoch was finished. */
void progress_end(progress *p, int ran);

#endif
