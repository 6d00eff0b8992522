/* nudge against PyTorch. Everything in f64. */
#include <jansson.h>
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"
#include "torch_fixtures.h"

#define LAYERS 3

/* Relative, against max(|value|, floor): 20 steps of 89 parameters in another summation order. */
#define TOLERANCE 1e-10
#define WEIGHT_FLOOR 1e-3

typedef struct reference {
    json_t *json;
    size_t widths[LAYERS + 1];
    size_t rows, batch, epochs, parameters;
    double *x, *initial;
} reference;

static double *numbers_of(const json_t *array, size_t expected)
{
    ck_assert_uint_eq(json_array_size(array), expected);
    double *values = malloc(expected * sizeof *values);
    ck_assert_ptr_nonnull(values);
    for (size_t i = 0; i < expected; i++)
        values[i] = json_number_value(json_array_get(array, i));
    return values;
}

static size_t size_of(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    ck_assert_msg(json_is_integer(value), "no '%s'", key);
    return (size_t)json_integer_value(value);
}

static const char *name_of(const json_t *json, const char *key)
{
    const char *name = json_string_value(json_object_get(json, key));
    ck_assert_msg(name != NULL, "no '%s'", key);
    return name;
}

static reference reference_open(void)
{
    reference ref = {.json = torch_reference()};
    const json_t *widths = json_object_get(ref.json, "widths");
    ck_assert_uint_eq(json_array_size(widths), LAYERS + 1);
    for (size_t l = 0; l <= LAYERS; l++)
        ref.widths[l] = (size_t)json_integer_value(json_array_get(widths, l));
    for (size_t l = 0; l < LAYERS; l++)
        ref.parameters += (ref.widths[l] + 1) * ref.widths[l + 1];
    ref.rows = size_of(ref.json, "rows");
    ref.batch = size_of(ref.json, "batch");
    ref.epochs = size_of(ref.json, "epochs");
    ref.x = numbers_of(json_object_get(ref.json, "x"), ref.rows * ref.widths[0]);
    ref.initial = numbers_of(json_object_get(ref.json, "initial"), ref.parameters);
    return ref;
}

/* An item may have widths of its own: its parameters are then the first ones. */
static void reference_resize(reference *ref, const json_t *item)
{
    const json_t *widths = json_object_get(item, "widths");
    if (widths == NULL)
        return;
    ref->parameters = 0;
    for (size_t l = 0; l <= LAYERS; l++)
        ref->widths[l] = (size_t)json_integer_value(json_array_get(widths, l));
    for (size_t l = 0; l < LAYERS; l++)
        ref->parameters += (ref->widths[l] + 1) * ref->widths[l + 1];
}

static void reference_close(reference *ref)
{
    free(ref->x);
    free(ref->initial);
    json_decref(ref->json);
}

/* The first `rows` rows with the targets that `item` names. */
static nudge_dataset *make_dataset(const reference *ref, const json_t *item, size_t rows)
{
    const char *kind = name_of(item, "target");
    const json_t *target = json_object_get(json_object_get(ref->json, "targets"), kind);
    size_t outputs = ref->widths[LAYERS];
    double *y = NULL;
    int32_t *classes = NULL;
    if (strcmp(kind, "class") == 0) {
        classes = malloc(ref->rows * sizeof *classes);
        ck_assert_ptr_nonnull(classes);
        for (size_t i = 0; i < ref->rows; i++)
            classes[i] = (int32_t)json_integer_value(json_array_get(target, i));
    } else {
        y = numbers_of(target, ref->rows * outputs);
    }
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, rows, ref->widths[0], outputs, ref->x, y,
                                    classes, &err), &err);
    double *weights = NULL;
    if (json_is_true(json_object_get(item, "weighted")))
        weights = numbers_of(json_object_get(ref->json, "weights"), ref->rows);
    ck_ok(nudge_dataset_set_weights(data, weights, &err), &err);
    free(weights);
    if (json_object_get(item, "class_weights") != NULL) {
        weights = numbers_of(json_object_get(item, "class_weights"), outputs);
        ck_ok(nudge_dataset_weigh_classes(data, weights, &err), &err);
        free(weights);
    }
    free(y);
    free(classes);
    return data;
}

