/* nudge plan: what a training run will take, before anything runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/commands.h"
#include "support/say.h"
#include "plan.h"
#include "support/data_options.h"
#include "support/option_tables.h"
#include "whole.h"

/* Synthetic data of more values than this is not made to find out its shape. */
#define MAKE_AT_MOST 4000000.0

static const option own[] = {
    {"threads", "N,N,...", NULL, .help = "thread counts to plan for; default: 1, 2, 4, ... and the cores "
                                 "this process may use; more than cores are a prediction for a "
                                 "machine that has them"},
    {"layers", "N,N,...", NULL, .help = "inputs, units of the hidden layers, outputs: a network for data "
                                "that is not at hand, instead of --data and --hidden"},
    {"rows", "N", "60000", .help = "with --layers: samples"},
    {"pixels", NULL, NULL, .help = "with --layers: features are bytes, as images have them"},
    {"seconds", "S", "0.1", .help = "measure each of the step's pieces for so long"},
    {0},
};

/* ---- Options --------------------------------------------------------------------------- */

static int add_threads(planning *p, uint64_t n)
{
    for (size_t i = 0; i < p->n_threads; i++)
        if ((uint64_t)p->threads[i] == n)
            return 0;
    p->threads = need(realloc(p->threads, (p->n_threads + 1) * sizeof *p->threads));
    p->threads[p->n_threads++] = (int)n;
    return 1;
}

static void read_threads(planning *p)
{
    enum { MOST_THREADS = 4096 };
    uint64_t cores = (uint64_t)nudge_machine_info().cores;
    if (!given(p->args, "threads")) {
        for (uint64_t n = 1; n < cores; n *= 2)
            add_threads(p, n);
        add_threads(p, cores);
        return;
    }
    size_t n;
    char **part = split_commas(text_of(p->args, "threads"), &n);
    for (size_t i = 0; i < n && !p->args->failed; i++) {
        uint64_t count;
        if (!nu_parse_whole(part[i], 1, MOST_THREADS, &count) || !add_threads(p, count))
            refuse(p->args, "threads", "different whole numbers from 1 to 4096, separated by "
                                       "commas");
    }
    free(part);
}

static void read_layers(planning *p)
{
    static const char *const meaningless[] = {"data", "hidden", "target", "labels", "val",
                                              "val-split", "init"};
    if (!given(p->args, "layers")) {
        refuse_given(p->args, "rows", "it needs --layers; --data has rows of its own");
        refuse_given(p->args, "pixels", "it needs --layers");
        return;
    }
    for (size_t i = 0; i < sizeof meaningless / sizeof *meaningless; i++)
        refuse_given(p->args, meaningless[i], "it cannot be used together with --layers");
    size_t n;
    char **part = split_commas(text_of(p->args, "layers"), &n);
    p->widths = need(calloc(n, sizeof *p->widths));
    p->layers = n - 1;
    for (size_t i = 0; i < n && !p->args->failed; i++) {
        uint64_t units;
        if (n < 2 || !nu_parse_whole(part[i], 1, 2147483647, &units))
            refuse(p->args, "layers", "two or more whole numbers from 1 to 2147483647, separated "
                                      "by commas");
        else
            p->widths[i] = (size_t)units;
    }
    free(part);
}

static void read_options(planning *p)
{
    p->seconds = real_of(p->args, "seconds", ABOVE_0);
    train_setup_start(&p->setup, p->args, 0);
    read_threads(p);
    read_layers(p);
    whole_of(p->args, "rows", 1, UINT32_MAX);
    if (p->layers > 0 && p->setup.activations > 1 && p->setup.activations != p->layers &&
        p->setup.activations + 1 != p->layers)
        refuse(p->args, "activation", "one name, or one for each hidden layer of --layers");
}

/* ---- Data and network ------------------------------------------------------------------ */

static nudge_loss loss_for(const planning *p, int classes)
{
    nudge_loss loss = p->setup.data.prep.loss;
    return loss != NUDGE_LOSS_AUTO ? loss : classes ? NUDGE_CROSS_ENTROPY : NUDGE_MSE;
}

/* A model for data that is only a shape, of `widths`. */
static nudge_status model_of(planning *p, size_t layers, const size_t *widths, nudge_loss loss,
                             nudge_error *err)
{
    const train_setup *s = &p->setup;
    nudge_model_options o = nudge_model_defaults();
    nudge_activation *activations = need(calloc(layers, sizeof *activations));
    for (size_t i = 0; i + 1 < layers; i++)
        activations[i] = s->activations == 0   ? NUDGE_RELU
                         : s->activations == 1 ? s->activation[0]
                                               : s->activation[i];
    activations[layers - 1] = s->activations == layers && layers > 1 ? s->activation[layers - 1]
                                                                     : NUDGE_IDENTITY;
    o.dtype = s->dtype;
    o.layers = layers;
    o.widths = widths;
    o.activations = activations;
    o.loss = loss;
    o.init = NUDGE_INIT_ZEROS;
    nudge_status status = nudge_model_create(&p->model, &o, NULL, err);
    free(activations);
    return status;
}

