/* Datasets from arrays, from parts of others and from tables of columns. */
#include "dataset_fixtures.h"

static nudge_error err;

/* ---- From arrays ----------------------------------------------------------------------- */

START_TEST(arrays_are_copied)
{
    double x[] = {1, 2, 3, 4, 5, 0.1}, y[] = {7, 8, 9};
    int32_t classes[] = {1, 0, 1};
    nudge_dataset *d = NULL;
    ck_ok(nudge_dataset_from_arrays(&d, NUDGE_F32, 3, 2, 1, x, y, NULL, &err), &err);
    x[0] = 55;
    ck_assert_double_eq(input(d, 0, 0), 1);
    ck_assert_double_eq(input(d, 2, 1), (double)0.1f);
    ck_assert_double_eq(target(d, 2, 0), 9);
    nudge_dataset_info info = nudge_dataset_describe(d);
    ck_assert_uint_eq(info.rows, 3);
    ck_assert_uint_eq(info.features, 2);
    ck_assert_uint_eq(info.outputs, 1);
    ck_assert_int_eq(info.has_classes, 0);
    ck_assert_uint_eq(info.bytes, 9 * sizeof(float));
    nudge_dataset_free(d);
    ck_ok(nudge_dataset_from_arrays(&d, NUDGE_F64, 3, 2, 2, x, NULL, classes, &err), &err);
    ck_assert_int_eq(nudge_dataset_describe(d).has_classes, 1);
    ck_assert_uint_eq(nudge_dataset_describe(d).bytes, 6 * sizeof(double) + 3 * sizeof(int32_t));
    ck_assert_double_eq(target(d, 1, 0), 0);
    ck_assert_double_eq(input(d, 2, 1), 0.1);
    nudge_dataset_free(d);
    ck_ok(nudge_dataset_from_arrays(&d, NUDGE_F64, 3, 2, 2, x, NULL, NULL, &err), &err);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 0);
    nudge_dataset_free(d);
    nudge_dataset_free(NULL);
}
END_TEST

START_TEST(bad_arrays_are_refused)
{
    double x[] = {1, 2, 3, 4, 5, 6}, y[] = {7, 8, 9};
    int32_t classes[] = {1, 0, 2};
    nudge_dataset *d = NULL;
#define FROM(dtype, rows, features, outputs, y, c) \
    nudge_dataset_from_arrays(&d, dtype, rows, features, outputs, x, y, c, &err)
    ck_says(FROM(NUDGE_F32, 0, 2, 1, y, NULL), NUDGE_EARGUMENT, "0 rows", &err);
    ck_says(FROM(NUDGE_F32, 3, 0, 1, y, NULL), NUDGE_EARGUMENT, "0 features", &err);
    ck_says(FROM(NUDGE_F32, 3, 2, 0, y, NULL), NUDGE_EARGUMENT, "0 outputs", &err);
    ck_says(FROM(NUDGE_F32, 3, 2, 2, y, classes), NUDGE_EARGUMENT, "both", &err);
    ck_says(FROM(NUDGE_F32, 3, 2, 2, NULL, classes), NUDGE_EARGUMENT, "row 2 is 2", &err);
    ck_says(FROM(NUDGE_F32, (size_t)UINT32_MAX + 1, 1, 1, NULL, NULL), NUDGE_EARGUMENT, "rows",
            &err);
    ck_says(FROM(NUDGE_F64, 3, SIZE_MAX / 2, 1, NULL, NULL), NUDGE_EMEMORY, "x", &err);
    classes[2] = -1;
    ck_says(FROM(NUDGE_F32, 3, 2, 2, NULL, classes), NUDGE_EARGUMENT, "row 2 is -1", &err);
    y[1] = INFINITY;
    ck_says(FROM(NUDGE_F64, 3, 2, 1, y, NULL), NUDGE_EDATA, "y: row 1, output 0 is inf", &err);
    x[5] = NAN;
    ck_says(FROM(NUDGE_F64, 3, 2, 1, NULL, NULL), NUDGE_EDATA, "x: row 2, feature 1 is nan", &err);
    x[5] = 1e39;
    ck_says(FROM(NUDGE_F32, 3, 2, 1, NULL, NULL), NUDGE_EDATA, "too large for f32", &err);
    ck_assert_ptr_null(d);
#undef FROM
}
END_TEST

/* ---- Borrowed -------------------------------------------------------------------------- */

