/* Failing calls in tables made by hand, in preprocessing, datasets, models and their files. */
#include "core/memory.h"
#include "failing/failing.h"
#include "table/dataset.h"
#include "table_fixtures.h"

enum { ROWS = 12 };

static const char csv[] = "age,town,born,y\n"
                          "31,Bern,2001-02-03,1.5\n,Genf,2001-02-04,2.5\n45,Thun,2001-02-05,9\n"
                          "52,Bern,,4\n23,,2001-02-07,7\n61,Genf,2001-02-08,3.25\n"
                          "38,Thun,2001-02-09,8\n29,Bern,2001-03-03,2\n70,Genf,2001-04-03,5\n"
                          "44,Thun,2001-05-03,9.5\n57,Bern,2001-06-03,1\n36,Genf,2001-07-03,6\n";

static const char money[] = "age,y\n31,$1.5\n42,$2.5\n45,$9\n52,$4\n23,$7\n";

/* Two classes that are numbers. */
static const char bits[] = "age,y\n31,0\n42,1\n45,1\n52,0\n23,1\n40,0\n41,1\n44,0\n47,1\n50,0\n";

static nudge_table *table, *priced; /* of both */
static nudge_table *matrix, *bytes; /* with weights; without */
static nudge_table *townspeople;    /* by age */
static nudge_prep *prep;
static nudge_dataset *data;
static nudge_model *model, *twins, *pricing, *listing;
static const double numbers[ROWS * 2] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6,
                                         5, 4, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8};
static const int32_t classes[ROWS] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};

static nudge_error trouble; /* of what must work */

/* ---- What there is ----------------------------------------------------------------------- */

static nudge_table *read_target(const char *name, const char *target)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t = NULL;
    options.threads = 1;
    options.target = target;
    options.number = strcmp(name, "money.csv") == 0 ? "y" : NULL;
    ck_ok(nudge_table_read(&t, in_folder(name), &options, &trouble), &trouble);
    return t;
}

static nudge_table *read_table(const char *name)
{
    return read_target(name, "y");
}

/* Inputs as the prep has them, 3 hidden units, one output. */
static nudge_status make_model(nudge_model **made, const nudge_prep *p, nudge_embed embed,
                               nudge_error *err)
{
    nudge_prep_info info = nudge_prep_describe(p);
    nudge_model_options options = nudge_model_defaults();
    size_t widths[] = {info.features, 3, 3, info.outputs};
    options.layers = 3;
    options.widths = widths;
    options.loss = info.loss;
    options.embed = embed;
    options.input_factor = options.residual = options.layer_norm = embed != NUDGE_EMBED_NONE;
    return nudge_model_create(made, &options, p, err);
}

