/* What is known about a study's points before they are measured. */
#ifndef NUDGE_SCALE_PREPARE_H
#define NUDGE_SCALE_PREPARE_H

#include "scale/once.h"

typedef struct scale_jobs {
    size_t n;
    scale_job *job;        /* one per point, in their order: the timed run; epochs: scale_run() */
    size_t n_subsets;
    nudge_dataset **subset; /* parts of the data that points train on; owned */
} scale_jobs;

/* Makes the jobs, and fills in the points' flops, bytes, parameters and memory. Points that
 * cannot be had are refused with a message that names them (memory, weights from a file that do
 * not fit); points that training would use fewer threads for than they say are taken out, with a
 * note. Returns an exit_status. Followed by scale_jobs_end() in any case. */
int scale_prepare(scale_jobs *jobs, scale_study *study, const scale_setup *setup,
                  const nudge_data *data);
void scale_jobs_end(scale_jobs *jobs);

/* Says what is wrong with a point, and returns the exit status for it. */
int scale_point_fail(const scale_study *study, const scale_job *job, const nudge_error *err);

#endif
