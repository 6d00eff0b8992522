#include "scale/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/exit.h"

/* The built-in study. 64 features and two hidden layers of 512 at batch 256: a step is 0.44
 * billion operations, some milliseconds of one core, and is cut into 8 to 16 pieces for the
 * cores. A barrier (about a microsecond) and the scheduler are then small beside the work of each
 * of up to 16 threads, so that what is seen is the trainer and the memory. */
#define DATA_FORMAT "synth:teacher,rows=%zu,features=64,hidden=32"
#define HIDDEN "512,512"
#define BATCH "256"
enum { ROWS = 32768, ROWS_PER_THREAD = 16384 };

/* Without --seconds: of each point, and of all. */
#define POINT_SECONDS 8.0
#define ALL_SECONDS 80.0

enum { MOST_THREADS = 4096, MOST_REPEATS = 1000, MOST_UNITS = 2147483647, MOST_LAYERS = 10000,
       MOST_TO_LOSS_EPOCHS = 100 };

const option scale_options[] = {
    {.help = "Study"},
    {"threads", "N,N,...|all", NULL, "thread counts; default: 1, 2, 4, ... and the cores this "
                                     "process may use; all: every count up to these. More than "
                                     "there are cores are measured too, and marked"},
    {"mode", "MODE", "strong", "what changes beside the threads. strong: nothing; weak: as many "
                               "samples of the batch and rows of the data for each thread; batch; "
                               "width: units of the hidden layers; depth: hidden layers; rows"},
    {"values", "N,N,...", NULL, "of what batch, width, depth and rows change; defaults: "
                                "64,256,1024 samples, 128,256,512 units, 1,2,4 layers, a "
                                "sixteenth, a quarter and all of the rows"},
    {"repeats", "N", "5", "how often each point is measured"},
    {"seconds", "S", NULL, "measure each point for so long in all its repeats; default: 8, less "
                           "with more than 10 points"},
    {"epochs", "N", NULL, "instead: epochs of a repeat"},
    {"to-loss", "X", NULL, "instead: each repeat trains until an epoch's loss is at most X (of the "
                           "validation data if there is some), for at most --epochs [100]"},
    {.help = "Output"},
    {"out", "DIR", NULL, "write the results there: JSON, CSV, plots (with gnuplot), a report to "
                         "read"},
    {"json", NULL, NULL, "results as one JSON object"},
    {"quiet", NULL, NULL, "only results and errors"},
    {0},
};

const option scale_instead[] = {
    {"data", "SPEC", NULL, "a CSV or IDX file, plain or gzip, or synth:NAME,rows=N,...; without "
                           "it a built-in synthetic dataset of 64 features and 32768 rows (weak: "
                           "16384 for each thread; rows: the most of --values)"},
    {"val", "SPEC", NULL, "validation data, for --to-loss"},
    {"val-split", "F", "0", "hold out this part of --data for validation, for --to-loss"},
    {"hidden", "N,N,...", HIDDEN, "units of the hidden layers; none for a linear model"},
    {"batch", "N", BATCH, "samples per update; in weak mode of each thread"},
    {0},
};

static const char *const mode_names[] = {"strong", "weak", "batch", "width", "depth", "rows", NULL};

/* ---- Lists ----------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The whole numbers of an option, in ascending order; refuses what is none, and what comes twice. */
static size_t *read_list(arguments *args, const char *name, size_t most, const char *or, size_t *n)
{
    char what[120];
    char **part = split_commas(text_of(args, name), n);
    size_t *list = need(calloc(*n, sizeof *list));
    int good = 1;
    for (size_t i = 0; good && i < *n; i++) {
        uint64_t value = 0;
        good = parse_whole(part[i], 1, most, &value);
        list[i] = (size_t)value;
    }
    free(part);
    snprintf(what, sizeof what, "%swhole numbers from 1 to %zu, separated by commas", or, most);
    if (!good)
        refuse(args, name, what);
    qsort(list, *n, sizeof *list, ascending);
    for (size_t i = 1; good && i < *n; i++)
        if (list[i] == list[i - 1]) {
            snprintf(what, sizeof what, "a list without repetition: %zu is in it twice", list[i]);
            refuse(args, name, what);
            break;
        }
    return list;
}

static void add_threads(scale_setup *s, size_t count)
{
    s->threads = need(realloc(s->threads, (s->n_threads + 1) * sizeof *s->threads));
    s->threads[s->n_threads++] = (int)count;
}

static void read_threads(scale_setup *s, arguments *args)
{
    size_t cores = (size_t)nudge_threads(0, NULL);
    const char *text = text_of(args, "threads");
    if (text == NULL) {
        for (size_t n = 1; n < cores; n *= 2)
            add_threads(s, n);
        add_threads(s, cores);
    } else if (strcmp(text, "all") == 0) {
        for (size_t n = 1; n <= cores; n++)
            add_threads(s, n);
    } else {
        size_t n, *list = read_list(args, "threads", MOST_THREADS, "'all' or ", &n);
        for (size_t i = 0; i < n; i++)
            add_threads(s, list[i]);
        free(list);
    }
}

