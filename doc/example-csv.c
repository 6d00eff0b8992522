/* Trains on a CSV file and predicts one row, which the command line gives:
 *     example-csv houses.csv price age=30 town=Bern size=1.5 */
#include <math.h>
#include <nudge.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HIDDEN = 32 };

/* The words "name=value" as a row; what no word names is missing. */
static void read_row(const nudge_prep *prep, char **words, int n, double *numbers,
                     const char **texts)
{
    for (size_t j = 0; j < nudge_prep_columns(prep); j++) {
        const char *name = nudge_prep_column_name(prep, j);
        size_t size = strlen(name);
        numbers[j] = NAN;
        texts[j] = NULL;
        for (int i = 0; i < n; i++)
            if (strncmp(words[i], name, size) == 0 && words[i][size] == '=') {
                texts[j] = words[i] + size + 1;
                if (nudge_prep_column_kind(prep, j) == NUDGE_COLUMN_NUMBER)
                    numbers[j] = strtod(texts[j], NULL);
            }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: example-csv FILE.csv TARGET [COLUMN=VALUE ...]\n");
        return 2;
    }
    nudge_error err = {0};
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_predictor *predictor = NULL;
    nudge_metrics metrics = {0};
    nudge_data_options from = nudge_data_defaults();
    from.data = argv[1];
    from.read.target = argv[2];
    from.test_split = 0.2;
    int failed = nudge_data_load(&data, &from, &err) != NUDGE_OK;
    if (!failed) {
        nudge_prep_info prep = nudge_prep_describe(data.prep);
        size_t widths[] = {prep.features, HIDDEN, HIDDEN, prep.outputs};
        size_t columns = nudge_prep_columns(data.prep);
        double *out = calloc(prep.outputs, sizeof *out);
        double *numbers = calloc(columns, sizeof *numbers);
        const char **texts = calloc(columns, sizeof *texts);
        nudge_model_options network = nudge_model_defaults();
        network.layers = 3;
        network.widths = widths;
        network.loss = prep.loss;
        nudge_train_options training = nudge_train_defaults();
        training.epochs = 50;
        read_row(data.prep, argv + 3, argc - 3, numbers, texts);
        failed = nudge_model_create(&model, &network, data.prep, &err) != NUDGE_OK ||
                 nudge_train(model, data.train, NULL, &training, NULL, &err) != NUDGE_OK ||
                 nudge_evaluate(model, data.test, 0, &metrics, &err) != NUDGE_OK ||
                 nudge_predictor_create(&predictor, model, &err) != NUDGE_OK ||
                 nudge_predict_row(predictor, numbers, texts, out, &err) != NUDGE_OK;
        size_t first = prep.classes > prep.outputs; /* of two classes the second has the output */
        for (size_t k = 0; !failed && k < prep.outputs; k++)
            printf("%s: %g\n", prep.classes > 0 ? nudge_prep_class_label(data.prep, first + k)
                                                : nudge_prep_target_name(data.prep, k), out[k]);
        if (!failed)
            printf("loss on %zu test rows: %g\n", metrics.rows, metrics.value[NUDGE_METRIC_LOSS]);
        free(out);
        free(numbers);
        free(texts);
    }
    if (failed)
        fprintf(stderr, "example-csv: %s\n", err.text);
    nudge_metrics_free(&metrics);
    nudge_predictor_free(predictor);
    nudge_model_free(model);
    nudge_data_free(&data);
    return failed;
}
