/* nudge predict: one row per sample. */
#include <string.h>

#include "atomic_file.h"
#include "csv_quote.h"
#include "real_text.h"
#include "signals.h"
#include "support/data_options.h"
#include "support/options.h"
#include "support/say.h"

static const option own[] = {
    {"data", .help = "as in 'nudge train'; a target in it is not used"},
    {"keep", "COLUMNS", .help = "CSV columns to write before the predictions, as they are, named "
                                "as for 'nudge train --features'; the target's gets the name "
                                "TARGET.data"},
    {"out", .initial = "-", .help = "write there; - is standard output"},
    {0},
};

/* What the columns are: for classes a label and the probability of each, otherwise the outputs. */
typedef struct layout {
    const nudge_prep *prep;
    size_t outputs, classes, columns; /* columns of numbers */
    int probabilities;                /* are these (bce, too) */
    double *low, *high;               /* rows x outputs intervals, in columns behind; or NULL */
    const nudge_table *kept;          /* has columns to write before, among so many; or NULL */
    size_t kept_columns;
    int digits;                       /* that give a number of the model's type back exactly */
} layout;

static layout layout_of(const nudge_model *model, const nudge_table *kept)
{
    nudge_model_info m = nudge_model_describe(model);
    nudge_prep_info p = nudge_prep_describe(m.prep);
    return (layout){.prep = m.prep, .outputs = p.outputs, .classes = p.classes,
                    .columns = p.classes > 0 ? p.classes : p.outputs,
                    .probabilities = !nudge_loss_describe(m.loss).is_regression, .kept = kept,
                    .kept_columns = kept != NULL ? nudge_table_describe(kept).columns : 0,
                    .digits = m.dtype == NUDGE_F32 ? 9 : 17};
}

/* The name of column k of numbers; for the caller to free. */
static char *name_of(const layout *l, size_t k)
{
    return text_as(l->probabilities ? "p(%s)" : "%s",
                   l->classes > 0 ? nudge_prep_class_label(l->prep, k)
                                  : nudge_prep_target_name(l->prep, k));
}

/* A kept column's name; what is in the data of a target is told from what is predicted. */
static void write_kept_name(const layout *l, const char *name, FILE *stream)
{
    int taken = l->classes > 0 && strcmp(name, nudge_prep_target_name(l->prep, 0)) == 0;
    for (size_t k = 0; k < l->columns && !taken; k++) {
        char *other = name_of(l, k);
        taken = strcmp(name, other) == 0;
        free(other);
    }
    char *full = text_as(taken ? "%s.data" : "%s", name);
    nu_csv_quote(stream, full);
    free(full);
}

/* Each kept column's name, or its cell in a row, with a comma behind it. */
static void write_kept(const layout *l, const size_t *row, FILE *stream)
{
    char buf[NUDGE_CELL_SIZE];
    for (size_t j = 0; j < l->kept_columns; j++) {
        nudge_column_info c = nudge_table_column(l->kept, j);
        if (!c.is_kept)
            continue;
        const char *text = row != NULL ? nudge_table_text(l->kept, *row, j, buf) : NULL;
        if (row == NULL)
            write_kept_name(l, c.name, stream);
        else
            nu_csv_quote(stream, text != NULL ? text : "");
        putc(',', stream);
    }
}

static void write_header(const layout *l, FILE *stream)
{
    write_kept(l, NULL, stream);
    if (l->classes > 0)
        nu_csv_quote(stream, nudge_prep_target_name(l->prep, 0));
    for (size_t k = 0; k < l->columns; k++) {
        char *name = name_of(l, k);
        fputs(k > 0 || l->classes > 0 ? "," : "", stream);
        nu_csv_quote(stream, name);
        free(name);
    }
    for (size_t k = 0; l->low != NULL && k < l->outputs; k++)
        for (int end = 0; end < 2; end++) {
            char *name = text_as("%s(%s)", end == 0 ? "low" : "high",
                                 nudge_prep_target_name(l->prep, k));
            putc(',', stream);
            nu_csv_quote(stream, name);
            free(name);
        }
    putc('\n', stream);
}

/* Of a column; with one output for two classes (bce) that is the second one's probability. */
static double value(const layout *l, const double *out, size_t k)
{
    return l->columns == l->outputs ? out[k] : k == 1 ? out[0] : 1 - out[0];
}