START_TEST(arrays_are_borrowed)
{
    static float x[] = {1, 2, 3, 4, 5, 0.5f}, y[] = {7, 8, 9};
    static uint8_t pixels[] = {0, 255, 51, 1};
    static const int32_t classes[] = {1, 0};
    nudge_dataset *d = NULL, *part = NULL;
    nudge_arrays a = {.size = sizeof a, .dtype = NUDGE_F32, .rows = 3, .features = 2,
                      .outputs = 1, .x = x, .y = y};
    ck_ok(nudge_dataset_borrow(&d, &a, &err), &err);
    ck_assert_ptr_eq(d->store->x, x);
    ck_assert_ptr_eq(d->store->y, y);
    ck_ok(nudge_dataset_subset(&part, d, (uint32_t[]){2}, 1, &err), &err);
    nudge_dataset_free(d);
    ck_assert_double_eq(input(part, 0, 1), 0.5);
    ck_assert_double_eq(target(part, 0, 0), 9);
    nudge_dataset_free(part); /* what was borrowed is not freed */
    a = (nudge_arrays){.size = sizeof a, .dtype = NUDGE_F64, .rows = 2, .features = 2,
                       .outputs = 2, .x = pixels,
                       .bytes = 1, .classes = classes};
    ck_ok(nudge_dataset_borrow(&d, &a, &err), &err);
    ck_assert_double_eq(input(d, 0, 1), 1);
    ck_assert_double_eq(input(d, 1, 0), 51 * (1.0 / 255));
    ck_assert_double_eq(target(d, 0, 0), 1);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 2);
    nudge_dataset_free(d);
}
END_TEST

/* The same weights as from copies, also where the arrays are not aligned. */
START_TEST(borrowed_arrays_train_alike)
{
    enum { ROWS = 50, IN = 70 };
    static float x[ROWS * IN + 1], y[ROWS + 1];
    static double xd[ROWS * IN], yd[ROWS];
    uint64_t hashes[2];
    for (size_t i = 0; i < ROWS * IN; i++)
        xd[i] = x[i + 1] = (float)(i * 7919 % 101) / 64 - 1;
    for (size_t i = 0; i < ROWS; i++)
        yd[i] = y[i + 1] = (float)(i % 5);
    for (int k = 0; k < 2; k++) {
        nudge_dataset *d = NULL;
        nudge_arrays a = {sizeof a, NUDGE_F32, ROWS, IN, 1, .x = x + 1, .y = y + 1};
        ck_ok(k == 0 ? nudge_dataset_borrow(&d, &a, &err)
                     : nudge_dataset_from_arrays(&d, NUDGE_F32, ROWS, IN, 1, xd, yd, NULL, &err),
              &err);
        nudge_model_options o = nudge_model_defaults();
        nudge_train_options t = nudge_train_defaults();
        nudge_model *m = NULL;
        o.layers = 2;
        o.widths = (size_t[]){IN, 9, 1};
        t.epochs = 3;
        t.batch = 16;
        t.shuffle = 0; /* batches are used where they are */
        ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
        ck_ok(nudge_train(m, d, NULL, &t, NULL, &err), &err);
        hashes[k] = nudge_model_hash(m);
        nudge_model_free(m);
        nudge_dataset_free(d);
    }
    ck_assert_uint_eq(hashes[0], hashes[1]);
}
END_TEST

START_TEST(bad_arrays_are_not_borrowed)
{
    double x[] = {1, 2, 3, NAN}, y[] = {1, INFINITY};
    int32_t classes[] = {0, 5};
    nudge_dataset *d = NULL;
    nudge_arrays a = {.size = sizeof a, .dtype = NUDGE_F64, .rows = 2, .features = 2};
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EARGUMENT, "x is NULL", &err);
    a.x = x;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EDATA, "x: row 1, feature 1 is nan", &err);
    x[3] = 4;
    a.y = y;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EARGUMENT, "0 outputs", &err);
    a.outputs = 1;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EDATA, "y: row 1, output 0 is inf", &err);
    a.classes = classes;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EARGUMENT, "both", &err);
    a.y = NULL;
    a.outputs = 5;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EARGUMENT, "row 1 is 5", &err);
    a.dtype = (nudge_dtype)9;
    ck_says(nudge_dataset_borrow(&d, &a, &err), NUDGE_EARGUMENT, "dtype 9", &err);
    ck_assert_ptr_null(d);
}
END_TEST

/* ---- Subsets --------------------------------------------------------------------------- */

