/* nudge gen: synthetic data to a file. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "exit.h"
#include "read_setup.h"
#include "report.h"

static const option options[] = {
    {.help = "Data"},
    {"rows", "N", NULL, "samples; the same as rows=N"},
    {"noise", "X", NULL, "the same as noise=X"},
    {"seed", "N", NULL, "the same as seed=N; row i depends on the seed and i alone"},
    {"dtype", "f32|f64", "f32", "round the numbers to this type"},
    {"list", NULL, NULL, "list the generators and their parameters with the defaults"},
    {.help = "Output"},
    {"out", "FILE", NULL, "a .csv or .csv.gz file"},
    {0},
};

static int list(void)
{
    text_table t;
    table_start(&t, 3);
    table_add(&t, "name");
    table_add(&t, "parameters");
    table_add(&t, "about");
    const nudge_synth_info *info;
    for (size_t i = 0; (info = nudge_synth_list(i)) != NULL; i++) {
        table_add(&t, "%s", info->name);
        table_add(&t, "%s", info->params);
        table_add(&t, "%s", info->about);
    }
    table_print(&t, 3, stdout);
    table_end(&t);
    return EXIT_DONE;
}

/* Appends ",text" to the growing spec. */
static void append(char **spec, const char *key, const char *value)
{
    char *longer;
    if (asprintf(&longer, "%s,%s%s%s", *spec, key, *key != '\0' ? "=" : "", value) < 0)
        need(NULL);
    free(*spec);
    *spec = longer;
}

/* "synth:NAME,key=value,..." from the words and the options. */
static char *spec_of(const arguments *args)
{
    static const char *const keys[] = {"rows", "noise", "seed"};
    const char *name = args->word[0];
    char *spec;
    if (strncmp(name, "synth:", 6) == 0)
        name += 6;
    if (asprintf(&spec, "synth:%s", name) < 0)
        need(NULL);
    for (size_t i = 1; i < args->words; i++)
        append(&spec, "", args->word[i]);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (given(args, keys[i]))
            append(&spec, keys[i], text_of(args, keys[i]));
    return spec;
}

static void check_words(arguments *args)
{
    if (args->words == 0 && !args->failed) {
        say(args->command->name, "the name of a generator is needed; 'nudge gen --list' lists "
            "them");
        args->failed = 1;
    }
    for (size_t i = 1; i < args->words && !args->failed; i++)
        if (strchr(args->word[i], '=') == NULL) {
            say(args->command->name, "'%s' is not of the form key=value", args->word[i]);
            args->failed = 1;
        }
}

static int run(arguments *args)
{
    static const char *const no_inputs[] = {NULL};
    nudge_error err;
    nudge_table *table = NULL;
    if (given(args, "list"))
        return list();
    nudge_read_options read = nudge_read_defaults();
    if (given(args, "rows"))
        whole_of(args, "rows", 1, UINT32_MAX);
    if (given(args, "noise"))
        real_of(args, "noise", FROM_0);
    if (given(args, "seed"))
        whole_of(args, "seed", 0, UINT64_MAX);
    PARSED(args, "dtype", nudge_dtype_parse, &read.dtype);
    check_words(args);
    const char *out = required(args, "out");
    check_output(args, "out", no_inputs);
    if (args->failed)
        return EXIT_BAD_INPUT;
    char *spec = spec_of(args);
    int status = EXIT_DONE;
    if (nudge_table_read(&table, spec, &read, &err) != NUDGE_OK ||
        nudge_table_write(table, out, &err) != NUDGE_OK)
        status = fail(args->command->name, &err);
    nudge_table_free(table);
    free(spec);
    return status;
}

const command command_gen = {
    .name = "gen",
    .synopsis = "NAME [KEY=VALUE]... --out FILE [OPTION]...",
    .summary = "synthetic data to a file",
    .about = "Writes the rows of a synthetic dataset, target included, as CSV. 'nudge train "
             "--data synth:NAME,KEY=VALUE,...' trains on the same rows without a file.",
    .options = options,
    .examples = "  nudge gen --list\n"
                "  nudge gen moons rows=1000 noise=0.1 --out moons.csv\n"
                "  nudge gen friedman1 --rows 50000 --seed 7 --out friedman1.csv.gz\n",
    .most_words = 64,
    .run = run,
};
