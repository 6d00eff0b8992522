/* nudge convert: data from one format to another. */
#include <sys/stat.h>

#include "support/data_options.h"
#include "support/options.h"
#include "support/say.h"

static const option own[] = {
    {"labels-out", "FILE", .help = "with OUT.npy: the .npy file of the targets"},
    {"quiet", .help = "no lines on what was found out and written"},
    {0},
};

/* Before anything is read, which can take long. OUT.npy holds the features alone. */
static void check_files(arguments *args, const char *in, const char *out)
{
    const char *labels = text_of(args, "labels-out");
    nudge_error err;
    if (!is_standard(out) && same_file(in, out))
        complain("'%s' is both what is read and what is written; they must be two files", out);
    if (!is_standard(out) && !ends_with(out, ".csv") && !ends_with(out, ".csv.gz") &&
        !ends_with(out, ".npy") && !ends_with(out, ".safetensors"))
        complain("the name of the output file, '%s', must end in .csv, .csv.gz, .npy or "
                 ".safetensors", out);
    if (!is_standard(out) && nudge_check_output(out, &err) != NUDGE_OK)
        complain("%s", err.text);
    if (labels != NULL && !ends_with(out, ".npy"))
        complain("--labels-out: '%s' goes with an .npy file only; '%s' holds the targets too",
                 labels, out);
    if (labels != NULL && same_file(labels, out))
        complain("--labels-out: '%s' is also the file of the features", labels);
    check_output(args, "labels-out", "labels");
}

static int has_targets(const nudge_table *t)
{
    for (size_t j = 0, columns = nudge_table_describe(t).columns; j < columns; j++)
        if (nudge_table_column(t, j).is_target)
            return 1;
    return 0;
}

static void write_files(arguments *args, const nudge_table *table, const char *out)
{
    const char *labels = text_of(args, "labels-out");
    nudge_error err;
    if (ends_with(out, ".npy") && labels == NULL && has_targets(table))
        complain("'%s' holds the features alone; name an .npy file for the targets with "
                 "--labels-out, or write both to one .safetensors file", out);
    must(nudge_table_write(table, out, &err), &err);
    if (labels != NULL)
        must(nudge_table_write_targets(table, labels, &err), &err);
}

static void say_written(const nudge_table *table, const char *out)
{
    nudge_table_info info = nudge_table_describe(table);
    struct stat about;
    char size[NU_TEXT];
    say("%s: %zu rows, %zu columns%s%s", out, info.rows, info.columns,
        stat(out, &about) == 0 && S_ISREG(about.st_mode) ? ", " : "",
        stat(out, &about) == 0 && S_ISREG(about.st_mode)
            ? nu_bytes_text(size, (double)about.st_size) : "");
}

static int run(arguments *args)
{
    nudge_table *table = NULL;
    nudge_error err;
    nudge_read_options read;
    size_t notes;
    if (args->words != 2)
        complain("two files are needed: what is read and what is written");
    const char *in = args->word[0], *out = args->word[1];
    check_files(args, in, out);
    read_data_options(&read, args);
    read.threads = threads_of(args);
    must(nudge_table_read(&table, in, &read, &err), &err);
    write_files(args, table, out);
    const nudge_note *note = nudge_table_notes(table, &notes);
    say_notes(note, notes, given(args, "quiet"));
    if (!given(args, "quiet") && !is_standard(out))
        say_written(table, out);
    nudge_table_free(table);
    return EXIT_DONE;
}

const command command_convert = {
    .name = "convert",
    .synopsis = "IN OUT [OPTION]...",
    .summary = "data from one file format to another",
    .about = "Reads data of any format and writes it as OUT, by its ending: .safetensors, .csv, "
             ".csv.gz or, for numbers alone, .npy; '-' is CSV on standard output.\n\n"
             "A table of named columns keeps its names, kinds, categories and missing cells in a "
             ".safetensors file. It is read much faster than text, and a model that is trained on "
             "it takes the text files too. The columns that training would leave out are left out "
             "here; class labels that are numbers stay as they are written where --target names "
             "their column.",
    .own = own,
    .options = "Data files: target labels " COLUMN_OPTIONS " " READ_OPTIONS
               "\nRunning: threads\nOutput: labels-out quiet\n",
    .examples = "  nudge convert big.csv big.safetensors --target price\n"
                "  nudge convert d.npz d.csv\n"
                "  nudge convert a9a a9a.safetensors\n",
    .most_words = 2,
    .run = run,
};
