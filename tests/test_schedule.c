/* Schedules: learning rates against PyTorch's, what is refused, and plateau in a training run. */
#include <math.h>
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"
#include "torch_fixtures.h"
#include "train/schedule.h"

enum { EPOCHS = 8, PER_EPOCH = 5, UPDATES = EPOCHS * PER_EPOCH };
#define LR 0.1

/* The learning rate of each of 40 updates, with the losses that PyTorch's got. PyTorch's schedulers
 * multiply the rate before: 40 roundings. Tolerance: 1e-12 of lr and of the rate. */
START_TEST(rates_of_pytorch)
{
    json_t *ref = torch_reference();
    const json_t *item = json_array_get(json_object_get(ref, "schedules"), (size_t)_i);
    const json_t *losses = json_object_get(ref, "losses_of_epochs");
    const json_t *rates = json_object_get(item, "rates");
    nudge_schedule s = torch_schedule(item);
    nudge_error err;
    ck_ok(nu_schedule_check(&s, LR, &err), &err);
    ck_assert_uint_eq(json_array_size(rates), UPDATES);
    nu_plateau plateau = nu_plateau_start();
    for (uint64_t u = 1; u <= UPDATES; u++) {
        nu_moment at = {u, UPDATES, PER_EPOCH};
        double got = LR * nu_schedule_factor(&s, LR, at) * plateau.factor;
        double want = json_number_value(json_array_get(rates, u - 1));
        ck_assert_msg(fabs(got - want) <= 1e-12 * fmax(fabs(want), 1e-3 * LR),
                      "schedule %d, update %d: %.17g, PyTorch's %.17g", _i, (int)u, got, want);
        if (u % PER_EPOCH == 0) {
            const char *loss = json_string_value(json_array_get(losses, u / PER_EPOCH - 1));
            nu_plateau_update(&plateau, &s, LR, strtod(loss, NULL));
        }
    }
    json_decref(ref);
}
END_TEST

#define SCHEDULES 21

/* The file has every schedule, and as many items as the loop runs. */
START_TEST(complete)
{
    json_t *ref = torch_reference();
    const json_t *all = json_object_get(ref, "schedules"), *item;
    ck_assert_uint_eq(json_array_size(all), SCHEDULES);
    size_t i, kinds = 0;
    unsigned seen = 0;
    json_array_foreach(all, i, item)
        seen |= 1u << torch_schedule(item).kind;
    while (nudge_schedule_name((nudge_schedule_kind)kinds) != NULL)
        kinds++;
    ck_assert_uint_eq(seen, (1u << kinds) - 1);
    json_decref(ref);
}
END_TEST

/* No schedule makes a rate negative or more than lr, from one update to many. */
START_TEST(factors_stay_in_range)
{
    nudge_schedule s = nudge_schedule_defaults((nudge_schedule_kind)_i);
    s.step = 1;
    s.gamma = 0.5;
    for (uint64_t updates = 1; updates < 30; updates++)
        for (uint64_t u = 1; u <= updates; u++)
            for (int k = 0; k < 12; k++) {
                s.rise = k % 3 / 2.0;
                s.warmup = k / 3 / 2.0;
                double f = nu_schedule_factor(&s, LR, (nu_moment){u, updates, updates});
                ck_assert_msg(f >= 0 && f <= 1, "update %d of %d: %g", (int)u, (int)updates, f);
            }
}
END_TEST

/* At rise 1 the highest rate comes last. */
START_TEST(one_cycle_may_only_rise)
{
    nudge_schedule s = nudge_schedule_defaults(NUDGE_SCHEDULE_ONE_CYCLE);
    s.rise = 1;
    ck_assert(nu_schedule_factor(&s, LR, (nu_moment){UPDATES, UPDATES, PER_EPOCH}) == 1);
    double first = nu_schedule_factor(&s, LR, (nu_moment){1, UPDATES, PER_EPOCH});
    ck_assert_double_eq_tol(first, 1.0 / 25, 1e-16);
}
END_TEST

