/* A scaling study: what "nudge scale" measures and finds. One structure, filled by measure.c,
 * completed by analyse.c, told by the files that write it.
 *
 * Words. A setting is one combination of the values that --vary lists ("batch 64, dtype f64");
 * a point is a setting on a number of threads. Points are measured in rounds: each round runs
 * every point once, in a random order. Run k of a point belongs to round k. All times are in
 * seconds. NaN: not known.
 *
 * A run is one nudge_train() in this process, from the same initial weights, on data in memory;
 * its time is that of its epochs, without making the model and starting threads. A step is a
 * run's time by its number of steps; medians are over rounds. Phases and single steps come from
 * one more run each. */
#ifndef NUDGE_SCALE_STUDY_H
#define NUDGE_SCALE_STUDY_H

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "nudge.h"
#include "support/stats.h"
#include "support/watch.h"

typedef enum scale_mode {
    SCALE_STRONG, /* the same work on more threads */
    SCALE_WEAK    /* batch and rows grow with the threads: as many samples for each */
} scale_mode;

extern const char *const scale_mode_names[]; /* "strong", "weak", NULL */

/* ---- Measured -------------------------------------------------------------------------- */

typedef struct scale_run {
    size_t order;      /* in the whole study, from 0 */
    double at;         /* since the study began */
    double seconds;    /* of training */
    double step;       /* of one update: what is compared */
    double to_loss;    /* seconds until the target loss; NaN: not reached or not asked for */
    uint64_t hash;     /* of the weights afterwards */
    watch_result watch; /* what the machine did meanwhile */
    int disturbed;     /* others used a noticeable part of a core, or a limit stopped it; kept */
    int outlier;       /* outside Tukey's fences of its point; kept */
} scale_run;

/* Single steps of one more run, of which at most the first SCALE_STEPS are kept. */
enum { SCALE_STEPS = 4096 };
typedef struct scale_steps {
    size_t n;             /* steps timed; 0: not measured, and the rest is NaN */
    double *seconds;      /* n of them, ascending */
    double p50, p95, p99; /* quantiles; the longest is seconds[n - 1] */
    int last_thread;      /* the thread that was through last most often, from 0 */
    double last_share;    /* in this part of the steps; 1 / threads if none is slower than others */
    double clock_cost;    /* part of p50 that reading the clock took; above 0.05 a note says so */
} scale_steps;

typedef struct scale_point {
    size_t setting;      /* in study->settings */
    int threads;
    int oversubscribed;  /* more threads than cores: they take turns */
    int is_peer;         /* not this program but study->peer, on 1 thread; no phases, steps, peak */

    size_t batch, rows;  /* of this point, in weak mode too */
    char *network;       /* "784-128-10" */
    size_t epochs;       /* of a run (at most, with a target loss) */
    size_t steps;        /* of a run */
    double flops;        /* of a step */
    uint64_t parameters;
    uint64_t memory;     /* planned, bytes */

    size_t n;            /* runs done */
    scale_run *runs;

    /* Single runs beside the rounds. */
    scale_steps single;
    double phases[NUDGE_PHASES]; /* of a step, summed over threads, scaled to `step` */
    double gemm_peak;    /* flops/s of large products on these threads */

    /* Completed by scale_analyse() (analyse.h). */
    stats_estimate step;       /* median over the rounds */
    stats_estimate rate;       /* samples/s */
    stats_estimate speedup;    /* median over the rounds of the ratio to the base in the same round
                                * (of samples/s), times the base's threads. Unknown: no base */
    stats_estimate efficiency; /* speedup / threads */
    int is_base;               /* of its setting: the fewest threads that are measured and not
                                * oversubscribed; or the peer, if its median is shorter */
    int precise;               /* the interval (of the speed-up; of the step where there is no other
                                * point to compare) is as narrow as study->precision */
    double karp_flatt;         /* (1/S - 1/p) / (1 - 1/p): experimentally determined serial part
                                * (Karp and Flatt 1990); NaN for 1 thread, the base, and S < 1 */
    stats_estimate to_loss;    /* over the runs that have it */
    double to_loss_epochs;     /* NaN: not reached or not asked for */
    double lost[NUDGE_PHASES]; /* parts of threads x step that the base did not need for as many
                                * samples: where the efficiency went; NaN for the base */
    double lost_rest;          /* likewise, in no phase: all of these are 1 - efficiency together */
} scale_point;

/* ---- Varied ---------------------------------------------------------------------------- */

typedef struct scale_varied {
    char *option;     /* "batch" */
    size_t n_values;
    char **values;    /* as the option takes them: "64", "128,64" */
} scale_varied;

