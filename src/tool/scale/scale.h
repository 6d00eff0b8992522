/* A scaling study: what "nudge scale" measures and finds. One structure, made by scale/run.c,
 * completed by scale/fit.c, told by the files that write it. This folder is part of the program,
 * not of the library: it sees nudge.h and the tool's helpers.
 *
 * Words: a point is one configuration (threads, batch, network, rows); it is measured several times,
 * each a repeat; the repeats of all points are mixed in random order. Times are in seconds. */
#ifndef NUDGE_SCALE_SCALE_H
#define NUDGE_SCALE_SCALE_H

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "nudge.h"

/* What changes from point to point, beside the threads. */
typedef enum scale_mode {
    SCALE_STRONG, /* nothing: the same work on more threads */
    SCALE_WEAK,   /* the batch and the rows: as many samples per thread */
    SCALE_BATCH,  /* the batch */
    SCALE_WIDTH,  /* units of every hidden layer */
    SCALE_DEPTH,  /* hidden layers */
    SCALE_ROWS    /* rows of the training data */
} scale_mode;

/* A value and an interval around it; all NaN: not known. Low <= value <= high. */
typedef struct scale_estimate {
    double value, low, high;
    double level; /* confidence of the interval, such as 0.95: what was asked for, or less where too
                   * few repeats allow no more; 0 (one repeat): low and high are the value */
} scale_estimate;

#define SCALE_UNKNOWN ((scale_estimate){NAN, NAN, NAN, NAN})

/* What the machine did while something was measured (scale/watch.c). NaN: not known. */
typedef struct scale_watch {
    double seconds;      /* that passed */
    double other_load;   /* cores that other programs used, on average */
    double steal;        /* cores that the hypervisor took away, on average */
    double throttled;    /* seconds that a cgroup's limit stopped the process */
    double mhz;          /* mean clock of the cores as the system reports it, at the end */
    double preempted;    /* times that a thread was put aside for something else */
} scale_watch;

typedef struct scale_repeat {
    size_t order;        /* in the whole study, from 0 */
    double at;           /* since the study began */
    double seconds;      /* of training */
    double step;         /* of one update: what is compared */
    double pulse;        /* a fixed piece of work, timed just before: its drift is the machine's */
    scale_watch watch;
    int outlier;         /* outside Tukey's fences of its point; kept, and marked */
    int disturbed;       /* something else used a noticeable part of a core meanwhile */
    uint64_t hash;       /* of the weights afterwards */
    double to_loss;      /* until the target loss; NaN: not reached or not asked for */
} scale_repeat;

/* The loss on the way, of one repeat. */
typedef struct scale_curve {
    size_t n;
    double *seconds; /* of training so far */
    double *epochs;
    double *loss;    /* of training (mean over the epoch so far, or of the epoch) */
} scale_curve;

typedef struct scale_point {
    int threads;          /* asked for, and used: oversubscription is allowed here */
    int oversubscribed;   /* more than cores */
    size_t value;         /* of what the mode changes: samples per thread in weak mode, batch, units,
                           * hidden layers, rows; 0 in strong mode */
    size_t batch, rows, layers;
    size_t *widths;       /* layers + 1 */
    char *network;        /* "784-128-10" */
    size_t epochs, steps; /* of a repeat */
    double flops;         /* of a step */
    double bytes;         /* that a step moves at least (weights, optimizer state, batch, ...) */
    uint64_t parameters, memory; /* memory: planned, bytes */
    double predicted;     /* seconds a step from the cost model; NaN: no forecast */

    size_t n;             /* repeats done; fewer than asked for if the study was interrupted */
    scale_repeat *repeats;

    scale_estimate step;      /* median over the repeats */
    scale_estimate rate;      /* samples/s */
    scale_estimate speedup;   /* of samples/s over the base, times its threads. The base has the
                               * fewest threads of the points with the same value that are measured
                               * and not oversubscribed. If those are 2, then S(2) = 2, by this
                               * definition. Unknown if there is no base */
    scale_estimate efficiency; /* speedup / threads */
    double karp_flatt;        /* (1/S - 1/p) / (1 - 1/p), experimentally determined serial fraction
                               * (Karp & Flatt 1990); NaN for 1 thread and for the base */
    scale_estimate to_loss;   /* seconds, over the repeats that have it */
    double to_loss_epochs;    /* NaN: not reached or not asked for */

    nudge_phases phases;  /* of a step, summed over threads, from one more run with clocks in it */
    double phases_step;   /* seconds a step of that run, to scale its phases to `step`; 0: unknown */
    nudge_phases lost;    /* parts of threads x step that the base did not need for as many samples:
                           * where the efficiency went; all NaN for the base */
    double lost_rest;     /* likewise, in no phase: lost and this are 1 - efficiency together */
    double gemm_peak;     /* flops/s of large products on these threads, measured in the same run */
    double copy_peak;     /* bytes/s of a copy larger than caches, likewise */
    scale_curve curve;
} scale_point;

