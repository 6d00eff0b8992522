/* The points of a study with all that training them needs. */
#ifndef NUDGE_SCALE_POINTS_H
#define NUDGE_SCALE_POINTS_H

#include "nudge.h"
#include "scale/setup.h"

/* What a point's runs train on. */
typedef struct scale_job {
    const scale_variant *variant;
    const nudge_prep *prep;
    const nudge_dataset *train, *val; /* val may be NULL */
    nudge_dataset *part; /* what train is if these are the first rows of the data, or NULL */
} scale_job;

typedef struct scale_jobs {
    scale_job *job;        /* one for each of study->points, in their order */
    size_t n_jobs, n_data;
    nudge_data *data;      /* one for each setting; empty where a setting shares another's */
    int *cpus;             /* for the threads of all points; NULL: not bound */
} scale_jobs;

/* Loads the data, and makes the study's points: all but what is measured. Points that cannot be
 * are left out with a note. Followed by scale_jobs_end(). */
void scale_make_points(scale_jobs *jobs, scale_study *study, const scale_setup *setup);
void scale_jobs_end(scale_jobs *jobs);

/* Job i's options but for epochs and callbacks. */
nudge_train_options scale_train_options(const scale_jobs *jobs, size_t i, const scale_point *point);

/* Updates in an epoch. */
size_t scale_batches(const scale_point *point);

/* Gives up with "POINT: MESSAGE" if something did not work. */
void scale_must(nudge_status status, const scale_study *study, const scale_point *point,
                const nudge_error *err);

/* Measures them (measure.c): warms up, measures phases, single steps and large products once for
 * each point, and then all points in rounds; fills what scale_point says is measured, started,
 * seconds, ended, and notes about the machine. Points without a run are taken out. A live line goes
 * to stderr, if that is a terminal. */
void scale_measure(scale_study *study, const scale_setup *setup, const scale_jobs *jobs);

#endif