static void setup(void)
{
    nudge_prep_options lists = nudge_prep_defaults();
    lists.encode = NUDGE_ENCODE_PIECEWISE;
    lists.scale = NUDGE_SCALE_QUANTILE;
    lists.target_transform = NUDGE_TRANSFORM_BOX_COX;
    lists.loss = NUDGE_MSE;
    make_quick_folder();
    write_in_folder("rows.csv", csv);
    write_in_folder("money.csv", money);
    write_in_folder("bits.csv", bits);
    matrix = table_matrix(NU_F64, ROWS, 2, numbers);
    table_values(matrix, 1, numbers);
    matrix->weights = table_block(NU_F64, ROWS, numbers);
    bytes = table_matrix(NU_U8, ROWS, 2, numbers);
    table_values(bytes, 1, numbers);
    townspeople = read_target("rows.csv", "town");
    table = read_table("rows.csv");
    priced = read_table("money.csv");
    ck_ok(nudge_prep_fit(&prep, table, NULL, 0, NULL, &trouble), &trouble);
    ck_ok(nudge_dataset_pack_copy(&data, table, prep, NUDGE_F32, NULL, &trouble), &trouble);
    ck_ok(make_model(&model, prep, NUDGE_EMBED_PBLD, &trouble), &trouble);
    ck_ok(nudge_model_copy(&twins, model, &trouble), &trouble);
    ck_ok(nudge_model_add_members(twins, model, &trouble), &trouble);
    nudge_prep *around = NULL;
    ck_ok(nudge_prep_fit(&around, priced, NULL, 0, NULL, &trouble), &trouble);
    ck_ok(make_model(&pricing, around, NUDGE_EMBED_NONE, &trouble), &trouble);
    nudge_prep_free(around);
    nudge_prep *listed = NULL;
    ck_ok(nudge_prep_fit(&listed, table, NULL, 0, &lists, &trouble), &trouble);
    ck_ok(make_model(&listing, listed, NUDGE_EMBED_NONE, &trouble), &trouble);
    nudge_prep_free(listed);
    nudge_dataset *encoded = NULL;
    ck_ok(nudge_dataset_pack_copy(&encoded, table, nudge_model_describe(listing).prep, NUDGE_F32,
                                  NULL, &trouble), &trouble);
    ck_ok(nudge_interval_learn(listing, encoded, 0.8, 1, &trouble), &trouble);
    nudge_dataset_free(encoded);
    ck_ok(nudge_model_save(listing, in_folder("listing.safetensors"), &trouble), &trouble);
    ck_ok(nudge_model_save(pricing, in_folder("pricing.safetensors"), &trouble), &trouble);
    ck_ok(nudge_model_save(model, in_folder("model.safetensors"), &trouble), &trouble);
    ck_ok(nudge_model_save(twins, in_folder("twins.safetensors"), &trouble), &trouble);
}

/* ---- Results ----------------------------------------------------------------------------- */

static void tell_data(nudge_dataset *d)
{
    if (d != NULL && d->store->x != NULL) {
        failing_result(d->store->x, d->store->rows * d->store->features *
                                        nu_element_size(d->store->element));
        for (size_t i = 0; d->index != NULL && i < d->rows; i++)
            failing_result(&d->index[i], sizeof d->index[i]);
    }
    nudge_dataset_free(d);
}

static void tell_prep(nudge_prep *p)
{
    nudge_prep_info info = p != NULL ? nudge_prep_describe(p) : (nudge_prep_info){0};
    for (size_t j = 0; j < info.features; j++)
        failing_result_text(nudge_prep_feature_name(p, j));
    nudge_prep_free(p);
}

/* ---- Tables and preprocessing ------------------------------------------------------------- */

static nudge_status fill_table(nudge_table *t, nudge_error *err)
{
    static const char *const texts[ROWS] = {"b", "a", NULL, "b", "c", "a",
                                            "b", "c", "a", NULL, "c", "b"};
    nudge_status status = nudge_table_add_numbers(t, "x", numbers, err);
    if (status == NUDGE_OK)
        status = nudge_table_add_texts(t, "town", texts, err);
    if (status == NUDGE_OK)
        status = nudge_table_add_texts(t, "class", texts, err);
    return status == NUDGE_OK ? nudge_table_set_target(t, "class", err) : status;
}

static nudge_status build_table(const failing_row *row, nudge_error *err)
{
    nudge_table *t = NULL;
    (void)row;
    nudge_status status = nudge_table_create(&t, ROWS, err);
    if (status == NUDGE_OK)
        status = fill_table(t, err);
    if (status == NUDGE_OK)
        failing_result_table(t);
    nudge_table_free(t);
    return status;
}

enum fit { USUAL, PIECEWISE, TREE, FOURIER, QUANTILE, ROBUST, COUNTED, BOX_COX, PRICED, ORDINAL,
           SCALED, TREE_CLASSES, MATRIX, BYTES };

