#include "scale/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"
#include "whole.h"

/* The built-in study. 64 features and two hidden layers of 512 at batch 256: a step is 0.44
 * billion operations, some milliseconds of one core, and is cut into 8 to 16 pieces for the
 * cores. A barrier (about a microsecond) and the scheduler are then small beside the work of each
 * of up to 16 threads, so that what is seen is the trainer and the memory. */
#define DATA_FORMAT "synth:teacher,rows=%zu,features=64,hidden=32"
#define HIDDEN "512,512"
#define BATCH "256"
enum { ROWS = 32768, ROWS_PER_THREAD = 16384 };

/* Without --seconds: of each point, and of all. Long beside the seconds in which a machine's speed
 * wanders, so that the repeats see what it does, and not a moment of it. */
#define POINT_SECONDS 16.0
#define ALL_SECONDS 80.0

enum { MOST_THREADS = 4096, MOST_REPEATS = 1000, MOST_UNITS = 2147483647, MOST_LAYERS = 10000,
       MOST_TO_LOSS_EPOCHS = 100 };

const option scale_options[] = {
    {"threads", "N,N,...|all", NULL, .help = "thread counts; default: 1, 2, 4, ... and the cores this "
                                     "process may use; all: every count up to these. More than "
                                     "there are cores are measured too, and marked"},
    {"mode", "strong|weak|batch|width|depth|rows", "strong", .help = "what changes beside the threads. strong: nothing; weak: as many "
                               "samples of the batch and rows of the data for each thread; batch; "
                               "width: units of the hidden layers; depth: hidden layers; rows"},
    {"values", "N,N,...", NULL, .help = "of what batch, width, depth and rows change; defaults: "
                                "64,256,1024 samples, 128,256,512 units, 1,2,4 layers, a "
                                "sixteenth, a quarter and all of the rows"},
    {"repeat", "N", "9", .help = "how often each point is measured; fewer than 6 allow no intervals of "
                          "95 % confidence"},
    {"seconds", "S", NULL, .help = "measure each point for so long in all its repeats; default: 16, less "
                           "with more than 5 points"},
    {"epochs", "N", NULL, .help = "instead: epochs of a repeat"},
    {"to-loss", "X", NULL, .help = "instead: each repeat trains until an epoch's loss is at most X (of the "
                           "validation data if there is some), for at most --epochs [100]"},
    {"out", "DIR", NULL, .help = "write the results there: JSON, CSV, plots (with gnuplot), a report to "
                         "read"},
    {"json", NULL, NULL, .help = "results as one JSON object"},
    {"quiet", NULL, NULL, .help = "only results and errors"},
    /* With other defaults than those of nudge train. */
    {"data", "SPEC", NULL, .help = "a CSV or IDX file, plain or gzip, or synth:NAME,rows=N,...; without "
                           "it a built-in synthetic dataset of 64 features and 32768 rows (weak: "
                           "16384 for each thread; rows: the most of --values)"},
    {"val", "SPEC", NULL, .help = "validation data, for --to-loss"},
    {"val-split", "F", "0", .help = "hold out this part of --data for validation, for --to-loss"},
    {"hidden", "N,N,...", HIDDEN, .help = "units of the hidden layers; none for a linear model"},
    {"batch", "N", BATCH, .help = "samples per update; in weak mode of each thread"},
    {0},
};

const char *const scale_mode_names[] = {"strong", "weak", "batch", "width", "depth", "rows", NULL};

/* ---- Lists ----------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The whole numbers of an option, in ascending order; refuses what is none or comes twice. */
static size_t *read_list(arguments *args, const char *name, size_t most, const char *or, size_t *n)
{
    char what[120];
    char **part = split_commas(text_of(args, name), n);
    size_t *list = need(calloc(*n, sizeof *list));
    int good = 1;
    for (size_t i = 0; good && i < *n; i++) {
        uint64_t value = 0;
        good = nu_parse_whole(part[i], 1, most, &value);
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
    s->repeats = (size_t)whole_of(args, "repeat", 1, MOST_REPEATS);
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
    s->mode = (scale_mode)choice_of(args, "mode");
    read_threads(s, args);
    read_values(s, args);
    read_length(s, args);
    train_setup_shared(&s->train, args, 0);
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
