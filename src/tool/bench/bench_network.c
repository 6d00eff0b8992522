/* nudge bench train and nudge bench infer: a whole network on random data in memory. */
#include <math.h>

#include "bench/bench.h"
#include "quantiles.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/learning_options.h"
#include "support/train_setup.h"
#include "support/watch.h"

/* Repeats go on until the time is over and there are enough. One takes about so many seconds, or a
 * fifth of all if that is less. */
enum { LEAST_REPEATS = 5, MOST_REPEATS = 100000 };
#define REPEAT_SECONDS 0.1

enum { BENCH_STEP, BENCH_PREDICT, BENCH_EVALUATE, BENCH_WORKS };

/* Something that is timed: a training step, or a call. */
typedef struct bench_work {
    const char *name;
    size_t count;         /* epochs or calls of a repeat */
    double units;         /* steps of an epoch; 1 for a call */
    double rows, flops;   /* of a step or call */
    nudge_measurement one; /* seconds of a step or call */
} bench_work;

typedef struct network_bench {
    const bench_setup *setup;
    int training;
    size_t widths, *width;   /* from inputs to outputs */
    nudge_activation activation;
    nudge_loss loss;
    int pixels, explain;
    size_t rows;
    nudge_train_options options;

    nudge_model *model;      /* random weights, and random data for it */
    nudge_dataset *data;
    double *out;             /* rows x outputs: predictions */
    nudge_train_plan plan;   /* for training */
    int first, last;         /* the works that are timed */
    bench_work work[BENCH_WORKS];
    double phase[NUDGE_PHASES]; /* training: seconds per step and thread */
    double peak;             /* flops/s of large products with setup->threads threads */
} network_bench;

/* ---- Options --------------------------------------------------------------------------- */

/* Weights of the network: sum(in * out), without biases. */
static double weights_of(const network_bench *b)
{
    double weights = 0;
    for (size_t i = 0; i + 1 < b->widths; i++)
        weights += (double)b->width[i] * (double)b->width[i + 1];
    return weights;
}

/* As many as give 60000 rows or about half a second of work, whichever is less, but enough to share
 * out in any case; whole batches for training. */
static size_t default_rows(const network_bench *b)
{
    const double most_rows = 60000, least_rows = 2048, most_flops = 1e11, least_batches = 4;
    double batch = b->training ? (double)b->options.batch : 1;
    double rows = fmin(most_rows, most_flops / ((b->training ? 6 : 2) * weights_of(b)));
    double least = b->training ? least_batches : least_rows;
    return (size_t)fmin(fmax(floor(rows / batch), least) * batch, UINT32_MAX);
}

static void read_options(network_bench *b, arguments *args)
{
    b->options = nudge_train_defaults();
    b->options.threads = b->setup->threads;
    b->options.cpus = b->setup->cpus;
    b->activation = (nudge_activation)choice_of(args, "activation");
    b->loss = (nudge_loss)choice_of(args, "loss");
    b->pixels = given(args, "pixels");
    b->explain = given(args, "explain");
    read_optimizer_options(&b->options.optimizer, args);
    b->options.batch = (size_t)whole_of(args, "batch", 1, UINT32_MAX);
    b->width = wholes_of(args, "layers", 2147483647, "two or more ", &b->widths);
    if (b->widths < 2)
        refuse(args, "layers", "two or more whole numbers, separated by commas");
    if (b->loss == NUDGE_LOSS_AUTO)
        b->loss = b->width[b->widths - 1] > 1 ? NUDGE_CROSS_ENTROPY : NUDGE_MSE;
    b->rows = given(args, "rows") ? (size_t)whole_of(args, "rows", 1, UINT32_MAX)
                                  : default_rows(b);
    if (nudge_optimizer_takes_all_rows(b->options.optimizer.kind) && !given(args, "batch"))
        b->options.batch = b->rows;
}

/* ---- Network and data ------------------------------------------------------------------ */

