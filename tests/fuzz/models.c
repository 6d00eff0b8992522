/* Readers of models and checkpoints. */
#include <math.h>
#include <string.h>

#include "fuzz.h"

/* A row of ones, and one of nothing. */
static void predict(const nudge_model *model)
{
    nudge_error err = {0};
    nudge_predictor *predictor = NULL;
    nudge_model_info info = nudge_model_describe(model);
    size_t n = info.prep != NULL ? nudge_prep_columns(info.prep) : info.widths[0];
    size_t outputs = info.widths[info.layers];
    nudge_status status = nudge_predictor_create(&predictor, model, &err);
    check_outcome(status, predictor != NULL, &err);
    if (status != NUDGE_OK)
        return;
    double *numbers = malloc(n * sizeof *numbers), *out = malloc(outputs * sizeof *out);
    const char **texts = malloc(n * sizeof *texts);
    for (int missing = 0; missing < 2; missing++) {
        for (size_t j = 0; j < n; j++) {
            numbers[j] = missing ? NAN : 1;
            texts[j] = missing ? NULL : "a";
        }
        status = nudge_predict_row(predictor, numbers, texts, out, &err);
        check_outcome(status, status == NUDGE_OK, &err);
    }
    nudge_predictor_free(predictor);
    free(numbers);
    free(texts);
    free(out);
}

/* Asks for all that a model's preprocessing says. */
static void look_at(const nudge_prep *prep)
{
    nudge_prep_info info = nudge_prep_describe(prep);
    size_t bytes = 0, columns = nudge_prep_columns(prep);
    for (size_t j = 0; j < columns; j++)
        bytes += strlen(nudge_prep_column_name(prep, j)) +
                 strlen(nudge_prep_column_around(prep, j, 0)) +
                 strlen(nudge_prep_column_around(prep, j, 1)) +
                 (size_t)nudge_prep_column_kind(prep, j);
    for (size_t j = 0; j < info.features; j++)
        bytes += strlen(nudge_prep_feature_name(prep, j));
    for (size_t k = 0; k < (info.classes > 0 ? 1 : info.outputs); k++)
        bytes += strlen(nudge_prep_target_name(prep, k)) +
                 strlen(nudge_prep_target_around(prep, k, 0)) +
                 (isnan(nudge_prep_target_lambda(prep, k)) ? 1 : 0);
    for (size_t k = 0; k < info.classes; k++)
        bytes += strlen(nudge_prep_class_label(prep, k));
    HOLDS(bytes < SIZE_MAX && info.features > 0 && info.outputs > 0);
    (void)nudge_prep_dialect(prep);
}

/* A model that is written is read to the same weights. */
static void write_and_read(const nudge_model *model)
{
    nudge_error err = {0};
    nudge_model *again = NULL;
    const char *path = scratch_path(".safetensors");
    HOLDS(nudge_model_save(model, path, &err) == NUDGE_OK);
    nudge_status status = nudge_model_load(&again, path, &err);
    check_outcome(status, again != NULL, &err);
    if (status != NUDGE_OK)
        fprintf(stderr, "%s\n", err.text);
    HOLDS(status == NUDGE_OK && nudge_model_hash(again) == nudge_model_hash(model));
    nudge_model_free(again);
    remove(path);
}

/* What a reader gave is good for all that models are for; ends it. */
static void use(nudge_status status, nudge_model *model, const nudge_error *err)
{
    check_outcome(status, model != NULL, err);
    if (model == NULL)
        return;
    nudge_model_info info = nudge_model_describe(model);
    HOLDS(info.layers > 0 && info.members > 0);
    if (info.prep != NULL)
        look_at(info.prep);
    predict(model);
    write_and_read(model);
    nudge_model_free(model);
}

void read_model(const reader *r, const unsigned char *bytes, size_t size)
{
    nudge_error err = {0};
    nudge_model *model = NULL;
    const char *path = file_of_header(bytes, size);
    (void)r;
    (void)nudge_file_is_model(path);
    nudge_status status = nudge_model_load(&model, path, &err);
    use(status, model, &err);
}

void read_import(const reader *r, const unsigned char *bytes, size_t size)
{
    nudge_error err = {0};
    nudge_model *model = NULL;
    nudge_status status = nudge_model_import(&model, r->file(bytes, size), NULL, &err);
    use(status, model, &err);
}

/* Two layers, 3 x 4 x 2. */
static nudge_model *small_model(uint64_t seed)
{
    static const size_t widths[] = {3, 4, 2};
    nudge_model_options options = nudge_model_defaults();
    nudge_model *model;
    nudge_error err;
    options.layers = 2;
    options.widths = widths;
    options.loss = NUDGE_CROSS_ENTROPY;
    options.seed = seed;
    HOLDS(nudge_model_create(&model, &options, NULL, &err) == NUDGE_OK);
    return model;
}

void read_weights(const reader *r, const unsigned char *bytes, size_t size)
{
    nudge_error err = {0};
    nudge_weights_taken taken;
    nudge_model *model = small_model(1);
    uint64_t before = nudge_model_hash(model);
    const char *path = file_of_header(bytes, size);
    nudge_status status = nudge_model_load_weights(model, path, &taken, &err);
    (void)r;
    check_outcome(status, status == NUDGE_OK, &err);
    HOLDS(status == NUDGE_OK ? taken.layers > 0 : nudge_model_hash(model) == before);
    nudge_model_free(model);
}

/* A training that checkpoints go on with, or NULL once one did. */
static struct {
    nudge_dataset *data;
    nudge_model *model;
    nudge_trainer *trainer;
} training;

static void training_start(void)
{
    static const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 3, 5};
    static const int32_t classes[] = {0, 1, 0, 1};
    nudge_train_options options = nudge_train_defaults();
    nudge_error err;
    options.batch = 2;
    options.epochs = 3;
    options.threads = 1;
    options.average = 0.5;
    options.keep_history = 1;
    options.optimizer = nudge_optimizer_defaults(NUDGE_ADAM);
    options.early_stop = (nudge_early_stop){2, NUDGE_METRIC_LOSS, 0.01};
    training.model = small_model(1);
    HOLDS(nudge_dataset_from_arrays(&training.data, NUDGE_F32, 4, 3, 2, x, NULL, classes, &err) ==
          NUDGE_OK);
    HOLDS(nudge_trainer_create(&training.trainer, training.model, training.data, training.data,
                               &options, &err) == NUDGE_OK);
}

/* Goes on for an epoch, and ends. */
static void training_end(void)
{
    nudge_error err = {0};
    nudge_status status = nudge_trainer_epoch(training.trainer, NULL, &err);
    check_outcome(status, status == NUDGE_OK, &err);
    for (size_t i = 0; nudge_trainer_history(training.trainer, i) != NULL; i++)
        HOLDS(nudge_trainer_history(training.trainer, i)->epoch == i + 1);
    nudge_trainer_free(training.trainer);
    nudge_dataset_free(training.data);
    nudge_model_free(training.model);
    training.trainer = NULL;
}

void read_checkpoint(const reader *r, const unsigned char *bytes, size_t size)
{
    nudge_error err = {0};
    char *note = NULL;
    const char *path = file_of_header(bytes, size);
    (void)r;
    if (training.trainer == NULL)
        training_start();
    nudge_status status = nudge_checkpoint_note(&note, path, &err);
    check_outcome(status, status == NUDGE_OK, &err);
    free(note);
    status = nudge_trainer_load(training.trainer, path, &err);
    check_outcome(status, status == NUDGE_OK, &err);
    if (status == NUDGE_OK)
        training_end();
}
