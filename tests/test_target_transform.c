/* Transforms of a target: lambda as scipy.stats.boxcox (1.10) has it, the same values from every
 * way to predict, metrics in the target's own units, and what cannot be transformed. */
#include "dataset_fixtures.h"
#include "prep/transform.h"

static nudge_error err;

enum { ROWS = 24 };

/* lambda near 0, well above and well below it; scipy's, and of the first three targets the
 * transforms with their mean taken off, over the standard deviation (over n). */
static const struct {
    double lambda, y[ROWS], z[3];
} known[] = {
    {-0.12135193903779279,
     {25.662, 0.163, 4.306, 1.456, 1.652, 2.144, 0.295, 2.106, 1.049, 105.141, 3.485, 1.844,
      1.995, 1.304, 0.852, 1.768, 4.619, 2.091, 7.795, 2.182, 2.792, 14.886, 4.951, 1.559},
     {1.660524030492929, -2.5192718648576635, 0.4679011320249576}},
    {0.5489373251691377,
     {18.14, 25.7, 17.97, 16.31, 21.53, 18.94, 12.72, 16.14, 19.51, 17.42, 18.74, 23.5,
      19.25, 18.08, 20.5, 18.05, 19.36, 20.86, 14.68, 16.13, 13.95, 20.93, 13.74, 19.67},
     {-0.05334000524136616, 2.2864634558568495, -0.11057767344611266}},
    {-0.3748020160641457,
     {0.161, 0.304, 0.176, 0.475, 0.155, 0.244, 0.305, 0.64, 0.179, 0.554, 0.328, 0.907,
      0.376, 0.244, 0.458, 0.437, 0.638, 0.402, 0.328, 0.168, 1.886, 0.558, 0.208, 0.732},
     {-1.5233045756987118, -0.21892639472654798, -1.3212552462597602}},
};

static nudge_table *table_of(size_t rows, const double *y)
{
    double x[ROWS];
    for (size_t i = 0; i < rows; i++)
        x[i] = (double)(i * 7 % 24) / 24;
    nudge_table *t = table_columns(rows, 2);
    table_numbers(t, 0, "x", x);
    table_numbers(t, 1, "y", y);
    t->columns[1].is_target = 1;
    return t;
}

static nudge_prep *learn(const nudge_table *t, nudge_transform transform, nudge_loss loss)
{
    nudge_prep *p = NULL;
    nudge_prep_options o = {.size = sizeof o, .loss = loss, .target_transform = transform};
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    return p;
}

START_TEST(lambda_as_scipy)
{
    nudge_table *t = table_of(ROWS, known[_i].y);
    nudge_prep *p = learn(t, NUDGE_TRANSFORM_BOX_COX, NUDGE_MSE);
    ck_assert_double_eq_tol(nudge_prep_target_lambda(p, 0), known[_i].lambda, 1e-6);
    size_t notes;
    ck_assert_ptr_nonnull(strstr(nudge_prep_notes(p, &notes)[0].text, "lambda"));
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    for (size_t r = 0; r < 3; r++)
        ck_assert_double_eq_tol(target(d, r, 0), known[_i].z[r], 2e-6);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* The value that the network is to give for a target, and back. */
START_TEST(there_and_back)
{
    static const double values[] = {1e-8, 0.2, 1, 3, 1e5};
    nudge_table *t = table_of(ROWS, known[1].y);
    nudge_prep *p = learn(t, (nudge_transform)_i, NUDGE_MSE);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double y = nu_transformed(p, 0, values[i]), v = values[i];
        double lambda = nudge_prep_target_lambda(p, 0);
        double direct = _i == NUDGE_TRANSFORM_LOG     ? log(v)
                        : _i == NUDGE_TRANSFORM_LOG1P ? log1p(v)
                                                      : (pow(v, lambda) - 1) / lambda;
        ck_assert_double_eq_tol(y, direct, 1e-13 * fmax(1, fabs(direct)));
        double z = (y - p->target_shift[0]) * p->target_factor[0];
        ck_assert_double_eq_tol(nu_target_raw(p, 0, z), v, 1e-8 * v + 1e-12);
    }
    nudge_table_free(t);
    nudge_prep_free(p);
}
END_TEST

/* Where Box-Cox has a bound: no prediction is infinite or below 0. */
START_TEST(beyond_the_bound)
{
    nudge_table *low = table_of(ROWS, known[2].y), *high = table_of(ROWS, known[1].y);
    nudge_prep *p = learn(low, NUDGE_TRANSFORM_BOX_COX, NUDGE_MSE);
    ck_assert_double_eq(nu_target_raw(p, 0, 1e6), 1.886); /* the largest */
    nudge_prep_free(p);
    p = learn(high, NUDGE_TRANSFORM_BOX_COX, NUDGE_MSE);
    ck_assert_double_eq(nu_target_raw(p, 0, -1e6), 0);
    nudge_prep_free(p);
    nudge_table_free(low);
    nudge_table_free(high);
}
END_TEST

