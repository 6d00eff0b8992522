#include "support/train_report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "support/json.h"
#include "support/text_table.h"

/* "784-128-10" */
static void print_widths(const nudge_model_info *m, FILE *stream)
{
    for (size_t i = 0; i <= m->layers; i++)
        fprintf(stream, "%s%zu", i > 0 ? "-" : "", m->widths[i]);
}

/* "relu", or all names if they differ; the output layer's only if it is not identity. */
static void print_activations(const nudge_model_info *m, FILE *stream)
{
    size_t hidden = m->layers - 1;
    int alike = 1;
    for (size_t i = 1; i < hidden; i++)
        alike = alike && m->activations[i] == m->activations[0];
    for (size_t i = 0; i < (alike && hidden > 0 ? 1 : hidden); i++)
        fprintf(stream, "%s%s", i > 0 ? "," : " ", nudge_activation_name(m->activations[i]));
    if (m->activations[hidden] != NUDGE_IDENTITY)
        fprintf(stream, "%s%s output", hidden > 0 ? ", " : " ",
                nudge_activation_name(m->activations[hidden]));
}

static size_t rows_of(const nudge_dataset *d)
{
    return d != NULL ? nudge_dataset_describe(d).rows : 0;
}

static void report_data(const train_report *r)
{
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    const char *target = nudge_prep_target_name(r->data->prep, 0);
    fprintf(stderr, "data      %s: ", r->setup->data.data);
    if (prep.pixels)
        fprintf(stderr, "%zu pixels", prep.features);
    else if (prep.category_columns > 0)
        fprintf(stderr, "%zu features from %zu columns of numbers and %zu of categories",
                prep.features, prep.number_columns, prep.category_columns);
    else
        fprintf(stderr, "%zu feature%s", prep.features, prep.features == 1 ? "" : "s");
    if (prep.classes > 0)
        fprintf(stderr, ", target '%s' of %zu classes", target, prep.classes);
    else if (prep.outputs > 1)
        fprintf(stderr, ", %zu targets", prep.outputs);
    else
        fprintf(stderr, ", target '%s'", target);
    fprintf(stderr, "\nrows      %zu train", rows_of(r->data->train));
    if (r->data->val != NULL)
        fprintf(stderr, ", %zu validation", rows_of(r->data->val));
    if (r->data->test != NULL)
        fprintf(stderr, ", %zu test", rows_of(r->data->test));
    fputc('\n', stderr);
    if (r->data->unknown > 0)
        fprintf(stderr, "          %zu cells held out hold a category that training rows do not "
                "have; they count as none\n", r->data->unknown);
}

static void report_network(const train_report *r)
{
    nudge_model_info m = nudge_model_describe(r->model);
    const nudge_train_options *t = &r->setup->train;
    fprintf(stderr, "network   ");
    print_widths(&m, stderr);
    print_activations(&m, stderr);
    fprintf(stderr, ", %" PRIu64 " parameters, %s\n", m.parameters, nudge_dtype_name(m.dtype));
    fprintf(stderr, "training  loss %s, %s, lr %g, batch %zu, %zu epoch%s\n",
            nudge_loss_name(m.loss), nudge_optimizer_name(t->optimizer.kind), t->optimizer.lr,
            r->plan.batch, t->epochs, t->epochs == 1 ? "" : "s");
}

/* Prints a piece of a line, on a new one below the first if it would not fit 80 columns. */
static void print_piece(size_t *column, const char *separator, const char *piece)
{
    size_t length = strlen(separator) + strlen(piece);
    if (*column + length >= 80) {
        fprintf(stderr, "%.1s\n          %s", separator, piece);
        *column = 10 + strlen(piece);
    } else {
        fprintf(stderr, "%s%s", separator, piece);
        *column += length;
    }
}

static void report_memory(const train_report *r)
{
    const nudge_train_plan *p = &r->plan;
    struct {
        const char *name;
        uint64_t bytes;
    } part[] = {
        {"data", p->dataset}, {"weights", p->weights}, {"gradients", p->gradients},
        {"optimizer", p->optimizer_state}, {"last good weights", p->snapshot},
        {"activations", p->activations}, {"evaluation", p->evaluation},
    };
    char text[NU_TEXT], piece[2 * NU_TEXT];
    size_t column = 10;
    fprintf(stderr, "memory    ");
    print_piece(&column, "", nu_bytes_text(text, (double)p->total));
    const char *separator = ": ";
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i].bytes > 0) {
            snprintf(piece, sizeof piece, "%s %s", part[i].name,
                     nu_bytes_text(text, (double)part[i].bytes));
            print_piece(&column, separator, piece);
            separator = ", ";
        }
    if (r->peak > p->total) {
        snprintf(piece, sizeof piece, "%s while loading", nu_bytes_text(text, (double)r->peak));
        print_piece(&column, "; ", piece);
    }
    fputc('\n', stderr);
}

