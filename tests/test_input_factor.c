/* Factors of the inputs: their gradient, what they compute, training, files. */
#include <string.h>

#include "model_file_fixtures.h"
#include "suite.h"

enum { ROWS = 90, INPUTS = 70 };

static nudge_error err;

/* 70 inputs: two panels. Factors that differ; one is 0. */
static nudge_model *made_factors(nudge_loss loss, nudge_dtype dtype, size_t hidden)
{
    size_t widths[] = {INPUTS, hidden, 3};
    nudge_activation activations[] = {NUDGE_TANH, NUDGE_IDENTITY};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    o.dtype = dtype;
    o.layers = 2;
    o.widths = widths;
    o.activations = activations;
    o.loss = loss;
    o.input_factor = 1;
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    return m;
}

static double *vary_factors(nudge_model *m)
{
    double *factor = made_array(INPUTS, 2, 77);
    factor[3] = 0;
    ck_ok(nudge_model_set_tensor(m, "input_factor", factor, &err), &err);
    return factor;
}

/* Every gradient, those of a factor that is 0 too, against differences of the loss. */
START_TEST(gradient)
{
    nudge_loss loss = _i == 0 ? NUDGE_MSE : NUDGE_CROSS_ENTROPY;
    nudge_model *m = made_factors(loss, NUDGE_F64, 5);
    nudge_dataset *data = made_data(loss, NUDGE_F64, ROWS, INPUTS, 3, 1);
    nudge_gradcheck_result r;
    free(vary_factors(m));
    ck_ok(nudge_gradcheck(m, data, 0, &r, &err), &err);
    ck_assert_uint_eq(r.checked, INPUTS * 5 + 5 + 15 + 3 + INPUTS);
    ck_assert_msg(r.max_error < 1e-6, "%g", r.max_error);
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

/* A network predicts as one without factors, whose first weights are multiplied with them. */
START_TEST(same_as_weights)
{
    nudge_model *m = made_factors(NUDGE_MSE, NUDGE_F64, 5), *plain;
    plain = made_model(NUDGE_MSE, NUDGE_F64, 2, (const size_t[]){INPUTS, 5, 3}, NUDGE_TANH,
                       NUDGE_IDENTITY, 1);
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, ROWS, INPUTS, 3, 1);
    double w[INPUTS * 5], p[ROWS * 3], q[ROWS * 3], *factor = vary_factors(m);
    ck_ok(nudge_model_get_layer(m, 0, w, NULL, &err), &err);
    for (size_t i = 0; i < INPUTS * 5; i++)
        w[i] *= factor[i % INPUTS];
    ck_ok(nudge_model_set_layer(plain, 0, w, NULL, &err), &err);
    ck_ok(nudge_predict(m, data, 1, p, &err), &err);
    ck_ok(nudge_predict(plain, data, 1, q, &err), &err);
    for (size_t i = 0; i < ROWS * 3; i++)
        ck_assert_double_eq_tol(p[i], q[i], 1e-12);
    free(factor);
    nudge_dataset_free(data);
    nudge_model_free(m);
    nudge_model_free(plain);
}
END_TEST

/* One step of plain gradient descent on one output without hidden layers: the formulas, with the
 * factors' own learning rate. */
START_TEST(step)
{
    enum { N = 2 };
    const double x[] = {1, 2, -1, 0.5}, y[] = {1, -2};
    double w[N] = {0.3, -0.2}, b = 0.1, s[N] = {1, 1}, dw[N] = {0}, ds[N] = {0}, db = 0;
    const double factors[] = {1, 6};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    nudge_dataset *data = NULL;
    o.dtype = NUDGE_F64;
    o.layers = 1;
    o.widths = (size_t[]){N, 1};
    o.input_factor = 1;
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    ck_ok(nudge_model_set_layer(m, 0, w, &b, &err), &err);
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 2, N, 1, x, y, NULL, &err), &err);
    nudge_train_options t = nudge_train_defaults();
    t.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    t.optimizer.lr = 0.1;
    t.lr_factors = factors;
    t.epochs = 3;
    ck_ok(nudge_train(m, data, NULL, &t, NULL, &err), &err);
    for (size_t e = 0; e < t.epochs; e++) {
        memset(dw, 0, sizeof dw), memset(ds, 0, sizeof ds), db = 0;
        for (size_t r = 0; r < 2; r++) {
            double d = b - y[r];
            for (size_t i = 0; i < N; i++)
                d += w[i] * s[i] * x[r * N + i];
            for (size_t i = 0; i < N; i++) {
                dw[i] += d * s[i] * x[r * N + i];
                ds[i] += d * w[i] * x[r * N + i];
            }
            db += d;
        }
        for (size_t i = 0; i < N; i++) {
            w[i] -= 0.1 * dw[i];
            s[i] -= 0.6 * ds[i];
        }
        b -= 0.1 * db;
    }
    double got[N], factor[N], bias;
    ck_ok(nudge_model_get_layer(m, 0, got, &bias, &err), &err);
    ck_ok(nudge_model_get_tensor(m, "input_factor", factor, &err), &err);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(got[i], w[i], 1e-14);
        ck_assert_double_eq_tol(factor[i], s[i], 1e-14);
    }
    ck_assert_double_eq_tol(bias, b, 1e-14);
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

