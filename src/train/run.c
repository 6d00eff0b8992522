#include "train/run.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"
#include "linalg/blas.h"
#include "train/check.h"
#include "train/evaluate.h"
#include "train/lbfgs.h"
#include "train/optimizer.h"
#include "train/schedule.h"

nudge_train_options nudge_train_defaults(void)
{
    return (nudge_train_options){
        .size = sizeof(nudge_train_options),
        .optimizer = nudge_optimizer_defaults(NUDGE_ADAM),
        .schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_CONSTANT),
        .batch = 64,
        .accumulate = 1,
        .epochs = 10,
        .seed = 1,
        .shuffle = 1,
        .progress_seconds = 0.1,
        .bias_lr_factor = 1,
    };
}

static nudge_status check_decay_schedule(const nudge_train_options *o, nudge_error *err)
{
    nudge_error inner;
    if (o->decay_schedule == NUDGE_SCHEDULE_CONSTANT)
        return NUDGE_OK;
    if (nudge_schedule_name(o->decay_schedule) == NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "decay_schedule", "schedule %d does not exist",
                               (int)o->decay_schedule);
    nudge_schedule s = nudge_schedule_defaults(o->decay_schedule);
    if (o->decay_schedule == NUDGE_SCHEDULE_PLATEAU ||
        nu_schedule_check(&s, o->optimizer.lr, &inner) != NUDGE_OK)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "decay_schedule",
                               "decay schedule %s: it must be one without parameters that have no "
                               "default, and not plateau", nudge_schedule_name(o->decay_schedule));
    if (!nu_optimizer_decouples(&o->optimizer) || o->optimizer.weight_decay == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "decay_schedule",
                               "decay schedule: only adamw and lion with a weight decay have use "
                               "for it");
    return NUDGE_OK;
}

