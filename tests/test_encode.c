/* Numbers and their places in bins: edges, inputs, the same predictions and bits everywhere; model
 * files. */
#include <stdio.h>

#include "dataset_fixtures.h"
#include "model_fixtures.h"
#include "train/engine.h"

static nudge_error err;

enum { ROWS = 12 };
static const double zeros[ROWS] = {0, 0, 0, 0, 0, 0, 1.5, 3, 7, 2, 0, 100.25};
static const double few[ROWS] = {3, 1, 2, 3, 1, NAN, 3, 3, 1, 2, 3, 1};
static const double two[ROWS] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0};
static const char *const town_cells[ROWS] = {"Bern", "Genf", "Thun", "Bern", "Genf", "Thun",
                                             "Bern", "Genf", "Thun", "Bern", "Genf", "Thun"};
static const double price[ROWS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5};

static nudge_table *sample(void)
{
    nudge_table *t = table_columns(ROWS, 5);
    table_numbers(t, 0, "age", zeros);
    table_texts(t, 1, "town", town_cells, towns, 3);
    table_numbers(t, 2, "few", few);
    table_numbers(t, 3, "two", two);
    table_numbers(t, 4, "price", price);
    t->columns[4].is_target = 1;
    return t;
}

static nudge_prep_options piecewise(size_t bins)
{
    nudge_prep_options o = nudge_prep_defaults();
    o.loss = NUDGE_MSE;
    o.fill_indicator = 1;
    o.encode = NUDGE_ENCODE_PIECEWISE;
    o.bins = bins;
    return o;
}

static nudge_prep *fit_as(const nudge_table *t, nudge_prep_options o)
{
    nudge_prep *p = NULL;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    return p;
}

static nudge_status read_text(nudge_prep **p, const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    nudge_status status = nu_prep_from_json(p, json, "m", &err);
    json_decref(json);
    return status;
}

/* All inputs as the network gets them; for free(). */
static double *inputs_of(const nudge_dataset *d)
{
    nudge_dataset_info info = nudge_dataset_describe(d);
    uint32_t *numbers = table_memory(info.rows, sizeof *numbers);
    double *x = table_memory(info.rows * info.features, sizeof *x);
    nu_numeric_of(d->store->dtype)->as_doubles(d, 0, info.rows, numbers, x, NULL, NULL);
    free(numbers);
    return x;
}

/* NumPy: of the edges 0, 1/4, ... 1, every other a quantile of the rows, the others of
 * numpy.unique(); numpy.unique() of all; numpy.clip((x - lower) / (upper - lower), 0, 1). */
static const double age_edges[] = {0, 1.625, 6, 100.25};
static const double age_places[ROWS][3] = {
    [6] = {0.9230769230769231, 0, 0}, [7] = {1, 0.3142857142857143, 0},
    [8] = {1, 1, 0.010610079575596816}, [9] = {1, 0.08571428571428572, 0}, [11] = {1, 1, 1}};
static const char *const names[] = {"age", "age[1]", "age[2]", "age[3]", "town=Bern", "town=Genf",
                                    "town=Thun", "few", "few[1]", "few[2]", "few missing", "two"};
enum { INPUTS = 12 };

static void check_inputs(const nudge_dataset *d, double tolerance)
{
    double *all = inputs_of(d);
    for (size_t r = 0; r < ROWS; r++) {
        const double *x = all + r * INPUTS, f = isnan(few[r]) ? 2 : few[r]; /* their median */
        double want[INPUTS] = {[4] = r % 3 == 0, [5] = r % 3 == 1, [6] = r % 3 == 2,
                               [8] = fmin(f - 1, 1), [9] = fmax(f - 2, 0), [10] = isnan(few[r])};
        memcpy(want + 1, age_places[r], sizeof age_places[r]);
        want[0] = (zeros[r] / 9.479166666666666 - 1) * 0.34543894163536093;
        for (size_t j = 0; j < INPUTS; j++)
            if (j != 7 && j != 11) /* whose scaling others test */
                ck_assert_msg(fabs(x[j] - want[j]) <= tolerance, "row %zu, %s: %.17g, not %.17g", r,
                              names[j], x[j], want[j]);
    }
    free(all);
}

