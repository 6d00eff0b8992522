#include "support/train_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/say.h"
#include "support/data_options.h"
#include "whole.h"

/* With no --data: data that every build can make, whose noise floor is known. */
#define BUILT_IN_DATA "synth:teacher,rows=400000,features=16,hidden=32"
#define BUILT_IN_VAL_SPLIT 0.1

/* Of a layer: BLAS counts in int. */
enum { MOST_UNITS = 2147483647 };

const option train_data_options[] = {
    {.help = "Data"},
    {"data", "SPEC", NULL, "a CSV, IDX, NPY or safetensors file, or synth:NAME,rows=N,...; without "
                           "it a built-in synthetic dataset, with --val-split 0.1"},
    {"target", "COLUMNS", NULL, "the CSV column to predict; several, separated by commas, for a "
                                "regression with several outputs"},
    {"labels", "FILE", NULL, "IDX or NPY file with the labels of --data"},
    {"val", "SPEC", NULL, "validation data: its loss is shown after every epoch"},
    {"val-labels", "FILE", NULL, "IDX or NPY file with the labels of --val"},
    {"val-split", "F", "0", "hold out this part of --data for validation"},
    {"split", "random|last", "random", "which rows the splits take"},
    {"ignore", "COLUMNS", NULL, "CSV columns to leave out, separated by commas"},
    {"category", "COLUMNS", NULL, "numeric CSV columns to take as categories"},
    {"header", "yes|no|auto", "auto", "whether the first CSV row holds names"},
    {"scale", "HOW", "auto", "scaling of features, and of the target for mse, mae and huber: "
                             "standard, minmax, none; auto is standard, and pixels / 255"},
    {0},
};

const option train_network_options[] = {
    {.help = "Network"},
    {"hidden", "N,N,...", "128,64", "units of the hidden layers; none for a linear model"},
    {"activation", "NAME,...", "relu", "of all hidden layers, or one for each, or one more for "
                                       "the output layer (mse, mae, huber); identity, relu, "
                                       "leaky-relu, elu, tanh, sigmoid, softplus, gelu, silu"},
    {"loss", "NAME", "auto", "mse, mae, huber, cross-entropy, bce, poisson; auto is cross-entropy "
                             "for classes, bce for a target of 0 and 1, otherwise mse"},
    {"huber-delta", "X", "1", "where huber turns from quadratic to linear"},
    {"init", "NAME|FILE", "pytorch", "initial weights: pytorch, he, glorot, zeros, or a "
                                     ".safetensors file that holds them"},
    {"dtype", "f32|f64", "f32", "numbers of the network"},
    {0},
};

const option train_optimizer_options[] = {
    {.help = "Training"},
    {"optimizer", "NAME", "adam", "sgd, adam, adamw, rmsprop, adagrad"},
    {"lr", "X", "0.001", "learning rate"},
    {"momentum", "X", "0", "of sgd and rmsprop"},
    {"nesterov", NULL, NULL, "Nesterov momentum, with sgd"},
    {"weight-decay", "X", NULL, "L2 penalty; decoupled in adamw, where 0.01 is the default"},
    {"beta1", "X", "0.9", "of adam and adamw"},
    {"beta2", "X", "0.999", "of adam and adamw"},
    {"alpha", "X", "0.99", "smoothing constant of rmsprop"},
    {"eps", "X", "1e-8", "of all but sgd; adagrad's default is 1e-10"},
    {"batch", "N", "64", "samples per update"},
    {"shuffle", "yes|no", "yes", "a new order of samples in every epoch"},
    {"seed", "N", "1", "of synthetic data, splits, initial weights and order"},
    {0},
};

const option train_run_options[] = {
    {"epochs", "N", "10", "passes over the training data"},
    {"threads", "N", NULL, "default: the cores this process may use; the weights do not depend "
                           "on it"},
    {"oversubscribe", NULL, NULL, "use as many threads as --threads says even if there are fewer "
     "cores: slower, with the same weights"},
    {.help = "Test"},
    {"test", "SPEC", NULL, "test data: evaluated once, at the end"},
    {"test-labels", "FILE", NULL, "IDX or NPY file with the labels of --test"},
    {"test-split", "F", "0", "hold out this part of --data for the test"},
    {.help = "Output"},
    {"out", "FILE", NULL, "write the model there (safetensors)"},
    {"log", "FILE", NULL, "write one JSON object per epoch there"},
    {"json", NULL, NULL, "results as one JSON object"},
    {"quiet", NULL, NULL, "only results and errors"},
    {"explain", NULL, NULL, "show how the engine arranges the work, and why"},
    {0},
};

/* ---- Options that exclude each other --------------------------------------------------- */

