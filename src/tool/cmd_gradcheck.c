/* nudge gradcheck: analytic against numeric gradients. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/commands.h"
#include "support/say.h"
#include "support/json.h"
#include "support/data_options.h"
#include "support/text_table.h"

/* Inputs and outputs of the built-in network. */
enum { FEATURES = 5, OUTPUTS = 3 };

/* "all" is 0; then activations from 1, and the losses, with "all" in the place of "auto". */
static const char *activation_or_all(size_t i)
{
    return i == 0 ? "all" : nudge_activation_name((nudge_activation)(i - 1));
}

static const char *loss_or_all(size_t i)
{
    return i == 0 ? "all" : nudge_loss_name((nudge_loss)i);
}

static const option own[] = {
    {"activation", "NAME", "all", .help = "of the hidden layers", .names = activation_or_all},
    {"loss", "NAME", "all", .help = "of the network", .names = loss_or_all},
    {"hidden", .initial = "7,6", .help = "units of the hidden layers"},
    {"rows", "N", "16", .help = "samples"},
    {"seed", .help = "of the weights and samples"},
    {"dtype", .initial = "f64"},
    {"data", .help = "its data, as in 'nudge train'"},
    {"limit", "N", "1000", .help = "parameters to check, evenly spread; 0: all"},
    {0},
};

/* Largest relative errors that rounding explains. */
static double bound_for(nudge_dtype dtype)
{
    return dtype == NUDGE_F64 ? 1e-6 : 1e-3;
}

/* ---- Built-in data --------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea and Flood 2014): uniform in [0, 1). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

/* Targets that the loss takes: classes, zeros and ones, counts, numbers. */
static nudge_status random_data(nudge_dataset **data, nudge_loss loss, size_t rows, uint64_t seed,
                                nudge_dtype dtype, nudge_error *err)
{
    uint64_t state = seed;
    double *x = need(calloc(rows, FEATURES * sizeof *x));
    double *y = need(calloc(rows, OUTPUTS * sizeof *y));
    int32_t *classes = need(calloc(rows, sizeof *classes));
    for (size_t i = 0; i < rows * FEATURES; i++)
        x[i] = 4 * uniform(&state) - 2;
    for (size_t i = 0; i < rows * OUTPUTS; i++) {
        double u = uniform(&state);
        y[i] = loss == NUDGE_BCE ? u > 0.5 : loss == NUDGE_POISSON ? floor(5 * u) : 4 * u - 2;
    }
    for (size_t i = 0; i < rows; i++)
        classes[i] = (int32_t)(OUTPUTS * uniform(&state));
    int class = loss == NUDGE_CROSS_ENTROPY;
    nudge_status status = nudge_dataset_from_arrays(data, dtype, rows, FEATURES, OUTPUTS, x,
                                                    class ? NULL : y, class ? classes : NULL, err);
    free(x);
    free(y);
    free(classes);
    return status;
}

/* ---- Built-in network ------------------------------------------------------------------ */

typedef struct setup {
    size_t hidden, *units, rows;
    uint64_t seed;
    nudge_dtype dtype;
    int activation, loss; /* as activation_or_all() and loss_or_all() number them */
} setup;

static void read_builtin(setup *s, arguments *args)
{
    s->units = wholes_of(args, "hidden", 10000, "", &s->hidden);
    s->rows = (size_t)whole_of(args, "rows", 1, 1000000);
    s->seed = whole_of(args, "seed", 0, UINT64_MAX);
    s->dtype = (nudge_dtype)choice_of(args, "dtype");
    s->activation = choice_of(args, "activation");
    s->loss = choice_of(args, "loss");
}

static nudge_status check_one(nudge_gradcheck_result *result, const setup *s,
                              nudge_activation activation, nudge_loss loss, nudge_error *err)
{
    nudge_model_options o = nudge_model_defaults();
    size_t *widths = need(calloc(s->hidden + 2, sizeof *widths));
    nudge_activation *activations = need(calloc(s->hidden + 1, sizeof *activations));
    widths[0] = FEATURES;
    for (size_t i = 0; i < s->hidden; i++) {
        widths[i + 1] = s->units[i];
        activations[i] = activation;
    }
    widths[s->hidden + 1] = OUTPUTS;
    activations[s->hidden] = NUDGE_IDENTITY;
    o.dtype = s->dtype;
    o.layers = s->hidden + 1;
    o.widths = widths;
    o.activations = activations;
    o.loss = loss;
    o.seed = s->seed;
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_status status = nudge_model_create(&model, &o, NULL, err);
    if (status == NUDGE_OK)
        status = random_data(&data, loss, s->rows, s->seed, s->dtype, err);
    if (status == NUDGE_OK)
        status = nudge_gradcheck(model, data, 0, result, err);
    nudge_dataset_free(data);
    nudge_model_free(model);
    free(widths);
    free(activations);
    return status;
}

/* ---- Results --------------------------------------------------------------------------- */

static void put_result(json_t *object, const nudge_gradcheck_result *r)
{
    json_put_whole(object, "checked", r->checked);
    json_put_whole(object, "skipped", r->skipped);
    json_put_real(object, "max_error", r->max_error);
}

