/* Metrics against scikit-learn's: tests/files/sklearn-reference.json, made by
 * scripts/sklearn-reference, which describes it. Then what scikit-learn leaves open. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"
#include "train/evaluate.h"

#define TOLERANCE 1e-12

/* A layer that hands its inputs on, so that z is what the data holds. */
static nudge_model *identity(nudge_loss loss, nudge_dtype dtype, size_t n)
{
    nudge_model *model = made_model(loss, dtype, 1, (const size_t[]){n, n}, NUDGE_RELU,
                                    NUDGE_IDENTITY, 1);
    double *weight = calloc(n * n, sizeof *weight), *bias = calloc(n, sizeof *bias);
    nudge_error err;
    ck_assert(weight != NULL && bias != NULL);
    for (size_t j = 0; j < n; j++)
        weight[j * n + j] = 1;
    ck_ok(nudge_model_set_layer(model, 0, weight, bias, &err), &err);
    free(weight);
    free(bias);
    return model;
}

/* rows x n outputs of a network and targets; those of classes are whole numbers. */
static nudge_dataset *data_of(nudge_loss loss, nudge_dtype dtype, size_t rows, size_t n,
                              const double *z, const double *targets)
{
    int32_t *classes = NULL;
    nudge_dataset *data = NULL;
    nudge_error err;
    if (nudge_loss_describe(loss).target == NUDGE_CLASSES) {
        classes = calloc(rows, sizeof *classes);
        ck_assert_ptr_nonnull(classes);
        for (size_t i = 0; i < rows; i++)
            classes[i] = (int32_t)targets[i];
    }
    ck_ok(nudge_dataset_from_arrays(&data, dtype, rows, n, n, z, classes == NULL ? targets : NULL,
                                    classes, &err), &err);
    free(classes);
    return data;
}

static void near(const char *of, nudge_metric metric, double found, double expected,
                 double tolerance)
{
    ck_assert_msg(fabs(found - expected) <= tolerance * fmax(1e-3, fabs(expected)),
                  "%s, %s: %.17g, not %.17g", of, nudge_metric_name(metric), found, expected);
}

/* ---- scikit-learn's values ------------------------------------------------------------- */

static double *numbers_of(const json_t *list, size_t *n)
{
    *n = json_array_size(list);
    double *x = calloc(*n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < *n; i++)
        x[i] = json_number_value(json_array_get(list, i));
    return x;
}

/* All that fit are there, and no others. */
static void check_metrics(const char *name, const json_t *expected, nudge_loss loss,
                          const nudge_metrics *m, double tolerance)
{
    for (nudge_metric i = NUDGE_METRIC_ACCURACY; i < NUDGE_METRICS; i++) {
        const json_t *metric = json_object_get(expected, nudge_metric_name(i));
        const json_t *outputs = json_object_get(metric, "outputs");
        ck_assert_int_eq(metric != NULL, nudge_metric_fits(i, loss, m->outputs));
        ck_assert_int_eq(metric != NULL, !isnan(m->value[i]));
        if (metric != NULL)
            near(name, i, m->value[i], json_number_value(json_object_get(metric, "value")),
                 tolerance);
        for (size_t j = 0; m->by_output != NULL && j < m->outputs; j++) {
            double value = m->by_output[i * m->outputs + j];
            ck_assert_int_eq(!isnan(value), outputs != NULL);
            if (outputs != NULL)
                near(name, i, value, json_number_value(json_array_get(outputs, j)), tolerance);
        }
    }
}