/* The network that `item` describes, with the shared initial weights. */
static nudge_model *make_model(const reference *ref, const json_t *item)
{
    nudge_error err;
    nudge_activation hidden, output;
    ck_ok(nudge_activation_parse(&hidden, name_of(item, "hidden"), &err), &err);
    ck_ok(nudge_activation_parse(&output, name_of(item, "output"), &err), &err);
    const nudge_activation activations[LAYERS] = {hidden, hidden, output};
    nudge_model_options options = nudge_model_defaults();
    options.dtype = NUDGE_F64;
    options.layers = LAYERS;
    options.widths = ref->widths;
    options.activations = activations;
    const json_t *parameter = json_object_get(item, "loss_parameter");
    options.loss_parameter = json_is_number(parameter) ? json_number_value(parameter) : NAN;
    options.init = NUDGE_INIT_ZEROS;
    const json_t *between = json_object_get(item, "between");
    options.layer_norm = json_is_true(json_object_get(between, "layer_norm"));
    options.residual = json_is_true(json_object_get(between, "residual"));
    ck_ok(nudge_loss_parse(&options.loss, name_of(item, "loss"), &err), &err);
    nudge_model *model = NULL;
    ck_ok(nudge_model_create(&model, &options, NULL, &err), &err);
    made_set_weights(model, ref->initial);
    return model;
}

/* torch.optim's names are ours. An option that is not known here is an error, not ignored. */
static nudge_optimizer make_optimizer(const json_t *item)
{
    nudge_error err;
    nudge_optimizer_kind kind;
    ck_ok(nudge_optimizer_parse(&kind, name_of(item, "optimizer"), &err), &err);
    nudge_optimizer o = nudge_optimizer_defaults(kind);
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(item, "options"), key, value) {
        double number = json_number_value(value);
        if (strcmp(key, "lr") == 0)
            o.lr = number;
        else if (strcmp(key, "momentum") == 0)
            o.momentum = number;
        else if (strcmp(key, "nesterov") == 0)
            o.nesterov = json_is_true(value);
        else if (strcmp(key, "weight_decay") == 0)
            o.weight_decay = number;
        else if (strcmp(key, "l1") == 0)
            o.l1 = number;
        else if (strcmp(key, "alpha") == 0)
            o.alpha = number;
        else if (strcmp(key, "eps") == 0)
            o.eps = number;
        else if (strcmp(key, "betas") == 0) {
            o.beta1 = json_number_value(json_array_get(value, 0));
            o.beta2 = json_number_value(json_array_get(value, 1));
        } else
            ck_abort_msg("unknown option '%s'", key);
    }
    return o;
}

/* "3: sgd {...}, mse, hidden tanh, output identity", for messages; in a buffer of its own. */
static const char *describe(const json_t *item, size_t number)
{
    static char text[256];
    char *options = json_dumps(json_object_get(item, "options"), JSON_COMPACT | JSON_ENCODE_ANY);
    const char *optimizer = json_string_value(json_object_get(item, "optimizer"));
    snprintf(text, sizeof text, "%zu: %s %s, schedule %d, %s, hidden %s, output %s", number,
             optimizer != NULL ? optimizer : "gradient", options != NULL ? options : "",
             (int)torch_schedule(item).kind, name_of(item, "loss"), name_of(item, "hidden"),
             name_of(item, "output"));
    free(options);
    return text;
}

/* |ours - theirs| <= TOLERANCE * max(|theirs|, floor) for every element. */
static void compare_numbers(const char *what, const double *ours, const json_t *theirs, size_t n,
                            double floor)
{
    double *expected = numbers_of(theirs, n);
    for (size_t i = 0; i < n; i++) {
        double allowed = TOLERANCE * fmax(fabs(expected[i]), floor);
        ck_assert_msg(fabs(ours[i] - expected[i]) <= allowed,
                      "%s: element %zu is %.17g, PyTorch's %.17g", what, i, ours[i], expected[i]);
    }
    free(expected);
}

/* The gradient of the first batch: one sgd step with lr 1 changes the weights by minus the
 * gradient. The subtraction of weights costs 1e-16 absolute, so the floor is 1e-3 here too. */
START_TEST(gradients)
{
    reference ref = reference_open();
    const json_t *all = json_object_get(ref.json, "gradients");
    const json_t *item = json_array_get(all, (size_t)_i);
    nudge_dataset *data = make_dataset(&ref, item, ref.batch);
    nudge_model *model = make_model(&ref, item);
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1;
    options.batch = ref.batch;
    options.epochs = 1;
    options.threads = 1;
    nudge_train_result result;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    double *weights = made_weights(model);
    for (size_t i = 0; i < ref.parameters; i++)
        weights[i] = ref.initial[i] - weights[i];
    const char *what = describe(item, (size_t)_i);
    compare_numbers(what, weights, json_object_get(item, "gradient"), ref.parameters, WEIGHT_FLOOR);
    double value = json_number_value(json_object_get(item, "value"));
    ck_assert_msg(fabs(result.last.train_loss - value) <= TOLERANCE * fabs(value),
                  "%s: loss %.17g, PyTorch's %.17g", what, result.last.train_loss, value);
    free(weights);
    nudge_model_free(model);
    nudge_dataset_free(data);
    reference_close(&ref);
}
END_TEST

