/* Failing calls in training, checkpoints, and what is asked of trained models. */
#include <sched.h>

#include "failing/failing.h"
#include "model_fixtures.h"

enum { ROWS = 24, VAL = 12, FEATURES = 3 };

static nudge_error trouble; /* of what must work */
static nudge_dataset *data, *val, *target;
static nudge_model *model, *twins, *regression;
static nudge_model *tabled; /* that has a prep */
static nudge_table *table;

static const char csv[] = "age,town,y\n31,Bern,1.5\n42,Genf,2.5\n45,Thun,9\n52,Bern,4\n23,Bern,7\n"
                          "61,Genf,3.25\n38,Thun,8\n29,Bern,2\n70,Genf,5\n44,Thun,9.5\n";

static nudge_model *network(nudge_loss loss, size_t outputs)
{
    return made_model(loss, NUDGE_F32, 2, (const size_t[]){FEATURES, 4, outputs}, NUDGE_TANH,
                      NUDGE_IDENTITY, 1);
}

static void make_tabled(void)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_prep *prep = NULL;
    nudge_model_options o = nudge_model_defaults();
    write_in_folder("rows.csv", csv);
    options.threads = 1;
    options.target = "y";
    ck_ok(nudge_table_read(&table, in_folder("rows.csv"), &options, &trouble), &trouble);
    ck_ok(nudge_prep_fit(&prep, table, NULL, 0, NULL, &trouble), &trouble);
    o.layers = 2;
    o.widths = (size_t[]){nudge_prep_describe(prep).features, 3, 1};
    o.loss = NUDGE_MSE;
    ck_ok(nudge_model_create(&tabled, &o, prep, &trouble), &trouble);
    nudge_prep_free(prep);
}

/* ---- Training ---------------------------------------------------------------------------- */

/* What a training may have. */
enum training {
    PLAIN = 0,
    KIND = 15,        /* a nudge_optimizer_kind */
    VALIDATED = 16,   /* with early stopping, an average, a history */
    DROPPED = 32,     /* with dropout, clipping, max_norm, several batches an update */
    MEMBERS = 64,
    BOUND = 128       /* to a CPU, with a rate for each layer, and times of steps */
};

static nudge_train_options options_of(int choice)
{
    static const double dropout[] = {0.25}, factors[] = {1, 0.5};
    static nudge_step step[8];
    static nudge_steps steps = {.step = step, .room = 8};
    static int cpu;
    nudge_train_options o = nudge_train_defaults();
    o.optimizer = nudge_optimizer_defaults((nudge_optimizer_kind)(choice & KIND));
    o.threads = 1;
    o.epochs = 2;
    o.batch = nudge_optimizer_takes_all_rows(o.optimizer.kind) ? ROWS : 10;
    if (choice & VALIDATED) {
        o.early_stop = (nudge_early_stop){1, NUDGE_METRIC_LOSS, 0.01};
        o.keep_history = o.profile = 1;
        o.average = nudge_optimizer_takes_all_rows(o.optimizer.kind) ? 0 : 0.5;
    }
    if (choice & BOUND) {
        cpu = sched_getcpu();
        o.cpus = &cpu;
        o.lr_factors = factors;
        o.steps = &steps;
    }
    if (choice & DROPPED) {
        o.dropout = dropout;
        o.clip_norm = 1;
        o.max_norm = 2;
        o.accumulate = 2;
    }
    return o;
}

static nudge_model *copy_of(const nudge_model *of)
{
    nudge_model *m = NULL;
    failing_pause();
    ck_ok(nudge_model_copy(&m, of, &trouble), &trouble);
    failing_go_on();
    return m;
}

static nudge_status train(const failing_row *row, nudge_error *err)
{
    nudge_train_options options = options_of(row->choice);
    nudge_train_result result;
    nudge_model *m = copy_of(model);
    nudge_status status = nudge_train(m, data, row->choice & VALIDATED ? val : NULL, &options,
                                      &result, err);
    failing_result_model(m);
    return status;
}

/* A trainer of the model's, or two of its members', so far. */
typedef struct group {
    nudge_model *model;
    nudge_trainer *trainer[2];
    size_t n;
} group;

