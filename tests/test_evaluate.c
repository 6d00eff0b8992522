/* Metrics and predictions against plain loops over what nudge_predict() gives. */
#include "model_fixtures.h"
#include "suite.h"
#include "train/evaluate.h"

/* Rows in several blocks and outputs in several chunks; one, some and many outputs. */
static const struct {
    size_t rows, widths[3];
} shapes[] = {{1, {5, 4, 1}}, {700, {5, 9, 1}}, {1003, {6, 8, 3}}, {1100, {4, 520, 700}}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

typedef struct sums {
    double loss, squared, absolute, r2;
    size_t correct;
} sums;

static double loss_of(nudge_loss loss, double p, double t)
{
    double d = fabs(p - t);
    switch (loss) {
    case NUDGE_MAE: return d;
    case NUDGE_HUBER: return d <= 1 ? d * d / 2 : d - 0.5;
    case NUDGE_BCE: return -t * log(p) - (1 - t) * log(1 - p);
    case NUDGE_POISSON: return p - t * log(p);
    default: return d * d;
    }
}

/* 1 - sum (t - p)^2 / sum (t - mean)^2 of output j. */
static double r2_of(const double *p, const double *t, size_t rows, size_t n, size_t j)
{
    double mean = 0, wrong = 0, spread = 0;
    for (size_t i = 0; i < rows; i++)
        mean += t[i * n + j] / (double)rows;
    for (size_t i = 0; i < rows; i++) {
        wrong += (p[i * n + j] - t[i * n + j]) * (p[i * n + j] - t[i * n + j]);
        spread += (t[i * n + j] - mean) * (t[i * n + j] - mean);
    }
    return spread > 0 ? 1 - wrong / spread : NAN;
}

static sums plain_sums(nudge_loss loss, const double *p, const double *t, size_t rows, size_t n)
{
    sums s = {0};
    for (size_t i = 0; i < rows * n; i++) {
        s.loss += loss_of(loss, p[i], t[i]);
        s.squared += (p[i] - t[i]) * (p[i] - t[i]);
        s.absolute += fabs(p[i] - t[i]);
        s.correct += (p[i] > 0.5) == (t[i] > 0.5);
    }
    for (size_t j = 0; j < n; j++)
        s.r2 += r2_of(p, t, rows, n, j) / (double)n;
    return s;
}

static void same(const char *what, double found, double expected, double tolerance)
{
    ck_assert_msg(isnan(found) == isnan(expected), "%s: %g, not %g", what, found, expected);
    if (!isnan(expected))
        ck_assert_msg(fabs(found - expected) <= tolerance * fmax(1, fabs(expected)),
                      "%s: %.17g, not %.17g", what, found, expected);
}

/* Numbers as targets: t as the dataset rounds them. */
static void check_numbers(nudge_loss loss, nudge_dtype dtype, size_t rows, const size_t *widths,
                          double tolerance)
{
    size_t n = widths[2];
    double *x = made_array(rows * widths[0], 1, 3), *t = made_array(rows * n, 1, 4);
    double *p = made_array(rows * n, 0, 5);
    for (size_t i = 0; i < rows * n; i++) {
        t[i] = loss == NUDGE_BCE ? t[i] > 0 : loss == NUDGE_POISSON ? floor(3 + 3 * t[i]) : t[i];
        if (dtype == NUDGE_F32)
            t[i] = (double)(float)t[i];
    }
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, dtype, rows, widths[0], n, x, t, NULL, &err), &err);
    nudge_model *model = made_model(loss, dtype, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 7);
    nudge_metrics m;
    ck_ok(nudge_predict(model, data, 2, p, &err), &err);
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    sums s = plain_sums(loss, p, t, rows, n);
    double elements = (double)(rows * n);
    int binary = loss == NUDGE_BCE;
    same("loss", value_of(m, LOSS), s.loss / elements, tolerance);
    same("rmse", value_of(m, RMSE), binary ? NAN : sqrt(s.squared / elements), tolerance);
    same("mae", value_of(m, MAE), binary ? NAN : s.absolute / elements, tolerance);
    same("r2", value_of(m, R2), binary ? NAN : s.r2, tolerance);
    same("accuracy", value_of(m, ACCURACY), binary ? (double)s.correct / elements : NAN, 0);
    ck_assert_uint_eq(m.classes, binary && n == 1 ? 2 : 0);
    if (m.classes == 2)
        ck_assert_uint_eq(m.confusion[0] + m.confusion[3], s.correct);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(p);
    free(t);
    free(x);
}

