/* Columns by name, quoted name, position, range and pattern. */
#include "csv_fixtures.h"
#include "read/column_list.h"
#include "table_fixtures.h"

static const char *const names[] = {"id", "x 1", "x, 2", "say \"a\"", "4", "price[eur]", "y"};
#define N (sizeof names / sizeof *names)

static const char *name_at(const void *of, size_t j)
{
    (void)of;
    return j < N ? names[j] : NULL;
}

static const nu_columns columns = {"t.csv", N, name_at, NULL, NULL};

static const struct {
    const char *list, *numbers;
} good[] = {
    {"id", "0"},
    {"y,id", "6 0"},
    {" id , y ", "0 6"},
    {"x, 2", "2"},
    {"id,\"x, 2\",y", "0 2 6"},
    {"\"say \"\"a\"\"\",y", "3 6"},
    {"say \"a\"", "3"},
    {"4", "4"},           /* a name goes before a position */
    {"\"4\"", "4"},
    {"1", "0"},
    {"2-3", "1 2"},
    {"6-", "5 6"},
    {"2-3,7,1", "1 2 6 0"},
    {"x*", "1 2"},
    {"*", "0 1 2 3 4 5 6"},
    {"y,*", "6 0 1 2 3 4 5"},
    {"[iy]*", "0 6"},
    {"price[eur]", "5"},  /* as it stands, not as a pattern */
};

START_TEST(lists)
{
    nudge_error err = {0};
    size_t *column = NULL, n = 0;
    char text[64] = "";
    ck_ok(nu_columns_of_list(&column, &n, &columns, good[_i].list, "target", "target", &err), &err);
    for (size_t i = 0; i < n; i++)
        sprintf(text + strlen(text), "%s%zu", i > 0 ? " " : "", column[i]);
    ck_assert_str_eq(text, good[_i].numbers);
    free(column);
}
END_TEST

static const struct {
    const char *list, *text;
} bad[] = {
    {"", "t.csv: unknown target column ''"},
    {"Y", "unknown target column 'Y' (did you mean 'y'?); columns are: id, x 1, x, 2"},
    {"y,y", "the target column 'y' is named twice"},
    {"0", "there are columns 1 to 7"},
    {"6-9", "there are columns 1 to 7"},
    {"3-2", "there are columns 1 to 7"},
    {"99999999999999999999", "unknown target column '99999999999999999999'"},
    {"z*", "unknown target column 'z*'"},
    {"\"x*\"", "unknown target column 'x*'"},
    {"\"1\"", "unknown target column '1'"},
    {"id,\"y", "entry 2 of the target columns: a quoted name ends with a quote"},
    {"\"id\"y", "entry 1 of the target columns"},
};

START_TEST(lists_refused)
{
    nudge_error err = {0};
    size_t *column = NULL, n;
    ck_says(nu_columns_of_list(&column, &n, &columns, bad[_i].list, "target", "target", &err),
            NUDGE_EARGUMENT, bad[_i].text, &err);
    ck_assert_str_eq(err.setting, "target");
    ck_assert_ptr_null(column);
}
END_TEST

START_TEST(texts_of_lists)
{
    size_t n;
    char **texts = nu_list_split("a, \"b,\"\"c\" ,,", &n);
    ck_assert_uint_eq(n, 4);
    ck_assert_str_eq(texts[0], "a");
    ck_assert_str_eq(texts[1], "b,\"c");
    ck_assert_str_eq(texts[2], "");
    ck_assert_str_eq(texts[3], "");
    free(texts);
    free(nu_list_split("\"a", &n));
    ck_assert_uint_eq(n, 0);
    ck_assert(nu_list_has_names("id,y", (char *const *)names, N));
    ck_assert(nu_list_has_names("\"x, 2\"", (char *const *)names, N));
    ck_assert(!nu_list_has_names("id,z", (char *const *)names, N));
    ck_assert(!nu_list_has_names("1", (char *const *)names, N));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *column_list_suite(void)
{
    Suite *suite = suite_create("lists of columns");
    TCase *tc = tcase_create("lists");
    tcase_add_loop_test(tc, lists, 0, COUNT(good));
    tcase_add_loop_test(tc, lists_refused, 0, COUNT(bad));
    tcase_add_test(tc, texts_of_lists);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(column_list_suite)