static void check_optimizer_options(arguments *args, nudge_optimizer_kind kind)
{
    enum { SGD = 1 << NUDGE_SGD, ADAM = 1 << NUDGE_ADAM, ADAMW = 1 << NUDGE_ADAMW,
           RMSPROP = 1 << NUDGE_RMSPROP, ADAGRAD = 1 << NUDGE_ADAGRAD };
    static const struct {
        const char *option;
        int has;
        const char *why;
    } rules[] = {
        {"momentum", SGD | RMSPROP, "only sgd and rmsprop have it"},
        {"nesterov", SGD, "only sgd has it"},
        {"beta1", ADAM | ADAMW, "only adam and adamw have it"},
        {"beta2", ADAM | ADAMW, "only adam and adamw have it"},
        {"alpha", RMSPROP, "only rmsprop has it"},
        {"eps", ADAM | ADAMW | RMSPROP | ADAGRAD, "sgd does not have it"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!(rules[i].has & 1 << kind)) {
            char why[100];
            snprintf(why, sizeof why, "%s (the optimizer is %s)", rules[i].why,
                     nudge_optimizer_name(kind));
            refuse_given(args, rules[i].option, why);
        }
}

static void read_optimizer(nudge_optimizer *o, arguments *args)
{
    nudge_optimizer_kind kind = NUDGE_ADAM;
    PARSED(args, "optimizer", nudge_optimizer_parse, &kind);
    *o = nudge_optimizer_defaults(kind);
    check_optimizer_options(args, kind);
    o->lr = real_of(args, "lr", ABOVE_0);
    if (given(args, "momentum"))
        o->momentum = real_of(args, "momentum", FROM_0);
    o->nesterov = given(args, "nesterov");
    if (o->nesterov && !(o->momentum > 0))
        refuse_given(args, "nesterov", "it needs a --momentum above 0");
    if (given(args, "weight-decay"))
        o->weight_decay = real_of(args, "weight-decay", FROM_0);
    if (given(args, "beta1"))
        o->beta1 = real_of(args, "beta1", FROM_0_BELOW_1);
    if (given(args, "beta2"))
        o->beta2 = real_of(args, "beta2", FROM_0_BELOW_1);
    if (given(args, "alpha"))
        o->alpha = real_of(args, "alpha", FROM_0_BELOW_1);
    if (given(args, "eps"))
        o->eps = real_of(args, "eps", ABOVE_0);
}

static void read_data(train_setup *s, arguments *args)
{
    nudge_data_options *d = &s->data;
    *d = nudge_data_defaults();
    int built_in = !given(args, "data");
    if (built_in) {
        static const char *const meaningless[] = {"target", "labels", "ignore", "category",
                                                  "header"};
        for (size_t i = 0; i < sizeof meaningless / sizeof *meaningless; i++)
            refuse_given(args, meaningless[i], "it needs --data");
    }
    d->data = built_in ? BUILT_IN_DATA : text_of(args, "data");
    d->val = text_of(args, "val");
    d->val_labels = text_of(args, "val-labels");
    if (d->val == NULL)
        refuse_given(args, "val-labels", "it needs --val");
    else
        refuse_given(args, "val-split", "it cannot be used together with --val");
    d->val_split = real_of(args, "val-split", FROM_0_BELOW_1);
    if (built_in && !given(args, "val-split") && d->val == NULL)
        d->val_split = BUILT_IN_VAL_SPLIT;
    static const char *const orders[] = {"random", "last", NULL};
    d->split_order = choice_of(args, "split", orders) == 0 ? NUDGE_SPLIT_RANDOM
                                                          : NUDGE_SPLIT_LAST;
    read_setup(&d->read, args);
    d->read.dtype = s->dtype;
    d->read.seed = d->seed = s->train.seed;
    d->read.threads = s->train.threads;
    PARSED(args, "scale", nudge_scale_parse, &d->prep.scale);
    PARSED(args, "loss", nudge_loss_parse, &d->prep.loss);
}

static void read_test(nudge_data_options *d, arguments *args)
{
    d->test = text_of(args, "test");
    d->test_labels = text_of(args, "test-labels");
    if (d->test == NULL)
        refuse_given(args, "test-labels", "it needs --test");
    else
        refuse_given(args, "test-split", "it cannot be used together with --test");
    d->test_split = real_of(args, "test-split", FROM_0_BELOW_1);
    if (d->val_split + d->test_split >= 1 && !args->failed) {
        say(args->command->name, "--val-split %s and --test-split %s leave no rows to train on",
            text_of(args, "val-split"), text_of(args, "test-split"));
        args->failed = 1;
    }
}

/* ---- Network --------------------------------------------------------------------------- */

static void read_hidden(train_setup *s, arguments *args)
{
    const char *text = text_of(args, "hidden");
    if (strcmp(text, "none") == 0)
        return;
    char **part = split_commas(text, &s->hidden);
    s->units = need(calloc(s->hidden, sizeof *s->units));
    for (size_t i = 0; i < s->hidden; i++) {
        uint64_t units;
        if (!nu_parse_whole(part[i], 1, MOST_UNITS, &units)) {
            refuse(args, "hidden", "'none' or whole numbers from 1 to 2147483647, separated by "
                                   "commas");
            break;
        }
        s->units[i] = (size_t)units;
    }
    free(part);
}

static void read_activations(train_setup *s, arguments *args)
{
    if (!given(args, "activation"))
        return;
    char **part = split_commas(text_of(args, "activation"), &s->activations);
    s->activation = need(calloc(s->activations, sizeof *s->activation));
    for (size_t i = 0; i < s->activations && !args->failed; i++) {
        nudge_error err;
        if (nudge_activation_parse(&s->activation[i], part[i], &err) != NUDGE_OK) {
            say(args->command->name, "--activation: %s", err.text);
            args->failed = 1;
        }
    }
    free(part);
    size_t n = s->activations;
    if (n != 1 && n != s->hidden && n != s->hidden + 1 && !args->failed) {
        say(args->command->name, "--activation: %zu names for %zu hidden layer%s; give 1, %zu or "
            "%zu (the last for the output layer)", n, s->hidden, s->hidden == 1 ? "" : "s",
            s->hidden, s->hidden + 1);
        args->failed = 1;
    }
}

/* A file if it has the ending of one or exists, otherwise the name of a scheme. */
static void read_init(train_setup *s, arguments *args)
{
    const char *text = text_of(args, "init");
    static const char ending[] = ".safetensors";
    size_t n = strlen(text), e = sizeof ending - 1;
    struct stat file;
    nudge_error err;
    s->init = NUDGE_INIT_PYTORCH;
    if (nudge_init_parse(&s->init, text, &err) == NUDGE_OK)
        return;
    if ((n > e && strcmp(text + n - e, ending) == 0) || stat(text, &file) == 0)
        s->init_file = text;
    else
        refuse(args, "init", "pytorch, he, glorot, zeros or a .safetensors file");
}

nudge_status train_setup_model(nudge_model **model, const train_setup *s, const nudge_prep *prep,
                               nudge_error *err)
{
    nudge_prep_info info = nudge_prep_describe(prep);
    nudge_model_options o = nudge_model_defaults();
    size_t layers = s->hidden + 1;
    size_t *widths = need(calloc(layers + 1, sizeof *widths));
    nudge_activation *activations = need(calloc(layers, sizeof *activations));
    widths[0] = info.features;
    for (size_t i = 0; i < s->hidden; i++) {
        widths[i + 1] = s->units[i];
        activations[i] = s->activations == 0   ? NUDGE_RELU
                         : s->activations == 1 ? s->activation[0]
                                               : s->activation[i];
    }
    widths[layers] = info.outputs;
    activations[layers - 1] = s->activations == layers ? s->activation[layers - 1]
                                                       : NUDGE_IDENTITY;
    o.dtype = s->dtype;
    o.layers = layers;
    o.widths = widths;
    o.activations = activations;
    o.loss = info.loss;
    o.huber_delta = s->huber_delta;
    o.init = s->init;
    o.seed = s->train.seed;
    nudge_model *made = NULL;
    nudge_status status = nudge_model_create(&made, &o, prep, err);
    if (status == NUDGE_OK && s->init_file != NULL)
        status = nudge_model_load_weights(made, s->init_file, err);
    if (status == NUDGE_OK)
        *model = made;
    else
        nudge_model_free(made);
    free(widths);
    free(activations);
    return status;
}

/* ---- Output ---------------------------------------------------------------------------- */

static void read_output(train_setup *s, arguments *args)
{
    s->out = text_of(args, "out");
    s->log = text_of(args, "log");
    s->json = given(args, "json");
    s->quiet = given(args, "quiet");
    s->explain = given(args, "explain");
    static const char *const inputs[] = {"data", "labels", "val", "val-labels",
                                         "test", "test-labels", "log", NULL};
    static const char *const log_inputs[] = {"data", "labels", "val", "val-labels",
                                             "test", "test-labels", "init", NULL};
    check_output(args, "out", inputs);
    check_output(args, "log", log_inputs);
}

void train_setup_shared(train_setup *s, arguments *args)
{
    static const char *const yes_no[] = {"no", "yes", NULL};
    PARSED(args, "dtype", nudge_dtype_parse, &s->dtype);
    s->train.batch = (size_t)whole_of(args, "batch", 1, UINT32_MAX);
    s->train.seed = whole_of(args, "seed", 0, UINT64_MAX);
    s->train.shuffle = choice_of(args, "shuffle", yes_no);
    read_optimizer(&s->train.optimizer, args);
    read_data(s, args);
    read_hidden(s, args);
    read_activations(s, args);
    read_init(s, args);
    s->huber_delta = real_of(args, "huber-delta", ABOVE_0);
    if (s->data.prep.loss != NUDGE_HUBER)
        refuse_given(args, "huber-delta", "it needs --loss huber");
}

void train_setup_start(train_setup *s, arguments *args)
{
    *s = (train_setup){.train = nudge_train_defaults()};
    read_output(s, args);
    s->train.epochs = (size_t)whole_of(args, "epochs", 1, UINT32_MAX);
    s->train.threads = threads_of(args);
    s->train.oversubscribe = given(args, "oversubscribe");
    train_setup_shared(s, args);
    read_test(&s->data, args);
}

void train_setup_end(train_setup *s)
{
    free(s->units);
    free(s->activation);
}
