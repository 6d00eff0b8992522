/* What "nudge bench train" prints. */
#include <math.h>
#include <string.h>

#include "bench/bench_train.h"
#include "support/text_table.h"

static void print_what(const train_bench *b)
{
    const nudge_optimizer *o = &b->options.optimizer;
    char text[BENCH_TEXT];
    bench_network_print(&b->network, b->setup->dtype, b->plan.parameters);
    printf("; %s", nudge_optimizer_name(o->kind));
    if (o->momentum > 0)
        printf(" momentum %g", o->momentum);
    printf("\ndata        %zu rows of random %s, batch %zu, %zu step%s an epoch\n", b->rows,
           b->network.pixels ? "bytes" : "numbers", b->plan.batch, b->plan.batches,
           b->plan.batches == 1 ? "" : "s");
    printf("threads     %s", bench_machine(text, b->setup));
    if (b->plan.threads < b->setup->threads)
        printf("; training uses %d", b->plan.threads);
    putchar('\n');
    const char *line = b->explain ? b->plan.explain : "";
    for (const char *head = "engine"; *line != '\0'; head = "") {
        size_t n = strcspn(line, "\n");
        printf("%-10s  %.*s\n", head, (int)n, line);
        line += n + (line[n] == '\n');
    }
}

static void print_rates(const train_bench *b)
{
    const nudge_measurement *s = &b->step;
    double batch = (double)b->rows / (double)b->plan.batches, rate = train_bench_rate(b);
    size_t steps = b->options.epochs * b->plan.batches;
    printf("step        %.5g us; quartiles %.5g and %.5g, best %.5g, of %zu repeats "
           "of %zu step%s\n",
           1e6 * s->median, 1e6 * s->low, 1e6 * s->high, 1e6 * s->best, s->repeats, steps,
           steps == 1 ? "" : "s");
    printf("samples     %.5g /s\n", batch / s->median);
    printf("rate        %.4g GFLOP/s\n", 1e-9 * rate);
    printf("peak        %.4g GFLOP/s, of large products on %d thread%s\n", 1e-9 * b->peak,
           b->setup->threads, b->setup->threads == 1 ? "" : "s");
    printf("efficiency  %.3g %%\n", 100 * rate / b->peak);
}

static void print_phases(const train_bench *b)
{
    text_table t;
    double sum = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        sum += b->phases.seconds[i];
    putchar('\n');
    table_start(&t, 3);
    table_add(&t, "time of a thread");
    table_add(&t, "share");
    table_add(&t, "us a step");
    for (int i = 0; i < NUDGE_PHASES; i++) {
        table_add(&t, "%s", nudge_phase_name((nudge_phase)i));
        table_add_real(&t, "%.1f %%", 100 * b->phases.seconds[i] / sum);
        table_add(&t, "%.4g", 1e6 * b->phases.seconds[i]);
    }
    table_print(&t, 1, stdout);
    table_end(&t);
}

void train_bench_print(const train_bench *b)
{
    print_what(b);
    print_rates(b);
    print_phases(b);
}

static void put_settings(json_t *object, const train_bench *b)
{
    bench_network_json(object, &b->network);
    json_put_text(object, "optimizer", nudge_optimizer_name(b->options.optimizer.kind));
    json_put_real(object, "momentum", b->options.optimizer.momentum);
    json_put_real(object, "lr", b->options.optimizer.lr);
    json_put_whole(object, "batch", b->plan.batch);
    json_put_whole(object, "rows", b->rows);
    json_put_flag(object, "pixels", b->network.pixels);
    json_put_whole(object, "parameters", b->plan.parameters);
    json_put_whole(object, "train_threads", (uint64_t)b->plan.threads);
    json_put_text(object, "explain", b->plan.explain);
}

void train_bench_print_json(const train_bench *b)
{
    const nudge_measurement *s = &b->step;
    json_t *object = bench_json(b->setup), *time = json_new();
    double batch = (double)b->rows / (double)b->plan.batches, rate = train_bench_rate(b);
    put_settings(object, b);
    json_put_whole(object, "repeats", s->repeats);
    json_put_whole(object, "steps_per_repeat", b->options.epochs * b->plan.batches);
    json_put_real(object, "step_us", 1e6 * s->median);
    json_put_real(object, "step_us_low", 1e6 * s->low);
    json_put_real(object, "step_us_high", 1e6 * s->high);
    json_put_real(object, "step_us_best", 1e6 * s->best);
    json_put_real(object, "samples_per_s", batch / s->median);
    json_put_real(object, "gflops", 1e-9 * rate);
    json_put_real(object, "gemm_peak_gflops", 1e-9 * b->peak);
    json_put_real(object, "efficiency", rate / b->peak);
    for (int i = 0; i < NUDGE_PHASES; i++)
        json_put_real(time, nudge_phase_name((nudge_phase)i), b->phases.seconds[i]);
    json_put(object, "time", time);
    json_print(object, 1, stdout);
}
