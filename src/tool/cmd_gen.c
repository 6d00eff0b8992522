/* nudge gen: synthetic data to a file. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "signals.h"
#include "support/data_options.h"
#include "support/options.h"
#include "support/say.h"
#include "support/text_stream.h"
#include "support/text_table.h"

static const option own[] = {
    {"rows", "N", .help = "samples; the same as rows=N"},
    {"noise", "X", .help = "the same as noise=X"},
    {"seed", .help = "the same as seed=N; row i depends on the seed and i alone"},
    {"dtype", .help = "round the numbers to this type"},
    {"list", .help = "list the generators and their parameters with the defaults"},
    {"out", .help = "a file whose name ends in .safetensors (tensors x and y), .npy (the "
                    "features), .csv or .csv.gz"},
    {"labels-out", "FILE", .help = "with --out FILE.npy: the .npy file of the targets"},
    {"quiet", .help = "no progress, no summary"},
    {0},
};

static void list(void)
{
    text_table t;
    table_heads(&t, "name|parameters|about");
    const nudge_synth_info *info;
    for (size_t i = 0; (info = nudge_synth_list(i)) != NULL; i++) {
        table_add(&t, "%s", info->name);
        table_add(&t, "%s", info->params);
        table_add(&t, "%s", info->about);
    }
    table_print(&t, 3, stdout);
}

/* "synth:NAME,key=value,..." from the words and the options. */
static char *spec_of(const arguments *args)
{
    static const char *const keys[] = {"rows", "noise", "seed"};
    const char *name = args->word[0];
    char *spec;
    FILE *f = text_begin(&spec);
    fprintf(f, "synth:%s", strncmp(name, "synth:", 6) == 0 ? name + 6 : name);
    for (size_t i = 1; i < args->words; i++)
        fprintf(f, ",%s", args->word[i]);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (given(args, keys[i]))
            fprintf(f, ",%s=%s", keys[i], text_of(args, keys[i]));
    text_end(f);
    return spec;
}

static void check_words(arguments *args)
{
    if (args->words == 0)
        complain("the name of a generator is needed; 'nudge gen --list' lists them");
    for (size_t i = 1; i < args->words; i++)
        if (strchr(args->word[i], '=') == NULL)
            complain("'%s' is not of the form key=value", args->word[i]);
}

/* ---- Writing --------------------------------------------------------------------------- */

static int on_progress(const nudge_write_progress *now, void *user)
{
    const int *quiet = user;
    char rate[NU_TEXT], left[NU_TEXT] = "?";
    double part = (double)now->rows / (double)now->all_rows;
    if (nu_signal_caught() != 0 || *quiet)
        return nu_signal_caught() != 0;
    if (part > 0)
        nu_seconds_text(left, ceil(now->seconds * (1 - part) / part));
    live_line("%3.0f%%  %s rows/s  %s left", floor(100 * part),
              nu_count_text(rate, (double)now->rows / now->seconds), left);
    return 0;
}

static void print_written(const nudge_written *w)
{
    char rows[NU_TEXT], size[NU_TEXT], took[NU_TEXT];
    double values = (double)w->rows * (double)(w->features + w->targets);
    fprintf(stderr, "%s rows, %" PRIu64 " features", nu_count_text(rows, (double)w->rows),
            w->features);
    if (w->bytes > 0)
        fprintf(stderr, ", %s", nu_bytes_text(size, (double)w->bytes));
    fprintf(stderr, " in %s", nu_seconds_text(took, w->seconds));
    if (w->seconds > 0 && w->bytes > 0) { /* those of standard output are not counted */
        fprintf(stderr, ": %s values/s,", nu_count_text(rows, values / w->seconds));
        fprintf(stderr, " %s/s", nu_bytes_text(size, (double)w->bytes / w->seconds));
    }
    fputc('\n', stderr);
}

static void write_data(arguments *args, const char *spec, nudge_write_options *writing)
{
    const char *out = text_of(args, "out");
    int quiet = given(args, "quiet");
    nudge_written written;
    nudge_error err;
    writing->on_progress = on_progress;
    writing->user = &quiet;
    nu_signals_catch();
    nudge_status status = nudge_synth_write(&written, spec, out, writing, &err);
    live_line_clear();
    if (status == NUDGE_ESTOPPED)
        give_up(128 + nu_signal_caught(), "interrupted; nothing was written");
    must(status, &err);
    if (!quiet)
        print_written(&written);
}

/* --labels-out goes with --out FILE.npy, and FILE.npy with it. */
static void check_files(arguments *args)
{
    const char *out = required(args, "out"), *labels = text_of(args, "labels-out");
    if (ends_with(out, ".npy") && labels == NULL)
        complain("--out: '%s' holds the features alone; name an .npy file for the targets "
                 "with --labels-out, or write both to one .safetensors file", out);
    else if (labels != NULL && !ends_with(out, ".npy"))
        complain("--labels-out: '%s' goes with --out FILE.npy only; '%s' holds the targets "
                 "too", labels, out);
    else if (labels != NULL && !ends_with(labels, ".npy"))
        refuse(args, "labels-out", "a file name that ends in .npy");
    check_output(args, "out", "");
    check_output(args, "labels-out", "out");
}

static int run(arguments *args)
{
    nudge_write_options writing = nudge_write_defaults();
    if (given(args, "list")) {
        list();
        return EXIT_DONE;
    }
    if (given(args, "rows"))
        whole_of(args, "rows", 1, UINT32_MAX);
    if (given(args, "noise"))
        real_of(args, "noise", FROM_0);
    if (given(args, "seed"))
        whole_of(args, "seed", 0, UINT64_MAX);
    writing.dtype = (nudge_dtype)choice_of(args, "dtype");
    writing.threads = threads_of(args);
    writing.labels = text_of(args, "labels-out");
    check_words(args);
    check_files(args);
    char *spec = spec_of(args);
    write_data(args, spec, &writing);
    free(spec);
    return EXIT_DONE;
}

const command command_gen = {
    .name = "gen",
    .synopsis = "NAME [KEY=VALUE]... --out FILE [OPTION]...",
    .summary = "synthetic data to a file",
    .about = "Writes the rows of a synthetic dataset, target included. 'nudge train --data "
             "synth:NAME,KEY=VALUE,...' trains on the same rows without a file.\n\n"
             ".safetensors and .npy files are made by all threads at once, in blocks of rows, and "
             "may be larger than memory; --data reads them without converting a number.",
    .own = own,
    .options = "Data: rows noise seed dtype list\nOutput: out labels-out quiet\nRunning: threads\n",
    .examples = "  nudge gen --list\n"
                "  nudge gen moons rows=1000 noise=0.1 --out moons.csv\n"
                "  nudge gen friedman1 --rows 50000 --seed 7 --out friedman1.csv.gz\n"
                "  nudge gen teacher rows=10000000 features=32 --out teacher.safetensors\n"
                "  nudge gen blobs rows=1000000 --out x.npy --labels-out y.npy\n",
    .most_words = 64,
    .run = run,
};
