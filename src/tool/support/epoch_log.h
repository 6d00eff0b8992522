/* The log of a training: what each epoch gave, as a file of a kind that its name decides. */
#ifndef NUDGE_TOOL_EPOCH_LOG_H
#define NUDGE_TOOL_EPOCH_LOG_H

#include <stdio.h>

#include "nudge.h"

typedef struct epoch_log {
    const struct log_kind *kind;
    FILE *file;
    int with_lr; /* 1: lines have the learning rate */
    int no_rmse; /* 1: it would mix the units of several outputs */
    int lines;   /* of a table, by now */
    size_t member; /* whose epochs are written, 1 for the first; 0: there is one network */
} epoch_log;

/* Begins the log at `path` ("-": standard output). The functions return 0, and errno, if it cannot
 * be written. */
int epoch_log_open(epoch_log *log, const char *path);

/* The first `finished` epochs that the trainer keeps. */
int epoch_log_past(epoch_log *log, const nudge_trainer *trainer, size_t finished);
int epoch_log_write(epoch_log *log, const nudge_epoch *e);
int epoch_log_close(epoch_log *log);

#endif
