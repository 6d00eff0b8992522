/* What "nudge bench train" and "nudge bench infer" print. */
#include <math.h>

#include "bench/bench_network.h"
#include "support/run_lines.h"

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
        engine_lines(stdout, &b->plan);
    line_start(stdout, "peak");
    printf("%.4g GFLOP/s, of large products on %d thread%s\n\n", 1e-9 * b->peak,
           b->setup->threads, b->setup->threads == 1 ? "" : "s");
}

static void print_works(const network_bench *b)
{
    text_table t;
    char text[NU_TEXT];
    table_heads(&t, "|time|quartiles||best|samples/s|GFLOP/s|of peak|repeats");
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
        table_add(&t, "%zu x %.0f", m->repeats, (double)work->count * work->units);
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

void network_bench_print(const network_bench *b)
{
    print_what(b);
    print_works(b);
    if (b->training)
        print_phases(b);
}

static void put_work(json_t *object, const network_bench *b, const bench_work *w)
{
    double count = (double)w->count * w->units, rate = w->flops / w->one.median;
    bench_put(object, b->training ? "step_us" : "call_us", &w->one, 1e6);
    json_put_all(object, b->training ? "steps_per_repeat" : "calls_per_repeat",
                 json_whole((uint64_t)count), "samples_per_s", json_number(w->rows / w->one.median),
                 "gflops", json_number(1e-9 * rate), "efficiency", json_number(rate / b->peak),
                 NULL);
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

void network_bench_print_json(const network_bench *b)
{
    json_t *object = bench_json(b->setup);
    json_put_all(object, "layers", json_wholes(b->widths, b->width),
                 "activation", json_text(nudge_activation_name(b->activation)),
                 "loss", json_text(nudge_loss_name(b->loss)), "rows", json_whole(b->rows),
                 "pixels", json_boolean(b->pixels), "parameters", json_whole(b->plan.parameters),
                 "gemm_peak_gflops", json_number(1e-9 * b->peak), NULL);
    if (b->training)
        put_training(object, b);
    for (int w = BENCH_PREDICT; !b->training && w <= BENCH_EVALUATE; w++) {
        json_t *found = json_new();
        put_work(found, b, &b->work[w]);
        json_put(object, b->work[w].name, found);
    }
    json_print(object, 1, stdout);
}
