/* What is learned from a table: scales, categories, losses. */
#include "dataset_fixtures.h"

static nudge_error err;

/* Fits and expects a failure whose message has `part` in it. */
static void fit_refused(nudge_table *t, nudge_loss loss, nudge_status status, const char *part)
{
    nudge_prep *prep = NULL;
    nudge_prep_options options = {.size = sizeof options, .loss = loss};
    ck_says(nudge_prep_fit(&prep, t, NULL, 0, &options, &err), status, part, &err);
    ck_assert_ptr_null(prep);
    ck_assert_int_eq(strncmp(err.text, "made.csv: ", 10), 0);
}

/* Number "age" with missing cells, category "town", target "y". */
static nudge_table *people(void)
{
    nudge_table *t = table_columns(6, 3);
    table_numbers(t, 0, "age", (double[]){1, NAN, 3, 10, NAN, 6});
    table_texts(t, 1, "town", (const char *[]){"Thun", "Bern", NULL, "Thun", "Genf", "Bern"},
                towns, 3);
    table_numbers(t, 2, "y", (double[]){1, 2, 3, 4, 5, 9});
    t->columns[2].is_target = 1;
    return t;
}

/* A target column alone, beside one feature. */
static nudge_table *with_target(size_t rows, const double *y)
{
    nudge_table *t = table_columns(rows, 2);
    double *x = made_array(rows, 1, 1);
    table_numbers(t, 0, "x", x);
    free(x);
    table_numbers(t, 1, "y", y);
    t->columns[1].is_target = 1;
    return t;
}

static nudge_table *with_texts(size_t rows, const char *const *cells,
                               const char *const *categories, size_t n)
{
    nudge_table *t = table_columns(rows, 2);
    double *x = made_array(rows, 1, 1);
    table_numbers(t, 0, "x", x);
    free(x);
    table_texts(t, 1, "y", cells, categories, n);
    t->columns[1].is_target = 1;
    return t;
}

/* ---- Features -------------------------------------------------------------------------- */

/* age: median of 1 3 6 10 is 4.5; then 1 4.5 3 10 4.5 6 has mean 29/6 and variance
 * sum (x - mean)^2 / 6. y: mean 4, variance 40/6. To 1e-15, relative. */
