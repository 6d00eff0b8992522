/* nudge bench train: whole training steps. */
#include "bench/bench_train.h"

#include <math.h>
#include <stdlib.h>

#include "support/say.h"

/* ---- Options --------------------------------------------------------------------------- */

static void read_optimizer(nudge_optimizer *o, arguments *args)
{
    nudge_optimizer_kind kind = (nudge_optimizer_kind)choice_of(args, "optimizer");
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
    double flops = 6 * bench_network_weights(&b->network), batch = (double)b->options.batch;
    double batches = floor(fmin(most_rows, most_flops / flops) / batch);
    return (size_t)fmin(fmax(batches, least_batches) * batch, UINT32_MAX);
}

static void read_options(train_bench *b, arguments *args)
{
    b->options = nudge_train_defaults();
    b->options.threads = b->setup->threads;
    bench_network_read(&b->network, args);
    read_optimizer(&b->options.optimizer, args);
    b->options.batch = (size_t)whole_of(args, "batch", 1, UINT32_MAX);
    b->rows = given(args, "rows") ? (size_t)whole_of(args, "rows", 1, UINT32_MAX)
                                  : default_rows(b);
    b->explain = given(args, "explain");
}

/* ---- Measuring ------------------------------------------------------------------------- */

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
    double want = fmin(BENCH_REPEAT_SECONDS, b->setup->seconds / BENCH_LEAST_REPEATS);
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
    double *seconds = need(calloc(BENCH_MOST_REPEATS, sizeof *seconds));
    nudge_status status = NUDGE_OK;
    size_t n = 0;
    while (n < BENCH_MOST_REPEATS && (n < BENCH_LEAST_REPEATS || passed < b->setup->seconds)) {
        nudge_train_result r;
        if ((status = repeat(b, model, data, &r, err)) != NUDGE_OK)
            break;
        passed += r.train_seconds;
        seconds[n++] = r.train_seconds / steps;
    }
    if (status == NUDGE_OK)
        b->step = bench_measurement(seconds, n);
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
    for (int i = 0; i < NUDGE_PHASES; i++)
        b->phases.seconds[i] = r.phases.seconds[i] * per;
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
        if (bench_network_make(&model, &data, &b.network, setup->dtype, b.rows, b.options.seed,
                               &err) != NUDGE_OK ||
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
    bench_network_end(&b.network);
    return status;
}
