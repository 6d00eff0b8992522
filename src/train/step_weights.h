/* The weights of rows in a step. */
#ifndef NUDGE_TRAIN_STEP_WEIGHTS_H
#define NUDGE_TRAIN_STEP_WEIGHTS_H

#include "train/state.h"

/* Samples of a batch. */
static inline size_t nu_batch_size(const nu_engine *e, size_t batch)
{
    return nu_smaller(nu_job_rows(&e->job) - batch * e->job.plan->batch, e->job.plan->batch);
}

/* The data has weights: e->weights become those of the rows in the order of an epoch, which
 * e->shuffled has. One thread alone. Does nothing for the epoch of the call before. */
void X(nu_weights_order)(nu_engine *e, uint32_t epoch);

/* The weights of all rows of `batches` batches from `batch` on, or those left of the epoch, added
 * up; without weights their number. */
double X(nu_weights_of)(const nu_engine *e, size_t batch, size_t batches);

#endif