static nudge_status fit_prep(const failing_row *row, nudge_error *err)
{
    nudge_prep_options options = nudge_prep_defaults();
    nudge_prep *p = NULL;
    options.encode = row->choice == PIECEWISE || row->choice == TREE ? NUDGE_ENCODE_PIECEWISE
                     : row->choice == FOURIER ? NUDGE_ENCODE_FOURIER : NUDGE_ENCODE_NONE;
    options.bin_edges = row->choice == TREE || row->choice == TREE_CLASSES ? NUDGE_EDGES_TREE
                                                                           : NUDGE_EDGES_QUANTILE;
    if (row->choice == ORDINAL || row->choice == TREE_CLASSES)
        options.encode = NUDGE_ENCODE_PIECEWISE;
    options.bins = row->choice == TREE || row->choice == PIECEWISE ? 4 : 0;
    options.scale = row->choice == QUANTILE ? NUDGE_SCALE_QUANTILE
                    : row->choice == ROBUST || row->choice == MATRIX ? NUDGE_SCALE_ROBUST
                                                                     : NUDGE_SCALE_AUTO;
    options.min_count = row->choice == COUNTED ? 4 : 0;
    options.fill_indicator = row->choice == COUNTED;
    options.target_transform = row->choice == BOX_COX ? NUDGE_TRANSFORM_BOX_COX
                                                      : NUDGE_TRANSFORM_NONE;
    options.category_code = row->choice == ROBUST    ? NUDGE_SIGNED
                            : row->choice == ORDINAL ? NUDGE_ORDINAL : NUDGE_ONE_HOT;
    options.scale_categories = row->choice == SCALED;
    options.loss = row->choice == TREE_CLASSES ? NUDGE_CROSS_ENTROPY : NUDGE_MSE;
    const nudge_table *of = row->choice == PRICED ? priced : row->choice == BYTES       ? bytes
                            : row->choice == MATRIX       ? matrix
                            : row->choice == TREE_CLASSES ? townspeople : table;
    nudge_status status = nudge_prep_fit(&p, of, NULL, 0, &options, err);
    nudge_dataset *d = NULL;
    if (status == NUDGE_OK)
        status = nudge_dataset_pack_copy(&d, of, p, NUDGE_F64, NULL, err);
    tell_data(d);
    tell_prep(p);
    return status;
}

/* ---- Datasets ---------------------------------------------------------------------------- */

static nudge_status pack(const failing_row *row, nudge_error *err)
{
    nudge_dataset *d = NULL;
    size_t unknown = 0;
    (void)row;
    failing_pause();
    nudge_table *t = read_table("rows.csv");
    failing_go_on();
    nudge_status status = nudge_dataset_pack(&d, &t, prep, NUDGE_F32, &unknown, err);
    ck_assert_ptr_null(t);
    tell_data(d);
    return status;
}

static nudge_status from_arrays(const failing_row *row, nudge_error *err)
{
    nudge_dataset *d = NULL;
    (void)row;
    nudge_status status = nudge_dataset_from_arrays(&d, NUDGE_F32, ROWS, 2, 3, numbers, NULL,
                                                    classes, err);
    if (status == NUDGE_OK)
        status = nudge_dataset_weigh_classes(d, (const double[]){1, 2, 0.5}, err);
    if (status == NUDGE_OK)
        status = nudge_dataset_set_weights(d, numbers, err);
    nudge_dataset *weighted = NULL;
    if (status == NUDGE_OK)
        status = nudge_dataset_subset(&weighted, d, (const uint32_t[]){3, 1, 4}, 3, err);
    tell_data(weighted);
    tell_data(d);
    return status;
}

/* Bytes that stay where they are, and those of a machine. */
static nudge_status other_bytes(const failing_row *row, nudge_error *err)
{
    nudge_dataset *d = NULL;
    nudge_arrays arrays = {.size = sizeof arrays, .dtype = NUDGE_F32, .rows = ROWS, .features = 2,
                           .outputs = 3, .x = money, .bytes = 1, .classes = classes};
    nudge_status status = row->choice
                              ? nudge_dataset_random(&d, NUDGE_F32, ROWS, 2, 3, 1, 1, 7, err)
                              : nudge_dataset_borrow(&d, &arrays, err);
    tell_data(d);
    return status;
}

