/* Permutation importance: of linear models, where it is known. */
#include "dataset_fixtures.h"

static nudge_error err;

enum { ROWS = 300, COLUMNS = 3 };

/* Numbers a and b, and a town; y = 3 a + 2 (Genf), whatever b is. */
static nudge_table *made_table(void)
{
    double *a = made_array(ROWS, 1, 1), *b = made_array(ROWS, 1, 2), y[ROWS];
    const char *town[ROWS];
    for (size_t r = 0; r < ROWS; r++) {
        town[r] = r % 7 == 0 ? NULL : towns[r % 3];
        y[r] = 3 * a[r] + (r % 7 != 0 && r % 3 == 1 ? 2 : 0);
    }
    nudge_table *t = table_columns(ROWS, COLUMNS + 1);
    table_numbers(t, 0, "a", a);
    table_texts(t, 1, "town", town, towns, 3);
    table_numbers(t, 2, "b", b);
    table_numbers(t, 3, "y", y);
    t->columns[3].is_target = 1;
    free(a);
    free(b);
    return t;
}

/* One layer, which is right. */
static nudge_model *right_model(nudge_table *t, const double *weights, double bias,
                                const nudge_prep_options *options)
{
    nudge_prep *p = NULL;
    nudge_model *m = NULL;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, options, &err), &err);
    nudge_model_options o = nudge_model_defaults();
    o.dtype = NUDGE_F64;
    o.layers = 1;
    o.widths = (size_t[]){p->features, 1};
    ck_ok(nudge_model_create(&m, &o, p, &err), &err);
    ck_ok(nudge_model_set_layer(m, 0, weights, &bias, &err), &err);
    nudge_prep_free(p);
    return m;
}

static nudge_model *right_for_columns(nudge_table *t)
{
    nudge_prep_options as_they_are = {.size = sizeof as_they_are, .loss = NUDGE_MSE,
                                      .scale = NUDGE_SCALE_NONE,
                                      .target_scale = NUDGE_SCALE_NONE};
    return right_model(t, (double[]){3, 0, 2, 0, 0}, 0, &as_they_are); /* a, towns, b */
}

static double variance(const nudge_table *t, size_t j)
{
    double sum = 0, squares = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double v = j == 1 ? nu_table_cell(t, r, 1) == 1 : nu_table_cell(t, r, j);
        sum += v;
        squares += v * v;
    }
    return squares / ROWS - sum * sum / ROWS / ROWS;
}

static nudge_importance_options asked(size_t repeats, int threads)
{
    nudge_importance_options o = nudge_importance_defaults();
    o.repeats = repeats;
    o.threads = threads;
    o.wanted = NUDGE_METRIC_SET(NUDGE_METRIC_LOSS) | NUDGE_METRIC_SET(NUDGE_METRIC_R2);
    return o;
}

#define AT(metric, column) [NUDGE_METRIC_##metric * COLUMNS + (column)]

/* The mean of (x - x')^2 over pairs is twice the variance. */
START_TEST(of_a_linear_model)
{
    double mean[NUDGE_METRICS * COLUMNS], deviation[NUDGE_METRICS * COLUMNS];
    double again[NUDGE_METRICS * COLUMNS], same[NUDGE_METRICS * COLUMNS];
    nudge_table *t = made_table(), *before = made_table();
    nudge_model *m = right_for_columns(t);
    nudge_importance_options o = asked(40, 1);
    ck_ok(nudge_importance(m, t, &o, mean, deviation, &err), &err);
    const double slope[COLUMNS] = {3, 2, 0};
    for (size_t j = 0; j < COLUMNS; j++) {
        double rise = 2 * slope[j] * slope[j] * variance(t, j);
        ck_assert_double_eq_tol(mean AT(LOSS, j), rise, 0.05 * rise + 1e-12);
        ck_assert_double_eq_tol(mean AT(R2, j), rise / variance(t, 3), 0.05 * rise + 1e-12);
        ck_assert(j == 2 ? deviation AT(LOSS, j) == 0
                         : deviation AT(LOSS, j) > 0 && deviation AT(LOSS, j) < 0.2 * rise);
    }
    ck_assert(isnan(mean AT(MAE, 0)) && isnan(deviation AT(MAE, 0)));
    for (size_t r = 0; r < ROWS; r++) /* the table is as it was */
        for (size_t j = 0; j < COLUMNS; j++)
            ck_assert(memcmp(&(double){nu_table_cell(t, r, j)},
                             &(double){nu_table_cell(before, r, j)}, sizeof(double)) == 0);
    o.threads = 2;
    ck_ok(nudge_importance(m, t, &o, again, same, &err), &err);
    ck_assert_mem_eq(again, mean, sizeof mean);
    ck_assert_mem_eq(same, deviation, sizeof deviation);
    o.seed = 2;
    ck_ok(nudge_importance(m, t, &o, again, same, &err), &err);
    ck_assert(again AT(LOSS, 0) != mean AT(LOSS, 0));
    nudge_model_free(m);
    nudge_table_free(t);
    nudge_table_free(before);
}
END_TEST

