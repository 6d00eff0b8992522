/* What a command line of "nudge scale" asks for, and the points that this comes to. */
#ifndef NUDGE_SCALE_SETUP_H
#define NUDGE_SCALE_SETUP_H

#include "scale/scale.h"
#include "support/options.h"
#include "support/train_setup.h"

typedef struct scale_setup {
    const char *command;     /* for messages */
    train_setup train;       /* the options shared with "nudge train" */
    char *spec;              /* of the built-in data, which train.data refers to; NULL: --data */
    scale_mode mode;
    size_t n_threads;
    int *threads;            /* ascending */
    size_t n_values;
    size_t *values;          /* ascending; none: strong and weak mode, or the data decides */
    size_t repeats;
    double seconds;          /* to measure a point for, in all; NaN: `epochs` says */
    size_t epochs;           /* of a repeat, with to_loss at most; 0: `seconds` says */
    double to_loss;          /* NaN: none */
    const char *out;         /* folder for the results, or NULL */
    int json, quiet;
} scale_setup;

/* Of `command`'s own tables: what it has beside, and instead of, the options for training. */
extern const option scale_options[];

/* The names of the modes, in the order of scale_mode; NULL after the last. */
extern const char *const scale_mode_names[];

/* Reads all options; args->failed if something is wrong. Followed by scale_setup_end() in any case.
 * The setup refers to args. */
void scale_setup_start(scale_setup *setup, arguments *args);
void scale_setup_end(scale_setup *setup);

/* points.c: fills in the study but for what is measured: mode, title, points with threads, value, batch,
 * rows, layers and widths, for data of `rows` rows, `features` inputs and `outputs` outputs.
 * Returns EXIT_DONE, or EXIT_BAD_INPUT after a message; the study is valid for scale_study_end()
 * then too. */
int scale_setup_points(scale_study *study, const scale_setup *setup, size_t rows, size_t features,
                       size_t outputs);

/* "4 threads, batch 64", into buf, which is returned. */
#define SCALE_POINT_TEXT 96
const char *scale_describe_point(char buf[SCALE_POINT_TEXT], const scale_study *study,
                             const scale_point *point);

#endif
