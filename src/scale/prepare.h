/* What is known about a study's points before they are measured. */
#ifndef NUDGE_SCALE_PREPARE_H
#define NUDGE_SCALE_PREPARE_H

#include "scale/once.h"

typedef struct scale_jobs {
    size_t n;
    scale_job *job;        /* one per point, in their order: the timed run, but for its epochs */
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

/* Bytes that a step of B samples must move at least, of numbers of `size` bytes: the packed batch
 * written and read; the weights read forward and, but for the first layer's, backward, and
 * written by the update; their gradient, and each of the optimizer's states, written and read;
 * each activation (outputs too) written and read. Caches may spare some of it where it is small. */
double scale_step_bytes(const scale_point *point, const nudge_optimizer *optimizer, size_t size);

#endif