START_TEST(piecewise_columns)
{
    nudge_table *t = sample();
    nudge_prep *p = fit_as(t, piecewise(4)), *back = NULL;
    ck_assert_uint_eq(p->features, INPUTS);
    for (size_t j = 0; j < INPUTS; j++)
        ck_assert_str_eq(nudge_prep_feature_name(p, j), names[j]);
    ck_assert_uint_eq(p->codes[0].n, 4);
    for (size_t k = 0; k < 4; k++)
        ck_assert_double_eq_tol(p->codes[0].at[k], age_edges[k], 1e-15);
    nudge_prep_info info = nudge_prep_describe(p);
    ck_assert_int_eq(info.encode, NUDGE_ENCODE_PIECEWISE);
    ck_assert_uint_eq(info.encoded, 2);
    ck_assert_uint_eq(info.most_codes, 3);
    char *text = prep_text(p), *again;
    ck_ok(read_text(&back, text), &err);
    again = prep_text(back);
    ck_assert_str_eq(text, again);
    nudge_dtype dtype = _i == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_dataset *d = pack(t, back, dtype, NULL);
    check_inputs(d, dtype == NUDGE_F32 ? 1e-6 : 1e-14);
    ck_assert_uint_eq(d->store->features, 7); /* the store keeps what is not encoded */
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_prep_free(back);
    free(text);
    free(again);
}
END_TEST

