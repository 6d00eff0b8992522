/* Training: how its callbacks are called, what they see, and how they stop it. */
#include <pthread.h>

#include "model_fixtures.h"
#include "suite.h"

typedef struct record {
    pthread_t caller;
    size_t calls;
    size_t stop_at;  /* call number that returns non-zero; 0: none */
    size_t epochs;   /* asked for */
    size_t batches;  /* of an epoch */
    size_t batch, epoch;
    nudge_epoch last;
} record;

static int count_epoch(const nudge_epoch *epoch, void *user)
{
    record *r = user;
    r->calls++;
    ck_assert(pthread_equal(pthread_self(), r->caller));
    ck_assert_uint_eq(epoch->epoch, r->calls);
    ck_assert_uint_eq(epoch->epochs, r->epochs);
    ck_assert(isfinite(epoch->train_loss));
    ck_assert(isnan(epoch->train_accuracy));
    ck_assert(epoch->seconds >= 0);
    ck_assert(epoch->samples_per_s > 0);
    r->last = *epoch;
    return r->calls == r->stop_at;
}

START_TEST(epoch_callback)
{
    nudge_dataset *data = small_data(100, 1), *val = small_data(30, 5);
    nudge_model *model = small_model();
    record r = {.caller = pthread_self(), .epochs = 5};
    nudge_train_options options = small_options();
    options.on_epoch = count_epoch;
    options.user = &r;
    nudge_train_result result;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    ck_assert_uint_eq(r.calls, 5);
    ck_assert_int_eq(r.last.has_val, 0);
    ck_assert(isnan(r.last.val_loss) && isnan(r.last.val_accuracy) && isnan(r.last.val_rmse));
    ck_assert_uint_eq(result.epochs, 5);
    ck_assert(result.last.train_loss == r.last.train_loss);
    ck_assert(result.seconds >= result.train_seconds && result.train_seconds > 0);
    ck_assert(result.gflops > 0 && result.samples_per_s > 0);
    ck_assert_uint_eq(result.diverged_epoch, 0);
    ck_assert_uint_eq(result.diverged_batch, 0);

    /* With validation data: its loss is that of the weights after the epoch, as evaluated. */
    r.calls = 0;
    ck_ok(nudge_train(model, data, val, &options, &result, &err), &err);
    nudge_metrics metrics;
    ck_ok(nudge_evaluate(model, val, 0, &metrics, &err), &err);
    ck_assert_int_eq(r.last.has_val, 1);
    double loss = value_of(metrics, LOSS), rmse = value_of(metrics, RMSE);
    ck_assert_double_eq_tol(r.last.val_loss, loss, 1e-12 * loss);
    ck_assert_double_eq_tol(r.last.val_rmse, rmse, 1e-12 * rmse);
    ck_assert(isnan(r.last.val_accuracy));
    nudge_metrics_free(&metrics);
    nudge_model_free(model);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
}
END_TEST

/* Validation does not change the weights. */
START_TEST(validation_only_watches)
{
    nudge_dataset *data = small_data(100, 1), *val = small_data(30, 5);
    nudge_train_options options = small_options();
    nudge_model *model = small_model();
    nudge_error err;
    ck_ok(nudge_train(model, data, val, &options, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(model), trained(data, &options));
    nudge_model_free(model);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
}
END_TEST

/* Stopped after 3 epochs of 5: the same weights as 3 epochs of 3. */
START_TEST(stop_after_epoch)
{
    nudge_dataset *data = small_data(100, 1);
    nudge_model *model = small_model();
    record r = {.caller = pthread_self(), .epochs = 5, .stop_at = 3};
    nudge_train_options options = small_options();
    options.on_epoch = count_epoch;
    options.user = &r;
    nudge_train_result result;
    nudge_error err;
    ck_status(nudge_train(model, data, NULL, &options, &result, &err), NUDGE_ESTOPPED, &err);
    ck_assert_uint_eq(r.calls, 3);
    ck_assert_uint_eq(result.epochs, 3);
    ck_assert_uint_eq(result.last.epoch, 3);
    options.on_epoch = NULL;
    options.epochs = 3;
    ck_assert_uint_eq(nudge_model_hash(model), trained(data, &options));
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static int count_progress(const nudge_progress *progress, void *user)
{
    record *r = user;
    r->calls++;
    ck_assert(pthread_equal(pthread_self(), r->caller));
    ck_assert_uint_eq(progress->epochs, r->epochs);
    ck_assert_uint_eq(progress->batches, r->batches);
    ck_assert_uint_ge(progress->batch, 1);
    ck_assert_uint_le(progress->batch, progress->batches);
    ck_assert(progress->epoch > r->epoch
              || (progress->epoch == r->epoch && progress->batch > r->batch));
    ck_assert(isfinite(progress->loss) && progress->loss > 0);
    ck_assert(progress->seconds >= 0);
    r->epoch = progress->epoch;
    r->batch = progress->batch;
    return r->calls == r->stop_at;
}

/* Batches as many as make the clock worth asking. */
START_TEST(progress_callback)
{
    nudge_dataset *data = small_data(50000, 1);
    nudge_model *model = small_model();
    record r = {.caller = pthread_self(), .epochs = 3, .batches = 3125};
    nudge_train_options options = small_options();
    options.epochs = 3;
    options.on_progress = count_progress;
    options.progress_seconds = 0;
    options.user = &r;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, NULL, &err), &err);
    ck_assert_uint_ge(r.calls, 3);

    /* Asking to stop in the middle of an epoch. */
    r = (record){.caller = pthread_self(), .epochs = 3, .batches = 3125, .stop_at = 2};
    nudge_train_result result;
    ck_status(nudge_train(model, data, NULL, &options, &result, &err), NUDGE_ESTOPPED, &err);
    ck_assert_uint_eq(r.calls, 2);
    ck_assert_uint_lt(result.epochs, 3);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Progress reports do not change the weights. */
START_TEST(progress_only_watches)
{
    nudge_dataset *data = small_data(1000, 1);
    nudge_train_options options = small_options();
    uint64_t hash = trained(data, &options);
    record r = {.caller = pthread_self(), .epochs = 5, .batches = 63};
    options.on_progress = count_progress;
    options.progress_seconds = 0;
    options.user = &r;
    ck_assert_uint_eq(trained(data, &options), hash);
    nudge_dataset_free(data);
}
END_TEST

static Suite *callbacks_suite(void)
{
    Suite *suite = suite_create("train_callbacks");
    TCase *tc = tcase_create("callbacks");
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, epoch_callback);
    tcase_add_test(tc, validation_only_watches);
    tcase_add_test(tc, stop_after_epoch);
    tcase_add_test(tc, progress_callback);
    tcase_add_test(tc, progress_only_watches);
    return suite;
}

SUITE_MAIN(callbacks_suite)
