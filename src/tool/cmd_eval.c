/* nudge eval: how good a model is on data. */
#include <inttypes.h>
#include <math.h>

#include "support/data_options.h"
#include "support/json.h"
#include "support/options.h"
#include "support/say.h"
#include "support/text_table.h"

static const option own[] = {
    {"data", .help = "as in 'nudge train'; it must hold the target too"},
    {0},
};

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
    uint64_t right = m->confusion[k * m->classes + k], truly = 0, predicted = 0;
    for (size_t i = 0; i < m->classes; i++) {
        truly += m->confusion[k * m->classes + i];
        predicted += m->confusion[i * m->classes + k];
    }
    return (class_scores){(double)right / (double)predicted, (double)right / (double)truly, truly};
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
    table_heads(&t, "class|precision|recall|rows");
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        table_add(&t, "%s", class_name(name, prep, k));
        table_add_real(&t, "%.4f", s.precision);
        table_add_real(&t, "%.4f", s.recall);
        table_add(&t, "%" PRIu64, s.rows);
    }
    putchar('\n');
    table_print(&t, 0, stdout);
    (m->classes <= MOST_MATRIX_CLASSES ? print_matrix : print_pairs)(m, prep);
}

static void put_classes(json_t *object, const nudge_metrics *m, const nudge_prep *prep)
{
    json_t *classes = json_new_list(), *confusion = json_new_list();
    char name[NU_TEXT];
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        json_t *row = json_new_list();
        for (size_t i = 0; i < m->classes; i++)
            json_add(row, json_whole(m->confusion[k * m->classes + i]));
        json_add(confusion, row);
        json_add(classes, json_of("label", json_text(class_name(name, prep, k)),
                                  "precision", json_number(s.precision),
                                  "recall", json_number(s.recall), "rows", json_whole(s.rows),
                                  NULL));
    }
    json_put_all(object, "classes", classes, "confusion", confusion, NULL);
}

/* ---- All ------------------------------------------------------------------------------- */

static void print_line(const char *name, const char *format, double value)
{
    if (isnan(value))
        return;
    printf("%-14s", name);
    printf(format, value);
    putchar('\n');
}

static void report(const nudge_metrics *m, const nudge_model *model)
{
    nudge_model_info info = nudge_model_describe(model);
    printf("%-14s%zu\n", "rows", m->rows);
    print_line(nudge_loss_name(info.loss), "%.6g", m->loss);
    print_line("accuracy", "%.4f", m->accuracy);
    print_line("RMSE", "%.6g", m->rmse);
    print_line("MAE", "%.6g", m->mae);
    print_line("R2", "%.4f", m->r2);
    if (m->confusion != NULL)
        print_classes(m, info.prep);
}

static void report_json(const nudge_metrics *m, const nudge_model *model, arguments *args)
{
    nudge_model_info info = nudge_model_describe(model);
    json_t *object = json_metrics(m);
    if (m->confusion != NULL)
        put_classes(object, m, info.prep);
    json_put_all(object, "version", json_text(nudge_version()),
                 "model", json_text(text_of(args, "model")),
                 "data", json_text(text_of(args, "data")),
                 "loss_name", json_text(nudge_loss_name(info.loss)),
                 "targets", json_targets(info.prep),
                 "weights_hash", json_hash(nudge_model_hash(model)), NULL);
    json_print(object, 1, stdout);
}

static int run(arguments *args)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_metrics metrics;
    nudge_error err;
    int threads = threads_of(args);
    load_model_and_data(args, 1, &model, &data);
    must(nudge_evaluate(model, data, threads, &metrics, &err), &err);
    if (given(args, "json"))
        report_json(&metrics, model, args);
    else
        report(&metrics, model);
    nudge_metrics_free(&metrics);
    nudge_dataset_free(data);
    nudge_model_free(model);
    return EXIT_DONE;
}

const command command_eval = {
    .name = "eval",
    .synopsis = "--model FILE --data SPEC [OPTION]...",
    .summary = "loss and metrics of a model on data",
    .about = "Evaluates a model: its loss; accuracy, per-class precision and recall and the "
             "confusion matrix for classes; RMSE, MAE and R2 for numbers, in the target's own "
             "units.",
    .own = own,
    .options = "Data: model data labels header\nRunning: threads\nOutput: json\n",
    .examples = "  nudge eval --model m.safetensors --data letters.csv\n"
                "  nudge eval --model m.safetensors --data images.gz --labels labels.gz --json\n",
    .run = run,
};
