#include "support/train_report.h"

#include <inttypes.h>
#include <math.h>

#include "support/json.h"
#include "support/learning_options.h"
#include "support/members_report.h"
#include "support/output_metrics.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_stream.h"
#include "support/text_table.h"

static size_t rows_of(const nudge_dataset *d)
{
    return d != NULL ? nudge_dataset_describe(d).rows : 0;
}

static void data_lines(const train_report *r)
{
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    const char *target = nudge_prep_target_name(r->data->prep, 0);
    char text[NU_TEXT], *line;
    FILE *f = text_begin(&line);
    fprintf(f, "%s: ", r->setup->data.data);
    if (prep.pixels)
        fprintf(f, "%zu pixels", prep.features);
    else if (prep.category_columns > 0)
        fprintf(f, "%zu features from %zu columns of numbers and %zu of categories", prep.features,
                prep.number_columns, prep.category_columns);
    else
        fprintf(f, "%zu feature%s", prep.features, prep.features == 1 ? "" : "s");
    if (prep.encode != NUDGE_ENCODE_NONE)
        fprintf(f, ", encoded %s", nudge_encode_name(prep.encode));
    if (prep.encode == NUDGE_ENCODE_PIECEWISE)
        fprintf(f, " in at most %zu bins", prep.most_codes);
    if (prep.classes > 0)
        fprintf(f, ", target '%s' of %zu classes", target, prep.classes);
    else if (prep.outputs > 1)
        fprintf(f, ", %zu targets", prep.outputs);
    else
        fprintf(f, ", target '%s'", target);
    if (r->setup->data.read.weight != NULL)
        fprintf(f, ", weights '%s'", r->setup->data.read.weight);
    if (r->setup->data.class_weight != NULL)
        fprintf(f, ", classes weighted %s", r->setup->data.class_weight);
    text_end(f);
    line_print(stderr, "data", line);
    free(line);
    line_start(stderr, "rows");
    fprintf(stderr, "%s train", nu_count_text(text, (double)rows_of(r->data->train)));
    if (r->data->val != NULL)
        fprintf(stderr, ", %s validation", nu_count_text(text, (double)rows_of(r->data->val)));
    if (r->parts != NULL)
        fprintf(stderr, ", of which each network is validated on another %zu%s, which it does not "
                "learn from", r->setup->val_folds, r->setup->val_folds == 2 ? "nd" :
                r->setup->val_folds == 3 ? "rd" : "th");
    if (r->data->test != NULL)
        fprintf(stderr, ", %s test", nu_count_text(text, (double)rows_of(r->data->test)));
    fputc('\n', stderr);
    if (r->data->unknown > 0)
        fprintf(stderr, "%*s%zu cells held out hold a category that training rows lack; they "
                "count as none\n", LINE_INDENT, "", r->data->unknown);
}

void report_start(const train_report *r)
{
    const nudge_train_options *t = &r->setup->train;
    const char *why = r->plan.threads_why;
    if (why == NULL && r->plan.threads < (t->threads > 0 ? t->threads : nudge_machine_info().cores))
        why = "--explain says why not more";
    data_lines(r);
    network_line(stderr, r->model);
    if (r->setup->taken != NULL) {
        char *text;
        if (asprintf(&text, "from %s: %s", r->setup->init_file, r->setup->taken->text) < 0)
            need(NULL);
        line_print(stderr, "weights", text);
        free(text);
    }
    line_start(stderr, "training");
    fprintf(stderr, "%s, lr %g, batch %zu%s, %zu epoch%s\n",
            nudge_optimizer_name(t->optimizer.kind), t->optimizer.lr, r->plan.batch,
            nudge_optimizer_takes_all_rows(t->optimizer.kind) ? " (all rows, as it needs them)"
                                                              : "",
            t->epochs, t->epochs == 1 ? "" : "s");
    if (has_schedule(&t->schedule)) {
        char *text = schedule_text(&t->schedule);
        line_print(stderr, "schedule", text);
        free(text);
    }
    members_line(r->setup);
    memory_line(stderr, &r->plan, r->data->load_bytes);
    threads_line(stderr, r->plan.threads, why);
}