static nudge_status part(const failing_row *row, nudge_error *err)
{
    nudge_dataset *subset = NULL, *train = NULL, *held = NULL;
    (void)row;
    nudge_status status = nudge_dataset_subset(&subset, data, (const uint32_t[]){3, 1, 4}, 3, err);
    if (status == NUDGE_OK)
        status = nudge_dataset_hold_out(&train, &held, data, 1, 3, 7, err);
    tell_data(subset);
    tell_data(train);
    tell_data(held);
    return status;
}

enum data { NUMBERS, CLASSES, BITS };

static nudge_data_options data_options(int of)
{
    nudge_data_options options = nudge_data_defaults();
    options.data = in_folder(of == BITS ? "bits.csv" : "rows.csv");
    options.read.target = of == CLASSES ? "town" : "y";
    options.read.threads = 1;
    options.read.ignore = of == BITS ? NULL : "born";
    options.read.missing = "";
    return options;
}

static nudge_status load_data(const failing_row *row, nudge_error *err)
{
    nudge_data_options options = data_options(row->choice);
    nudge_data d = {0};
    options.val_split = 0.25;
    options.test = options.data;
    options.test_split = 0;
    options.stratify = row->choice != NUMBERS;
    options.class_weight = row->choice == CLASSES ? "balanced" : row->choice == BITS ? "0=2" : NULL;
    nudge_status status = nudge_data_load(&d, &options, err);
    if (status != NUDGE_OK)
        return status;
    for (size_t i = 0; i < d.n_notes; i++)
        failing_result_text(d.notes[i].text);
    nudge_data_free(&d);
    return status;
}

static nudge_status load_folds(const failing_row *row, nudge_error *err)
{
    nudge_data_options options = data_options(row->choice);
    nudge_folds *folds = NULL;
    nudge_data d = {0};
    options.val_split = 0.25;
    nudge_status status = nudge_folds_load(&folds, 3, &options, err);
    if (status == NUDGE_OK)
        status = nudge_folds_data(&d, folds, 1, err);
    if (status == NUDGE_OK)
        nudge_data_free(&d);
    nudge_folds_free(folds);
    return status;
}

/* ---- Models ------------------------------------------------------------------------------ */

static nudge_status create(const failing_row *row, nudge_error *err)
{
    nudge_model *m = NULL;
    nudge_status status = make_model(&m, prep, (nudge_embed)row->choice, err);
    failing_result_model(m);
    return status;
}

/* Copies, members, and a model that gets more of them. */
static nudge_status copy(const failing_row *row, nudge_error *err)
{
    nudge_model *m = NULL, *member = NULL;
    (void)row;
    nudge_status status = nudge_model_copy(&m, listing, err);
    if (status == NUDGE_OK) {
        failing_result_model(NU_TAKE(m));
        status = nudge_model_copy(&m, twins, err);
    }
    if (status == NUDGE_OK) {
        failing_result_model(NU_TAKE(m));
        status = nudge_model_copy(&m, model, err);
    }
    if (status == NUDGE_OK)
        status = nudge_model_add_members(m, twins, err);
    if (m != NULL)
        ck_assert_uint_eq(nudge_model_describe(m).members, status == NUDGE_OK ? 3 : 1);
    if (status == NUDGE_OK)
        status = nudge_model_member(&member, m, 2, err);
    failing_result_model(m);
    failing_result_model(member);
    return status;
}

/* As many members as before where the two, of different files, do not become one. */
static nudge_status join(const failing_row *row, nudge_error *err)
{
    nudge_model *m = NULL, *other = NULL;
    failing_pause();
    ck_ok(nudge_model_load(&m, in_folder(row->input), &trouble), &trouble);
    ck_ok(nudge_model_load(&other, in_folder("twins.safetensors"), &trouble), &trouble);
    failing_go_on();
    nudge_status status = nudge_model_add_members(m, other, err);
    ck_assert_uint_eq(nudge_model_describe(m).members, status == NUDGE_OK ? 3 : 1);
    nudge_model_free(other);
    failing_result_model(m);
    return status;
}

static nudge_status save(const failing_row *row, nudge_error *err)
{
    const nudge_model *const models[] = {model, twins, pricing, listing};
    return nudge_model_save(models[row->choice], in_folder(row->output), err);
}

