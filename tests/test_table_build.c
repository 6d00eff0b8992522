/* Tables that a program makes, and arrays that no preprocessing has seen. */
#include "dataset_fixtures.h"

static nudge_error err;

enum { ROWS = 2 * NU_CHUNK_ROWS + 5 };

/* Many columns in many chunks: every cell is where it should be, and all is as a reader's. */
START_TEST(cells)
{
    nudge_table *t = NULL;
    double *x = malloc(ROWS * sizeof *x);
    const char **texts = malloc(ROWS * sizeof *texts);
    char name[20];
    ck_ok(nudge_table_create(&t, ROWS, &err), &err);
    for (size_t j = 0; j < 40; j++) {
        for (size_t r = 0; r < ROWS; r++) {
            x[r] = (r + j) % 7 == 3 ? NAN : (double)(r * 100 + j);
            texts[r] = (r + j) % 5 == 2 ? NULL : towns[(r + 2 * j) % 3];
        }
        snprintf(name, sizeof name, "c%zu", j);
        ck_ok(j % 2 == 0 ? nudge_table_add_numbers(t, name, x, &err)
                         : nudge_table_add_texts(t, name, texts, &err), &err);
    }
    ck_ok(nudge_table_set_target(t, "c4", &err), &err);
    ck_ok(nudge_table_set_target(t, "c2", &err), &err);
    for (size_t j = 0; j < 40; j++)
        for (size_t r = 0; r < ROWS; r++) {
            int missing = j % 2 == 0 ? (r + j) % 7 == 3 : (r + j) % 5 == 2;
            double v = nu_table_cell(t, r, j);
            ck_assert_int_eq(isnan(v), missing);
            ck_assert(missing || v == (j % 2 == 0 ? (double)(r * 100 + j)
                                                  : (double)((r + 2 * j) % 3)));
        }
    nudge_column_info c = nudge_table_column(t, 1);
    ck_assert_str_eq(c.name, "c1");
    ck_assert_int_eq(c.kind, NUDGE_COLUMN_CATEGORY);
    ck_assert_uint_eq(c.categories, 3);
    ck_assert_str_eq(nudge_table_category(t, 1, 2), "Thun");
    c = nudge_table_column(t, 2);
    ck_assert_int_eq(c.is_target, 1);
    ck_assert_double_eq(c.max, (ROWS - 1) * 100 + 2);
    ck_assert_double_eq(c.min, 2);
    ck_assert_uint_eq(c.missing, ROWS / 7 + (ROWS % 7 > 1));
    free(x);
    free(texts);
    nudge_table_free(t);
}
END_TEST

/* What is refused leaves the table as it is. */
START_TEST(refused)
{
    nudge_table *t = NULL;
    const double good[2] = {1, 2}, bad[2] = {1, -INFINITY};
    ck_says(nudge_table_create(&t, 0, &err), NUDGE_EARGUMENT, "0 rows", &err);
    ck_says(nudge_table_create(&t, (size_t)UINT32_MAX + 1, &err), NUDGE_EARGUMENT,
            "4294967296 rows; there must be from 1 to 4294967295", &err);
    ck_ok(nudge_table_create(&t, 2, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "x", good, &err), &err);
    ck_says(nudge_table_add_numbers(t, "x", good, &err), NUDGE_EARGUMENT, "'x' already", &err);
    ck_says(nudge_table_add_numbers(t, "", good, &err), NUDGE_EARGUMENT, "no name", &err);
    ck_says(nudge_table_add_numbers(t, NULL, good, &err), NUDGE_EARGUMENT, "column 1 has no name",
            &err);
    ck_says(nudge_table_add_numbers(t, "y", bad, &err), NUDGE_EDATA, "row 1: -inf", &err);
    ck_says(nudge_table_set_target(t, "y", &err), NUDGE_EARGUMENT, "no column 'y'", &err);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 1);
    ck_ok(nudge_table_add_numbers(t, "y", good, &err), &err);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 2);
    nudge_table_free(t);
    t = table_matrix(NU_F64, 2, 1, good);
    table_values(t, 1, good);
    ck_says(nudge_table_add_numbers(t, "z", good, &err), NUDGE_EARGUMENT,
            "is a matrix: it takes no columns", &err);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 2);
    nudge_table_free(t);
}
END_TEST

