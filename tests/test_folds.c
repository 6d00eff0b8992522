/* Data in folds: what is learned and held out, and tables that stay. */
#include "dataset_fixtures.h"
#include "folder_fixtures.h"

static nudge_error err;

static nudge_folds *load_folds(const char *text, const char *target, nudge_loss loss, size_t n)
{
    nudge_folds *f = NULL;
    nudge_data_options o = nudge_data_defaults();
    char path[300];
    snprintf(path, sizeof path, "%s/d.csv", folder);
    write_bytes(path, text, strlen(text));
    o.data = path;
    o.read.target = target;
    o.read.dtype = NUDGE_F64;
    o.prep.loss = loss;
    ck_ok(nudge_folds_load(&f, n, &o, &err), &err);
    return f;
}

/* Every row is held out once. What is learned of a column is learned of the training rows alone:
 * their mean is 0, all rows' is not. A fold can be had again. */
START_TEST(each_fold_learns_from_the_others)
{
    char text[600] = "x,kind\n";
    for (int i = 0; i < 23; i++)
        sprintf(text + strlen(text), "%d,%s\n", i * i, i % 3 == 0 ? "a" : "b");
    nudge_folds *f = load_folds(text, "kind", NUDGE_LOSS_AUTO, 3);
    nudge_folds_info info = nudge_folds_describe(f);
    ck_assert_uint_eq(info.rows, 23);
    ck_assert_uint_eq(info.folds, 3);
    ck_assert_int_eq(info.stratified, 1);
    unsigned char seen[23] = {0};
    for (size_t i = 0; i < 4; i++) {
        nudge_data d = {0};
        ck_ok(nudge_folds_data(&d, f, i % 3, &err), &err);
        double sum = 0;
        for (size_t r = 0; r < d.train->rows; r++)
            sum += input(d.train, r, 0);
        ck_assert_double_eq_tol(sum, 0, 1e-9);
        ck_assert_uint_eq(d.train->rows + d.test->rows, 23);
        for (size_t r = 0; r < d.test->rows; r++) {
            uint32_t row = d.test->index[r];
            ck_assert_int_eq(seen[row]++, i == 3 ? 1 : 0);
            ck_assert_double_eq_tol(input(d.test, r, 0) / d.prep->factor[0] + d.prep->shift[0],
                                    row * row, 1e-9);
            ck_assert_double_eq(target(d.test, r, 0), row % 3 == 0 ? 0 : 1);
        }
        nudge_data_free(&d);
    }
    nudge_data d = {0};
    ck_says(nudge_folds_data(&d, f, 3, &err), NUDGE_EARGUMENT, "fold 3 of 3", &err);
    nudge_folds_free(f);
    nudge_folds_free(NULL);
}
END_TEST

/* A part of a fold's training rows can be held out of them in turn, with its share of classes; the
 * fold stays the same. */
START_TEST(folds_can_hold_out_validation_rows)
{
    char path[300], text[900] = "x,kind\n";
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "%d,%s\n", i * i, i % 3 == 0 ? "a" : "b");
    nudge_folds *plain = load_folds(text, "kind", NUDGE_LOSS_AUTO, 3), *f = NULL;
    nudge_data_options o = nudge_data_defaults();
    snprintf(path, sizeof path, "%s/d.csv", folder);
    o.data = path;
    o.read.target = "kind";
    o.val_split = 0.3;
    ck_ok(nudge_folds_load(&f, 3, &o, &err), &err);
    for (size_t i = 0; i < 3; i++) {
        nudge_data d = {0}, same = {0};
        unsigned char seen[60] = {0};
        size_t a[3] = {0};
        ck_ok(nudge_folds_data(&d, f, i, &err), &err);
        ck_ok(nudge_folds_data(&same, plain, i, &err), &err);
        ck_assert_ptr_null(same.val);
        ck_assert_mem_eq(d.test->index, same.test->index, 20 * sizeof *d.test->index);
        const nudge_dataset *parts[] = {d.train, d.val, d.test};
        for (size_t k = 0; k < 3; k++)
            for (size_t r = 0; r < parts[k]->rows; r++) {
                ck_assert_int_eq(seen[parts[k]->index[r]]++, 0);
                a[k] += target(parts[k], r, 0) == 0;
            }
        ck_assert_uint_eq(d.val->rows, 12);
        ck_assert_uint_eq(d.train->rows, 28);
        ck_assert_uint_eq(a[1], 4); /* of 12, as of all rows a third */
        ck_assert_uint_ge(a[2], 6);
        double sum = 0;
        for (size_t r = 0; r < d.train->rows; r++)
            sum += input(d.train, r, 0);
        ck_assert_double_eq_tol(sum, 0, 1e-4);
        nudge_data_free(&d);
        nudge_data_free(&same);
    }
    nudge_folds_free(f);
    nudge_folds_free(plain);
}
END_TEST