static void check_case(const json_t *item, nudge_dtype dtype, double tolerance)
{
    const char *name = json_string_value(json_object_get(item, "name"));
    size_t n = (size_t)json_integer_value(json_object_get(item, "outputs")), values, targets, some;
    double *z = numbers_of(json_object_get(item, "z"), &values);
    double *t = numbers_of(json_object_get(item, "targets"), &targets);
    double *w = numbers_of(json_object_get(item, "weights"), &some);
    nudge_loss loss;
    nudge_error err;
    nudge_metrics m;
    ck_ok(nudge_loss_parse(&loss, json_string_value(json_object_get(item, "loss")), &err), &err);
    ck_assert_uint_eq(targets, loss == NUDGE_CROSS_ENTROPY ? values / n : values);
    nudge_dataset *data = data_of(loss, dtype, values / n, n, z, t);
    nudge_model *model = identity(loss, dtype, n);
    ck_ok(nudge_dataset_set_weights(data, some > 0 ? w : NULL, &err), &err);
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    ck_assert_uint_eq(m.outputs, n);
    ck_assert_int_eq(m.by_output != NULL, n > 1);
    check_metrics(name, json_object_get(item, "metrics"), loss, &m, tolerance);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
    free(z), free(t), free(w);
}

/* Those in f32 are computed from numbers with 24 bits. */
START_TEST(scikit_learn)
{
    json_error_t why;
    json_t *cases = json_load_file(test_file("sklearn-reference.json"), 0, &why), *item;
    ck_assert_msg(cases != NULL, "%s", why.text);
    ck_assert_uint_eq(json_array_size(cases), 15);
    size_t i;
    json_array_foreach(cases, i, item) {
        check_case(item, NUDGE_F64, TOLERANCE);
        if (strcmp(json_string_value(json_object_get(item, "loss")), "poisson") != 0)
            check_case(item, NUDGE_F32, 1e-4);
    }
    json_decref(cases);
}
END_TEST

/* ---- Units ----------------------------------------------------------------------------- */

