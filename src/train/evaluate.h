/* Losses and metrics of a model over a dataset, with buffers that can be used again. */
#ifndef NUDGE_TRAIN_EVALUATE_H
#define NUDGE_TRAIN_EVALUATE_H

#include "nudge.h"

typedef struct nu_evaluator nu_evaluator;

/* Sets of metrics. */
#define NU_VALIDATION \
    (NUDGE_METRIC_SET(NUDGE_METRIC_LOSS) | NUDGE_METRIC_SET(NUDGE_METRIC_ACCURACY) | \
     NUDGE_METRIC_SET(NUDGE_METRIC_RMSE))
#define NU_BY_OUTPUT (UINT64_C(1) << 63) /* their values of each output, too, and a matrix */
#define NU_PREDICTIONS 0                 /* nothing but predictions */

/* model, data and cpus (as nu_team_run_on() has them) are borrowed. NUDGE_EMEMORY. */
nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, uint64_t wanted, int threads,
                                 const int *cpus, nudge_error *err);
void nu_evaluator_free(nu_evaluator *evaluator);

/* by_output, confusion and counts are the evaluator's own. NUDGE_EARGUMENT: cpus. */
nudge_status nu_evaluator_run(nu_evaluator *evaluator, nudge_metrics *metrics, nudge_error *err);

/* Bytes of such an evaluator. */
uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, uint64_t wanted,
                             int threads);

#endif
