/* nudge bench infer: predictions and evaluations. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "bench/bench_network.h"
#include "support/say.h"
#include "support/text_table.h"

enum { PREDICT, EVALUATE, TASKS };

static const char *const names[TASKS] = {"predict", "evaluate"};

/* One of the two, and what was found. */
typedef struct task {
    size_t calls;           /* of a repeat */
    double *seconds;        /* BENCH_MOST_REPEATS */
    nudge_measurement call; /* seconds */
} task;

typedef struct infer_bench {
    const bench_setup *setup;
    bench_network network;
    size_t rows;
    uint64_t parameters;
    double *out;            /* rows x outputs: predictions */
    task task[TASKS];
    double peak;            /* flops/s of large products with setup->threads threads */
} infer_bench;

/* ---- Options --------------------------------------------------------------------------- */

/* As many as give 60000 rows or 1e11 operations, about half a second, whichever is less, but
 * enough to share out in any case. */
static size_t default_rows(const bench_network *n)
{
    const double most_rows = 60000, least_rows = 2048, most_flops = 1e11;
    return (size_t)fmax(fmin(most_rows, floor(most_flops / (2 * bench_network_weights(n)))),
                        least_rows);
}

static void read_options(infer_bench *b, arguments *args)
{
    bench_network_read(&b->network, args);
    b->rows = given(args, "rows") ? (size_t)whole_of(args, "rows", 1, UINT32_MAX)
                                  : default_rows(&b->network);
}

/* ---- Measuring ------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static nudge_status call(const infer_bench *b, int which, const nudge_model *model,
                         const nudge_dataset *data, nudge_error *err)
{
    if (which == PREDICT)
        return nudge_predict(model, data, b->setup->threads, b->out, err);
    nudge_metrics m = {0};
    nudge_status status = nudge_evaluate(model, data, b->setup->threads, &m, err);
    nudge_metrics_free(&m);
    return status;
}

/* The time of a repeat. */
static nudge_status repeat(const infer_bench *b, int which, const nudge_model *model,
                           const nudge_dataset *data, double *seconds, nudge_error *err)
{
    nudge_status status = NUDGE_OK;
    double start = now();
    for (size_t i = 0; status == NUDGE_OK && i < b->task[which].calls; i++)
        status = call(b, which, model, data, err);
    *seconds = fmax(now() - start, 1e-9); /* less than the clock can tell */
    return status;
}

/* Warms up, and finds how many calls make a repeat long enough. */
static nudge_status find_calls(infer_bench *b, int which, const nudge_model *model,
                               const nudge_dataset *data, nudge_error *err)
{
    double want = fmin(BENCH_REPEAT_SECONDS, b->setup->seconds / BENCH_LEAST_REPEATS), took = 0;
    size_t *calls = &b->task[which].calls;
    for (*calls = 1; took < want / 2;) {
        nudge_status status = repeat(b, which, model, data, &took, err);
        if (status != NUDGE_OK)
            return status;
        /* The first calls are slow: what they say is not believed beyond a factor of 100. */
        *calls = (size_t)fmin(ceil((double)*calls * fmin(want / took, 100)), UINT32_MAX);
    }
    return NUDGE_OK;
}

/* Both in turn, so that both meet the same machine. */
static nudge_status measure_calls(infer_bench *b, const nudge_model *model,
                                  const nudge_dataset *data, nudge_error *err)
{
    double passed = 0;
    size_t n = 0;
    for (; n < BENCH_MOST_REPEATS &&
           (n < BENCH_LEAST_REPEATS || passed < TASKS * b->setup->seconds); n++)
        for (int which = 0; which < TASKS; which++) {
            double took;
            nudge_status status = repeat(b, which, model, data, &took, err);
            if (status != NUDGE_OK)
                return status;
            passed += took;
            b->task[which].seconds[n] = took / (double)b->task[which].calls;
        }
    for (int which = 0; which < TASKS; which++)
        b->task[which].call = bench_measurement(b->task[which].seconds, n);
    return NUDGE_OK;
}

/* The peak is measured before and after the calls. */
static nudge_status measure(infer_bench *b, const nudge_model *model, const nudge_dataset *data,
                            nudge_error *err)
{
    static const char *const stages[] = {"warming up", "warming up", "products", "calls",
                                         "products"};
    const bench_setup *s = b->setup;
    double peak_seconds = fmin(0.25, s->seconds / 8);
    nudge_status status = NUDGE_OK;
    for (size_t i = 0; status == NUDGE_OK && i < sizeof stages / sizeof *stages; i++) {
        bench_progress(stages[i], i, sizeof stages / sizeof *stages);
        switch (i) {
        case 0: status = find_calls(b, PREDICT, model, data, err); break;
        case 1: status = find_calls(b, EVALUATE, model, data, err); break;
        case 3: status = measure_calls(b, model, data, err); break;
        default: status = bench_peak(&b->peak, s->dtype, s->threads, peak_seconds, err);
        }
        bench_progress_end();
    }
    return status;
}

