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
} scale_job;

typedef struct scale_jobs {
    scale_job *job;        /* one for each of study->points, in their order */
    nudge_data *data;      /* one for each setting; empty where a setting shares another's */
    nudge_dataset **part;  /* first rows of data sets */
    size_t n_data, n_parts;
    int *cpus;             /* for the threads of all points; NULL: not bound */
} scale_jobs;

/* Loads the data, and makes the study's points: all but what is measured. Points that cannot be
 * are left out with a note. Returns an exit_status, after a message if it is not EXIT_DONE.
 * Followed by scale_jobs_end() in any case. */
int scale_make_points(scale_jobs *jobs, scale_study *study, const scale_setup *setup);
void scale_jobs_end(scale_jobs *jobs);

/* A new model for the job, and its options but for epochs and callbacks. */
nudge_status scale_make_model(nudge_model **model, const scale_job *job, nudge_error *err);
nudge_train_options scale_train_options(const scale_jobs *jobs, size_t i, const scale_point *point);

/* Updates in an epoch. */
size_t scale_batches(const scale_point *point);

/* Says "POINT: MESSAGE" and returns the exit status for it. */
int scale_point_failed(const scale_study *study, const scale_point *point, const nudge_error *err);

#endif
