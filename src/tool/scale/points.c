#include "scale/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pin.h"
#include "support/say.h"
#include "text.h"

/* ---- Data ------------------------------------------------------------------------------ */

static int load_all(scale_jobs *jobs, const scale_setup *setup)
{
    nudge_error err;
    jobs->data = need(calloc(setup->n_variants, sizeof *jobs->data));
    for (jobs->n_data = 0; jobs->n_data < setup->n_variants; jobs->n_data++) {
        const scale_variant *v = &setup->variant[jobs->n_data];
        if (v->data == jobs->n_data &&
            nudge_data_load(&jobs->data[jobs->n_data], &v->train.data, &err) != NUDGE_OK)
            return fail(&err);
    }
    return EXIT_DONE;
}

/* Lets job i train on the first `rows` rows only. */
static nudge_status take_first(scale_jobs *jobs, size_t i, size_t rows, nudge_error *err)
{
    scale_job *job = &jobs->job[i];
    nudge_dataset *part = NULL;
    for (size_t j = 0; j < i; j++)
        if (jobs->job[j].variant->data == job->variant->data &&
            nudge_dataset_describe(jobs->job[j].train).rows == rows) {
            job->train = jobs->job[j].train;
            return NUDGE_OK;
        }
    uint32_t *number = need(calloc(rows, sizeof *number));
    for (size_t j = 0; j < rows; j++)
        number[j] = (uint32_t)j;
    nudge_status status = nudge_dataset_subset(&part, job->train, number, rows, err);
    free(number);
    if (status != NUDGE_OK)
        return status;
    jobs->part = need(realloc(jobs->part, (jobs->n_parts + 1) * sizeof *jobs->part));
    jobs->part[jobs->n_parts++] = part;
    job->train = part;
    return NUDGE_OK;
}

/* ---- Models ---------------------------------------------------------------------------- */

nudge_status scale_make_model(nudge_model **model, const scale_job *job, nudge_error *err)
{
    return train_setup_model(model, &job->variant->train, job->prep, err);
}

nudge_train_options scale_train_options(const scale_jobs *jobs, size_t i, const scale_point *point)
{
    nudge_train_options o = jobs->job[i].variant->train.train;
    o.batch = point->batch;
    o.epochs = 1;
    o.threads = point->threads;
    o.oversubscribe = 1;
    o.cpus = jobs->cpus;
    return o;
}

int scale_point_failed(const scale_study *study, const scale_point *point, const nudge_error *err)
{
    char text[SCALE_POINT_TEXT];
    nudge_error all = {.status = err->status};
    snprintf(all.text, sizeof all.text, "%s: %.*s", scale_point_text(text, study, point),
             NUDGE_ERROR_SIZE - SCALE_POINT_TEXT - 3, err->text);
    return fail(&all);
}

size_t scale_batches(const scale_point *p)
{
    return (p->rows + p->batch - 1) / p->batch;
}

/* "784-128-10" */
static char *network_text(const scale_job *job)
{
    const train_setup *t = &job->variant->train;
    nudge_prep_info prep = nudge_prep_describe(job->prep);
    char *text = NULL;
    size_t size;
    FILE *f = need(open_memstream(&text, &size));
    fprintf(f, "%zu-", prep.features);
    for (size_t i = 0; i < t->hidden; i++)
        fprintf(f, "%zu-", t->units[i]);
    fprintf(f, "%zu", prep.outputs);
    if (fclose(f) != 0)
        need(NULL);
    return text;
}

/* ---- Points ---------------------------------------------------------------------------- */

/* Batch and rows of a point; EXIT_BAD_INPUT after a message if the data has too few. */
static int choose_sizes(scale_point *p, const scale_setup *setup, const scale_job *job)
{
    const scale_variant *v = job->variant;
    size_t rows = nudge_dataset_describe(job->train).rows;
    size_t most = (size_t)setup->threads[setup->n_threads - 1], times = (size_t)p->threads;
    int is_weak = setup->mode == SCALE_WEAK;
    p->batch = v->train.train.batch * (is_weak ? times : 1);
    p->rows = is_weak ? rows / most * times : v->rows > 0 ? v->rows : rows;
    if (p->rows > rows)
        say("--vary: %zu rows, but %s has %zu to train on", p->rows, v->train.data.data, rows);
    else if (p->batch > p->rows)
        say("--batch: %zu samples%s, but there are only %zu rows%s to train on",
            v->train.train.batch, is_weak ? " a thread" : "", is_weak ? rows / most : p->rows,
            is_weak ? " for each thread" : "");
    else
        return EXIT_DONE;
    return EXIT_BAD_INPUT;
}

/* Whether the library would use as many threads as asked for, and memory is there. */
static nudge_status plan_point(nudge_train_plan *plan, const scale_jobs *jobs, size_t i,
                               const scale_point *p, nudge_error *err)
{
    nudge_model *model = NULL;
    nudge_train_options o = scale_train_options(jobs, i, p);
    const scale_job *job = &jobs->job[i];
    nudge_status status = scale_make_model(&model, job, err);
    if (status == NUDGE_OK)
        status = nudge_train_plan_make(plan, model, job->train, job->val, &o, err);
    nudge_model_free(model);
    if (status != NUDGE_OK)
        return status;
    uint64_t needed = plan->total - plan->dataset; /* the data is there already */
    uint64_t available = nudge_machine_info().memory_available;
    char a[NU_TEXT], b[NU_TEXT];
    if (needed <= available)
        return NUDGE_OK;
    *err = (nudge_error){.status = NUDGE_EMEMORY};
    snprintf(err->text, sizeof err->text, "training needs %s of memory beside the data; %s is "
             "available", nu_bytes_text(a, (double)needed), nu_bytes_text(b, (double)available));
    return NUDGE_EMEMORY;
}

