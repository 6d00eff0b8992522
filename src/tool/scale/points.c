/* From options to the points of a study. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scale/setup.h"
#include "support/say.h"

typedef struct sizes {
    size_t rows, features, outputs; /* of the data */
} sizes;

static void set_network(scale_point *p, const scale_setup *s, const sizes *data)
{
    const train_setup *t = &s->train;
    size_t hidden = s->mode == SCALE_DEPTH ? p->value : t->hidden;
    char *end;
    p->layers = hidden + 1;
    p->widths = need(calloc(p->layers + 1, sizeof *p->widths));
    p->network = end = need(malloc((p->layers + 1) * 21)); /* 20 digits and a dash each */
    p->widths[0] = data->features;
    for (size_t i = 0; i < hidden; i++)
        p->widths[i + 1] = s->mode == SCALE_WIDTH   ? p->value
                           : s->mode == SCALE_DEPTH ? t->units[0]
                                                    : t->units[i];
    p->widths[p->layers] = data->outputs;
    for (size_t i = 0; i <= p->layers; i++)
        end += sprintf(end, "%s%zu", i > 0 ? "-" : "", p->widths[i]);
}

static scale_point point_of(const scale_setup *s, const sizes *data, int threads, size_t value)
{
    scale_point p = {.threads = threads,
                     .oversubscribed = threads > nudge_machine_info().cores,
                     .value = value,
                     .batch = s->mode == SCALE_BATCH ? value : s->train.train.batch,
                     .rows = s->mode == SCALE_ROWS ? value : data->rows,
                     .predicted = NAN,
                     .gemm_peak = NAN,
                     .copy_peak = NAN,
                     .to_loss_epochs = NAN};
    if (s->mode == SCALE_WEAK) {
        size_t most = (size_t)s->threads[s->n_threads - 1];
        p.value = p.batch;
        p.batch *= (size_t)threads;
        p.rows = data->rows / most * (size_t)threads;
    }
    return p;
}

/* Refuses batches and rows that the data does not have. */
static int check_sizes(const scale_setup *s, const size_t *values, size_t n, const sizes *data)
{
    size_t most = s->mode == SCALE_WEAK ? (size_t)s->threads[s->n_threads - 1] : 1;
    size_t batch = s->mode == SCALE_BATCH ? values[n - 1] : s->train.train.batch;
    size_t rows = s->mode == SCALE_ROWS ? values[0] : data->rows / most;
    if (s->mode == SCALE_ROWS && values[n - 1] > data->rows)
        say(s->command, "--values: %zu rows, but %s has %zu to train on", values[n - 1],
            s->train.data.data, data->rows);
    else if (batch > rows && s->mode == SCALE_WEAK)
        say(s->command, "--batch: %zu samples a thread, but %s has only %zu rows for each of %zu",
            batch, s->train.data.data, rows, most);
    else if (batch > rows)
        say(s->command, "--%s: a batch of %zu, but %s %zu rows to train on",
            s->mode == SCALE_BATCH ? "values" : "batch", batch,
            s->mode == SCALE_ROWS ? "--values has" : "the data has only", rows);
    else
        return EXIT_DONE;
    return EXIT_BAD_INPUT;
}

/* The values that the command line leaves to the data. */
static size_t *values_for(const scale_setup *s, const sizes *data, size_t *n)
{
    size_t *values = need(calloc(s->n_values + 3, sizeof *values));
    *n = s->n_values;
    if (s->n_values > 0)
        memcpy(values, s->values, s->n_values * sizeof *values);
    else if (s->mode == SCALE_ROWS)
        for (size_t part = 16; part > 0; part /= 4)
            if (data->rows / part > 0 && (*n == 0 || values[*n - 1] < data->rows / part))
                values[(*n)++] = data->rows / part;
    if (*n == 0)
        (*n)++; /* strong and weak: 0 */
    return values;
}

/* "784-128-10, adam, batch 64, 60000 rows, f32"; what changes as "batch 64 to 1024". */
static char *title_of(const scale_study *study, const scale_setup *s)
{
    const scale_point *first = &study->points[0], *last = &study->points[study->n_points - 1];
    char network[80], batch[60], rows[60], *title;
    snprintf(network, sizeof network, "%s", first->network);
    if (strcmp(first->network, last->network) != 0)
        snprintf(network, sizeof network, "%zu to %zu %s", first->value, last->value,
                 s->mode == SCALE_DEPTH ? "hidden layers" : "hidden units");
    snprintf(batch, sizeof batch, "batch %zu", first->batch);
    if (s->mode == SCALE_WEAK)
        snprintf(batch, sizeof batch, "batch %zu a thread", first->value);
    else if (first->batch != last->batch)
        snprintf(batch, sizeof batch, "batch %zu to %zu", first->batch, last->batch);
    snprintf(rows, sizeof rows, "%zu rows", first->rows);
    if (s->mode == SCALE_WEAK)
        snprintf(rows, sizeof rows, "%zu rows a thread", first->rows / (size_t)first->threads);
    else if (first->rows != last->rows)
        snprintf(rows, sizeof rows, "%zu to %zu rows", first->rows, last->rows);
    if (asprintf(&title, "%s, %s, %s, %s, %s", network,
                 nudge_optimizer_name(s->train.train.optimizer.kind), batch, rows,
                 nudge_dtype_name(s->train.dtype)) < 0)
        need(NULL);
    return title;
}

int scale_setup_points(scale_study *study, const scale_setup *s, size_t rows, size_t features,
                       size_t outputs)
{
    static const char *const value_names[] = {
        [SCALE_WEAK] = "samples per thread", [SCALE_BATCH] = "batch", [SCALE_WIDTH] = "units",
        [SCALE_DEPTH] = "layers", [SCALE_ROWS] = "rows"};
    sizes data = {rows, features, outputs};
    size_t n;
    study->mode = s->mode;
    study->mode_name = scale_mode_names[s->mode];
    study->value_name = value_names[s->mode];
    study->target_loss = s->to_loss;
    study->repeats = s->repeats;
    study->data = need(strdup(s->train.data.data));
    study->cores = nudge_machine_info().cores;
    size_t *values = values_for(s, &data, &n);
    int status = check_sizes(s, values, n, &data);
    if (status == EXIT_DONE) {
        study->points = need(calloc(n * s->n_threads, sizeof *study->points));
        for (size_t i = 0; i < n * s->n_threads; i++) {
            scale_point *p = &study->points[study->n_points++];
            *p = point_of(s, &data, s->threads[i % s->n_threads], values[i / s->n_threads]);
            set_network(p, s, &data);
        }
        study->title = title_of(study, s);
    }
    free(values);
    return status;
}

const char *scale_describe_point(char buf[SCALE_POINT_TEXT], const scale_study *study,
                             const scale_point *p)
{
    const char *s = p->threads == 1 ? "" : "s";
    if (study->mode == SCALE_STRONG || study->mode == SCALE_WEAK)
        snprintf(buf, SCALE_POINT_TEXT, "%d thread%s", p->threads, s);
    else if (study->mode == SCALE_BATCH)
        snprintf(buf, SCALE_POINT_TEXT, "%d thread%s, batch %zu", p->threads, s, p->value);
    else
        snprintf(buf, SCALE_POINT_TEXT, "%d thread%s, %zu %s", p->threads, s, p->value,
                 study->value_name);
    return buf;
}