typedef struct scale_parameter {
    const char *name;    /* "sigma" */
    const char *meaning; /* "contention: the part that is serial" */
    int seconds;         /* is its unit; otherwise it has none */
    scale_estimate estimate;
} scale_parameter;

/* A model's seconds a step at x, beside the measurement if there is one. */
typedef struct scale_prediction {
    double x;
    scale_estimate step;
    scale_estimate speedup; /* models over threads only; over the same base as the points' */
    double measured;        /* median; NaN: x was not measured, this is a prediction */
    int left_out;           /* the model was fitted without this point, to test it */
    int within;             /* left_out: the measured median lies in step's interval, which has
                             * room for the scatter of a measurement */
} scale_prediction;

/* A formula fitted to the points that share everything but x. */
typedef struct scale_model {
    const char *name;      /* "Amdahl's law" */
    const char *formula;   /* "T(p) = T(1) (s + (1 - s) / p)" */
    const char *source;    /* "Amdahl 1967", for the report */
    const char *x;         /* what x is: "threads", "batch", ... */
    size_t fixed;          /* x is threads: the points' value; otherwise their threads */
    const char *why_not;   /* not fitted, and why; or NULL */
    size_t n_parameters;
    scale_parameter parameter[3];
    size_t n_predictions;
    scale_prediction *predictions;
    scale_estimate best_x; /* threads with the most samples/s; unknown: more always helps; high
                            * infinite: more may always help */
    double error;          /* root mean square of measured / fitted - 1 */
} scale_model;

typedef struct scale_study {
    scale_mode mode;
    const char *mode_name;     /* "strong" */
    const char *value_name;    /* "batch", "units", "layers", "rows", "samples per thread", or NULL */
    char *command;             /* the command line that was typed */
    char *title;               /* "784-128-10, adam, batch 64, 60000 rows, f32" */
    char *data;                /* "synth:teacher,..." */
    double target_loss;        /* NaN: none */
    size_t repeats;            /* asked for */
    double level;              /* of confidence, asked for: 0.95 */
    double persistence;        /* of the machine's speed from repeat to repeat, 0 to 0.8; intervals
                                * are wider for it (scale/drift.h) */
    double seconds;            /* that the study took */
    char started[32];          /* ISO 8601, UTC */
    int cores;                 /* that this process may use */
    int interrupted;           /* Ctrl-C: some repeats or points are missing */
    int identical;             /* 1: weights the same for every thread count; 0: not; -1: not a
                                * question (they differ by design, or there is one count) */
    json_t *environment;       /* of scale/environment.c; owned */

    size_t n_points;
    scale_point *points;       /* ordered by value, then threads */
    size_t n_models;
    scale_model *models;
    size_t n_notes;
    char **notes;              /* trouble that the reader must know, one sentence each */
} scale_study;

/* A sentence for study->notes, as printf. */
void scale_note(scale_study *study, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes point i out, and frees what it has. */
void scale_remove_point(scale_study *study, size_t i);

/* Frees everything in it. */
void scale_study_end(scale_study *study);

#endif