/* Columns of nothing; targets are in the order of the first calls that name them. */
START_TEST(nothing_and_targets)
{
    nudge_table *t = NULL;
    const double none[2] = {NAN, NAN}, some[2] = {1, 2};
    ck_ok(nudge_table_create(&t, 2, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "none", none, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "b", some, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "x", some, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "a", some, &err), &err);
    ck_ok(nudge_table_set_target(t, "a", &err), &err);
    ck_ok(nudge_table_set_target(t, "b", &err), &err);
    ck_ok(nudge_table_set_target(t, "a", &err), &err);
    ck_assert_uint_eq(nudge_table_column(t, 0).missing, 2);
    ck_assert(t->columns[0].min == 0 && t->columns[0].max == 0);
    nudge_prep *p = NULL;
    nudge_prep_options o = {.size = sizeof o, .loss = NUDGE_MSE};
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EDATA, "column 'none' has no value",
            &err);
    table_set(t, 0, 0, 5);
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    ck_assert_str_eq(nudge_prep_target_name(p, 0), "a");
    ck_assert_str_eq(nudge_prep_target_name(p, 1), "b");
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

/* ---- Parts of arrays --------------------------------------------------------------------- */

enum { N = 12 };
static const double twelve[2 * N] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static nudge_dataset *arrays(size_t rows, size_t outputs, const double *y, const int32_t *classes)
{
    nudge_dataset *d = NULL;
    ck_ok(nudge_dataset_from_arrays(&d, NUDGE_F64, rows, 1, outputs, twelve, y, classes, &err),
          &err);
    return d;
}

/* Part 1 of 3; ends d. */
static void hold_out(nudge_dataset **held, nudge_dataset *d)
{
    nudge_dataset *train = NULL;
    size_t rows = d->rows;
    ck_ok(nudge_dataset_hold_out(&train, held, d, 1, 3, 5, &err), &err);
    ck_assert_uint_eq(train->rows, rows - rows / 3);
    ck_assert_uint_eq((*held)->rows, rows / 3);
    nudge_dataset_free(train);
    nudge_dataset_free(d);
}

/* Of each class its share, of a subset as of all; where there are no classes, or one row of each,
 * any rows. */
START_TEST(shares_of_classes)
{
    static const int32_t classes[N] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
    static const double halves[2 * N] = {0.5}, bits[N] = {0, 1, 1, 0, 1, 1, 0, 1, 1};
    static const uint32_t nine[9] = {11, 10, 9, 8, 7, 6, 5, 4, 3};
    nudge_dataset *all = arrays(N, 3, NULL, classes), *subset = NULL, *held = NULL;
    ck_ok(nudge_dataset_subset(&subset, all, nine, 9, &err), &err);
    hold_out(&held, subset);
    size_t count[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_ge(held->index[i], 3);
        count[(size_t)target(held, i, 0)]++;
    }
    ck_assert(count[0] == 1 && count[1] == 1 && count[2] == 1);
    nudge_dataset_free(held);
    nudge_dataset_free(all);
    hold_out(&held, arrays(9, 1, bits, NULL));
    ck_assert_double_eq(target(held, 0, 0) + target(held, 1, 0) + target(held, 2, 0), 2);
    nudge_dataset_free(held);
    nudge_dataset *others[] = {arrays(N, 1, halves, NULL), arrays(N, 2, halves, NULL),
                               arrays(N, 0, NULL, NULL), arrays(3, 3, NULL, classes)};
    for (size_t i = 0; i < 4; i++) {
        hold_out(&held, others[i]);
        nudge_dataset_free(held);
    }
}
END_TEST

