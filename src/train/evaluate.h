/* Losses and metrics of a model over a dataset, with buffers that can be used again. */
#ifndef NUDGE_TRAIN_EVALUATE_H
#define NUDGE_TRAIN_EVALUATE_H

#include "nudge.h"

typedef struct nu_evaluator nu_evaluator;

/* model, data, units and cpus (as nu_team_run_on() has them) are borrowed. NUDGE_EMEMORY. */
nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, const double *units, int threads,
                                 const int *cpus, nudge_error *err);
void nu_evaluator_free(nu_evaluator *evaluator);

/* metrics->confusion points into the evaluator. NUDGE_EARGUMENT: cpus. */
nudge_status nu_evaluator_run(nu_evaluator *evaluator, nudge_metrics *metrics, nudge_error *err);

/* Bytes of such an evaluator. */
uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, int threads);

#endif