static nudge_status group_make(group *g, int choice, nudge_error *err)
{
    nudge_train_options options = options_of(choice);
    nudge_status status = NUDGE_OK;
    *g = (group){.model = copy_of(choice & MEMBERS ? twins : model)};
    for (size_t most = choice & MEMBERS ? 2 : 1; g->n < most && status == NUDGE_OK;) {
        options.member = g->n;
        status = nudge_trainer_create(&g->trainer[g->n], g->model, data,
                                      choice & VALIDATED ? val : NULL, &options, err);
        g->n += status == NUDGE_OK;
    }
    return status;
}

static void group_end(group *g)
{
    for (size_t i = 0; i < g->n; i++)
        nudge_trainer_free(g->trainer[i]);
    failing_result_model(g->model);
}

static nudge_status run(const failing_row *row, nudge_error *err)
{
    group g;
    nudge_status status = group_make(&g, row->choice, err);
    if (status == NUDGE_OK)
        status = nudge_trainers_run(g.trainer, g.n, 1, err);
    group_end(&g);
    return status;
}

/* ---- Checkpoints ------------------------------------------------------------------------- */

/* A group in the midst of its first epoch. */
static group begun(int choice)
{
    group g;
    failing_pause();
    ck_ok(group_make(&g, choice, &trouble), &trouble);
    for (size_t i = 0; i < g.n; i++)
        ck_ok(nudge_trainer_updates(g.trainer[i], 1, &trouble), &trouble);
    failing_go_on();
    return g;
}

static nudge_status save(const failing_row *row, nudge_error *err)
{
    group g = begun(row->choice);
    nudge_status status = nudge_trainers_save(g.trainer, g.n, in_folder(row->output), "a note",
                                              err);
    group_end(&g);
    return status;
}

static void save_all(void)
{
    static const struct {
        const char *name;
        int choice;
    } files[] = {{"adam", NUDGE_ADAM | VALIDATED}, {"lbfgs", NUDGE_LBFGS | VALIDATED},
                 {"twins", NUDGE_SGD | MEMBERS}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        failing_row row = {.choice = files[i].choice, .output = files[i].name};
        ck_ok(save(&row, &trouble), &trouble);
    }
}

/* A trainer that could not load is as good as new. */
static nudge_status load(const failing_row *row, nudge_error *err)
{
    group g;
    failing_pause();
    ck_ok(group_make(&g, row->choice, &trouble), &trouble);
    uint64_t before = nudge_model_hash(g.model);
    failing_go_on();
    nudge_status status = nudge_trainers_load(g.trainer, g.n, in_folder(row->input), err);
    ck_assert((nudge_model_hash(g.model) == before) == (status != NUDGE_OK));
    failing_pause();
    for (size_t i = 0; i < g.n; i++)
        ck_ok(nudge_trainer_run(g.trainer[i], &trouble), &trouble);
    failing_go_on();
    group_end(&g);
    return status;
}

static nudge_status read_note(const failing_row *row, nudge_error *err)
{
    char *note = NULL;
    nudge_status status = nudge_checkpoint_note(&note, in_folder(row->input), err);
    failing_result_text(note);
    free(note);
    return status;
}

/* ---- What models are asked for ----------------------------------------------------------- */

static nudge_status evaluate(const failing_row *row, nudge_error *err)
{
    nudge_metrics metrics;
    (void)row;
    nudge_status status = nudge_evaluate(twins, data, 1, &metrics, err);
    if (status != NUDGE_OK)
        return status;
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        failing_result(&metrics.value[i], sizeof metrics.value[i]);
    nudge_metrics_free(&metrics);
    return status;
}

static nudge_status predict(const failing_row *row, nudge_error *err)
{
    double out[ROWS * 3], targets[ROWS];
    (void)row;
    nudge_status status = nudge_predict(twins, data, 1, out, err);
    if (status == NUDGE_OK)
        status = nudge_targets(twins, data, targets, err);
    failing_result(out, status == NUDGE_OK ? sizeof out : 0);
    return status;
}

static nudge_status predict_row(const failing_row *row, nudge_error *err)
{
    static const double numbers[] = {40, NAN};
    static const char *const texts[] = {NULL, "Genf"};
    nudge_predictor *p = NULL;
    double out = 0;
    (void)row;
    nudge_status status = nudge_predictor_create(&p, tabled, err);
    if (status == NUDGE_OK)
        status = nudge_predict_row(p, numbers, texts, &out, err);
    failing_result(&out, sizeof out);
    nudge_predictor_free(p);
    return status;
}

