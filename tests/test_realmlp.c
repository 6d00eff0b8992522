/* What --recipe realmlp is made of: its preprocessing as the authors' code computes it, and rates
 * and rows of its training. Its updates are compared with PyTorch's in test_torch.c. */
#include <jansson.h>

#include "dataset_fixtures.h"
#include "model_file_fixtures.h"

static nudge_error err;

/* ---- Preprocessing ---------------------------------------------------------------------- */

#define ROWS_MOST 23
#define TOLERANCE 1e-12

/* tests/files/realmlp-reference.json, made by scripts/realmlp-reference. */
static json_t *reference(void)
{
    json_error_t at;
    json_t *json = json_load_file(test_file("realmlp-reference.json"), 0, &at);
    ck_assert_msg(json != NULL, "%s", at.text);
    return json;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The column of a table from its cells: numbers, or texts and nulls. */
static void take_column(nudge_table *t, size_t j, const char *name, const json_t *cells)
{
    double numbers[ROWS_MOST];
    const char *texts[ROWS_MOST], *known[ROWS_MOST];
    size_t n = 0;
    ck_assert_uint_eq(json_array_size(cells), t->rows);
    if (json_is_number(json_array_get(cells, 0))) {
        for (size_t r = 0; r < t->rows; r++)
            numbers[r] = json_number_value(json_array_get(cells, r));
        table_numbers(t, j, name, numbers);
        return;
    }
    for (size_t r = 0; r < t->rows; r++) {
        size_t k = 0;
        texts[r] = json_string_value(json_array_get(cells, r));
        while (texts[r] != NULL && k < n && strcmp(known[k], texts[r]) != 0)
            k++;
        if (texts[r] != NULL && k == n)
            known[n++] = texts[r];
    }
    qsort(known, n, sizeof *known, by_text);
    table_texts(t, j, name, texts, known, n);
}

/* All columns of a part, and a target. */
static nudge_table *table_of(const json_t *json, const char *part)
{
    const json_t *columns = json_object_get(json, "columns"), *column;
    size_t rows = json_array_size(json_object_get(json, part)), n = json_array_size(columns), j;
    double target[ROWS_MOST];
    ck_assert_uint_le(rows, ROWS_MOST);
    nudge_table *t = table_columns(rows, n + 1);
    json_array_foreach(columns, j, column)
        take_column(t, j, json_string_value(json_object_get(column, "name")),
                    json_object_get(column, part));
    for (size_t r = 0; r < rows; r++)
        target[r] = (double)r;
    table_numbers(t, n, "y", target);
    t->columns[n].is_target = 1;
    return t;
}

/* One row as nu_prep_row() makes it. */
static void check_row(const json_t *json, const char *part, const nudge_prep *p, size_t r,
                      const json_t *expected)
{
    double numbers[16], values[16];
    const char *texts[16];
    const json_t *columns = json_object_get(json, "columns"), *column;
    size_t j;
    ck_assert_uint_le(p->values, 16);
    json_array_foreach(columns, j, column) {
        const json_t *cell = json_array_get(json_object_get(column, part), r);
        numbers[j] = json_number_value(cell);
        texts[j] = json_string_value(cell);
    }
    nu_prep_row(p, numbers, texts, values);
    for (j = 0; j < p->values; j++)
        ck_assert_double_eq_tol(values[j], json_number_value(json_array_get(expected, j)),
                                TOLERANCE);
}

static nudge_prep *learn(const json_t *json)
{
    nudge_prep *p = NULL, *back = NULL;
    nudge_table *t = table_of(json, "train");
    nudge_prep_options o = nudge_prep_defaults();
    o.scale = NUDGE_SCALE_ROBUST;
    o.category_code = NUDGE_SIGNED;
    o.scale_categories = 1;
    o.task = NUDGE_REGRESSION;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    ck_assert_int_eq(nudge_prep_describe(p).category_code, NUDGE_SIGNED);
    ck_assert_int_eq(nudge_prep_describe(p).scale_categories, 1);
    nudge_table_free(t);
    json_t *text = nu_prep_to_json(p);
    ck_ok(nu_prep_from_json(&back, text, "m", &err), &err);
    json_decref(text);
    nudge_prep_free(p);
    return back;
}

START_TEST(preprocessing)
{
    static const char *const parts[] = {"train", "new"};
    json_t *json = reference();
    nudge_prep *p = learn(json);
    ck_assert_str_eq(nudge_prep_feature_name(p, 0), "two=a");
    ck_assert_str_eq(nudge_prep_feature_name(p, 1), "three=x");
    for (size_t i = 0; i < 2; i++) {
        const json_t *rows = json_object_get(json, parts[i]), *row;
        nudge_table *t = table_of(json, parts[i]);
        nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
        size_t r;
        json_array_foreach(rows, r, row) {
            ck_assert_uint_eq(json_array_size(row), p->features);
            for (size_t j = 0; j < p->features; j++)
                ck_assert_double_eq_tol(input(d, r, j), json_number_value(json_array_get(row, j)),
                                        TOLERANCE);
            check_row(json, parts[i], p, r, row);
        }
        nudge_dataset_free(d);
    }
    nudge_prep_free(p);
    json_decref(json);
}
END_TEST

/* Of columns that are no two categories, of columns that are ordinal, and of constants in scales
 * that have none. */
START_TEST(false_files)
{
    static const struct {
        const char *change, *says;
    } lies[] = {
        {"{\"name\": \"a\", \"kind\": \"category\", \"categories\": [\"x\"], \"signed\": true}",
         "'signed' is for two categories"},
        {"{\"name\": \"a\", \"kind\": \"category\", \"categories\": [\"x\", \"y\"], "
         "\"ordinal\": true, \"signed\": true}", "'signed' is for two categories"},
        {"{\"name\": \"a\", \"kind\": \"number\", \"median\": 1, \"signed\": true}",
         "'signed' for categories"},
        {NULL, "'factor' is 0; it must be finite and not 0"},
    };
    json_t *json = reference();
    nudge_prep *p = learn(json), *back = NULL;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        json_t *text = nu_prep_to_json(p);
        if (lies[i].change == NULL)
            json_object_set_new(text, "scale", json_string("standard"));
        else
            json_array_set_new(json_object_get(text, "columns"), 0,
                               json_loads(lies[i].change, 0, NULL));
        ck_says(nu_prep_from_json(&back, text, "m", &err), NUDGE_EDATA, lies[i].says, &err);
        json_decref(text);
    }
    nudge_prep_free(p);
    json_decref(json);
}
END_TEST