/* Room for predictions. */
static void make_room(network_bench *b, size_t outputs)
{
    double bytes = (double)b->rows * (double)outputs * sizeof *b->out;
    char text[NU_TEXT];
    if (bytes <= (double)nudge_machine_info().memory_available)
        b->out = calloc(b->rows * outputs, sizeof *b->out);
    if (b->out == NULL)
        complain("%zu predictions of %zu outputs need %s of memory", b->rows, outputs,
                 nu_bytes_text(text, bytes));
}

static void prepare(network_bench *b)
{
    double rows = (double)b->rows, flops = 2 * rows * weights_of(b);
    size_t hidden = b->widths - 2, outputs = b->width[b->widths - 1];
    nudge_model_options usual = nudge_model_defaults();
    nudge_error err;
    train_setup network = {.dtype = b->setup->dtype, .hidden = hidden, .units = b->width + 1,
                           .activations = hidden > 0, .activation = &b->activation,
                           .loss_parameter = usual.loss_parameter, .init = usual.init,
                           .train = b->options};
    must(train_setup_network(&b->model, &network, b->width[0], outputs, b->loss, NULL, &err), &err);
    must(nudge_dataset_random(&b->data, b->setup->dtype, b->rows, b->width[0], outputs,
                              nudge_loss_describe(b->loss).target == NUDGE_CLASSES, b->pixels,
                              b->options.seed, &err), &err);
    must(nudge_train_plan_make(&b->plan, b->model, b->data, NULL, &b->options, &err), &err);
    double steps = (double)b->plan.batches;
    b->work[BENCH_STEP] = (bench_work){"step", 1, steps, rows / steps,
                                       b->plan.flops_per_epoch / steps, {0}};
    b->work[BENCH_PREDICT] = (bench_work){"predict", 1, 1, rows, flops, {0}};
    b->work[BENCH_EVALUATE] = (bench_work){"evaluate", 1, 1, rows, flops, {0}};
    b->first = b->training ? BENCH_STEP : BENCH_PREDICT;
    b->last = b->training ? BENCH_STEP : BENCH_EVALUATE;
    if (!b->training)
        make_room(b, outputs);
}

/* ---- Measuring ------------------------------------------------------------------------- */

/* Metrics that one pass sums up. */
static const uint64_t sums_alone =
    NUDGE_METRIC_SET(NUDGE_METRIC_LOSS) | NUDGE_METRIC_SET(NUDGE_METRIC_ACCURACY) |
    NUDGE_METRIC_SET(NUDGE_METRIC_F1) | NUDGE_METRIC_SET(NUDGE_METRIC_RMSE) |
    NUDGE_METRIC_SET(NUDGE_METRIC_MAE) | NUDGE_METRIC_SET(NUDGE_METRIC_R2);

static void call(const network_bench *b, int which)
{
    const bench_setup *s = b->setup;
    nudge_metrics m = {0};
    nudge_error err;
    if (which == BENCH_PREDICT)
        must(nudge_predict_on(b->model, b->data, s->threads, s->cpus, b->out, &err), &err);
    else
        must(nudge_evaluate_on(b->model, b->data, s->threads, s->cpus, sums_alone, &m, &err), &err);
    nudge_metrics_free(&m);
}

/* The time of a repeat; that of training leaves out what nudge_train() does once. */
static double repeat(network_bench *b, int which)
{
    size_t count = b->work[which].count;
    nudge_train_result r;
    nudge_error err;
    double start = watch_now();
    for (size_t i = 0; which != BENCH_STEP && i < count; i++)
        call(b, which);
    double seconds = watch_now() - start;
    if (which == BENCH_STEP) {
        b->options.epochs = count;
        must(nudge_train(b->model, b->data, NULL, &b->options, &r, &err), &err);
        seconds = r.train_seconds;
        for (int i = 0; i < NUDGE_PHASES; i++)
            b->phase[i] = r.phases.seconds[i] /
                          ((double)count * (double)b->plan.batches * b->plan.threads);
    }
    return fmax(seconds, 1e-9); /* less than the clock can tell */
}

