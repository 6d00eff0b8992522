/* Quantile scaling against scikit-learn's values, in columns and matrices; model files. */
#include <stdio.h>

#include "dataset_fixtures.h"
#include "quantiles.h"

static nudge_error err;

/* scipy.stats.norm.ppf; to 1e-15 of the value. */
START_TEST(normal_quantiles)
{
    static const double known[][2] = {
        {1e-300, -37.0470962993612},   {1e-20, -9.262340089798409},
        {1e-7, -5.1993375821928165},   {0.01, -2.3263478740408408},
        {0.074, -1.4466320671589785},  {0.076, -1.4325027208258116},
        {0.3, -0.5244005127080409},    {0.5, 0},
        {0.9, 1.2815515655446004},     {0.9999999, 5.199337582290661}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_double_eq_tol(nu_normal_quantile(known[i][0]), known[i][1],
                                1e-300 + 2e-15 * fabs(known[i][1]));
}
END_TEST

/* scikit-learn 1.2: QuantileTransformer(n_quantiles=1000, output_distribution="normal",
 * subsample=10**9).fit() of 2500 rows as below, with many ties in the second column; transform() of
 * these, to 1e-10. */
static const double known[][4] = {
    {-5.0, -1.0, -5.199337582605575, -5.199337582605575},
    {0.0, 0.0, -5.199337582605575, -5.199337582605575},
    {100.5, 0.5, -2.3043645033726374, -0.3588334068058776},
    {5000.0, 1.0, -1.4405088183584887, -0.3229319925266089},
    {123456.789, 3.25, -0.3265679469841393, -0.15175600966657068},
    {400000.0, 12.0, 0.43769277745790586, 0.4307272992954577},
    {890000.0, 24.5, 2.8198411372771317, 3.290245237308691},
    {1000000000.0, 25.0, 5.19933758270342, 5.19933758270342},
    {551042.2857142857, 19.0, 0.7895814849754813, 1.0509244426943407},
    {329623.0, 15.0, 0.2726603332591564, 0.6627237321480087},
};
enum { ROWS = 2500, KNOWN = sizeof known / sizeof *known };

static void make_cells(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double u = (double)(i * 7919 % 2503);
        a[i] = i < ROWS ? u * u / 7 : known[i - ROWS][0];
        b[i] = i >= ROWS ? known[i - ROWS][1] : fmod(u, 3) == 0 ? 0 : floor(u / 100);
    }
}

/* Learned of the first 2500 rows; the others are looked at. */
static nudge_prep *learned(const nudge_table *t, nudge_prep_options o)
{
    static uint32_t rows[ROWS];
    nudge_prep *p = NULL, *back = NULL;
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i] = i;
    o.size = sizeof o;
    o.loss = NUDGE_MSE;
    o.scale = NUDGE_SCALE_QUANTILE;
    ck_ok(nudge_prep_fit(&p, t, rows, ROWS, &o, &err), &err);
    char *text = prep_text(p);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    json_decref(json);
    free(text);
    nudge_prep_free(p);
    return back;
}

static void check_known(const nudge_dataset *d, double tolerance)
{
    for (size_t i = 0; i < KNOWN; i++)
        for (size_t j = 0; j < 2; j++)
            ck_assert_double_eq_tol(input(d, ROWS + i, j), known[i][2 + j], tolerance);
}

static nudge_table *columns(size_t constants)
{
    enum { ALL = ROWS + KNOWN };
    static double a[ALL], b[ALL], c[ALL];
    nudge_table *t = table_columns(ALL, 3 + constants);
    make_cells(a, b, ALL);
    table_numbers(t, 0, "a", a);
    table_numbers(t, 1, "b", b);
    for (size_t i = 0; i < ALL; i++)
        c[i] = i < ROWS ? 0.7 : 5;
    for (size_t j = 0; j < constants; j++)
        table_numbers(t, 2, "same", c);
    table_numbers(t, 2 + constants, "y", a);
    t->columns[2 + constants].is_target = 1;
    return t;
}

