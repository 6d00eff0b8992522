/* Prediction intervals in models and their files; train/interval.c learns them. */
#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model.h"
#include "prep/transform.h"

size_t nudge_interval_rows(double coverage)
{
    return (size_t)ceil(coverage / (1 - coverage) - 1e-9);
}

nudge_status nudge_interval(const nudge_model *model, const double *predictions, size_t rows,
                            double *low, double *high, nudge_error *err)
{
    size_t n = model->net.width[model->net.layers];
    double least = nudge_loss_describe(model->net.loss).least;
    const nudge_prep *prep = model->prep;
    if (model->interval.coverage == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "the model has learned no intervals");
    for (size_t i = 0; i < rows * n; i++) {
        size_t k = i % n;
        double width = model->interval.width[k];
        double y = prep != NULL ? nu_transformed(prep, k, predictions[i]) : predictions[i];
        low[i] = prep != NULL ? nu_untransformed(prep, k, y - width) : y - width;
        high[i] = prep != NULL ? nu_untransformed(prep, k, y + width) : y + width;
        low[i] = fmax(low[i], least);
    }
    return NUDGE_OK;
}

/* ---- Files ----------------------------------------------------------------------------- */

json_t *nu_interval_to_json(const nudge_model *m)
{
    json_t *list = m->interval.coverage > 0 ? json_array() : NULL;
    for (size_t k = 0; list != NULL && k < m->net.width[m->net.layers]; k++)
        if (json_array_append_new(list, json_real(m->interval.width[k])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list != NULL ? json_pack("{s:f, s:o}", "coverage", m->interval.coverage, "width", list)
                        : NULL;
}

nudge_status nu_interval_from_json(nu_interval *interval, const json_t *json, size_t outputs,
                                   nudge_loss loss, nudge_error *err)
{
    const json_t *width = json_object_get(json, "width");
    double coverage = json_number_value(json_object_get(json, "coverage"));
    if (json_object_size(json) != 2 || !(coverage > 0 && coverage < 1) ||
        json_array_size(width) != outputs || !nudge_loss_describe(loss).is_regression)
        return nu_fail(err, NUDGE_EDATA, "network: 'interval' must have a 'coverage' above 0 and "
                       "below 1 and a 'width' of %zu, and is for losses of numbers", outputs);
    NU_NEW(interval->width, calloc, outputs, "intervals", err);
    for (size_t k = 0; k < outputs; k++) {
        const json_t *item = json_array_get(width, k);
        interval->width[k] = json_is_number(item) ? json_number_value(item) : NAN;
        if (!(interval->width[k] >= 0 && interval->width[k] <= DBL_MAX))
            return nu_fail(err, NUDGE_EDATA, "network: 'width' must hold numbers from 0 up");
    }
    interval->coverage = coverage;
    return NUDGE_OK;
}