/* Row i of a subset is row rows[i] of what it was taken from, also of a subset of a subset. All
 * share one store, freed with the last of them in any order. */
START_TEST(subsets_compose_and_share)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1},
                                     {2, 1, 0}};
    double x[5] = {10, 11, 12, 13, 14};
    nudge_dataset *d[3] = {NULL};
    ck_ok(nudge_dataset_from_arrays(&d[0], NUDGE_F64, 5, 1, 1, x, x, NULL, &err), &err);
    ck_ok(nudge_dataset_subset(&d[1], d[0], (uint32_t[]){4, 2, 2, 0}, 4, &err), &err);
    ck_ok(nudge_dataset_subset(&d[2], d[1], (uint32_t[]){3, 0}, 2, &err), &err);
    ck_assert_ptr_eq(d[2]->store, d[0]->store);
    ck_assert_double_eq(input(d[1], 2, 0), 12);
    ck_assert_uint_eq(nudge_dataset_describe(d[1]).bytes, 10 * sizeof(double) + 4 * 4);
    nudge_dataset *none = NULL;
    ck_says(nudge_dataset_subset(&none, d[1], (uint32_t[]){4}, 1, &err), NUDGE_EARGUMENT, "4",
            &err);
    ck_says(nudge_dataset_subset(&none, d[1], (uint32_t[]){0}, 0, &err), NUDGE_EARGUMENT, "no rows",
            &err);
    ck_assert_ptr_null(none);
    const int *order = orders[_i];
    for (int i = 0; i < 3; i++) {
        nudge_dataset_free(d[order[i]]);
        d[order[i]] = NULL;
        if (d[2] != NULL) {
            ck_assert_uint_eq(nudge_dataset_describe(d[2]).rows, 2);
            ck_assert_double_eq(input(d[2], 0, 0), 10);
            ck_assert_double_eq(target(d[2], 1, 0), 14);
        }
    }
}
END_TEST

/* ---- Packing columns ------------------------------------------------------------------- */

/* More rows than a chunk has: "age" (missing where r % 5 == 0), "town", "y" = r % 11. */
static nudge_table *many_people(size_t rows)
{
    nudge_table *t = table_columns(rows, 3);
    double *age = made_array(rows, 40, 3), *y = made_array(rows, 1, 4);
    const char **town = table_memory(rows, sizeof *town);
    for (size_t r = 0; r < rows; r++) {
        age[r] = r % 5 == 0 ? NAN : age[r];
        y[r] = (double)(r % 11);
        town[r] = r % 7 == 6 ? NULL : towns[r % 3];
    }
    table_numbers(t, 0, "age", age);
    table_texts(t, 1, "town", town, towns, 3);
    table_numbers(t, 2, "y", y);
    t->columns[2].is_target = 1;
    free(age);
    free(y);
    free(town);
    return t;
}

/* input = ((missing ? median : raw) - shift) * factor in double, rounded once; one-hot for a known
 * category, zeros for a missing or unknown one. Exactly. */
START_TEST(columns_are_packed)
{
    const size_t rows = 2 * NU_CHUNK_ROWS + 5;
    nudge_dtype dtype = _i == 0 ? NUDGE_F32 : NUDGE_F64;
    uint32_t train[60]; /* nobody from Genf, which is the town of rows 1, 4, 7, ... */
    for (uint32_t i = 0; i < 60; i++)
        train[i] = i / 2 * 3 + i % 2 * 2;
    nudge_table *t = many_people(rows), *same = many_people(rows);
    nudge_prep *p = fit_rows(t, train, 60, NUDGE_SCALE_AUTO, NUDGE_MSE);
    size_t unknown = 0, genf = 0;
    nudge_dataset *d = pack(t, p, dtype, &unknown);
    nudge_dataset_info info = nudge_dataset_describe(d);
    ck_assert_uint_eq(info.rows, rows);
    ck_assert_uint_eq(info.features, 3);
    ck_assert_uint_eq(info.outputs, 1);
    for (size_t r = 0; r < rows; r++) {
        double age = nu_table_cell(same, r, 0);
        double expected = ((isnan(age) ? p->columns[0].fill : age) - p->shift[0]) * p->factor[0];
        double y = ((double)(r % 11) - p->target_shift[0]) * p->target_factor[0];
        int has_town = r % 7 != 6;
        ck_assert_double_eq(input(d, r, 0), dtype == NUDGE_F32 ? (float)expected : expected);
        ck_assert_double_eq(input(d, r, 1), has_town && r % 3 == 0); /* Bern */
        ck_assert_double_eq(input(d, r, 2), has_town && r % 3 == 2); /* Thun */
        ck_assert_double_eq(target(d, r, 0), dtype == NUDGE_F32 ? (float)y : y);
        genf += has_town && r % 3 == 1;
    }
    ck_assert_uint_eq(unknown, genf);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_table_free(same);
}
END_TEST

