/* The small programs that nudge grew from, with the public API in f64: the same numbers. */
#include "model_fixtures.h"
#include "suite.h"

/* Full-batch gradient descent on rows of n inputs and one target. */
static void descend(nudge_model *model, const nudge_dataset *data, double lr, size_t epochs)
{
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = lr;
    options.batch = 4;
    options.epochs = epochs;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, NULL, &err), &err);
}

static const double line_x[4] = {1, 2, 3, 4}, line_y[4] = {3, 5, 7, 9};

/* w, b and the prediction at 5 after 1000 epochs with lr 0.01 from zeros. */
static void fit_line(double *w, double *b, double *at_5)
{
    nudge_error err;
    nudge_dataset *data = NULL, *five = NULL;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 4, 1, 1, line_x, line_y, NULL, &err), &err);
    ck_ok(nudge_dataset_from_arrays(&five, NUDGE_F64, 1, 1, 1, (const double[]){5}, NULL, NULL,
                                    &err), &err);
    nudge_model_options options = nudge_model_defaults();
    options.dtype = NUDGE_F64;
    options.layers = 1;
    options.widths = (const size_t[]){1, 1};
    options.init = NUDGE_INIT_ZEROS;
    nudge_model *model = NULL;
    ck_ok(nudge_model_create(&model, &options, NULL, &err), &err);
    descend(model, data, 0.01, 1000);
    ck_ok(nudge_model_get_layer(model, 0, w, b, &err), &err);
    ck_ok(nudge_predict(model, five, 0, at_5, &err), &err);
    nudge_model_free(model);
    nudge_dataset_free(five);
    nudge_dataset_free(data);
}

/* w -= lr * mean(2 (w x + b - y) x), b -= lr * mean(2 (w x + b - y)), to 1e-12. */
START_TEST(linear_model)
{
    double w = 0, b = 0;
    for (int epoch = 0; epoch < 1000; epoch++) {
        double dw = 0, db = 0;
        for (int i = 0; i < 4; i++) {
            double error = w * line_x[i] + b - line_y[i];
            dw += 2 * error * line_x[i] / 4;
            db += 2 * error / 4;
        }
        w -= 0.01 * dw;
        b -= 0.01 * db;
    }
    double our_w, our_b, our_5;
    fit_line(&our_w, &our_b, &our_5);
    ck_assert_double_eq_tol(our_w, w, 1e-12);
    ck_assert_double_eq_tol(our_b, b, 1e-12);
    ck_assert_double_eq_tol(our_5, 5 * w + b, 1e-12);
    ck_assert_double_eq_tol(our_w, 2, 0.05);
    ck_assert_double_eq_tol(our_b, 1, 0.05);
    ck_assert_double_eq_tol(our_5, 11, 0.05);
}
END_TEST

/* What this prints under Node.js, to 1e-12:
 *   let w = 0, b = 0; const X = [1, 2, 3, 4], Y = [3, 5, 7, 9];
 *   for (let e = 0; e < 1000; e++) {
 *     let dw = 0, db = 0;
 *     X.forEach((x, i) => { const d = w * x + b - Y[i]; dw += 2 * d * x; db += 2 * d; });
 *     w -= 0.01 * dw / 4; b -= 0.01 * db / 4;
 *   }
 *   console.log(w, b, w * 5 + b); */
START_TEST(linear_model_javascript)
{
    double w, b, at_5;
    fit_line(&w, &b, &at_5);
    ck_assert_double_eq_tol(w, 2.0048610156782556, 1e-12);
    ck_assert_double_eq_tol(b, 0.9857080211211781, 1e-12);
    ck_assert_double_eq_tol(at_5, 11.010013099512456, 1e-12);
}
END_TEST

/* 2-3-1, ReLU, OR, lr 0.1, 2000 epochs; the published outputs to 1e-9. The initial weights are
 * Python's random.seed(42) and random.random() - 0.5 for W1 row by row, b1, W2, b2. */
START_TEST(or_network)
{
    static const double initial[13] = {
        0.13942679845788375,  -0.47498924477733306, -0.22497068163088074, -0.27678926185117725,
        0.2364712141640124,   0.1766994874229113,   0.3921795677048454,   -0.41306116737058385,
        -0.07807818031472957, -0.47020278056192966, -0.28136202519639664, 0.005355288103362388,
        -0.4734640303161364};
    static const double published[4] = {0.0001366865621504898, 0.9957488276314435,
                                        0.9957563261906683, 1.0078647407626835};
    static const double x[8] = {0, 0, 0, 1, 1, 0, 1, 1}, y[4] = {0, 1, 1, 1};
    nudge_error err;
    nudge_dataset *data = NULL;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 4, 2, 1, x, y, NULL, &err), &err);
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 2, (const size_t[]){2, 3, 1},
                                    NUDGE_RELU, NUDGE_IDENTITY, 1);
    made_set_weights(model, initial);
    descend(model, data, 0.1, 2000);
    double outputs[4];
    ck_ok(nudge_predict(model, data, 0, outputs, &err), &err);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(outputs[i], published[i], 1e-9);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *programs_suite(void)
{
    Suite *suite = suite_create("programs");
    TCase *tc = tcase_create("small programs");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, linear_model);
    tcase_add_test(tc, linear_model_javascript);
    tcase_add_test(tc, or_network);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(programs_suite)
