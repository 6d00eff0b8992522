/* nudge gradcheck: analytic against numeric gradients. */
#include <inttypes.h>
#include <math.h>

#include "support/data_options.h"
#include "support/json.h"
#include "support/options.h"
#include "support/say.h"
#include "support/text_table.h"
#include "support/train_setup.h"

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

/* ---- Results --------------------------------------------------------------------------- */

/* Adds what the check as a whole found to `json`, or prints it if that is NULL, and returns the
 * exit status. NaN is no success. */
static int verdict(json_t *json, double worst, uint64_t checked, nudge_dtype dtype)
{
    double bound = dtype == NUDGE_F64 ? 1e-6 : 1e-3; /* what rounding explains */
    int good = worst <= bound && checked > 0;
    if (json != NULL) {
        json_put_all(json, "max_error", json_number(worst), "bound", json_number(bound),
                     "passed", json_boolean(good), NULL);
        json_print(json, 1, stdout);
    } else {
        printf("largest relative error %.1e of %" PRIu64 " gradients, bound %.0e: %s\n", worst,
               checked, bound, good ? "passed" : "failed");
    }
    if (good)
        return EXIT_DONE;
    say("analytic and numeric gradients differ by up to %.1e (bound %.0e)", worst, bound);
    return EXIT_RUN_FAILED;
}

/* ---- Built-in network ------------------------------------------------------------------ */

/* On random data with targets that the loss takes. */
static void check_one(nudge_gradcheck_result *result, const train_setup *s, size_t rows,
                      nudge_loss loss)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    must(train_setup_network(&model, s, FEATURES, OUTPUTS, loss, NULL, &err), &err);
    must(nudge_dataset_random(&data, s->dtype, rows, FEATURES, OUTPUTS,
                              nudge_loss_describe(loss).target == NUDGE_CLASSES, 0, s->train.seed,
                              &err), &err);
    must(nudge_gradcheck(model, data, 0, result, &err), &err);
    nudge_dataset_free(data);
    nudge_model_free(model);
}

/* Every activation that is asked for (0: all) with every loss: a row of the table, objects in the
 * list. */
static void check_pairs(arguments *args, train_setup *s, text_table *t, json_t *list, double *worst,
                        uint64_t *checked)
{
    size_t rows = (size_t)whole_of(args, "rows", 1, 1000000);
    size_t activation = (size_t)choice_of(args, "activation");
    size_t loss = (size_t)choice_of(args, "loss");
    const char *name, *loss_name;
    nudge_gradcheck_result r;
    table_start(t, 1);
    table_add(t, "%s", "");
    for (size_t l = 1; (loss_name = loss_or_all(l)) != NULL; l++)
        if (loss == 0 || l == loss)
            table_add(t, "%s", loss_name);
    t->columns = t->cells;
    for (size_t a = 1; (name = activation_or_all(a)) != NULL; a++) {
        if (activation != 0 && a != activation)
            continue;
        *s->activation = (nudge_activation)(a - 1);
        table_add(t, "%s", name);
        for (size_t l = 1; (loss_name = loss_or_all(l)) != NULL; l++) {
            if (loss != 0 && l != loss)
                continue;
            check_one(&r, s, rows, (nudge_loss)l);
            if (!isnan(*worst) && !(r.max_error <= *worst))
                *worst = r.max_error; /* NaN too, which then stays */
            *checked += r.checked;
            table_add(t, "%.1e", r.max_error);
            json_add(list, json_of("activation", json_text(name), "loss", json_text(loss_name),
                                   "checked", json_whole(r.checked),
                                   "skipped", json_whole(r.skipped),
                                   "max_error", json_number(r.max_error), NULL));
        }
    }
}

static int check_builtin(arguments *args)
{
    nudge_activation activation;
    train_setup s = {.activation = &activation, .activations = 1,
                     .loss_parameter = 0.3, /* good for all that have one; some errors are below
                                             * it as huber's delta: targets are in [0, 1) */
                     .init = nudge_model_defaults().init,
                     .dtype = (nudge_dtype)choice_of(args, "dtype")};
    double worst = 0;
    uint64_t checked = 0;
    int json = given(args, "json");
    text_table t;
    json_t *list = json_new_list();
    refuse_all(args, "data labels weight limit quiet " READ_OPTIONS, "it needs --model");
    s.units = wholes_of(args, "hidden", 10000, "", &s.hidden);
    s.train.seed = whole_of(args, "seed", 0, UINT64_MAX);
    check_pairs(args, &s, &t, list, &worst, &checked);
    if (!json) {
        table_print(&t, 0, stdout);
        putchar('\n');
    }
    int status = verdict(json ? json_of("results", json_incref(list), NULL) : NULL, worst, checked,
                         s.dtype);
    table_end(&t);
    json_decref(list);
    free(s.units);
    return status;
}

/* ---- A trained network ----------------------------------------------------------------- */

static int check_model(arguments *args)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    nudge_gradcheck_result r;
    json_t *json = NULL;
    refuse_all(args, "activation loss hidden rows seed dtype",
               "it is for the built-in network, not for --model");
    uint64_t limit = whole_of(args, "limit", 0, UINT64_MAX);
    load_model_and_data(args, &model, &data, NULL);
    must(nudge_gradcheck(model, data, limit, &r, &err), &err);
    if (given(args, "json"))
        json = json_of("checked", json_whole(r.checked), "skipped", json_whole(r.skipped), NULL);
    else
        printf("checked %" PRIu64 " parameters, skipped %" PRIu64 " at kinks; worst: "
               "%s[%zu], analytic %.9g, numeric %.9g\n", r.checked, r.skipped, r.tensor, r.index,
               r.analytic, r.numeric);
    int status = verdict(json, r.max_error, r.checked, nudge_model_describe(model).dtype);
    nudge_dataset_free(data);
    nudge_model_free(model);
    return status;
}

static int run(arguments *args)
{
    return given(args, "model") ? check_model(args) : check_builtin(args);
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
               "A trained network instead: model data labels weight " READ_OPTIONS
               " limit quiet\n"
               "Output: json\n",
    .examples = "  nudge gradcheck\n"
                "  nudge gradcheck --activation gelu --loss poisson --hidden 20,20,20\n"
                "  nudge gradcheck --model m.safetensors --data letters.csv --limit 200\n",
    .run = run,
};