/* predict, one row, targets and all metrics, against their definitions in own units. */
START_TEST(all_ways_agree)
{
    nudge_dtype dtype = _i % 2 ? NUDGE_F32 : NUDGE_F64;
    nudge_transform how = (nudge_transform)(1 + _i / 2);
    double tolerance = dtype == NUDGE_F32 ? 1e-5 : 1e-12;
    nudge_table *t = table_of(ROWS, known[1].y);
    nudge_prep *p = learn(t, how, NUDGE_MSE);
    nudge_model_options o = nudge_model_defaults();
    o.dtype = dtype;
    o.layers = 2;
    o.widths = (size_t[]){1, 5, 1};
    nudge_model *m = NULL;
    nudge_predictor *one = NULL;
    ck_ok(nudge_model_create(&m, &o, p, &err), &err);
    ck_ok(nudge_predictor_create(&one, m, &err), &err);
    nudge_dataset *d = pack(t, p, dtype, NULL);
    double all[ROWS], truth[ROWS], row;
    ck_ok(nudge_predict(m, d, 1, all, &err), &err);
    ck_ok(nudge_targets(m, d, truth, &err), &err);
    nudge_metrics metrics;
    ck_ok(nudge_evaluate(m, d, 1, &metrics, &err), &err);
    double squares = 0, absolute = 0, part = 0, spread = 0, mean = 0, loss = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double x = (double)(r * 7 % 24) / 24, y = known[1].y[r], e = all[r] - y;
        ck_ok(nudge_predict_row(one, &x, NULL, &row, &err), &err);
        ck_assert_double_eq_tol(row, all[r], tolerance * row);
        ck_assert_double_eq_tol(truth[r], y, tolerance * y);
        squares += e * e / ROWS;
        absolute += fabs(e) / ROWS;
        part += fabs(e) / y / ROWS;
        mean += y / ROWS;
        loss += pow(nu_transformed(p, 0, all[r]) - nu_transformed(p, 0, y), 2) / ROWS;
    }
    for (size_t r = 0; r < ROWS; r++)
        spread += pow(known[1].y[r] - mean, 2) / ROWS;
    tolerance *= 100;
    ck_assert_double_eq_tol(value_of(metrics, RMSE), sqrt(squares), tolerance);
    ck_assert_double_eq_tol(value_of(metrics, MAE), absolute, tolerance);
    ck_assert_double_eq_tol(value_of(metrics, MAPE), part, tolerance);
    ck_assert_double_eq_tol(value_of(metrics, R2), 1 - squares / spread, tolerance);
    ck_assert_double_eq_tol(value_of(metrics, LOSS), loss, tolerance);
    nudge_metrics_free(&metrics);
    nudge_predictor_free(one);
    nudge_model_free(m);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

START_TEST(refused)
{
    static const struct {
        nudge_transform how;
        nudge_loss loss;
        double third; /* target */
        const char *says;
    } cases[] = {
        {NUDGE_TRANSFORM_LOG, NUDGE_MSE, 0, "made.csv: target 'y' is 0 in data row 3; its "
         "transform log takes numbers above 0: log1p takes zeros too"},
        {NUDGE_TRANSFORM_LOG, NUDGE_MAE, -2, "is -2 in data row 3; its transform log takes numbers "
                                             "above 0: leave it as it is"},
        {NUDGE_TRANSFORM_LOG1P, NUDGE_HUBER, -2, "log1p takes numbers from 0 up"},
        {NUDGE_TRANSFORM_BOX_COX, NUDGE_QUANTILE, 0, "box-cox takes numbers above 0"},
        {NUDGE_TRANSFORM_LOG, NUDGE_POISSON, 4, "with the loss poisson the target is not"},
        {NUDGE_TRANSFORM_LOG, NUDGE_CROSS_ENTROPY, 4, "with the loss cross-entropy the target"},
        {(nudge_transform)4, NUDGE_MSE, 4, "target transform 4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double y[5] = {1, 2, cases[i].third, 7, 9};
        nudge_table *t = table_of(5, y);
        nudge_prep *p = NULL;
        nudge_prep_options o = {.size = sizeof o, .loss = cases[i].loss,
                                .target_transform = cases[i].how};
        int data = cases[i].third <= 0;
        ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), data ? NUDGE_EDATA : NUDGE_EARGUMENT,
                cases[i].says, &err);
        if (i + 1 < sizeof cases / sizeof *cases)
            ck_assert_str_eq(err.setting, "target_transform");
        nudge_table_free(t);
    }
    nudge_table *t = table_of(5, (double[]){1, 2, 3, 4.5, 6});
    nudge_prep *p = learn(t, NUDGE_TRANSFORM_LOG, NUDGE_MSE);
    nudge_table_free(t);
    pack_refused(table_of(5, (double[]){1, 2, 3, 4, -5}), p, NUDGE_EDATA, "is -5 in data row 5");
    nudge_prep_free(p);
}
END_TEST

