/* Split conformal intervals: what is learned of rows that were held out. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model.h"
#include "prep/transform.h"
#include "quantiles.h"
#include "table/dataset.h"

static double transformed(const nudge_model *m, size_t k, double value)
{
    return m->prep != NULL ? nu_transformed(m->prep, k, value) : value;
}

/* The place-th smallest residual of output k, from 1. */
static double residual_at(const nudge_model *m, size_t k, size_t place, const double *predictions,
                          const double *targets, size_t rows, size_t outputs, double *residuals)
{
    for (size_t r = 0; r < rows; r++)
        residuals[r] = fabs(transformed(m, k, predictions[r * outputs + k]) -
                            transformed(m, k, targets[r * outputs + k]));
    nu_sort_reals(residuals, rows);
    return residuals[place - 1];
}

static nudge_status check(const nudge_model *model, const nudge_dataset *data, double coverage,
                          nudge_error *err)
{
    if (!(coverage > 0 && coverage < 1))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "interval", "%g is no coverage above 0 and "
                               "below 1", coverage);
    if (!nudge_loss_describe(model->net.loss).is_regression)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "interval", "intervals are for numbers; the "
                               "loss is %s", nudge_loss_name(model->net.loss));
    if (data->rows < nudge_interval_rows(coverage))
        return nu_fail_setting(err, NUDGE_EDATA, "interval", "an interval for %g needs %zu "
                               "validation rows at least; there are %zu", coverage,
                               nudge_interval_rows(coverage), data->rows);
    return NUDGE_OK;
}

nudge_status nudge_interval_learn(nudge_model *model, const nudge_dataset *data, double coverage,
                                  int threads, nudge_error *err)
{
    size_t n = model->net.width[model->net.layers], rows = data->rows;
    double *predictions NU_FREED = NULL, *targets NU_FREED = NULL, *residuals NU_FREED = NULL;
    nu_interval learned NU_SCOPED(nu_interval_forget) = {.coverage = coverage};
    NU_TRY(check(model, data, coverage, err));
    NU_NEW(predictions, nu_alloc, rows * n, "predictions", err);
    NU_NEW(targets, nu_alloc, rows * n, "targets", err);
    NU_NEW(residuals, nu_alloc, rows, "residuals", err);
    NU_NEW(learned.width, calloc, n, "intervals", err);
    NU_TRY(nudge_targets(model, data, targets, err));
    NU_TRY(nudge_predict(model, data, threads, predictions, err));
    size_t place = (size_t)ceil((double)(rows + 1) * coverage - 1e-9);
    for (size_t k = 0; k < n; k++) {
        double width = residual_at(model, k, nu_smaller(place, rows), predictions, targets, rows, n,
                                   residuals);
        if (!isfinite(width))
            return nu_fail(err, NUDGE_EDATA, "predictions of the validation rows are not finite");
        learned.width[k] = width;
    }
    nu_interval_forget(&model->interval);
    model->interval = learned;
    learned = (nu_interval){0};
    return NUDGE_OK;
}