START_TEST(columns_are_imputed_encoded_and_standardised)
{
    nudge_table *t = people();
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    nudge_prep_info info = nudge_prep_describe(p);
    ck_assert_int_eq(info.scale, NUDGE_SCALE_STANDARD);
    ck_assert_int_eq(info.loss, NUDGE_MSE);
    ck_assert_uint_eq(info.features, 4);
    ck_assert_uint_eq(info.outputs, 1);
    ck_assert_uint_eq(info.classes, 0);
    ck_assert_int_eq(info.pixels, 0);
    ck_assert_str_eq(nudge_prep_feature_name(p, 0), "age");
    ck_assert_str_eq(nudge_prep_feature_name(p, 1), "town=Bern");
    ck_assert_str_eq(nudge_prep_feature_name(p, 2), "town=Genf");
    ck_assert_str_eq(nudge_prep_feature_name(p, 3), "town=Thun");
    ck_assert_str_eq(nudge_prep_target_name(p, 0), "y");
    ck_assert_double_eq(p->columns[0].fill, 4.5);
    double x[] = {1, 4.5, 3, 10, 4.5, 6}, squares = 0;
    for (int i = 0; i < 6; i++)
        squares += (x[i] - 29 / 6.0) * (x[i] - 29 / 6.0);
    ck_assert_double_eq_tol(p->shift[0], 29 / 6.0, 5e-15);
    ck_assert_double_eq_tol(p->factor[0], 1 / sqrt(squares / 6), 1e-15);
    for (int k = 1; k < 4; k++) {
        ck_assert_double_eq(p->shift[k], 0);
        ck_assert_double_eq(p->factor[k], 1);
    }
    ck_assert_double_eq(p->target_shift[0], 4);
    ck_assert_double_eq_tol(p->target_factor[0], sqrt(6 / 40.0), 1e-15);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median is the middle of the sorted values, or half the sum of the two middle ones: exactly,
 * for any number of values, with many equal ones, sorted or not. */
START_TEST(medians_are_exact)
{
    for (size_t n = 2; n <= 70; n++)
        for (int shape = 0; shape < 4; shape++) {
            double *x = made_array(n, shape == 0 ? 1 : 6, n + 100), *sorted;
            for (size_t i = 0; i < n && shape > 0; i++)
                x[i] = shape == 1 ? rint(x[i]) : shape == 2 ? (double)i : (double)(n - i);
            nudge_table *t = table_columns(n, 2);
            table_numbers(t, 0, "x", x);
            for (size_t i = 0; i < n; i++)
                table_set(t, i, 1, (double)i);
            table_name(t, 1, "y", NUDGE_COLUMN_NUMBER)->is_target = 1;
            nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
            sorted = x;
            qsort(sorted, n, sizeof *sorted, by_value);
            double median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
            ck_assert_double_eq(p->columns[0].fill, median);
            nudge_prep_free(p);
            nudge_table_free(t);
            free(x);
        }
}
END_TEST

/* Rows that are held out change nothing, whatever they hold. */
START_TEST(only_training_rows_are_learned_from)
{
    uint32_t rows[] = {0, 2, 3, 5};
    char *text[2];
    for (int change = 0; change < 2; change++) {
        nudge_table *t = people();
        if (change) {
            *nu_cell_at(t, 1, 0) = 1e6; /* age, row 1 */
            *nu_cell_at(t, 4, 2) = -77; /* y, row 4 */
        }
        nudge_prep *p = NULL;
        ck_ok(nudge_prep_fit(&p, t, rows, 4, NULL, &err), &err);
        ck_assert_uint_eq(p->features, 3); /* no training row is in Genf */
        ck_assert_str_eq(p->feature_names[2], "town=Thun");
        ck_assert_double_eq(p->shift[0], 5);
        text[change] = prep_text(p);
        nudge_prep_free(p);
        nudge_table_free(t);
    }
    ck_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}
END_TEST

/* minmax: (x - min) / (max - min), target too; none: nothing is scaled; a constant column is
 * only shifted. */
START_TEST(scales_are_as_asked)
{
    nudge_table *t = table_columns(4, 3);
    table_numbers(t, 0, "a", (double[]){-2, 0, 2, 6});
    table_numbers(t, 1, "b", (double[]){0.1, 0.1, 0.1, 0.1});
    table_numbers(t, 2, "y", (double[]){10, 20, 30, 50});
    t->columns[2].is_target = 1;
    nudge_prep *p = fit(t, NUDGE_SCALE_MINMAX, NUDGE_MSE);
    ck_assert_double_eq(p->shift[0], -2);
    ck_assert_double_eq(p->factor[0], 1 / 8.0);
    ck_assert_double_eq(p->shift[1], 0.1);
    ck_assert_double_eq(p->factor[1], 1);
    ck_assert_double_eq(p->target_shift[0], 10);
    ck_assert_double_eq(p->target_factor[0], 1 / 40.0);
    nudge_prep_free(p);
    p = fit(t, NUDGE_SCALE_STANDARD, NUDGE_HUBER);
    ck_assert_double_eq(p->shift[1], 0.1);
    ck_assert_double_eq(p->factor[1], 1);
    ck_assert_double_eq(p->target_shift[0], 27.5);
    nudge_prep_free(p);
    p = fit(t, NUDGE_SCALE_NONE, NUDGE_MAE);
    ck_assert_double_eq(p->shift[0], 0);
    ck_assert_double_eq(p->factor[0], 1);
    ck_assert_double_eq(p->target_shift[0], 0);
    ck_assert_double_eq(p->target_factor[0], 1);
    nudge_prep_free(p);
    p = fit(t, NUDGE_SCALE_STANDARD, NUDGE_POISSON); /* the log link wants counts as they are */
    ck_assert_double_eq(p->target_shift[0], 0);
    ck_assert_double_eq(p->target_factor[0], 1);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

START_TEST(columns_without_values_are_refused)
{
    nudge_table *t = table_columns(3, 2);
    table_numbers(t, 0, "empty", (double[]){NAN, NAN, NAN});
    table_numbers(t, 1, "y", (double[]){1, 2, 3});
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EARGUMENT, "no target");
    t->columns[1].is_target = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "'empty'");
    t->columns[0].is_target = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "target 'empty' has no value in data row 1 ");
    nudge_table_free(t);

    t = table_columns(3, 2);
    table_texts(t, 0, "town", (const char *[]){NULL, NULL, "Bern"}, towns, 3);
    table_numbers(t, 1, "y", (double[]){1, 2, 3});
    t->columns[1].is_target = 1;
    nudge_prep *p = NULL;
    ck_says(nudge_prep_fit(&p, t, (uint32_t[]){0, 1}, 2, NULL, &err), NUDGE_EDATA, "'town'", &err);
    ck_says(nudge_prep_fit(&p, t, (uint32_t[]){0, 3}, 2, NULL, &err), NUDGE_EARGUMENT, "row", &err);
    ck_says(nudge_prep_fit(&p, t, (uint32_t[]){0}, 0, NULL, &err), NUDGE_EARGUMENT, "rows", &err);
    nudge_table_free(t);

    t = table_columns(3, 1);
    table_numbers(t, 0, "y", (double[]){1, 2, 3});
    t->columns[0].is_target = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "no feature columns");
    nudge_table_free(t);
}
END_TEST

