/* A model with all that a file holds, and the parts of its file. */
#ifndef NUDGE_TESTS_MODEL_FILE_FIXTURES_H
#define NUDGE_TESTS_MODEL_FILE_FIXTURES_H

#include "file_fixtures.h"
#include "model_fixtures.h"
#include "prep/prep.h"

/* Two raw columns, three inputs, one standardised target. */
static inline const nudge_prep *file_prep(void)
{
    static char *values[] = {"New \"Town\"", "Z\xc3\xbcrich"};
    static nu_prep_column columns[] = {
        {.name = "age", .kind = NUDGE_COLUMN_NUMBER, .fill = 1.0 / 3},
        {.name = "town", .kind = NUDGE_COLUMN_CATEGORY, .categories = values, .n_categories = 2}};
    static char *features[] = {"age", "town=New \"Town\"", "town=Z\xc3\xbcrich"};
    static char *targets[] = {"price"};
    static double shift[] = {0.1, 0, 0}, factor[] = {1e-7, 1, 1};
    static double t_shift[] = {-7.7}, t_factor[] = {3};
    static nudge_prep prep = {.loss = NUDGE_HUBER, .scale = NUDGE_SCALE_STANDARD, .n_columns = 2,
                              .columns = columns, .values = 3, .features = 3,
                              .feature_names = features, .shift = shift, .factor = factor,
                              .outputs = 1, .n_targets = 1,
                              .target_names = targets, .target_shift = t_shift,
                              .target_factor = t_factor};
    return &prep;
}

/* 3-5-1, huber, with the prep or without. */
static inline nudge_model *file_model(nudge_dtype dtype, int with_prep, uint64_t seed)
{
    nudge_model_options o = nudge_model_defaults();
    o.dtype = dtype;
    o.layers = 2;
    o.widths = (size_t[]){3, 5, 1};
    o.activations = (nudge_activation[]){NUDGE_LEAKY_RELU, NUDGE_SOFTPLUS};
    o.loss = NUDGE_HUBER;
    o.loss_parameter = 0.3;
    o.seed = seed;
    nudge_model *m = NULL;
    nudge_error err;
    ck_ok(nudge_model_create(&m, &o, with_prep ? file_prep() : NULL, &err), &err);
    return m;
}

/* Saves a made model to st_path and gives the file's parts; header for free(), as *data. */
static inline char *saved_parts(nudge_dtype dtype, int with_prep, unsigned char **data,
                                size_t *data_size)
{
    nudge_model *m = file_model(dtype, with_prep, 1);
    nudge_error err;
    ck_ok(nudge_model_save(m, st_path, &err), &err);
    nudge_model_free(m);
    size_t size, length = 0;
    unsigned char *bytes = read_bytes(st_path, &size);
    for (size_t i = 8; i-- > 0;)
        length = length << 8 | bytes[i];
    ck_assert_uint_le(length, size - 8);
    char *header = strndup((char *)bytes + 8, length);
    *data_size = size - 8 - length;
    *data = malloc(*data_size);
    ck_assert(header != NULL && *data != NULL);
    memcpy(*data, bytes + 8 + length, *data_size);
    free(bytes);
    return header;
}

/* Trains m; in_parts: up to `updates`, and then from a checkpoint in st_path. */
static inline void train_in_parts(nudge_model *m, const nudge_dataset *data,
                                  const nudge_train_options *o, int in_parts, size_t updates)
{
    nudge_error err;
    nudge_trainer *t = NULL;
    ck_ok(nudge_trainer_create(&t, m, data, NULL, o, &err), &err);
    if (in_parts) {
        ck_ok(nudge_trainer_updates(t, updates, &err), &err);
        ck_ok(nudge_trainer_save(t, st_path, NULL, &err), &err);
        nudge_trainer_free(t);
        ck_ok(nudge_trainer_create(&t, m, data, NULL, o, &err), &err);
        ck_ok(nudge_trainer_load(t, st_path, &err), &err);
    }
    ck_ok(nudge_trainer_run(t, &err), &err);
    nudge_trainer_free(t);
}

#endif
