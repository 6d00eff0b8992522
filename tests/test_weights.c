/* Weights of rows: the same as rows repeated, gradients, threads, checkpoints, what is refused.
 * Against PyTorch: test_torch.c; against scikit-learn: test_metrics.c. */
#include <string.h>

#include "dataset_fixtures.h"
#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

enum { ROWS = 37, FEATURES = 4, OUTPUTS = 3, MOST = 4 };

static const nudge_loss losses[] = {NUDGE_MSE,     NUDGE_MAE,      NUDGE_HUBER,
                                    NUDGE_CROSS_ENTROPY, NUDGE_BCE, NUDGE_POISSON,
                                    NUDGE_QUANTILE, NUDGE_LOG_COSH, NUDGE_FOCAL};
enum { LOSSES = sizeof losses / sizeof *losses };

static nudge_model *model_of(nudge_loss loss, nudge_dtype dtype)
{
    return made_model(loss, dtype, 2, (const size_t[]){FEATURES, 9, OUTPUTS}, NUDGE_TANH,
                      NUDGE_IDENTITY, 3);
}

/* How often row i is repeated: 0 to MOST - 1 times. */
static size_t times(size_t i)
{
    return (i * i + 1) % MOST;
}

/* Rows with whole numbers as weights, and as many copies of each without. */
static void make_both(nudge_loss loss, nudge_dataset **weighted, nudge_dataset **repeated)
{
    double weights[ROWS];
    uint32_t rows[ROWS * MOST];
    size_t n = 0;
    nudge_error err;
    nudge_dataset *data = made_data(loss, NUDGE_F64, ROWS, FEATURES, OUTPUTS, 5);
    for (size_t i = 0; i < ROWS; i++) {
        weights[i] = (double)times(i);
        for (size_t k = 0; k < times(i); k++)
            rows[n++] = (uint32_t)i;
    }
    ck_ok(nudge_dataset_subset(repeated, data, rows, n, &err), &err);
    ck_ok(nudge_dataset_set_weights(data, weights, &err), &err);
    ck_assert(nudge_dataset_describe(data).has_weights);
    ck_assert(!nudge_dataset_describe(*repeated).has_weights);
    *weighted = data;
}

static void near(const char *what, double a, double b)
{
    ck_assert_msg(isnan(a) == isnan(b) && (isnan(a) || fabs(a - b) <= 1e-10 * fmax(1e-3, fabs(b))),
                  "%s: %.17g with weights, %.17g with rows repeated", what, a, b);
}

/* Twenty steps of all rows: weights of the network, and the loss of the last. */
static double *twenty_steps(nudge_loss loss, const nudge_dataset *data, nudge_epoch *last)
{
    nudge_model *model = model_of(loss, NUDGE_F64);
    nudge_train_options options = nudge_train_defaults();
    nudge_train_result result;
    nudge_error err;
    options.batch = nudge_dataset_describe(data).rows;
    options.epochs = 20;
    options.threads = 1;
    ck_ok(nudge_train(model, data, data, &options, &result, &err), &err);
    *last = result.last;
    double *weights = made_weights(model);
    nudge_model_free(model);
    return weights;
}

START_TEST(rows_repeated)
{
    nudge_dataset *weighted, *repeated;
    nudge_epoch a, b;
    make_both(losses[_i], &weighted, &repeated);
    double *one = twenty_steps(losses[_i], weighted, &a);
    double *other = twenty_steps(losses[_i], repeated, &b);
    nudge_model *model = model_of(losses[_i], NUDGE_F64);
    for (size_t i = 0; i < nudge_model_describe(model).parameters; i++)
        near("parameter", one[i], other[i]);
    near("training loss", a.train_loss, b.train_loss);
    near("training accuracy", a.train_accuracy, b.train_accuracy);
    near("validation loss", a.val_loss, b.val_loss);
    free(one);
    free(other);
    nudge_model_free(model);
    nudge_dataset_free(weighted);
    nudge_dataset_free(repeated);
}
END_TEST

