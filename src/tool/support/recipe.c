#include "support/recipe.h"

#include <math.h>
#include <string.h>

#include "support/learning_options.h"
#include "support/say.h"
#include "whole.h"

typedef struct recipe {
    const char *name;
    const char *options[24][3]; /* names and texts; not where one of the others is given, or NULL */
    /* For networks of so many layers and weights; NULL: nothing depends on the data. */
    void (*fit)(arguments *args, const recipe_data *f, size_t layers, double weights);
} recipe;

/* ---- Giving ---------------------------------------------------------------------------- */

static void give(arguments *args, const char *name, const char *text)
{
    if (argument_named(args, name) != NULL && !given(args, name))
        arguments_put(args, name, need(strdup(text)));
}

static void give_whole(arguments *args, const char *name, double value)
{
    char text[NU_TEXT];
    snprintf(text, sizeof text, "%.0f", value);
    give(args, name, text);
}

/* In the order of the option's choices. */
enum { PLAIN, TABLE, BEST, REALMLP };

int recipe_is_best(const arguments *args)
{
    return given(args, "recipe") && choice_of(args, "recipe") == BEST;
}

int recipe_holds_out(const arguments *args)
{
    return given(args, "recipe") &&
           (choice_of(args, "recipe") == TABLE || choice_of(args, "recipe") == BEST);
}

/* ---- For tables ------------------------------------------------------------------------ */

/* The members' parts for validation: each learns from four fifths of the rows. */
#define PARTS 5

/* Seconds of operations: of one training, and of all trials of `best`, of which each may take
 * its part, but not too small a one. */
#define USUAL_SECONDS 30
#define BEST_SECONDS 600
#define TRIALS_IN_TIME 20
#define FEWEST_TRIALS 4

/* Epochs that networks need, most often, and those that they may take. */
#define USUAL_EPOCHS 40
#define MOST_EPOCHS 300