/* The model file: the same bits, and nothing in it is trusted. */
START_TEST(in_the_file)
{
    static const char *const wrong[] = {
        "null", "\"log\"", "{}", "{\"name\": \"none\"}", "{\"name\": \"cube\"}",
        "{\"name\": \"log\", \"lambda\": [1]}", "{\"name\": \"log\", \"most\": [1]}",
        "{\"name\": \"log\", \"more\": 1}",
        "{\"name\": \"box-cox\"}", "{\"name\": \"box-cox\", \"lambda\": [1], \"most\": []}",
        "{\"name\": \"box-cox\", \"lambda\": [6], \"most\": [1]}",
        "{\"name\": \"box-cox\", \"lambda\": [\"1\"], \"most\": [1]}",
        "{\"name\": \"box-cox\", \"lambda\": [1], \"most\": [0]}",
        "{\"name\": \"box-cox\", \"lambda\": [1, 1], \"most\": [1, 1]}"};
    nudge_table *t = table_of(ROWS, known[0].y);
    for (int how = NUDGE_TRANSFORM_LOG; nudge_transform_name((nudge_transform)how); how++) {
        nudge_prep *p = learn(t, (nudge_transform)how, NUDGE_MSE), *back = NULL;
        char *text = prep_text(p);
        json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
        for (double z = -3; z < 4; z += 0.5)
            ck_assert(nu_target_raw(back, 0, z) == nu_target_raw(p, 0, z));
        for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
            nudge_prep *none = NULL;
            json_object_set_new(json, "target_transform",
                                json_loads(wrong[w], JSON_DECODE_ANY, NULL));
            ck_status(nu_prep_from_json(&none, json, "m", &err), NUDGE_EDATA, &err);
        }
        json_object_set_new(json, "target_transform", json_pack("{s:s}", "name", "log"));
        json_object_set_new(json, "loss", json_string("poisson"));
        json_object_set_new(json, "target_shift", json_real(0));
        json_object_set_new(json, "target_factor", json_real(1));
        nudge_prep *none = NULL;
        ck_says(nu_prep_from_json(&none, json, "m", &err), NUDGE_EDATA, "not transformed", &err);
        json_decref(json);
        free(text);
        nudge_prep_free(back);
        nudge_prep_free(p);
    }
    nudge_table_free(t);
}
END_TEST

/* Of each target its own lambda. */
START_TEST(two_targets)
{
    nudge_prep *p = NULL;
    nudge_prep_options o = {.size = sizeof o, .loss = NUDGE_MSE,
                            .target_transform = NUDGE_TRANSFORM_BOX_COX};
    nudge_table *t = table_columns(ROWS, 3);
    table_numbers(t, 0, "x", known[1].y);
    table_numbers(t, 1, "y", known[0].y);
    table_numbers(t, 2, "z", known[2].y);
    t->columns[1].is_target = t->columns[2].is_target = 1;
    t->columns[2].place = 1;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    ck_assert_double_eq_tol(nudge_prep_target_lambda(p, 0), known[0].lambda, 1e-6);
    ck_assert_double_eq_tol(nudge_prep_target_lambda(p, 1), known[2].lambda, 1e-6);
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    for (size_t r = 0; r < 3; r++) {
        ck_assert_double_eq_tol(target(d, r, 0), known[0].z[r], 2e-6);
        ck_assert_double_eq_tol(target(d, r, 1), known[2].z[r], 2e-6);
    }
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* The limit, as a file may have it: the logarithm. */
START_TEST(lambda_of_0)
{
    nudge_table *t = table_of(ROWS, known[0].y);
    nudge_prep *p = learn(t, NUDGE_TRANSFORM_BOX_COX, NUDGE_MSE), *back = NULL;
    json_t *json = nu_prep_to_json(p);
    json_object_set_new(json, "target_transform",
                        json_pack("{s:s, s:[f], s:[f]}", "name", "box-cox", "lambda", 0.0, "most",
                                  1000.0));
    json_object_set_new(json, "target_shift", json_real(0));
    json_object_set_new(json, "target_factor", json_real(1));
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    for (double z = -3; z < 4; z += 0.5)
        ck_assert_double_eq_tol(nu_target_raw(back, 0, z), exp(z), 1e-14 * exp(z));
    nudge_dataset *d = pack(t, back, NUDGE_F64, NULL);
    for (size_t r = 0; r < ROWS; r++)
        ck_assert_double_eq_tol(target(d, r, 0), log(known[0].y[r]), 1e-14);
    nudge_dataset_free(d);
    json_decref(json);
    nudge_prep_free(p);
    nudge_prep_free(back);
}
END_TEST

static Suite *target_transform_suite(void)
{
    Suite *s = suite_create("target_transform");
    TCase *tc = tcase_create("transforms");
    tcase_add_loop_test(tc, lambda_as_scipy, 0, 3);
    tcase_add_loop_test(tc, there_and_back, 1, 4);
    tcase_add_test(tc, two_targets);
    tcase_add_test(tc, lambda_of_0);
    tcase_add_test(tc, beyond_the_bound);
    tcase_add_loop_test(tc, all_ways_agree, 0, 6);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, in_the_file);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(target_transform_suite)