/* Warms up, and finds how many epochs or calls make a repeat long enough. */
static void find_count(network_bench *b, int which)
{
    double want = fmin(REPEAT_SECONDS, b->setup->seconds / LEAST_REPEATS), took = 0;
    size_t *count = &b->work[which].count;
    while (took < want / 2) {
        took = repeat(b, which);
        /* The first are slow: what they say is not believed beyond a factor of 100. */
        *count = (size_t)fmin(ceil((double)*count * fmin(want / took, 100)), UINT32_MAX);
    }
}

/* All in turn, so that all meet the same machine. */
static void measure_works(network_bench *b)
{
    double passed = 0, want = b->setup->seconds * (b->last - b->first + 1);
    double *seconds[BENCH_WORKS] = {NULL};
    size_t n = 0;
    for (int w = b->first; w <= b->last; w++)
        seconds[w] = need(calloc(MOST_REPEATS, sizeof **seconds));
    for (; n < MOST_REPEATS && (n < LEAST_REPEATS || passed < want); n++)
        for (int w = b->first; w <= b->last; w++) {
            double took = repeat(b, w);
            passed += took;
            seconds[w][n] = took / ((double)b->work[w].count * b->work[w].units);
        }
    for (int w = b->first; w <= b->last; w++) {
        nu_sort_reals(seconds[w], n);
        b->work[w].one = (nudge_measurement){.repeats = n,
                                             .median = nu_quantile(seconds[w], n, 0.5),
                                             .low = nu_quantile(seconds[w], n, 0.25),
                                             .high = nu_quantile(seconds[w], n, 0.75),
                                             .best = seconds[w][0]};
        free(seconds[w]);
    }
}

/* The peak is measured before and after, so that all meet the same machine. The clock readings of a
 * profile may slow down training, which is therefore repeated for it. */
static void measure(network_bench *b)
{
    double peak_seconds = fmin(0.25, b->setup->seconds / 8);
    live_line("warming up");
    for (int w = b->first; w <= b->last; w++)
        find_count(b, w);
    live_line("products");
    bench_peak(&b->peak, b->setup, peak_seconds);
    live_line("measuring");
    measure_works(b);
    b->options.profile = 1;
    if (b->training)
        repeat(b, BENCH_STEP);
    live_line("products");
    bench_peak(&b->peak, b->setup, peak_seconds);
    live_line_clear();
}

/* ---- Results --------------------------------------------------------------------------- */

static void print_what(const network_bench *b)
{
    const nudge_optimizer *o = &b->options.optimizer;
    char rows[NU_TEXT];
    network_line(stdout, b->model);
    line_start(stdout, "data");
    printf("%s rows of random %s\n", nu_count_text(rows, (double)b->rows),
           b->pixels ? "bytes" : "numbers");
    if (b->training) {
        line_start(stdout, "training");
        printf("%s", nudge_optimizer_name(o->kind));
        if (o->momentum > 0)
            printf(" momentum %g", o->momentum);
        printf(", batch %zu, %zu step%s an epoch\n", b->plan.batch, b->plan.batches,
               b->plan.batches == 1 ? "" : "s");
    }
    threads_line(stdout, b->training ? b->plan.threads : b->setup->threads,
                 b->setup->why != NULL ? b->setup->why : b->plan.threads_why);
    if (b->explain)
        line_print(stdout, "engine", b->plan.explain);
    line_start(stdout, "peak");
    printf("%.4g GFLOP/s, of large products on %d thread%s\n\n", 1e-9 * b->peak,
           b->setup->threads, b->setup->threads == 1 ? "" : "s");
}

