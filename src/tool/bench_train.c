/* nudge bench train: whole training steps. */
#include "bench_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"

enum { MOST_UNITS = 2147483647, LEAST_REPEATS = 5, MOST_REPEATS = 100000 };

/* A repeat takes about this long, or a fifth of all if that is less. */
#define REPEAT_SECONDS 0.1

/* ---- Options --------------------------------------------------------------------------- */

static void read_layers(train_bench *b, arguments *args)
{
    size_t n;
    char **part = split_commas(text_of(args, "layers"), &n);
    b->widths = need(calloc(n, sizeof *b->widths));
    b->layers = n - 1;
    int good = n >= 2;
    for (size_t i = 0; good && i < n; i++) {
        uint64_t units = 0;
        good = parse_whole(part[i], 1, MOST_UNITS, &units);
        b->widths[i] = (size_t)units;
    }
    if (!good)
        refuse(args, "layers", "two or more whole numbers from 1 to 2147483647, separated by "
                               "commas");
    free(part);
}

static void read_optimizer(nudge_optimizer *o, arguments *args)
{
    nudge_optimizer_kind kind = NUDGE_ADAM;
    PARSED(args, "optimizer", nudge_optimizer_parse, &kind);
    *o = nudge_optimizer_defaults(kind);
    o->lr = real_of(args, "lr", ABOVE_0);
    o->momentum = real_of(args, "momentum", FROM_0);
    if (kind != NUDGE_SGD && kind != NUDGE_RMSPROP)
        refuse_given(args, "momentum", "only sgd and rmsprop have it");
}

/* Whole batches: as many as give 60000 rows or an epoch of about half a second, whichever is less,
 * but a few in any case. */
static size_t default_rows(const train_bench *b)
{
    const double most_rows = 60000, most_flops = 1e11, least_batches = 4;
    double flops = 0, batch = (double)b->options.batch;
    for (size_t i = 0; i < b->layers; i++)
        flops += 6 * (double)b->widths[i] * (double)b->widths[i + 1];
    double batches = floor(fmin(most_rows, most_flops / flops) / batch);
    return (size_t)fmin(fmax(batches, least_batches) * batch, UINT32_MAX);
}

static void read_options(train_bench *b, arguments *args)
{
    b->options = nudge_train_defaults();
    b->options.threads = b->setup->threads;
    read_layers(b, args);
    read_optimizer(&b->options.optimizer, args);
    PARSED(args, "activation", nudge_activation_parse, &b->activation);
    PARSED(args, "loss", nudge_loss_parse, &b->loss);
    if (b->loss == NUDGE_LOSS_AUTO)
        b->loss = b->widths[b->layers] > 1 ? NUDGE_CROSS_ENTROPY : NUDGE_MSE;
    b->options.batch = (size_t)whole_of(args, "batch", 1, UINT32_MAX);
    b->rows = given(args, "rows") ? (size_t)whole_of(args, "rows", 1, UINT32_MAX)
                                  : default_rows(b);
    b->pixels = given(args, "pixels");
    b->explain = given(args, "explain");
}

static nudge_status make_model(nudge_model **model, const train_bench *b, nudge_error *err)
{
    nudge_model_options o = nudge_model_defaults();
    nudge_activation *activations = need(calloc(b->layers, sizeof *activations));
    for (size_t i = 0; i + 1 < b->layers; i++)
        activations[i] = b->activation;
    activations[b->layers - 1] = NUDGE_IDENTITY;
    o.dtype = b->setup->dtype;
    o.layers = b->layers;
    o.widths = b->widths;
    o.activations = activations;
    o.loss = b->loss;
    nudge_status status = nudge_model_create(model, &o, NULL, err);
    free(activations);
    return status;
}

/* ---- Measuring ------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between neighbours by linear interpolation. */
static double quantile(const double *sorted, size_t n, double part)
{
    double at = part * (double)(n - 1);
    size_t i = (size_t)at;
    double rest = at - (double)i;
    return i + 1 < n ? sorted[i] * (1 - rest) + sorted[i + 1] * rest : sorted[i];
}

/* Sorts the times. */
static nudge_measurement measurement_of(double *seconds, size_t n)
{
    qsort(seconds, n, sizeof *seconds, ascending);
    return (nudge_measurement){.repeats = n,
                               .median = quantile(seconds, n, 0.5),
                               .low = quantile(seconds, n, 0.25),
                               .high = quantile(seconds, n, 0.75),
                               .best = seconds[0]};
}

/* One repeat: its epochs' time in seconds, which leaves out what nudge_train() does once. */
static nudge_status repeat(const train_bench *b, nudge_model *model, const nudge_dataset *data,
                           nudge_train_result *result, nudge_error *err)
{
    nudge_status status = nudge_train(model, data, NULL, &b->options, result, err);
    if (status == NUDGE_OK && !(result->train_seconds > 0))
        result->train_seconds = 1e-9; /* less than the clock can tell */
    return status;
}

