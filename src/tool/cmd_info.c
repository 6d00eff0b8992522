/* nudge info: what a model or data file holds. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "support/data_options.h"
#include "support/json.h"
#include "support/options.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"
#include "whole.h"

/* ---- Models ---------------------------------------------------------------------------- */

static size_t layer_inputs(const nudge_model_info *m, size_t l)
{
    return l == 0 && m->embed != NUDGE_EMBED_NONE ? m->embed_outputs : m->widths[l];
}

static uint64_t layer_parameters(const nudge_model_info *m, size_t l)
{
    return ((uint64_t)layer_inputs(m, l) + 1) * m->widths[l + 1];
}

/* A text from a file, in one line. */
static void print_text(const char *before, const char *text)
{
    char *line = need(strdup(text));
    nu_one_line(line);
    printf("%s%s", before, line);
    free(line);
}

/* How CSV files for the model are written, where that is not as most are. */
static void print_dialect(const nudge_dialect *d)
{
    if (d == NULL || (d->delimiter == ',' && d->decimal == '.' && d->encoding[0] == '\0' &&
                      d->thousands == '\0' && !d->has_missing &&
                      d->skip_rows + d->skip_after_header == 0))
        return;
    const char delimiter[] = {d->delimiter, '\0'};
    printf("CSV         delimiter %s, decimal %c", d->delimiter == '\t'  ? "tab"
                                                  : d->delimiter == ' ' ? "blanks"
                                                                        : delimiter, d->decimal);
    if (d->encoding[0] != '\0')
        printf(", encoding %s", d->encoding);
    if (d->thousands != '\0')
        printf(", thousands '%c'", d->thousands);
    if (d->has_missing) {
        print_text(", missing '", d->missing);
        putchar('\'');
    }
    if (d->skip_rows > 0)
        printf(", without the first %zu lines", d->skip_rows);
    if (d->skip_after_header > 0)
        printf(", without %zu lines below the header", d->skip_after_header);
    putchar('\n');
}

/* Calls `each` for all columns, targets last, whose numbers have texts around them. */
static void for_texts_around(const nudge_prep *prep, void *user,
                             void (*each)(void *user, const char *name, const char *before,
                                          const char *after))
{
    nudge_prep_info p = nudge_prep_describe(prep);
    size_t columns = nudge_prep_columns(prep), targets = p.classes > 0 ? 1 : p.outputs;
    for (size_t j = 0; j < columns + targets; j++) {
        int input = j < columns;
        size_t k = input ? j : j - columns;
        const char *text[2];
        for (int behind = 0; behind < 2; behind++)
            text[behind] = (input ? nudge_prep_column_around : nudge_prep_target_around)(prep, k,
                                                                                         behind);
        if (text[0][0] != '\0' || text[1][0] != '\0')
            each(user, (input ? nudge_prep_column_name : nudge_prep_target_name)(prep, k), text[0],
                 text[1]);
    }
}

static void print_around(void *lines, const char *name, const char *before, const char *after)
{
    print_text((*(size_t *)lines)++ == 0 ? "numbers     " : ", ", name);
    print_text(": '", before);
    print_text("' before, '", after);
    fputs("' behind", stdout);
}

static void around_json(void *list, const char *name, const char *before, const char *after)
{
    json_add(list, json_of("name", json_text(name), "before", json_text(before), "after",
                           json_text(after), NULL));
}

/* NULL where there are none. */
static json_t *json_lambdas(const nudge_prep *prep)
{
    nudge_prep_info p = nudge_prep_describe(prep);
    json_t *list = p.target_transform == NUDGE_TRANSFORM_BOX_COX ? json_new_list() : NULL;
    for (size_t k = 0; list != NULL && k < p.outputs; k++)
        json_add(list, json_number(nudge_prep_target_lambda(prep, k)));
    return list;
}

