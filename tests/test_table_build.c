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
    ck_ok(nudge_table_create(&t, 2, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "x", good, &err), &err);
    ck_says(nudge_table_add_numbers(t, "x", good, &err), NUDGE_EARGUMENT, "'x' already", &err);
    ck_says(nudge_table_add_numbers(t, "", good, &err), NUDGE_EARGUMENT, "no name", &err);
    ck_says(nudge_table_add_numbers(t, "y", bad, &err), NUDGE_EDATA, "row 1: -inf", &err);
    ck_says(nudge_table_set_target(t, "y", &err), NUDGE_EARGUMENT, "no column 'y'", &err);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 1);
    ck_ok(nudge_table_add_numbers(t, "y", good, &err), &err);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 2);
    nudge_table_free(t);
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
    tcase_add_test(tc, raw_rows_and_inputs);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(table_build_suite)
