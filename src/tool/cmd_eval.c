/* nudge eval: how good a model is on data. */
#include <inttypes.h>
#include <math.h>

#include "plot/results.h"
#include "support/data_options.h"
#include "support/gnuplot.h"
#include "support/importance_report.h"
#include "support/json.h"
#include "support/options.h"
#include "support/output_metrics.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"
#include "whole.h"

static const char *metric_names(size_t i)
{
    return nudge_metric_name((nudge_metric)i);
}

static const option own[] = {
    {"data", .help = "as in 'nudge train'; it must hold the target too"},
    {"metrics", "NAME,...", .help = "only these [all that fit]", .names = metric_names},
    {"importance", .help = "for each column of the data, how much worse the model gets where its "
                           "cells are shuffled among rows"},
    {"repeats", "N", "5", .help = "shuffles of each column"},
    {"seed", "N", "1", .help = "of the shuffles"},
    {"plot", "FILE", .help = "write a picture of what fits, .svg or .png: confusion matrix, ROC "
                             "and calibration, or predicted against true"},
    {0},
};

/* ---- Metrics --------------------------------------------------------------------------- */

/* Those that --metrics names, as a set. */
static uint64_t metrics_of(arguments *args, const nudge_model *model)
{
    nudge_model_info info = nudge_model_describe(model);
    if (!given(args, "metrics"))
        return NUDGE_METRICS_ALL;
    uint64_t wanted = 0;
    size_t n;
    char **name = need(nu_split(text_of(args, "metrics"), ',', &n));
    for (size_t i = 0; i < n; i++) {
        nudge_metric metric;
        nudge_error err;
        if (nudge_metric_parse(&metric, name[i], &err) != NUDGE_OK)
            complain("--metrics: %s", err.text);
        if (!nudge_metric_fits(metric, info.loss, info.widths[info.layers]))
            complain("--metrics: %s is not for a model with the loss %s and %zu output%s", name[i],
                     nudge_loss_name(info.loss), info.widths[info.layers],
                     info.widths[info.layers] == 1 ? "" : "s");
        wanted |= NUDGE_METRIC_SET(metric);
    }
    free(name);
    return wanted;
}

/* Those of which any output, or class, has a value of its own, as a set. */
static uint64_t metrics_by_output(const nudge_metrics *m)
{
    uint64_t found = 0;
    for (size_t i = 0; m->by_output != NULL && i < NUDGE_METRICS * m->outputs; i++)
        if (!isnan(m->by_output[i]))
            found |= NUDGE_METRIC_SET(i / m->outputs);
    return found;
}

static void add_titles(text_table *t, uint64_t metrics)
{
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        if (metrics & NUDGE_METRIC_SET(i))
            table_add(t, "%s", nudge_metric_describe((nudge_metric)i).title);
}

/* Of output, or class, j. */
static void add_values(text_table *t, uint64_t metrics, const nudge_metrics *m, size_t j)
{
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        if (metrics & NUDGE_METRIC_SET(i))
            table_add_real(t, nudge_metric_describe((nudge_metric)i).format,
                           m->by_output[i * m->outputs + j]);
}

/* The metrics of the whole; what says no more than the loss is left out. */
static void print_metrics(const nudge_metrics *m, const nudge_model_info *info, uint64_t wanted)
{
    char title[NU_TEXT];
    int is_regression = nudge_loss_describe(info->loss).is_regression;
    text_table t;
    table_start(&t, 2);
    table_add(&t, "rows");
    table_add(&t, "%zu", m->rows);
    for (size_t i = 0; i < NUDGE_METRICS; i++) {
        nudge_metric_info metric = nudge_metric_describe((nudge_metric)i);
        int repeats = wanted == NUDGE_METRICS_ALL &&
                      (repeats_loss((nudge_metric)i, info) ||
                       (i == NUDGE_METRIC_LOSS && has_outputs(info) && is_regression));
        if (isnan(m->value[i]) || repeats || mixes_units((nudge_metric)i, info))
            continue;
        table_add(&t, "%s", i == NUDGE_METRIC_LOSS ? loss_title(title, info) : metric.title);
        table_add_real(&t, metric.format, m->value[i]);
    }
    table_print(&t, 2, stdout);
}

