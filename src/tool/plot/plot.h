/* Training curves: runs, and the script for gnuplot that draws them. */
#ifndef NUDGE_TOOL_PLOT_H
#define NUDGE_TOOL_PLOT_H

#include <stddef.h>

#include "plot/style.h"

/* ---- Runs: what "nudge train --log" wrote, a JSON object per epoch (run_log.c) ----------- */

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
    double members; /* 1, or over how many networks these are means */
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

/* ---- Curves (curves.c) ----------------------------------------------------------------- */

/* Beyond so many, neither colours nor marks tell runs apart, nor letters curves in text. */
enum { PLOT_MOST_RUNS = 4 * PLOT_COLOURS, PLOT_MOST_LETTERS = 26 };

/* A unit of an axis: its size, what it is called, and from what value on it is used. */
typedef struct plot_unit {
    double size;
    const char *label;
    double from;
} plot_unit;

/* What curves can show. */
typedef struct plot_metric {
    const char *name;
    enum run_value values[2]; /* of training and validation; RUN_VALUES: there is none */
    plot_unit units[3];       /* the largest first, the last from 0 on */
} plot_metric;

enum { PLOT_LOSS, PLOT_ACCURACY, PLOT_RMSE, PLOT_SPEED, PLOT_METRICS };
extern const plot_metric plot_metrics[PLOT_METRICS];

typedef struct plot_curve {
    size_t run;
    int validation;
    enum run_value value;
} plot_curve;

typedef struct plot {
    enum plot_kind kind;
    int width, height; /* pixels; characters and lines of text */
    enum run_value x;  /* RUN_EPOCH or RUN_TIME */
    int y;             /* which of plot_metrics */
    int log;           /* a logarithmic y axis */
    const char *title; /* NULL: the name of the run, if there is one */
    size_t n;          /* runs, from 1 to PLOT_MOST_RUNS */
    run_log *runs;
    const char **names; /* of the runs */

    size_t n_curves;   /* from here on what plot_find_curves() found */
    plot_curve curves[2 * PLOT_MOST_RUNS];
    int kinds[2];      /* there are curves of training, of validation */
    size_t not_above_0;
    double first, last; /* x from and to */
    double low, high;   /* the least and the most above 0 of all y */
} plot;

/* Whether a run has what a metric asks for, of training or of validation. */
int plot_has(const run_log *run, int metric);

void plot_find_curves(plot *p);

/* The script, which draws to stdout; for free(). Training is solid and validation dashed, in the
 * run's colour; a run of few epochs has its points marked. */
char *plot_script(const plot *p);

#endif