/* ---- Result ---------------------------------------------------------------------------- */

/* Of |prediction - target| to the power. */
static int is_mean_of(const nudge_model_info *m, int power)
{
    nudge_loss_info loss = nudge_loss_describe(m->loss);
    return loss.is_power && loss.power == power && transform_of(m) == NUDGE_TRANSFORM_NONE;
}

/* What is known of training data: means over the last epoch, in the target's own units. */
static nudge_metrics train_metrics(const train_report *r)
{
    const nudge_epoch *last = &r->result.last;
    nudge_model_info model = nudge_model_describe(r->model);
    nudge_metrics m = {.rows = r->trials == NULL ? rows_of(r->data->train) : 0};
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        m.value[i] = NAN;
    if (r->result.epochs == 0 || m.rows == 0)
        return m;
    m.value[NUDGE_METRIC_LOSS] = last->train_loss;
    m.value[NUDGE_METRIC_ACCURACY] = last->train_accuracy;
    m.value[NUDGE_METRIC_RMSE] = is_mean_of(&model, 2) ? sqrt(last->train_loss) : NAN;
    m.value[NUDGE_METRIC_MAE] = is_mean_of(&model, 1) ? last->train_loss : NAN;
    return m;
}

uint64_t report_wants(const train_setup *setup)
{
    uint64_t wanted = 0;
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        if (setup->json || nudge_metric_describe((nudge_metric)i).is_main)
            wanted |= NUDGE_METRIC_SET(i);
    return wanted;
}

/* More outputs than this have no rows of their own; nudge eval has them. */
enum { MOST_OUTPUTS = 10 };

/* A row for each output, of a metric that is in their units: "RMSE of p". */
static void output_rows(text_table *t, const nudge_metrics of[3], size_t i, int floor,
                        const nudge_model_info *m)
{
    nudge_metric_info metric = nudge_metric_describe((nudge_metric)i);
    size_t n = m->widths[m->layers];
    for (size_t j = 0; j < n && n <= MOST_OUTPUTS; j++) {
        table_add(t, "%s of %s", metric.title, nudge_prep_target_name(m->prep, j));
        for (int k = 0; k < 3; k++)
            if (of[k].rows > 0)
                table_add_real(t, metric.format,
                               of[k].by_output != NULL ? of[k].by_output[i * n + j] : NAN);
        if (floor)
            table_add(t, "-");
    }
}

/* A row for each metric that is known of any data. The noise floor is one of mse for numbers and of
 * cross-entropy for classes, unless its parameter changes it. */
static void report_metrics(const train_report *r, FILE *stream)
{
    static const char *const heads[] = {"train *", "validation", "test"};
    const nudge_metrics of[] = {train_metrics(r), r->val, r->test};
    nudge_model_info m = nudge_model_describe(r->model);
    nudge_loss_info loss = nudge_loss_describe(m.loss);
    int is_plain = !(m.loss_parameter > 0); /* cross-entropy without label smoothing */
    double noise = r->data->noise_floor;
    char title[NU_TEXT];
    text_table t;
    table_start(&t, 1);
    table_add(&t, "%s", "");
    for (int k = 0; k < 3; k++)
        if (of[k].rows > 0)
            table_add(&t, "%s", heads[k]);
    if (!isnan(noise))
        table_add(&t, "noise floor");
    t.columns = t.cells;
    for (size_t i = 0; i < NUDGE_METRICS; i++) {
        nudge_metric_info metric = nudge_metric_describe((nudge_metric)i);
        int known = 0, fits = i == NUDGE_METRIC_LOSS &&
                              (is_mean_of(&m, 2) || (loss.target == NUDGE_CLASSES && is_plain));
        for (int k = 0; k < 3; k++)
            known |= of[k].rows > 0 && !isnan(of[k].value[i]);
        if (!known || repeats_loss((nudge_metric)i, &m))
            continue;
        if (mixes_units((nudge_metric)i, &m)) {
            output_rows(&t, of, i, !isnan(noise), &m);
            continue;
        }
        table_add(&t, "%s", i == NUDGE_METRIC_LOSS ? loss_title(title, &m) : metric.title);
        for (int k = 0; k < 3; k++)
            if (of[k].rows > 0)
                table_add_real(&t, metric.format, of[k].value[i]);
        if (!isnan(noise))
            table_add_real(&t, "%.6g", fits ? noise : NAN);
    }
    table_print(&t, 0, stream);
    if (of[0].rows > 0)
        fprintf(stream, "* mean over the last epoch, of each batch before its update\n");
}

