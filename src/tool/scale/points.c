#include "scale/points.h"

#include <stdio.h>
#include <string.h>

#include "support/data_options.h"
#include "support/machine.h"
#include "support/say.h"
#include "support/text_stream.h"

/* ---- Data ------------------------------------------------------------------------------ */

static void load_all(scale_jobs *jobs, const scale_setup *setup)
{
    nudge_error err;
    jobs->n_data = setup->n_variants;
    jobs->data = need(calloc(jobs->n_data, sizeof *jobs->data));
    for (size_t i = 0; i < jobs->n_data; i++)
        if (setup->variant[i].data == i) {
            must(nudge_data_load(&jobs->data[i], &setup->variant[i].train.data, &err), &err);
            say_notes(jobs->data[i].notes, jobs->data[i].n_notes, setup->quiet);
        }
}

/* Lets the job train on the first `rows` rows only. */
static nudge_status take_first(scale_job *job, size_t rows, nudge_error *err)
{
    uint32_t *number = need(calloc(rows, sizeof *number));
    for (size_t j = 0; j < rows; j++)
        number[j] = (uint32_t)j;
    nudge_status status = nudge_dataset_subset(&job->part, job->train, number, rows, err);
    free(number);
    job->train = job->part;
    return status;
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

void scale_must(nudge_status status, const scale_study *study, const scale_point *point,
                const nudge_error *err)
{
    char text[SCALE_POINT_TEXT];
    if (status == NUDGE_OK)
        return;
    nudge_error all = *err;
    snprintf(all.text, sizeof all.text, "%s: %.*s", scale_point_text(text, study, point),
             NUDGE_ERROR_SIZE - SCALE_POINT_TEXT - 3, err->text);
    must(status, &all);
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
    FILE *f = text_begin(&text);
    fprintf(f, "%zu-", prep.features);
    for (size_t i = 0; i < t->hidden; i++)
        fprintf(f, "%zu-", t->units[i]);
    fprintf(f, "%zu", prep.outputs);
    text_end(f);
    return text;
}

/* ---- Points ---------------------------------------------------------------------------- */

/* Batch and rows of a point. */
static void choose_sizes(scale_point *p, const scale_study *study, const scale_setup *setup,
                         const scale_job *job)
{
    const scale_variant *v = job->variant;
    size_t rows = nudge_dataset_describe(job->train).rows;
    size_t most = setup->threads[setup->n_threads - 1], times = (size_t)p->threads;
    int is_weak = study->mode == SCALE_WEAK;
    p->batch = v->train.train.batch * (is_weak ? times : 1);
    p->rows = is_weak ? rows / most * times : v->rows > 0 ? v->rows : rows;
    if (p->rows > rows)
        complain("--vary: %zu rows, but %s has %zu to train on", p->rows, v->train.data.data, rows);
    if (p->batch > p->rows)
        complain("--batch: %zu samples%s, but there are only %zu rows%s to train on",
                 v->train.train.batch, is_weak ? " a thread" : "", is_weak ? rows / most : p->rows,
                 is_weak ? " for each thread" : "");
}

/* What the library would do. */
static nudge_train_plan plan_of(const scale_jobs *jobs, size_t i, const scale_study *study)
{
    const scale_point *p = &study->points[i];
    const scale_job *job = &jobs->job[i];
    nudge_train_options o = scale_train_options(jobs, i, p);
    nudge_train_plan plan;
    nudge_model *model = NULL;
    nudge_error err;
    scale_must(train_setup_model(&model, &job->variant->train, job->prep, &err), study, p, &err);
    scale_must(nudge_train_plan_make(&plan, model, job->train, job->val, &o, &err), study, p, &err);
    nudge_model_free(model);
    return plan;
}

/* Adds the point of a setting on some threads. */
static void add_point(scale_jobs *jobs, scale_study *study, const scale_setup *setup,
                      size_t setting, int threads)
{
    char text[SCALE_POINT_TEXT];
    nudge_error err;
    const scale_variant *v = &setup->variant[setting];
    const nudge_data *data = &jobs->data[v->data];
    scale_job *job = &jobs->job[study->n_points];
    scale_point *p = &study->points[study->n_points];
    *job = (scale_job){v, data->prep, data->train,
                       isnan(study->target_loss) ? NULL : data->val, NULL};
    *p = (scale_point){.setting = setting, .threads = threads,
                       .oversubscribed = threads > study->cores, .gemm_peak = NAN,
                       .to_loss_epochs = NAN, .single = {.p50 = NAN, .p95 = NAN, .p99 = NAN,
                       .last_share = NAN, .clock_cost = NAN}};
    choose_sizes(p, study, setup, job);
    /* Where rows vary every point trains on such a part, so that all find their rows in the
     * same way. */
    if (study->mode == SCALE_WEAK || v->rows > 0)
        scale_must(take_first(job, p->rows, &err), study, p, &err);
    nudge_train_plan plan = plan_of(jobs, study->n_points, study);
    if (plan.threads < threads) { /* they would be measured as if all were used */
        scale_note(study, "%s: not measured; training would use %d: %s",
                   scale_point_text(text, study, p), plan.threads,
                   plan.threads_why != NULL ? plan.threads_why : "a step has too little work");
        nudge_dataset_free(job->part);
        return;
    }
    p->network = network_text(job);
    p->flops = plan.flops_per_epoch / (double)plan.batches;
    p->parameters = plan.parameters;
    p->memory = plan.total;
    study->n_points++;
}

static void add_peer(scale_jobs *jobs, scale_study *study, size_t setting)
{
    size_t n = study->n_points;
    if (n == 0 || study->points[n - 1].setting != setting || study->points[n - 1].threads != 1)
        return;
    jobs->job[n] = jobs->job[n - 1];
    jobs->job[n - 1].part = NULL;
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
    const char *each = s->mode == SCALE_WEAK ? " a thread" : "";
    size_t rows = s->mode == SCALE_WEAK ? p->rows / (size_t)p->threads : p->rows;
    char batch[40], rows_text[40], *text = NULL;
    snprintf(batch, sizeof batch, "batch %zu%s", t->train.batch, each);
    snprintf(rows_text, sizeof rows_text, "%zu rows%s", rows, each);
    const char *const parts[] = {p->network, nudge_optimizer_name(t->train.optimizer.kind), batch,
                                 rows_text, nudge_dtype_name(t->dtype)};
    const char *between = "";
    FILE *f = text_begin(&text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int varies = 0;
        for (size_t j = 0; j < s->n_varied; j++)
            varies = varies || strcmp(s->varied[j].option, options[i]) == 0;
        if (varies)
            continue;
        fprintf(f, "%s%s", between, parts[i]);
        between = ", ";
    }
    text_end(f);
    return text;
}

void scale_make_points(scale_jobs *jobs, scale_study *study, const scale_setup *setup)
{
    const char *unbound = "--pin no";
    size_t room = setup->n_variants * (setup->n_threads + 1);
    *jobs = (scale_jobs){.job = need(calloc(room, sizeof *jobs->job))};
    study->points = need(calloc(room, sizeof *study->points));
    if (setup->pin)
        jobs->cpus = pin_cpus((int)setup->threads[setup->n_threads - 1], &unbound);
    if (setup->pin && jobs->cpus == NULL)
        scale_note(study, "threads are not bound to cores: %s", unbound);
    load_all(jobs, setup);
    for (size_t i = 0; i < setup->n_variants; i++)
        for (size_t j = 0; j < setup->n_threads; j++) {
            add_point(jobs, study, setup, i, (int)setup->threads[j]);
            if (setup->threads[j] == 1 && study->peer != NULL)
                add_peer(jobs, study, i);
        }
    jobs->n_jobs = study->n_points;
    if (study->n_points == 0)
        complain("nothing can be measured: %s", study->notes[study->n_notes - 1]);
    study->title = title_of(study, setup);
}

void scale_jobs_end(scale_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n_jobs; i++)
        nudge_dataset_free(jobs->job[i].part);
    for (size_t i = 0; i < jobs->n_data; i++)
        nudge_data_free(&jobs->data[i]);
    free(jobs->data);
    free(jobs->job);
    free(jobs->cpus);
}