static void print_outputs(const nudge_metrics *m, const nudge_prep *prep)
{
    text_table t;
    uint64_t metrics = metrics_by_output(m);
    table_start(&t, 1);
    table_add(&t, "output");
    add_titles(&t, metrics);
    t.columns = t.cells;
    for (size_t j = 0; j < m->outputs; j++) {
        table_add(&t, "%s", nudge_prep_target_name(prep, j));
        add_values(&t, metrics, m, j);
    }
    putchar('\n');
    table_print(&t, 0, stdout);
}

/* ---- Classes --------------------------------------------------------------------------- */

/* A confusion matrix of more classes is wider than a screen. */
enum { MOST_MATRIX_CLASSES = 20, CONFUSED_PAIRS = 12 };

/* The name of class k: its label, or its number. */
static const char *class_name(char buf[NU_TEXT], const nudge_prep *prep, size_t k)
{
    if (k < nudge_prep_describe(prep).classes)
        return nudge_prep_class_label(prep, k);
    snprintf(buf, NU_TEXT, "%zu", k);
    return buf;
}

/* Precision and recall of class k; NaN where it was never predicted or never there. */
typedef struct class_scores {
    double precision, recall;
    uint64_t rows; /* of that class */
} class_scores;

static class_scores class_scores_of(const nudge_metrics *m, size_t k)
{
    nudge_class_counts c = m->counts[k];
    uint64_t truly = c.true_positives + c.false_negatives;
    double right = (double)c.true_positives;
    return (class_scores){right / (double)(c.true_positives + c.false_positives),
                          right / (double)truly, truly};
}

static void print_matrix(const nudge_metrics *m, const nudge_prep *prep)
{
    text_table t;
    char name[NU_TEXT];
    printf("\nconfusion (rows: the true class; columns: the predicted one)\n");
    table_start(&t, m->classes + 1);
    table_add(&t, "%s", "");
    for (size_t k = 0; k < m->classes; k++)
        table_add(&t, "%s", class_name(name, prep, k));
    for (size_t i = 0; i < m->classes; i++) {
        table_add(&t, "%s", class_name(name, prep, i));
        for (size_t k = 0; k < m->classes; k++)
            table_add(&t, "%" PRIu64, m->confusion[i * m->classes + k]);
    }
    table_print(&t, 0, stdout);
}

/* The pairs in the order of their counts, by repeated search: there are few to print. */
static void print_pairs(const nudge_metrics *m, const nudge_prep *prep)
{
    size_t n = m->classes;
    text_table t;
    char name[NU_TEXT];
    char *used = need(calloc(n, n));
    table_heads(&t, "true|predicted|rows");
    for (int pair = 0; pair < CONFUSED_PAIRS; pair++) {
        size_t best = 0;
        uint64_t most = 0;
        for (size_t i = 0; i < n * n; i++)
            if (i / n != i % n && !used[i] && m->confusion[i] > most) {
                best = i;
                most = m->confusion[i];
            }
        if (most == 0)
            break;
        used[best] = 1;
        table_add(&t, "%s", class_name(name, prep, best / n));
        table_add(&t, "%s", class_name(name, prep, best % n));
        table_add(&t, "%" PRIu64, most);
    }
    free(used);
    printf("\nmost often confused\n");
    table_print(&t, 2, stdout);
}

static void print_classes(const nudge_metrics *m, const nudge_prep *prep)
{
    text_table t;
    char name[NU_TEXT];
    uint64_t metrics = metrics_by_output(m);
    table_heads(&t, "class|precision|recall");
    add_titles(&t, metrics);
    table_add(&t, "rows");
    t.columns = t.cells;
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        table_add(&t, "%s", class_name(name, prep, k));
        table_add_real(&t, "%.4f", s.precision);
        table_add_real(&t, "%.4f", s.recall);
        add_values(&t, metrics, m, k);
        table_add(&t, "%" PRIu64, s.rows);
    }
    putchar('\n');
    table_print(&t, 0, stdout);
    if (m->confusion != NULL)
        (m->classes <= MOST_MATRIX_CLASSES ? print_matrix : print_pairs)(m, prep);
}