/* Adds the point of a setting on some threads. Returns an exit_status. */
static int add_point(scale_jobs *jobs, scale_study *study, const scale_setup *setup, size_t setting,
                     int threads)
{
    char text[SCALE_POINT_TEXT];
    nudge_error err;
    nudge_train_plan plan;
    const scale_variant *v = &setup->variant[setting];
    const nudge_data *data = &jobs->data[v->data];
    scale_job *job = &jobs->job[study->n_points];
    scale_point *p = &study->points[study->n_points];
    *job = (scale_job){v, data->prep, data->train, isnan(setup->to_loss) ? NULL : data->val};
    *p = (scale_point){.setting = setting, .threads = threads,
                       .oversubscribed = threads > study->cores, .gemm_peak = NAN,
                       .to_loss_epochs = NAN, .single = {.p50 = NAN, .p95 = NAN, .p99 = NAN,
                       .last_share = NAN, .clock_cost = NAN}};
    if (choose_sizes(p, setup, job) != EXIT_DONE)
        return EXIT_BAD_INPUT;
    /* Where rows vary every point trains on such a part, so that all find their rows in the
     * same way. */
    if ((setup->mode == SCALE_WEAK || v->rows > 0) &&
        take_first(jobs, study->n_points, p->rows, &err) != NUDGE_OK)
        return scale_point_failed(study, p, &err);
    if (plan_point(&plan, jobs, study->n_points, p, &err) != NUDGE_OK)
        return scale_point_failed(study, p, &err);
    if (plan.threads < threads) { /* they would be measured as if all were used */
        scale_note(study, "%s: not measured; training would use %d: %s",
                   scale_point_text(text, study, p), plan.threads,
                   plan.threads_why != NULL ? plan.threads_why : "a step has too little work");
        return EXIT_DONE;
    }
    p->network = network_text(job);
    p->flops = plan.flops_per_epoch / (double)plan.batches;
    p->parameters = plan.parameters;
    p->memory = plan.total;
    study->n_points++;
    return EXIT_DONE;
}

static void add_peer(scale_jobs *jobs, scale_study *study, size_t setting)
{
    size_t n = study->n_points;
    if (n == 0 || study->points[n - 1].setting != setting || study->points[n - 1].threads != 1)
        return;
    jobs->job[n] = jobs->job[n - 1];
    study->points[n] = study->points[n - 1];
    study->points[n].network = need(strdup(study->points[n].network));
    study->points[n - 1].is_peer = 1;
    study->n_points++;
}

/* "784-128-10, adam, batch 64, 60000 rows, f32", without what varies. */
static char *title_of(const scale_study *s, const scale_setup *setup)
{
    static const char *const options[] = {"hidden", "optimizer", "batch", "rows", "dtype"};
    const train_setup *t = &setup->variant[0].train;
    const scale_point *p = &s->points[0];
    const char *each = s->mode == SCALE_WEAK ? " a thread" : "", *comma = "";
    size_t rows = s->mode == SCALE_WEAK ? p->rows / (size_t)p->threads : p->rows, size;
    char batch[40], rows_text[40], *text = NULL;
    snprintf(batch, sizeof batch, "batch %zu%s", t->train.batch, each);
    snprintf(rows_text, sizeof rows_text, "%zu rows%s", rows, each);
    const char *const parts[] = {p->network, nudge_optimizer_name(t->train.optimizer.kind), batch,
                                 rows_text, nudge_dtype_name(t->dtype)};
    FILE *f = need(open_memstream(&text, &size));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int varies = 0;
        for (size_t j = 0; j < s->n_varied; j++)
            varies = varies || strcmp(s->varied[j].option, options[i]) == 0;
        if (!varies)
            fprintf(f, "%s%s", comma, parts[i]);
        comma = varies ? comma : ", ";
    }
    if (fclose(f) != 0)
        need(NULL);
    return text;
}

int scale_make_points(scale_jobs *jobs, scale_study *study, const scale_setup *setup)
{
    const char *unbound = "--pin no";
    size_t room = setup->n_variants * (setup->n_threads + 1);
    *jobs = (scale_jobs){.job = need(calloc(room, sizeof *jobs->job))};
    study->points = need(calloc(room, sizeof *study->points));
    if (setup->pin)
        jobs->cpus = pin_cpus(setup->threads[setup->n_threads - 1], &unbound);
    if (setup->pin && jobs->cpus == NULL)
        scale_note(study, "threads are not bound to cores: %s", unbound);
    int status = load_all(jobs, setup);
    for (size_t i = 0; i < setup->n_variants; i++)
        for (size_t j = 0; j < setup->n_threads && status == EXIT_DONE; j++) {
            status = add_point(jobs, study, setup, i, setup->threads[j]);
            if (setup->threads[j] == 1 && setup->peer != NULL && status == EXIT_DONE)
                add_peer(jobs, study, i);
        }
    if (status == EXIT_DONE && study->n_points == 0) {
        say("nothing can be measured: %s", study->notes[study->n_notes - 1]);
        status = EXIT_BAD_INPUT;
    }
    if (status == EXIT_DONE)
        study->title = title_of(study, setup);
    return status;
}

void scale_jobs_end(scale_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n_parts; i++)
        nudge_dataset_free(jobs->part[i]);
    for (size_t i = 0; i < jobs->n_data; i++)
        nudge_data_free(&jobs->data[i]);
    free(jobs->part);
    free(jobs->data);
    free(jobs->job);
    free(jobs->cpus);
}