static void report_threads(const train_report *r)
{
    nudge_machine m = nudge_machine_info();
    static const char *const variant[] = {"serial", "pthread", "OpenMP"};
    fprintf(stderr, "threads   %d of %d core%s, OpenBLAS for %s, %s build", r->plan.threads,
            m.cores, m.cores == 1 ? "" : "s", m.blas_core,
            m.blas_parallel >= 0 && m.blas_parallel <= 2 ? variant[m.blas_parallel] : "unknown");
    int asked = r->setup->train.threads > 0 ? r->setup->train.threads : m.cores;
    if (r->plan.threads_why != NULL)
        fprintf(stderr, "; %s", r->plan.threads_why);
    else if (r->plan.threads < asked)
        fprintf(stderr, "; --explain says why not more");
    fputc('\n', stderr);
}

void report_start(const train_report *r)
{
    report_data(r);
    report_network(r);
    report_memory(r);
    report_threads(r);
}

void report_explanation(const train_report *r)
{
    const char *line = r->plan.explain;
    for (const char *head = "engine"; *line != '\0'; head = "") {
        size_t n = strcspn(line, "\n");
        fprintf(stderr, "%-8s  %.*s\n", head, (int)n, line);
        line += n + (line[n] == '\n');
    }
}

/* ---- Result ---------------------------------------------------------------------------- */

/* A row of the table, if any of its numbers is known. The training rows' are those seen during the
 * last epoch. */
static void add_metric(text_table *t, const train_report *r, const char *name,
                       const char *format, double train, double val, double test, double known)
{
    if (isnan(train) && (r->val.rows == 0 || isnan(val)) && (r->test.rows == 0 || isnan(test)))
        return;
    table_add(t, "%s", name);
    table_add_real(t, format, train);
    if (r->val.rows > 0)
        table_add_real(t, format, val);
    if (r->test.rows > 0)
        table_add_real(t, format, test);
    if (!isnan(r->data->noise_floor))
        table_add_real(t, format, known);
}

/* The floor is known for mse of numbers and cross-entropy of classes only. */
static double floor_of(const train_report *r)
{
    nudge_loss loss = nudge_model_describe(r->model).loss;
    int fits = loss == NUDGE_MSE || loss == NUDGE_CROSS_ENTROPY;
    return fits ? r->data->noise_floor : NAN;
}

static void report_metrics(const train_report *r)
{
    size_t columns = 2 + (r->val.rows > 0) + (r->test.rows > 0) + !isnan(r->data->noise_floor);
    const nudge_epoch *last = &r->result.last;
    const nudge_metrics *v = &r->val, *s = &r->test;
    double floor = floor_of(r);
    text_table t;
    table_start(&t, columns);
    table_add(&t, "%s", "");
    table_add(&t, "train");
    if (v->rows > 0)
        table_add(&t, "validation");
    if (s->rows > 0)
        table_add(&t, "test");
    if (!isnan(r->data->noise_floor))
        table_add(&t, "noise floor");
    const char *loss = nudge_loss_name(nudge_model_describe(r->model).loss);
    add_metric(&t, r, loss, "%.6g", last->train_loss, v->loss, s->loss, floor);
    add_metric(&t, r, "accuracy", "%.4f", last->train_accuracy, v->accuracy, s->accuracy, NAN);
    add_metric(&t, r, "RMSE", "%.6g", NAN, v->rmse, s->rmse, NAN);
    add_metric(&t, r, "MAE", "%.6g", NAN, v->mae, s->mae, NAN);
    add_metric(&t, r, "R2", "%.4f", NAN, v->r2, s->r2, NAN);
    table_print(&t, 0, stdout);
    table_end(&t);
}