/* What ended training before its last epoch, and whose weights these are. */
static void end_line(const train_report *r, FILE *stream)
{
    const nudge_train_result *result = &r->result;
    nudge_metric metric = r->setup->train.early_stop.metric;
    char line[200] = "";
    size_t used = 0;
    if (result->timed_out)
        used = (size_t)snprintf(line, sizeof line, "--max-time is over; ");
    else if (result->stopped_early)
        used = (size_t)snprintf(line, sizeof line, "early, after epoch %zu; ", result->epochs);
    if (result->best_epoch > 0)
        snprintf(line + used, sizeof line - used, "%s of epoch %zu, validation %s %.6g",
                 r->refitted ? "the refit has the number" : "the weights are those",
                 result->best_epoch, nudge_metric_name(metric), result->best_value);
    else if (used > 0)
        line[used - 2] = '\0';
    if (line[0] != '\0')
        line_print(stream, result->timed_out || result->stopped_early ? "stopped" : "best", line);
}

/* What was learned of the validation rows. */
static void held_out_lines(const train_report *r, FILE *stream)
{
    const nudge_calibration *c = &r->calibration;
    nudge_model_info m = nudge_model_describe(r->model);
    if (c->temperature > 0) {
        line_start(stream, "calibrated");
        if (c->is_open)
            fprintf(stream, "no: the validation rows tell no temperature from 1/20 to 20\n");
        else
            fprintf(stream, "temperature %.4g; log loss of the validation rows %.6g, before %.6g\n",
                    c->temperature, c->after, c->before);
    }
    for (size_t k = 0; m.interval_coverage > 0 && k < m.widths[m.layers]; k++) {
        nudge_transform t = transform_of(&m);
        int has = t != NUDGE_TRANSFORM_NONE;
        line_start(stream, k == 0 ? "interval" : "");
        fprintf(stream, "%s +- %.6g%s%s, for %g of rows\n", nudge_prep_target_name(m.prep, k),
                m.interval_width[k], has ? " in units of " : "",
                has ? nudge_transform_name(t) : "", m.interval_coverage);
    }
}

void report_result(const train_report *r, FILE *stream)
{
    const nudge_train_result *result = &r->result;
    char time[NU_TEXT], rate[NU_TEXT];
    if (result->epochs > 0) {
        if (r->trials != NULL)
            trial_table(r->trials, stream);
        else
            members_table(r->setup, r->trainers, stream);
        report_metrics(r, stream);
    }
    fputc('\n', stream);
    end_line(r, stream);
    held_out_lines(r, stream);
    line_start(stream, "time");
    nu_seconds_text(time, result->seconds);
    if (r->setup->resume != NULL)
        fprintf(stream, "%s since it was resumed", time);
    else
        fprintf(stream, "%s for %zu epoch%s", time, result->epochs, result->epochs == 1 ? "" : "s");
    fprintf(stream, ", %s samples/s, %.3g GFLOP/s\n", nu_count_text(rate, result->samples_per_s),
            result->gflops);
    line_start(stream, "weights");
    fprintf(stream, "hash %016" PRIx64 "\n", nudge_model_hash(r->model));
    line_start(stream, "model");
    fprintf(stream, "%s\n", r->saved ? r->setup->out : "not saved (no --out)");
}

/* ---- JSON ------------------------------------------------------------------------------ */

