/* nudge info: what a model or data file holds. */
#include <inttypes.h>
#include <math.h>

#include "support/commands.h"
#include "support/say.h"
#include "support/json.h"
#include "support/data_options.h"
#include "support/text_table.h"

/* ---- Models ---------------------------------------------------------------------------- */

static uint64_t layer_parameters(const nudge_model_info *m, size_t l)
{
    return ((uint64_t)m->widths[l] + 1) * m->widths[l + 1];
}

static void print_prep(const nudge_prep *prep)
{
    nudge_prep_info p = nudge_prep_describe(prep);
    char name[NU_TEXT];
    printf("inputs      %zu", p.features);
    if (p.pixels)
        printf(" pixels / 255");
    else if (p.category_columns > 0)
        printf(" from %zu columns of numbers and %zu of categories", p.number_columns,
               p.category_columns);
    printf(", scaling %s\n", nudge_scale_name(p.scale));
    printf("target      ");
    size_t targets = p.classes > 0 ? 1 : p.outputs;
    for (size_t k = 0; k < targets; k++)
        printf("%s%s", k > 0 ? ", " : "", nudge_prep_target_name(prep, k));
    if (p.classes > 0) {
        printf("; %zu classes: ", p.classes);
        for (size_t k = 0; k < p.classes && k < 30; k++)
            printf("%s%s", k > 0 ? ", " : "", class_name(name, prep, k));
        if (p.classes > 30)
            printf(", ...");
    }
    putchar('\n');
}

static void print_model(const nudge_model *model)
{
    nudge_model_info m = nudge_model_describe(model);
    text_table t;
    table_start(&t, 5);
    table_add(&t, "layer");
    table_add(&t, "in");
    table_add(&t, "out");
    table_add(&t, "parameters");
    table_add(&t, "activation");
    for (size_t l = 0; l < m.layers; l++) {
        table_add(&t, "%zu", l);
        table_add(&t, "%zu", m.widths[l]);
        table_add(&t, "%zu", m.widths[l + 1]);
        table_add(&t, "%" PRIu64, layer_parameters(&m, l));
        table_add(&t, "%s", nudge_activation_name(m.activations[l]));
    }
    table_print(&t, 0, stdout);
    table_end(&t);
    printf("\nparameters  %" PRIu64 ", %s\n", m.parameters, nudge_dtype_name(m.dtype));
    printf("loss        %s", nudge_loss_name(m.loss));
    if (m.loss == NUDGE_HUBER)
        printf(", delta %g", m.huber_delta);
    putchar('\n');
    if (m.prep != NULL)
        print_prep(m.prep);
    printf("weights     hash %016" PRIx64 "\n", nudge_model_hash(model));
}

static void model_json(const nudge_model *model)
{
    nudge_model_info m = nudge_model_describe(model);
    json_t *object = json_new(), *layers = json_new_list();
    json_put_text(object, "kind", "model");
    for (size_t l = 0; l < m.layers; l++) {
        json_t *layer = json_new();
        json_put_whole(layer, "in", m.widths[l]);
        json_put_whole(layer, "out", m.widths[l + 1]);
        json_put_whole(layer, "parameters", layer_parameters(&m, l));
        json_put_text(layer, "activation", nudge_activation_name(m.activations[l]));
        json_add(layers, layer);
    }
    json_put(object, "layers", layers);
    json_put_whole(object, "parameters", m.parameters);
    json_put_text(object, "dtype", nudge_dtype_name(m.dtype));
    json_put_text(object, "loss", nudge_loss_name(m.loss));
    if (m.loss == NUDGE_HUBER)
        json_put_real(object, "huber_delta", m.huber_delta);
    if (m.prep != NULL) {
        nudge_prep_info p = nudge_prep_describe(m.prep);
        json_t *features = json_new_list(), *targets = json_new_list();
        json_t *classes = json_new_list();
        for (size_t j = 0; j < p.features; j++)
            json_add_text(features, nudge_prep_feature_name(m.prep, j));
        for (size_t k = 0; k < (p.classes > 0 ? 1 : p.outputs); k++)
            json_add_text(targets, nudge_prep_target_name(m.prep, k));
        for (size_t k = 0; k < p.classes; k++)
            json_add_text(classes, nudge_prep_class_label(m.prep, k));
        json_put_text(object, "scale", nudge_scale_name(p.scale));
        json_put(object, "features", features);
        json_put(object, "targets", targets);
        json_put(object, "classes", classes);
    }
    json_put_hash(object, "weights_hash", nudge_model_hash(model));
    json_print(object, 1, stdout);
}

/* ---- Data ------------------------------------------------------------------------------ */

static const char *kind_name(nudge_column_kind kind)
{
    switch (kind) {
    case NUDGE_COLUMN_NUMBER: return "number";
    case NUDGE_COLUMN_CATEGORY: return "category";
    case NUDGE_COLUMN_PIXELS: return "pixels";
    }
    return "?";
}