/* The deviation over two repeats is half of their difference. */
START_TEST(deviation_over_repeats)
{
    double one[2][NUDGE_METRICS * COLUMNS], two[2][NUDGE_METRICS * COLUMNS];
    nudge_table *t = made_table();
    nudge_model *m = right_for_columns(t);
    nudge_importance_options o = asked(1, 1);
    ck_ok(nudge_importance(m, t, &o, one[0], one[1], &err), &err);
    ck_assert(one[1] AT(LOSS, 0) == 0);
    o.repeats = 2;
    ck_ok(nudge_importance(m, t, &o, two[0], two[1], &err), &err);
    double second = 2 * two[0] AT(LOSS, 0) - one[0] AT(LOSS, 0); /* the first column's first
                                                                  * shuffle is the same */
    ck_assert_double_eq_tol(two[1] AT(LOSS, 0), fabs(second - one[0] AT(LOSS, 0)) / 2, 1e-12);
    nudge_model_free(m);
    nudge_table_free(t);
}
END_TEST

/* Bytes, which datasets share with the table, and floats. */
START_TEST(of_a_matrix)
{
    enum { FEATURES = 2 };
    double mean[NUDGE_METRICS * FEATURES], deviation[NUDGE_METRICS * FEATURES];
    double x[40 * FEATURES], y[40];
    for (size_t r = 0; r < 40; r++) {
        x[2 * r] = (double)(r * 13 % 256);
        x[2 * r + 1] = (double)(r * 7 % 256);
        y[r] = x[2 * r + 1] + 0.5;
    }
    nu_element element = _i == 0 ? NU_U8 : _i == 1 ? NU_F32 : NU_F64;
    nudge_table *t = table_matrix(element, 40, FEATURES, x);
    table_values(t, 1, y);
    nudge_prep_options o = {.size = sizeof o, .loss = NUDGE_MSE, .target_scale = NUDGE_SCALE_NONE,
                            .scale = _i == 0 ? NUDGE_SCALE_AUTO : NUDGE_SCALE_NONE};
    nudge_model *m = right_model(t, (double[]){0, _i == 0 ? 255 : 1}, 0.5, &o);
    ck_ok(nudge_importance(m, t, NULL, mean, deviation, &err), &err);
    ck_assert_double_eq_tol(mean[NUDGE_METRIC_LOSS * FEATURES], 0, 1e-9);
    ck_assert_double_gt(mean[NUDGE_METRIC_LOSS * FEATURES + 1], 1000);
    for (size_t i = 0; i < 40 * FEATURES; i++)
        ck_assert(nu_value(t->x, element, i) == x[i]);
    nudge_model_free(m);
    nudge_table_free(t);
}
END_TEST

static int stop_at_second(size_t column, size_t columns, void *user)
{
    ck_assert_uint_eq(columns, COLUMNS);
    ++*(int *)user;
    return column == 1;
}

START_TEST(refused)
{
    double mean[NUDGE_METRICS * COLUMNS], deviation[NUDGE_METRICS * COLUMNS];
    int calls = 0;
    nudge_table *t = made_table(), *blind = made_table();
    nudge_model *m = right_for_columns(t), *bare = small_model();
    nudge_importance_options o = asked(1, 1), none = asked(0, 1);
    o.on_column = stop_at_second;
    o.user = &calls;
    ck_status(nudge_importance(m, t, &o, mean, deviation, &err), NUDGE_ESTOPPED, &err);
    ck_assert_int_eq(calls, 2);
    ck_says(nudge_importance(m, t, &none, mean, deviation, &err), NUDGE_EARGUMENT, "0 repeats",
            &err);
    ck_status(nudge_importance(bare, t, NULL, mean, deviation, &err), NUDGE_EARGUMENT, &err);
    strcpy(blind->columns[3].name, "z"); /* no target */
    ck_status(nudge_importance(m, blind, NULL, mean, deviation, &err), NUDGE_EMISMATCH, &err);
    nudge_model_free(m);
    nudge_model_free(bare);
    nudge_table_free(t);
    nudge_table_free(blind);
}
END_TEST

static Suite *importance_suite(void)
{
    Suite *s = suite_create("importance");
    TCase *tc = tcase_create("importance");
    tcase_add_test(tc, of_a_linear_model);
    tcase_add_test(tc, deviation_over_repeats);
    tcase_add_loop_test(tc, of_a_matrix, 0, 3);
    tcase_add_test(tc, refused);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(importance_suite)
