/* Greedy selection of models for an average, against cases small enough to do by hand. */
#include <math.h>

#include "suite.h"
#include "support/selection.h"

enum { MODELS = 4 };

/* Models that predict one number each, where 1 is right. */
static double squared_error(const size_t *times, size_t picks, void *user)
{
    const double *prediction = user;
    double sum = 0;
    for (size_t i = 0; i < MODELS; i++)
        sum += times[i] > 0 ? (double)times[i] * prediction[i] : 0;
    return (sum / (double)picks - 1) * (sum / (double)picks - 1);
}

static double selected(size_t *times, double *prediction, size_t most)
{
    double alone[MODELS];
    for (size_t i = 0; i < MODELS; i++)
        alone[i] = (prediction[i] - 1) * (prediction[i] - 1);
    return select_models(times, alone, MODELS, most, squared_error, prediction);
}

/* 1.2 is the best alone (error 0.04); with 0.7 the mean is 0.95; with 1.2 again 1.0333 (0.0011), the
 * least; then nothing is better. The third has no error that is a number, and 3 is never near. */
START_TEST(picks_are_repeated)
{
    double prediction[] = {0.7, 1.2, NAN, 3};
    size_t times[MODELS];
    double loss = selected(times, prediction, 3);
    ck_assert_double_eq_tol(loss, 1. / 900, 1e-12);
    ck_assert_uint_eq(times[0], 1);
    ck_assert_uint_eq(times[1], 2);
    ck_assert_uint_eq(times[2] + times[3], 0);
}
END_TEST

/* Two picks: 0.95 is better than 1.2 alone. One: 1.2 it is. */
START_TEST(no_more_than_asked_for)
{
    double prediction[] = {0.7, 1.2, NAN, 3};
    size_t times[MODELS];
    ck_assert_double_eq_tol(selected(times, prediction, 2), 0.0025, 1e-12);
    ck_assert_uint_eq(times[0] * 10 + times[1], 11);
    ck_assert_double_eq_tol(selected(times, prediction, 1), 0.04, 1e-12);
    ck_assert_uint_eq(times[0] * 10 + times[1], 1);
}
END_TEST

/* Of equal ones the first, and no more than is better. */
START_TEST(the_smallest_of_equal_averages)
{
    double prediction[] = {1.5, 1.5, 1.5, NAN};
    size_t times[MODELS];
    ck_assert_double_eq_tol(selected(times, prediction, 5), 0.25, 1e-12);
    ck_assert_uint_eq(times[0], 1);
    ck_assert_uint_eq(times[1] + times[2] + times[3], 0);
}
END_TEST

START_TEST(nothing_to_choose)
{
    double prediction[] = {NAN, NAN, NAN, NAN};
    size_t times[MODELS] = {7, 7, 7, 7};
    ck_assert(isnan(selected(times, prediction, 5)));
    ck_assert_uint_eq(times[0] + times[1] + times[2] + times[3], 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("selection");
    TCase *t = tcase_create("all");
    tcase_add_test(t, picks_are_repeated);
    tcase_add_test(t, no_more_than_asked_for);
    tcase_add_test(t, the_smallest_of_equal_averages);
    tcase_add_test(t, nothing_to_choose);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(make_suite)
