/* nudge eval: how good a model is on data. */
#include <math.h>

#include "support/commands.h"
#include "support/say.h"
#include "support/json.h"
#include "support/data_options.h"
#include "support/text_table.h"

static const option own[] = {
    {"data", .help = "as in 'nudge train'; it must hold the target too"},
    {0},
};

static void print_line(const char *name, const char *format, double value)
{
    if (isnan(value))
        return;
    printf("%-14s", name);
    printf(format, value);
    putchar('\n');
}

static void report(const nudge_metrics *m, const nudge_model_info *info)
{
    printf("%-14s%zu\n", "rows", m->rows);
    print_line(nudge_loss_name(info->loss), "%.6g", m->loss);
    print_line("accuracy", "%.4f", m->accuracy);
    print_line("RMSE", "%.6g", m->rmse);
    print_line("MAE", "%.6g", m->mae);
    print_line("R2", "%.4f", m->r2);
    if (m->confusion != NULL)
        report_classes(m, info->prep, stdout);
}

static void report_json(const nudge_metrics *m, const nudge_model *model, arguments *args)
{
    nudge_model_info info = nudge_model_describe(model);
    json_t *object = json_metrics(m, info.prep, 1);
    json_put_text(object, "version", nudge_version());
    json_put_text(object, "model", text_of(args, "model"));
    json_put_text(object, "data", text_of(args, "data"));
    json_put_text(object, "loss_name", nudge_loss_name(info.loss));
    json_t *targets = json_new_list();
    nudge_prep_info prep = nudge_prep_describe(info.prep);
    for (size_t k = 0; k < (prep.classes > 0 ? 1 : prep.outputs); k++)
        json_add_text(targets, nudge_prep_target_name(info.prep, k));
    json_put(object, "targets", targets);
    json_put_hash(object, "weights_hash", nudge_model_hash(model));
    json_print(object, 1, stdout);
}

static int run(arguments *args)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_metrics metrics;
    nudge_error err;
    int threads = threads_of(args);
    int status = load_model_and_data(args, 1, &model, &data);
    if (status == EXIT_DONE) {
        if (nudge_evaluate(model, data, threads, &metrics, &err) != NUDGE_OK) {
            status = fail(args->command->name, &err);
        } else {
            nudge_model_info info = nudge_model_describe(model);
            if (given(args, "json"))
                report_json(&metrics, model, args);
            else
                report(&metrics, &info);
            nudge_metrics_free(&metrics);
        }
    }
    nudge_dataset_free(data);
    nudge_model_free(model);
    return status;
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