START_TEST(metrics_of_rows_repeated)
{
    nudge_dataset *weighted, *repeated;
    nudge_metrics a, b;
    nudge_error err;
    make_both(losses[_i], &weighted, &repeated);
    nudge_model *model = model_of(losses[_i], NUDGE_F64);
    ck_ok(nudge_evaluate(model, weighted, 2, &a, &err), &err);
    ck_ok(nudge_evaluate(model, repeated, 2, &b, &err), &err);
    ck_assert_uint_eq(a.rows, ROWS);
    size_t there = 0;
    for (nudge_metric i = 0; i < NUDGE_METRICS; i++) {
        near(nudge_metric_name(i), a.value[i], b.value[i]);
        there += !isnan(a.value[i]);
        for (size_t j = 0; j < OUTPUTS; j++)
            near(nudge_metric_name(i), a.by_output[i * OUTPUTS + j], b.by_output[i * OUTPUTS + j]);
    }
    ck_assert_uint_ge(there, 6);
    uint64_t rows = 0;
    for (size_t i = 0; i < a.classes * a.classes; i++)
        rows += a.confusion[i];
    ck_assert(a.classes == 0 || rows == ROWS); /* counts of rows stay counts */
    nudge_metrics_free(&a);
    nudge_metrics_free(&b);
    nudge_model_free(model);
    nudge_dataset_free(weighted);
    nudge_dataset_free(repeated);
}
END_TEST