START_TEST(no_values_and_no_classes)
{
    static const int32_t classes[N] = {0, 1, 2, 0, 1, 2};
    nudge_dataset *shape = NULL, *train = NULL, *held = NULL;
    ck_ok(nudge_dataset_shape(&shape, NUDGE_F32, N, 2, 3, 1, 0, &err), &err);
    ck_says(nudge_dataset_hold_out(&train, &held, shape, 0, 3, 5, &err), NUDGE_EARGUMENT,
            "only a shape", &err);
    ck_says(nudge_dataset_weigh_classes(shape, NULL, &err), NUDGE_EARGUMENT, "only a shape", &err);
    nudge_dataset_free(shape);
    nudge_dataset *others[] = {arrays(N, 2, twelve, NULL), arrays(N, 0, NULL, NULL)};
    for (size_t i = 0; i < 2; i++) {
        ck_says(nudge_dataset_weigh_classes(others[i], NULL, &err), NUDGE_EARGUMENT,
                "rows without classes", &err);
        nudge_dataset_free(others[i]);
    }
    nudge_dataset *d = arrays(6, 3, NULL, classes);
    ck_says(nudge_dataset_weigh_classes(d, (const double[]){1, -1, 1}, &err), NUDGE_EARGUMENT,
            "class 1 has -1; it must be a finite number from 0", &err);
    ck_says(nudge_dataset_weigh_classes(d, (const double[]){1, 1, INFINITY}, &err),
            NUDGE_EARGUMENT, "class 2 has inf", &err);
    nudge_model *m = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 1, (size_t[]){1, 3},
                                NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    nudge_metrics metrics;
    ck_ok(nudge_dataset_set_weights(d, (const double[]){1e308, 1e308, 0, 0, 0, 0}, &err), &err);
    ck_says(nudge_evaluate(m, d, 1, &metrics, &err), NUDGE_EDATA,
            "the weights of the 6 evaluated rows add up to inf: they are too large", &err);
    nudge_model_free(m);
    nudge_dataset_free(d);
}
END_TEST

/* The same rows as a table give what a prep makes of them; as arrays they are refused, unless they
 * are said to be inputs: then nothing is done to them. */
START_TEST(raw_rows_and_inputs)
{
    const double age[4] = {20, 30, 50, 60}, y[4] = {1, 2, 4, 5};
    nudge_table *t = NULL;
    ck_ok(nudge_table_create(&t, 4, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "age", age, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "y", y, &err), &err);
    ck_ok(nudge_table_set_target(t, "y", &err), &err);
    nudge_prep *prep = fit(t, NUDGE_SCALE_AUTO, NUDGE_MSE);
    nudge_dataset *packed = pack(t, prep, NUDGE_F64, NULL), *bare = NULL, *half = NULL;
    const size_t widths[] = {1, 3, 1};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    o.dtype = NUDGE_F64;
    o.layers = 2;
    o.widths = widths;
    ck_ok(nudge_model_create(&m, &o, prep, &err), &err);
    double inputs[4], from_table[4], from_arrays[4];
    for (size_t r = 0; r < 4; r++)
        inputs[r] = input(packed, r, 0);
    ck_ok(nudge_dataset_from_arrays(&bare, NUDGE_F64, 4, 1, 1, inputs, y, NULL, &err), &err);
    ck_says(nudge_predict(m, bare, 1, from_arrays, &err), NUDGE_EMISMATCH,
            "arrays, which the model's preprocessing has not seen", &err);
    nudge_train_options training = nudge_train_defaults();
    ck_status(nudge_train(m, bare, NULL, &training, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_ok(nudge_dataset_subset(&half, bare, (const uint32_t[]){0, 1, 2, 3}, 4, &err), &err);
    nudge_dataset_inputs_ready(bare);
    ck_ok(nudge_predict(m, half, 1, from_arrays, &err), &err);
    ck_ok(nudge_predict(m, packed, 1, from_table, &err), &err);
    ck_assert_mem_eq(from_arrays, from_table, sizeof from_table);
    nudge_dataset_free(half);
    nudge_dataset_free(bare);
    nudge_dataset_free(packed);
    nudge_model_free(m);
    nudge_prep_free(prep);
}
END_TEST

static Suite *table_build_suite(void)
{
    Suite *s = suite_create("table_build");
    TCase *tc = tcase_create("build");
    tcase_add_test(tc, cells);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, nothing_and_targets);
    tcase_add_test(tc, raw_rows_and_inputs);
    tcase_add_test(tc, shares_of_classes);
    tcase_add_test(tc, no_values_and_no_classes);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(table_build_suite)