/* A target of 0 and 1 with an output for each. */
START_TEST(two_outputs)
{
    nudge_table *t = table_columns(4, 2);
    nudge_prep *p = NULL;
    table_numbers(t, 0, "x", (const double[]){1, 2, 3, 4});
    table_numbers(t, 1, "y", (const double[]){0, 1, 1, 0});
    t->columns[1].is_target = 1;
    nudge_prep_options o = nudge_prep_defaults();
    for (o.two_outputs = 0; o.two_outputs <= 1; o.two_outputs++) {
        ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
        ck_assert_int_eq(nudge_prep_describe(p).loss,
                         o.two_outputs ? NUDGE_CROSS_ENTROPY : NUDGE_BCE);
        ck_assert_uint_eq(nudge_prep_describe(p).outputs, o.two_outputs ? 2 : 1);
        ck_assert_str_eq(nudge_prep_class_label(p, 1), "1");
        nudge_prep_free(p);
    }
    nudge_table_free(t);
}
END_TEST

/* ---- Training --------------------------------------------------------------------------- */

/* 47 rows in batches of 8: 5 batches, with 7 rows left out. */
static nudge_train_options options(int threads)
{
    nudge_train_options o = small_options();
    o.optimizer = nudge_optimizer_defaults(NUDGE_ADAM);
    o.optimizer.lr = 0.01;
    o.batch = 8;
    o.epochs = 3;
    o.shuffle = 1;
    o.ntk = 1;
    o.bias_lr_factor = 0.1;
    o.drop_last = 1;
    o.threads = threads;
    o.oversubscribe = 1;
    return o;
}

static nudge_trainer *trainer_of(nudge_model *m, const nudge_dataset *data,
                                 const nudge_train_options *o)
{
    nudge_trainer *t = NULL;
    ck_ok(nudge_trainer_create(&t, m, data, NULL, o, &err), &err);
    return t;
}

/* The same bits on any number of threads, and after a checkpoint. */
START_TEST(same_bits)
{
    const size_t widths[] = {6, 300, 3};
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, 47, 6, 3, 1);
    uint64_t hash = 0;
    for (int i = 0; i < 3; i++) {
        nudge_model *m = made_model(NUDGE_MSE, NUDGE_F32, 2, widths, NUDGE_MISH, NUDGE_IDENTITY, 1);
        nudge_train_options o = options(i == 1 ? 3 : 1);
        train_in_parts(m, data, &o, i == 2, 7); /* of an epoch's 5 */
        hash = i == 0 ? nudge_model_hash(m) : hash;
        ck_assert_uint_eq(nudge_model_hash(m), hash);
        nudge_model_free(m);
    }
    nudge_dataset_free(data);
}
END_TEST

/* A training goes on with the options that it began with; others are refused by name. */
START_TEST(other_options)
{
    static const char *const names[] = {"ntk", "bias_lr_factor", "drop_last"};
    nudge_dataset *data = small_data(47, 1);
    nudge_model *m = small_model();
    nudge_train_options o = options(1), other[3] = {o, o, o}, bad;
    nudge_trainer *t = trainer_of(m, data, &o);
    ck_ok(nudge_trainer_updates(t, 2, &err), &err);
    ck_ok(nudge_trainer_save(t, st_path, NULL, &err), &err);
    other[0].ntk = 0;
    other[1].bias_lr_factor = 1;
    other[2].drop_last = 0;
    for (size_t i = 0; i < 3; i++) {
        ck_says(nudge_trainer_set_options(t, &other[i], &err), NUDGE_EARGUMENT, names[i], &err);
        nudge_trainer *second = trainer_of(m, data, &other[i]);
        ck_status(nudge_trainer_load(second, st_path, &err), NUDGE_EMISMATCH, &err);
        nudge_trainer_free(second);
    }
    nudge_trainer_free(t);
    for (size_t i = 0; i < 2; i++) {
        bad = o;
        bad.bias_lr_factor = i == 0 ? -1 : NAN;
        ck_says(nudge_train(m, data, NULL, &bad, NULL, &err), NUDGE_EARGUMENT, "bias_lr_factor",
                &err);
    }
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

static Suite *realmlp_suite(void)
{
    Suite *s = suite_create("realmlp");
    TCase *tc = tcase_create("realmlp");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_test(tc, preprocessing);
    tcase_add_test(tc, false_files);
    tcase_add_test(tc, two_outputs);
    tcase_add_test(tc, same_bits);
    tcase_add_test(tc, other_options);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(realmlp_suite)