static nudge_status calibrate(const failing_row *row, nudge_error *err)
{
    nudge_calibration result;
    nudge_model *m = copy_of(model);
    uint64_t before = nudge_model_hash(m);
    (void)row;
    nudge_status status = nudge_calibrate(m, data, 1, &result, err);
    ck_assert(status == NUDGE_OK || nudge_model_hash(m) == before);
    failing_result_model(m);
    return status;
}

static nudge_status learn_interval(const failing_row *row, nudge_error *err)
{
    nudge_model *m = copy_of(regression);
    (void)row;
    nudge_status status = nudge_interval_learn(m, target, 0.8, 1, err);
    if (status == NUDGE_OK)
        failing_result(nudge_model_describe(m).interval_width, sizeof(double));
    nudge_model_free(m);
    return status;
}

static nudge_status importance(const failing_row *row, nudge_error *err)
{
    nudge_importance_options options = nudge_importance_defaults();
    double mean[NUDGE_METRICS * 2], deviation[NUDGE_METRICS * 2];
    (void)row;
    options.threads = 1;
    options.repeats = 2;
    nudge_status status = nudge_importance(tabled, table, &options, mean, deviation, err);
    failing_result_table(table); /* is as before, whatever failed */
    failing_result(mean, status == NUDGE_OK ? sizeof mean : 0);
    return status;
}

static nudge_status plan(const failing_row *row, nudge_error *err)
{
    nudge_train_options options = options_of(row->choice);
    nudge_train_plan made;
    nudge_status status = nudge_train_plan_make(&made, model, data, val, &options, err);
    failing_result(&made.total, status == NUDGE_OK ? sizeof made.total : 0);
    return status;
}

static nudge_status check_gradient(const failing_row *row, nudge_error *err)
{
    nudge_gradcheck_result result;
    (void)row;
    return nudge_gradcheck(model, data, 3, &result, err);
}

static void setup(void)
{
    make_quick_folder();
    data = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, ROWS, FEATURES, 3, 1);
    val = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, VAL, FEATURES, 3, 2);
    target = made_data(NUDGE_MSE, NUDGE_F32, ROWS, FEATURES, 2, 3);
    model = network(NUDGE_CROSS_ENTROPY, 3);
    regression = network(NUDGE_MSE, 2);
    twins = network(NUDGE_CROSS_ENTROPY, 3);
    ck_ok(nudge_model_add_members(twins, model, &trouble), &trouble);
    make_tabled();
    save_all();
}

static const failing_row rows[] = {
    {"sgd", train, .choice = NUDGE_SGD},
    {"adam, validated, dropout", train, .choice = NUDGE_ADAM | VALIDATED | DROPPED},
    {"adamw, bound to a CPU", train, .choice = NUDGE_ADAMW | BOUND},
    {"rprop", train, .choice = NUDGE_RPROP | VALIDATED},
    {"lbfgs", train, .choice = NUDGE_LBFGS | VALIDATED},
    {"trainer", run, .choice = NUDGE_LION | VALIDATED},
    {"trainers of members", run, .choice = NUDGE_RMSPROP | MEMBERS},
    {"checkpoint, adam", save, .output = "out", .choice = NUDGE_ADAM | VALIDATED},
    {"checkpoint, lbfgs", save, .output = "out", .choice = NUDGE_LBFGS | VALIDATED},
    {"checkpoint, members", save, .output = "out", .choice = NUDGE_SGD | MEMBERS},
    {"adam goes on", load, .input = "adam", .choice = NUDGE_ADAM | VALIDATED},
    {"lbfgs goes on", load, .input = "lbfgs", .choice = NUDGE_LBFGS | VALIDATED},
    {"members go on", load, .input = "twins", .choice = NUDGE_SGD | MEMBERS},
    {"note", read_note, .input = "adam"},
    {"evaluation", evaluate, .choice = 0},
    {"prediction", predict, .choice = 0},
    {"prediction of a row", predict_row, .choice = 0},
    {"calibration", calibrate, .choice = 0},
    {"interval", learn_interval, .choice = 0},
    {"importance", importance, .choice = 0},
    {"plan", plan, .choice = NUDGE_ADAM | VALIDATED | DROPPED},
    {"gradient", check_gradient, .choice = 0},
};

FAILING_SUITE("failing training", rows, setup)