static void print_prep(const nudge_prep *prep)
{
    nudge_prep_info p = nudge_prep_describe(prep);
    printf("inputs      %zu", p.features);
    if (p.pixels)
        printf(" pixels / 255");
    else if (p.category_columns > 0)
        printf(" from %zu columns of numbers and %zu of categories", p.number_columns,
               p.category_columns);
    if (p.category_code != NUDGE_ONE_HOT)
        printf(", which are %s", nudge_category_code_name(p.category_code));
    printf(", scaling %s%s\n", nudge_scale_name(p.scale),
           p.scale_categories ? ", of categories too" : "");
    if (p.encode != NUDGE_ENCODE_NONE)
        printf("encoding    %s, of %zu number%s in at most %zu %s\n", nudge_encode_name(p.encode),
               p.encoded, p.encoded == 1 ? "" : "s", p.most_codes,
               p.encode == NUDGE_ENCODE_FOURIER ? "waves" : "bins");
    printf("target      ");
    for (size_t k = 0; k < (p.classes > 0 ? 1 : p.outputs); k++)
        print_text(k > 0 ? ", " : "", nudge_prep_target_name(prep, k));
    if (p.classes > 0)
        printf("; %zu classes: ", p.classes);
    for (size_t k = 0; k < p.classes && k < 30; k++)
        print_text(k > 0 ? ", " : "", nudge_prep_class_label(prep, k));
    puts(p.classes > 30 ? ", ..." : "");
    for (size_t k = 0; k < p.outputs && p.target_transform == NUDGE_TRANSFORM_BOX_COX; k++)
        printf("%s %.6g%s", k > 0 ? "," : "transform   lambda", nudge_prep_target_lambda(prep, k),
               k + 1 == p.outputs ? "\n" : "");
    size_t around = 0;
    for_texts_around(prep, &around, print_around);
    fputs(around > 0 ? "\n" : "", stdout);
}

static void print_model(const nudge_model *model)
{
    nudge_model_info m = nudge_model_describe(model);
    text_table t;
    table_heads(&t, "layer|in|out|parameters|activation");
    for (size_t l = 0; l < m.layers; l++) {
        table_add(&t, "%zu", l);
        table_add(&t, "%zu", layer_inputs(&m, l));
        table_add(&t, "%zu", m.widths[l + 1]);
        table_add(&t, "%" PRIu64, layer_parameters(&m, l));
        table_add(&t, "%s", nudge_activation_name(m.activations[l]));
    }
    table_print(&t, 0, stdout);
    printf("\nparameters  %" PRIu64 ", %s\n", m.parameters, nudge_dtype_name(m.dtype));
    if (m.members > 1)
        printf("members     %zu, whose predictions are averaged; the above is the first\n",
               m.members);
    if (m.input_factor)
        printf("factors     %zu, one for each input\n", layer_inputs(&m, 0));
    if (m.embed != NUDGE_EMBED_NONE)
        printf("embedding   %s of %zu number%s, each with %zu frequencies and a layer of %zu\n",
               nudge_embed_name(m.embed), m.embed_numbers, m.embed_numbers == 1 ? "" : "s",
               m.embed_frequencies, m.embed_size);
    if (m.layer_norm || m.residual)
        printf("layers      %s%s%s\n", m.layer_norm ? "layer norm" : "",
               m.layer_norm && m.residual ? ", " : "", m.residual ? "residual" : "");
    char title[NU_TEXT];
    printf("loss        %s", loss_title(title, &m));
    print_loss_parameter(stdout, &m, ", ");
    putchar('\n');
    if (m.prep != NULL) {
        print_prep(m.prep);
        print_dialect(nudge_prep_dialect(m.prep));
    }
    if (m.interval_coverage > 0)
        printf("intervals   for %g of rows, nudge predict writes them\n", m.interval_coverage);
    printf("weights     hash %016" PRIx64 "\n", nudge_model_hash(model));
}

static void model_json(const nudge_model *model)
{
    nudge_model_info m = nudge_model_describe(model);
    json_t *layers = json_new_list();
    for (size_t l = 0; l < m.layers; l++)
        json_add(layers, json_of("in", json_whole(layer_inputs(&m, l)), "out",
                                 json_whole(m.widths[l + 1]), "parameters",
                                 json_whole(layer_parameters(&m, l)), "activation",
                                 json_text(nudge_activation_name(m.activations[l])), NULL));
    json_t *object = json_of(
        "kind", json_text("model"), "layers", layers, "parameters", json_whole(m.parameters),
        "dtype", json_text(nudge_dtype_name(m.dtype)), "layer_norm", json_boolean(m.layer_norm),
        "residual", json_boolean(m.residual),
        "input_factor", json_boolean(m.input_factor), "members", json_whole(m.members), NULL);
    json_put_embedding(object, &m);
    json_put_loss(object, &m);
    if (m.prep != NULL) {
        nudge_prep_info p = nudge_prep_describe(m.prep);
        json_put_dialect(object, nudge_prep_dialect(m.prep));
        json_t *around = json_new_list();
        for_texts_around(m.prep, around, around_json);
        json_put_all(object, "scale", json_text(nudge_scale_name(p.scale)),
                     "scale_categories", json_boolean(p.scale_categories),
                     "category_code", json_text(nudge_category_code_name(p.category_code)),
                     "encode", json_text(nudge_encode_name(p.encode)),
                     "encoded", json_whole(p.encoded), "around", around,
                     "target_transform", json_text(nudge_transform_name(p.target_transform)),
                     "target_lambda", json_lambdas(m.prep),
                     "features", json_names(m.prep, p.features, nudge_prep_feature_name),
                     "targets", json_targets(m.prep),
                     "classes", json_names(m.prep, p.classes, nudge_prep_class_label), NULL);
    }
    json_put(object, "interval", json_interval(&m));
    json_put(object, "weights_hash", json_hash(nudge_model_hash(model)));
    json_print(object, 1, stdout);
}