/* Prints what was found and returns the exit status. NaN is no success. */
static int verdict(arguments *args, json_t *json, double worst, uint64_t checked, double bound)
{
    int good = worst <= bound && checked > 0;
    if (json != NULL) {
        json_put_real(json, "max_error", worst);
        json_put_real(json, "bound", bound);
        json_put_flag(json, "passed", good);
        json_print(json, 1, stdout);
    } else {
        printf("largest relative error %.1e of %llu gradients, bound %.0e: %s\n", worst,
               (unsigned long long)checked, bound, good ? "passed" : "failed");
    }
    if (good)
        return EXIT_DONE;
    say(args->command->name, "analytic and numeric gradients differ by up to %.1e (bound %.0e)",
        worst, bound);
    return EXIT_RUN_FAILED;
}

/* The numbers that a choice stands for. */
static void range_of(int choice, const char *(*names)(size_t i), int *first, int *last)
{
    *first = choice > 0 ? choice : 1;
    *last = *first;
    while (choice == 0 && names((size_t)*last + 1) != NULL)
        ++*last;
}

static void add_result(json_t *list, const char *activation, const char *loss,
                       const nudge_gradcheck_result *r)
{
    json_t *one = json_new();
    json_put_text(one, "activation", activation);
    json_put_text(one, "loss", loss);
    put_result(one, r);
    json_add(list, one);
}

static int check_builtin(arguments *args, const setup *s)
{
    nudge_error err;
    nudge_gradcheck_result result;
    double worst = 0;
    uint64_t checked = 0;
    int a, last_activation, loss, last_loss;
    json_t *json = given(args, "json") ? json_new() : NULL;
    json_t *list = json != NULL ? json_new_list() : NULL;
    text_table t;
    range_of(s->activation, activation_or_all, &a, &last_activation);
    range_of(s->loss, loss_or_all, &loss, &last_loss);
    table_start(&t, (size_t)(2 + last_loss - loss));
    table_add(&t, "%s", "");
    for (int l = loss; l <= last_loss; l++)
        table_add(&t, "%s", loss_or_all((size_t)l));
    for (; a <= last_activation; a++) {
        table_add(&t, "%s", activation_or_all((size_t)a));
        for (int l = loss; l <= last_loss; l++) {
            if (check_one(&result, s, (nudge_activation)(a - 1), (nudge_loss)l, &err) != NUDGE_OK) {
                table_end(&t);
                json_decref(json);
                json_decref(list);
                return fail(args->command->name, &err);
            }
            if (!isnan(worst) && !(result.max_error <= worst))
                worst = result.max_error; /* NaN too, which then stays */
            checked += result.checked;
            table_add(&t, "%.1e", result.max_error);
            if (json != NULL)
                add_result(list, activation_or_all((size_t)a), loss_or_all((size_t)l), &result);
        }
    }
    if (json != NULL)
        json_put(json, "results", list);
    else
        table_print(&t, 0, stdout);
    if (json == NULL)
        putchar('\n');
    return verdict(args, json, worst, checked, bound_for(s->dtype));
}

static int check_model(arguments *args)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    nudge_gradcheck_result r;
    refuse_all(args, "activation loss hidden rows seed dtype",
               "it is for the built-in network, not for --model");
    uint64_t limit = whole_of(args, "limit", 0, UINT64_MAX);
    int status = load_model_and_data(args, 1, &model, &data);
    if (status == EXIT_DONE && nudge_gradcheck(model, data, limit, &r, &err) != NUDGE_OK)
        status = fail(args->command->name, &err);
    else if (status == EXIT_DONE) {
        json_t *json = given(args, "json") ? json_new() : NULL;
        if (json != NULL)
            put_result(json, &r);
        else
            printf("checked %llu parameters, skipped %llu at kinks; worst: layers.%zu.%s[%zu], "
                   "analytic %.9g, numeric %.9g\n", (unsigned long long)r.checked,
                   (unsigned long long)r.skipped, r.layer, r.is_bias ? "bias" : "weight", r.index,
                   r.analytic, r.numeric);
        status = verdict(args, json, r.max_error, r.checked,
                         bound_for(nudge_model_describe(model).dtype));
    }
    nudge_dataset_free(data);
    nudge_model_free(model);
    return status;
}

static int run(arguments *args)
{
    if (given(args, "model"))
        return check_model(args);
    refuse_all(args, "data labels header limit", "it needs --model");
    setup s = {0};
    read_builtin(&s, args);
    int status = args->failed ? EXIT_BAD_INPUT : check_builtin(args, &s);
    free(s.units);
    return status;
}

const command command_gradcheck = {
    .name = "gradcheck",
    .synopsis = "[OPTION]...",
    .summary = "analytic against numeric gradients",
    .about = "Compares the gradients that training uses with central differences of the loss, for "
             "every activation and loss, and shows the largest relative error of each pair. The "
             "exit status is 1 if one is above 1e-6 (f64).",
    .own = own,
    .options = "Built-in network on random data: activation loss hidden rows seed dtype\n"
               "A trained network instead: model data labels header limit\n"
               "Output: json\n",
    .examples = "  nudge gradcheck\n"
                "  nudge gradcheck --activation gelu --loss poisson --hidden 20,20,20\n"
                "  nudge gradcheck --model m.safetensors --data letters.csv --limit 200\n",
    .run = run,
};