/* Sums of f64 agree to 1e-11; losses of f32 are computed in f32, with errors of 1e-7 each. */
START_TEST(numbers)
{
    static const nudge_loss losses[] = {NUDGE_MSE, NUDGE_MAE, NUDGE_HUBER, NUDGE_BCE,
                                        NUDGE_POISSON};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        check_numbers(losses[i], NUDGE_F64, shapes[_i].rows, shapes[_i].widths, 1e-11);
        check_numbers(losses[i], NUDGE_F32, shapes[_i].rows, shapes[_i].widths, 2e-6);
    }
}
END_TEST

enum { CLASSES = 7 };

/* Metrics of classes from a whole confusion matrix of rows, or of their weights: sums over classes
 * k, l, m (Gorodkin 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006, equation 8). */
static void check_classes(const nudge_metrics *m, double c[CLASSES][CLASSES])
{
    double recalls = 0, f1s = 0, all = 0, both = 0, truths = 0, guesses = 0;
    for (size_t k = 0; k < CLASSES; k++) {
        double truly = 0, predicted = 0;
        for (size_t l = 0; l < CLASSES; l++) {
            truly += c[k][l];
            predicted += c[l][k];
        }
        double f1 = 2 * c[k][k] / (truly + predicted);
        same("f1 of a class", m->by_output[NUDGE_METRIC_F1 * CLASSES + k], f1, 1e-12);
        f1s += f1 / CLASSES;
        recalls += c[k][k] / truly / CLASSES;
        all += truly;
        truths += truly * truly;
        guesses += predicted * predicted;
        for (size_t l = 0; l < CLASSES; l++)
            for (size_t o = 0; o < CLASSES; o++)
                both += c[k][k] * c[l][o] - c[k][l] * c[o][k];
    }
    same("f1", m->value[NUDGE_METRIC_F1], f1s, 1e-12);
    same("balanced accuracy", m->value[NUDGE_METRIC_BALANCED_ACCURACY], recalls, 1e-12);
    same("mcc", m->value[NUDGE_METRIC_MCC],
         both / sqrt(all * all - truths) / sqrt(all * all - guesses), 1e-12);
}

static void check_counts(const nudge_metrics *m, const uint64_t *confusion)
{
    for (size_t k = 0; k < CLASSES; k++) {
        nudge_class_counts c = m->counts[k];
        uint64_t truly = 0, predicted = 0;
        for (size_t l = 0; l < CLASSES; l++) {
            truly += confusion[k * CLASSES + l];
            predicted += confusion[l * CLASSES + k];
        }
        ck_assert_uint_eq(c.true_positives, confusion[k * CLASSES + k]);
        ck_assert_uint_eq(c.true_positives + c.false_negatives, truly);
        ck_assert_uint_eq(c.true_positives + c.false_positives, predicted);
    }
}

/* Classes: the confusion matrix is the count of (truth, largest probability), accuracy its
 * diagonal, loss the mean of -log p of the true class; with rows of one weight, and of others. */
START_TEST(classes)
{
    enum { ROWS = 900, N = CLASSES };
    static const size_t widths[] = {5, 12, N};
    double weights[ROWS], all = 0, weighed[N][N] = {{0}};
    double *x = made_array(ROWS * 5, 1, 3), *p = made_array(ROWS * N, 0, 5);
    int32_t truth[ROWS];
    uint64_t state = 9, expected[N * N] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        truth[i] = (int32_t)((made_number(&state) + 1) / 2 * N);
        weights[i] = _i == 0 ? 1 : made_number(&state) + 1;
    }
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, ROWS, 5, N, x, NULL, truth, &err), &err);
    nudge_model *model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 2, widths, NUDGE_TANH,
                                    NUDGE_IDENTITY, 7);
    nudge_metrics m;
    ck_ok(nudge_dataset_set_weights(data, _i == 0 ? NULL : weights, &err), &err);
    ck_ok(nudge_predict(model, data, 2, p, &err), &err);
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    double loss = 0, right = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t best = 0;
        for (size_t k = 1; k < N; k++)
            if (p[i * N + k] > p[i * N + best])
                best = k;
        expected[(size_t)truth[i] * N + best]++;
        weighed[truth[i]][best] += weights[i];
        all += weights[i];
        right += weights[i] * (best == (size_t)truth[i]);
        loss -= weights[i] * log(p[i * N + (size_t)truth[i]]);
    }
    ck_assert_uint_eq(m.classes, N);
    ck_assert_mem_eq(m.confusion, expected, sizeof expected);
    check_counts(&m, expected);
    check_classes(&m, weighed);
    same("accuracy", value_of(m, ACCURACY), right / all, _i == 0 ? 0 : 1e-12);
    same("loss", value_of(m, LOSS), loss / all, 1e-12);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(p);
    free(x);
}
END_TEST