static void print_works(const network_bench *b)
{
    text_table t;
    char text[NU_TEXT];
    table_heads(&t, "|time|p25|p75|best|samples/s|GFLOP/s|of peak|runs");
    for (int w = b->first; w <= b->last; w++) {
        const bench_work *work = &b->work[w];
        const nudge_measurement *m = &work->one;
        table_add(&t, "%s", work->name);
        table_add(&t, "%s", nu_seconds_text(text, m->median));
        table_add(&t, "%s", nu_seconds_text(text, m->low));
        table_add(&t, "%s", nu_seconds_text(text, m->high));
        table_add(&t, "%s", nu_seconds_text(text, m->best));
        table_add(&t, "%s", nu_count_text(text, work->rows / m->median));
        table_add(&t, "%.4g", 1e-9 * work->flops / m->median);
        table_add(&t, "%.1f %%", 100 * work->flops / m->median / b->peak);
        table_add(&t, "%zu", m->repeats);
    }
    table_print(&t, 1, stdout);
}

static void print_phases(const network_bench *b)
{
    text_table t;
    char text[NU_TEXT];
    double sum = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        sum += b->phase[i];
    putchar('\n');
    table_heads(&t, "time of a thread|share|of a step");
    for (int i = 0; i < NUDGE_PHASES; i++) {
        table_add(&t, "%s", nudge_phase_name((nudge_phase)i));
        table_add_real(&t, "%.1f %%", 100 * b->phase[i] / sum);
        table_add(&t, "%s", nu_seconds_text(text, b->phase[i]));
    }
    table_print(&t, 1, stdout);
}

static void print_text(const network_bench *b)
{
    print_what(b);
    print_works(b);
    if (b->training)
        print_phases(b);
}

static json_t *put_work(json_t *object, const network_bench *b, const bench_work *w)
{
    double count = (double)w->count * w->units, rate = w->flops / w->one.median;
    bench_put(object, b->training ? "step_us" : "call_us", &w->one, 1e6);
    return json_put_all(
        object, b->training ? "steps_per_repeat" : "calls_per_repeat", json_whole((uint64_t)count),
        "samples_per_s", json_number(w->rows / w->one.median),
        "gflops", json_number(1e-9 * rate), "efficiency", json_number(rate / b->peak), NULL);
}

static void put_training(json_t *object, const network_bench *b)
{
    const nudge_optimizer *o = &b->options.optimizer;
    json_t *time = json_new();
    for (int i = 0; i < NUDGE_PHASES; i++)
        json_put(time, nudge_phase_name((nudge_phase)i), json_number(b->phase[i]));
    json_put_all(object, "optimizer", json_text(nudge_optimizer_name(o->kind)),
                 "momentum", json_number(o->momentum), "lr", json_number(o->lr),
                 "batch", json_whole(b->plan.batch),
                 "train_threads", json_whole((uint64_t)b->plan.threads),
                 "explain", json_text(b->plan.explain), "time", time, NULL);
    put_work(object, b, &b->work[BENCH_STEP]);
}

static void print_json(const network_bench *b)
{
    json_t *object = bench_json(b->setup);
    json_put_all(object, "layers", json_wholes(b->widths, b->width),
                 "activation", json_text(nudge_activation_name(b->activation)),
                 "loss", json_text(nudge_loss_name(b->loss)), "rows", json_whole(b->rows),
                 "pixels", json_boolean(b->pixels), "parameters", json_whole(b->plan.parameters),
                 "gemm_peak_gflops", json_number(1e-9 * b->peak), NULL);
    if (b->training)
        put_training(object, b);
    for (int w = BENCH_PREDICT; !b->training && w <= BENCH_EVALUATE; w++)
        json_put(object, b->work[w].name, put_work(json_new(), b, &b->work[w]));
    json_print(object, 1, stdout);
}

void bench_network(arguments *args, const bench_setup *setup)
{
    network_bench b = {.setup = setup, .training = setup->training};
    read_options(&b, args);
    prepare(&b);
    measure(&b);
    (setup->json ? print_json : print_text)(&b);
    free(b.out);
    nudge_dataset_free(b.data);
    nudge_model_free(b.model);
    free(b.width);
}