/* NULL where there is none. */
static json_t *matrix_json(const nudge_metrics *m)
{
    json_t *matrix = m->confusion != NULL ? json_new_list() : NULL;
    for (size_t k = 0; matrix != NULL && k < m->classes; k++) {
        json_t *row = json_new_list();
        for (size_t i = 0; i < m->classes; i++)
            json_add(row, json_whole(m->confusion[k * m->classes + i]));
        json_add(matrix, row);
    }
    return matrix;
}

static void put_classes(json_t *object, const nudge_metrics *m, const nudge_prep *prep)
{
    json_t *classes = json_new_list();
    char name[NU_TEXT];
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        json_t *class = json_of("label", json_text(class_name(name, prep, k)),
                                "precision", json_number(s.precision),
                                "recall", json_number(s.recall), "rows", json_whole(s.rows), NULL);
        if (m->by_output != NULL)
            json_put_metrics(class, m->by_output + k, m->outputs);
        json_add(classes, class);
    }
    json_put_all(object, "classes", classes, "confusion", matrix_json(m), NULL);
}

/* ---- All ------------------------------------------------------------------------------- */

static void report(const nudge_metrics *m, const nudge_model *model, uint64_t wanted)
{
    nudge_model_info info = nudge_model_describe(model);
    print_metrics(m, &info, wanted);
    if (m->classes > 0)
        print_classes(m, info.prep);
    else if (has_outputs(&info))
        print_outputs(m, info.prep);
}

/* importance NULL: it was not asked for. */
static void report_json(const nudge_metrics *m, const nudge_model *model,
                        const importance_report *importance, arguments *args)
{
    nudge_model_info info = nudge_model_describe(model);
    json_t *object = json_metrics(m, &info);
    if (m->classes > 0)
        put_classes(object, m, info.prep);
    json_put_all(object, "version", json_text(nudge_version()),
                 "model", json_text(text_of(args, "model")),
                 "data", json_text(text_of(args, "data")),
                 "loss_name", json_text(nudge_loss_name(info.loss)),
                 "target_transform", json_text(nudge_transform_name(transform_of(&info))),
                 "targets", json_targets(info.prep),
                 "importance", importance != NULL ? importance_json(importance) : NULL,
                 "weights_hash", json_hash(nudge_model_hash(model)), NULL);
    json_print(object, 1, stdout);
}

/* ---- Picture --------------------------------------------------------------------------- */

/* --plot, checked before there is anything to draw; NULL: not given. */
static const char *plot_path(arguments *args)
{
    const char *path = text_of(args, "plot");
    if (path == NULL)
        return NULL;
    if (plot_kind_of(path) == PLOT_TEXT)
        refuse(args, "plot", "a file that ends in .svg or .png");
    refuse_given(args, "metrics", "it cannot be used together with --plot, which needs all");
    check_output(args, "plot", "model data labels weight");
    return path;
}

/* Names of n classes or outputs; both blocks are for free(). */
static const char **names_of(const nudge_prep *prep, size_t n, int classes, char (**text)[NU_TEXT])
{
    const char **name = need(calloc(n + 1, sizeof *name));
    *text = need(calloc(n + 1, sizeof **text));
    for (size_t k = 0; k < n; k++)
        name[k] = classes ? class_name((*text)[k], prep, k) : nudge_prep_target_name(prep, k);
    return name;
}

