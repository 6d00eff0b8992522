#include "scale/prepare.h"

#include <stdlib.h>
#include <string.h>

#include "scale/work.h"
#include "support/say.h"
#include "support/text_table.h"

/* ---- Data ------------------------------------------------------------------------------ */

/* The first `rows` rows. In the modes that change the rows every point trains on such a part,
 * also on that of all rows, so that all find their rows in the same way. */
static nudge_status first_rows(nudge_dataset **part, const nudge_dataset *data, size_t rows,
                               nudge_error *err)
{
    uint32_t *number = need(calloc(rows, sizeof *number));
    for (size_t i = 0; i < rows; i++)
        number[i] = (uint32_t)i;
    nudge_status status = nudge_dataset_subset(part, data, number, rows, err);
    free(number);
    return status;
}

static nudge_status data_for(const nudge_dataset **train, scale_jobs *jobs,
                             const scale_study *study, size_t rows, const nudge_data *data,
                             nudge_error *err)
{
    *train = data->train;
    if (study->mode != SCALE_ROWS && study->mode != SCALE_WEAK)
        return NUDGE_OK;
    for (size_t i = 0; i < jobs->n_subsets; i++)
        if (nudge_dataset_describe(jobs->subset[i]).rows == rows) {
            *train = jobs->subset[i];
            return NUDGE_OK;
        }
    nudge_dataset *part;
    nudge_status status = first_rows(&part, data->train, rows, err);
    if (status != NUDGE_OK)
        return status;
    jobs->subset = need(realloc(jobs->subset, (jobs->n_subsets + 1) * sizeof *jobs->subset));
    jobs->subset[jobs->n_subsets++] = part;
    *train = part;
    return NUDGE_OK;
}

/* ---- Points ---------------------------------------------------------------------------- */

int scale_point_fail(const scale_study *study, const scale_job *job, const nudge_error *err)
{
    char text[SCALE_POINT_TEXT];
    nudge_error all = {.status = err->status};
    snprintf(all.text, sizeof all.text, "%s: %.*s", scale_describe_point(text, study, job->point),
             NUDGE_ERROR_SIZE - SCALE_POINT_TEXT - 3, err->text);
    return fail(job->setup->command, &all);
}

/* A piece of the forecast's step is measured for so long, or less in short studies. */
#define FORECAST_SECONDS 0.02

static nudge_status forecast(double *step, const scale_job *job, const nudge_model *model,
                             nudge_error *err)
{
    nudge_forecast f;
    nudge_train_options o = scale_train_options(job);
    o.epochs = 1;
    double budget = job->setup->seconds; /* NaN: epochs are given */
    nudge_status status = nudge_train_forecast(&f, model, job->train, &o,
                                               fmin(FORECAST_SECONDS, budget / 100), err);
    if (status == NUDGE_OK)
        *step = f.step;
    return status;
}

/* And the step's forecast, where there is one. */
static nudge_status plan_of(nudge_train_plan *plan, double *step, const scale_job *job,
                            nudge_error *err)
{
    nudge_model *model = NULL;
    nudge_train_options o = scale_train_options(job);
    o.epochs = 1;
    nudge_status status = scale_make_model(&model, job, err);
    if (status == NUDGE_OK)
        status = nudge_train_plan_make(plan, model, job->train,
                                       isnan(job->target_loss) ? NULL : job->val, &o, err);
    /* Oversubscribed points have no forecast: it would be for a machine with more cores. */
    if (status == NUDGE_OK && !job->point->oversubscribed)
        status = forecast(step, job, model, err);
    nudge_model_free(model);
    if (status != NUDGE_OK)
        return status;
    uint64_t needed = plan->total - plan->dataset; /* the data is there already */
    uint64_t available = nudge_machine_info().memory_available;
    if (needed <= available)
        return NUDGE_OK;
    char a[NU_TEXT], b[NU_TEXT];
    err->status = NUDGE_EMEMORY;
    snprintf(err->text, sizeof err->text, "training needs %s of memory beside the data; %s is "
             "available", nu_bytes_text(a, (double)needed), nu_bytes_text(b, (double)available));
    return NUDGE_EMEMORY;
}

/* The point is taken out of the study: more threads than training uses would be measured as if they
 * were used. */
static void leave_out(scale_study *study, size_t i, const nudge_train_plan *plan)
{
    char text[SCALE_POINT_TEXT];
    const char *why = plan->threads_why != NULL ? plan->threads_why
                                                : "a step has no more pieces, or is too little "
                                                  "work to share";
    scale_note(study, "%s: not measured; training would use %d: %s",
               scale_describe_point(text, study, &study->points[i]), plan->threads, why);
    scale_remove_point(study, i);
}

static void describe(scale_point *p, const scale_setup *setup, const nudge_train_plan *plan)
{
    size_t size = setup->train.dtype == NUDGE_F32 ? sizeof(float) : sizeof(double);
    p->flops = plan->flops_per_epoch / (double)plan->batches;
    p->parameters = plan->parameters;
    p->memory = plan->total;
    p->bytes = scale_step_bytes(p, &setup->train.train.optimizer, size);
}

int scale_prepare(scale_jobs *jobs, scale_study *study, const scale_setup *setup,
                  const nudge_data *data)
{
    *jobs = (scale_jobs){.job = need(calloc(study->n_points + 1, sizeof *jobs->job))};
    while (jobs->n < study->n_points) {
        nudge_error err;
        nudge_train_plan plan;
        scale_point *p = &study->points[jobs->n];
        scale_job *job = &jobs->job[jobs->n];
        *job = (scale_job){.setup = setup,
                           .prep = data->prep,
                           .val = data->val,
                           .point = p,
                           .target_loss = setup->to_loss};
        if (data_for(&job->train, jobs, study, p->rows, data, &err) != NUDGE_OK ||
            plan_of(&plan, &p->predicted, job, &err) != NUDGE_OK)
            return scale_point_fail(study, job, &err);
        if (plan.threads < p->threads) {
            leave_out(study, jobs->n, &plan);
        } else {
            describe(p, setup, &plan);
            jobs->n++;
        }
    }
    if (jobs->n > 0)
        return EXIT_DONE;
    say(setup->command, "nothing can be measured: %s", study->notes[study->n_notes - 1]);
    return EXIT_BAD_INPUT;
}

void scale_jobs_end(scale_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n_subsets; i++)
        nudge_dataset_free(jobs->subset[i]);
    free(jobs->subset);
    free(jobs->job);
    *jobs = (scale_jobs){0};
}
