/* Losses and metrics of a model over a dataset, with buffers that can be used again. */
#ifndef NUDGE_TRAIN_EVALUATE_H
#define NUDGE_TRAIN_EVALUATE_H

#include "nudge.h"

typedef struct nu_evaluator nu_evaluator;

typedef enum nu_wanted {
    NU_VALIDATION, /* loss, accuracy, rmse */
    NU_METRICS,    /* all of nudge_metrics */
    NU_PREDICTIONS
} nu_wanted;

/* model, data and cpus (as nu_team_run_on() has them) are borrowed. NUDGE_EMEMORY. */
nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, nu_wanted wanted, int threads,
                                 const int *cpus, nudge_error *err);
void nu_evaluator_free(nu_evaluator *evaluator);

/* What is not wanted is NaN or NULL; confusion is the evaluator's own. NUDGE_EARGUMENT: cpus. */
nudge_status nu_evaluator_run(nu_evaluator *evaluator, nudge_metrics *metrics, nudge_error *err);

/* Bytes of such an evaluator. */
uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, nu_wanted wanted,
                             int threads);

#endif
