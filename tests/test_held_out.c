/* What is learned of held-out rows: temperatures (against scipy.optimize on the same outputs) and
 * intervals (against their definition, and by how much they cover). */
#include "dataset_fixtures.h"
#include "folder_fixtures.h"
#include "model/model.h"
#include "prep/transform.h"

static nudge_error err;

static nudge_dataset *arrays(nudge_dtype dtype, size_t rows, size_t in, size_t out, const double *x,
                             const double *y, const int32_t *classes)
{
    nudge_dataset *d = NULL;
    ck_ok(nudge_dataset_from_arrays(&d, dtype, rows, in, out, x, y, classes, &err), &err);
    return d;
}

/* ---- Temperature ----------------------------------------------------------------------- */

static const double three[14 * 3] = {
    -3.21, -5.3, -0.99, 1.68, 4.54, 0.44, -2.21, -3.14, 2.99, 6.54, 1.09, -4.93, -3.83, 6.4,
    0.81, -6.93, -0.33, -4.65, -2.52, -1.95, -2.85, 2.21, -0.25, -2.36, 1.64, 3.32, -6.57, -1.03,
    -3.92, -0.69, -5.16, 0.08, -0.15, -1.22, -4.19, -1.58, -4.37, -5.42, 0.9, -4.44, 4.68, 2.87};
static const int32_t class_of_three[14] = {0, 1, 2, 0, 1, 1, 0, 2, 0, 2, 1, 2, 2, 2};
static const double one[14] = {1.45, 0.57, 2.43, 0.64, 0.84, 0.84, -0.61,
                               -0.07, 1.35, -0.4, 0.19, -0.02, 0.61, -0.36};
static const double label_of_one[14] = {1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0};

/* A network whose outputs are its inputs. */
static nudge_model *identity(nudge_loss loss, nudge_dtype dtype, size_t n)
{
    nudge_activation none = NUDGE_IDENTITY;
    nudge_model *m = made_model(loss, dtype, 1, (size_t[]){n, n}, none, none, 1);
    double weights[9] = {0}, bias[3] = {0};
    for (size_t j = 0; j < n; j++)
        weights[j * n + j] = 1;
    ck_ok(nudge_model_set_layer(m, 0, weights, bias, &err), &err);
    return m;
}

static void check_temperature(nudge_model *m, nudge_dataset *d, double temperature, double before,
                              double after, double tolerance)
{
    nudge_calibration c;
    nudge_metrics metrics;
    double weight[9];
    ck_ok(nudge_calibrate(m, d, 1, &c, &err), &err);
    ck_assert_double_eq_tol(c.temperature, temperature, tolerance * 100);
    ck_assert_double_eq_tol(c.before, before, tolerance);
    ck_assert_double_eq_tol(c.after, after, tolerance);
    ck_assert(!c.is_open);
    ck_ok(nudge_evaluate(m, d, 1, &metrics, &err), &err);
    ck_assert_double_eq_tol(value_of(metrics, LOG_LOSS), after, tolerance);
    ck_ok(nudge_model_get_layer(m, 0, weight, NULL, &err), &err);
    ck_assert_double_eq_tol(weight[0], 1 / c.temperature, tolerance);
    ck_ok(nudge_calibrate(m, d, 1, &c, &err), &err); /* again: nothing is left to do */
    ck_assert_double_eq_tol(c.temperature, 1, tolerance * 100);
    nudge_metrics_free(&metrics);
}

START_TEST(temperature)
{
    nudge_dtype dtype = _i % 2 ? NUDGE_F32 : NUDGE_F64;
    int classes = _i / 2; /* 0: bce; cross-entropy; focal, by the log loss, too */
    nudge_loss loss = classes == 2 ? NUDGE_FOCAL : classes ? NUDGE_CROSS_ENTROPY : NUDGE_BCE;
    nudge_model *m = identity(loss, dtype, classes ? 3 : 1);
    nudge_dataset *d = classes ? arrays(dtype, 14, 3, 3, three, NULL, class_of_three)
                               : arrays(dtype, 14, 1, 1, one, label_of_one, NULL);
    double tolerance = dtype == NUDGE_F64 ? 1e-6 : 2e-5;
    if (classes)
        check_temperature(m, d, 2.553592750307325, 1.0167050826381678, 0.7585617342748547,
                          tolerance);
    else
        check_temperature(m, d, 0.7335758810885475, 0.569275827669469, 0.5625081060636783,
                          tolerance);
    nudge_model_free(m);
    nudge_dataset_free(d);
}
END_TEST

