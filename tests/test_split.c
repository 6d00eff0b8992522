/* Splits, stratified splits and folds: which rows are where. */
#include "table/split.h"
#include "suite.h"
#include "table_fixtures.h"

static nudge_error err;

/* ---- Parts ----------------------------------------------------------------------------- */

static nu_parts split(size_t rows, double val, double test, nudge_split_order order, uint64_t seed)
{
    nu_parts s;
    nu_split asked = {rows, val, test, order, NULL, seed};
    ck_ok(nu_parts_make(&s, &asked, &err), &err);
    return s;
}

static void ascends(const uint32_t *rows, size_t n)
{
    for (size_t i = 1; i < n; i++)
        ck_assert_uint_lt(rows[i - 1], rows[i]);
}

/* Every row is in one part, and only in one. */
START_TEST(splits_are_disjoint_and_complete)
{
    static const size_t sizes[] = {2, 3, 10, 97, 1000, 70001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int order = 0; order < 2; order++) {
            size_t rows = sizes[i];
            nu_parts s = split(rows, rows > 2 ? 0.2 : 0, 0.1, (nudge_split_order)order, 5);
            ck_assert_uint_eq(s.n_train + s.n_val + s.n_test, rows);
            ck_assert_uint_eq(s.n_test, rows < 10 ? 1 : (size_t)((double)rows * 0.1 + 0.5));
            ascends(s.rows, s.n_train);
            ascends(s.val, s.n_val);
            ascends(s.test, s.n_test);
            unsigned char *seen = table_memory(rows, 1);
            for (size_t r = 0; r < rows; r++) {
                ck_assert_uint_lt(s.rows[r], rows);
                ck_assert_int_eq(seen[s.rows[r]]++, 0);
            }
            free(seen);
            nu_parts_free(&s);
        }
}
END_TEST

START_TEST(random_splits_depend_on_the_seed_alone)
{
    nu_parts a = split(1000, 0.2, 0.1, NUDGE_SPLIT_RANDOM, 1);
    nu_parts b = split(1000, 0.2, 0.1, NUDGE_SPLIT_RANDOM, 1);
    nu_parts c = split(1000, 0.2, 0.1, NUDGE_SPLIT_RANDOM, 2);
    nu_parts d = split(1000, 0.4, 0.1, NUDGE_SPLIT_RANDOM, 1);
    ck_assert_mem_eq(a.rows, b.rows, 1000 * sizeof *a.rows);
    ck_assert_mem_ne(a.rows, c.rows, 1000 * sizeof *a.rows);
    /* Test rows come first: they are the same whatever is held out for validation. */
    ck_assert_mem_eq(a.test, d.test, 100 * sizeof *a.rows);
    size_t early = 0; /* about half of them are in the first half: 50, give or take 5 sigma */
    for (size_t i = 0; i < 100; i++)
        early += a.test[i] < 500;
    ck_assert_uint_ge(early, 26);
    ck_assert_uint_le(early, 74);
    nu_parts_free(&a);
    nu_parts_free(&b);
    nu_parts_free(&c);
    nu_parts_free(&d);
}
END_TEST

START_TEST(last_rows_can_be_held_out)
{
    nu_parts s = split(10, 0.2, 0.3, NUDGE_SPLIT_LAST, 1);
    for (uint32_t r = 0; r < 10; r++)
        ck_assert_uint_eq(s.rows[r], r);
    ck_assert_uint_eq(s.n_train, 5);
    ck_assert_uint_eq(s.n_val, 2);
    nu_parts_free(&s);
}
END_TEST

static void refused(size_t rows, double val, double test, const char *said)
{
    nu_parts s;
    nu_split asked = {rows, val, test, NUDGE_SPLIT_LAST, NULL, 1};
    ck_says(nu_parts_make(&s, &asked, &err), NUDGE_EARGUMENT, said, &err);
}

START_TEST(impossible_splits_are_refused)
{
    static const double bad[] = {-0.1, 1, 1.5, NAN, INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refused(10, bad[i], 0, "validation");
        refused(10, 0, bad[i], "test");
    }
    refused(10, 0.5, 0.5, "none");
    refused(1, 0.01, 0, "none");
    refused(0, 0.1, 0, "0 rows to split; there must be from 1 to 4294967295");
    refused((size_t)UINT32_MAX + 1, 0.1, 0, "4294967296 rows to split");
}
END_TEST

