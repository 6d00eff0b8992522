/* Metrics of models with several outputs of numbers, each in a unit of its own. */
#ifndef NUDGE_TOOL_OUTPUT_METRICS_H
#define NUDGE_TOOL_OUTPUT_METRICS_H

#include "nudge.h"
#include "support/json.h"

/* Whether there are several outputs that are no classes. */
int has_outputs(const nudge_model_info *m);

/* Whether a metric would mix the units of outputs: its values by output are told instead. */
int mixes_units(nudge_metric metric, const nudge_model_info *m);

/* {"rows": ..., "loss": ..., and every other metric that has a value and mixes no units; "outputs":
 * [{"target": NAME, "rmse": ...}, ...] where there are several and their values are known}. */
json_t *json_metrics(const nudge_metrics *metrics, const nudge_model_info *m);

#endif
