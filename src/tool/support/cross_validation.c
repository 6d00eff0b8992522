#include "support/cross_validation.h"

#include <math.h>
#include <string.h>

#include "signals.h"
#include "support/data_options.h"
#include "support/json.h"
#include "support/members.h"
#include "support/output_metrics.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"
#include "support/train_report.h"
#include "support/watch.h"

/* A cross-validation on its way. */
typedef struct validation {
    const train_setup *setup;
    nudge_folds *folds;
    nudge_folds_info info;
    char loss[NU_TEXT];     /* its title */
    int hidden[NUDGE_METRICS]; /* they say what the loss does, or mix units of outputs */
    int mixed[NUDGE_METRICS];  /* they mix units */
    json_t *folds_json;     /* metrics of the folds */
    size_t fold;            /* of now, from 0 */
    nudge_metrics *metrics; /* of each fold that is done */
    double seconds;         /* of training, all folds */
    json_t *settings;       /* as those of one training */
} validation;

/* ---- Report ---------------------------------------------------------------------------- */

/* Over the folds: the mean, and the standard deviation of one, over folds - 1. */
static double mean_of(const validation *v, size_t metric)
{
    double sum = 0;
    for (size_t i = 0; i < v->info.folds; i++)
        sum += v->metrics[i].value[metric];
    return sum / (double)v->info.folds;
}

static double deviation_of(const validation *v, size_t metric)
{
    double mean = mean_of(v, metric), squares = 0;
    for (size_t i = 0; i < v->info.folds; i++) {
        double d = v->metrics[i].value[metric] - mean;
        squares += d * d;
    }
    return sqrt(squares / (double)(v->info.folds - 1));
}

/* Whether people are shown a metric: it is one of the few, says more than the loss, and fits. */
static int is_shown(const validation *v, size_t metric)
{
    int has = 0;
    for (size_t i = 0; i < v->info.folds; i++)
        has |= !isnan(v->metrics[i].value[metric]);
    return has && nudge_metric_describe((nudge_metric)metric).is_main &&
           !v->hidden[metric];
}

static const char *head_of(const validation *v, size_t metric)
{
    return metric == NUDGE_METRIC_LOSS ? v->loss
                                       : nudge_metric_describe((nudge_metric)metric).title;
}

/* A row: a fold's metrics, or (NULL) what `of` gives of all. */
static void add_row(text_table *t, const validation *v, const char *head, const nudge_metrics *fold,
                    double (*of)(const validation *v, size_t metric))
{
    table_add(t, "%s", head);
    if (fold != NULL)
        table_add(t, "%zu", fold->rows);
    else
        table_add(t, "%s", "");
    for (size_t k = 0; k < NUDGE_METRICS; k++)
        if (is_shown(v, k))
            table_add_real(t, nudge_metric_describe((nudge_metric)k).format,
                           fold != NULL ? fold->value[k] : of(v, k));
}

static void report_text(const validation *v)
{
    char text[NU_TEXT];
    text_table t;
    table_start(&t, 1);
    table_add(&t, "fold");
    table_add(&t, "rows");
    for (size_t k = 0; k < NUDGE_METRICS; k++)
        if (is_shown(v, k))
            table_add(&t, "%s", head_of(v, k));
    t.columns = t.cells;
    for (size_t i = 0; i < v->info.folds; i++) {
        snprintf(text, sizeof text, "%zu", i + 1);
        add_row(&t, v, text, &v->metrics[i], NULL);
    }
    add_row(&t, v, "mean", NULL, mean_of);
    add_row(&t, v, "deviation", NULL, deviation_of);
    table_print(&t, 0, stdout);
    printf("each fold by a network trained on the others; standard deviation, over folds - 1\n\n");
    line_start(stdout, "time");
    printf("%s for %zu trainings\n", nu_seconds_text(text, v->seconds), v->info.folds);
}

static json_t *json_of_all(const validation *v, double (*of)(const validation *v, size_t metric))
{
    double value[NUDGE_METRICS];
    json_t *object = json_new();
    for (size_t k = 0; k < NUDGE_METRICS; k++)
        value[k] = v->mixed[k] ? NAN : of(v, k);
    json_put_metrics(object, value, 1);
    return object;
}

static void report_values(const validation *v)
{
    size_t notes;
    const nudge_note *note = nudge_folds_notes(v->folds, &notes);
    json_print(json_of("version", json_text(nudge_version()), "settings", json_incref(v->settings),
                       "notes", json_notes(note, notes),
                       "stratified", json_boolean(v->info.stratified),
                       "rows", json_whole(v->info.rows), "seconds", json_number(v->seconds),
                       "folds", json_incref(v->folds_json), "mean", json_of_all(v, mean_of),
                       "deviation", json_of_all(v, deviation_of), NULL),
               1, stdout);
}

/* ---- Folds ----------------------------------------------------------------------------- */

static int on_progress(const nudge_progress *now, void *user)
{
    const validation *v = user;
    double part = (double)now->batch / (double)now->batches;
    double done = ((double)(now->epoch - 1) + part) / (double)now->epochs;
    if (!v->setup->quiet && nu_signal_caught() == 0)
        live_line("fold %zu/%zu  %3.0f%%  epoch %zu/%zu  loss %.4g", v->fold + 1, v->info.folds,
                  100 * done, now->epoch, now->epochs, now->loss);
    return nu_signal_caught();
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    (void)e, (void)user;
    return nu_signal_caught();
}