static void add_column(text_table *t, const nudge_column_info *c)
{
    int number = c->kind != NUDGE_COLUMN_CATEGORY;
    table_add(t, "%s", c->name);
    table_add(t, "%s%s", kind_name(c->kind), c->is_target ? ", target" : "");
    table_add(t, "%zu", c->width);
    table_add(t, "%zu", c->missing);
    if (number)
        table_add(t, "-");
    else
        table_add(t, "%zu", c->categories);
    table_add_real(t, "%.6g", number ? c->min : NAN);
    table_add_real(t, "%.6g", number ? c->mean : NAN);
    table_add_real(t, "%.6g", number ? c->max : NAN);
}

static void print_table(const nudge_table *table)
{
    nudge_table_info info = nudge_table_describe(table);
    char size[NU_TEXT];
    printf("%s: %s, %zu rows, %zu columns, %s in memory\n", info.source, info.format, info.rows,
           info.columns, nu_bytes_text(size, (double)info.bytes));
    if (!isnan(info.noise_floor))
        printf("lowest loss any model can reach: %.6g\n", info.noise_floor);
    static const char *const heads[] = {"column", "kind", "width", "missing", "categories",
                                        "min", "mean", "max"};
    text_table t;
    table_start(&t, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_add(&t, "%s", heads[i]);
    for (size_t j = 0; j < info.columns; j++) {
        nudge_column_info c = nudge_table_column(table, j);
        add_column(&t, &c);
    }
    putchar('\n');
    table_print(&t, 2, stdout);
    table_end(&t);
}

static void table_json(const nudge_table *table, arguments *args)
{
    nudge_table_info info = nudge_table_describe(table);
    json_t *object = json_new(), *columns = json_new_list();
    json_put_text(object, "kind", "data");
    json_put_text(object, "source", info.source);
    json_put_text(object, "format", info.format);
    json_put_text(object, "ignored", text_of(args, "ignore"));
    json_put_whole(object, "rows", info.rows);
    json_put_whole(object, "bytes", info.bytes);
    json_put_real(object, "noise_floor", info.noise_floor);
    for (size_t j = 0; j < info.columns; j++) {
        nudge_column_info c = nudge_table_column(table, j);
        json_t *column = json_new();
        json_put_text(column, "name", c.name);
        json_put_text(column, "kind", kind_name(c.kind));
        json_put_flag(column, "target", c.is_target);
        json_put_whole(column, "width", c.width);
        json_put_whole(column, "missing", c.missing);
        if (c.kind == NUDGE_COLUMN_CATEGORY) {
            json_t *categories = json_new_list();
            for (size_t k = 0; k < c.categories; k++)
                json_add_text(categories, nudge_table_category(table, j, k));
            json_put(column, "categories", categories);
        } else {
            json_put_real(column, "min", c.min);
            json_put_real(column, "mean", c.mean);
            json_put_real(column, "max", c.max);
        }
        json_add(columns, column);
    }
    json_put(object, "columns", columns);
    json_print(object, 1, stdout);
}

/* ---- Command --------------------------------------------------------------------------- */

static int model_info(arguments *args, const char *path)
{
    nudge_model *model = NULL;
    nudge_error err;
    refuse_all(args, "target labels ignore category header",
               "it is for data files, and this is a model");
    if (args->failed)
        return EXIT_BAD_INPUT;
    if (nudge_model_load(&model, path, &err) != NUDGE_OK)
        return fail(args->command->name, &err);
    if (given(args, "json"))
        model_json(model);
    else
        print_model(model);
    nudge_model_free(model);
    return EXIT_DONE;
}

static int data_info(arguments *args, const char *spec)
{
    nudge_table *table = NULL;
    nudge_error err;
    nudge_read_options read;
    read_data_options(&read, args);
    if (args->failed)
        return EXIT_BAD_INPUT;
    if (nudge_table_read(&table, spec, &read, &err) != NUDGE_OK)
        return fail(args->command->name, &err);
    if (given(args, "json"))
        table_json(table, args);
    else
        print_table(table);
    nudge_table_free(table);
    return EXIT_DONE;
}

static int run(arguments *args)
{
    if (args->words == 0) {
        say(args->command->name, "a model file, a data file or synth:NAME,... is needed");
        return EXIT_BAD_INPUT;
    }
    const char *what = args->word[0];
    return nudge_file_is_model(what) ? model_info(args, what) : data_info(args, what);
}

const command command_info = {
    .name = "info",
    .synopsis = "FILE|synth:NAME,... [OPTION]...",
    .summary = "what a model or data file holds",
    .about = "Shows a model's layers, loss, inputs, targets and the hash of its weights; or the "
             "columns of data: their kinds, missing cells, categories and ranges.",
    .options = "Data files: target labels ignore category header\nOutput: json\n",
    .examples = "  nudge info m.safetensors\n"
                "  nudge info letters.csv --target Letter\n"
                "  nudge info synth:friedman1,rows=1000 --json\n",
    .most_words = 1,
    .run = run,
};