void report_result(const train_report *r)
{
    const nudge_train_result *result = &r->result;
    char text[NU_TEXT];
    if (result->epochs > 0)
        report_metrics(r);
    printf("\ntime      %s for %zu epoch%s, %.0f samples/s, %.3g GFLOP/s\n",
           nu_seconds_text(text, result->seconds), result->epochs, result->epochs == 1 ? "" : "s",
           result->samples_per_s, result->gflops);
    printf("weights   %016" PRIx64 "\n", nudge_model_hash(r->model));
    printf("model     %s\n", r->saved ? r->setup->out : "not saved (no --out)");
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *json_settings(const train_report *r)
{
    const train_setup *s = r->setup;
    const nudge_optimizer *o = &s->train.optimizer;
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    nudge_model_info m = nudge_model_describe(r->model);
    json_t *object = json_new();
    json_put_text(object, "data", s->data.data);
    json_put_text(object, "val", s->data.val);
    json_put_text(object, "test", s->data.test);
    json_put_real(object, "val_split", s->data.val_split);
    json_put_real(object, "test_split", s->data.test_split);
    json_put_text(object, "scale", nudge_scale_name(prep.scale));
    json_t *widths = json_new_list(), *activations = json_new_list();
    for (size_t i = 0; i <= m.layers; i++)
        json_add(widths, json_integer((json_int_t)m.widths[i]));
    for (size_t i = 0; i < m.layers; i++)
        json_add(activations, json_string(nudge_activation_name(m.activations[i])));
    json_put(object, "widths", widths);
    json_put(object, "activations", activations);
    json_put_text(object, "dtype", nudge_dtype_name(m.dtype));
    json_put_text(object, "loss", nudge_loss_name(m.loss));
    if (m.loss == NUDGE_HUBER)
        json_put_real(object, "huber_delta", m.huber_delta);
    json_put_text(object, "init", s->init_file != NULL ? s->init_file : nudge_init_name(s->init));
    json_put_text(object, "optimizer", nudge_optimizer_name(o->kind));
    json_put_real(object, "lr", o->lr);
    json_put_real(object, "momentum", o->momentum);
    json_put_flag(object, "nesterov", o->nesterov);
    json_put_real(object, "weight_decay", o->weight_decay);
    json_put_real(object, "beta1", o->beta1);
    json_put_real(object, "beta2", o->beta2);
    json_put_real(object, "alpha", o->alpha);
    json_put_real(object, "eps", o->eps);
    json_put_whole(object, "batch", r->plan.batch);
    json_put_whole(object, "epochs", s->train.epochs);
    json_put_whole(object, "seed", s->train.seed);
    json_put_flag(object, "shuffle", s->train.shuffle);
    return object;
}

static json_t *json_plan(const train_report *r)
{
    const nudge_train_plan *p = &r->plan;
    json_t *object = json_new(), *memory = json_new();
    json_put_whole(memory, "dataset", p->dataset);
    json_put_whole(memory, "weights", p->weights);
    json_put_whole(memory, "gradients", p->gradients);
    json_put_whole(memory, "optimizer_state", p->optimizer_state);
    json_put_whole(memory, "snapshot", p->snapshot);
    json_put_whole(memory, "activations", p->activations);
    json_put_whole(memory, "evaluation", p->evaluation);
    json_put_whole(memory, "total", p->total);
    json_put_whole(memory, "load", r->data->load_bytes);
    json_put_whole(memory, "peak", r->peak);
    json_put(object, "memory", memory);
    json_put_whole(object, "threads", (uint64_t)p->threads);
    json_put_text(object, "threads_why", p->threads_why);
    json_put_whole(object, "batches", p->batches);
    json_put_whole(object, "parameters", p->parameters);
    json_put_real(object, "flops_per_epoch", p->flops_per_epoch);
    json_put_text(object, "explain", p->explain);
    return object;
}

static json_t *json_result(const train_report *r)
{
    const nudge_train_result *result = &r->result;
    json_t *object = json_new();
    json_put_whole(object, "epochs", result->epochs);
    json_put_real(object, "seconds", result->seconds);
    json_put_real(object, "train_seconds", result->train_seconds);
    json_put_real(object, "samples_per_s", result->samples_per_s);
    json_put_real(object, "gflops", result->gflops);
    return object;
}

void report_json(const train_report *r)
{
    json_t *object = json_new(), *train = json_new();
    json_put_text(object, "version", nudge_version());
    json_put(object, "settings", json_settings(r));
    json_put(object, "plan", json_plan(r));
    json_put(object, "result", json_result(r));
    json_put_whole(train, "rows", rows_of(r->data->train));
    if (r->result.epochs > 0) {
        json_put_real(train, "loss", r->result.last.train_loss);
        json_put_real(train, "accuracy", r->result.last.train_accuracy);
    }
    json_put(object, "train", train);
    if (r->val.rows > 0)
        json_put(object, "val", json_metrics(&r->val, r->data->prep, 0));
    if (r->test.rows > 0)
        json_put(object, "test", json_metrics(&r->test, r->data->prep, 0));
    json_put_real(object, "noise_floor", r->data->noise_floor);
    json_put_hash(object, "weights_hash", nudge_model_hash(r->model));
    json_put_text(object, "out", r->saved ? r->setup->out : NULL);
    json_print(object, 1, stdout);
}