/* Warms up, and finds how many epochs make a repeat long enough. */
static nudge_status find_epochs(train_bench *b, nudge_model *model, const nudge_dataset *data,
                                nudge_error *err)
{
    double want = fmin(REPEAT_SECONDS, b->setup->seconds / LEAST_REPEATS);
    size_t *epochs = &b->options.epochs;
    nudge_train_result r = {0};
    for (*epochs = 1; r.train_seconds < want / 2;) {
        nudge_status status = repeat(b, model, data, &r, err);
        if (status != NUDGE_OK)
            return status;
        /* The first steps are slow: what they say is not believed beyond a factor of 100. */
        double factor = fmin(want / r.train_seconds, 100);
        *epochs = (size_t)fmin(ceil((double)*epochs * factor), UINT32_MAX);
    }
    return NUDGE_OK;
}

static nudge_status measure_steps(train_bench *b, nudge_model *model, const nudge_dataset *data,
                                  nudge_error *err)
{
    double steps = (double)b->options.epochs * (double)b->plan.batches, passed = 0;
    double *seconds = need(calloc(MOST_REPEATS, sizeof *seconds));
    nudge_status status = NUDGE_OK;
    size_t n = 0;
    while (n < MOST_REPEATS && (n < LEAST_REPEATS || passed < b->setup->seconds)) {
        nudge_train_result r;
        if ((status = repeat(b, model, data, &r, err)) != NUDGE_OK)
            break;
        passed += r.train_seconds;
        seconds[n++] = r.train_seconds / steps;
    }
    if (status == NUDGE_OK)
        b->step = measurement_of(seconds, n);
    free(seconds);
    return status;
}

/* One more repeat, which the clock readings in it may slow down. */
static nudge_status measure_phases(train_bench *b, nudge_model *model, const nudge_dataset *data,
                                   nudge_error *err)
{
    nudge_train_result r;
    b->options.profile = 1;
    nudge_status status = repeat(b, model, data, &r, err);
    b->options.profile = 0;
    if (status != NUDGE_OK)
        return status;
    double per = 1 / ((double)r.epochs * (double)b->plan.batches * b->plan.threads);
    b->phases = (nudge_phases){.pack = r.phases.pack * per,
                               .forward = r.phases.forward * per,
                               .loss = r.phases.loss * per,
                               .backward = r.phases.backward * per,
                               .update = r.phases.update * per,
                               .wait = r.phases.wait * per};
    return NUDGE_OK;
}

/* The peak is measured before and after the steps, so that all meet the same machine. */
static nudge_status measure(train_bench *b, nudge_model *model, const nudge_dataset *data,
                            nudge_error *err)
{
    static const char *const stages[] = {"warming up", "products", "training steps", "profile",
                                         "products"};
    const bench_setup *s = b->setup;
    double peak_seconds = fmin(0.25, s->seconds / 8);
    nudge_status status = nudge_train_plan_make(&b->plan, model, data, NULL, &b->options, err);
    for (size_t i = 0; status == NUDGE_OK && i < sizeof stages / sizeof *stages; i++) {
        bench_progress(stages[i], i, sizeof stages / sizeof *stages);
        switch (i) {
        case 0: status = find_epochs(b, model, data, err); break;
        case 2: status = measure_steps(b, model, data, err); break;
        case 3: status = measure_phases(b, model, data, err); break;
        default: status = bench_peak(&b->peak, s->dtype, s->threads, peak_seconds, err);
        }
        bench_progress_end();
    }
    return status;
}

double train_bench_rate(const train_bench *b)
{
    return b->plan.flops_per_epoch / (double)b->plan.batches / b->step.median;
}

int bench_train(arguments *args, const bench_setup *setup)
{
    train_bench b = {.setup = setup};
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    int status = EXIT_BAD_INPUT;
    read_options(&b, args);
    if (!args->failed) {
        int has_classes = b.loss == NUDGE_CROSS_ENTROPY;
        if (make_model(&model, &b, &err) != NUDGE_OK ||
            nudge_dataset_random(&data, setup->dtype, b.rows, b.widths[0], b.widths[b.layers],
                                 has_classes, b.pixels, b.options.seed, &err) != NUDGE_OK ||
            measure(&b, model, data, &err) != NUDGE_OK) {
            status = fail(setup->command, &err);
        } else {
            status = EXIT_DONE;
            if (setup->json)
                train_bench_print_json(&b);
            else
                train_bench_print(&b);
        }
    }
    nudge_dataset_free(data);
    nudge_model_free(model);
    free(b.widths);
    return status;
}