/* ---- Matrices -------------------------------------------------------------------------- */

/* Moments of every column, by the formulas, to 1e-12: more columns than are taken at a time, and
 * enough rows for several threads. Rows are used in the order given. */
START_TEST(matrices_are_standardised)
{
    const size_t rows = 5000, features = 300;
    double *x = made_array(rows * features, 3, 1), *y = made_array(rows * 2, 5, 2);
    for (size_t r = 0; r < rows; r++)
        x[r * features + 7] = 0.1; /* a constant one */
    nudge_table *t = table_matrix(NU_F64, rows, features, x);
    table_values(t, 2, y);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    for (size_t j = 0; j < features; j++) {
        double mean = 0, variance = 0;
        for (size_t r = 0; r < rows; r++)
            mean += x[r * features + j] / (double)rows;
        for (size_t r = 0; r < rows; r++)
            variance += pow(x[r * features + j] - mean, 2) / (double)rows;
        ck_assert_double_eq_tol(p->shift[j], mean, 1e-12);
        ck_assert_double_eq_tol(p->factor[j], j == 7 ? 1 : 1 / sqrt(variance), 1e-12);
    }
    ck_assert_double_eq(p->shift[7], 0.1);
    ck_assert_str_eq(nudge_prep_feature_name(p, 299), "x300");
    ck_assert_str_eq(nudge_prep_target_name(p, 1), "y2");
    ck_assert_double_ne(p->target_factor[1], 1);
    ck_assert_int_eq(p->loss, NUDGE_MSE);
    nudge_prep_free(p);

    p = fit(t, NUDGE_SCALE_MINMAX, NUDGE_LOSS_AUTO);
    double min = x[299], max = x[299];
    for (size_t r = 0; r < rows; r++) {
        min = fmin(min, x[r * features + 299]);
        max = fmax(max, x[r * features + 299]);
    }
    ck_assert_double_eq(p->shift[299], min);
    ck_assert_double_eq(p->factor[299], 1 / (max - min));
    nudge_prep_free(p);
    nudge_table_free(t);
    free(x);
    free(y);
}
END_TEST