/* Setting i has the values that i counts through, the last varied option fastest. There is always
 * one setting. */
typedef struct scale_setting {
    char *name;       /* "batch 64, dtype f64"; "" if nothing varies */
    const char **values; /* one for each of study->varied, which they refer to */
    double x;         /* where exactly one option varies and all its values are numbers: this one's;
                       * otherwise NaN */
} scale_setting;

/* ---- Laws ------------------------------------------------------------------------------ */

typedef struct scale_parameter {
    const char *name;    /* "sigma" */
    const char *meaning; /* "contention: the part that is serial or waits its turn" */
    int seconds;         /* is its unit; otherwise it has none */
    int at_bound;        /* the fit ended at the least value that is possible: no interval, and the
                          * value is not to be told as certain */
    stats_estimate estimate;
} scale_parameter;

/* A law's seconds a step on some threads. Intervals have room for the scatter of a measurement. */
typedef struct scale_prediction {
    int threads;
    stats_estimate step, speedup; /* speedup: over the same base as the points' */
    double measured;     /* median step; NaN: not measured, this is a prediction */
    int left_out;        /* the law was fitted without this point, to test it */
    int within;          /* left_out: the measured median lies in step's interval */
} scale_prediction;

/* A law fitted to the points of a setting that are not oversubscribed. */
typedef struct scale_law_fit {
    const char *name;    /* "Amdahl's law" */
    const char *formula; /* "T(p) = T1 (s + (1 - s) / p)" */
    const char *source;  /* "Amdahl 1967" */
    size_t setting;
    char why_not[160];   /* why the law is not used, without a full stop; then there are no
                          * predictions and no parameters. Empty: it is used */
    size_t n_points;     /* that were fitted */
    double error;        /* residual standard error, relative, by degrees of freedom; NaN: no fit */
    double scatter;      /* standard error of a median, relative: what chance alone makes of it */
    size_t n_parameters;
    scale_parameter parameter[3];
    size_t n_predictions;
    scale_prediction *predictions; /* fitted points, then those beyond, then those left out */
    stats_estimate best_threads;   /* with the most samples/s; unknown: more always helps, or no
                                    * more than the points say; high may be infinite */
} scale_law_fit;

/* ---- The study ------------------------------------------------------------------------- */

typedef enum scale_end {
    SCALE_PRECISE,    /* all intervals are as narrow as asked for */
    SCALE_TIME_UP,    /* --seconds ended first */
    SCALE_ROUNDS,     /* as many rounds as --repeat says */
    SCALE_INTERRUPTED /* Ctrl-C: some runs or points are missing */
} scale_end;

typedef struct scale_study {
    scale_mode mode;
    char *command;       /* the command line that was typed */
    char *title;         /* "784-128-10, adam, batch 64, 60000 rows, f32", but for what varies */
    char *data;          /* "synth:teacher,..." */
    char *peer;          /* the program of --peer-base; NULL: none */
    char started[32];    /* ISO 8601, UTC */
    double seconds;      /* that the study took */
    double seconds_asked; /* --seconds; NaN: --repeat says how long */
    double precision;    /* half of an interval, relative, asked for: 0.02; NaN: --repeat */
    double level;        /* of confidence, asked for: 0.95 */
    double target_loss;  /* NaN: none */
    uint64_t seed;       /* of the order of the runs too */
    int cores;           /* that this process may use */
    size_t rounds;       /* of the point with the most runs */
    scale_end ended;
    int identical;       /* 1: weights the same for every thread count; 0: not; -1: not a question
                          * (they differ by design, or there is one count) */
    size_t n_varied;
    scale_varied *varied;
    size_t n_settings;
    scale_setting *settings;
    size_t n_points;
    scale_point *points; /* by setting, then threads; a peer is the first of its setting */
    size_t n_laws;
    scale_law_fit *laws; /* by setting; as many for each */
    json_t *facts;       /* what is known of the machine and of the programs: an object of texts */
    size_t n_notes;
    char **notes;        /* trouble that the reader must know, a sentence each, without full stop */
} scale_study;

/* A sentence for study->notes, as printf. */
void scale_note(scale_study *study, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes point i out, and frees what it has. */
void scale_remove_point(scale_study *study, size_t i);

/* "4 threads", "4 threads, batch 64", "1 thread of PEER", into buf, which is returned. */
#define SCALE_POINT_TEXT 160
const char *scale_point_text(char buf[SCALE_POINT_TEXT], const scale_study *study,
                             const scale_point *point);

/* The base of point i's setting; NULL: there is none. */
const scale_point *scale_base(const scale_study *study, size_t i);

/* Frees everything in it. */
void scale_study_end(scale_study *study);

#endif