/* Each is refused with a message that names the parameter. */
START_TEST(refused)
{
    nudge_schedule bad[16];
    const char *names[16];
    size_t n = 0;
    for (size_t i = 0; i < 16; i++)
        bad[i] = nudge_schedule_defaults(NUDGE_SCHEDULE_CONSTANT);
#define BAD(kind_, field, value)          \
    (bad[n].kind = NUDGE_SCHEDULE_##kind_, \
     bad[n].field = (value), names[n++] = #field)
    BAD(CONSTANT, warmup, -1);
    BAD(CONSTANT, warmup, (double)NAN);
    BAD(STEP, step, 0);
    BAD(EXPONENTIAL, gamma, 0);
    BAD(EXPONENTIAL, gamma, -0.5); /* would make every other rate negative */
    BAD(EXPONENTIAL, gamma, 1.5);
    BAD(PLATEAU, gamma, (double)NAN);
    BAD(COSINE, min_lr, -1e-9);
    BAD(COSINE, min_lr, LR * 1.01);
    BAD(INVSCALING, power, -0.5);
    BAD(ONE_CYCLE, rise, 1.1);
    BAD(ONE_CYCLE, div, 0.5);
    BAD(ONE_CYCLE, final_div, (double)INFINITY);
    BAD(PLATEAU, threshold, 1);
    bad[n].kind = (nudge_schedule_kind)99;
    names[n++] = "99";
    for (size_t i = 0; i < n; i++) {
        nudge_error err = {0};
        ck_assert_int_eq(nu_schedule_check(&bad[i], LR, &err), NUDGE_EARGUMENT);
        ck_assert_msg(strstr(err.text, names[i]) != NULL, "%s: %s", names[i], err.text);
    }
    nudge_schedule s = nudge_schedule_defaults(NUDGE_SCHEDULE_EXPONENTIAL);
    ck_assert_int_eq(nu_schedule_check(&s, LR, NULL), NUDGE_EARGUMENT); /* gamma must be set */
}
END_TEST

static int keep_rate(const nudge_epoch *epoch, void *user)
{
    ((double *)user)[epoch->epoch - 1] = epoch->lr;
    return 0;
}

/* In a run: validation data whose loss cannot fall by half, so that each epoch after the first
 * halves the rate. Without it the training loss decides; nudge_epoch tells the rate. */
START_TEST(plateau_in_a_run)
{
    nudge_dataset *data = small_data(60, 1), *val = small_data(30, 5);
    nudge_model *model = small_model();
    nudge_train_options o = small_options();
    double rates[4];
    nudge_error err;
    o.epochs = 4;
    o.optimizer.lr = 1e-6;
    o.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_PLATEAU);
    o.schedule.patience = 0;
    o.schedule.gamma = 0.5;
    o.schedule.threshold = 0.5;
    o.on_epoch = keep_rate;
    o.user = rates;
    for (int with_val = 0; with_val < 2; with_val++) {
        ck_ok(nudge_train(model, data, with_val ? val : NULL, &o, NULL, &err), &err);
        for (int i = 0; i < 4; i++)
            ck_assert(rates[i] == (i == 0 ? 1e-6 : 1e-6 / (1 << (i - 1))));
    }
    nudge_model_free(model);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
}
END_TEST

static Suite *schedule_suite(void)
{
    Suite *suite = suite_create("schedule");
    TCase *tc = tcase_create("schedule");
    tcase_add_loop_test(tc, rates_of_pytorch, 0, SCHEDULES);
    tcase_add_test(tc, complete);
    tcase_add_loop_test(tc, factors_stay_in_range, 0, NUDGE_SCHEDULE_PLATEAU + 1);
    tcase_add_test(tc, one_cycle_may_only_rise);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, plateau_in_a_run);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(schedule_suite)