/* Over the training rows the inputs have mean 0 and variance 1, to 1e-12. */
START_TEST(training_rows_are_standardised)
{
    nudge_table *t = many_people(500);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    double sum = 0, squares = 0, y = 0, yy = 0;
    for (size_t r = 0; r < 500; r++) {
        sum += input(d, r, 0);
        squares += input(d, r, 0) * input(d, r, 0);
        y += target(d, r, 0);
        yy += target(d, r, 0) * target(d, r, 0);
    }
    ck_assert_double_eq_tol(sum / 500, 0, 1e-12);
    ck_assert_double_eq_tol(squares / 500, 1, 1e-12);
    ck_assert_double_eq_tol(y / 500, 0, 1e-12);
    ck_assert_double_eq_tol(yy / 500, 1, 1e-12);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

START_TEST(columns_are_matched_by_name)
{
    nudge_table *t = many_people(20);
    nudge_prep *p = fit(t, NUDGE_SCALE_NONE, NUDGE_MSE);
    nudge_table_free(t);

    t = table_columns(2, 4); /* another order, one more column, no target */
    table_texts(t, 0, "town", (const char *[]){"Rom", "Thun"}, (const char *[]){"Rom", "Thun"}, 2);
    table_numbers(t, 1, "more", (double[]){NAN, 1});
    table_numbers(t, 2, "weight", (double[]){1, 1});
    table_numbers(t, 3, "age", (double[]){31, 32});
    size_t unknown = 0;
    nudge_dataset *d = pack(t, p, NUDGE_F32, &unknown);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 0);
    ck_assert_uint_eq(unknown, 1);
    ck_assert_double_eq(input(d, 1, 0), 32);
    for (size_t j = 1; j < 4; j++)
        ck_assert_double_eq(input(d, 0, j), 0);
    ck_assert_double_eq(input(d, 1, 3), 1);
    nudge_dataset_free(d);

    t = table_columns(2, 2); /* columns without any value have no kind */
    table_numbers(t, 0, "town", (double[]){NAN, NAN});
    table_texts(t, 1, "age", (const char *[]){NULL, NULL}, NULL, 0);
    d = pack(t, p, NUDGE_F32, &unknown);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_double_eq(input(d, 0, 0), (float)p->columns[0].fill);
    ck_assert_double_eq(input(d, 0, 1), 0);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

START_TEST(columns_that_do_not_fit_are_refused)
{
    nudge_table *t = many_people(20);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    free(t->columns[0].name);
    t->columns[0].name = table_text("years");
    pack_refused(t, p, NUDGE_EMISMATCH, "no column 'age'");

    t = table_columns(1, 2);
    table_numbers(t, 0, "age", (double[]){1});
    table_numbers(t, 1, "town", (double[]){1});
    pack_refused(t, p, NUDGE_EMISMATCH, "column 'town' holds numbers; the model takes text there");

    t = table_columns(1, 2);
    table_texts(t, 0, "age", towns, towns, 1);
    table_texts(t, 1, "town", towns, towns, 1);
    pack_refused(t, p, NUDGE_EMISMATCH, "column 'age' holds text; the model takes numbers");

    t = many_people(20);
    t->columns[2].kind = NUDGE_COLUMN_CATEGORY;
    pack_refused(t, p, NUDGE_EMISMATCH,
                 "the target holds classes; the model's target 'y' is a number");

    t = many_people(20);
    table_set(t, 17, 2, NAN);
    pack_refused(t, p, NUDGE_EDATA, "target 'y' has no value in data row 18 ");

    t = many_people(20);
    t->chunks[0][3] = 1e300;
    pack_refused(t, p, NUDGE_EDATA, "column 'age', data row 4: ");
    nudge_prep_free(p);

    t = many_people(20);
    p = fit(t, NUDGE_SCALE_AUTO, NUDGE_POISSON);
    t->chunks[0][2 * NU_CHUNK_ROWS + 1] = -1;
    pack_refused(t, p, NUDGE_EDATA, "-1 in data row 2");
    nudge_prep_free(p);
}
END_TEST

static nudge_table *three_texts(const char *const *cells, const char *const *categories, size_t n)
{
    nudge_table *t = table_columns(3, 2);
    table_numbers(t, 0, "x", (double[]){1, 2, 3});
    table_texts(t, 1, "y", cells, categories, n);
    t->columns[1].is_target = 1;
    return t;
}

static nudge_table *three_numbers(double a, double b, double c)
{
    nudge_table *t = table_columns(3, 2);
    table_numbers(t, 0, "x", (double[]){1, 2, 3});
    table_numbers(t, 1, "y", (double[]){a, b, c});
    t->columns[1].is_target = 1;
    return t;
}

/* Classes are matched by their text, whatever numbers the table gives them. */
START_TEST(classes_are_matched_by_label)
{
    nudge_table *t = three_texts((const char *[]){"Thun", "Bern", "Genf"}, towns, 3);
    nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
    nudge_table_free(t);
    t = three_texts((const char *[]){"Thun", "Genf", "Thun"}, (const char *[]){"Genf", "Thun"}, 2);
    nudge_dataset *d = pack(t, p, NUDGE_F32, NULL);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 3);
    ck_assert_int_eq(nudge_dataset_describe(d).has_classes, 1);
    ck_assert_double_eq(target(d, 0, 0), 2);
    ck_assert_double_eq(target(d, 1, 0), 1);
    nudge_dataset_free(d);
    t = three_texts((const char *[]){"Rom", "Thun", "Thun"}, (const char *[]){"Rom", "Thun"}, 2);
    pack_refused(t, p, NUDGE_EMISMATCH, "'Rom'");
    pack_refused(three_numbers(1, 2, 3), p, NUDGE_EMISMATCH, "'1'");
    nudge_prep_free(p);

    t = three_numbers(10, 9, 9); /* labels "9", "10": not in the order of texts */
    p = fit(t, NUDGE_SCALE_AUTO, NUDGE_CROSS_ENTROPY);
    d = pack(t, p, NUDGE_F32, NULL);
    ck_assert_double_eq(target(d, 0, 0), 1);
    ck_assert_double_eq(target(d, 2, 0), 0);
    nudge_dataset_free(d);
    d = pack(three_texts((const char *[]){"9", "10", "9"}, (const char *[]){"10", "9"}, 2), p,
             NUDGE_F32, NULL);
    ck_assert_double_eq(target(d, 0, 0), 0);
    ck_assert_double_eq(target(d, 1, 0), 1);
    nudge_dataset_free(d);
    pack_refused(three_numbers(9, 10, 11), p, NUDGE_EMISMATCH, "'11'");
    pack_refused(three_numbers(9, 10, 9.5), p, NUDGE_EMISMATCH, "9.5");
    nudge_prep_free(p);

    t = three_texts((const char *[]){"Thun", "Bern", "Thun"}, (const char *[]){"Bern", "Thun"}, 2);
    p = fit(t, NUDGE_SCALE_AUTO, NUDGE_BCE);
    d = pack(t, p, NUDGE_F32, NULL);
    ck_assert_int_eq(nudge_dataset_describe(d).has_classes, 0);
    ck_assert_uint_eq(nudge_dataset_describe(d).outputs, 1);
    ck_assert_double_eq(target(d, 0, 0), 1);
    ck_assert_double_eq(target(d, 1, 0), 0);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

static Suite *dataset_suite(void)
{
    Suite *suite = suite_create("dataset");
    TCase *arrays = tcase_create("arrays");
    tcase_add_test(arrays, arrays_are_copied);
    tcase_add_test(arrays, bad_arrays_are_refused);
    tcase_add_test(arrays, arrays_are_borrowed);
    tcase_add_test(arrays, borrowed_arrays_train_alike);
    tcase_add_test(arrays, bad_arrays_are_not_borrowed);
    tcase_add_loop_test(arrays, subsets_compose_and_share, 0, 6);
    suite_add_tcase(suite, arrays);
    TCase *columns = tcase_create("columns");
    tcase_set_timeout(columns, 60);
    tcase_add_loop_test(columns, columns_are_packed, 0, 2);
    tcase_add_test(columns, training_rows_are_standardised);
    tcase_add_test(columns, columns_are_matched_by_name);
    tcase_add_test(columns, columns_that_do_not_fit_are_refused);
    tcase_add_test(columns, classes_are_matched_by_label);
    suite_add_tcase(suite, columns);
    return suite;
}

SUITE_MAIN(dataset_suite)