/* What is a class: zeros and ones (bce), which stay so in a fold; whole numbers where the loss says
 * so; no other numbers, and not several. */
START_TEST(folds_know_classes_from_numbers)
{
    static const struct {
        const char *text, *target;
        nudge_loss loss;
        int stratified;
    } cases[] = {
        {"x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n", "y", NUDGE_LOSS_AUTO, 1},
        {"x,y\n1,7\n2,7\n3,-3\n4,-3\n5,7\n6,-3\n", "y", NUDGE_CROSS_ENTROPY, 1},
        {"x,y\n1,7\n2,7\n3,-3\n4,-3\n5,7\n6,-3\n", "y", NUDGE_LOSS_AUTO, 0},
        {"x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n", "y", NUDGE_MSE, 0},
        {"x,y\n1,0\n2,1\n3,0.5\n", "y", NUDGE_LOSS_AUTO, 0},
        {"x,y\n1,0\n2,1\n3,0.5\n", "y", NUDGE_BCE, 0},
        {"x,y,z\n1,0,1\n2,1,0\n3,1,1\n", "y,z", NUDGE_LOSS_AUTO, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nudge_folds *f = load_folds(cases[i].text, cases[i].target, cases[i].loss, 3);
        ck_assert_int_eq(nudge_folds_describe(f).stratified, cases[i].stratified);
        nudge_data d = {0};
        for (size_t k = 0; k < 3 && cases[i].stratified; k++) { /* one of each in every fold */
            ck_ok(nudge_folds_data(&d, f, k, &err), &err);
            ck_assert_uint_eq(nudge_dataset_describe(d.test).rows, 2);
            ck_assert_double_eq(target(d.test, 0, 0) + target(d.test, 1, 0), 1);
            ck_assert_int_eq(nudge_prep_describe(d.prep).loss,
                             i == 0 ? NUDGE_BCE : NUDGE_CROSS_ENTROPY);
            nudge_data_free(&d);
        }
        nudge_folds_free(f);
    }
}
END_TEST

/* A copy has the values that packing has which consumes the table. */
START_TEST(copies_leave_the_table)
{
    static const double y[] = {1, 2, 3};
    static const int32_t classes[] = {0, 1, 0};
    for (int kind = 0; kind < 3; kind++) {
        double values[] = {1, 2, 3, 4, 5, 6};
        nudge_table *t = kind == 0 ? table_columns(3, 2)
                                   : table_matrix(kind == 1 ? NU_F64 : NU_U8, 3, 2, values);
        if (kind == 0) {
            table_numbers(t, 0, "a", values);
            table_numbers(t, 1, "b", y);
            t->columns[1].is_target = 1;
        } else if (kind == 1) {
            table_values(t, 1, y);
        } else {
            table_classes(t, 2, classes);
        }
        nudge_prep *p = fit(t, NUDGE_SCALE_AUTO, NUDGE_LOSS_AUTO);
        nudge_dataset *copy = NULL, *again = NULL;
        ck_ok(nudge_dataset_pack_copy(&copy, t, p, NUDGE_F64, NULL, &err), &err);
        ck_ok(nudge_dataset_pack_copy(&again, t, p, NUDGE_F64, NULL, &err), &err);
        for (size_t r = 0; r < 3; r++)
            ck_assert_double_eq(input(copy, r, 0), input(again, r, 0));
        nudge_dataset_free(again);
        nudge_dataset *d = NULL;
        if (kind < 2) { /* bytes are the table's */
            d = pack(t, p, NUDGE_F64, NULL);
            t = NULL;
        } else {
            ck_ok(nudge_dataset_pack_copy(&d, t, p, NUDGE_F64, NULL, &err), &err);
            ck_assert_ptr_eq(d->store->x, t->x);
        }
        for (size_t r = 0; r < 3; r++) {
            ck_assert_double_eq(target(copy, r, 0), target(d, r, 0));
            for (size_t j = 0; j < p->features; j++)
                ck_assert_double_eq(input(copy, r, j), input(d, r, j));
        }
        nudge_dataset_free(copy);
        nudge_dataset_free(d);
        nudge_table_free(t);
        nudge_prep_free(p);
    }
}
END_TEST

START_TEST(held_out_data_beside_folds_is_refused)
{
    nudge_folds *f = NULL;
    nudge_data_options o = nudge_data_defaults();
    ck_says(nudge_folds_load(&f, 3, &o, &err), NUDGE_EARGUMENT, "no data", &err);
    o.data = "synth:linear,rows=50";
    o.stratify = 1;
    ck_says(nudge_folds_load(&f, 3, &o, &err), NUDGE_EARGUMENT, "target 'y' is a number", &err);
    ck_assert_str_eq(err.setting, "stratify");
    o.test_split = 0.1;
    ck_says(nudge_folds_load(&f, 3, &o, &err), NUDGE_EARGUMENT, "beside folds", &err);
    ck_assert_ptr_null(f);
}
END_TEST

/* Each row is held out once, with those of its class in every part (13 of class 0, 7 of 1: 2 or 3
 * and 1 or 2 in each of 5), a class of one row somewhere, and is trained on in all other parts. */
START_TEST(parts_are_held_out_in_turn)
{
    enum { ROWS = 21, PARTS = 5 };
    int32_t classes[ROWS];
    double x[ROWS], seen[ROWS] = {0};
    nudge_dataset *d = NULL;
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = (double)i;
        classes[i] = i == 9 ? 2 : i % 3 == 0;
    }
    ck_ok(nudge_dataset_from_arrays(&d, NUDGE_F64, ROWS, 1, 3, x, NULL, classes, &err), &err);
    for (size_t k = 0; k < PARTS; k++) {
        nudge_dataset *train = NULL, *held = NULL;
        size_t count[3] = {0};
        double sum = 0;
        ck_ok(nudge_dataset_hold_out(&train, &held, d, k, PARTS, 3, &err), &err);
        ck_assert_uint_eq(train->rows + held->rows, ROWS);
        ck_assert(held->rows == ROWS / PARTS || held->rows == ROWS / PARTS + 1);
        for (size_t i = 0; i < held->rows; i++) {
            size_t row = (size_t)input(held, i, 0);
            ck_assert(i == 0 || row > (size_t)input(held, i - 1, 0));
            seen[row]++;
            count[classes[row]]++;
            sum += (double)row;
        }
        ck_assert(count[0] == 2 || count[0] == 3);
        ck_assert(count[1] == 1 || count[1] == 2);
        for (size_t i = 0; i < train->rows; i++)
            sum += input(train, i, 0);
        ck_assert_double_eq(sum, ROWS * (ROWS - 1) / 2);
        nudge_dataset_free(train);
        nudge_dataset_free(held);
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_double_eq(seen[i], 1);
    nudge_dataset *train = NULL, *held = NULL;
    ck_says(nudge_dataset_hold_out(&train, &held, d, 5, 5, 3, &err), NUDGE_EARGUMENT, "part 5 of 5",
            &err);
    ck_says(nudge_dataset_hold_out(&train, &held, d, 0, 1, 3, &err), NUDGE_EARGUMENT, "1 folds",
            &err);
    ck_assert(train == NULL && held == NULL);
    nudge_dataset_free(d);
}
END_TEST

static Suite *folds_suite(void)
{
    Suite *suite = suite_create("folds");
    TCase *tc = tcase_create("folds");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, each_fold_learns_from_the_others);
    tcase_add_test(tc, folds_can_hold_out_validation_rows);
    tcase_add_test(tc, folds_know_classes_from_numbers);
    tcase_add_test(tc, copies_leave_the_table);
    tcase_add_test(tc, held_out_data_beside_folds_is_refused);
    tcase_add_test(tc, parts_are_held_out_in_turn);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(folds_suite)