/* Returns 1, or 0 after a line. */
static int draw(const char *path, const nudge_metrics *m, const nudge_model *model,
                const nudge_dataset *data, arguments *args)
{
    nudge_model_info info = nudge_model_describe(model);
    nudge_target target = nudge_loss_describe(info.loss).target;
    nudge_error err;
    size_t values = m->rows * m->outputs;
    double *predictions = need(calloc(values, sizeof *predictions));
    double *targets = need(calloc(values, sizeof *targets));
    must(nudge_predict(model, data, threads_of(args), predictions, &err), &err);
    must(nudge_targets(model, data, targets, &err), &err);
    char (*text)[NU_TEXT], (*other)[NU_TEXT];
    const char **classes = names_of(info.prep, m->classes, 1, &text);
    const char **outputs = names_of(info.prep, m->outputs, target == NUDGE_CLASSES, &other);
    if (target == NUDGE_PROBABILITIES && m->classes == 2)
        outputs[0] = classes[1];
    char *title = text_as("%s on %s, %zu rows", text_of(args, "model"), text_of(args, "data"),
                          m->rows);
    plot_results results = {plot_kind_of(path), title, target, m, predictions, targets, outputs,
                            classes};
    char *script = plot_results_script(&results);
    int good = gnuplot_file(script, path);
    int labels = target == NUDGE_CLASSES || target == NUDGE_PROBABILITIES;
    if (good && labels && m->outputs > PLOT_MOST_CLASSES)
        say("--plot: %zu classes are too many for a confusion matrix and ROC curves; the picture "
            "has the calibration alone", m->outputs);
    else if (good && !labels && m->outputs > PLOT_MOST_NUMBERS)
        say("--plot: the first %d of %zu outputs are drawn", PLOT_MOST_NUMBERS, m->outputs);
    void *blocks[] = {predictions, targets, classes, text, outputs, other, title, script};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    return good;
}

static int run(arguments *args)
{
    const char *plot = plot_path(args);
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_metrics metrics;
    nudge_error err;
    nudge_table *table = NULL;
    importance_report importance = {0};
    int threads = threads_of(args), with_importance = given(args, "importance");
    if (!with_importance)
        refuse_all(args, "repeats seed", "it needs --importance");
    load_model_and_data(args, &model, &data, with_importance ? &table : NULL);
    uint64_t wanted = metrics_of(args, model);
    must(nudge_evaluate_on(model, data, threads, NULL, wanted, &metrics, &err), &err);
    if (metrics.classes > NUDGE_MATRIX_CLASSES)
        say("no confusion matrix: the model has %zu classes, and %d are the most for one",
            metrics.classes, NUDGE_MATRIX_CLASSES);
    if (with_importance)
        importance_start(&importance, model, table, args);
    if (given(args, "json"))
        report_json(&metrics, model, with_importance ? &importance : NULL, args);
    else
        report(&metrics, model, wanted);
    if (with_importance && !given(args, "json"))
        importance_print(&importance);
    int drawn = plot == NULL || draw(plot, &metrics, model, data, args);
    importance_end(&importance);
    nudge_metrics_free(&metrics);
    nudge_dataset_free(data);
    nudge_table_free(table);
    nudge_model_free(model);
    return drawn ? EXIT_DONE : EXIT_RUN_FAILED;
}

const command command_eval = {
    .name = "eval",
    .synopsis = "--model FILE --data SPEC [OPTION]...",
    .summary = "loss and metrics of a model on data",
    .about = "Evaluates a model: its loss; for classes accuracy, ROC AUC, F1 and others, precision "
             "and recall of each class and the confusion matrix; for numbers RMSE, MAE, R2 and "
             "others, in the target's own units, and those of each output. Metrics are defined as "
             "in scikit-learn.",
    .own = own,
    .options = "Data: model data labels weight " READ_OPTIONS "\nRunning: threads\n"
               "Importance: importance repeats seed\n"
               "Output: metrics plot json quiet\n",
    .examples = "  nudge eval --model m.safetensors --data letters.csv --plot m.svg\n"
                "  nudge eval --model m.safetensors --data held-out.csv --importance\n"
                "  nudge eval --model m.safetensors --data images.gz --labels labels.gz --json\n",
    .run = run,
};