/* auto: bytes / 255; none: bytes as they are; standard: per pixel. */
START_TEST(bytes_are_scaled)
{
    double x[] = {0, 255, 10, 0, 51, 30};
    nudge_table *t = table_matrix(NU_U8, 2, 3, x);
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EARGUMENT, "name the file of labels");
    table_classes(t, 4, (int32_t[]){3, 1});
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    nudge_prep_info info = nudge_prep_describe(p);
    ck_assert_int_eq(info.scale, NUDGE_SCALE_NONE);
    ck_assert_int_eq(info.loss, NUDGE_CROSS_ENTROPY);
    ck_assert_int_eq(info.pixels, 1);
    ck_assert_uint_eq(info.outputs, 4);
    ck_assert_uint_eq(info.classes, 4);
    ck_assert_str_eq(nudge_prep_class_label(p, 3), "3");
    ck_assert_str_eq(nudge_prep_target_name(p, 0), "label");
    ck_assert_str_eq(nudge_prep_feature_name(p, 2), "p3");
    ck_assert_double_eq(p->factor[2], 1 / 255.0);
    ck_assert_double_eq(p->shift[2], 0);
    nudge_prep_free(p);
    p = fit(t, NUDGE_SCALE_NONE, NUDGE_LOSS_AUTO);
    ck_assert_double_eq(p->factor[2], 1);
    nudge_prep_free(p);
    p = fit(t, NUDGE_SCALE_STANDARD, NUDGE_LOSS_AUTO);
    ck_assert_int_eq(nudge_prep_describe(p).scale, NUDGE_SCALE_STANDARD);
    ck_assert_double_eq(p->shift[1], 153);
    ck_assert_double_eq(p->factor[1], 1 / 102.0);
    ck_assert_double_eq(p->shift[0], 0);
    ck_assert_double_eq(p->factor[0], 1);
    nudge_prep_free(p);
    fit_refused(t, NUDGE_MSE, NUDGE_EARGUMENT, "cross-entropy");
    t->classes[0] = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "only one class ('1')");
    nudge_table_free(t);
}
END_TEST

/* ---- Targets --------------------------------------------------------------------------- */

static nudge_loss chosen(const double *y)
{
    nudge_table *t = with_target(4, y);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    nudge_loss loss = p->loss;
    nudge_prep_free(p);
    nudge_table_free(t);
    return loss;
}

START_TEST(losses_are_chosen_by_the_target)
{
    ck_assert_int_eq(chosen((double[]){0, 1, 1, 0}), NUDGE_BCE);
    ck_assert_int_eq(chosen((double[]){0, 1, 2, 0}), NUDGE_MSE);
    ck_assert_int_eq(chosen((double[]){0, 0.5, 1, 0}), NUDGE_MSE);
    nudge_table *t = with_texts(3, (const char *[]){"Thun", "Bern", "Thun"}, towns, 3);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    ck_assert_int_eq(p->loss, NUDGE_CROSS_ENTROPY);
    ck_assert_uint_eq(p->outputs, 3); /* Genf may be among rows held out */
    ck_assert_str_eq(p->class_labels[1], "Genf");
    ck_assert_double_eq(p->target_factor[2], 1);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

START_TEST(numbers_can_be_classes)
{
    nudge_table *t = with_target(6, (double[]){10, -3, 2, 10, 1e15, -0.0});
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_CROSS_ENTROPY);
    static const char *const labels[] = {"-3", "0", "2", "10", "1000000000000000"};
    ck_assert_uint_eq(p->n_classes, 5);
    ck_assert_uint_eq(p->outputs, 5);
    for (size_t k = 0; k < 5; k++)
        ck_assert_str_eq(p->class_labels[k], labels[k]);
    nudge_prep_free(p);
    nudge_table_free(t);

    t = with_target(3, (double[]){1, 2.5, 3});
    fit_refused(t, NUDGE_CROSS_ENTROPY, NUDGE_EARGUMENT, "2.5 in data row 2");
    nudge_table_free(t);
    t = with_target(3, (double[]){7, 7, 7});
    fit_refused(t, NUDGE_CROSS_ENTROPY, NUDGE_EDATA, "only one class ('7')");
    nudge_table_free(t);
    for (size_t n = 1000; n <= 1001; n++) { /* as many classes as are allowed, and one more */
        double y[1001];
        for (size_t i = 0; i < n; i++)
            y[i] = (double)(i * 3 % n);
        t = with_target(n, y);
        if (n == 1000) {
            p = fit(t, NUDGE_SCALE_AUTO, NUDGE_CROSS_ENTROPY);
            ck_assert_uint_eq(p->n_classes, 1000);
            ck_assert_str_eq(p->class_labels[999], "999");
            nudge_prep_free(p);
        } else {
            fit_refused(t, NUDGE_CROSS_ENTROPY, NUDGE_EARGUMENT, "more than 1000");
        }
        nudge_table_free(t);
    }
}
END_TEST

