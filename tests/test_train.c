/* Training: what is reported, in which order it uses rows, its plan. */
#include <pthread.h>
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"

/* ---- Batches and order ---- */

START_TEST(batch_larger_than_rows)
{
    nudge_dataset *data = small_data(50, 1);
    nudge_train_options options = small_options();
    options.batch = 50;
    uint64_t hash = trained(data, &options);
    options.batch = 51;
    ck_assert_uint_eq(trained(data, &options), hash);
    options.batch = SIZE_MAX;
    ck_assert_uint_eq(trained(data, &options), hash);
    /* One batch of all rows is never shuffled. */
    options.shuffle = 0;
    options.seed = 99;
    ck_assert_uint_eq(trained(data, &options), hash);
    nudge_dataset_free(data);
}
END_TEST

/* The seed decides the order, the order the result. */
START_TEST(seeds)
{
    nudge_dataset *data = small_data(100, 1);
    nudge_train_options options = small_options();
    uint64_t one = trained(data, &options);
    ck_assert_uint_eq(trained(data, &options), one);
    options.seed = 2;
    ck_assert_uint_ne(trained(data, &options), one);
    options.shuffle = 0;
    uint64_t in_order = trained(data, &options);
    ck_assert_uint_ne(in_order, one);
    options.seed = 3;
    ck_assert_uint_eq(trained(data, &options), in_order);
    nudge_dataset_free(data);
}
END_TEST

#define LINE_ROWS 23
#define LINE_BATCH 5

/* z = X w + b for one output; sgd by hand, to 1e-12 relative: each batch's loss is taken before
 * its update, and the epoch's is the mean over samples, so that the last batch (3 rows) counts
 * less. */
START_TEST(train_loss)
{
    const size_t line[] = {2, 1};
    double *x = made_array(LINE_ROWS * 2, 1, 8), *y = made_array(LINE_ROWS, 2, 9);
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, LINE_ROWS, 2, 1, x, y, NULL, &err), &err);
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 1, line, NUDGE_IDENTITY,
                                    NUDGE_IDENTITY, 1);
    double w[2], b, total = 0;
    ck_ok(nudge_model_get_layer(model, 0, w, &b, &err), &err);
    for (size_t first = 0; first < LINE_ROWS; first += LINE_BATCH) {
        size_t end = first + LINE_BATCH < LINE_ROWS ? first + LINE_BATCH : LINE_ROWS;
        double n = (double)(end - first), g[3] = {0};
        for (size_t i = first; i < end; i++) {
            double d = x[2 * i] * w[0] + x[2 * i + 1] * w[1] + b - y[i];
            total += d * d;
            g[0] += 2 * d * x[2 * i] / n;
            g[1] += 2 * d * x[2 * i + 1] / n;
            g[2] += 2 * d / n;
        }
        w[0] -= 0.1 * g[0];
        w[1] -= 0.1 * g[1];
        b -= 0.1 * g[2];
    }
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 0.1;
    options.batch = LINE_BATCH;
    options.epochs = 1;
    options.shuffle = 0;
    nudge_train_result result;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    double expected = total / LINE_ROWS;
    ck_assert_double_eq_tol(result.last.train_loss, expected, 1e-12 * expected);
    double our_w[2], our_b;
    ck_ok(nudge_model_get_layer(model, 0, our_w, &our_b, &err), &err);
    ck_assert_double_eq_tol(our_w[0], w[0], 1e-12);
    ck_assert_double_eq_tol(our_w[1], w[1], 1e-12);
    ck_assert_double_eq_tol(our_b, b, 1e-12);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(y);
    free(x);
}
END_TEST

/* In an epoch every row is used once: with a rate so small that the weights hardly move, the
 * training loss of a shuffled epoch is the evaluated loss (to 1e-9, which one row more or less
 * would exceed by far). */