/* Targets are standardised for training and metrics are in their own units. */
START_TEST(own_units)
{
    enum { ROWS = 40 };
    double t[ROWS], p[ROWS], again[ROWS], relative = 0, absolute = 0, error[ROWS];
    uint64_t state = 5;
    FILE *file = fopen(in_folder("units.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "a,b,y\n");
    for (size_t i = 0; i < ROWS; i++) {
        double a = made_number(&state), b = made_number(&state);
        t[i] = 1000 + 300 * a - 40 * b + 20 * made_number(&state);
        fprintf(file, "%.17g,%.17g,%.17g\n", a, b, t[i]);
    }
    fclose(file);
    nudge_data_options options = nudge_data_defaults();
    nudge_data data;
    nudge_error err;
    nudge_metrics m;
    options.data = in_folder("units.csv");
    options.read.target = "y";
    options.read.dtype = NUDGE_F64;
    ck_ok(nudge_data_load(&data, &options, &err), &err);
    nudge_model_options network = nudge_model_defaults();
    network.dtype = NUDGE_F64;
    network.layers = 1;
    network.widths = (const size_t[]){2, 1};
    nudge_model *model = NULL;
    ck_ok(nudge_model_create(&model, &network, data.prep, &err), &err);
    ck_ok(nudge_predict(model, data.train, 1, p, &err), &err);
    ck_ok(nudge_evaluate(model, data.train, 1, &m, &err), &err);
    ck_ok(nudge_targets(model, data.train, again, &err), &err);
    for (size_t i = 0; i < ROWS; i++) {
        ck_assert_double_eq_tol(again[i], t[i], 1e-9);
        error[i] = fabs(p[i] - t[i]);
        absolute += error[i] / ROWS;
        relative += error[i] / t[i] / ROWS;
    }
    near("units", NUDGE_METRIC_MAE, value_of(m, MAE), absolute, TOLERANCE);
    near("units", NUDGE_METRIC_PINBALL, value_of(m, PINBALL), absolute / 2, TOLERANCE);
    near("units", NUDGE_METRIC_MAPE, value_of(m, MAPE), relative, TOLERANCE);
    size_t below = 0, above = 0;
    double median = value_of(m, MEDIAN_ABSOLUTE_ERROR);
    for (size_t i = 0; i < ROWS; i++) {
        below += error[i] < median;
        above += error[i] > median;
    }
    ck_assert(absolute > 100 && below == ROWS / 2 && above == ROWS / 2);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_data_free(&data);
}
END_TEST

/* ---- Where there is no value ------------------------------------------------------------ */

typedef struct small_case {
    nudge_loss loss;
    size_t rows, outputs;
    double z[12], t[12];
} small_case;

static nudge_metrics evaluated(const small_case *c)
{
    nudge_dataset *data = data_of(c->loss, NUDGE_F64, c->rows, c->outputs, c->z, c->t);
    nudge_model *model = identity(c->loss, NUDGE_F64, c->outputs);
    nudge_metrics m;
    nudge_error err;
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    nudge_model_free(model);
    nudge_dataset_free(data);
    return m;
}

static void is_value(const nudge_metrics *m, nudge_metric metric, double expected)
{
    double found = m->value[metric];
    ck_assert_msg(isnan(found) == isnan(expected) && (isnan(found) ||
                                                      fabs(found - expected) <= TOLERANCE),
                  "%s: %.17g, not %.17g", nudge_metric_name(metric), found, expected);
}

/* All rows of one kind: curves have no area; what is left is that of scikit-learn. */
START_TEST(one_class)
{
    static const small_case falses = {NUDGE_BCE, 4, 1, {-1, -2, 1, -3}, {0, 0, 0, 0}};
    static const small_case trues = {NUDGE_BCE, 4, 1, {1, 2, -1, 3}, {1, 1, 1, 1}};
    static const small_case quiet = {NUDGE_BCE, 3, 1, {-1, -2, -3}, {0, 0, 0}};
    nudge_metrics m = evaluated(&falses);
    is_value(&m, NUDGE_METRIC_ACCURACY, 0.75);
    is_value(&m, NUDGE_METRIC_BALANCED_ACCURACY, 0.75);
    is_value(&m, NUDGE_METRIC_ROC_AUC, NAN);
    is_value(&m, NUDGE_METRIC_AVERAGE_PRECISION, NAN);
    is_value(&m, NUDGE_METRIC_F1, 0);
    is_value(&m, NUDGE_METRIC_MCC, 0);
    nudge_metrics_free(&m);
    m = evaluated(&trues);
    is_value(&m, NUDGE_METRIC_ROC_AUC, NAN);
    is_value(&m, NUDGE_METRIC_AVERAGE_PRECISION, 1);
    is_value(&m, NUDGE_METRIC_F1, 6. / 7);
    nudge_metrics_free(&m);
    m = evaluated(&quiet);
    is_value(&m, NUDGE_METRIC_ACCURACY, 1);
    is_value(&m, NUDGE_METRIC_F1, NAN); /* nothing is true, or predicted to be */
    nudge_metrics_free(&m);
}
END_TEST

/* A class without rows is left out of means: class 2 here. */
START_TEST(class_without_rows)
{
    static const small_case c = {NUDGE_CROSS_ENTROPY, 4, 3,
                                 {3, 1, -2, 1, 2, -3, 0, 1, -4, 2, 0, -5}, {0, 1, 0, 1}};
    nudge_metrics m = evaluated(&c);
    const double *areas = m.by_output + NUDGE_METRIC_ROC_AUC * 3;
    is_value(&m, NUDGE_METRIC_ACCURACY, 0.5);
    is_value(&m, NUDGE_METRIC_BALANCED_ACCURACY, 0.5);
    is_value(&m, NUDGE_METRIC_ROC_AUC, (areas[0] + areas[1]) / 2);
    ck_assert(areas[0] > 0 && areas[1] > 0 && isnan(areas[2]));
    ck_assert(isnan(m.by_output[NUDGE_METRIC_AVERAGE_PRECISION * 3 + 2]));
    is_value(&m, NUDGE_METRIC_F1, 0.5);
    nudge_metrics_free(&m);
}
END_TEST

/* R2 of a constant output does not exist; the others' do. */
START_TEST(constant_target)
{
    static const small_case alone = {NUDGE_MSE, 3, 1, {1, 2, 4}, {2, 2, 2}};
    static const small_case beside = {NUDGE_MSE, 3, 2, {1, 1, 2, 2, 4, 2}, {2, 1, 2, 2, 2, 3}};
    nudge_metrics m = evaluated(&alone);
    is_value(&m, NUDGE_METRIC_R2, NAN);
    is_value(&m, NUDGE_METRIC_MAE, 1);
    is_value(&m, NUDGE_METRIC_MEDIAN_ABSOLUTE_ERROR, 1);
    nudge_metrics_free(&m);
    m = evaluated(&beside);
    is_value(&m, NUDGE_METRIC_R2, 0.5);
    ck_assert(isnan(m.by_output[NUDGE_METRIC_R2 * 2]));
    nudge_metrics_free(&m);
}
END_TEST

/* Predictions that are no numbers spoil every value: a mean over other outputs would hide it. */
START_TEST(no_numbers)
{
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 2, (const size_t[]){1, 1, 2},
                                    NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    static const double big[] = {1e300, -1e300}, one[] = {1e300};
    nudge_dataset *data = NULL;
    nudge_error err;
    nudge_metrics m;
    ck_ok(nudge_model_set_layer(model, 0, one, (const double[]){0}, &err), &err);
    ck_ok(nudge_model_set_layer(model, 1, (const double[]){0, 1}, (const double[]){0, 0}, &err),
          &err);
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 2, 1, 2, big, (const double[]){1, 2, 3, 4},
                                    NULL, &err), &err);
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        ck_assert(isnan(m.value[i]) && isnan(m.by_output[2 * i + 1]));
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Targets as they were given: class numbers, also of rows in another order. */
START_TEST(targets)
{
    enum { CLASSES = 7 };
    nudge_model *model = identity(NUDGE_CROSS_ENTROPY, NUDGE_F32, CLASSES);
    double z[CLASSES * 600] = {0}, t[600], found[600];
    uint32_t rows[600];
    nudge_dataset *part = NULL;
    nudge_error err;
    for (size_t i = 0; i < 600; i++) {
        t[i] = (double)(i * i % CLASSES);
        rows[i] = (uint32_t)(599 - i);
    }
    nudge_dataset *data = data_of(NUDGE_CROSS_ENTROPY, NUDGE_F32, 600, CLASSES, z, t);
    ck_ok(nudge_targets(model, data, found, &err), &err);
    ck_assert_mem_eq(found, t, sizeof t);
    ck_ok(nudge_dataset_subset(&part, data, rows, 600, &err), &err);
    ck_ok(nudge_targets(model, part, found, &err), &err);
    for (size_t i = 0; i < 600; i++)
        ck_assert(found[i] == t[599 - i]);
    nudge_dataset_free(part);
    nudge_dataset_free(data);
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F32, 600, CLASSES, CLASSES, z, NULL, NULL, &err),
          &err);
    ck_status(nudge_targets(model, data, found, &err), NUDGE_EMISMATCH, &err);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* ---- Rows, threads, what is asked for ---------------------------------------------------- */

