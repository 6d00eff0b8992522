/* nudge plan: what a training run will take, before anything runs. */
#include <math.h>
#include <string.h>

#include "support/config.h"
#include "support/data_options.h"
#include "support/options.h"
#include "support/json.h"
#include "support/members.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"
#include "support/train_setup.h"

/* Synthetic data of more values than this is not made to find out its shape. */
#define MAKE_AT_MOST 4000000.0

static const option own[] = {
    {"threads", "N,N,...", .help = "thread counts to plan for; default: 1, 2, 4, ... and the cores "
                                   "this process may use; more than cores are a prediction for a "
                                   "machine that has them"},
    {"seconds", "S", "0.1", .help = "replay steps for so long for each thread count, and at least "
                                "three"},
    {0},
};

typedef struct planning {
    arguments *args;
    train_setup setup;
    size_t counts, *threads;  /* thread counts to plan for */
    nudge_data data;          /* --data that was read; or */
    nudge_dataset *shape;     /* data that is only a shape */
    const nudge_dataset *train; /* one of them */
    const nudge_dataset *val; /* rows of validation, or what has their shape; NULL: none */
    nudge_data *parts;        /* as members_parts() has them */
    uint64_t loading;         /* memory while data is loaded */
    nudge_model *model;
    nudge_train_plan plan;    /* for the most threads */
    nudge_forecast *forecast; /* counts of them; none where memory is short: */
    nudge_error short_of;
} planning;

/* 1, 2, 4, ... and all cores, or what --threads says. */
static void read_threads(planning *p)
{
    size_t cores = (size_t)nudge_machine_info().cores;
    if (given(p->args, "threads")) {
        p->threads = wholes_of(p->args, "threads", 4096, "", &p->counts);
    } else {
        p->threads = need(calloc(64, sizeof *p->threads));
        for (size_t n = 1; n < cores; n *= 2)
            p->threads[p->counts++] = n;
        p->threads[p->counts++] = cores;
    }
    for (size_t i = 0; i < p->counts; i++)
        for (size_t k = 0; k < i; k++)
            if (p->threads[i] == p->threads[k])
                refuse(p->args, "threads", "different whole numbers, separated by commas");
}

/* ---- Data and network ------------------------------------------------------------------ */

/* As nudge_data_load() does it: the table, row numbers of the splits, and a column at a time to
 * learn the scaling from. */
static uint64_t loading_of(const planning *p, const nudge_synth_shape *s)
{
    const nudge_data_options *d = &p->setup.data;
    uint64_t rows = s->rows, real = p->setup.dtype == NUDGE_F32 ? 4 : 8;
    uint64_t target = s->classes > 0 ? sizeof(int32_t) : real;
    return rows * (s->features * real + target) + rows * sizeof(double) +
           (d->val_split > 0 || d->test_split > 0 ? rows * sizeof(uint32_t) : 0);
}

static void shape_of_synth(planning *p, const nudge_synth_shape *s)
{
    nudge_error err;
    const nudge_data_options *d = &p->setup.data;
    size_t outputs = s->classes > 0 ? s->classes : 1;
    double held = (d->val_split + d->test_split) * (double)s->rows;
    nudge_loss loss = d->prep.loss != NUDGE_LOSS_AUTO ? d->prep.loss
                      : s->classes > 0                ? NUDGE_CROSS_ENTROPY
                                                      : NUDGE_MSE;
    int has_classes = nudge_loss_describe(loss).target == NUDGE_CLASSES;
    size_t rows = s->rows - (size_t)round(held);
    size_t bins = d->prep.bins > 0 ? d->prep.bins : nudge_prep_bins(rows);
    size_t codes = d->prep.encode == NUDGE_ENCODE_FOURIER ? 2 * d->prep.frequencies
                   : d->prep.encode == NUDGE_ENCODE_NONE  ? 0 : bins;
    recipe_data found = {rows, s->features * (1 + codes), outputs,
                         d->val_split > 0, loss, s->features};
    train_setup_fit(&p->setup, p->args, &found, 0);
    must(train_setup_network(&p->model, &p->setup, found.features, outputs, loss, NULL, &err),
         &err);
    must(nudge_dataset_shape(&p->shape, p->setup.dtype, found.rows, s->features, outputs,
                             has_classes, 0, &err), &err);
    nudge_dataset_encode_shape(p->shape, codes);
    p->loading = loading_of(p, s);
    p->train = p->shape;
    p->val = d->val_split > 0 || p->setup.val_folds > 0 ? p->shape : NULL;
}