START_TEST(every_row_once)
{
    nudge_dataset *data = small_data(1003, 1);
    nudge_model *model = small_model();
    nudge_metrics metrics;
    nudge_error err;
    ck_ok(nudge_evaluate(model, data, 0, &metrics, &err), &err);
    nudge_train_options options = small_options();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1e-13;
    options.batch = 64;
    options.epochs = 3;
    nudge_train_result result;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    double loss = value_of(metrics, LOSS);
    ck_assert_double_eq_tol(result.last.train_loss, loss, 1e-9 * loss);
    nudge_metrics_free(&metrics);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Training accuracy of a classifier: likewise. */
START_TEST(train_accuracy)
{
    nudge_dataset *data = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F64, 501, 6, 3, 1);
    nudge_model *model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 2, small_widths, NUDGE_TANH,
                                    NUDGE_IDENTITY, 1);
    nudge_metrics metrics;
    nudge_error err;
    ck_ok(nudge_evaluate(model, data, 0, &metrics, &err), &err);
    nudge_train_options options = small_options();
    options.optimizer.lr = 1e-13;
    options.epochs = 1;
    nudge_train_result result;
    ck_ok(nudge_train(model, data, data, &options, &result, &err), &err);
    ck_assert_double_eq_tol(result.last.train_accuracy, value_of(metrics, ACCURACY), 1e-12);
    ck_assert_double_eq_tol(result.last.val_accuracy, value_of(metrics, ACCURACY), 1e-12);
    ck_assert(isnan(result.last.val_rmse));
    nudge_metrics_free(&metrics);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* ---- Two trainers in one process ---- */

typedef struct job {
    const nudge_dataset *data;
    nudge_train_options options;
    uint64_t hash;
} job;

static void *do_job(void *arg)
{
    job *j = arg;
    j->hash = trained(j->data, &j->options);
    return NULL;
}

START_TEST(two_at_once)
{
    nudge_dataset *data = small_data(2000, 1);
    job jobs[2];
    uint64_t alone[2];
    for (int i = 0; i < 2; i++) {
        jobs[i].data = data;
        jobs[i].options = small_options();
        jobs[i].options.seed = (uint64_t)i + 1;
        jobs[i].options.batch = 512; /* work enough for two threads */
        jobs[i].options.threads = 2;
        do_job(&jobs[i]);
        alone[i] = jobs[i].hash;
    }
    ck_assert_uint_ne(alone[0], alone[1]);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, do_job, &jobs[i]), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_uint_eq(jobs[i].hash, alone[i]);
    nudge_dataset_free(data);
}
END_TEST

/* ---- The plan ---- */

START_TEST(plan)
{
    const size_t image[] = {784, 128, 10};
    nudge_dataset *data = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, 1003, 784, 10, 1);
    nudge_dataset *val = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, 100, 784, 10, 2);
    nudge_model *model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F32, 2, image, NUDGE_RELU,
                                    NUDGE_IDENTITY, 1);
    nudge_train_options options = nudge_train_defaults();
    nudge_train_plan p;
    nudge_error err;
    ck_ok(nudge_train_plan_make(&p, model, data, val, &options, &err), &err);
    ck_assert_int_eq(p.threads, nudge_threads(0, NULL));
    ck_assert_uint_eq(p.batch, 64);
    ck_assert_uint_eq(p.batches, 16); /* 15 * 64 + 43 */
    ck_assert_uint_eq(p.parameters, 784 * 128 + 128 + 128 * 10 + 10);
    double products = 784 * 128 + 128 * 10;
    double flops = 6. * 1003 * products - 2. * 1003 * 784 * 128;
    ck_assert_double_eq_tol(p.flops_per_epoch, flops, 1e-12 * flops);
    ck_assert_uint_eq(p.total, p.dataset + p.weights + p.gradients + p.optimizer_state
                      + p.snapshot + p.activations + p.evaluation);
    ck_assert_uint_ge(p.dataset, (1003 + 100) * (784 * 4 + 4));
    ck_assert_uint_ge(p.weights, p.parameters * 4);
    ck_assert_uint_ge(p.snapshot, p.parameters * 4);
    ck_assert_uint_ge(p.optimizer_state, 2 * p.weights); /* adam's two means */
    ck_assert_uint_lt(p.optimizer_state, 3 * p.weights);
    ck_assert_uint_gt(p.activations, 0);
    ck_assert_uint_gt(p.evaluation, 0);
    ck_assert_uint_gt(strlen(p.explain), 0);
    ck_assert_ptr_nonnull(memchr(p.explain, '\0', sizeof p.explain));

    /* Plain sgd keeps no state; the batch is at most all
     * rows. */
    uint64_t activations = p.activations;
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.threads = 1;
    options.batch = 5000;
    ck_ok(nudge_train_plan_make(&p, model, data, NULL, &options, &err), &err);
    ck_assert_int_eq(p.threads, 1);
    ck_assert_ptr_null(p.threads_why);
    ck_assert_uint_eq(p.optimizer_state, 0);
    ck_assert_uint_eq(p.batch, 1003);
    ck_assert_uint_eq(p.batches, 1);
    ck_assert_uint_gt(p.activations, activations);
    nudge_model_free(model);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
}
END_TEST

