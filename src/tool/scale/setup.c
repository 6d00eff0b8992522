#include "scale/setup.h"

#include <string.h>

#include "support/say.h"

/* The built-in study. 64 features and two hidden layers of 512 at batch 256: a step is 0.44
 * billion operations, some milliseconds of one core, and is cut into 8 to 16 pieces for the
 * cores. A barrier (about a microsecond) and the scheduler are then small beside the work of each
 * of up to 16 threads, so that what is seen is the trainer and the memory. */
#define DATA_FORMAT "synth:teacher,rows=%zu,features=64,hidden=32"
enum { ROWS = 32768, ROWS_PER_THREAD = 16384 };

enum { MOST_THREADS = 4096, MOST_REPEATS = 1000, MOST_TO_LOSS_EPOCHS = 100 };

/* Up to so many cores every count of threads is measured; beyond, 1.5 times and twice a power
 * of two: a law with three parameters needs four counts. */
enum { ALL_COUNTS = 4 };

const option scale_options[] = {
    {"vary", "OPTION=V1,V2,...", .repeats = 1,
     .help = "measure with each of these values of an option for training, or with each number of "
             "'rows' of the data, such as batch=64,256 or optimizer=sgd,adam or hidden=64,64x64 (x "
             "between the layers of one network). Values that hold commas are separated by ';'. "
             "Given again: every combination"},
    {"mode", "strong|weak", "strong",
     .help = "strong: the same work on more threads; weak: as many samples of the batch and rows "
             "of the data for each thread"},
    {"threads", "N,N,...|all", .help = "thread counts; default: 1, 2, 3, 4, 6, 8, 12, ... and the "
                                       "cores this process may use; all: every count up to these. "
                                       "More than there are cores are measured too, and marked"},
    {"precision", "P", "2", .help = "in percent: measure in rounds until the intervals of all "
                                    "speed-ups are as narrow as that, or --seconds end"},
    {"seconds", "S", "60", .help = "of measuring, at most, beside warming up and single runs"},
    {"repeat", "N", .help = "instead of --precision: so many rounds; fewer than 6 allow no "
                            "intervals of 95 % confidence"},
    {"epochs", "N", .help = "of a run; default: what makes 20 rounds in --seconds, or runs of a "
                            "second"},
    {"to-loss", "X", .help = "instead: each run trains until an epoch's loss is at most X (of the "
                             "validation data if there is some), for at most --epochs [100]"},
    {"level", "P", "95", .help = "confidence of the intervals, in percent"},
    {"peer-base", "PROGRAM", .help = "also measure this program, such as a nudge built without "
                                     "OpenMP, on one thread: if it is faster, it is the base"},
    {"out", "DIR", .help = "write the results there: a report to read, plots (with gnuplot), CSV, "
                           "JSON"},
    /* With other defaults than those of nudge train. */
    {"pin", .initial = "yes"},
    {"data", "SPEC", .help = "a data file or synth:NAME,rows=N,...; without it a built-in "
                             "synthetic dataset of 64 features and 32768 rows (weak: 16384 for "
                             "each thread; with --vary rows: the most of them)"},
    {"val", "SPEC", .help = "validation data, for --to-loss"},
    {"val-split", "F", "0", .help = "hold out this part of --data for validation, for --to-loss"},
    {"hidden", .initial = "512,512"},
    {"batch", "N", "256", .help = "samples per update; in weak mode of each thread"},
    {0},
};

/* ---- Threads --------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static void add_threads(scale_setup *s, size_t count)
{
    s->threads = need(realloc(s->threads, (s->n_threads + 1) * sizeof *s->threads));
    s->threads[s->n_threads++] = count;
}

static void read_threads(scale_setup *s, arguments *args)
{
    size_t cores = (size_t)nudge_threads(0, NULL);
    const char *text = text_of(args, "threads");
    if (text != NULL && strcmp(text, "all") != 0) {
        s->threads = wholes_of(args, "threads", MOST_THREADS, "'all' or ", &s->n_threads);
        qsort(s->threads, s->n_threads, sizeof *s->threads, ascending);
        for (size_t i = 1; i < s->n_threads; i++)
            if (s->threads[i] == s->threads[i - 1])
                refuse(args, "threads", "a list without repetition");
        return;
    }
    size_t each = text != NULL ? cores : ALL_COUNTS;
    for (size_t n = 1; n <= each && n < cores; n++)
        add_threads(s, n);
    for (size_t n = 4; text == NULL && n < cores; n *= 2) {
        if (n > 4)
            add_threads(s, n);
        if (n / 2 * 3 < cores)
            add_threads(s, n / 2 * 3);
    }
    add_threads(s, cores);
}

/* ---- How long -------------------------------------------------------------------------- */