static void get_data(planning *p)
{
    nudge_synth_shape s = {0};
    nudge_error err;
    if (strncmp(p->setup.data.data, "synth:", 6) == 0)
        must(nudge_synth_measure(&s, p->setup.data.data, &err), &err);
    if ((double)s.rows * (double)s.features > MAKE_AT_MOST) {
        shape_of_synth(p, &s);
        return;
    }
    must(nudge_data_load(&p->data, &p->setup.data, &err), &err);
    say_notes(p->data.notes, p->data.n_notes, p->setup.quiet);
    recipe_data found = recipe_data_of(&p->data);
    train_setup_fit(&p->setup, p->args, &found, 0);
    p->parts = members_parts(&p->setup, &p->data);
    must(train_setup_model(&p->model, &p->setup, p->data.prep, &err), &err);
    p->loading = p->data.load_bytes;
    p->train = (p->parts != NULL ? p->parts : &p->data)->train;
    p->val = (p->parts != NULL ? p->parts : &p->data)->val;
}

static void forecast_all(planning *p)
{
    nudge_error err;
    nudge_train_options *all = &p->setup.train;
    p->forecast = need(calloc(p->counts, sizeof *p->forecast));
    all->oversubscribe = 2;
    for (size_t i = 0; i < p->counts; i++)
        all->threads = (int)p->threads[i] > all->threads ? (int)p->threads[i] : all->threads;
    must(members_plan(&p->plan, &p->setup, p->model, p->train, p->val, &err), &err);
    nudge_status status = NUDGE_OK;
    for (size_t i = 0; status == NUDGE_OK && i < p->counts; i++) {
        all->threads = (int)p->threads[i];
        nudge_train_options o = member_options(&p->setup, 0);
        o.early_stop.patience = 0; /* a step knows nothing of it */
        status = nudge_train_forecast(&p->forecast[i], p->model, p->train, &o,
                                      real_of(p->args, "seconds", ABOVE_0), &err);
    }
    if (status != NUDGE_EMEMORY) {
        must(status, &err);
    } else {
        p->short_of = err;
        p->counts = 0;
    }
}

/* ---- Results --------------------------------------------------------------------------- */

/* Of a full batch; an epoch's last may be shorter. */
static double flops_per_step(const planning *p)
{
    double rows = (double)nudge_dataset_describe(p->train).rows;
    return p->plan.flops_per_epoch * (double)p->plan.batch / rows;
}

/* Networks that so many threads train at the same time, each with its part of them. */
static size_t at_once_of(const planning *p, size_t i)
{
    return p->threads[i] < p->setup.members ? p->threads[i] : p->setup.members;
}

/* The time from one step to the next, of whichever network. */
static double step_of(const planning *p, size_t i)
{
    return p->forecast[i].step / (double)at_once_of(p, i);
}

/* Threads that have work. */
static size_t busy_threads(const planning *p, size_t i)
{
    return (size_t)p->forecast[i].threads * at_once_of(p, i);
}

static int is_beyond(const planning *p, size_t i)
{
    return busy_threads(p, i) > (size_t)p->forecast[i].cores;
}

/* The thread count as it was asked for, with a mark where it means something else. */
static void add_threads(text_table *t, const planning *p, size_t i)
{
    table_add(t, "%zu%s", p->threads[i],
              is_beyond(p, i) ? " *" : busy_threads(p, i) < p->threads[i] ? " +" : "");
}

static void print_what(const planning *p)
{
    char rows[NU_TEXT], steps[NU_TEXT], step[NU_TEXT], epoch[NU_TEXT];
    network_line(stdout, p->model);
    line_start(stdout, "training");
    printf("%s, batch %zu; %s rows, %s step%s an epoch\n",
           nudge_optimizer_name(p->setup.train.optimizer.kind), p->plan.batch,
           nu_count_text(rows, (double)nudge_dataset_describe(p->train).rows),
           nu_count_text(steps, (double)p->plan.batches), p->plan.batches == 1 ? "" : "s");
    line_start(stdout, "work");
    printf("%s operations a step, %s an epoch\n", nu_count_text(step, flops_per_step(p)),
           nu_count_text(epoch, p->plan.flops_per_epoch));
    memory_line(stdout, &p->plan, p->loading);
    line_print(stdout, "engine", p->plan.explain);
    putchar('\n');
}

