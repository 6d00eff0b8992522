/* What "nudge train --log" wrote: a JSON object per epoch. */
#ifndef NUDGE_TOOL_RUN_LOG_H
#define NUDGE_TOOL_RUN_LOG_H

#include <stddef.h>

/* What is read of an epoch. */
enum run_value {
    RUN_EPOCH, /* its number, from 1 */
    RUN_TIME,  /* seconds of training at its end; NaN from the first line on that does not say */
    RUN_TRAIN_LOSS,
    RUN_VAL_LOSS,
    RUN_TRAIN_ACCURACY, /* of 1 */
    RUN_VAL_ACCURACY,
    RUN_VAL_RMSE, /* in units of the target */
    RUN_SPEED,    /* samples/s */
    RUN_VALUES
};

typedef struct run_epoch {
    double value[RUN_VALUES]; /* NaN: not there */
} run_epoch;

typedef struct run_log {
    size_t n; /* epochs, at least 1 */
    run_epoch *epochs; /* for free() */
    int has[RUN_VALUES + 1]; /* whether any epoch has the value; for RUN_VALUES 0 */
    size_t cut; /* the last line if it was half written and left out, as while training goes on;
                 * otherwise 0 */
} run_log;

/* "-" is standard input. Gives up on what is no such log, with the file and, where it is a line's
 * fault, the line. */
void run_log_read(run_log *log, const char *path);

#endif