/* The gradient that a step uses is that of the weighted loss: by differences. */
START_TEST(gradients)
{
    nudge_gradcheck_result result;
    nudge_error err;
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F64 : NUDGE_F32;
    nudge_dataset *data = made_data(losses[_i / 2], dtype, ROWS, FEATURES, OUTPUTS, 5);
    double *weights = made_array(ROWS, 1, 9);
    for (size_t i = 0; i < ROWS; i++)
        weights[i] = i % 5 == 0 ? 0 : exp(3 * weights[i]);
    ck_ok(nudge_dataset_set_weights(data, weights, &err), &err);
    nudge_model *model = model_of(losses[_i / 2], dtype);
    ck_ok(nudge_gradcheck(model, data, 0, &result, &err), &err);
    ck_assert_uint_gt(result.checked, 50);
    ck_assert_msg(result.max_error < (dtype == NUDGE_F64 ? 1e-6 : 1e-3), "error %g",
                  result.max_error);
    free(weights);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* ---- Threads, checkpoints -------------------------------------------------------------- */

static double weight_of(uint32_t row)
{
    return row % 7 == 0 ? 0 : 0.1 * (row % 23);
}

/* Rows 999 to 0 of 1000, with weights: a subset, so that places are not store rows. */
static nudge_dataset *subset_of(nudge_loss loss)
{
    enum { N = 1000 };
    uint32_t rows[N];
    double weights[N];
    nudge_error err;
    nudge_dataset *data = made_data(loss, NUDGE_F32, N, FEATURES, OUTPUTS, 6), *part = NULL;
    for (uint32_t i = 0; i < N; i++) {
        rows[i] = N - 1 - i;
        weights[i] = weight_of(i);
    }
    ck_ok(nudge_dataset_set_weights(data, weights, &err), &err);
    ck_ok(nudge_dataset_subset(&part, data, rows, N, &err), &err);
    nudge_dataset_free(data);
    return part;
}

static nudge_train_options thread_options(int threads)
{
    nudge_train_options options = nudge_train_defaults();
    options.batch = 48;
    options.epochs = 3;
    options.accumulate = 3;
    options.threads = threads;
    options.oversubscribe = 1;
    return options;
}

START_TEST(threads)
{
    static const nudge_loss kinds[] = {NUDGE_MSE, NUDGE_CROSS_ENTROPY};
    nudge_dataset *data = subset_of(kinds[_i]);
    uint64_t hash[4];
    nudge_train_result result[4];
    nudge_metrics m[4];
    for (int n = 0; n < 4; n++) {
        nudge_error err;
        nudge_model *model = model_of(kinds[_i], NUDGE_F32);
        nudge_train_options options = thread_options(n + 1);
        ck_ok(nudge_train(model, data, data, &options, &result[n], &err), &err);
        ck_ok(nudge_evaluate(model, data, n + 1, &m[n], &err), &err);
        hash[n] = nudge_model_hash(model);
        ck_assert(hash[n] == hash[0]);
        ck_assert_mem_eq(&result[n].last.train_loss, &result[0].last.train_loss, sizeof(double));
        ck_assert_mem_eq(&result[n].last.val_loss, &result[0].last.val_loss, sizeof(double));
        ck_assert_mem_eq(m[n].value, m[0].value, sizeof m[0].value);
        nudge_model_free(model);
    }
    for (int n = 0; n < 4; n++)
        nudge_metrics_free(&m[n]);
    nudge_dataset_free(data);
}
END_TEST

/* In the middle of an epoch, by another trainer; and not with other weights. */
START_TEST(resumed)
{
    nudge_dataset *data = subset_of(NUDGE_CROSS_ENTROPY);
    nudge_model *whole = model_of(NUDGE_CROSS_ENTROPY, NUDGE_F32);
    nudge_model *first = model_of(NUDGE_CROSS_ENTROPY, NUDGE_F32);
    nudge_model *second = model_of(NUDGE_CROSS_ENTROPY, NUDGE_F32);
    nudge_train_options options = thread_options(2);
    nudge_train_result result;
    nudge_trainer *t = NULL, *other = NULL;
    nudge_error err;
    const char *path = in_folder("weights.checkpoint");
    ck_ok(nudge_train(whole, data, data, &options, &result, &err), &err);
    ck_ok(nudge_trainer_create(&t, first, data, data, &options, &err), &err);
    for (int i = 0; i < 10; i++) /* of 7 in an epoch */
        ck_ok(nudge_trainer_updates(t, 1, &err), &err);
    ck_ok(nudge_trainer_save(t, path, NULL, &err), &err);
    ck_ok(nudge_trainer_create(&other, second, data, data, &options, &err), &err);
    ck_ok(nudge_trainer_load(other, path, &err), &err);
    ck_ok(nudge_trainer_run(other, &err), &err);
    ck_assert(nudge_model_hash(second) == nudge_model_hash(whole));
    double loss = nudge_trainer_result(other).last.train_loss;
    ck_assert_mem_eq(&loss, &result.last.train_loss, sizeof loss);
    nudge_trainer_free(other);
    nudge_dataset *changed = subset_of(NUDGE_CROSS_ENTROPY);
    ck_ok(nudge_dataset_weigh_classes(changed, NULL, &err), &err);
    ck_ok(nudge_trainer_create(&other, second, changed, data, &options, &err), &err);
    ck_status(nudge_trainer_load(other, path, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "data.content"));
    nudge_trainer_free(other);
    ck_ok(nudge_dataset_set_weights(changed, NULL, &err), &err);
    ck_ok(nudge_trainer_create(&other, second, changed, data, &options, &err), &err);
    ck_status(nudge_trainer_load(other, path, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "data.weighted is true in the checkpoint and false"));
    nudge_trainer_free(other);
    nudge_trainer_free(t);
    nudge_model_free(whole);
    nudge_model_free(first);
    nudge_model_free(second);
    nudge_dataset_free(changed);
    nudge_dataset_free(data);
}
END_TEST

/* A batch whose weights are all 0 teaches nothing: its update is that of a gradient 0. */
START_TEST(batch_without_weight)
{
    nudge_dataset *data = small_data(32, 1), *half = NULL;
    nudge_train_options options = small_options();
    nudge_error err;
    double weights[32] = {0};
    uint32_t rows[16];
    for (uint32_t i = 0; i < 16; i++) {
        weights[i] = 1;
        rows[i] = i;
    }
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.shuffle = 0;
    ck_ok(nudge_dataset_subset(&half, data, rows, 16, &err), &err);
    ck_ok(nudge_dataset_set_weights(half, weights, &err), &err);
    ck_ok(nudge_dataset_set_weights(data, weights, &err), &err);
    ck_assert(trained(data, &options) == trained(half, &options));
    nudge_dataset_free(half);
    nudge_dataset_free(data);
}
END_TEST

/* ---- From files ------------------------------------------------------------------------ */

/* A row's only feature is its weight, times that of its class where there are such. */
static void check_rows(const nudge_dataset *d, const double *of_class)
{
    for (size_t r = 0; r < d->rows; r++)
        ck_assert_double_eq_tol(d->weights[r], input(d, r, 0) * of_class[(size_t)target(d, r, 0)],
                                1e-12);
}

static nudge_data_options file_options(void)
{
    nudge_data_options options = nudge_data_defaults();
    FILE *file = fopen(in_folder("w.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fputs("a,w,kind\n", file);
    for (int i = 0; i < 5000; i++) /* of more than one chunk; a quarter is "no" */
        fprintf(file, "%d,%d,%s\n", i * 7 % 101, i * 7 % 101, i % 4 == 0 ? "no" : "yes");
    fclose(file);
    options.data = in_folder("w.csv");
    options.read.target = "kind";
    options.read.weight = "w";
    options.read.dtype = NUDGE_F64;
    options.prep.scale = NUDGE_SCALE_NONE;
    options.val_split = 0.1;
    options.stratify = 1;
    return options;
}

/* Each row keeps its weight in splits and folds; those of classes are for training alone. */
START_TEST(splits_and_folds)
{
    static const double one[] = {1, 1}, given[] = {1, 0.5};
    nudge_data_options options = file_options();
    nudge_folds *folds = NULL;
    nudge_data data;
    nudge_error err;
    options.class_weight = "yes=0.5";
    ck_ok(nudge_data_load(&data, &options, &err), &err);
    check_rows(data.train, given);
    check_rows(data.val, one);
    nudge_data_free(&data);
    options.class_weight = "balanced";
    ck_ok(nudge_folds_load(&folds, 4, &options, &err), &err);
    for (size_t i = 0; i < 4; i++) {
        ck_ok(nudge_folds_data(&data, folds, i, &err), &err);
        double n = (double)data.train->rows, yes = 0;
        for (size_t r = 0; r < data.train->rows; r++)
            yes += target(data.train, r, 0);
        check_rows(data.train, (const double[]){n / (2 * (n - yes)), n / (2 * yes)});
        check_rows(data.val, one);
        check_rows(data.test, one);
        nudge_data_free(&data);
    }
    nudge_folds_free(folds);
}
END_TEST

/* Weights of classes that are no labels, but zeros and ones; what is none of either. */
START_TEST(named_classes)
{
    static const struct {
        const char *csv, *weights, *words; /* NULL: they are taken, 2 of 0 */
        nudge_loss loss;
    } all[] = {
        {"x,w,y\n1,1,0\n2,2,1\n3,3,0\n", "0=2", NULL, NUDGE_BCE},
        {"x,w,y\n1,1,0\n2,2,1\n3,3,0\n", "2=2", "'y' has no class '2'; it has 2, '0', '1'", 0},
        {"x,w,y\n1,1,0\n2,2,0.5\n3,3,0\n", "0=2", "the target of row 1 is neither 0 nor 1",
         NUDGE_BCE},
        {"x,w,y\n1,1,a\n2,2,b\n3,3,c\n", "d=2", "has no class 'd'; it has 3, 'a', 'b', ...", 0},
        {"x,w,y\n1,1,a\n2,2,b\n3,3,a\n", "a=2,a=1", "class 'a' is named twice", 0},
        {"x,w,y\n1,1,0.5\n2,2,3\n3,3,2\n", "a=2", "'y' is a number; weights are of classes", 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        nudge_data_options options = nudge_data_defaults();
        nudge_data data;
        nudge_error err;
        write_in_folder("w.csv", all[i].csv);
        options.data = in_folder("w.csv");
        options.read.target = "y";
        options.read.weight = "w";
        options.prep.scale = NUDGE_SCALE_NONE;
        options.prep.loss = all[i].loss;
        options.class_weight = all[i].weights;
        nudge_status status = nudge_data_load(&data, &options, &err);
        int is_right = all[i].words == NULL || strstr(err.text, all[i].words) != NULL;
        ck_assert_msg((status == NUDGE_OK) == (all[i].words == NULL) && is_right, "%s", err.text);
        if (status == NUDGE_OK) {
            check_rows(data.train, (const double[]){2, 1});
            nudge_data_free(&data);
        }
    }
}
END_TEST

/* ---- Classes --------------------------------------------------------------------------- */

/* 6 rows of class 0, 3 of class 2, none of class 1; by the formula that scikit-learn has. */
START_TEST(balanced)
{
    static const double x[9] = {0}, twice[3] = {2, 2, 2};
    static const int32_t classes[9] = {0, 0, 2, 0, 2, 0, 0, 2, 0};
    nudge_model *model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 1, (const size_t[]){1, 3},
                                    NUDGE_RELU, NUDGE_IDENTITY, 1);
    nudge_dataset *data = NULL;
    nudge_metrics m;
    nudge_error err;
    static const double zero[3] = {0}, bias[3] = {1, 0, 0};
    ck_ok(nudge_model_set_layer(model, 0, zero, bias, &err), &err);
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 9, 1, 3, x, NULL, classes, &err), &err);
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    ck_assert_double_eq_tol(value_of(m, ACCURACY), 6. / 9, 1e-15);
    nudge_metrics_free(&m);
    ck_ok(nudge_dataset_weigh_classes(data, NULL, &err), &err);   /* 9 / (2 * 6), 9 / (2 * 3) */
    ck_ok(nudge_dataset_weigh_classes(data, twice, &err), &err);
    ck_ok(nudge_evaluate(model, data, 1, &m, &err), &err);
    ck_assert_double_eq_tol(value_of(m, ACCURACY), 0.5, 1e-15);
    double right = log(M_E + 2) - 1, wrong = log(M_E + 2);
    ck_assert_double_eq_tol(value_of(m, LOSS), (right + wrong) / 2, 1e-14);
    nudge_metrics_free(&m);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* ---- What is refused ------------------------------------------------------------------- */

START_TEST(refused)
{
    nudge_dataset *data = small_data(3, 1), *soft = made_data(NUDGE_BCE, NUDGE_F64, 3, 2, 1, 1);
    nudge_train_options options = small_options();
    nudge_model *model = small_model();
    nudge_metrics m;
    nudge_error err;
    static const double bad[][3] = {{1, -1, 1}, {1, 2, NAN}, {INFINITY, 1, 1}}, none[3] = {0};
    for (size_t i = 0; i < 3; i++)
        ck_status(nudge_dataset_set_weights(data, bad[i], &err), NUDGE_EARGUMENT, &err);
    ck_assert(!nudge_dataset_describe(data).has_weights);
    ck_status(nudge_dataset_weigh_classes(data, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_dataset_weigh_classes(soft, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_ok(nudge_dataset_set_weights(data, none, &err), &err);
    ck_status(nudge_train(model, data, NULL, &options, NULL, &err), NUDGE_EDATA, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "weights of the 3 training rows"));
    ck_status(nudge_evaluate(model, data, 1, &m, &err), NUDGE_EDATA, &err);
    double out[9];
    ck_ok(nudge_predict(model, data, 1, out, &err), &err); /* needs none */
    nudge_model_free(model);
    nudge_dataset_free(soft);
    nudge_dataset_free(data);
}
END_TEST

static Suite *weights_suite(void)
{
    Suite *suite = suite_create("weights");
    TCase *tc = tcase_create("rows");
    tcase_add_loop_test(tc, rows_repeated, 0, LOSSES);
    tcase_add_loop_test(tc, metrics_of_rows_repeated, 0, LOSSES);
    tcase_add_loop_test(tc, gradients, 0, 2 * LOSSES);
    tcase_add_loop_test(tc, threads, 0, 2);
    tcase_add_test(tc, batch_without_weight);
    suite_add_tcase(suite, tc);
    tc = tcase_create("files");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, resumed);
    tcase_add_test(tc, splits_and_folds);
    tcase_add_test(tc, named_classes);
    suite_add_tcase(suite, tc);
    tc = tcase_create("classes and limits");
    tcase_add_test(tc, balanced);
    tcase_add_test(tc, refused);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(weights_suite)
