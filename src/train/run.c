#include "train/run.h"

#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"
#include "linalg/blas.h"
#include "train/check.h"
#include "train/evaluate.h"
#include "train/optimizer.h"

nudge_train_options nudge_train_defaults(void)
{
    return (nudge_train_options){
        .optimizer = nudge_optimizer_defaults(NUDGE_ADAM),
        .batch = 64,
        .epochs = 10,
        .seed = 1,
        .shuffle = 1,
        .progress_seconds = 0.1,
    };
}

static nudge_status check_options(const nudge_train_options *o, nudge_error *err)
{
    NU_TRY(nu_optimizer_check(&o->optimizer, err));
    if (o->batch == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "batch 0: a batch has at least one sample");
    if (o->epochs == 0 || o->epochs > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "epochs %zu is not in 1 .. %u", o->epochs,
                       UINT32_MAX);
    if (o->threads < 0)
        return nu_fail(err, NUDGE_EARGUMENT, "threads %d: it must be 0 (all cores) or more",
                       o->threads);
    return NUDGE_OK;
}

nudge_status nu_run_start(nu_run *run, nudge_model *model, const nudge_dataset *train,
                          const nudge_dataset *val, const nudge_train_options *options,
                          nudge_error *err)
{
    NU_TRY(check_options(options, err));
    NU_TRY(nu_check_fit(model, train, 1, err));
    if (val != NULL)
        NU_TRY(nu_check_fit(model, val, 1, err));
    *run = (nu_run){.model = model, .train = train, .val = val, .options = options,
                    .numeric = nu_numeric_of(model->dtype)};
    NU_TRY(nu_loss_units(&run->units, model, err));
    size_t batch = nu_smaller(options->batch, train->rows);
    NU_TRY(nu_plan_start(&run->plan, &model->net, batch, err));
    run->batches = nu_ceil_div(train->rows, batch);
    run->threads = nu_threads(options->threads, options->oversubscribe, &run->threads_why);
    if (run->threads > run->plan.useful_threads)
        run->threads = run->plan.useful_threads;
    run->job = (nu_job){.net = &model->net,
                        .params = model->params,
                        .data = train,
                        .plan = &run->plan,
                        .optimizer = &options->optimizer,
                        .units = run->units,
                        .seed = options->seed,
                        .shuffle = options->shuffle,
                        .threads = run->threads,
                        .profile = options->profile};
    return NUDGE_OK;
}

void nu_run_end(nu_run *run)
{
    nu_plan_end(&run->plan);
    free(run->units);
}

void nu_run_describe(const nu_run *run, nudge_train_plan *p)
{
    const nu_network *net = &run->model->net;
    nu_engine_memory m = run->numeric->engine_memory(&run->job);
    double rows = (double)run->train->rows, batch = (double)run->plan.batch;
    *p = (nudge_train_plan){
        .threads = run->threads,
        .threads_why = run->threads_why,
        .batch = run->plan.batch,
        .batches = run->batches,
        .parameters = net->parameters,
        .flops_per_epoch = run->plan.flops * (rows / batch),
        .dataset = nudge_dataset_describe(run->train).bytes,
        .weights = (uint64_t)net->size * run->numeric->real_size,
        .gradients = m.gradients,
        .optimizer_state = m.optimizer_state,
        .activations = m.activations,
    };
    p->snapshot = p->weights;
    if (run->val != NULL) {
        p->evaluation = nu_evaluator_memory(run->model, run->val, NU_VALIDATION, run->threads);
        /* A validation set shares its values with the training set, or brings its own. */
        if (run->val->store != run->train->store)
            p->dataset += nudge_dataset_describe(run->val).bytes;
        else if (run->val->index != NULL)
            p->dataset += run->val->rows * sizeof *run->val->index;
    }
    p->total = p->dataset + p->weights + p->gradients + p->optimizer_state + p->snapshot +
               p->activations + p->evaluation;
    nu_plan_explain(&run->plan, run->threads, p->explain, sizeof p->explain);
}

nudge_status nudge_train_plan_make(nudge_train_plan *plan, const nudge_model *model,
                                   const nudge_dataset *train, const nudge_dataset *val,
                                   const nudge_train_options *options, nudge_error *err)
{
    nu_run run NU_SCOPED(nu_run_end) = {0};
    NU_TRY(nu_run_start(&run, (nudge_model *)model, train, val, options, err));
    nu_run_describe(&run, plan);
    return NUDGE_OK;
}
