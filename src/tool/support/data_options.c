#include "support/data_options.h"

#include <string.h>
#include <sys/stat.h>

#include "support/say.h"
#include "whole.h"

/* "tab", "blanks" or a character. */
static char delimiter_of(arguments *args)
{
    const char *text = text_of(args, "delimiter");
    if (text == NULL)
        return '\0';
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        return '\t';
    if (strcmp(text, "blanks") == 0)
        return ' ';
    if (strlen(text) != 1)
        refuse(args, "delimiter", "one character, tab or blanks");
    return text[0];
}

static void read_csv_options(nudge_read_options *read, arguments *args)
{
    const char *decimal = text_of(args, "decimal");
    if (decimal != NULL && strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0)
        refuse(args, "decimal", "'.' or ','");
    const char *thousands = text_of(args, "thousands");
    if (thousands != NULL && (strlen(thousands) != 1 || strchr("0123456789+-eE", thousands[0])))
        refuse(args, "thousands", "one character, such as a comma or a blank");
    read->thousands = thousands != NULL ? thousands[0] : '\0';
    read->missing = text_of(args, "missing");
    read->delimiter = delimiter_of(args);
    read->decimal = decimal != NULL ? decimal[0] : '\0';
    read->encoding = text_of(args, "encoding");
    if (given(args, "skip-rows"))
        read->skip_rows = (size_t)whole_of(args, "skip-rows", 0, UINT32_MAX);
    if (given(args, "skip-after-header"))
        read->skip_after_header = (size_t)whole_of(args, "skip-after-header", 0, UINT32_MAX);
    int header = choice_of(args, "header"); /* no, yes, auto */
    read->header = header == 2 ? -1 : header;
}

void read_data_options(nudge_read_options *read, arguments *args)
{
    *read = nudge_read_defaults();
    read->target = text_of(args, "target");
    read->labels = text_of(args, "labels");
    read->weight = text_of(args, "weight");
    read->ignore = text_of(args, "ignore");
    read->category = text_of(args, "category");
    read->features = text_of(args, "features");
    read->number = text_of(args, "number");
    read->stream = given(args, "stream");
    read_csv_options(read, args);
}

void say_notes(const nudge_note *notes, size_t n, int quiet)
{
    char name[OPTION_TEXT];
    for (size_t i = 0; i < n && !quiet; i++) {
        int decides = notes[i].setting != NULL;
        say("%s: %s%s%s%s", notes[i].source, notes[i].text, decides ? " (" : "",
            decides ? option_text(name, notes[i].setting) : "", decides ? " decides)" : "");
    }
}

int threads_of(arguments *args)
{
    enum { MOST_THREADS = 4096 }; /* far above any machine's */
    return given(args, "threads") ? (int)whole_of(args, "threads", 1, MOST_THREADS) : 0;
}

int is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

int same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (strcmp(a, b) == 0)
        return 1;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

void check_output(arguments *args, const char *name, const char *others)
{
    const char *path = text_of(args, name);
    nudge_error err;
    if (path == NULL || is_standard(path))
        return;
    size_t n;
    char **other = need(nu_split(others, ' ', &n));
    for (size_t i = 0; i < n; i++)
        if (*other[i] != '\0' && text_of(args, other[i]) != NULL &&
            same_file(path, text_of(args, other[i])))
            complain("--%s: '%s' is also given as --%s; it must be a file of its own", name,
                     path, other[i]);
    free(other);
    if (nudge_check_output(path, &err) != NUDGE_OK)
        complain("--%s: %s", name, err.text);
}

static __attribute__((noreturn)) void lacks_targets(const char *spec, const nudge_prep *prep)
{
    nudge_prep_info info = nudge_prep_describe(prep);
    const char *first = nudge_prep_target_name(prep, 0);
    if (info.classes > 0 || info.outputs == 1)
        complain("%s: it has no target '%s' to compare with", spec, first);
    complain("%s: it lacks some or all of the %zu targets to compare with, '%s' to '%s'", spec,
             info.outputs, first, nudge_prep_target_name(prep, info.outputs - 1));
}

/* The model, and the table of --data, read as the model wants it. */
static nudge_table *load_model_and_table(arguments *args, int targets, nudge_model **model)
{
    const char *path = required(args, "model"), *spec = required(args, "data");
    nudge_error err;
    nudge_table *table = NULL;
    nudge_read_options read;
    read_data_options(&read, args);
    read.keep = text_of(args, "keep");
    read.without_target = !targets;
    must(nudge_model_load(model, path, &err), &err);
    nudge_model_info info = nudge_model_describe(*model);
    if (info.prep == NULL)
        complain("%s: it does not say how data becomes its input; only models that 'nudge train' "
                 "wrote do", path);
    read.like = info.prep;
    read.dtype = info.dtype;
    read.threads = threads_of(args);
    must(nudge_table_read(&table, spec, &read, &err), &err);
    size_t notes;
    const nudge_note *note = nudge_table_notes(table, &notes);
    say_notes(note, notes, given(args, "quiet"));
    return table;
}

/* Without `keep` the table is consumed, and then NULL. */
static void pack(arguments *args, const nudge_model *model, nudge_table **table, int keep,
                 nudge_dataset **data)
{
    nudge_model_info info = nudge_model_describe(model);
    nudge_error err;
    size_t unknown = 0;
    must(keep ? nudge_dataset_pack_copy(data, *table, info.prep, info.dtype, &unknown, &err)
              : nudge_dataset_pack(data, table, info.prep, info.dtype, &unknown, &err), &err);
    if (unknown > 0)
        say("%s: %zu cells hold a category that the model was not trained on; they count as "
            "none", text_of(args, "data"), unknown);
}

void load_model_and_data(arguments *args, nudge_model **model, nudge_dataset **data,
                         nudge_table **table)
{
    nudge_table *own = load_model_and_table(args, 1, model);
    pack(args, *model, &own, table != NULL, data);
    if (table != NULL)
        *table = own;
    nudge_model_info info = nudge_model_describe(*model);
    if (nudge_dataset_describe(*data).outputs == 0)
        lacks_targets(text_of(args, "data"), info.prep);
}

void load_model_and_rows(arguments *args, nudge_model **model, nudge_dataset **data,
                         nudge_table **kept)
{
    nudge_table *table = load_model_and_table(args, 0, model);
    pack(args, *model, &table, given(args, "keep"), data);
    *kept = table;
}
