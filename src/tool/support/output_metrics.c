#include "support/output_metrics.h"

#include <math.h>

int has_outputs(const nudge_model_info *m)
{
    return m->widths[m->layers] > 1 && nudge_loss_describe(m->loss).target != NUDGE_CLASSES;
}

int mixes_units(nudge_metric metric, const nudge_model_info *m)
{
    return has_outputs(m) && nudge_metric_describe(metric).in_units;
}

json_t *json_metrics(const nudge_metrics *metrics, const nudge_model_info *m)
{
    double value[NUDGE_METRICS];
    json_t *object = json_of("rows", json_whole(metrics->rows), NULL);
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        value[i] = mixes_units((nudge_metric)i, m) ? NAN : metrics->value[i];
    json_put_metrics(object, value, 1);
    if (!has_outputs(m) || metrics->by_output == NULL)
        return object;
    json_t *outputs = json_new_list();
    for (size_t j = 0; j < metrics->outputs; j++) {
        json_t *output = json_of("target", json_text(nudge_prep_target_name(m->prep, j)), NULL);
        json_put_metrics(output, metrics->by_output + j, metrics->outputs);
        json_add(outputs, output);
    }
    return json_put_all(object, "outputs", outputs, NULL);
}