/* ---- Data ------------------------------------------------------------------------------ */

/* Of what is said of a column. */
#define CELL_TEXT 120

/* What 'nudge train' would do with a column; prep: what it would learn, or NULL. */
static const char *use_of(char buf[CELL_TEXT], const nudge_table *table, size_t j,
                          const nudge_prep *prep)
{
    nudge_column_info c = nudge_table_column(table, j);
    size_t inputs = c.kind == NUDGE_COLUMN_CATEGORY ? c.categories : c.width;
    if (c.left_out != NULL)
        snprintf(buf, NU_TEXT, "left out: %s", c.left_out);
    else if (c.is_target && prep == NULL)
        snprintf(buf, NU_TEXT, "target");
    else if (c.is_target && nudge_prep_describe(prep).classes > 0)
        snprintf(buf, NU_TEXT, "%zu classes, loss %s", nudge_prep_describe(prep).classes,
                 nudge_loss_name(nudge_prep_describe(prep).loss));
    else if (c.is_target)
        snprintf(buf, NU_TEXT, "loss %s", nudge_loss_name(nudge_prep_describe(prep).loss));
    else
        snprintf(buf, NU_TEXT, "%zu input%s", inputs, inputs == 1 ? "" : "s");
    return buf;
}

/* The cells of the first of so many rows, as many as a cell of the table has room for; returns
 * buf. */
static const char *first_cells(char buf[CELL_TEXT], const nudge_table *table, size_t rows, size_t j)
{
    char text[NUDGE_CELL_SIZE];
    size_t at = 0;
    buf[0] = '\0';
    for (size_t r = 0; r < 3 && r < rows; r++) {
        const char *cell = nudge_table_text(table, r, j, text);
        cell = cell != NULL ? cell : "-";
        if (r > 0 && at + strlen(cell) + 3 > NU_TEXT)
            break;
        size_t n = strlen(cell);
        for (n = n < NU_TEXT ? n : NU_TEXT - 1; n > 0 && ((unsigned char)cell[n] & 0xc0) == 0x80; )
            n--; /* no part of a character */
        at += (size_t)snprintf(buf + at, CELL_TEXT - at, "%s%.*s", r > 0 ? "  " : "", (int)n, cell);
    }
    return buf;
}

static void print_table(const nudge_table *table, const nudge_prep *prep)
{
    nudge_table_info info = nudge_table_describe(table);
    char size[NU_TEXT], text[CELL_TEXT];
    text_table t;
    printf("%s: %s, %zu rows, %zu columns, %s in memory\n", info.source, info.format, info.rows,
           info.columns, nu_bytes_text(size, (double)info.bytes));
    if (!isnan(info.noise_floor))
        printf("lowest loss any model can reach: %.6g\n", info.noise_floor);
    table_heads(&t, "column|kind|missing|categories|min|mean|max|first rows|in training");
    for (size_t j = 0; j < info.columns; j++) {
        nudge_column_info c = nudge_table_column(table, j);
        int category = c.kind == NUDGE_COLUMN_CATEGORY;
        table_add(&t, "%s", c.name);
        table_add(&t, "%s%s", nudge_column_kind_name(c.kind), c.is_target ? ", target" : "");
        table_add(&t, "%zu", c.missing);
        table_add_real(&t, "%.0f", category ? (double)c.categories : NAN);
        int has_range = !category && c.missing < info.rows;
        table_add_real(&t, "%.6g", has_range ? c.min : NAN);
        table_add_real(&t, "%.6g", has_range ? c.mean : NAN);
        table_add_real(&t, "%.6g", has_range ? c.max : NAN);
        table_add(&t, "%s", first_cells(text, table, info.rows, j));
        table_add(&t, "%s", use_of(text, table, j, prep));
    }
    putchar('\n');
    table_print(&t, 2, stdout);
}

