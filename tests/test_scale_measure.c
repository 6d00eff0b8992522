/* What a study knows without measuring: which weights must be the same, and the bytes of a step. */
#include <string.h>

#include "scale/weights.h"
#include "scale/work.h"
#include "suite.h"

/* Two values on 1 and 2 threads, two repeats each; all weights alike but for the value. */
static scale_repeat repeats[4][2];
static scale_point points[4];

static scale_study study_of(scale_mode mode)
{
    for (size_t i = 0; i < 4; i++) {
        points[i] = (scale_point){.threads = 1 + (int)i % 2, .value = 8 * (i / 2 + 1), .n = 2};
        points[i].repeats = repeats[i];
        for (size_t r = 0; r < 2; r++)
            repeats[i][r].hash = points[i].value;
    }
    return (scale_study){.mode = mode, .n_points = 4, .points = points};
}

START_TEST(alike)
{
    char why[200] = "";
    scale_study s = study_of(SCALE_BATCH);
    scale_compare_weights(&s, why, sizeof why);
    ck_assert_int_eq(s.identical, 1);
    ck_assert_str_eq(why, "");
}
END_TEST

START_TEST(different_threads)
{
    char why[200] = "";
    scale_study s = study_of(SCALE_BATCH);
    repeats[3][1].hash = 17;
    scale_compare_weights(&s, why, sizeof why);
    ck_assert_int_eq(s.identical, 0);
    ck_assert_ptr_nonnull(strstr(why, "between 1 and 2 threads (0000000000000010 and "
                                      "0000000000000011)"));
}
END_TEST

START_TEST(different_repeats)
{
    char why[200] = "";
    scale_study s = study_of(SCALE_WEAK);
    repeats[0][1].hash = 9;
    scale_compare_weights(&s, why, sizeof why);
    ck_assert_int_eq(s.identical, 0);
    ck_assert_ptr_nonnull(strstr(why, "between two repeats on 1 thread ("));
}
END_TEST

/* In weak mode each count has a batch of its own; with one count there is nothing to compare. */
START_TEST(no_question)
{
    char why[200] = "";
    scale_study s = study_of(SCALE_WEAK);
    points[1].value = points[0].value;
    repeats[1][0].hash = repeats[1][1].hash = 99;
    scale_compare_weights(&s, why, sizeof why);
    ck_assert_int_eq(s.identical, -1);
    s = study_of(SCALE_STRONG);
    s.n_points = 1;
    scale_compare_weights(&s, why, sizeof why);
    ck_assert_int_eq(s.identical, -1);
    ck_assert_str_eq(why, "");
}
END_TEST

/* 3-5-2, batch 7: weights 3*5 + 5*2 = 25, biases 5 + 2, so 32 parameters.
 *   batch 2*7*3 = 42; weights 32 + (32 - 15) + 32 = 81; gradient 2*32 = 64;
 *   activations 2*7*(5 + 2) = 98; adam's two states 2*2*32 = 128.   285 and 413 numbers. */
START_TEST(bytes)
{
    size_t widths[] = {3, 5, 2};
    scale_point p = {.batch = 7, .layers = 2, .widths = widths, .parameters = 32};
    nudge_optimizer sgd = nudge_optimizer_defaults(NUDGE_SGD);
    nudge_optimizer adam = nudge_optimizer_defaults(NUDGE_ADAM);
    nudge_optimizer rmsprop = nudge_optimizer_defaults(NUDGE_RMSPROP);
    rmsprop.momentum = 0.9;
    ck_assert(scale_step_bytes(&p, &sgd, 4) == 4 * 285);
    ck_assert(scale_step_bytes(&p, &adam, 8) == 8 * 413);
    ck_assert(scale_step_bytes(&p, &rmsprop, 4) == 4 * 413);
    sgd.momentum = 0.9;
    ck_assert(scale_step_bytes(&p, &sgd, 4) == 4 * (285 + 64));
}
END_TEST

static Suite *scale_suite(void)
{
    Suite *suite = suite_create("scale_measure");
    TCase *weights = tcase_create("weights"), *work = tcase_create("work");
    tcase_add_test(weights, alike);
    tcase_add_test(weights, different_threads);
    tcase_add_test(weights, different_repeats);
    tcase_add_test(weights, no_question);
    tcase_add_test(work, bytes);
    suite_add_tcase(suite, weights);
    suite_add_tcase(suite, work);
    return suite;
}

SUITE_MAIN(scale_suite)