json_t *train_settings(const train_report *r)
{
    const train_setup *s = r->setup;
    const nudge_data_options *d = &s->data;
    const nudge_optimizer *o = &s->train.optimizer;
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    nudge_model_info m = nudge_model_describe(r->model);
    static const char *const tasks[] = {"auto", "classification", "regression"};
    json_t *activations = json_new_list();
    for (size_t i = 0; i < m.layers; i++)
        json_add(activations, json_text(nudge_activation_name(m.activations[i])));
    json_t *object = json_of(
        "data", json_text(d->data), "target", json_text(d->read.target),
        "labels", json_text(d->read.labels), "task", json_text(tasks[d->prep.task]),
        "feature_list", json_text(d->read.features), "ignore", json_text(d->read.ignore),
        "category", json_text(d->read.category), "number", json_text(d->read.number),
        "header", d->read.header < 0 ? NULL : json_boolean(d->read.header),
        "val", json_text(d->val),
        "test", json_text(d->test), "val_split", json_number(d->val_split),
        "test_split", json_number(d->test_split),
        "split", json_text(d->split_order == NUDGE_SPLIT_LAST ? "last" : "random"),
        "stratify", json_boolean(d->stratify),
        "weight", json_text(d->read.weight), "class_weight", json_text(d->class_weight),
        "folds", s->folds > 0 ? json_whole(s->folds) : NULL,
        "scale", json_text(nudge_scale_name(prep.scale)),
        "target_scale", json_text(nudge_scale_name(d->prep.target_scale)),
        "target_transform", json_text(nudge_transform_name(prep.target_transform)),
        "fill", json_text(nudge_fill_name(d->prep.fill)),
        "stream", json_boolean(d->read.stream),
        "fill_indicator", json_boolean(d->prep.fill_indicator),
        "category_code", json_text(nudge_category_code_name(d->prep.category_code)),
        "scale_categories", json_boolean(prep.scale_categories),
        "two_outputs", json_boolean(d->prep.two_outputs),
        "encode", json_text(nudge_encode_name(prep.encode)),
        "bins", prep.encode == NUDGE_ENCODE_PIECEWISE ? json_whole(prep.most_codes) : NULL,
        "bin_edges", prep.encode == NUDGE_ENCODE_PIECEWISE
                         ? json_text(nudge_bin_edges_name(d->prep.bin_edges)) : NULL,
        "frequencies", prep.encode == NUDGE_ENCODE_FOURIER ? json_whole(d->prep.frequencies) : NULL,
        "frequency_scale", prep.encode == NUDGE_ENCODE_FOURIER
                               ? json_number(d->prep.frequency_scale) : NULL,
        "min_count", json_whole(d->prep.min_count > 1 ? d->prep.min_count : 1),
        "features", json_whole(prep.features),
        "number_columns", json_whole(prep.number_columns),
        "category_columns", json_whole(prep.category_columns),
        "targets", json_targets(r->data->prep), NULL);
    json_put_all(
        object, "widths", json_wholes(m.layers + 1, m.widths), "activations", activations,
        "layer_norm", json_boolean(m.layer_norm), "residual", json_boolean(m.residual),
        "input_factor", json_boolean(m.input_factor),
        "dtype", json_text(nudge_dtype_name(m.dtype)),
        "init", json_text(s->init_file != NULL ? s->init_file : nudge_init_name(s->init)),
        "init_taken", json_text(s->taken != NULL ? s->taken->text : NULL), NULL);
    json_put_embedding(object, &m);
    json_put_loss(object, &m);
    json_put_dialect(object, nudge_prep_dialect(r->data->prep));
    if (s->lr_factors != NULL)
        json_put(object, "lr_factors", json_reals(s->n_lr_factors, s->lr_factors));
    json_put_schedule(object, &s->train.schedule);
    json_put(object, "decay_schedule", json_text(nudge_schedule_name(s->train.decay_schedule)));
    return json_put_all(
        object, "bias_lr_factor", json_number(s->train.bias_lr_factor),
        "ntk", json_boolean(s->train.ntk), "drop_last", json_boolean(s->train.drop_last),
        "optimizer", json_text(nudge_optimizer_name(o->kind)), "lr", json_number(o->lr),
        "momentum", json_number(o->momentum), "nesterov", json_boolean(o->nesterov),
        "weight_decay", json_number(o->weight_decay), "l1", json_number(o->l1),
        "beta1", json_number(o->beta1),
        "beta2", json_number(o->beta2), "alpha", json_number(o->alpha), "eps", json_number(o->eps),
        "batch", json_whole(r->plan.batch), "accumulate", json_whole(s->train.accumulate),
        "clip_norm", json_number(s->train.clip_norm),
        "clip_value", json_number(s->train.clip_value),
        "max_norm", json_number(s->train.max_norm),
        "dropout", json_reals(s->train.dropout != NULL ? s->hidden : 0, s->train.dropout),
        "average", json_number(s->train.average),
        "early_stop", json_whole(s->train.early_stop.patience),
        "stop_metric", json_text(nudge_metric_name(s->train.early_stop.metric)),
        "stop_change", json_number(s->train.early_stop.min_change),
        "max_time", json_number(s->train.max_seconds), "epochs", json_whole(s->train.epochs),
        "members", json_whole(s->members), "refit", json_boolean(s->refit),
        "seed", json_whole(s->train.seed), "shuffle", json_boolean(s->train.shuffle), NULL);
}

