/* Datasets from tables that are matrices. */
#include "dataset_fixtures.h"

/* (x - shift) * factor computed in double, rounded; large enough for several threads. Of the same
 * type the block is taken over, not copied. */
START_TEST(matrices_are_scaled)
{
    const size_t rows = 3000, features = 300;
    nu_element element = _i % 2 == 0 ? NU_F32 : NU_F64;
    nudge_dtype dtype = _i / 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    double *x = made_array(rows * features, 3, 1), *y = made_array(rows * 2, 5, 2);
    nudge_table *t = table_matrix(element, rows, features, x);
    table_values(t, 2, y);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    void *block = t->x;
    nudge_dataset *d = pack(t, p, dtype, NULL);
    if ((element == NU_F32) == (dtype == NUDGE_F32))
        ck_assert_ptr_eq(d->store->x, block);
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < features; j++) {
            double raw = x[r * features + j];
            raw = ((element == NU_F32 ? (float)raw : raw) - p->shift[j]) * p->factor[j];
            double want = dtype == NUDGE_F32 ? (float)raw : raw;
            if (input(d, r, j) != want) /* Check's own assertions take 2 us each */
                ck_abort_msg("row %zu, column %zu: %g, not %g", r, j, input(d, r, j), want);
        }
        double raw = y[r * 2 + 1];
        raw = ((element == NU_F32 ? (float)raw : raw) - p->target_shift[1]) * p->target_factor[1];
        ck_assert_double_eq(target(d, r, 1), dtype == NUDGE_F32 ? (float)raw : raw);
    }
    nudge_dataset_free(d);
    nudge_prep_free(p);
    free(x);
    free(y);
}
END_TEST

START_TEST(bytes_stay_bytes)
{
    double x[] = {0, 255, 10, 0, 51, 30};
    nudge_table *t = table_matrix(NU_U8, 2, 3, x);
    table_classes(t, 4, (int32_t[]){3, 1});
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    void *block = t->x;
    nudge_dataset *d = pack(t, p, NUDGE_F32, NULL);
    ck_assert_ptr_eq(d->store->x, block);
    ck_assert_int_eq(d->store->element, NU_U8);
    ck_assert_double_eq(input(d, 0, 1), 255 * (double)(1 / 255.0f));
    ck_assert_double_eq(target(d, 0, 0), 3);
    ck_assert_uint_eq(nudge_dataset_describe(d).bytes, 6 + 2 * 3 * 4 + 2 * 4);
    nudge_dataset_free(d);

    t = table_matrix(NU_U8, 1, 6, x);
    pack_refused(t, p, NUDGE_EMISMATCH, "the model takes 3 features, 'made.csv' has 6");
    t = table_matrix(NU_U8, 2, 3, x);
    table_classes(t, 5, (int32_t[]){4, 1});
    pack_refused(t, p, NUDGE_EMISMATCH, "'4'");
    t = table_matrix(NU_F32, 2, 3, x);
    pack_refused(t, p, NUDGE_EMISMATCH, "is 'x1'");
    t = table_matrix(NU_U8, 2, 3, x);
    t->pixel_rows = 3;
    t->pixel_columns = 1;
    pack_refused(t, p, NUDGE_EMISMATCH, "takes images of 1 x 3 pixels, 'made.csv' has 3 x 1");
    d = pack(table_matrix(NU_U8, 2, 3, x), p, NUDGE_F64, NULL);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 0);
    nudge_dataset_free(d);

    t = table_columns(1, 4); /* the same as a table of columns p1, p2, p3, label */
    for (size_t j = 0; j < 3; j++)
        table_numbers(t, j, (const char *[]){"p1", "p2", "p3"}[j], &x[j]);
    table_numbers(t, 3, "label", (double[]){2});
    d = pack(t, p, NUDGE_F64, NULL);
    ck_assert_double_eq(input(d, 0, 1), 1);
    ck_assert_double_eq(target(d, 0, 0), 2);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* A model of classes "1" and "3" takes images labelled 3 and 1 as its classes 1 and 0. */
START_TEST(class_numbers_are_matched_by_label)
{
    double x[] = {1, 2};
    nudge_table *t = table_columns(2, 2);
    table_numbers(t, 0, "p1", x);
    table_numbers(t, 1, "label", (double[]){1, 3});
    t->columns[1].is_target = 1;
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_CROSS_ENTROPY);
    nudge_table_free(t);
    t = table_matrix(NU_U8, 2, 1, x);
    table_classes(t, 4, (int32_t[]){3, 1});
    nudge_dataset *d = pack(t, p, NUDGE_F32, NULL);
    ck_assert_double_eq(target(d, 0, 0), 1);
    ck_assert_double_eq(target(d, 1, 0), 0);
    nudge_dataset_free(d);
    t = table_matrix(NU_U8, 2, 1, x);
    table_classes(t, 4, (int32_t[]){3, 2});
    pack_refused(t, p, NUDGE_EMISMATCH, "'2'");
    nudge_prep_free(p);
}
END_TEST