/* ---- Updates ---- */

/* The first step with momentum is w - lr (g + decay w), as without: v starts at 0. The one makes
 * the gradient g and then updates, the other updates within the product. Layers with products over
 * the whole batch, in blocks of rows (100 wide) and in tiles (1100 wide). A few roundings
 * of w apart; the step itself is a thousand times as large. */
START_TEST(sgd_with_and_without_momentum)
{
    const size_t widths[][4] = {{70, 100, 90, 3}, {70, 1100, 600, 3}};
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, 64, 70, 3, 21);
    double *w[3];
    nudge_error err;
    nudge_model *model = NULL;
    for (int momentum = 0; momentum < 3; momentum++) { /* 2: the initial weights */
        model = made_model(NUDGE_MSE, NUDGE_F64, 3, widths[_i], NUDGE_TANH, NUDGE_IDENTITY, 3);
        nudge_train_options options = nudge_train_defaults();
        options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
        options.optimizer.lr = 0.05;
        options.optimizer.weight_decay = 0.3;
        options.optimizer.momentum = momentum == 1 ? 0.9 : 0;
        options.batch = 64;
        options.epochs = 1;
        if (momentum < 2)
            ck_ok(nudge_train(model, data, NULL, &options, NULL, &err), &err);
        w[momentum] = made_weights(model);
        if (momentum < 2)
            nudge_model_free(model);
    }
    double step = 0, apart = 0;
    size_t n = (size_t)nudge_model_describe(model).parameters;
    for (size_t i = 0; i < n; i++) {
        step = fmax(step, fabs(w[0][i] - w[2][i]));
        apart = fmax(apart, fabs(w[0][i] - w[1][i]));
    }
    ck_assert_msg(step > 1e-3, "a step of %g", step);
    ck_assert_msg(apart < 1e-15, "apart by %g", apart);
    for (int i = 0; i < 3; i++)
        free(w[i]);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static TCase *add_tcase(Suite *suite, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return tc;
}

static Suite *train_suite(void)
{
    Suite *suite = suite_create("train");
    TCase *tc = add_tcase(suite, "batches");
    tcase_add_test(tc, batch_larger_than_rows);
    tcase_add_test(tc, seeds);
    tcase_add_test(tc, train_loss);
    tcase_add_test(tc, every_row_once);
    tcase_add_test(tc, train_accuracy);
    tc = add_tcase(suite, "updates");
    tcase_add_loop_test(tc, sgd_with_and_without_momentum, 0, 2);
    tc = add_tcase(suite, "plan and process");
    tcase_add_test(tc, two_at_once);
    tcase_add_test(tc, plan);
    return suite;
}

SUITE_MAIN(train_suite)