static json_t *column_json(const nudge_table *table, size_t j, const nudge_prep *prep)
{
    nudge_column_info c = nudge_table_column(table, j);
    json_t *column = json_of(
        "name", json_text(c.name), "kind", json_text(nudge_column_kind_name(c.kind)),
        "target", json_boolean(c.is_target), "width", json_whole(c.width),
        "missing", json_whole(c.missing), NULL);
    if (c.kind == NUDGE_COLUMN_CATEGORY) {
        json_t *categories = json_new_list();
        for (size_t k = 0; k < c.categories; k++)
            json_add(categories, json_text(nudge_table_category(table, j, k)));
        json_put(column, "categories", categories);
    } else {
        json_put_all(column, "min", json_number(c.min), "mean", json_number(c.mean),
                     "max", json_number(c.max), NULL);
    }
    char text[CELL_TEXT];
    return json_put_all(column, "training", json_text(use_of(text, table, j, prep)), NULL);
}

static void table_json(const nudge_table *table, const nudge_prep *prep, arguments *args)
{
    nudge_table_info info = nudge_table_describe(table);
    json_t *columns = json_new_list();
    for (size_t j = 0; j < info.columns; j++)
        json_add(columns, column_json(table, j, prep));
    size_t notes;
    const nudge_note *note = nudge_table_notes(table, &notes);
    json_t *object = json_of("kind", json_text("data"), "source", json_text(info.source),
                             "format", json_text(info.format), "notes", json_notes(note, notes),
                             NULL);
    json_put_dialect(object, nudge_table_dialect(table));
    json_put_all(object, "ignore", json_text(text_of(args, "ignore")),
                 "rows", json_whole(info.rows), "bytes", json_whole(info.bytes),
                 "noise_floor", json_number(info.noise_floor), "columns", columns, NULL);
    json_print(object, 1, stdout);
}

/* ---- Command --------------------------------------------------------------------------- */

static void model_info(arguments *args, const char *path)
{
    nudge_model *model = NULL;
    nudge_error err;
    refuse_all(args, "target labels task " COLUMN_OPTIONS " " READ_OPTIONS,
               "it is for data files, and this is a model");
    must(nudge_model_load(&model, path, &err), &err);
    (given(args, "json") ? model_json : print_model)(model);
    nudge_model_free(model);
}

/* What training would learn of a table that has a target, if it could; NULL: nothing. */
static nudge_prep *learn(const nudge_table *table, arguments *args)
{
    nudge_prep *prep = NULL;
    nudge_prep_options options = nudge_prep_defaults();
    nudge_error err;
    size_t columns = nudge_table_describe(table).columns, j = 0, notes;
    while (j < columns && !nudge_table_column(table, j).is_target)
        j++;
    if (j == columns)
        return NULL;
    options.task = (nudge_task)choice_of(args, "task");
    nudge_status status = nudge_prep_fit(&prep, table, NULL, 0, &options, &err);
    must(status == NUDGE_EMEMORY ? status : NUDGE_OK, &err);
    if (status != NUDGE_OK) {
        say("%s", err.text);
        return NULL;
    }
    const nudge_note *note = nudge_prep_notes(prep, &notes);
    say_notes(note, notes, given(args, "quiet"));
    return prep;
}

static void data_info(arguments *args, const char *spec)
{
    nudge_table *table = NULL;
    nudge_error err;
    nudge_read_options read;
    read_data_options(&read, args);
    read.threads = threads_of(args);
    must(nudge_table_read(&table, spec, &read, &err), &err);
    size_t notes;
    const nudge_note *note = nudge_table_notes(table, &notes);
    say_notes(note, notes, given(args, "quiet"));
    nudge_prep *prep = learn(table, args);
    given(args, "json") ? table_json(table, prep, args) : print_table(table, prep);
    nudge_prep_free(prep);
    nudge_table_free(table);
}

static int run(arguments *args)
{
    if (args->words == 0)
        complain("a model file, a data file or synth:NAME,... is needed");
    (nudge_file_is_model(args->word[0]) ? model_info : data_info)(args, args->word[0]);
    return EXIT_DONE;
}

const command command_info = {
    .name = "info",
    .synopsis = "FILE|synth:NAME,... [OPTION]...",
    .summary = "what a model or data file holds",
    .about = "Shows a model's layers, loss, inputs, targets and the hash of its weights; or the "
             "columns of data: their kinds, missing cells, categories and ranges, the first "
             "rows, and what 'nudge train' would do with each.",
    .options = "Data files: target labels task " COLUMN_OPTIONS " " READ_OPTIONS
               "\nRunning: threads\nOutput: json quiet\n",
    .examples = "  nudge info m.safetensors\n"
                "  nudge info letters.csv --target Letter\n"
                "  nudge info synth:friedman1,rows=1000 --json\n",
    .most_words = 1,
    .run = run,
};