static void print_times(const planning *p)
{
    text_table t;
    char text[NU_TEXT];
    table_heads(&t, "threads|step|samples/s|all epochs|speed-up|efficiency");
    for (size_t i = 0; i < p->counts; i++) {
        double step = step_of(p, i), steps = (double)(p->plan.batches * p->setup.members);
        double speedup = p->threads[0] == 1 ? step_of(p, 0) / step : NAN;
        add_threads(&t, p, i);
        table_add(&t, "%s", nu_seconds_text(text, step));
        table_add(&t, "%s", nu_count_text(text, (double)p->plan.batch / step));
        table_add(&t, "%s", nu_seconds_text(text, step * steps * (double)p->setup.train.epochs));
        table_add_real(&t, "%.2f", speedup);
        table_add_real(&t, "%.0f %%", 100 * speedup / (double)p->threads[i]);
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
    for (size_t i = 0; i < p->counts; i++) {
        const nudge_forecast *f = &p->forecast[i];
        add_threads(&t, p, i);
        for (nudge_phase k = 0; k < NUDGE_PHASES; k++)
            table_add(&t, "%.0f %%", 100 * f->phases.seconds[k] / (f->step * f->threads));
    }
    table_print(&t, 1, stdout);
    table_end(&t);
}

static void print_text(const planning *p)
{
    int beyond = 0, fewer = 0, cores = p->forecast[0].cores;
    print_what(p);
    if (p->counts == 0) {
        printf("no times: %s\n", p->short_of.text);
        return;
    }
    print_times(p);
    putchar('\n');
    print_phases(p);
    for (size_t i = 0; i < p->counts; i++) {
        beyond |= is_beyond(p, i);
        fewer |= !is_beyond(p, i) && busy_threads(p, i) < p->threads[i];
    }
    printf("\nexpected from a replay of steps, thread after thread on one of %d core%s\n", cores,
           cores == 1 ? "" : "s");
    if (p->setup.members > 1)
        printf("%zu networks, as many at a time as there are threads; a step is one of any\n",
               p->setup.members);
    if (beyond)
        puts("* a prediction for a machine with so many cores like these");
    if (fewer)
        puts("+ a step has no work for so many threads; fewer are used");
}

static json_t *json_forecast(const planning *p, size_t i)
{
    const nudge_forecast *f = &p->forecast[i];
    json_t *time = json_new();
    for (nudge_phase k = 0; k < NUDGE_PHASES; k++)
        json_put(time, nudge_phase_name(k), json_number(f->phases.seconds[k] / f->threads));
    return json_of("threads", json_whole(p->threads[i]), "threads_used",
                   json_whole(busy_threads(p, i)), "beyond_this_machine",
                   json_boolean(is_beyond(p, i)), "step_us", json_number(1e6 * step_of(p, i)),
                   "samples_per_s", json_number((double)p->plan.batch / step_of(p, i)),
                   "time", time, NULL);
}

static void print_json(const planning *p)
{
    nudge_model_info m = nudge_model_describe(p->model);
    json_t *list = json_new_list();
    for (size_t i = 0; i < p->counts; i++)
        json_add(list, json_forecast(p, i));
    json_print(json_of("version", json_text(nudge_version()), "layers",
                       json_wholes(m.layers + 1, m.widths), "parameters",
                       json_whole(m.parameters), "members", json_whole(m.members),
                       "batch", json_whole(p->plan.batch),
                       "steps_per_epoch", json_whole(p->plan.batches), "flops_per_step",
                       json_number(flops_per_step(p)), "flops_per_epoch",
                       json_number(p->plan.flops_per_epoch), "memory",
                       json_memory(&p->plan, p->loading), "engine", json_text(p->plan.explain),
                       "forecasts", list, NULL),
               1, stdout);
}

static int run(arguments *args)
{
    planning p = {.args = args};
    config_from_files(args);
    refuse_all(args, "save-config folds", "it is for nudge train alone");
    recipe_start(args);
    if (recipe_is_best(args))
        say("--recipe best: this is its first trial; all of them take the operations of %g s at "
            "most", recipe_budget(args));
    train_setup_start(&p.setup, args, 0);
    read_threads(&p);
    real_of(args, "seconds", ABOVE_0);
    get_data(&p);
    forecast_all(&p);
    (p.setup.json ? print_json : print_text)(&p);
    nudge_model_free(p.model);
    members_parts_free(&p.setup, p.parts);
    nudge_dataset_free(p.shape);
    nudge_data_free(&p.data);
    train_setup_end(&p.setup);
    free(p.threads);
    free(p.forecast);
    return EXIT_DONE;
}

const command command_plan = {
    .name = "plan",
    .synopsis = "[OPTION]...",
    .summary = "what a training run will take: memory, work, time",
    .about = "Says what the training run of 'nudge train' with the same options will take, before "
             "anything runs: memory, operations, how the engine cuts a step, and the time that a "
             "step should take on different numbers of threads. The time comes from a replay: the "
             "engine runs the pieces of a step here, one thread's after the other's, and adds what "
             "it costs that threads wait for each other and share memory.\n\n"
             "Large synthetic data is not made: its shape is enough. Files are read.",
    .own = own,
    .options = "Plan: seconds\n" TRAIN_OPTIONS,
    .examples =
        "  nudge plan --hidden 512,512 --batch 256\n"
        "  nudge plan --data letter.csv --target Letter --optimizer sgd --momentum 0.9\n"
        "  nudge plan --data synth:teacher,rows=10000000,features=32 --threads 1,2,4,8,16\n",
    .run = run,
};