nudge_status nu_run_check(const nudge_train_options *o, nudge_error *err)
{
    NU_TRY(nu_optimizer_check(&o->optimizer, err));
    NU_TRY(nu_schedule_check(&o->schedule, o->optimizer.lr, err));
    NU_TRY(check_decay_schedule(o, err));
    NU_TRY(nu_optimizer_check_options(o, err));
    if (o->batch == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "batch 0: a batch has at least one sample");
    if (o->accumulate == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "accumulate 0: an update takes at least one batch");
    if (!(o->clip_norm >= 0 && isfinite(o->clip_norm)))
        return nu_fail(err, NUDGE_EARGUMENT, "clip norm %g is not a number >= 0", o->clip_norm);
    if (!(o->clip_value >= 0 && isfinite(o->clip_value)))
        return nu_fail(err, NUDGE_EARGUMENT, "clip value %g is not a number >= 0", o->clip_value);
    if (!(o->max_norm >= 0 && isfinite(o->max_norm)))
        return nu_fail(err, NUDGE_EARGUMENT, "max norm %g is not a number >= 0", o->max_norm);
    if (!(o->bias_lr_factor >= 0 && isfinite(o->bias_lr_factor)))
        return nu_fail(err, NUDGE_EARGUMENT, "bias_lr_factor %g is not a number >= 0",
                       o->bias_lr_factor);
    if (!(o->average >= 0 && o->average < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "average %g is not in [0, 1)", o->average);
    if (!(o->early_stop.min_change >= 0 && isfinite(o->early_stop.min_change)))
        return nu_fail(err, NUDGE_EARGUMENT, "min_change %g of early stopping is not a number >= 0",
                       o->early_stop.min_change);
    if (!(o->max_seconds >= 0))
        return nu_fail(err, NUDGE_EARGUMENT, "max_seconds %g is not a number >= 0", o->max_seconds);
    if (o->epochs == 0 || o->epochs > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "epochs %zu is not in 1 .. %u", o->epochs,
                       UINT32_MAX);
    if (o->threads < 0)
        return nu_fail(err, NUDGE_EARGUMENT, "threads %d: it must be 0 (all cores) or more",
                       o->threads);
    return NUDGE_OK;
}

static nudge_status check_early_stop(const nu_run *run, nudge_error *err)
{
    const nudge_early_stop *s = &run->options->early_stop;
    const nu_network *net = &run->model->net;
    if (s->patience == 0)
        return NUDGE_OK;
    if (run->val == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "early stopping needs validation data");
    if (!nudge_metric_fits(s->metric, net->loss, net->width[net->layers]))
        return nu_fail(err, NUDGE_EARGUMENT, "early stopping by %s: that is no metric for loss %s",
                       nudge_metric_name(s->metric) != NULL ? nudge_metric_name(s->metric)
                                                            : "an unknown metric",
                       nudge_loss_name(net->loss));
    return NUDGE_OK;
}

uint64_t nu_run_wants(const nu_run *run)
{
    const nudge_early_stop *s = &run->options->early_stop;
    return NU_VALIDATION | (s->patience > 0 ? NUDGE_METRIC_SET(s->metric) : 0);
}

static nudge_status check_lr_factors(const double *factors, size_t layers, nudge_error *err)
{
    for (size_t l = 0; factors != NULL && l < layers; l++)
        if (!(factors[l] >= 0 && isfinite(factors[l])))
            return nu_fail(err, NUDGE_EARGUMENT, "lr_factors: %g of layer %zu is not a number >= 0",
                           factors[l], l);
    return NUDGE_OK;
}

/* A search needs the loss that the gradient is of; the engine tells it in the targets' units. */
static nudge_status check_units(const nu_run *run, nudge_error *err)
{
    const double *units = run->job.units;
    size_t outputs = run->model->net.width[run->model->net.layers];
    for (size_t j = 1; units != NULL && j < outputs; j++)
        if (run->options->optimizer.kind == NUDGE_LBFGS && units[j] != units[0])
            return nu_fail(err, NUDGE_EARGUMENT, "the optimizer lbfgs cannot be used with targets "
                           "that are scaled differently");
    return NUDGE_OK;
}

nudge_status nu_run_start(nu_run *run, nudge_model *model, const nudge_dataset *train,
                          const nudge_dataset *val, const nudge_train_options *options,
                          nudge_error *err)
{
    NU_TRY(nu_run_check(options, err));
    if (options->member >= nu_model_members(model))
        return nu_fail(err, NUDGE_EARGUMENT, "member %zu: the model has members 0 to %zu",
                       options->member, model->n_others);
    run->whole = model;
    run->one = *nu_member_of(model, options->member);
    run->one.others = NULL;
    run->one.n_others = 0;
    model = run->model = &run->one;
    if (model->net.input_factor && (options->clip_value > 0 || options->clip_norm > 0))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "input_factor", "factors of inputs cannot be "
                               "trained with clipped gradients");
    NU_TRY(check_lr_factors(options->lr_factors, nu_run_lr_factors(&model->net), err));
    NU_TRY(nu_check_fit(model, train, 1, err));
    if (val != NULL)
        NU_TRY(nu_check_fit(model, val, 1, err));
    NU_TRY(nu_dataset_has_weight(train, "training", err));
    if (val != NULL)
        NU_TRY(nu_dataset_has_weight(val, "validation", err));
    run->val = val;
    run->options = options;
    run->numeric = nu_numeric_of(model->dtype);
    run->job = (nu_job){.net = &model->net,
                        .params = model->params,
                        .data = train,
                        .plan = &run->plan,
                        .optimizer = &options->optimizer,
                        .clip_value = options->clip_value,
                        .clip_norm = options->clip_norm,
                        .dropout = options->dropout,
                        .max_norm = options->max_norm,
                        .averages = options->average > 0,
                        .lr_factors = options->lr_factors,
                        .bias_lr_factor = options->bias_lr_factor,
                        .ntk = options->ntk,
                        .seed = options->seed,
                        .shuffle = options->shuffle,
                        .profile = options->profile};
    run->is_separate = options->average > 0 || options->early_stop.patience > 0;
    NU_TRY(check_early_stop(run, err));
    for (size_t l = 0; options->dropout != NULL && l + 1 < model->net.layers; l++)
        if (!(options->dropout[l] >= 0 && options->dropout[l] < 1))
            return nu_fail(err, NUDGE_EARGUMENT, "dropout %g of hidden layer %zu is not in [0, 1)",
                           options->dropout[l], l);
    NU_TRY(nu_loss_units(&run->job.units, model, err));
    size_t batch = nu_smaller(options->batch, train->rows);
    run->job.dropped = options->drop_last ? train->rows % batch : 0;
    run->batches = nu_ceil_div(train->rows - run->job.dropped, batch);
    run->job.accumulate = nu_smaller(options->accumulate, run->batches);
    NU_TRY(nu_optimizer_check_batch(&options->optimizer, batch, train->rows, err));
    NU_TRY(check_units(run, err));
    nu_plan_wants wants = {
        .gradient = options->clip_value > 0 || options->clip_norm > 0 || options->accumulate > 1 ||
                    options->optimizer.kind == NUDGE_LBFGS || model->net.input_factor,
        .bound = options->max_norm > 0,
    };
    NU_TRY(nu_plan_start(&run->plan, &model->net, batch, wants, err));
    run->updates = nu_ceil_div(run->batches, run->job.accumulate);
    run->threads = nu_threads(options->threads, options->oversubscribe, &run->threads_why);
    run->job.threads = run->threads < run->plan.useful_threads ? run->threads
                                                               : run->plan.useful_threads;
    return NUDGE_OK;
}