START_TEST(bce_takes_parts_and_two_classes)
{
    nudge_table *t = with_target(3, (double[]){0, 0.25, 1});
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_BCE);
    ck_assert_uint_eq(p->outputs, 1);
    ck_assert_uint_eq(p->n_classes, 0);
    ck_assert_double_eq(p->target_factor[0], 1);
    nudge_prep_free(p);
    nudge_table_free(t);
    t = with_target(3, (double[]){0, 1.5, 1});
    fit_refused(t, NUDGE_BCE, NUDGE_EARGUMENT, "from 0 to 1.5");
    nudge_table_free(t);
    const char *cells[] = {"Thun", "Bern", "Thun"};
    t = with_texts(3, cells, (const char *[]){"Bern", "Thun"}, 2);
    p = fit(t, NUDGE_SCALE_AUTO, NUDGE_BCE);
    ck_assert_uint_eq(p->outputs, 1);
    ck_assert_uint_eq(p->n_classes, 2);
    ck_assert_str_eq(p->class_labels[1], "Thun");
    nudge_prep_free(p);
    nudge_table_free(t);
    t = with_texts(3, cells, towns, 3);
    fit_refused(t, NUDGE_BCE, NUDGE_EARGUMENT, "3 classes");
    nudge_table_free(t);
}
END_TEST

START_TEST(targets_that_do_not_fit_are_refused)
{
    static const nudge_loss numeric[] = {NUDGE_MSE, NUDGE_MAE, NUDGE_HUBER, NUDGE_POISSON};
    nudge_table *t = with_texts(3, (const char *[]){"Thun", "Bern", "Thun"}, towns, 3);
    for (size_t i = 0; i < 4; i++)
        fit_refused(t, numeric[i], NUDGE_EARGUMENT,
                    "target 'y' holds text classes; use cross-entropy");
    nudge_table_free(t);
    t = with_texts(3, (const char *[]){"Thun", "Thun", "Thun"}, towns, 3);
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA,
                "target 'y' has only one class ('Thun'); at least two are needed");
    nudge_table_free(t);
    t = with_texts(3, (const char *[]){"Thun", "Bern", NULL}, towns, 3);
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "data row 3");
    t->columns[0].is_target = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "data row 3");
    nudge_table_free(t);
    t = with_texts(3, (const char *[]){"Thun", "Bern", "Bern"}, towns, 3);
    t->columns[0].is_target = 1;
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EARGUMENT, "several targets");
    nudge_table_free(t);
    t = with_target(3, (double[]){4, 4, 4});
    fit_refused(t, NUDGE_LOSS_AUTO, NUDGE_EDATA, "is 4 in all 3 training rows");
    nudge_table_free(t);
    t = with_target(3, (double[]){4, -1, 4});
    fit_refused(t, NUDGE_POISSON, NUDGE_EARGUMENT, "-1");
    nudge_table_free(t);
    t = with_target(3, (double[]){-1e308, 1e308, 4});
    fit_refused(t, NUDGE_MSE, NUDGE_EDATA, "leave them as they are");
    nudge_table_free(t);
}
END_TEST

static Suite *prep_suite(void)
{
    Suite *suite = suite_create("prep");
    TCase *features = tcase_create("features");
    tcase_set_timeout(features, 60);
    tcase_add_test(features, columns_are_imputed_encoded_and_standardised);
    tcase_add_test(features, medians_are_exact);
    tcase_add_test(features, only_training_rows_are_learned_from);
    tcase_add_test(features, scales_are_as_asked);
    tcase_add_test(features, columns_without_values_are_refused);
    tcase_add_test(features, matrices_are_standardised);
    tcase_add_test(features, bytes_are_scaled);
    suite_add_tcase(suite, features);
    TCase *targets = tcase_create("targets");
    tcase_set_timeout(targets, 60);
    tcase_add_test(targets, losses_are_chosen_by_the_target);
    tcase_add_test(targets, numbers_can_be_classes);
    tcase_add_test(targets, bce_takes_parts_and_two_classes);
    tcase_add_test(targets, targets_that_do_not_fit_are_refused);
    suite_add_tcase(suite, targets);
    return suite;
}

SUITE_MAIN(prep_suite)