/* What nudge_loss_describe() says of a loss is what it does. */
START_TEST(descriptions)
{
    nudge_loss loss = (nudge_loss)_i;
    nudge_loss_info info = nudge_loss_describe(loss);
    nudge_error err;
    nudge_metrics m;
    nudge_model_options options = nudge_model_defaults();
    options.layers = 1;
    options.widths = (const size_t[]){4, 3};
    options.loss = loss;
    options.activations = (const nudge_activation[]){NUDGE_TANH};
    nudge_model *model = NULL;
    ck_status(nudge_model_create(&model, &options, NULL, &err),
              info.power > 0 ? NUDGE_OK : NUDGE_EARGUMENT, &err);
    nudge_model_free(model);
    model = made_model(loss, NUDGE_F64, 1, options.widths, NUDGE_RELU, NUDGE_IDENTITY, 1);
    nudge_dataset *data = made_data(loss, NUDGE_F64, 50, 4, 3, 1);
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    double loss_found = value_of(m, LOSS), square = value_of(m, RMSE) * value_of(m, RMSE);
    ck_assert_int_eq(!isnan(value_of(m, RMSE)), info.is_regression);
    ck_assert_int_eq(isnan(value_of(m, ACCURACY)), info.is_regression);
    ck_assert_uint_eq(m.classes, info.target == NUDGE_CLASSES ? 3 : 0);
    if (info.is_power)
        same("power", info.power == 1 ? value_of(m, MAE) : square, loss_found, 1e-12);
    else if (info.is_regression)
        ck_assert(fabs(loss_found - value_of(m, MAE)) > 1e-3 && fabs(loss_found - square) > 1e-3);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* The metrics of a model are those of its predictions, whatever the loss makes of them: here labels
 * smoothed, hard rows weighted, errors weighted by their sign. */
START_TEST(losses_with_parameters)
{
    enum { ROWS = 300, N = 4 };
    static const nudge_loss kinds[] = {NUDGE_CROSS_ENTROPY, NUDGE_FOCAL, NUDGE_QUANTILE};
    nudge_model_options options = nudge_model_defaults();
    options.dtype = NUDGE_F64;
    options.layers = 1;
    options.widths = (const size_t[]){3, N};
    options.loss = kinds[_i];
    options.loss_parameter = 0.2;
    nudge_model *model = NULL;
    nudge_error err;
    nudge_metrics m;
    double *x = made_array(ROWS * 3, 1, 3), *p = made_array(ROWS * N, 1, 5);
    double *t = made_array(ROWS * N, 1, 4), loss = 0, pinball = 0;
    int32_t truth[ROWS], is_number = kinds[_i] == NUDGE_QUANTILE;
    for (size_t i = 0; i < ROWS; i++)
        truth[i] = (int32_t)(i * i % N);
    nudge_dataset *data = NULL;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, ROWS, 3, N, x, is_number ? t : NULL,
                                    is_number ? NULL : truth, &err), &err);
    ck_ok(nudge_model_create(&model, &options, NULL, &err), &err);
    ck_ok(nudge_predict(model, data, 1, p, &err), &err);
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    for (size_t i = 0; i < ROWS; i++)
        loss -= log(p[i * N + (size_t)truth[i]]) / ROWS;
    for (size_t i = 0; i < ROWS * N; i++)
        pinball += fmax(0.2 * (t[i] - p[i]), 0.8 * (p[i] - t[i])) / (ROWS * N);
    same("log loss", value_of(m, LOG_LOSS), is_number ? NAN : loss, 1e-12);
    same("pinball", value_of(m, PINBALL), is_number ? pinball : NAN, 1e-12);
    if (is_number)
        same("loss", value_of(m, LOSS), pinball, 1e-12);
    else
        ck_assert(fabs(value_of(m, LOSS) - loss) > 1e-3);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(x);
    free(p);
    free(t);
}
END_TEST

static void made_wide(size_t rows, size_t outputs, nudge_model **model, nudge_dataset **data)
{
    nudge_error err;
    *model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F32, 1, (const size_t[]){1, outputs},
                        NUDGE_RELU, NUDGE_IDENTITY, 7);
    ck_ok(nudge_dataset_random(data, NUDGE_F32, rows, 1, outputs, 1, 0, 1, &err), &err);
}

