#include "support/held_out.h"

#include "support/say.h"

static void check_rows(const train_report *r, const char *name)
{
    if (r->data->val == NULL)
        complain("--%s: it needs validation rows: --val, --val-split or --early-stop", name);
}

void held_out_check(const train_report *r)
{
    nudge_model_info m = nudge_model_describe(r->model);
    const char *loss = nudge_loss_name(m.loss);
    double coverage = r->setup->interval;
    if (r->setup->calibrate) {
        if (!nudge_metric_fits(NUDGE_METRIC_LOG_LOSS, m.loss, m.widths[m.layers]))
            complain("--calibrate: it is for classes and labels; the loss is %s", loss);
        check_rows(r, "calibrate");
    }
    if (coverage == 0)
        return;
    if (!nudge_loss_describe(m.loss).is_regression)
        complain("--interval: it is for numbers; the loss is %s", loss);
    check_rows(r, "interval");
    size_t rows = nudge_dataset_describe(r->data->val).rows, least = nudge_interval_rows(coverage);
    if (rows < least)
        complain("--interval: %g needs %zu validation rows at least; there are %zu", coverage,
                 least, rows);
}

void held_out_learn(train_report *r, nudge_model *model)
{
    const train_setup *s = r->setup;
    nudge_error err;
    if (s->calibrate)
        must(nudge_calibrate(model, r->data->val, s->train.threads, &r->calibration, &err), &err);
    if (s->interval > 0)
        must(nudge_interval_learn(model, r->data->val, s->interval, s->train.threads, &err), &err);
}