static const struct {
    nudge_loss loss;
    size_t outputs;
} kinds[] = {{NUDGE_CROSS_ENTROPY, 6}, {NUDGE_BCE, 1}, {NUDGE_BCE, 4}, {NUDGE_MSE, 3}};
enum { KINDS = sizeof kinds / sizeof *kinds, ROWS = 3001, FEATURES = 5 };

static nudge_model *kind_model(int kind)
{
    return made_model(kinds[kind].loss, NUDGE_F32, 2,
                      (const size_t[]){FEATURES, 9, kinds[kind].outputs}, NUDGE_TANH,
                      NUDGE_IDENTITY, 3);
}

static nudge_dataset *kind_data(int kind)
{
    return made_data(kinds[kind].loss, NUDGE_F32, ROWS, FEATURES, kinds[kind].outputs, 4);
}

/* Not one bit else with another number of threads. */
START_TEST(threads)
{
    nudge_model *model = kind_model(_i);
    nudge_dataset *data = kind_data(_i);
    nudge_metrics one, m;
    nudge_error err;
    size_t bytes = NUDGE_METRICS * kinds[_i].outputs * sizeof(double);
    ck_ok(nudge_evaluate(model, data, 1, &one, &err), &err);
    for (int n = 2; n <= 4; n++) {
        ck_ok(nudge_evaluate(model, data, n, &m, &err), &err);
        ck_assert_mem_eq(m.value, one.value, sizeof m.value);
        if (one.by_output != NULL)
            ck_assert_mem_eq(m.by_output, one.by_output, bytes);
        nudge_metrics_free(&m);
    }
    nudge_metrics_free(&one);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* In another order of rows sums differ in rounding alone. */
START_TEST(order_of_rows)
{
    nudge_model *model = kind_model(_i);
    nudge_dataset *data = kind_data(_i), *other = NULL;
    nudge_metrics m, again;
    nudge_error err;
    uint32_t rows[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (uint32_t)(i * 1000 % ROWS); /* 3001 is prime */
    ck_ok(nudge_dataset_subset(&other, data, rows, ROWS, &err), &err);
    ck_ok(nudge_evaluate(model, data, 2, &m, &err), &err);
    ck_ok(nudge_evaluate(model, other, 2, &again, &err), &err);
    for (nudge_metric i = 0; i < NUDGE_METRICS; i++)
        if (!isnan(m.value[i]))
            near("order", i, again.value[i], m.value[i], 1e-9);
    nudge_metrics_free(&again);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(other);
    nudge_dataset_free(data);
}
END_TEST

/* One metric alone has the value that it has among all, and nothing else is made. */
START_TEST(one_alone)
{
    nudge_model *model = kind_model(_i);
    nudge_dataset *data = kind_data(_i);
    nudge_metrics all, m;
    nudge_error err;
    uint64_t lean = nu_evaluator_memory(model, data, NU_VALIDATION, 2);
    ck_ok(nudge_evaluate(model, data, 2, &all, &err), &err);
    for (nudge_metric i = 0; i < NUDGE_METRICS; i++) {
        uint64_t wanted = NUDGE_METRIC_SET(i);
        int fits = nudge_metric_fits(i, kinds[_i].loss, kinds[_i].outputs);
        ck_ok(nudge_evaluate_on(model, data, 2, NULL, wanted, &m, &err), &err);
        for (nudge_metric k = 0; k < NUDGE_METRICS; k++)
            if (k == i && fits)
                ck_assert_mem_eq(&m.value[k], &all.value[k], sizeof m.value[k]);
            else
                ck_assert(isnan(m.value[k]));
        int needs_matrix = i == NUDGE_METRIC_BALANCED_ACCURACY || i == NUDGE_METRIC_F1 ||
                           i == NUDGE_METRIC_MCC;
        ck_assert_int_eq(m.confusion != NULL, needs_matrix && all.confusion != NULL);
        int keeps = fits && (i == NUDGE_METRIC_ROC_AUC || i == NUDGE_METRIC_AVERAGE_PRECISION ||
                             i == NUDGE_METRIC_MEDIAN_ABSOLUTE_ERROR);
        uint64_t memory = nu_evaluator_memory(model, data, NU_VALIDATION | wanted, 2);
        ck_assert_int_eq(memory >= lean + ROWS * kinds[_i].outputs * sizeof(double), keeps);
        nudge_metrics_free(&m);
    }
    nudge_metrics_free(&all);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

static Suite *metrics_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("values");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, scikit_learn);
    tcase_add_test(tc, own_units);
    tcase_add_test(tc, targets);
    suite_add_tcase(suite, tc);
    tc = tcase_create("no values");
    tcase_add_test(tc, one_class);
    tcase_add_test(tc, class_without_rows);
    tcase_add_test(tc, constant_target);
    tcase_add_test(tc, no_numbers);
    suite_add_tcase(suite, tc);
    tc = tcase_create("rows and threads");
    tcase_add_loop_test(tc, threads, 0, KINDS);
    tcase_add_loop_test(tc, order_of_rows, 0, KINDS);
    tcase_add_loop_test(tc, one_alone, 0, KINDS);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(metrics_suite)
