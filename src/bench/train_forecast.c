/* What a training run is expected to take on this machine. */
#include "bench/costs.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "train/run.h"

nudge_status nudge_train_forecast(nudge_forecast *forecast, const nudge_model *model,
                                  const nudge_dataset *train, const nudge_train_options *options,
                                  double seconds, nudge_error *err)
{
    nu_run run;
    nu_costs costs;
    nu_measured_costs *measured;
    nudge_forecast f;
    if (!(seconds > 0))
        return nu_fail(err, NUDGE_EARGUMENT, "seconds %g is not a positive number", seconds);
    NU_TRY(nu_run_start(&run, (nudge_model *)model, train, NULL, options, err));
    int cores = nu_threads(0, 0, NULL), threads = options->threads > 0 ? options->threads : cores;
    if (threads > run.plan.useful_threads)
        threads = run.plan.useful_threads;
    /* Pieces are measured with as many threads as there are cores; more are a prediction for a
     * machine that has them. */
    nudge_status status = nu_costs_start(&measured, &costs, &model->net, train, options,
                                         model->dtype, threads < cores ? threads : cores, seconds,
                                         err);
    if (status == NUDGE_OK) {
        status = nu_forecast(&f, &model->net, &run.plan, run.numeric->real_size, threads, &costs,
                             err);
        nudge_status measuring = nu_costs_end(measured, err);
        status = measuring != NUDGE_OK ? measuring : status;
    }
    nu_run_end(&run);
    if (status != NUDGE_OK)
        return status;
    f.cores = cores;
    *forecast = f;
    return NUDGE_OK;
}