/* A table of columns and a matrix with features of the same names are interchangeable. */
START_TEST(matrices_fit_columns_of_their_names)
{
    double x[] = {1, 2, 3, 4, 5, 9};
    nudge_table *t = table_matrix(NU_F64, 3, 2, x);
    table_values(t, 1, (double[]){1, 2, 4});
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    nudge_dataset *a = pack(t, p, NUDGE_F64, NULL);
    for (int missing = 0; missing < 2; missing++) {
        t = table_columns(3, 3);
        table_numbers(t, 0, "x2", (double[]){2, 4, 9});
        table_numbers(t, 1, "y", (double[]){1, 2, 4});
        table_numbers(t, 2, "x1", (double[]){1, 3, missing ? NAN : 5});
        if (missing) {
            pack_refused(t, p, NUDGE_EDATA, "'x1' has no value in data row 3");
            break;
        }
        nudge_dataset *b = pack(t, p, NUDGE_F64, NULL);
        ck_assert_mem_eq(a->store->x, b->store->x, sizeof x);
        ck_assert_mem_eq(a->store->y, b->store->y, 3 * sizeof(double));
        nudge_dataset_free(b);
    }
    nudge_prep_free(p);
    t = table_columns(3, 3);
    table_numbers(t, 0, "x1", (double[]){1, 3, 5});
    table_numbers(t, 1, "x2", (double[]){2, 4, 9});
    table_numbers(t, 2, "y", (double[]){1, 2, 4});
    t->columns[2].is_target = 1;
    p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    nudge_table_free(t);
    t = table_matrix(NU_F64, 3, 2, x);
    table_values(t, 1, (double[]){1, 2, 4});
    nudge_dataset *b = pack(t, p, NUDGE_F64, NULL);
    ck_assert_mem_eq(a->store->x, b->store->x, sizeof x);
    ck_assert_mem_eq(a->store->y, b->store->y, 3 * sizeof(double));
    nudge_dataset_free(b);
    nudge_dataset_free(a);
    nudge_prep_free(p);
}
END_TEST

START_TEST(matrices_that_do_not_fit_are_refused)
{
    double x[] = {1, 2, 3, 4}, y[] = {1, 5};
    nudge_table *t = table_matrix(NU_F64, 2, 2, x);
    table_values(t, 1, y);
    nudge_prep *p = fit(t, NUDGE_SCALE_NONE, NUDGE_MSE);
    ((double *)t->x)[3] = 1e200;
    pack_refused(t, p, NUDGE_EDATA, "feature 'x2' in data row 2");
    t = table_matrix(NU_F32, 2, 2, (double[]){1, NAN, 3, 4});
    pack_refused(t, p, NUDGE_EDATA, "feature 'x2' in data row 1");
    t = table_matrix(NU_U8, 2, 2, x);
    pack_refused(t, p, NUDGE_EMISMATCH, "feature 1 is 'x1', that of 'made.csv' is 'p1'");
    t = table_matrix(NU_F64, 2, 2, x);
    t->rows = 0;
    pack_refused(t, p, NUDGE_EDATA, "0 rows; there must be from 1 to 4294967295");
    t = table_matrix(NU_F64, 2, 2, x);
    table_values(t, 1, (double[]){1, -1e200});
    pack_refused(t, p, NUDGE_EDATA, "target 'y' in data row 2 is too large for f32");
    t = table_matrix(NU_F64, 1, 2, x);
    table_values(t, 2, y);
    pack_refused(t, p, NUDGE_EMISMATCH, "1 targets");
    t = table_matrix(NU_F64, 2, 2, x);
    table_classes(t, 2, (int32_t[]){0, 1});
    pack_refused(t, p, NUDGE_EMISMATCH, "'y' is a number");
    nudge_error err;
    nudge_dataset *d = NULL;
    t = table_matrix(NU_F64, 2, 2, x);
    ck_says(nudge_dataset_pack(&d, &t, p, (nudge_dtype)7, NULL, &err), NUDGE_EARGUMENT, "dtype",
            &err);
    ck_assert(t == NULL && d == NULL);
    ck_assert_str_eq(nudge_prep_target_around(p, 0, 1), "");
    nudge_prep_free(p);
    t = table_matrix(NU_F64, 2, 2, x);
    table_values(t, 1, (double[]){0.25, 1});
    p = fit(t, NUDGE_SCALE_NONE, NUDGE_BCE);
    nudge_table_free(t);
    t = table_matrix(NU_F64, 2, 2, x);
    table_values(t, 1, (double[]){0, 1.5});
    pack_refused(t, p, NUDGE_EDATA, "target 'y' is 1.5 in data row 2; bce takes");
    nudge_prep_free(p);
}
END_TEST

static Suite *dataset_matrix_suite(void)
{
    Suite *suite = suite_create("dataset_matrix");
    TCase *matrices = tcase_create("matrices");
    tcase_set_timeout(matrices, 60);
    tcase_add_loop_test(matrices, matrices_are_scaled, 0, 4);
    tcase_add_test(matrices, bytes_stay_bytes);
    tcase_add_test(matrices, class_numbers_are_matched_by_label);
    tcase_add_test(matrices, matrices_fit_columns_of_their_names);
    tcase_add_test(matrices, matrices_that_do_not_fit_are_refused);
    suite_add_tcase(suite, matrices);
    return suite;
}

SUITE_MAIN(dataset_matrix_suite)