static uint64_t trained_hash(size_t hidden, int threads, int parts)
{
    nudge_model *m = made_factors(NUDGE_MSE, NUDGE_F32, hidden);
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, ROWS, INPUTS, 3, 1);
    nudge_train_options o = small_options();
    double factor[INPUTS];
    o.epochs = 3;
    o.threads = threads;
    o.oversubscribe = 1;
    o.average = 0.9;
    o.accumulate = 2;
    train_in_parts(m, data, &o, parts, 4);
    ck_ok(nudge_model_get_tensor(m, "input_factor", factor, &err), &err);
    for (size_t i = 0; i < INPUTS; i++)
        ck_assert(factor[i] != 1 && factor[i] > 0.9 && factor[i] < 1.1);
    uint64_t hash = nudge_model_hash(m);
    nudge_dataset_free(data);
    nudge_model_free(m);
    return hash;
}

/* The same bits on any number of threads and after a checkpoint; narrow and wide layers. */
START_TEST(same_bits)
{
    size_t hidden = _i == 0 ? 5 : 300;
    uint64_t hash = trained_hash(hidden, 1, 0);
    ck_assert_uint_eq(trained_hash(hidden, 2, 0), hash);
    ck_assert_uint_eq(trained_hash(hidden, 1, 1), hash);
}
END_TEST

/* Factors in a file are weights that may be of another type, or shape, or not there. */
START_TEST(files_of_other_factors)
{
    static const struct {
        const char *from, *to, *said;
        nudge_status status;
    } lies[] = {
        {"[70]", "[35,2]", "tensor 'input_factor' has shape [35, 2]; the network needs [70]",
         NUDGE_EMISMATCH},
        {"\"F32\",\"shape\":[70]", "\"I32\",\"shape\":[70]", "tensor 'input_factor' is I32; nudge "
         "reads F32 and F64", NUDGE_EDATA},
        {"input_factor\":{", "input_factors\":{", NULL, NUDGE_OK},
    };
    nudge_model *a = made_factors(NUDGE_MSE, NUDGE_F32, 5), *b;
    double *factor = vary_factors(a), mine[INPUTS], weight[INPUTS * 5], weights[INPUTS * 5];
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    size_t size, length = 0;
    unsigned char *bytes = read_bytes(st_path, &size);
    for (size_t i = 8; i-- > 0;)
        length = length << 8 | bytes[i];
    char *header = strndup((char *)bytes + 8, length);
    ck_ok(nudge_model_get_layer(a, 0, weight, NULL, &err), &err);
    for (size_t i = 0; i < 3; i++) {
        char *lying = replaced(header, lies[i].from, lies[i].to);
        write_st(lying, bytes + 8 + length, size - 8 - length);
        memset(weights, 0, sizeof weights);
        b = made_factors(NUDGE_MSE, NUDGE_F32, 5);
        ck_ok(nudge_model_set_layer(b, 0, weights, NULL, &err), &err);
        ck_status(nudge_model_load_weights(b, st_path, NULL, &err), lies[i].status, &err);
        ck_assert_msg(lies[i].said == NULL || strstr(err.text, lies[i].said), "%s", err.text);
        ck_ok(nudge_model_get_tensor(b, "input_factor", mine, &err), &err);
        ck_ok(nudge_model_get_layer(b, 0, weights, NULL, &err), &err);
        for (size_t j = 0; j < INPUTS; j++) /* they stay as they are */
            ck_assert_double_eq(mine[j], 1);
        ck_assert((memcmp(weight, weights, sizeof weight) == 0) == (lies[i].status == NUDGE_OK));
        nudge_model_free(b);
        free(lying);
    }
    free(header);
    free(bytes);
    free(factor);
    nudge_model_free(a);
}
END_TEST

START_TEST(files)
{
    nudge_model *a = made_factors(NUDGE_MSE, NUDGE_F32, 5), *b = NULL, *plain;
    free(vary_factors(a));
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    ck_assert_int_eq(nudge_model_describe(b).input_factor, 1);
    ck_assert_uint_eq(nudge_model_describe(b).parameters, INPUTS * 5 + 5 + 15 + 3 + INPUTS);
    ck_assert_uint_eq(nudge_model_hash(b), nudge_model_hash(a));
    nudge_model_free(b);
    b = made_factors(NUDGE_MSE, NUDGE_F32, 5);
    ck_ok(nudge_model_load_weights(b, st_path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(b), nudge_model_hash(a));
    plain = made_model(NUDGE_MSE, NUDGE_F32, 2, (const size_t[]){INPUTS, 5, 3}, NUDGE_TANH,
                       NUDGE_IDENTITY, 1);
    ck_status(nudge_model_load_weights(plain, st_path, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "'input_factor' is none of the network's"));
    double factor[INPUTS];
    ck_status(nudge_model_get_tensor(plain, "input_factor", factor, &err), NUDGE_EARGUMENT, &err);
    factor[1] = NAN;
    ck_status(nudge_model_set_tensor(a, "input_factor", factor, &err), NUDGE_EDATA, &err);
    nudge_train_options o = small_options();
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, ROWS, INPUTS, 3, 1);
    o.clip_norm = 1;
    ck_status(nudge_train(a, data, NULL, &o, NULL, &err), NUDGE_EARGUMENT, &err);
    nudge_dataset_free(data);
    nudge_model_free(a);
    nudge_model_free(b);
    nudge_model_free(plain);
}
END_TEST

static Suite *input_factor_suite(void)
{
    Suite *s = suite_create("input_factor");
    TCase *tc = tcase_create("input_factor");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_loop_test(tc, gradient, 0, 2);
    tcase_add_test(tc, same_as_weights);
    tcase_add_test(tc, step);
    tcase_add_loop_test(tc, same_bits, 0, 2);
    tcase_add_test(tc, files);
    tcase_add_test(tc, files_of_other_factors);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(input_factor_suite)
