/* Training that cannot go on, or must not begin. */
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"

/* ---- Divergence ---- */

static int never_called(const nudge_epoch *epoch, void *user)
{
    (void)user;
    ck_abort_msg("epoch %zu was reported", epoch->epoch);
    return 0;
}

/* lr 1e30 is too much for the second batch; the weights go back to the initial ones. */
START_TEST(diverges_in_first_epoch)
{
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, 1000, 6, 3, 1);
    const size_t wide[] = {6, 200, 3}; /* work enough for several threads */
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F32, 2, wide, NUDGE_RELU, NUDGE_IDENTITY, 1);
    uint64_t initial = nudge_model_hash(model);
    nudge_train_options options = small_options();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1e30;
    options.batch = 256;
    options.threads = _i;
    options.on_epoch = never_called;
    nudge_train_result result;
    nudge_error err;
    ck_status(nudge_train(model, data, NULL, &options, &result, &err), NUDGE_EDIVERGED, &err);
    ck_assert_uint_eq(result.epochs, 0);
    ck_assert_uint_eq(result.diverged_epoch, 1);
    ck_assert_uint_eq(result.diverged_batch, 2);
    ck_assert_ptr_nonnull(strstr(err.text, "epoch 1"));
    ck_assert_ptr_nonnull(strstr(err.text, "batch 2"));
    ck_assert_uint_eq(nudge_model_hash(model), initial);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* A rate that doubles errors needs several epochs to overflow: the weights are those after the
 * last epoch whose numbers were finite. Once with each dtype; one batch an epoch. */