START_TEST(columns_as_scikit_learn)
{
    nudge_table *t = columns(1);
    nudge_prep *p = learned(t, (nudge_prep_options){0});
    nudge_dataset *d = pack(t, p, _i == 0 ? NUDGE_F64 : NUDGE_F32, NULL);
    check_known(d, _i == 0 ? 1e-10 : 1e-6);
    ck_assert_double_eq(input(d, 0, 2), 0); /* constant: not scaled */
    ck_assert_double_eq_tol(input(d, ROWS, 2), 4.3, 1e-6);
    ck_assert(isnan(nu_prep_scaled(p, 0, INFINITY))); /* which nudge_predict_row() refuses */
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

START_TEST(matrix_as_scikit_learn)
{
    enum { ALL = ROWS + KNOWN };
    static double a[ALL], b[ALL], x[2 * ALL];
    make_cells(a, b, ALL);
    for (size_t i = 0; i < ALL; i++) {
        x[2 * i] = a[i];
        x[2 * i + 1] = b[i];
    }
    nudge_table *t = table_matrix(NU_F64, ALL, 2, x);
    table_values(t, 1, a);
    nudge_prep *p = learned(t, (nudge_prep_options){0});
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    check_known(d, 1e-10);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* Bytes become numbers; few rows have few quantiles: scikit-learn's of 1, 0, 3, 3, 0, 0, 2 with
 * n_quantiles=7, of 1.3 by a model of them. Missing ones are filled first: 3, 3 and a fill of 3. */
START_TEST(few_rows)
{
    static const double cells[] = {1, 0, 3, 3, 0, 0, 2, 1.3};
    static const double want[] = {0, -5.199337582605575, 5.19933758270342, 5.19933758270342,
                                  -5.199337582605575, -5.199337582605575, 0.4307272992954577,
                                  0.12566134685507416};
    static const uint32_t rows[] = {0, 1, 2, 3, 4, 5, 6};
    nudge_prep_options o = {.size = sizeof o, .scale = NUDGE_SCALE_QUANTILE, .loss = NUDGE_MSE};
    nudge_prep *p = NULL;
    nudge_table *t = table_matrix(_i == 0 ? NU_U8 : NU_F32, 8, 1, cells);
    table_values(t, 1, cells);
    ck_ok(nudge_prep_fit(&p, t, rows, 7, &o, &err), &err);
    ck_assert_uint_eq(p->quantiles[0].n, 7);
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    for (size_t r = 0; r < (_i == 0 ? 7 : 8); r++)
        ck_assert_double_eq_tol(input(d, r, 0), want[r], r == 7 ? 1e-7 : 1e-12);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    t = table_columns(4, 2);
    table_numbers(t, 0, "x", (double[]){3, NAN, 1, 3});
    table_numbers(t, 1, "y", (double[]){1, 2, 3, 4});
    t->columns[1].is_target = 1;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    ck_assert_mem_eq(p->quantiles[0].at, ((double[]){1, 3, 3, 3}), 4 * sizeof(double));
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

/* Edges of bins are scaled alike. */
START_TEST(with_bins)
{
    nudge_table *t = columns(0);
    nudge_prep *p = learned(t, (nudge_prep_options){.encode = NUDGE_ENCODE_PIECEWISE, .bins = 4});
    ck_assert_uint_eq(p->features, 10);
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    const double *low = d->store->encoding.low;
    ck_assert_double_eq(low[1], nu_quantile_scaled(&p->quantiles[0], p->codes[0].at[0]));
    ck_assert_double_eq(low[2], nu_quantile_scaled(&p->quantiles[0], p->codes[0].at[1]));
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

static const struct {
    const char *quantiles, *part;
} damaged[] = {
    {"{\"a\": [0, 1, 0.5]}", "must not decrease"}, {"{\"a\": [1, 1, 1]}", "must differ"},
    {"{\"a\": [1]}", "array of 2 to 1000"},        {"{\"a\": [-1e308, 1e308]}", "finite number"},
    {"{\"a\": [0, null]}", "finite numbers"},      {"{\"z\": [0, 1]}", "by its name"},
    {"[]", "by its name"},                         {NULL, "need each other"},
};

START_TEST(damaged_quantiles)
{
    nudge_table *t = columns(0);
    nudge_prep *p = learned(t, (nudge_prep_options){0}), *back = NULL;
    json_t *json = nu_prep_to_json(p);
    if (damaged[_i].quantiles != NULL)
        json_object_set_new(json, "quantiles", json_loads(damaged[_i].quantiles, 0, NULL));
    else
        json_object_del(json, "quantiles");
    ck_says(nu_prep_from_json(&back, json, "m", &err), NUDGE_EDATA, damaged[_i].part, &err);
    json_decref(json);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

static Suite *quantile_scale_suite(void)
{
    Suite *s = suite_create("quantile_scale");
    TCase *c = tcase_create("quantiles");
    tcase_add_test(c, normal_quantiles);
    tcase_add_loop_test(c, columns_as_scikit_learn, 0, 2);
    tcase_add_test(c, matrix_as_scikit_learn);
    tcase_add_loop_test(c, few_rows, 0, 2);
    tcase_add_test(c, with_bins);
    tcase_add_loop_test(c, damaged_quantiles, 0, sizeof damaged / sizeof *damaged);
    suite_add_tcase(s, c);
    return s;
}

SUITE_MAIN(quantile_scale_suite)