/* ---- Classes --------------------------------------------------------------------------- */

/* 1003 rows of four classes, in turn as long as there are: 700, 205, 95 and 3 of them. */
enum { ROWS = 1003, CLASSES = 4 };
static const size_t class_rows[CLASSES] = {700, 205, 95, 3};
static int32_t class_of[ROWS];

static nu_groups made_groups(void)
{
    size_t left[CLASSES];
    memcpy(left, class_rows, sizeof left);
    for (size_t r = 0, k = 0; r < ROWS; r++) {
        for (k = (k + 1) % CLASSES; left[k] == 0; k = (k + 1) % CLASSES)
            ;
        left[k]--;
        class_of[r] = (int32_t)k;
    }
    return (nu_groups){.of = class_of, .n = CLASSES, .target = "kind"};
}

static void count_classes(size_t count[CLASSES], const uint32_t *rows, size_t n)
{
    memset(count, 0, CLASSES * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[class_of[rows[i]]]++;
}

static nu_parts stratified(const nu_groups *groups, double val, uint64_t seed)
{
    nu_parts s;
    nu_split asked = {ROWS, val, 0.2, NUDGE_SPLIT_RANDOM, groups, seed};
    ck_ok(nu_parts_make(&s, &asked, &err), &err);
    return s;
}

/* The classes' shares as scikit-learn 1.2.1 has them: train_test_split(stratify=) twice, of sizes
 * 201 and 100. */
START_TEST(classes_have_their_shares)
{
    nu_groups groups = made_groups();
    nu_parts s = stratified(&groups, 0.1, 1), other = stratified(&groups, 0.3, 1);
    nu_parts seed = stratified(&groups, 0.1, 2);
    size_t count[CLASSES];
    count_classes(count, s.test, s.n_test);
    ck_assert_mem_eq(count, ((size_t[]){140, 41, 19, 1}), sizeof count);
    count_classes(count, s.val, s.n_val);
    ck_assert_mem_eq(count, ((size_t[]){70, 20, 10, 0}), sizeof count);
    count_classes(count, s.rows, s.n_train);
    ck_assert_mem_eq(count, ((size_t[]){490, 144, 66, 2}), sizeof count);
    unsigned char seen[ROWS] = {0};
    for (size_t r = 0; r < ROWS; r++)
        ck_assert_int_eq(seen[s.rows[r]]++, 0);
    ascends(s.rows, s.n_train);
    ascends(s.val, s.n_val);
    ascends(s.test, s.n_test);
    ck_assert_mem_eq(s.test, other.test, s.n_test * sizeof *s.rows);
    ck_assert_mem_ne(s.test, seed.test, s.n_test * sizeof *s.rows);
    size_t early = 0; /* about half of 201 in the first half, give or take 5 sigma */
    for (size_t i = 0; i < s.n_test; i++)
        early += s.test[i] < ROWS / 2;
    ck_assert_uint_ge(early, 65);
    ck_assert_uint_le(early, 136);
    nu_parts_free(&s);
    nu_parts_free(&other);
    nu_parts_free(&seed);
}
END_TEST

/* With the seed 1 and a part of 0.9 the class of one row is tested. */
START_TEST(classes_without_training_rows_are_refused)
{
    int32_t of[20] = {1};
    char *labels[] = {"many", "one"};
    nu_groups groups = {.of = of, .n = 2, .target = "kind", .labels = labels};
    nu_split asked = {20, 0, 0.9, NUDGE_SPLIT_RANDOM, &groups, 1};
    nu_parts s;
    ck_says(nu_parts_make(&s, &asked, &err), NUDGE_EDATA, "class 'one' of target 'kind' has 1 row, "
            "1 for testing and 0 for validation: none left to train on", &err);
    of[1] = 1;
    ck_says(nu_parts_make(&s, &asked, &err), NUDGE_EDATA, "has 2 rows, 2 for testing and 0", &err);
    of[1] = 0;
    asked.order = NUDGE_SPLIT_LAST;
    ck_says(nu_parts_make(&s, &asked, &err), NUDGE_EARGUMENT, "a stratified split is random", &err);
    asked = (nu_split){20, 0, 0.1, NUDGE_SPLIT_RANDOM, &groups, 1};
    ck_ok(nu_parts_make(&s, &asked, &err), &err); /* the class's share is rounded down */
    nu_parts_free(&s);
}
END_TEST

/* ---- Folds ----------------------------------------------------------------------------- */

/* Sizes of folds, and of each class in each, as scikit-learn's KFold and StratifiedKFold. */
START_TEST(folds_have_equal_shares)
{
    static const size_t sk5[5][CLASSES] = {
        {140, 41, 19, 1}, {140, 41, 19, 1}, {140, 41, 19, 1}, {140, 41, 19, 0}, {140, 41, 19, 0}};
    static const size_t sk7[7][CLASSES] = {
        {100, 30, 13, 1}, {100, 30, 13, 1}, {100, 29, 14, 0}, {100, 29, 14, 0}, {100, 29, 14, 0},
        {100, 29, 14, 0}, {100, 29, 13, 1}};
    nu_groups groups = made_groups();
    for (size_t folds = 5; folds <= 7; folds += 2) {
        uint32_t *fold = NULL, *again = NULL, *seed = NULL, *plain = NULL;
        size_t count[7][CLASSES] = {0}, size[7] = {0};
        ck_ok(nu_folds_make(&fold, ROWS, folds, &groups, 3, &err), &err);
        ck_ok(nu_folds_make(&again, ROWS, folds, &groups, 3, &err), &err);
        ck_ok(nu_folds_make(&seed, ROWS, folds, &groups, 4, &err), &err);
        ck_ok(nu_folds_make(&plain, ROWS, folds, NULL, 3, &err), &err);
        for (size_t r = 0; r < ROWS; r++) {
            count[fold[r]][class_of[r]]++;
            size[plain[r]]++;
        }
        for (size_t f = 0; f < folds; f++) {
            ck_assert_mem_eq(count[f], folds == 5 ? sk5[f] : sk7[f], sizeof count[f]);
            ck_assert_uint_eq(size[f], ROWS / folds + (f < ROWS % folds));
        }
        ck_assert_mem_eq(fold, again, ROWS * sizeof *fold);
        ck_assert_mem_ne(fold, seed, ROWS * sizeof *fold);
        ck_assert_mem_ne(fold, plain, ROWS * sizeof *fold);
        free(fold);
        free(again);
        free(seed);
        free(plain);
    }
}
END_TEST

START_TEST(impossible_folds_are_refused)
{
    uint32_t *fold = NULL;
    int32_t of[4] = {0, 0, 1, 0};
    nu_groups groups = {.of = of, .n = 2, .target = "kind"};
    ck_says(nu_folds_make(&fold, 4, 5, NULL, 1, &err), NUDGE_EARGUMENT, "5 folds of 4 rows", &err);
    ck_says(nu_folds_make(&fold, 0, 2, NULL, 1, &err), NUDGE_EARGUMENT, "0 rows to split", &err);
    ck_says(nu_folds_make(&fold, 4, 1, NULL, 1, &err), NUDGE_EARGUMENT, "1 folds", &err);
    ck_assert_str_eq(err.setting, "folds");
    ck_says(nu_folds_make(&fold, 4, 2, &groups, 1, &err), NUDGE_EDATA,
            "class '1' of target 'kind' has one row", &err);
    ck_assert_ptr_null(fold);
}
END_TEST

static Suite *split_suite(void)
{
    Suite *suite = suite_create("split");
    TCase *splits = tcase_create("split");
    tcase_set_timeout(splits, 60);
    tcase_add_test(splits, splits_are_disjoint_and_complete);
    tcase_add_test(splits, random_splits_depend_on_the_seed_alone);
    tcase_add_test(splits, last_rows_can_be_held_out);
    tcase_add_test(splits, impossible_splits_are_refused);
    tcase_add_test(splits, classes_have_their_shares);
    tcase_add_test(splits, classes_without_training_rows_are_refused);
    tcase_add_test(splits, folds_have_equal_shares);
    tcase_add_test(splits, impossible_folds_are_refused);
    suite_add_tcase(suite, splits);
    return suite;
}

SUITE_MAIN(split_suite)