START_TEST(diverges_later)
{
    nudge_dtype dtype = (nudge_dtype)_i;
    nudge_dataset *data = made_data(NUDGE_MSE, dtype, 40, 6, 3, 1);
    const size_t line[] = {6, 3};
    nudge_model *model = made_model(NUDGE_MSE, dtype, 1, line, NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    nudge_train_options options = small_options();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1e6;
    options.batch = 40;
    options.epochs = 1000;
    nudge_train_result result;
    nudge_error err;
    ck_status(nudge_train(model, data, NULL, &options, &result, &err), NUDGE_EDIVERGED, &err);
    ck_assert_uint_ge(result.epochs, 2);
    ck_assert_uint_eq(result.diverged_epoch, result.epochs + 1);
    ck_assert_uint_eq(result.diverged_batch, 1);
    double *weights = made_weights(model);
    for (size_t i = 0; i < 6 * 3 + 3; i++)
        ck_assert_msg(isfinite(weights[i]), "weight %zu is %g", i, weights[i]);
    free(weights);
    uint64_t hash = nudge_model_hash(model);
    nudge_model_free(model);
    model = made_model(NUDGE_MSE, dtype, 1, line, NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    options.epochs = result.epochs;
    ck_ok(nudge_train(model, data, NULL, &options, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(model), hash);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* An update that makes weights infinite after a finite loss, the last of its epoch and perhaps of
 * the run: no weight may be left infinite or NaN. A gradient of about 60 times lr overflows. */
START_TEST(diverges_in_last_update)
{
    double *x = made_array(40 * 6, 1, 1), *y = made_array(40 * 3, 1000, 2);
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 40, 6, 3, x, y, NULL, &err), &err);
    nudge_model *model = small_model();
    uint64_t initial = nudge_model_hash(model);
    nudge_train_options options = small_options();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1e308;
    options.batch = 40;
    options.epochs = (size_t)_i;
    ck_status(nudge_train(model, data, NULL, &options, NULL, &err), NUDGE_EDIVERGED, &err);
    ck_assert_uint_eq(nudge_model_hash(model), initial);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(y);
    free(x);
}
END_TEST

/* ---- What is refused ---- */

static void refuse_data(const nudge_model *model, const nudge_dataset *good,
                        const nudge_dataset *bad)
{
    nudge_train_options options = small_options();
    uint64_t hash = nudge_model_hash(model);
    nudge_train_plan plan;
    nudge_metrics metrics;
    nudge_error err;
    nudge_model *same = (nudge_model *)(uintptr_t)model; /* training must not get as far */
    ck_status(nudge_train(same, bad, NULL, &options, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_assert_int_eq(err.status, NUDGE_EMISMATCH);
    ck_assert_uint_gt(strlen(err.text), 10);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_status(nudge_train(same, good, bad, &options, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_status(nudge_train_plan_make(&plan, model, bad, NULL, &options, &err), NUDGE_EMISMATCH,
              &err);
    ck_status(nudge_train_plan_make(&plan, model, good, bad, &options, &err), NUDGE_EMISMATCH,
              &err);
    ck_status(nudge_evaluate(model, bad, 0, &metrics, &err), NUDGE_EMISMATCH, &err);
    ck_assert_uint_eq(nudge_model_hash(model), hash);
}

START_TEST(mismatches)
{
    nudge_error err;
    nudge_dataset *good = small_data(20, 1), *none = NULL;
    nudge_model *model = small_model();
    const double x[12] = {0};
    ck_ok(nudge_dataset_from_arrays(&none, NUDGE_F64, 2, 6, 3, x, NULL, NULL, &err), &err);
    nudge_dataset *bad[] = {
        made_data(NUDGE_MSE, NUDGE_F64, 20, 7, 3, 1),           /* features */
        made_data(NUDGE_MSE, NUDGE_F64, 20, 6, 2, 1),           /* outputs */
        made_data(NUDGE_MSE, NUDGE_F32, 20, 6, 3, 1),           /* dtype */
        made_data(NUDGE_CROSS_ENTROPY, NUDGE_F64, 20, 6, 3, 1), /* kind of target */
        none,                                                   /* no target */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refuse_data(model, good, bad[i]);
        nudge_dataset_free(bad[i]);
    }
    nudge_model *classifier = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 2, small_widths,
                                         NUDGE_TANH, NUDGE_IDENTITY, 1);
    nudge_dataset *classes = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F64, 20, 6, 3, 1);
    refuse_data(classifier, classes, good);
    nudge_dataset_free(classes);
    nudge_model_free(classifier);
    nudge_model_free(model);
    nudge_dataset_free(good);
}
END_TEST

/* One option out of range each. */
START_TEST(bad_options)
{
    nudge_dataset *data = small_data(20, 1);
    nudge_model *model = small_model();
    uint64_t hash = nudge_model_hash(model);
    static const double negative[] = {1, -1}, nan[] = {NAN, 1};
    nudge_train_options bad[25];
    size_t n = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad[i] = small_options();
    bad[n++].batch = 0;
    bad[n++].epochs = 0;
    bad[n++].threads = -1;
    bad[n++].optimizer.lr = 0;
    bad[n++].optimizer.lr = -1;
    bad[n++].optimizer.lr = NAN;
    bad[n++].optimizer.lr = INFINITY;
    bad[n++].optimizer.weight_decay = -0.1;
    bad[n++].optimizer.beta1 = 1;
    bad[n++].optimizer.beta1 = -0.1;
    bad[n++].optimizer.beta2 = 1;
    bad[n++].optimizer.eps = 0;
    bad[n].optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    bad[n++].optimizer.momentum = -0.5;
    bad[n].optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    bad[n++].optimizer.nesterov = 1; /* without momentum */
    bad[n].optimizer = nudge_optimizer_defaults(NUDGE_RMSPROP);
    bad[n++].optimizer.alpha = 1;
    bad[n].optimizer = nudge_optimizer_defaults(NUDGE_RMSPROP);
    bad[n++].optimizer.eps = -1;
    bad[n].optimizer = nudge_optimizer_defaults(NUDGE_ADAGRAD);
    bad[n++].optimizer.eps = 0;
    bad[n++].optimizer.weight_decay = NAN;
    bad[n++].optimizer.l1 = -0.1;
    bad[n++].optimizer.l1 = NAN;
    bad[n++].lr_factors = negative;
    bad[n++].lr_factors = nan;
    bad[n++].schedule.min_lr = 1; /* above lr */
    bad[n++].schedule.kind = NUDGE_SCHEDULE_STEP; /* without its step */
    bad[n++].optimizer.kind = (nudge_optimizer_kind)99;
    ck_assert_uint_eq(n, sizeof bad / sizeof bad[0]);
    for (size_t i = 0; i < n; i++) {
        nudge_error err = {0};
        nudge_status status = nudge_train(model, data, NULL, &bad[i], NULL, &err);
        ck_assert_msg(status == NUDGE_EARGUMENT, "bad option %zu: %s", i,
                      nudge_status_text(status));
        ck_assert_uint_gt(strlen(err.text), 10);
        ck_assert_uint_eq(nudge_model_hash(model), hash);
        /* Errors are optional. */
        ck_assert_int_eq(nudge_train(model, data, NULL, &bad[i], NULL, NULL), NUDGE_EARGUMENT);
    }
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* What does not go with an optimizer that takes all rows as one batch: each is named. */
START_TEST(not_with_all_rows)
{
    nudge_dataset *data = small_data(20, 1);
    nudge_model *model = small_model();
    nudge_train_options usual = small_options();
    usual.optimizer = nudge_optimizer_defaults((nudge_optimizer_kind)_i);
    usual.batch = 20;
    nudge_train_options bad[14];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad[i] = usual;
    static const char *const says[] = {"19", "accumulate", "schedule", "warmup", "clip_value",
                                       "clip_norm", "ntk", "drop_last", "average", "dropout",
                                       "lr_factors", "l1", "max_norm", "bias_lr_factor"};
    bad[0].batch = 19;
    bad[1].accumulate = 2;
    bad[2].schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_COSINE);
    bad[3].schedule.warmup = 1;
    bad[4].clip_value = 1;
    bad[5].clip_norm = 1;
    nudge_error err;
    const double halves[] = {0.5, 0.5, 0.5};
    bad[6].ntk = 1;
    bad[7].drop_last = 1;
    bad[8].average = 0.9;
    bad[9].dropout = halves;
    bad[10].lr_factors = halves;
    bad[11].optimizer.l1 = 0.1;
    bad[12].max_norm = 1;
    bad[13].bias_lr_factor = 0.5;
    for (size_t i = 0; i < (_i == NUDGE_LBFGS ? sizeof bad / sizeof bad[0] : 8); i++) {
        ck_status(nudge_train(model, data, NULL, &bad[i], NULL, &err), NUDGE_EARGUMENT, &err);
        ck_assert_msg(strstr(err.text, says[i]) != NULL, "'%s' lacks '%s'", err.text, says[i]);
        ck_assert_ptr_nonnull(strstr(err.text, nudge_optimizer_name(usual.optimizer.kind)));
    }
    ck_ok(nudge_train(model, data, NULL, &usual, NULL, &err), &err);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *train_refused_suite(void)
{
    Suite *suite = suite_create("train_refused");
    TCase *tc = tcase_create("divergence");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, diverges_in_first_epoch, 1, 4); /* threads */
    tcase_add_loop_test(tc, diverges_later, NUDGE_F32, NUDGE_F64 + 1);
    tcase_add_loop_test(tc, diverges_in_last_update, 1, 3); /* epochs */
    suite_add_tcase(suite, tc);
    tc = tcase_create("refused");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, mismatches);
    tcase_add_test(tc, bad_options);
    tcase_add_loop_test(tc, not_with_all_rows, NUDGE_RPROP, NUDGE_LBFGS + 1);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(train_refused_suite)