static nudge_status shape_from_layers(planning *p, nudge_error *err)
{
    size_t outputs = p->widths[p->layers];
    nudge_loss loss = loss_for(p, outputs > 1);
    nudge_status status = model_of(p, p->layers, p->widths, loss, err);
    if (status != NUDGE_OK)
        return status;
    return nudge_dataset_shape(&p->shape, p->setup.dtype,
                               (size_t)whole_of(p->args, "rows", 1, UINT32_MAX), p->widths[0],
                               outputs, loss == NUDGE_CROSS_ENTROPY, given(p->args, "pixels"),
                               err);
}

/* As nudge_data_load() does it: the table, row numbers of the splits, and a column at a time to
 * learn the scaling from. */
static uint64_t loading_of(const planning *p, const nudge_synth_shape *s)
{
    uint64_t rows = s->rows, real = p->setup.dtype == NUDGE_F32 ? 4 : 8;
    uint64_t target = s->classes > 0 ? sizeof(int32_t) : real;
    uint64_t table = rows * (s->features * real + target);
    return table + rows * sizeof(double) +
           (p->setup.data.val_split > 0 ? rows * sizeof(uint32_t) : 0);
}

static nudge_status shape_from_synth(planning *p, const nudge_synth_shape *s, nudge_error *err)
{
    const train_setup *setup = &p->setup;
    size_t layers = setup->hidden + 1, outputs = s->classes > 0 ? s->classes : 1;
    size_t *widths = need(calloc(layers + 1, sizeof *widths));
    nudge_loss loss = loss_for(p, s->classes > 0);
    widths[0] = s->features;
    if (setup->hidden > 0)
        memcpy(widths + 1, setup->units, setup->hidden * sizeof *widths);
    widths[layers] = outputs;
    nudge_status status = model_of(p, layers, widths, loss, err);
    free(widths);
    if (status != NUDGE_OK)
        return status;
    size_t held = (size_t)round(setup->data.val_split * (double)s->rows);
    p->loading = loading_of(p, s);
    return nudge_dataset_shape(&p->shape, setup->dtype, s->rows - held, s->features, outputs,
                               loss == NUDGE_CROSS_ENTROPY, 0, err);
}

static nudge_status get_data(planning *p, nudge_error *err)
{
    nudge_synth_shape s;
    nudge_status status;
    if (p->layers > 0)
        return shape_from_layers(p, err);
    if (strncmp(p->setup.data.data, "synth:", 6) == 0) {
        status = nudge_synth_measure(&s, p->setup.data.data, err);
        if (status != NUDGE_OK)
            return status;
        if ((double)s.rows * (double)s.features > MAKE_AT_MOST)
            return shape_from_synth(p, &s, err);
    }
    status = nudge_data_load(&p->data, &p->setup.data, err);
    if (status != NUDGE_OK)
        return status;
    p->loading = p->data.load_bytes;
    return train_setup_model(&p->model, &p->setup, p->data.prep, err);
}

static nudge_status forecast_all(planning *p, nudge_error *err)
{
    const nudge_dataset *train = plan_data(p);
    nudge_train_options o = p->setup.train;
    nudge_status status = NUDGE_OK;
    p->forecast = need(calloc(p->n_threads, sizeof *p->forecast));
    o.oversubscribe = 1;
    for (size_t i = 0; i < p->n_threads; i++)
        o.threads = p->threads[i] > o.threads ? p->threads[i] : o.threads;
    status = nudge_train_plan_make(&p->plan, p->model, train, p->data.val, &o, err);
    for (size_t i = 0; status == NUDGE_OK && i < p->n_threads; i++) {
        o.threads = p->threads[i];
        status = nudge_train_forecast(&p->forecast[i], p->model, train, &o, p->seconds, err);
    }
    return status;
}

static int run(arguments *args)
{
    planning p = {.args = args};
    nudge_error err;
    int status = EXIT_BAD_INPUT;
    read_options(&p);
    if (!args->failed) {
        status = EXIT_DONE;
        if (get_data(&p, &err) != NUDGE_OK || forecast_all(&p, &err) != NUDGE_OK)
            status = fail(args->command->name, &err);
        else if (given(args, "json"))
            plan_print_json(&p);
        else
            plan_print(&p);
    }
    nudge_model_free(p.model);
    nudge_dataset_free(p.shape);
    nudge_data_free(&p.data);
    train_setup_end(&p.setup);
    free(p.widths);
    free(p.threads);
    free(p.forecast);
    return status;
}

const command command_plan = {
    .name = "plan",
    .synopsis = "[OPTION]...",
    .summary = "what a training run will take: memory, work, time",
    .about = "Says what a training run will take before anything runs: parameters, memory, "
             "operations, how the engine cuts a step, and the time that a step should take on "
             "different numbers of threads. The time comes from the engine's cost model: the "
             "rates of the step's pieces are measured here, for a second or two.\n\n"
             "Large synthetic data is not made: its shape is enough. Files are read.",
    .own = own,
    .options = "Plan: layers rows pixels seconds\n" TRAIN_OPTIONS,
    .examples =
        "  nudge plan --hidden 512,512 --batch 256\n"
        "  nudge plan --data synth:teacher,rows=10000000,features=32 --threads 1,2,4,8,16\n"
        "  nudge plan --layers 784,128,10 --batch 64 --optimizer sgd --momentum 0.9\n",
    .run = run,
};