static nudge_status load(const failing_row *row, nudge_error *err)
{
    nudge_model *m = NULL;
    nudge_status status = nudge_model_load(&m, in_folder(row->input), err);
    failing_result_model(m);
    return status;
}

/* What fails leaves the model as it was. */
static nudge_status load_weights(const failing_row *row, nudge_error *err)
{
    nudge_weights_taken taken;
    nudge_model *m = NULL;
    failing_pause();
    ck_ok(make_model(&m, prep, NUDGE_EMBED_PBLD, &trouble), &trouble);
    ck_ok(nudge_model_set_layer(m, 1, NULL, (const double[3]){2}, &trouble), &trouble);
    uint64_t before = nudge_model_hash(m);
    failing_go_on();
    nudge_status status = nudge_model_load_weights(m, in_folder(row->input), &taken, err);
    ck_assert((nudge_model_hash(m) == before) == (status != NUDGE_OK));
    failing_result_model(m);
    return status;
}

static nudge_status is_model(const failing_row *row, nudge_error *err)
{
    (void)err;
    (void)nudge_file_is_model(in_folder(row->input)); /* a guess where it cannot be read */
    return NUDGE_OK;
}

static const failing_row rows[] = {
    {"table by hand", build_table, .choice = 0},
    {"prep", fit_prep, .choice = USUAL},
    {"prep, piecewise", fit_prep, .choice = PIECEWISE},
    {"prep, tree", fit_prep, .choice = TREE},
    {"prep, fourier", fit_prep, .choice = FOURIER},
    {"prep, quantile", fit_prep, .choice = QUANTILE},
    {"prep, robust, signed", fit_prep, .choice = ROBUST},
    {"prep, rare categories", fit_prep, .choice = COUNTED},
    {"prep, Box-Cox", fit_prep, .choice = BOX_COX},
    {"prep, texts around", fit_prep, .choice = PRICED},
    {"prep, ordinal", fit_prep, .choice = ORDINAL},
    {"prep, scaled categories", fit_prep, .choice = SCALED},
    {"prep, tree of classes", fit_prep, .choice = TREE_CLASSES},
    {"prep, matrix", fit_prep, .choice = MATRIX},
    {"prep, bytes", fit_prep, .choice = BYTES},
    {"pack", pack, .choice = 0},
    {"arrays, weights", from_arrays, .choice = 0},
    {"borrowed bytes", other_bytes, .choice = 0},
    {"random bytes", other_bytes, .choice = 1},
    {"parts", part, .choice = 0},
    {"data, numbers", load_data, .choice = NUMBERS},
    {"data, classes", load_data, .choice = CLASSES},
    {"data, 0 and 1", load_data, .choice = BITS},
    {"folds, numbers", load_folds, .choice = NUMBERS},
    {"folds, classes", load_folds, .choice = CLASSES},
    {"model", create, .choice = NUDGE_EMBED_NONE},
    {"model, plr", create, .choice = NUDGE_EMBED_PLR},
    {"model, pbld", create, .choice = NUDGE_EMBED_PBLD},
    {"copies and members", copy, .choice = 0},
    {"members of files", join, .input = "model.safetensors"},
    {"model is saved", save, .output = "out.safetensors"},
    {"members are saved", save, .output = "out.safetensors", .choice = 1},
    {"texts around are saved", save, .output = "out.safetensors", .choice = 2},
    {"lists, lambdas, intervals are saved", save, .output = "out.safetensors", .choice = 3},
    {"lists, lambdas, intervals are loaded", load, .input = "listing.safetensors"},
    {"texts around are loaded", load, .input = "pricing.safetensors"},
    {"model is loaded", load, .input = "model.safetensors"},
    {"members are loaded", load, .input = "twins.safetensors"},
    {"weights are loaded", load_weights, .input = "model.safetensors"},
    {"is it a model?", is_model, .input = "model.safetensors"},
};

FAILING_SUITE("failing models", rows, setup)