static void take_values(scale_setup *s, const size_t *values, size_t n)
{
    s->values = need(realloc(s->values, n * sizeof *s->values));
    memcpy(s->values, values, n * sizeof *values);
    s->n_values = n;
}

static void read_values(scale_setup *s, arguments *args)
{
    static const size_t batches[] = {64, 256, 1024}, units[] = {128, 256, 512},
                        layers[] = {1, 2, 4}, rows[] = {ROWS / 4, ROWS, 4 * ROWS};
    static const struct {
        const size_t *initial;
        size_t most;
    } of[] = {
        [SCALE_BATCH] = {batches, UINT32_MAX},
        [SCALE_WIDTH] = {units, MOST_UNITS},
        [SCALE_DEPTH] = {layers, MOST_LAYERS},
        [SCALE_ROWS] = {rows, UINT32_MAX},
    };
    if (s->mode == SCALE_STRONG || s->mode == SCALE_WEAK)
        refuse_given(args, "values", "only the modes batch, width, depth and rows have values");
    else if (given(args, "values"))
        s->values = read_list(args, "values", of[s->mode].most, "", &s->n_values);
    else if (s->mode != SCALE_ROWS || !given(args, "data"))
        take_values(s, of[s->mode].initial, 3);
}

/* ---- Options --------------------------------------------------------------------------- */

/* How long the repeats are: --seconds, or --epochs, or --to-loss with at most --epochs. */
static void read_length(scale_setup *s, arguments *args)
{
    size_t values = s->n_values > 0 ? s->n_values : s->mode == SCALE_ROWS ? 3 : 1;
    double points = (double)(s->n_threads * values);
    s->seconds = s->to_loss = NAN;
    if (given(args, "epochs"))
        refuse_given(args, "seconds", "it cannot be used together with --epochs");
    if (given(args, "to-loss"))
        refuse_given(args, "seconds", "with --to-loss a repeat lasts until the loss is reached");
    if (given(args, "epochs"))
        s->epochs = (size_t)whole_of(args, "epochs", 1, UINT32_MAX);
    if (given(args, "to-loss")) {
        s->to_loss = real_of(args, "to-loss", ABOVE_0);
        s->epochs = s->epochs > 0 ? s->epochs : MOST_TO_LOSS_EPOCHS;
    }
    if (given(args, "seconds"))
        s->seconds = real_of(args, "seconds", ABOVE_0);
    else if (s->epochs == 0)
        s->seconds = fmin(POINT_SECONDS, ALL_SECONDS / points);
    s->repeats = (size_t)whole_of(args, "repeats", 1, MOST_REPEATS);
}

/* What one mode alone cannot do with options that the others take. */
static void check_mode(scale_setup *s, arguments *args)
{
    const train_setup *t = &s->train;
    int sizes = s->mode == SCALE_WIDTH || s->mode == SCALE_DEPTH;
    if (s->mode == SCALE_BATCH)
        refuse_given(args, "batch", "in batch mode --values has the sizes of the batch");
    if (sizes && t->hidden == 0)
        refuse(args, "hidden", s->mode == SCALE_WIDTH
                                   ? "a network with a hidden layer, which width mode needs"
                                   : "the units of the hidden layers, which depth mode needs");
    for (size_t i = 1; s->mode == SCALE_DEPTH && i < t->hidden; i++)
        if (t->units[i] != t->units[0]) {
            refuse(args, "hidden", "one size for all hidden layers, such as 256, which depth mode "
                                   "needs");
            break;
        }
    if (s->mode == SCALE_DEPTH && t->activations > 1)
        refuse_given(args, "activation", "in depth mode there is one for all hidden layers");
    if (isnan(s->to_loss)) {
        refuse_given(args, "val", "only --to-loss uses validation data");
        refuse_given(args, "val-split", "only --to-loss uses validation data");
    }
}

/* The data of a study without --data. */
static void choose_data(scale_setup *s, arguments *args)
{
    size_t rows = ROWS;
    if (!given(args, "val-split"))
        s->train.data.val_split = 0;
    if (given(args, "data"))
        return;
    if (s->mode == SCALE_WEAK && s->n_threads > 0)
        rows = (size_t)ROWS_PER_THREAD * (size_t)s->threads[s->n_threads - 1];
    if (s->mode == SCALE_ROWS && s->n_values > 0)
        rows = s->values[s->n_values - 1];
    if (asprintf(&s->spec, DATA_FORMAT, rows) < 0)
        need(NULL);
    s->train.data.data = s->spec;
}

void scale_setup_start(scale_setup *s, arguments *args)
{
    *s = (scale_setup){.command = args->command->name,
                       .train = {.train = nudge_train_defaults()},
                       .out = text_of(args, "out"),
                       .json = given(args, "json"),
                       .quiet = given(args, "quiet")};
    s->mode = (scale_mode)choice_of(args, "mode", mode_names);
    read_threads(s, args);
    read_values(s, args);
    read_length(s, args);
    train_setup_shared(&s->train, args);
    check_mode(s, args);
    choose_data(s, args);
}

void scale_setup_end(scale_setup *s)
{
    train_setup_end(&s->train);
    free(s->spec);
    free(s->threads);
    free(s->values);
}

/* ---- Points ---------------------------------------------------------------------------- */

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
    study->mode_name = mode_names[s->mode];
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