/* Two networks, the outputs of one twice those of the other: both are divided. */
START_TEST(temperature_of_members)
{
    nudge_model *m = identity(NUDGE_CROSS_ENTROPY, NUDGE_F64, 3), *member = NULL, *other;
    other = identity(NUDGE_CROSS_ENTROPY, NUDGE_F64, 3);
    const double twice[9] = {2, 0, 0, 0, 2, 0, 0, 0, 2};
    double first[9], second[9];
    ck_ok(nudge_model_set_layer(other, 0, twice, NULL, &err), &err);
    ck_ok(nudge_model_add_members(m, other, &err), &err);
    nudge_dataset *d = arrays(NUDGE_F64, 14, 3, 3, three, NULL, class_of_three);
    nudge_calibration c;
    ck_ok(nudge_calibrate(m, d, 1, &c, &err), &err);
    ck_assert(c.temperature > 2 && c.temperature < 2 * 2.56 && c.after < c.before);
    ck_ok(nudge_model_member(&member, m, 1, &err), &err);
    ck_ok(nudge_model_get_layer(m, 0, first, NULL, &err), &err);
    ck_ok(nudge_model_get_layer(member, 0, second, NULL, &err), &err);
    ck_assert_double_eq_tol(first[0], 1 / c.temperature, 1e-12);
    ck_assert_double_eq_tol(second[4], 2 / c.temperature, 1e-12);
    nudge_model_free(m);
    nudge_model_free(other);
    nudge_model_free(member);
    nudge_dataset_free(d);
}
END_TEST

/* Where all rows are right the best temperature is 0. */
START_TEST(no_temperature)
{
    const double x[3] = {1, 2, -3}, y[3] = {1, 1, 0};
    nudge_model *m = identity(NUDGE_BCE, NUDGE_F64, 1);
    nudge_model *numbers = identity(NUDGE_MSE, NUDGE_F64, 1);
    nudge_dataset *d = arrays(NUDGE_F64, 3, 1, 1, x, y, NULL);
    uint64_t hash = nudge_model_hash(m);
    nudge_calibration c;
    ck_ok(nudge_calibrate(m, d, 1, &c, &err), &err);
    ck_assert(c.is_open && c.temperature == 1 && c.after == c.before);
    ck_assert(nudge_model_hash(m) == hash);
    ck_says(nudge_calibrate(numbers, d, 1, &c, &err), NUDGE_EARGUMENT, "mse", &err);
    nudge_model_free(m);
    nudge_model_free(numbers);
    nudge_dataset_free(d);
}
END_TEST

/* ---- Intervals ------------------------------------------------------------------------- */