/* Ends the program if a fold could not be had or trained. */
static void must_in_fold(const validation *v, nudge_status status, const nudge_error *err)
{
    nudge_error named = *err;
    if (status == NUDGE_OK)
        return;
    snprintf(named.text, sizeof named.text, "fold %zu of %zu: %.900s", v->fold + 1, v->info.folds,
             err->text);
    must(status, &named);
}

/* What one training would say, before the first; and its settings. */
static void start(validation *v, train_report *r)
{
    nudge_error err;
    char *text;
    must(members_plan(&r->plan, r->setup, r->model, r->data->train, r->data->val, &err), &err);
    v->settings = train_settings(r);
    nudge_model_info model = nudge_model_describe(r->model);
    loss_title(v->loss, &model);
    for (size_t k = 0; k < NUDGE_METRICS; k++) {
        v->mixed[k] = mixes_units((nudge_metric)k, &model);
        v->hidden[k] = v->mixed[k] || repeats_loss((nudge_metric)k, &model);
    }
    if (v->setup->quiet)
        return;
    report_start(r);
    text = text_as("%zu%s; the rows are those of the first", v->info.folds,
                   v->info.stratified ? ", each with its share of every class" : "");
    line_print(stderr, "folds", text);
    free(text);
    if (v->setup->explain)
        line_print(stderr, "engine", r->plan.explain);
}

static void show_fold(const validation *v)
{
    char format[NU_TEXT];
    fprintf(stderr, "fold %zu/%zu", v->fold + 1, v->info.folds);
    for (size_t k = 0; k < NUDGE_METRICS; k++)
        if (is_shown(v, k) && !isnan(v->metrics[v->fold].value[k])) {
            snprintf(format, sizeof format, "  %%s %s",
                     nudge_metric_describe((nudge_metric)k).format);
            fprintf(stderr, format, head_of(v, k), v->metrics[v->fold].value[k]);
        }
    fputc('\n', stderr);
}

static nudge_status train_fold(validation *v, nudge_data *data, nudge_model **model,
                               nudge_error *err)
{
    const nudge_train_options *options = &v->setup->train;
    nudge_train_options callbacks = {.on_epoch = on_epoch, .on_progress = on_progress, .user = v};
    double start_time;
    must_in_fold(v, nudge_folds_data(data, v->folds, v->fold, err), err);
    must_in_fold(v, train_setup_model(model, v->setup, data->prep, err), err);
    train_report report = {.setup = v->setup, .data = data, .model = *model};
    if (v->fold == 0)
        start(v, &report);
    start_time = watch_now();
    nudge_trainer **trainers = members_start(v->setup, *model, data, NULL, &callbacks, 0);
    nudge_status status = members_run(v->setup, trainers, err);
    members_free(v->setup, trainers);
    if (status != NUDGE_OK)
        return status;
    v->seconds += watch_now() - start_time;
    status = nudge_evaluate_on(*model, data->test, options->threads, options->cpus,
                               report_wants(v->setup), &v->metrics[v->fold], err);
    nudge_model_info info = nudge_model_describe(*model);
    if (status == NUDGE_OK)
        json_add(v->folds_json, json_metrics(&v->metrics[v->fold], &info));
    return status;
}

/* Returns the status of its training: NUDGE_ESTOPPED after a signal. */
static nudge_status run_fold(validation *v)
{
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_error err;
    nudge_status status = train_fold(v, &data, &model, &err);
    live_line_clear();
    if (status != NUDGE_ESTOPPED)
        must_in_fold(v, status, &err);
    if (status == NUDGE_OK && !v->setup->quiet)
        show_fold(v);
    nudge_model_free(model);
    nudge_data_free(&data);
    return status;
}

int cross_validate(const train_setup *setup)
{
    validation v = {.setup = setup, .folds_json = json_new_list()};
    nudge_error err;
    nudge_status status = NUDGE_OK;
    must(nudge_folds_load(&v.folds, setup->folds, &setup->data, &err), &err);
    size_t notes;
    const nudge_note *note = nudge_folds_notes(v.folds, &notes);
    say_notes(note, notes, setup->quiet);
    v.info = nudge_folds_describe(v.folds);
    v.metrics = need(calloc(v.info.folds, sizeof *v.metrics));
    nu_signals_catch();
    while (status == NUDGE_OK && v.fold < v.info.folds) {
        status = run_fold(&v);
        v.fold += status == NUDGE_OK;
    }
    if (status != NUDGE_OK)
        say("interrupted in fold %zu of %zu", v.fold + 1, v.info.folds);
    else if (setup->json)
        report_values(&v);
    else
        report_text(&v);
    json_decref(v.settings);
    json_decref(v.folds_json);
    for (size_t i = 0; i < v.info.folds; i++)
        nudge_metrics_free(&v.metrics[i]);
    free(v.metrics);
    nudge_folds_free(v.folds);
    return status == NUDGE_OK ? EXIT_DONE : 128 + nu_signal_caught();
}