/* ---- Results --------------------------------------------------------------------------- */

/* flops/s of a call that takes so long. */
static double rate_of(const infer_bench *b, double seconds)
{
    return 2 * (double)b->rows * bench_network_weights(&b->network) / seconds;
}

static void print_text(const infer_bench *b)
{
    char text[BENCH_TEXT];
    text_table t;
    bench_network_print(&b->network, b->setup->dtype, b->parameters);
    printf("\ndata        %zu row%s of random %s\n", b->rows, b->rows == 1 ? "" : "s",
           b->network.pixels ? "bytes" : "numbers");
    printf("threads     %s\n", bench_machine(text, b->setup));
    printf("peak        %.4g GFLOP/s, of large products on %d thread%s\n\n", 1e-9 * b->peak,
           b->setup->threads, b->setup->threads == 1 ? "" : "s");
    static const char *const heads[] = {"", "samples/s", "quartiles", "", "GFLOP/s", "of peak",
                                        "repeats", "calls each"};
    table_start(&t, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_add(&t, "%s", heads[i]);
    for (int which = 0; which < TASKS; which++) {
        const nudge_measurement *m = &b->task[which].call;
        double rows = (double)b->rows, rate = rate_of(b, m->median);
        table_add(&t, "%s", names[which]);
        table_add(&t, "%.5g", rows / m->median);
        table_add(&t, "%.5g", rows / m->high);
        table_add(&t, "%.5g", rows / m->low);
        table_add(&t, "%.4g", 1e-9 * rate);
        table_add(&t, "%.1f %%", 100 * rate / b->peak);
        table_add(&t, "%zu", m->repeats);
        table_add(&t, "%zu", b->task[which].calls);
    }
    table_print(&t, 1, stdout);
    table_end(&t);
}

static void print_json(const infer_bench *b)
{
    json_t *object = bench_json(b->setup);
    bench_network_json(object, &b->network);
    json_put_whole(object, "rows", b->rows);
    json_put_flag(object, "pixels", b->network.pixels);
    json_put_whole(object, "parameters", b->parameters);
    json_put_real(object, "gemm_peak_gflops", 1e-9 * b->peak);
    for (int which = 0; which < TASKS; which++) {
        const nudge_measurement *m = &b->task[which].call;
        double rate = rate_of(b, m->median);
        json_t *found = json_new();
        json_put_whole(found, "repeats", m->repeats);
        json_put_whole(found, "calls_per_repeat", b->task[which].calls);
        json_put_real(found, "call_us", 1e6 * m->median);
        json_put_real(found, "call_us_low", 1e6 * m->low);
        json_put_real(found, "call_us_high", 1e6 * m->high);
        json_put_real(found, "call_us_best", 1e6 * m->best);
        json_put_real(found, "samples_per_s", (double)b->rows / m->median);
        json_put_real(found, "gflops", 1e-9 * rate);
        json_put_real(found, "efficiency", rate / b->peak);
        json_put(object, names[which], found);
    }
    json_print(object, 1, stdout);
}

/* ---- All ------------------------------------------------------------------------------- */

/* Room for predictions and times; 0 with a message if there is not enough memory. */
static int make_room(infer_bench *b)
{
    size_t outputs = b->network.widths[b->network.layers];
    double bytes = (double)b->rows * (double)outputs * sizeof *b->out;
    for (int which = 0; which < TASKS; which++)
        b->task[which].seconds = need(calloc(BENCH_MOST_REPEATS, sizeof(double)));
    if (bytes <= (double)nudge_machine_info().memory_available)
        b->out = calloc(b->rows * outputs, sizeof *b->out);
    if (b->out == NULL) {
        char text[NU_TEXT];
        say(b->setup->command, "%zu predictions of %zu outputs need %s of memory", b->rows,
            outputs, nu_bytes_text(text, bytes));
    }
    return b->out != NULL;
}

int bench_infer(arguments *args, const bench_setup *setup)
{
    infer_bench b = {.setup = setup};
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    int status = EXIT_BAD_INPUT;
    read_options(&b, args);
    if (!args->failed) {
        if (bench_network_make(&model, &data, &b.network, setup->dtype, b.rows, 1, &err) !=
            NUDGE_OK) {
            status = fail(setup->command, &err);
        } else if (make_room(&b)) {
            b.parameters = nudge_model_describe(model).parameters;
            if (measure(&b, model, data, &err) != NUDGE_OK) {
                status = fail(setup->command, &err);
            } else {
                status = EXIT_DONE;
                (setup->json ? print_json : print_text)(&b);
            }
        }
    }
    for (int which = 0; which < TASKS; which++)
        free(b.task[which].seconds);
    free(b.out);
    nudge_dataset_free(data);
    nudge_model_free(model);
    bench_network_end(&b.network);
    return status;
}