static void write_number(const layout *l, double x, int is_first, FILE *stream)
{
    char text[1 + NU_REAL_TEXT] = ",";
    int n = nu_real_text(text + 1, x, l->digits);
    fwrite(text + is_first, 1, (size_t)(n + 1 - is_first), stream);
}

static void write_row(const layout *l, size_t row, const double *out, FILE *stream)
{
    size_t best = 0;
    write_kept(l, &row, stream);
    for (size_t k = 1; k < l->columns; k++)
        if (value(l, out, k) > value(l, out, best))
            best = k;
    if (l->classes > 0)
        nu_csv_quote(stream, nudge_prep_class_label(l->prep, best));
    for (size_t k = 0; k < l->columns; k++)
        write_number(l, value(l, out, k), k == 0 && l->classes == 0, stream);
    for (size_t k = 0; l->low != NULL && k < l->outputs; k++) {
        write_number(l, l->low[row * l->outputs + k], 0, stream);
        write_number(l, l->high[row * l->outputs + k], 0, stream);
    }
    putc('\n', stream);
}

static void write_all(const layout *l, const double *out, size_t rows, FILE *stream)
{
    write_header(l, stream);
    for (size_t i = 0; i < rows && !ferror(stream) && nu_signal_caught() == 0; i++)
        write_row(l, i, out + i * l->outputs, stream);
}

/* To the file of --out, or to stdout, which main() checks. */
static void write_result(arguments *args, const layout *l, const double *out, size_t rows)
{
    const char *path = text_of(args, "out");
    nu_atomic_file file;
    if (is_standard(path)) {
        write_all(l, out, rows, stdout);
        return;
    }
    nu_signals_catch();
    int error = nu_atomic_open(&file, path);
    if (error != 0)
        complain("--out: %s: %s", path, strerror(error));
    write_all(l, out, rows, file.stream);
    if (nu_signal_caught() != 0) {
        nu_atomic_abandon(&file);
        give_up(128 + nu_signal_caught(), "interrupted; nothing was written");
    }
    error = nu_atomic_commit(&file);
    if (error != 0)
        give_up(EXIT_RUN_FAILED, "--out: %s: %s", path, strerror(error));
}

/* Where the model has learned some. */
static void add_intervals(layout *l, const nudge_model *model, const double *out, size_t rows,
                          int quiet)
{
    nudge_error err;
    double coverage = nudge_model_describe(model).interval_coverage;
    if (coverage == 0)
        return;
    l->low = need(calloc(rows, l->outputs * sizeof *l->low));
    l->high = need(calloc(rows, l->outputs * sizeof *l->high));
    must(nudge_interval(model, out, rows, l->low, l->high, &err), &err);
    if (!quiet)
        say("low(...) and high(...) hold %g of the targets of rows like those held out in training",
            coverage);
}

static int run(arguments *args)
{
    nudge_model *model = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    int threads = threads_of(args);
    check_output(args, "out", "data model");
    nudge_table *kept;
    load_model_and_rows(args, &model, &data, &kept);
    layout l = layout_of(model, kept);
    size_t rows = nudge_dataset_describe(data).rows;
    double *out = need(calloc(rows, l.outputs * sizeof *out));
    must(nudge_predict(model, data, threads, out, &err), &err);
    add_intervals(&l, model, out, rows, given(args, "quiet"));
    write_result(args, &l, out, rows);
    free(out);
    free(l.low);
    free(l.high);
    nudge_dataset_free(data);
    nudge_table_free(kept);
    nudge_model_free(model);
    return EXIT_DONE;
}

const command command_predict = {
    .name = "predict",
    .synopsis = "--model FILE --data SPEC [OPTION]...",
    .summary = "predictions of a model, one row per sample",
    .about = "Writes CSV with a header and one row per sample: for numbers the predicted targets "
             "in their own units; for classes the predicted label, then a column p(LABEL) for "
             "each class with its probability. A model trained with --interval has low(TARGET) and "
             "high(TARGET) behind. Before them stand the columns of --keep. The target "
             "is not read, whatever stands there.",
    .own = own,
    .options = "Data: model data " READ_OPTIONS "\nRunning: threads\nOutput: out keep quiet\n",
    .examples = "  nudge predict --model m.safetensors --data new.csv\n"
                "  nudge predict --model m.safetensors --data new.csv --keep id,name\n"
                "  nudge predict --model m.safetensors --data new.csv.gz --out predicted.csv\n",
    .run = run,
};
