/* What "nudge plan" prints. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "support/json.h"
#include "plan.h"
#include "support/text_table.h"

static uint64_t memory_of(const planning *p)
{
    return p->plan.total > p->loading ? p->plan.total : p->loading;
}

/* Of a full batch; an epoch's last may be shorter. */
static double flops_per_step(const planning *p)
{
    double rows = (double)nudge_dataset_describe(plan_data(p)).rows;
    return p->plan.flops_per_epoch * (double)p->plan.batch / rows;
}

static void print_memory(const planning *p)
{
    const nudge_train_plan *t = &p->plan;
    const struct {
        const char *name;
        uint64_t bytes;
    } parts[] = {{"data", t->dataset}, {"weights", t->weights + t->snapshot},
                 {"gradients", t->gradients}, {"optimizer", t->optimizer_state},
                 {"activations", t->activations}, {"validation", t->evaluation}};
    char text[NU_TEXT];
    printf("memory      %s:", nu_bytes_text(text, (double)memory_of(p)));
    const char *separator = " ";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].bytes > 0) {
            printf("%s%s %s", separator, parts[i].name, nu_bytes_text(text, (double)parts[i].bytes));
            separator = i == 2 ? ",\n            " : ", ";
        }
    if (p->loading > t->total)
        printf(";\n            loading the data takes the most");
    putchar('\n');
}

static void print_what(const planning *p)
{
    nudge_model_info m = nudge_model_describe(p->model);
    printf("network     ");
    for (size_t i = 0; i <= m.layers; i++)
        printf("%s%zu", i > 0 ? "-" : "", m.widths[i]);
    printf(", %" PRIu64 " parameters, %s\n", m.parameters, nudge_dtype_name(m.dtype));
    printf("training    loss %s, %s, batch %zu; %zu rows, %zu steps an epoch\n",
           nudge_loss_name(m.loss), nudge_optimizer_name(p->setup.train.optimizer.kind),
           p->plan.batch, nudge_dataset_describe(plan_data(p)).rows, p->plan.batches);
    printf("work        %.3g GFLOP a step, %.3g an epoch\n",
           1e-9 * flops_per_step(p), 1e-9 * p->plan.flops_per_epoch);
    print_memory(p);
    const char *line = p->plan.explain;
    for (const char *head = "engine"; *line != '\0'; head = "") {
        size_t n = strcspn(line, "\n");
        printf("%-10s  %.*s\n", head, (int)n, line);
        line += n + (line[n] == '\n');
    }
    putchar('\n');
}

static int is_beyond(const nudge_forecast *f)
{
    return f->threads > f->cores;
}

/* The thread count as it was asked for, with a mark where it means something else. */
static void add_threads(text_table *t, const planning *p, size_t i)
{
    const nudge_forecast *f = &p->forecast[i];
    table_add(t, "%d%s", p->threads[i],
              is_beyond(f) ? " *" : f->threads < p->threads[i] ? " +" : "");
}

static void print_times(const planning *p)
{
    text_table t;
    table_start(&t, 6);
    static const char *const heads[] = {"threads", "step, us", "samples/s", "all epochs",
                                        "speed-up", "efficiency"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_add(&t, "%s", heads[i]);
    for (size_t i = 0; i < p->n_threads; i++) {
        char text[NU_TEXT];
        double step = p->forecast[i].step, steps = (double)p->plan.batches;
        double speedup = p->threads[0] == 1 ? p->forecast[0].step / step : NAN;
        add_threads(&t, p, i);
        table_add(&t, "%.4g", 1e6 * step);
        table_add(&t, "%.0f", (double)p->plan.batch / step);
        table_add(&t, "%s", nu_seconds_text(text, step * steps *
                                                   (double)p->setup.train.epochs));
        table_add_real(&t, "%.2f", speedup);
        table_add_real(&t, "%.0f %%", 100 * speedup / p->threads[i]);
    }
    table_print(&t, 1, stdout);
    table_end(&t);
}

/* Where a thread's time goes. */
static void print_phases(const planning *p)
{
    text_table t;
    table_start(&t, 1 + NUDGE_PHASES);
    table_add(&t, "threads");
    for (nudge_phase k = 0; k < NUDGE_PHASES; k++)
        table_add(&t, "%s", nudge_phase_name(k));
    for (size_t i = 0; i < p->n_threads; i++) {
        const nudge_forecast *f = &p->forecast[i];
        add_threads(&t, p, i);
        for (nudge_phase k = 0; k < NUDGE_PHASES; k++)
            table_add(&t, "%.0f %%", 100 * f->phases.seconds[k] / (f->step * f->threads));
    }
    table_print(&t, 1, stdout);
    table_end(&t);
}

static void print_forecasts(const planning *p)
{
    int beyond = 0, fewer = 0;
    print_times(p);
    putchar('\n');
    print_phases(p);
    for (size_t i = 0; i < p->n_threads; i++) {
        beyond |= is_beyond(&p->forecast[i]);
        fewer |= !is_beyond(&p->forecast[i]) && p->forecast[i].threads < p->threads[i];
    }
    printf("\nexpected from rates of the step's pieces, measured now on %d core%s\n",
           p->forecast[0].cores, p->forecast[0].cores == 1 ? "" : "s");
    if (beyond)
        puts("* a prediction for a machine with so many cores like these");
    if (fewer)
        puts("+ a step has no work for so many threads; fewer are used");
}

void plan_print_json(const planning *p)
{
    nudge_model_info m = nudge_model_describe(p->model);
    const nudge_train_plan *t = &p->plan;
    json_t *object = json_new(), *widths = json_new_list(), *memory = json_new(),
           *list = json_new_list();
    json_put_text(object, "version", nudge_version());
    for (size_t i = 0; i <= m.layers; i++)
        json_add(widths, json_integer((json_int_t)m.widths[i]));
    json_put(object, "layers", widths);
    json_put_whole(object, "parameters", m.parameters);
    json_put_whole(object, "batch", t->batch);
    json_put_whole(object, "steps_per_epoch", t->batches);
    json_put_real(object, "flops_per_step", flops_per_step(p));
    json_put_real(object, "flops_per_epoch", t->flops_per_epoch);
    json_put_whole(memory, "total", memory_of(p));
    json_put_whole(memory, "loading", p->loading);
    json_put_whole(memory, "dataset", t->dataset);
    json_put_whole(memory, "weights", t->weights + t->snapshot);
    json_put_whole(memory, "gradients", t->gradients);
    json_put_whole(memory, "optimizer_state", t->optimizer_state);
    json_put_whole(memory, "activations", t->activations);
    json_put_whole(memory, "validation", t->evaluation);
    json_put(object, "memory_bytes", memory);
    json_put_text(object, "engine", t->explain);
    for (size_t i = 0; i < p->n_threads; i++) {
        const nudge_forecast *f = &p->forecast[i];
        json_t *one = json_new(), *time = json_new();
        json_put_whole(one, "threads", (uint64_t)p->threads[i]);
        json_put_whole(one, "threads_used", (uint64_t)f->threads);
        json_put_flag(one, "beyond_this_machine", is_beyond(f));
        json_put_real(one, "step_us", 1e6 * f->step);
        json_put_real(one, "samples_per_s", (double)t->batch / f->step);
        for (nudge_phase k = 0; k < NUDGE_PHASES; k++)
            json_put_real(time, nudge_phase_name(k), f->phases.seconds[k] / f->threads);
        json_put(one, "time", time);
        json_add(list, one);
    }
    json_put(object, "forecasts", list);
    json_print(object, 1, stdout);
}

void plan_print(const planning *p)
{
    print_what(p);
    print_forecasts(p);
}