/* Predictions are the inputs; residuals are |y - x| = 1, 2, ..., 19, in some order. */
START_TEST(place_of_the_residual)
{
    double x[19], y[19], low[2], high[2], two[2] = {10, -5};
    for (size_t i = 0; i < 19; i++) {
        x[i] = (double)i;
        y[i] = x[i] + (i % 2 ? 1.0 : -1.0) * (double)(i * 7 % 19 + 1);
    }
    nudge_model *m = identity(NUDGE_MSE, NUDGE_F64, 1), *copy = NULL;
    nudge_dataset *d = arrays(NUDGE_F64, 19, 1, 1, x, y, NULL);
    static const struct {
        double coverage, width; /* ceil(20 coverage) */
    } cases[] = {{0.9, 18}, {0.95, 19}, {0.5, 10}, {0.51, 11}, {0.01, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_ok(nudge_interval_learn(m, d, cases[i].coverage, 1, &err), &err);
        nudge_model_info info = nudge_model_describe(m);
        ck_assert(info.interval_coverage == cases[i].coverage);
        ck_assert_double_eq_tol(info.interval_width[0], cases[i].width, 1e-12);
    }
    ck_ok(nudge_model_copy(&copy, m, &err), &err);
    ck_ok(nudge_interval(copy, two, 2, low, high, &err), &err);
    ck_assert_double_eq_tol(low[1], -6, 1e-12);
    ck_assert_double_eq_tol(high[0], 11, 1e-12);
    ck_assert_uint_eq(nudge_interval_rows(0.9), 9);
    ck_assert_uint_eq(nudge_interval_rows(0.95), 19);
    ck_says(nudge_interval_learn(m, d, 0.96, 1, &err), NUDGE_EDATA,
            "an interval for 0.96 needs 24 validation rows at least; there are 19", &err);
    ck_status(nudge_interval_learn(m, d, 1, 1, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_interval_learn(m, d, NAN, 1, &err), NUDGE_EARGUMENT, &err);
    ck_assert(nudge_model_describe(m).interval_coverage == 0.01); /* still */
    nudge_train_options o = small_options();
    nudge_trainer *t = NULL;
    ck_ok(nudge_trainer_create(&t, m, d, NULL, &o, &err), &err); /* training on forgets it, */
    ck_assert(nudge_model_describe(m).interval_coverage == 0);
    ck_ok(nudge_interval_learn(m, d, 0.9, 1, &err), &err);
    ck_ok(nudge_trainer_epoch(t, NULL, &err), &err); /* each time, */
    ck_assert(nudge_model_describe(m).interval_coverage == 0);
    ck_ok(nudge_interval_learn(m, d, 0.9, 1, &err), &err);
    ck_ok(nudge_model_set_layer(m, 0, NULL, &(double){1}, &err), &err); /* and other weights */
    ck_assert(nudge_model_describe(m).interval_coverage == 0);
    nudge_trainer_free(t);
    ck_status(nudge_interval(m, two, 2, low, high, &err), NUDGE_EARGUMENT, &err);
    nudge_model_free(m);
    nudge_model_free(copy);
    nudge_dataset_free(d);
}
END_TEST

enum { KNOWN = 3000, NEW = 6000 };

/* The part of the rows whose target is within its interval. */
static double covered(const nudge_model *m, const nudge_dataset *d, size_t rows, size_t outputs,
                      size_t k)
{
    double *p = calloc(4 * rows, outputs * sizeof *p), *t = p + rows * outputs;
    double *low = t + rows * outputs, *high = low + rows * outputs;
    size_t within = 0;
    ck_ok(nudge_predict(m, d, 1, p, &err), &err);
    ck_ok(nudge_targets(m, d, t, &err), &err);
    ck_ok(nudge_interval(m, p, rows, low, high, &err), &err);
    for (size_t i = k; i < rows * outputs; i += outputs)
        within += t[i] >= low[i] && t[i] <= high[i];
    free(p);
    return (double)within / (double)rows;
}

/* Noise of two sizes; the network is any. */
START_TEST(coverage)
{
    enum { ROWS = KNOWN + NEW };
    nudge_loss loss = _i ? NUDGE_POISSON : NUDGE_MSE;
    double *x = made_array(ROWS * 2, 1, 1), *y = made_array(ROWS * 2, 1, 2);
    for (size_t i = 0; i < ROWS * 2; i++)
        y[i] = _i ? floor(6 * y[i] * y[i]) : x[i] + (i % 2 ? 30 : 1) * y[i] * y[i] * y[i];
    nudge_dataset *known = arrays(NUDGE_F32, KNOWN, 2, 2, x, y, NULL);
    nudge_dataset *new = arrays(NUDGE_F32, NEW, 2, 2, x + 2 * KNOWN, y + 2 * KNOWN, NULL);
    nudge_model *m = made_model(loss, NUDGE_F32, 2, (size_t[]){2, 8, 2}, NUDGE_TANH, NUDGE_IDENTITY,
                                1);
    ck_ok(nudge_interval_learn(m, known, 0.9, 1, &err), &err);
    for (size_t k = 0; k < 2; k++) {
        double part = covered(m, new, NEW, 2, k);
        ck_assert_msg(part > 0.87 && part < 0.93, "%g", part);
    }
    double zero[2] = {0, 0}, low[2], high[2];
    ck_ok(nudge_interval(m, zero, 1, low, high, &err), &err);
    ck_assert(_i ? low[0] == 0 : low[0] < 0);
    free(x);
    free(y);
    nudge_dataset_free(known);
    nudge_dataset_free(new);
    nudge_model_free(m);
}
END_TEST

/* Of a logarithm: the same factor up and down; and the file. */
START_TEST(of_a_transform)
{
    enum { ROWS = 400 };
    double *x = made_array(ROWS, 1, 3), *noise = made_array(ROWS, 1, 4), y[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        y[i] = exp(2 * x[i] + noise[i]);
    nudge_table *t = table_columns(ROWS, 2);
    table_numbers(t, 0, "x", x);
    table_numbers(t, 1, "y", y);
    t->columns[1].is_target = 1;
    nudge_prep *prep = NULL;
    nudge_prep_options o = {.size = sizeof o, .loss = NUDGE_MSE,
                            .target_transform = NUDGE_TRANSFORM_LOG};
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &o, &err), &err);
    nudge_model_options options = nudge_model_defaults();
    options.layers = 1;
    options.widths = (size_t[]){1, 1};
    nudge_model *m = NULL, *back = NULL;
    ck_ok(nudge_model_create(&m, &options, prep, &err), &err);
    nudge_dataset *d = pack(t, prep, NUDGE_F32, NULL);
    ck_ok(nudge_interval_learn(m, d, 0.9, 1, &err), &err);
    double part = covered(m, d, ROWS, 1, 0), width = nudge_model_describe(m).interval_width[0];
    ck_assert(part >= 0.9 && part < 0.91);
    double low, high;
    ck_ok(nudge_model_save(m, in_folder("m"), &err), &err);
    ck_ok(nudge_model_load(&back, in_folder("m"), &err), &err);
    ck_ok(nudge_interval(back, &(double){7}, 1, &low, &high, &err), &err);
    ck_assert_double_eq_tol(low, 7 / exp(width), 1e-12);
    ck_assert_double_eq_tol(high, 7 * exp(width), 1e-9);
    free(x);
    free(noise);
    nudge_dataset_free(d);
    nudge_prep_free(prep);
    nudge_model_free(m);
    nudge_model_free(back);
}
END_TEST

START_TEST(damaged)
{
    static const char *const wrong[] = {
        "null", "[]", "{}", "0.9", "{\"coverage\": 0.9}", "{\"coverage\": 0.9, \"width\": 1}",
        "{\"coverage\": 0.9, \"width\": [1]}", "{\"coverage\": 0.9, \"width\": [1, -1]}",
        "{\"coverage\": 0.9, \"width\": [1, \"2\"]}", "{\"coverage\": 1, \"width\": [1, 2]}",
        "{\"coverage\": \"0.9\", \"width\": [1, 2]}",
        "{\"coverage\": 0.9, \"width\": [1, 2], \"more\": 1}"};
    json_t *right = json_loads("{\"coverage\": 0.9, \"width\": [1, 0]}", 0, NULL);
    nu_interval interval = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *json = json_loads(wrong[i], JSON_DECODE_ANY, NULL);
        ck_status(nu_interval_from_json(&interval, json, 2, NUDGE_MSE, &err), NUDGE_EDATA, &err);
        nu_interval_forget(&interval);
        json_decref(json);
    }
    ck_status(nu_interval_from_json(&interval, right, 2, NUDGE_BCE, &err), NUDGE_EDATA, &err);
    ck_ok(nu_interval_from_json(&interval, right, 2, NUDGE_MSE, &err), &err);
    ck_assert(interval.coverage == 0.9 && interval.width[1] == 0);
    nu_interval_forget(&interval);
    json_decref(right);
}
END_TEST

static Suite *held_out_suite(void)
{
    Suite *s = suite_create("held_out");
    TCase *tc = tcase_create("held_out");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, temperature, 0, 6);
    tcase_add_test(tc, temperature_of_members);
    tcase_add_test(tc, no_temperature);
    tcase_add_test(tc, place_of_the_residual);
    tcase_add_loop_test(tc, coverage, 0, 2);
    tcase_add_test(tc, of_a_transform);
    tcase_add_test(tc, damaged);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(held_out_suite)
