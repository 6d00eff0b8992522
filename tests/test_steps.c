/* The time of single steps of a training. */
#include "model_fixtures.h"
#include "suite.h"

/* 5 epochs of 7 batches; room for fewer, for just as many, for more. The weights are those of a run
 * without clocks. */
START_TEST(each_step)
{
    static const size_t room[] = {0, 9, 35, 50};
    nudge_step step[50];
    nudge_steps steps = {.step = step, .room = room[_i], .n = 99};
    nudge_dataset *data = wide_data(100, 1);
    nudge_model *model = wide_model(), *plain = wide_model();
    nudge_train_options options = small_options();
    nudge_train_result result;
    nudge_error err;
    options.threads = 2;
    options.oversubscribe = 1;
    ck_ok(nudge_train(plain, data, NULL, &options, NULL, &err), &err);
    options.steps = &steps;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(model), nudge_model_hash(plain));
    ck_assert_uint_eq(steps.n, room[_i] < 35 ? room[_i] : 35);
    ck_assert(steps.clock_seconds > 0 && steps.clock_seconds < 1e-3);
    double sum = 0;
    for (size_t i = 0; i < steps.n; i++) {
        ck_assert_double_gt(step[i].seconds, 0);
        ck_assert(step[i].last_thread == 0 || step[i].last_thread == 1);
        sum += step[i].seconds;
    }
    ck_assert_double_le(sum, result.train_seconds);
    nudge_model_free(plain);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* One epoch of 10,000 steps on one thread is its steps and next to nothing more. */
START_TEST(steps_fill_an_epoch)
{
    enum { STEPS = 10000 };
    static nudge_step step[STEPS];
    nudge_steps steps = {.step = step, .room = STEPS};
    nudge_dataset *data = small_data(STEPS, 1);
    nudge_model *model = small_model();
    nudge_train_options options = small_options();
    nudge_train_result result;
    nudge_error err;
    options.threads = 1;
    options.batch = 1;
    options.epochs = 1;
    options.steps = &steps;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    ck_assert_uint_eq(steps.n, STEPS);
    double sum = 0;
    for (size_t i = 0; i < STEPS; i++) {
        ck_assert_int_eq(step[i].last_thread, 0);
        sum += step[i].seconds;
    }
    ck_assert_double_le(sum, result.train_seconds);
    ck_assert_double_ge(sum, 0.5 * result.train_seconds);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Refused before the first step; diverged after some of those asked for. */
START_TEST(no_steps)
{
    nudge_step step[10];
    nudge_steps steps = {.step = step, .room = 10, .n = 99};
    nudge_dataset *data = small_data(100, 1);
    nudge_model *model = small_model();
    nudge_train_options options = small_options();
    nudge_error err;
    options.steps = &steps;
    options.batch = 0;
    ck_status(nudge_train(model, data, NULL, &options, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_assert_uint_eq(steps.n, 0);
    options.batch = 100;
    options.epochs = 10;
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1e300;
    ck_status(nudge_train(model, data, NULL, &options, NULL, &err), NUDGE_EDIVERGED, &err);
    ck_assert_uint_ge(steps.n, 1);
    ck_assert_uint_lt(steps.n, 10);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *steps_suite(void)
{
    Suite *suite = suite_create("steps");
    TCase *steps = tcase_create("steps");
    tcase_add_loop_test(steps, each_step, 0, 4);
    tcase_add_test(steps, steps_fill_an_epoch);
    tcase_add_test(steps, no_steps);
    suite_add_tcase(suite, steps);
    return suite;
}

SUITE_MAIN(steps_suite)