static double within(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* Each has a part of its own, and only one network alone can be bound to CPUs. */
static double most_members(arguments *args)
{
    if (choice_of(args, "pin"))
        return 1;
    return given(args, "val-folds") ? within((double)whole_of(args, "val-folds", 2, 1000), 2, PARTS)
                                    : PARTS;
}

double recipe_budget(const arguments *args)
{
    double seconds = recipe_is_best(args) ? BEST_SECONDS : USUAL_SECONDS;
    if (given(args, "max-time"))
        read_real(args, "max-time", ABOVE_0, &seconds);
    return seconds;
}

/* For one training. */
static double seconds_of_one(const arguments *args)
{
    double seconds = recipe_budget(args);
    if (!recipe_is_best(args))
        return seconds;
    return within(seconds / TRIALS_IN_TIME, fmin(seconds / FEWEST_TRIALS, USUAL_SECONDS), seconds);
}

/* Small batches for small tables: they need the updates. The number of members and of epochs is
 * what the time allows. doc/tables.md has what each of these was chosen by. */
static void fit_table(arguments *args, const recipe_data *f, size_t layers, double weights)
{
    double rows = (double)f->rows, batch = 32, seconds = seconds_of_one(args);
    int holds_out = !f->has_val && (f->rows >= RECIPE_FEW_ROWS || given(args, "early-stop"));
    while (batch < 256 && batch * 64 <= rows)
        batch *= 2;
    double learnt = holds_out ? rows * (PARTS - 1) / PARTS : rows;
    double epoch = 6 * weights * learnt;
    double affordable = seconds * RECIPE_OPERATIONS_PER_SECOND / epoch;
    if (f->rows < RECIPE_FEW_ROWS)
        affordable = MOST_EPOCHS;
    double members = within(affordable / USUAL_EPOCHS, 1, most_members(args));
    if (given(args, "members"))
        members = (double)whole_of(args, "members", 1, UINT32_MAX);
    double epochs = within(affordable / (double)(size_t)members, 10, MOST_EPOCHS);
    if (layers > 1)
        give(args, "dropout", nudge_loss_describe(f->loss).is_regression ? "0" : "0.1");
    give_whole(args, "batch", batch);
    give_whole(args, "members", (double)(size_t)members);
    give_whole(args, "epochs", (double)(size_t)epochs);
    if (holds_out)
        give_whole(args, "val-folds", within(members, PARTS, members));
    if (holds_out || f->has_val)
        give_whole(args, "early-stop", within((double)(size_t)(epochs / 6), 16, MOST_EPOCHS));
}

/* ---- RealMLP-TD-S ---------------------------------------------------------------------- */

/* The rates of layers, of an embedding as RealMLP-TD has it, and of the factors of inputs. */
static void give_lr_factors(arguments *args, size_t layers)
{
    char *text = need(strdup("1"));
    size_t embeds = choice_of(args, "embed") != NUDGE_EMBED_NONE;
    for (size_t l = 1; l < layers + embeds + choice_of(args, "input-factor"); l++) {
        char *more = text_as("%s,%s", text, l < layers ? "1" : l < layers + embeds ? "0.1" : "6");
        free(text);
        text = more;
    }
    give(args, "lr-factors", text);
    free(text);
}

static void fit_realmlp(arguments *args, const recipe_data *f, size_t layers, double weights)
{
    (void)weights;
    int classes = !nudge_loss_describe(f->loss).is_regression;
    give(args, "lr", classes ? "0.04" : "0.07");
    if (layers > 1)
        give(args, "activation", classes ? "selu" : "mish");
    give(args, "stop-metric", classes ? "accuracy" : "loss");
    if (f->loss == NUDGE_CROSS_ENTROPY)
        give(args, "label-smoothing", "0.1");
    give_lr_factors(args, layers);
    give(args, "members", "1");
}

/* ---- All ------------------------------------------------------------------------------- */

#define OF_TABLE \
    {{"encode", "auto"}, {"hidden", "256,256"}, {"optimizer", "adamw"}, \
     {"weight-decay", "0.03"}, {"average", "0.999"}}, fit_table
static const recipe recipes[] = {
    [PLAIN] = {"plain", {{NULL}}, NULL},
    [TABLE] = {"table", OF_TABLE},
    [BEST] = {"best", OF_TABLE}, /* of its first trial (trials.h) */
    [REALMLP] = {"realmlp",
                 {{"scale-categories", "yes", "scale"}, {"scale", "robust"},
                  {"category-code", "signed"}, {"two-outputs", "yes", "loss"},
                  {"hidden", "256,256,256"}, {"input-factor", "yes", "clip-norm clip-value"},
                  {"init", "ntk"},
                  {"ntk", "yes"}, {"bias-lr-factor", "0.1"}, {"beta2", "0.95", "optimizer"},
                  {"optimizer", "adam"}, {"schedule", "coslog4"}, {"batch", "256"},
                  {"drop-last", "yes"}, {"epochs", "256"}, {"early-stop", "256"},
                  {"val-split", "0.2", "val val-folds"}},
                 fit_realmlp},
};

/* With one of these given there is no recipe, unless it is asked for. */
#define OF_LEARNING                                                                              \
    "hidden activation layer-norm residual init dropout optimizer lr lr-factors bias-lr-factor " \
    "ntk input-factor schedule batch epochs early-stop members folds resume"

void recipe_start(arguments *args)
{
    if (!recipe_is_best(args) && argument_named(args, "trials") != NULL)
        refuse_given(args, "trials", "it needs --recipe best");
    if (!given(args, "recipe")) {
        if (!given(args, "target") || any_given(args, OF_LEARNING))
            return;
        give(args, "recipe", recipes[TABLE].name);
    }
    const recipe *r = &recipes[choice_of(args, "recipe")];
    int needs_val = given(args, "calibrate") || given(args, "interval");
    if (r->fit != NULL && needs_val && !given(args, "val") && !given(args, "val-folds"))
        give(args, "val-split", "0.2"); /* of rows that no member learns from */
    if (argument_named(args, "embed") != NULL && choice_of(args, "embed") != NUDGE_EMBED_NONE)
        give(args, "encode", "none"); /* numbers are embedded instead */
    for (size_t i = 0; i < sizeof r->options / sizeof *r->options && r->options[i][0]; i++)
        if (r->options[i][2] == NULL || !any_given(args, r->options[i][2]))
            give(args, r->options[i][0], r->options[i][1]);
}

recipe_data recipe_data_of(const nudge_data *data)
{
    nudge_prep_info prep = nudge_prep_describe(data->prep);
    return (recipe_data){nudge_dataset_describe(data->train).rows, prep.features, prep.outputs,
                         data->val != NULL, prep.loss,
                         prep.number_columns + prep.category_columns > 0 ? prep.number_columns
                                                                         : prep.features};
}

/* What --embed makes of a number, and with how many weights. */
static void find_embedding(arguments *args, double *values, double *weights)
{
    static const size_t widths[] = {1, 1};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *one = NULL;
    nudge_error err;
    read_embed_options(&o, args);
    if (o.embed == NUDGE_EMBED_NONE)
        return;
    o.layers = 1;
    o.widths = widths;
    must(nudge_model_create(&one, &o, NULL, &err), &err);
    nudge_model_info info = nudge_model_describe(one);
    *values = (double)info.embed_outputs;
    *weights = (double)info.parameters - *values - 1;
    nudge_model_free(one);
}

int recipe_fit(arguments *args, const recipe_data *data, const size_t *hidden, size_t layers,
               int quiet)
{
    const recipe *r = &recipes[given(args, "recipe") ? choice_of(args, "recipe") : PLAIN];
    double values = 1, each = 0, numbers = (double)data->numbers;
    if (r->fit == NULL)
        return 0;
    find_embedding(args, &values, &each);
    double inputs = (double)data->features + numbers * (values - 1), weights = numbers * each;
    for (size_t i = 0; i <= layers; i++) {
        double outputs = i < layers ? (double)hidden[i] : (double)data->outputs;
        weights += (inputs + 1) * outputs;
        inputs = outputs;
    }
    r->fit(args, data, layers + 1, weights);
    if (!quiet)
        say("recipe %s: %s network%s of %s units, batch %s, at most %s epochs; --recipe plain is "
            "one of 128,64 with plain Adam", r->name, text_of(args, "members"),
            strcmp(text_of(args, "members"), "1") == 0 ? "" : "s", text_of(args, "hidden"),
            text_of(args, "batch"), text_of(args, "epochs"));
    return 1;
}