static json_t *json_plan(const train_report *r)
{
    const nudge_train_plan *p = &r->plan;
    return json_of("memory", json_memory(p, r->data->load_bytes),
                   "threads", json_whole((uint64_t)p->threads),
                   "threads_why", json_text(p->threads_why), "batches", json_whole(p->batches),
                   "parameters", json_whole(p->parameters),
                   "flops_per_epoch", json_number(p->flops_per_epoch),
                   "explain", json_text(p->explain), NULL);
}

static json_t *json_result(const train_report *r)
{
    const nudge_train_result *result = &r->result;
    return json_of("epochs", json_whole(result->epochs), "seconds", json_number(result->seconds),
                   "train_seconds", json_number(result->train_seconds),
                   "samples_per_s", json_number(result->samples_per_s),
                   "gflops", json_number(result->gflops),
                   "stopped_early", json_boolean(result->stopped_early),
                   "timed_out", json_boolean(result->timed_out),
                   "best_epoch", result->best_epoch > 0 ? json_whole(result->best_epoch) : NULL,
                   "best_value", json_number(result->best_value),
                   "refitted", r->setup->refit ? json_boolean(r->refitted) : NULL, NULL);
}

void report_json(const train_report *r)
{
    nudge_metrics train = train_metrics(r);
    nudge_model_info m = nudge_model_describe(r->model);
    const nudge_calibration *c = &r->calibration;
    json_t *calibration = c->temperature == 0 ? NULL
                          : json_of("temperature", json_number(c->temperature), "is_open",
                                    json_boolean(c->is_open), "log_loss", json_number(c->after),
                                    "log_loss_before", json_number(c->before), NULL);
    json_print(json_of("version", json_text(nudge_version()), "settings", train_settings(r),
                       "notes", json_notes(r->data->notes, r->data->n_notes),
                       "plan", r->trials == NULL ? json_plan(r) : NULL, "result", json_result(r),
                       "trials", trials_json(r->trials),
                       "members", r->trials == NULL ? members_json(r->setup, r->trainers) : NULL,
                       "train", train.rows > 0 ? json_metrics(&train, &m) : NULL,
                       "val", r->val.rows > 0 ? json_metrics(&r->val, &m) : NULL,
                       "test", r->test.rows > 0 ? json_metrics(&r->test, &m) : NULL,
                       "calibration", calibration, "interval", json_interval(&m),
                       "noise_floor", json_number(r->data->noise_floor),
                       "weights_hash", json_hash(nudge_model_hash(r->model)),
                       "out", json_text(r->saved ? r->setup->out : NULL), NULL),
               1, stdout);
}