/* Neither validation nor an evaluation makes a matrix of so many classes: 29 GB. */
START_TEST(many_classes)
{
    enum { ROWS = 3, MANY = 60000 };
    nudge_error err;
    nudge_dataset *data = NULL;
    nudge_model *model;
    made_wide(ROWS, MANY, &model, &data);
    nudge_train_options options = nudge_train_defaults();
    options.epochs = 1;
    nudge_train_plan plan;
    nudge_train_result result;
    ck_ok(nudge_train_plan_make(&plan, model, data, data, &options, &err), &err);
    ck_assert_uint_gt(plan.evaluation, ROWS * MANY * sizeof(float));
    ck_assert_uint_lt(plan.evaluation, 50 * MANY * sizeof(double));
    ck_ok(nudge_train(model, data, data, &options, &result, &err), &err);
    ck_assert(isfinite(result.last.val_loss) && isfinite(result.last.val_accuracy));
    nudge_metrics m;
    uint64_t memory = nu_evaluator_memory(model, data, NUDGE_METRICS_ALL, 2), rows = 0;
    ck_assert_uint_lt(memory, 60 * MANY * sizeof(double));
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    ck_assert(m.classes == MANY && m.confusion == NULL && isfinite(value_of(m, MCC)));
    for (size_t k = 0; k < MANY; k++)
        rows += m.counts[k].true_positives + m.counts[k].false_negatives;
    ck_assert_uint_eq(rows, ROWS);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* The largest matrix, for the caller alone; one class more has none. */
START_TEST(largest_matrix)
{
    nudge_error err;
    nudge_dataset *data = NULL;
    nudge_model *model;
    nudge_metrics m;
    size_t n = NUDGE_MATRIX_CLASSES + (size_t)_i;
    made_wide(10, n, &model, &data);
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    ck_assert_uint_eq(m.classes, n);
    ck_assert_int_eq(m.confusion != NULL, _i == 0);
    uint64_t wanted = NUDGE_METRIC_SET(NUDGE_METRIC_F1), matrix = n * n * sizeof(uint64_t);
    uint64_t lean = nu_evaluator_memory(model, data, wanted, 2);
    ck_assert_uint_lt(lean, matrix / 2);
    if (_i == 0)
        ck_assert_uint_ge(nu_evaluator_memory(model, data, wanted | NU_BY_OUTPUT, 2),
                          lean + matrix);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Predictions that ranks need, of 4 million classes and 100,000 rows, are refused. */
START_TEST(no_memory)
{
    nudge_error err;
    nudge_dataset *data = NULL;
    nudge_model *model;
    nudge_metrics m;
    made_wide(100000, 4000000, &model, &data);
    ck_status(nudge_evaluate(model, data, 1, &m, &err), NUDGE_EMEMORY, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "ranking (as for roc-auc) needs 3.2 TB of memory"));
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* A subset's metrics are those of the same rows as a dataset of their own: not one bit else. */
START_TEST(rows_of_a_subset)
{
    enum { ROWS = 500 };
    nudge_dataset *data = small_data(ROWS, 1), *part = NULL, *again = NULL;
    nudge_model *model = small_model();
    uint32_t rows[ROWS];
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i] = i;
    nudge_metrics whole, m;
    nudge_error err;
    ck_ok(nudge_dataset_subset(&again, data, rows, ROWS, &err), &err);
    ck_ok(nudge_dataset_subset(&part, data, rows + 100, 1, &err), &err);
    ck_ok(nudge_evaluate(model, data, 0, &whole, &err), &err);
    ck_ok(nudge_evaluate(model, again, 0, &m, &err), &err);
    ck_assert_mem_eq(m.value, whole.value, sizeof m.value);
    nudge_metrics_free(&m);
    nudge_metrics_free(&whole);
    ck_ok(nudge_evaluate(model, part, 0, &m, &err), &err);
    double p[ROWS * 3];
    ck_ok(nudge_predict(model, part, 0, p, &err), &err);
    ck_assert(isfinite(value_of(m, LOSS)) && value_of(m, LOSS) != value_of(whole, LOSS));
    ck_assert(isnan(value_of(m, R2))); /* one row: constant */
    nudge_metrics_free(&m);
    nudge_dataset_free(part);
    nudge_dataset_free(again);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *evaluate_suite(void)
{
    Suite *suite = suite_create("evaluate");
    TCase *tc = tcase_create("metrics");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, numbers, 0, SHAPES);
    tcase_add_loop_test(tc, classes, 0, 2);
    for (int i = 1; nudge_loss_name((nudge_loss)i) != NULL; i++)
        tcase_add_loop_test(tc, descriptions, i, i + 1);
    tcase_add_loop_test(tc, losses_with_parameters, 0, 3);
    tcase_add_test(tc, many_classes);
    tcase_add_loop_test(tc, largest_matrix, 0, 2);
    tcase_add_test(tc, no_memory);
    tcase_add_test(tc, rows_of_a_subset);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(evaluate_suite)
