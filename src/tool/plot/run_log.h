/* What "nudge train --log" wrote: a JSON object per epoch. */
#ifndef NUDGE_TOOL_RUN_LOG_H
#define NUDGE_TOOL_RUN_LOG_H

#include <stddef.h>

/* What an epoch is measured by; an epoch need not have all. */
typedef enum run_metric {
    RUN_TRAIN_LOSS,
    RUN_VAL_LOSS,
    RUN_TRAIN_ACCURACY, /* of 1 */
    RUN_VAL_ACCURACY,
    RUN_VAL_RMSE, /* in units of the target */
    RUN_SPEED,    /* samples/s */
    RUN_METRICS
} run_metric;

typedef struct run_epoch {
    double epoch;               /* its number, from 1 */
    double time;                /* seconds of training at its end; NaN: not known */
    double metric[RUN_METRICS]; /* NaN: not there */
} run_epoch;

typedef struct run_log {
    size_t n; /* epochs, at least 1 */
    run_epoch *epochs;
    size_t no_seconds; /* the first line without "seconds"; 0: all have them */
    size_t cut;        /* the last line if it was half written and left out, as while training
                        * goes on; otherwise 0 */
} run_log;

/* Returns an exit_status; if it is not EXIT_DONE, there is a line in why (`size` bytes) that names
 * the file and, where it is a line's fault, the line, and the log is empty. */
int run_log_read(run_log *log, const char *path, char *why, size_t size);
void run_log_end(run_log *log);

/* Whether any epoch has the metric. */
int run_log_has(const run_log *log, run_metric metric);

#endif
