/* Dropout: its rate and scale, and the gradient through fixed masks. */
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"

static nudge_train_options dropped(const double *rates, size_t batch)
{
    nudge_train_options o = nudge_train_defaults();
    o.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    o.optimizer.lr = 1e-300; /* so that only losses are seen */
    o.batch = batch;
    o.epochs = 1;
    o.dropout = rates;
    return o;
}

/* A hidden layer that gives ones, and an output that adds them up: the loss mse to a target of 0 is
 * the mean of (sum of n masks)^2, mae that of the sum. Each mask is 1 / (1 - p) with probability
 * 1 - p, so the sum has mean n and variance n p / (1 - p). Tolerance: five standard errors. */
START_TEST(rate_and_scale)
{
    enum { ROWS = 4000 };
    static const double rates[] = {0.1, 0.5, 0.9};
    static const size_t units[] = {1, 7, 64, 65, 200, 600};
    double rate = rates[_i % 3], n = (double)units[_i / 3];
    size_t widths[] = {2, units[_i / 3], 1}, parameters = 3 * widths[1] + widths[1] + 1;
    double *zeros = calloc(2 * ROWS, sizeof *zeros), *w = calloc(parameters, sizeof *w);
    double loss[2];
    nudge_error err;
    for (size_t j = 0; j < widths[1]; j++) /* layers.0.bias and layers.1.weight */
        w[2 * widths[1] + j] = w[3 * widths[1] + j] = 1;
    for (int square = 0; square < 2; square++) {
        nudge_dataset *data = NULL;
        nudge_loss kind = square ? NUDGE_MSE : NUDGE_MAE;
        ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, ROWS, 2, 1, zeros, zeros, NULL, &err),
              &err);
        nudge_model *model = made_model(kind, NUDGE_F64, 2, widths, NUDGE_RELU, NUDGE_IDENTITY, 1);
        made_set_weights(model, w);
        nudge_train_options o = dropped(&rate, 500);
        nudge_train_result r;
        ck_ok(nudge_train(model, data, NULL, &o, &r, &err), &err);
        loss[square] = r.last.train_loss;
        nudge_model_free(model);
        nudge_dataset_free(data);
    }
    double variance = n * rate / (1 - rate), here = loss[1] - loss[0] * loss[0];
    double m = 1 / (1 - rate), p = 1 - rate; /* fourth central moment of a mask, for the error */
    double fourth = p * pow(m - 1, 4) + rate;
    double spread = n * fourth + 3 * n * (n - 1) * pow(rate / p, 2) - variance * variance;
    ck_assert_double_eq_tol(loss[0], n, 5 * sqrt(variance / ROWS));
    ck_assert_double_eq_tol(here, variance, 5 * sqrt(spread / ROWS) + 25 * variance / ROWS);
    free(zeros);
    free(w);
}
END_TEST

/* Masks depend on epoch, seed, layer and place; without dropout none of them matters. */
START_TEST(masks_differ)
{
    static const size_t widths[] = {6, 40, 40, 3};
    static const double rates[][2] = {{0.5, 0}, {0, 0.5}, {0.5, 0.5}, {0, 0}};
    double loss[4][2];
    nudge_error err;
    for (size_t k = 0; k < 4; k++)
        for (uint64_t seed = 1; seed < 3; seed++) {
            nudge_dataset *data = small_data(50, 1);
            nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 3, widths, NUDGE_TANH,
                                            NUDGE_IDENTITY, 1);
            nudge_train_options o = dropped(rates[k], 50);
            nudge_train_result r;
            o.seed = seed;
            ck_ok(nudge_train(model, data, NULL, &o, &r, &err), &err);
            loss[k][seed - 1] = r.last.train_loss;
            nudge_trainer *t = NULL;
            nudge_epoch first, second;
            o.epochs = 2;
            ck_ok(nudge_trainer_create(&t, model, data, NULL, &o, &err), &err);
            ck_ok(nudge_trainer_epoch(t, &first, &err), &err);
            ck_ok(nudge_trainer_epoch(t, &second, &err), &err);
            ck_assert(first.train_loss == loss[k][seed - 1]);
            ck_assert((first.train_loss == second.train_loss) == (k == 3));
            nudge_trainer_free(t);
            nudge_model_free(model);
            nudge_dataset_free(data);
        }
    for (size_t k = 0; k < 4; k++) {
        ck_assert((loss[k][0] == loss[k][1]) == (k == 3));
        for (size_t i = 0; i < k; i++)
            ck_assert(loss[k][0] != loss[i][0]);
    }
}
END_TEST

/* The loss of the first epoch, which has the same masks each time, at these weights. */
static double loss_at(const nudge_dataset *data, nudge_activation kind, const double *w,
                      const double *rates, double lr, double *after)
{
    static const size_t widths[] = {6, 9, 70, 3};
    nudge_error err;
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 3, widths, kind, NUDGE_IDENTITY, 1);
    nudge_train_options o = dropped(rates, 40);
    nudge_train_result r;
    o.optimizer.lr = lr;
    made_set_weights(model, w);
    ck_ok(nudge_train(model, data, NULL, &o, &r, &err), &err);
    if (after != NULL) {
        double *got = made_weights(model);
        memcpy(after, got, nudge_model_describe(model).parameters * sizeof *got);
        free(got);
    }
    nudge_model_free(model);
    return r.last.train_loss;
}

/* The gradient that a step uses against central differences of the loss with the same masks, for
 * every activation: 1e-6 of the largest element (steps of 1e-5; relu and its like have no kink
 * within one here). */
START_TEST(gradient)
{
    enum { PARAMETERS = 6 * 9 + 9 + 9 * 70 + 70 + 70 * 3 + 3 };
    static const double rates[] = {0.3, 0.6};
    nudge_activation kind = (nudge_activation)_i;
    nudge_dataset *data = small_data(40, 7);
    double *w = made_array(PARAMETERS, 0.5, 3), g[PARAMETERS], largest = 0, worst = 0;
    loss_at(data, kind, w, rates, 1, g);
    for (size_t i = 0; i < PARAMETERS; i++) {
        g[i] = w[i] - g[i];
        largest = fmax(largest, fabs(g[i]));
    }
    for (size_t i = 0; i < PARAMETERS; i += 7) {
        double here = w[i], h = 1e-5;
        w[i] = here + h;
        double up = loss_at(data, kind, w, rates, 1e-300, NULL);
        w[i] = here - h;
        double down = loss_at(data, kind, w, rates, 1e-300, NULL);
        w[i] = here;
        worst = fmax(worst, fabs((up - down) / (2 * h) - g[i]));
    }
    ck_assert_msg(worst <= 1e-6 * largest, "%s: differs by %g of %g", nudge_activation_name(kind),
                  worst, largest);
    free(w);
    nudge_dataset_free(data);
}
END_TEST

START_TEST(refused)
{
    static const double bad[] = {-0.1, 1, NAN};
    nudge_error err;
    nudge_dataset *data = small_data(20, 1);
    nudge_model *model = small_model();
    nudge_train_options o = dropped(&bad[_i], 10);
    ck_status(nudge_train(model, data, NULL, &o, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "hidden layer 0"));
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *dropout_suite(void)
{
    Suite *suite = suite_create("dropout");
    TCase *tc = tcase_create("dropout");
    tcase_add_loop_test(tc, rate_and_scale, 0, 18);
    tcase_add_test(tc, masks_differ);
    tcase_add_loop_test(tc, gradient, 0, NUDGE_SOFTSIGN + 1);
    tcase_add_loop_test(tc, refused, 0, 3);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(dropout_suite)
