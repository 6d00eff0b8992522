/* Data and models made up for tests. */
#ifndef NUDGE_TESTS_MODEL_FIXTURES_H
#define NUDGE_TESTS_MODEL_FIXTURES_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nudge.h"

/* The call must return `status`; shows the message of the one that came instead. */
#define ck_status(call, expected, err)                                                       \
    do {                                                                                     \
        (err)->text[0] = '\0';                                                               \
        nudge_status ck_status_ = (call);                                                    \
        ck_assert_msg(ck_status_ == (expected), "%s: \"%s\" (%s), not \"%s\"", #call,        \
                      nudge_status_text(ck_status_), (err)->text, nudge_status_text(expected)); \
    } while (0)

#define ck_ok(call, err) ck_status(call, NUDGE_OK, err)

/* The file, made of `of`, is refused as a network of another program: in one line, which begins
 * with its path and holds `words`. */
static inline void ck_import_refused(const char *path, const char *words, const char *of)
{
    nudge_model *m = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_model_import(&m, path, NULL, &err);
    ck_assert_msg(status == NUDGE_EDATA, "status %d, '%s' of\n%s", status, err.text, of);
    ck_assert_ptr_null(m);
    ck_assert_msg(strstr(err.text, words) != NULL, "no '%s' in '%s' of\n%s", words, err.text, of);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "no path: %s", err.text);
}

/* value_of(metrics, R2) */
#define value_of(metrics, NAME) ((metrics).value[NUDGE_METRIC_##NAME])

/* Uniform in [-1, 1): splitmix64 (Steele et al. 2014), apart from the library's own numbers. */
static inline double made_number(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

static inline double *made_array(size_t n, double scale, uint64_t seed)
{
    double *array = malloc(n * sizeof *array);
    ck_assert_ptr_nonnull(array);
    uint64_t state = seed;
    for (size_t i = 0; i < n; i++)
        array[i] = scale * made_number(&state);
    return array;
}

/* Random features, and random targets such as `loss` wants. */
static inline nudge_dataset *made_data(nudge_loss loss, nudge_dtype dtype, size_t rows,
                                       size_t features, size_t outputs, uint64_t seed)
{
    double *x = made_array(rows * features, 1, seed);
    double *y = made_array(rows * outputs, 1, seed + 1);
    int32_t *classes = NULL;
    if (nudge_loss_describe(loss).target == NUDGE_CLASSES) {
        classes = malloc(rows * sizeof *classes);
        ck_assert_ptr_nonnull(classes);
        for (size_t i = 0; i < rows; i++)
            classes[i] = (int32_t)((y[i * outputs] + 1) / 2 * (double)outputs);
    }
    for (size_t i = 0; i < rows * outputs; i++) {
        if (loss == NUDGE_BCE)
            y[i] = (y[i] + 1) / 2;
        else if (loss == NUDGE_POISSON)
            y[i] = floor((y[i] + 1) * 3);
    }
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, dtype, rows, features, outputs, x,
                                    classes == NULL ? y : NULL, classes, &err), &err);
    free(classes);
    free(y);
    free(x);
    return data;
}

/* Any network; `hidden` for all hidden layers, pytorch initial weights. */
static inline nudge_model *made_model_with(int layer_norm, int residual, nudge_loss loss,
                                           nudge_dtype dtype, size_t layers, const size_t *widths,
                                           nudge_activation hidden, nudge_activation output,
                                           uint64_t seed)
{
    nudge_activation activations[64];
    ck_assert_uint_le(layers, 64);
    for (size_t l = 0; l < layers; l++)
        activations[l] = l + 1 < layers ? hidden : output;
    nudge_model_options options = nudge_model_defaults();
    options.dtype = dtype;
    options.layers = layers;
    options.widths = widths;
    options.activations = activations;
    options.loss = loss;
    options.seed = seed;
    options.layer_norm = layer_norm;
    options.residual = residual;
    nudge_model *model = NULL;
    nudge_error err;
    ck_ok(nudge_model_create(&model, &options, NULL, &err), &err);
    return model;
}

static inline nudge_model *made_model(nudge_loss loss, nudge_dtype dtype, size_t layers,
                                      const size_t *widths, nudge_activation hidden,
                                      nudge_activation output, uint64_t seed)
{
    return made_model_with(0, 0, loss, dtype, layers, widths, hidden, output, seed);
}

/* All weights and biases in file order; for free(). */
static inline double *made_weights(const nudge_model *model)
{
    nudge_model_info info = nudge_model_describe(model);
    double *flat = malloc(info.parameters * sizeof *flat), *at = flat;
    ck_assert_ptr_nonnull(flat);
    for (size_t l = 0; l < info.layers; l++) {
        size_t weights = info.widths[l] * info.widths[l + 1];
        nudge_error err;
        ck_ok(nudge_model_get_layer(model, l, at, at + weights, &err), &err);
        at += weights + info.widths[l + 1];
    }
    return flat;
}

/* The opposite of made_weights(). */
static inline void made_set_weights(nudge_model *model, const double *flat)
{
    nudge_model_info info = nudge_model_describe(model);
    for (size_t l = 0; l < info.layers; l++) {
        size_t weights = info.widths[l] * info.widths[l + 1];
        nudge_error err;
        ck_ok(nudge_model_set_layer(model, l, flat, flat + weights, &err), &err);
        flat += weights + info.widths[l + 1];
    }
}

/* A small regression in f64: 6-20-3, tanh, mse. */
static const size_t small_widths[] = {6, 20, 3};

static inline nudge_dataset *small_data(size_t rows, uint64_t seed)
{
    return made_data(NUDGE_MSE, NUDGE_F64, rows, 6, 3, seed);
}

static inline nudge_model *small_model(void)
{
    return made_model(NUDGE_MSE, NUDGE_F64, 2, small_widths, NUDGE_TANH, NUDGE_IDENTITY, 1);
}

/* A regression with work for two threads: 200-600-3, tanh, mse, f64. */
enum { WIDE_FEATURES = 200, WIDE_OUTPUTS = 3 };

static inline nudge_dataset *wide_data(size_t rows, uint64_t seed)
{
    return made_data(NUDGE_MSE, NUDGE_F64, rows, WIDE_FEATURES, WIDE_OUTPUTS, seed);
}

static inline nudge_model *wide_model(void)
{
    static const size_t widths[] = {WIDE_FEATURES, 600, WIDE_OUTPUTS};
    return made_model(NUDGE_MSE, NUDGE_F64, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 1);
}

/* adam, batch 16, 5 epochs. */
static inline nudge_train_options small_options(void)
{
    nudge_train_options options = nudge_train_defaults();
    options.batch = 16;
    options.epochs = 5;
    return options;
}

/* The hash after training a fresh small model. */
static inline uint64_t trained(const nudge_dataset *data, const nudge_train_options *options)
{
    nudge_model *model = small_model();
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, options, NULL, &err), &err);
    uint64_t hash = nudge_model_hash(model);
    nudge_model_free(model);
    return hash;
}

#endif