void nu_run_end(nu_run *run)
{
    nu_plan_end(&run->plan);
    free(run->job.units);
}

void nu_run_describe(const nu_run *run, nudge_train_plan *p)
{
    const nu_network *net = &run->model->net;
    nu_engine_memory m = run->numeric->engine_memory(&run->job);
    double rows = (double)nu_job_rows(&run->job), batch = (double)run->plan.batch;
    *p = (nudge_train_plan){
        .threads = run->job.threads,
        .threads_why = run->threads_why,
        .batch = run->plan.batch,
        .batches = run->batches,
        .parameters = net->parameters,
        .flops_per_epoch = run->plan.flops * (rows / batch),
        .dataset = nudge_dataset_describe(run->job.data).bytes,
        .weights = (uint64_t)net->size * run->numeric->real_size,
        .gradients = m.gradients,
        .optimizer_state = m.optimizer_state + (run->options->optimizer.kind == NUDGE_LBFGS
                                                    ? nu_lbfgs_bytes(&run->job, run->numeric) : 0),
        .activations = m.activations,
    };
    p->snapshot = p->weights * (uint64_t)(1 + run->is_separate +
                                          (run->options->early_stop.patience > 0));
    if (run->val != NULL) {
        p->evaluation = nu_evaluator_memory(run->model, run->val, nu_run_wants(run),
                                            run->threads);
        /* A validation set shares its values with the training set, or brings its own. */
        if (run->val->store != run->job.data->store)
            p->dataset += nudge_dataset_describe(run->val).bytes;
        else if (run->val->index != NULL)
            p->dataset += run->val->rows * sizeof *run->val->index;
    }
    p->total = p->dataset + p->weights + p->gradients + p->optimizer_state + p->snapshot +
               p->activations + p->evaluation;
    nu_plan_explain(&run->plan, run->job.threads, p->explain, sizeof p->explain);
}

nudge_status nudge_train_plan_make(nudge_train_plan *plan, const nudge_model *model,
                                   const nudge_dataset *train, const nudge_dataset *val,
                                   const nudge_train_options *options, nudge_error *err)
{
    nudge_train_options own = nudge_train_defaults();
    nu_run run NU_SCOPED(nu_run_end) = {0};
    NU_TRY(nu_take_options(&own, options, err));
    NU_TRY(nu_run_start(&run, (nudge_model *)model, train, val, &own, err));
    nu_run_describe(&run, plan);
    return NUDGE_OK;
}