/* Seen values alone make edges: row numbers 6 to 11, and a range beyond which places end. */
START_TEST(training_rows_alone)
{
    nudge_table *t = sample();
    nudge_prep *p = NULL;
    nudge_prep_options o = piecewise(16);
    uint32_t rows[] = {6, 7, 8, 9};
    ck_ok(nudge_prep_fit(&p, t, rows, 4, &o, &err), &err);
    static const double want[] = {1.5, 2, 3, 7};
    ck_assert_uint_eq(p->codes[0].n, 4);
    ck_assert_mem_eq(p->codes[0].at, want, sizeof want);
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    double *x = inputs_of(d);
    for (size_t k = 1; k <= 3; k++) {
        ck_assert_double_eq(x[k], 0);
        ck_assert_double_eq(x[11 * nudge_dataset_describe(d).features + k], 1);
    }
    free(x);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* cos and sin of 2 pi c x, in turn, of frequencies that the model keeps. */
START_TEST(fourier_columns)
{
    nudge_table *t = sample();
    nudge_prep_options o = piecewise(0);
    o.encode = NUDGE_ENCODE_FOURIER;
    o.frequencies = 3;
    o.frequency_scale = 0.4;
    o.seed = 7;
    nudge_prep *p = fit_as(t, o), *other, *back = NULL;
    o.seed = 8;
    other = fit_as(t, o);
    ck_assert_uint_eq(p->features, 7 + 3 * 6);
    ck_assert_str_eq(p->feature_names[6], "age[6]");
    ck_assert_uint_eq(p->codes[0].n, 3);
    ck_assert_double_ne(p->codes[0].at[0], other->codes[0].at[0]);
    ck_assert_double_ne(p->codes[0].at[0], p->codes[4].at[0]);
    char *text = prep_text(p), *again;
    ck_ok(read_text(&back, text), &err);
    again = prep_text(back);
    ck_assert_str_eq(text, again);
    ck_assert_int_eq(nudge_prep_describe(back).encode, NUDGE_ENCODE_FOURIER);
    nudge_dtype dtype = _i == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_dataset *d = pack(t, back, dtype, NULL);
    double *x = inputs_of(d), tolerance = _i == 0 ? 2e-6 : 1e-13;
    for (size_t r = 0; r < ROWS; r++)
        for (size_t k = 0; k < 3; k++) {
            const double *row = x + r * 25, z = 2 * M_PI * p->codes[0].at[k] * row[0];
            ck_assert_double_eq_tol(row[1 + 2 * k], cos(z), tolerance);
            ck_assert_double_eq_tol(row[2 + 2 * k], sin(z), tolerance);
        }
    free(x);
    json_t *json = json_loads(text, 0, NULL);
    json_object_set_new(json, "frequencies", json_loads("{\"age\": [1e9]}", 0, NULL));
    nudge_prep_free(back);
    ck_says(nu_prep_from_json(&back, json, "m", &err), NUDGE_EDATA, "too high", &err);
    json_object_set_new(json, "frequencies", json_loads("{\"age\": []}", 0, NULL));
    ck_says(nu_prep_from_json(&back, json, "m", &err), NUDGE_EDATA, "array of 1 to 512", &err);
    json_object_set_new(json, "edges", json_object());
    ck_says(nu_prep_from_json(&back, json, "m", &err), NUDGE_EDATA, "excludes", &err);
    json_decref(json);
    free(text);
    free(again);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_prep_free(other);
}
END_TEST

/* ---- Matrices, panels, threads ---- */

enum { MANY = 700, WIDE = 23 };

/* Numbers of which few are the same, zeros, and few different ones. */
static nudge_table *matrix(nu_element element)
{
    double *x = made_array(MANY * WIDE, 100, 5), *y = made_array(MANY, 1, 6);
    for (size_t i = 0; i < MANY * WIDE; i++)
        x[i] = i % 5 == 0 ? 0 : i % WIDE == 3 ? floor(fabs(x[i]) / 20) : fabs(x[i]);
    nudge_table *t = table_matrix(element, MANY, WIDE, x);
    table_values(t, 1, y);
    free(x);
    free(y);
    return t;
}

static const struct {
    nu_element element;
    nudge_dtype dtype;
    nudge_scale scale;
} matrices[] = {{NU_F32, NUDGE_F32, NUDGE_SCALE_STANDARD}, {NU_F64, NUDGE_F32, NUDGE_SCALE_ROBUST},
                {NU_F32, NUDGE_F64, NUDGE_SCALE_MINMAX},   {NU_U8, NUDGE_F32, NUDGE_SCALE_AUTO},
                {NU_U8, NUDGE_F64, NUDGE_SCALE_ROBUST}};

static nudge_model *model_of(const nudge_prep *p, nudge_dtype dtype)
{
    nudge_model_options o = nudge_model_defaults();
    const size_t widths[] = {p->features, 40, 1};
    nudge_model *m = NULL;
    o.dtype = dtype;
    o.layers = 2;
    o.widths = widths;
    ck_ok(nudge_model_create(&m, &o, p, &err), &err);
    return m;
}

/* Rows encoded while they are packed give the very predictions of rows encoded before. */
START_TEST(same_as_encoded_arrays)
{
    nudge_table *t = matrix(matrices[_i].element);
    nudge_prep_options o = piecewise(9);
    nudge_dtype dtype = matrices[_i].dtype;
    o.scale = matrices[_i].scale;
    o.fill_indicator = 0;
    nudge_prep *p = fit_as(t, o);
    ck_assert_uint_gt(p->features, 8 * WIDE);
    ck_assert_str_eq(nudge_prep_feature_name(p, 1) + 1, "1[1]");
    nudge_dataset *d = pack(t, p, dtype, NULL), *ready = NULL;
    double *x = inputs_of(d), a[MANY], b[MANY];
    for (size_t j = 0; j < p->features; j++) /* "x4[2]" */
        for (size_t r = 0; r < MANY && strchr(p->feature_names[j], '[') != NULL; r++)
            ck_assert(x[r * p->features + j] >= 0 && x[r * p->features + j] <= 1);
    ck_ok(nudge_dataset_from_arrays(&ready, dtype, MANY, p->features, 0, x, NULL, NULL, &err),
          &err);
    nudge_dataset_inputs_ready(ready);
    nudge_model *m = model_of(p, dtype);
    ck_ok(nudge_predict(m, d, 2, a, &err), &err);
    ck_ok(nudge_predict(m, ready, 1, b, &err), &err);
    ck_assert_mem_eq(a, b, sizeof a);
    free(x);
    nudge_model_free(m);
    nudge_dataset_free(ready);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

START_TEST(same_bits_by_threads)
{
    uint64_t first = 0;
    static const int threads[] = {1, 2, 3, 7};
    for (size_t i = 0; i < 4; i++) {
        nudge_table *t = matrix(NU_F32);
        nudge_prep_options asked = piecewise(9);
        asked.encode = (nudge_encode)_i;
        asked.fill_indicator = 0;
        nudge_prep *p = fit_as(t, asked);
        nudge_dataset *d = pack(t, p, NUDGE_F32, NULL);
        nudge_model *m = model_of(p, NUDGE_F32);
        nudge_train_options o = nudge_train_defaults();
        o.epochs = 2;
        o.threads = threads[i];
        o.oversubscribe = 1;
        ck_ok(nudge_train(m, d, NULL, &o, NULL, &err), &err);
        first = i == 0 ? nudge_model_hash(m) : first;
        ck_assert_uint_eq(nudge_model_hash(m), first);
        nudge_model_free(m);
        nudge_dataset_free(d);
        nudge_prep_free(p);
    }
}
END_TEST

/* A row as it comes, with a missing number. */
START_TEST(rows_one_by_one)
{
    nudge_table *t = sample();
    nudge_prep *p = fit_as(t, piecewise(4));
    nudge_dataset *d = pack(t, p, NUDGE_F32, NULL);
    nudge_model *m = model_of(p, NUDGE_F32);
    nudge_predictor *one = NULL;
    double all[ROWS], out;
    ck_ok(nudge_predict(m, d, 1, all, &err), &err);
    ck_ok(nudge_predictor_create(&one, m, &err), &err);
    for (size_t r = 0; r < ROWS; r++) {
        double numbers[] = {zeros[r], NAN, few[r], two[r]};
        const char *texts[] = {NULL, town_cells[r], NULL, NULL};
        ck_ok(nudge_predict_row(one, numbers, texts, &out, &err), &err);
        ck_assert_double_eq_tol(out, all[r], 1e-5 * fabs(all[r]));
    }
    ck_says(nudge_predict_row(one, (double[]){1e308, 0, 0, INFINITY}, NULL, &out, &err),
            NUDGE_EDATA, "('age')", &err);
    ck_says(nudge_predict_row(one, (double[]){1, 0, 0, INFINITY}, NULL, &out, &err), NUDGE_EDATA,
            "('two')", &err);
    nudge_predictor_free(one);
    nudge_model_free(m);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* ---- Refused ---- */

/* {"edges": ...} in a model file of columns age and few. */
static const struct {
    const char *edges, *part;
} damaged[] = {
    {"{\"age\": [0, 1, 1]}", "must increase"}, {"{\"age\": [0, 2, 1]}", "must increase"},
    {"{\"age\": [0, 1, 1.0000000000001]}", "must increase"},
    {"{\"age\": [0, 1e300, 1e301]}", "must increase"},
    {"{\"age\": [0, 1]}", "array of 3 to 1025"}, {"{\"age\": 7}", "array of 3 to 1025"},
    {"{\"age\": [0, null, 2]}", "finite numbers"}, {"{\"age\": [0, \"1\", 2]}", "finite numbers"},
    {"{\"town\": [0, 1, 2]}", "each by its name"}, {"{\"town=Bern\": [0, 1, 2]}", "by its name"},
    {"{\"age\": [0, 1, 2], \"x\": [0, 1, 2]}", "by its name"},
    {"[[0, 1, 2]]", "by its name"},
};

static nudge_prep *with_edges(const char *text, const char *edges, nudge_status status)
{
    nudge_prep *p = NULL;
    json_t *json = json_loads(text, 0, NULL), *value = json_loads(edges, 0, NULL);
    ck_assert_ptr_nonnull(value);
    json_object_set_new(json, "edges", value);
    ck_assert_int_eq(nu_prep_from_json(&p, json, "m", &err), status);
    json_decref(json);
    return p;
}

START_TEST(damaged_edges)
{
    nudge_table *t = sample();
    nudge_prep *p = fit_as(t, piecewise(4));
    char *text = prep_text(p), many[8192] = "{\"age\": [0";
    nudge_prep_free(with_edges(text, "{\"age\": [0, 1, 2]}", NUDGE_OK));
    ck_assert_ptr_null(with_edges(text, damaged[_i].edges, NUDGE_EDATA));
    ck_assert_msg(strstr(err.text, damaged[_i].part) != NULL, "%s", err.text);
    size_t at = strlen(many);
    for (int k = 1; k < 1025; k++)
        at += (size_t)sprintf(many + at, ", %d", k);
    strcpy(many + at, "]}");
    nudge_prep_free(with_edges(text, many, NUDGE_OK));
    strcpy(many + at, ", 1025]}");
    ck_assert_ptr_null(with_edges(text, many, NUDGE_EDATA));
    free(text);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

START_TEST(options_refused)
{
    nudge_table *t = sample();
    nudge_prep *p = NULL;
    nudge_prep_options o = piecewise(1);
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT, "from 2 to 1024", &err);
    ck_assert_str_eq(err.setting, "bins");
    o = piecewise(1025);
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT, "from 2 to 1024", &err);
    o.encode = (nudge_encode)77;
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT, "77", &err);
    o = piecewise(2);
    o.bin_edges = (nudge_bin_edges)78;
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT, "edges 78 of bins", &err);
    const double scales[] = {-1, NAN, 1e300};
    for (size_t i = 0; i < 4; i++) {
        o = nudge_prep_defaults();
        o.encode = NUDGE_ENCODE_FOURIER;
        o.frequencies = i == 3 ? 513 : 2;
        o.frequency_scale = i == 3 ? 1 : scales[i];
        ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT,
                i == 3 ? "513 frequencies" : "no scale of frequencies; it must be above 0", &err);
        ck_assert_str_eq(err.setting, i == 3 ? "frequencies" : "frequency_scale");
    }
    nudge_table_free(t);
    t = table_columns(3, 2);
    table_numbers(t, 0, "far", (double[]){-1e300, 0, 1e300});
    table_numbers(t, 1, "y", (double[]){1, 2, 3});
    t->columns[1].is_target = 1;
    o = piecewise(0);
    o.scale = NUDGE_SCALE_NONE;
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EDATA, "'far'", &err);
    nudge_table_free(t);
}
END_TEST