static void read_length(scale_setup *s, scale_study *study, arguments *args)
{
    study->precision = real_of(args, "precision", ABOVE_0) / 100;
    study->seconds_asked = real_of(args, "seconds", ABOVE_0);
    study->target_loss = NAN;
    if (given(args, "epochs"))
        s->epochs = (size_t)whole_of(args, "epochs", 1, UINT32_MAX);
    if (given(args, "to-loss")) {
        study->target_loss = real_of(args, "to-loss", ABOVE_0);
        s->epochs = s->epochs > 0 ? s->epochs : MOST_TO_LOSS_EPOCHS;
    } else {
        refuse_all(args, "val val-split", "only --to-loss uses validation data");
    }
    if (given(args, "repeat")) {
        refuse_given(args, "precision", "it cannot be used together with --repeat");
        s->repeats = (size_t)whole_of(args, "repeat", 1, MOST_REPEATS);
        study->precision = NAN;
        if (s->epochs > 0) {
            refuse_given(args, "seconds", "--repeat and --epochs say how long the study is");
            study->seconds_asked = NAN;
        }
    }
    study->level = real_of(args, "level", ABOVE_0) / 100;
    if (!(study->level < 1))
        refuse(args, "level", "a number above 0 and below 100");
}

/* ---- Data and settings ----------------------------------------------------------------- */

/* The data of a study without --data. */
static void choose_data(scale_setup *s, const scale_study *study, arguments *args)
{
    size_t rows = ROWS, most = 0;
    for (size_t i = 0; i < s->n_variants; i++)
        most = s->variant[i].rows > most ? s->variant[i].rows : most;
    if (study->mode == SCALE_WEAK)
        rows = ROWS_PER_THREAD * s->threads[s->n_threads - 1];
    if (given(args, "data"))
        return;
    s->data = text_as(DATA_FORMAT, most > 0 ? most : rows);
    for (size_t i = 0; i < s->n_variants; i++)
        if (!given(&s->variant[i].args, "data"))
            s->variant[i].train.data.data = s->data;
}

static void read_variants(scale_setup *s, scale_study *study, arguments *args)
{
    scale_read_varied(study, args);
    s->n_variants = study->n_settings;
    s->variant = need(calloc(s->n_variants, sizeof *s->variant));
    for (size_t i = 0; i < s->n_variants; i++) {
        scale_variant *v = &s->variant[i];
        v->args = scale_vary(args, study, i, &v->rows);
        train_setup_shared(&v->train, &v->args, 0);
        if (!given(&v->args, "val-split"))
            v->train.data.val_split = 0;
        while (v->data < i && !scale_same_data(study, v->data, i))
            v->data++;
    }
    choose_data(s, study, args);
    study->seed = s->variant[0].train.train.seed;
    study->data = need(strdup(s->variant[0].train.data.data));
}

void scale_setup_start(scale_setup *s, scale_study *study, arguments *args)
{
    const char *peer = text_of(args, "peer-base");
    *s = (scale_setup){.out = text_of(args, "out"), .json = given(args, "json"),
                       .quiet = given(args, "quiet"), .pin = choice_of(args, "pin")};
    study->mode = (scale_mode)choice_of(args, "mode");
    study->peer = peer != NULL ? need(strdup(peer)) : NULL;
    read_threads(s, args);
    read_length(s, study, args);
    read_variants(s, study, args);
    if (study->mode == SCALE_WEAK)
        refuse_given(args, "peer-base", "only in strong mode: it would need data of its own");
    if (!isnan(study->target_loss))
        refuse_given(args, "peer-base", "it cannot be used together with --to-loss");
}

void scale_setup_end(scale_setup *s)
{
    for (size_t i = 0; i < s->n_variants; i++) {
        train_setup_end(&s->variant[i].train);
        arguments_end(&s->variant[i].args);
    }
    free(s->variant);
    free(s->threads);
    free(s->data);
}