static int keep_loss(const nudge_epoch *epoch, void *user)
{
    ((double *)user)[epoch->epoch - 1] = epoch->train_loss;
    return 0;
}

/* Weights after 20 steps, and the mean loss of each epoch. */
START_TEST(cases)
{
    reference ref = reference_open();
    const json_t *item = json_array_get(json_object_get(ref.json, "cases"), (size_t)_i);
    reference_resize(&ref, item);
    nudge_dataset *data = make_dataset(&ref, item, ref.rows);
    nudge_model *model = make_model(&ref, item);
    double losses[20] = {0};
    if (json_object_get(item, "batch") != NULL) {
        ref.batch = size_of(item, "batch");
        ref.epochs = size_of(item, "epochs");
    }
    ck_assert_uint_le(ref.epochs, 20);
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = make_optimizer(item);
    options.schedule = torch_schedule(item);
    const char *decay = json_string_value(json_object_get(item, "decay_schedule"));
    if (decay != NULL)
        ck_assert_int_eq(nudge_schedule_parse(&options.decay_schedule, decay, NULL), NUDGE_OK);
    const json_t *factors = json_object_get(item, "lr_factors");
    double lr_factors[LAYERS];
    for (size_t l = 0; l < LAYERS && factors != NULL; l++)
        lr_factors[l] = json_number_value(json_array_get(factors, l));
    options.lr_factors = factors != NULL ? lr_factors : NULL;
    if (json_object_get(item, "bias_lr_factor") != NULL)
        options.bias_lr_factor = json_number_value(json_object_get(item, "bias_lr_factor"));
    options.ntk = json_is_true(json_object_get(item, "ntk"));
    options.drop_last = json_is_true(json_object_get(item, "drop_last"));
    options.batch = ref.batch;
    options.epochs = ref.epochs;
    options.shuffle = 0;
    const json_t *training = json_object_get(item, "training");
    options.clip_value = json_number_value(json_object_get(training, "clip_value"));
    options.clip_norm = json_number_value(json_object_get(training, "clip_norm"));
    options.max_norm = json_number_value(json_object_get(training, "max_norm"));
    options.accumulate = size_of(training, "accumulate");
    options.threads = 1;
    options.on_epoch = keep_loss;
    options.user = losses;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, NULL, &err), &err);
    double *weights = made_weights(model);
    const char *what = describe(item, (size_t)_i);
    compare_numbers(what, weights, json_object_get(item, "weights"), ref.parameters, WEIGHT_FLOOR);
    compare_numbers(what, losses, json_object_get(item, "epoch_losses"), ref.epochs, 0);
    free(weights);
    nudge_model_free(model);
    nudge_dataset_free(data);
    reference_close(&ref);
}
END_TEST

/* The file has every optimizer, loss and activation, and as many items as the loops below run. */
#define GRADIENTS 41
#define CASES 190

START_TEST(complete)
{
    reference ref = reference_open();
    const json_t *all = json_object_get(ref.json, "cases");
    ck_assert_uint_eq(json_array_size(all), CASES);
    ck_assert_uint_eq(json_array_size(json_object_get(ref.json, "gradients")), GRADIENTS);
    int losses[NUDGE_FOCAL + 1] = {0}, optimizers[NUDGE_LBFGS + 1] = {0};
    int hiddens[NUDGE_SOFTSIGN + 1] = {0};
    size_t i;
    const json_t *item;
    json_array_foreach(all, i, item) {
        nudge_error err;
        nudge_loss loss;
        nudge_activation hidden;
        nudge_optimizer_kind optimizer;
        ck_ok(nudge_loss_parse(&loss, name_of(item, "loss"), &err), &err);
        ck_ok(nudge_activation_parse(&hidden, name_of(item, "hidden"), &err), &err);
        ck_ok(nudge_optimizer_parse(&optimizer, name_of(item, "optimizer"), &err), &err);
        losses[loss]++;
        hiddens[hidden]++;
        optimizers[optimizer]++;
    }
    for (int l = NUDGE_MSE; l <= NUDGE_FOCAL; l++)
        ck_assert_int_gt(losses[l], 0);
    for (int o = NUDGE_SGD; o <= NUDGE_LBFGS; o++)
        ck_assert_int_gt(optimizers[o], 0);
    for (int a = NUDGE_IDENTITY; a <= NUDGE_SOFTSIGN; a++)
        ck_assert_int_gt(hiddens[a], 0);
    reference_close(&ref);
}
END_TEST

static Suite *torch_suite(void)
{
    Suite *suite = suite_create("torch");
    TCase *tc = tcase_create("PyTorch");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, complete);
    tcase_add_loop_test(tc, gradients, 0, GRADIENTS);
    tcase_add_loop_test(tc, cases, 0, CASES);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(torch_suite)