/* Nothing to encode: said, and the same as without. */
START_TEST(nothing_to_encode)
{
    nudge_table *t = table_columns(4, 2);
    table_numbers(t, 0, "two", (double[]){1, 0, NAN, 1});
    table_numbers(t, 1, "y", (double[]){1, 2, 3, 5});
    t->columns[1].is_target = 1;
    nudge_prep *p = fit_as(t, piecewise(0));
    size_t n;
    ck_assert_str_eq(nudge_prep_notes(p, &n)[0].setting, "encode");
    ck_assert_int_eq(nudge_prep_describe(p).encode, NUDGE_ENCODE_NONE);
    ck_assert_uint_eq(p->features, 2);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

static Suite *encode_suite(void)
{
    Suite *s = suite_create("encode");
    TCase *c = tcase_create("piecewise");
    tcase_add_loop_test(c, piecewise_columns, 0, 2);
    tcase_add_loop_test(c, fourier_columns, 0, 2);
    tcase_add_test(c, training_rows_alone);
    tcase_add_loop_test(c, same_as_encoded_arrays, 0, sizeof matrices / sizeof *matrices);
    tcase_add_loop_test(c, same_bits_by_threads, NUDGE_ENCODE_PIECEWISE, NUDGE_ENCODE_FOURIER + 1);
    tcase_add_test(c, rows_one_by_one);
    tcase_add_loop_test(c, damaged_edges, 0, sizeof damaged / sizeof *damaged);
    tcase_add_test(c, options_refused);
    tcase_add_test(c, nothing_to_encode);
    suite_add_tcase(s, c);
    return s;
}

SUITE_MAIN(encode_suite)
