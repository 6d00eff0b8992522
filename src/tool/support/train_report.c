#include "support/train_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "support/json.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"

static size_t rows_of(const nudge_dataset *d)
{
    return d != NULL ? nudge_dataset_describe(d).rows : 0;
}

/* "90,000" */
static const char *rows_text(char buf[NU_TEXT], const nudge_dataset *d)
{
    return nu_count_text(buf, (double)rows_of(d));
}

static void data_lines(const train_report *r)
{
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    const char *target = nudge_prep_target_name(r->data->prep, 0);
    char text[NU_TEXT], *line;
    size_t size;
    FILE *f = need(open_memstream(&line, &size));
    fprintf(f, "%s: ", r->setup->data.data);
    if (prep.pixels)
        fprintf(f, "%zu pixels", prep.features);
    else if (prep.category_columns > 0)
        fprintf(f, "%zu features from %zu columns of numbers and %zu of categories", prep.features,
                prep.number_columns, prep.category_columns);
    else
        fprintf(f, "%zu feature%s", prep.features, prep.features == 1 ? "" : "s");
    if (prep.classes > 0)
        fprintf(f, ", target '%s' of %zu classes", target, prep.classes);
    else if (prep.outputs > 1)
        fprintf(f, ", %zu targets", prep.outputs);
    else
        fprintf(f, ", target '%s'", target);
    fclose(f);
    line_print(stderr, "data", need(line));
    free(line);
    line_start(stderr, "rows");
    fprintf(stderr, "%s train", rows_text(text, r->data->train));
    if (r->data->val != NULL)
        fprintf(stderr, ", %s validation", rows_text(text, r->data->val));
    if (r->data->test != NULL)
        fprintf(stderr, ", %s test", rows_text(text, r->data->test));
    fputc('\n', stderr);
    if (r->data->unknown > 0)
        fprintf(stderr, "%*s%zu cells held out hold a category that training rows lack; they "
                "count as none\n", LINE_INDENT, "", r->data->unknown);
}

static void training_line(const train_report *r)
{
    const nudge_train_options *t = &r->setup->train;
    line_start(stderr, "training");
    fprintf(stderr, "%s, lr %g, batch %zu, %zu epoch%s\n", nudge_optimizer_name(t->optimizer.kind),
            t->optimizer.lr, r->plan.batch, t->epochs, t->epochs == 1 ? "" : "s");
}

void report_start(const train_report *r)
{
    int cores = nudge_machine_info().cores, asked = r->setup->train.threads;
    const char *why = r->plan.threads_why;
    if (why == NULL && r->plan.threads < (asked > 0 ? asked : cores))
        why = "--explain says why not more";
    data_lines(r);
    network_line(stderr, r->model);
    training_line(r);
    memory_line(stderr, &r->plan, r->data->load_bytes);
    threads_line(stderr, r->plan.threads, why);
}

/* ---- Result ---------------------------------------------------------------------------- */

/* A row of the table, if any of its numbers is known. */
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

/* In the target's own units that is what mse is made of; of other losses it is not known. */
static double train_rmse(const train_report *r)
{
    int known = nudge_model_describe(r->model).loss == NUDGE_MSE;
    return known ? sqrt(r->result.last.train_loss) : NAN;
}

static void report_metrics(const train_report *r, FILE *stream)
{
    size_t columns = 2 + (r->val.rows > 0) + (r->test.rows > 0) + !isnan(r->data->noise_floor);
    const nudge_epoch *last = &r->result.last;
    const nudge_metrics *v = &r->val, *s = &r->test;
    double floor = floor_of(r);
    text_table t;
    table_start(&t, columns);
    table_add(&t, "%s", "");
    table_add(&t, "train *");
    if (v->rows > 0)
        table_add(&t, "validation");
    if (s->rows > 0)
        table_add(&t, "test");
    if (!isnan(r->data->noise_floor))
        table_add(&t, "noise floor");
    nudge_loss loss = nudge_model_describe(r->model).loss;
    double mae = loss == NUDGE_MAE ? last->train_loss : NAN;
    add_metric(&t, r, nudge_loss_name(loss), "%.6g", last->train_loss, v->loss, s->loss, floor);
    add_metric(&t, r, "accuracy", "%.4f", last->train_accuracy, v->accuracy, s->accuracy, NAN);
    add_metric(&t, r, "RMSE", "%.6g", train_rmse(r), v->rmse, s->rmse, NAN);
    add_metric(&t, r, "MAE", "%.6g", mae, v->mae, s->mae, NAN);
    add_metric(&t, r, "R2", "%.4f", NAN, v->r2, s->r2, NAN);
    table_print(&t, 0, stream);
    table_end(&t);
    fprintf(stream, "* mean over the last epoch, of each batch before its update\n");
}

void report_result(const train_report *r, FILE *stream)
{
    const nudge_train_result *result = &r->result;
    char time[NU_TEXT], rate[NU_TEXT];
    if (result->epochs > 0)
        report_metrics(r, stream);
    fputc('\n', stream);
    line_start(stream, "time");
    fprintf(stream, "%s for %zu epoch%s, %s samples/s, %.3g GFLOP/s\n",
           nu_seconds_text(time, result->seconds), result->epochs, result->epochs == 1 ? "" : "s",
           nu_count_text(rate, result->samples_per_s), result->gflops);
    line_start(stream, "weights");
    fprintf(stream, "hash %016" PRIx64 "\n", nudge_model_hash(r->model));
    line_start(stream, "model");
    fprintf(stream, "%s\n", r->saved ? r->setup->out : "not saved (no --out)");
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
    json_put_text(object, "target", s->data.read.target);
    json_put_text(object, "labels", s->data.read.labels);
    json_put_text(object, "ignore", s->data.read.ignore);
    json_put_text(object, "category", s->data.read.category);
    json_put_text(object, "val", s->data.val);
    json_put_text(object, "test", s->data.test);
    json_put_real(object, "val_split", s->data.val_split);
    json_put_real(object, "test_split", s->data.test_split);
    json_put_text(object, "split", s->data.split_order == NUDGE_SPLIT_LAST ? "last" : "random");
    json_put_text(object, "scale", nudge_scale_name(prep.scale));
    json_put_whole(object, "features", prep.features);
    json_put_whole(object, "number_columns", prep.number_columns);
    json_put_whole(object, "category_columns", prep.category_columns);
    json_t *targets = json_new_list();
    for (size_t k = 0; k < (prep.classes > 0 ? 1 : prep.outputs); k++)
        json_add_text(targets, nudge_prep_target_name(r->data->prep, k));
    json_put(object, "targets", targets);
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
    json_t *object = json_new();
    json_put(object, "memory", json_memory(p, r->data->load_bytes));
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
        json_put_real(train, "rmse", train_rmse(r));
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
