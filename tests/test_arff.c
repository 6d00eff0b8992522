/* ARFF files: declarations, names and cells in quotes, what is refused. */
#include <math.h>

#include "folder_fixtures.h"
#include "read_fixtures.h"

static const char good[] =
    "% a note\n"
    "\n"
    "@RELATION 'some weather'\n"
    "@attribute x1 NUMERIC\n"
    "@attribute 'the town' {Aba, 'St. John''s' , \"New\\\" York\",7}\n"
    "\t@attribute size real\n"
    "@attribute remark string\r\n"
    "@attribute class{hot,cold}\n"
    "@data\n"
    "1.5,Aba,?,'a, b',hot\n"
    "% another note\n"
    "\n"
    "-2e1 , 7 , 3 , \"it\\'s\" , cold\n"
    "0,'New\" York',1,plain text,hot\n"
    "7,?,2,?,cold\n";

static nudge_table *read_arff(const char *text, const char *target)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t = NULL;
    nudge_error err = {0};
    options.target = target;
    write_in_folder("d", text);
    nudge_status status = nudge_table_read(&t, in_folder("d"), &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

static const char *category(const nudge_table *t, size_t row, size_t j)
{
    double v = nu_table_cell(t, row, j);
    return isnan(v) ? "?" : t->columns[j].categories[(size_t)v];
}

/* As 'St. John''s' ends its quotes in the middle, it is refused: \' is right. */
START_TEST(quotes_are_escaped_by_backslashes)
{
    write_in_folder("d", good);
    read_bad(in_folder("d"), NULL, NUDGE_EDATA, ":5: values must be separated by commas");
}
END_TEST

static char *repaired(void)
{
    char *text = strdup(good), *at = strstr(text, "''s'");
    memcpy(at, "\\'s'", 4);
    return text;
}

START_TEST(kinds_are_declared)
{
    char *text = repaired();
    nudge_table *t = read_arff(text, "class");
    ck_assert_str_eq(t->format, "arff");
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_uint_eq(t->n_columns, 5);
    ck_assert_str_eq(t->columns[1].name, "the town");
    ck_assert_int_eq(t->columns[0].kind, NUDGE_COLUMN_NUMBER);
    ck_assert_int_eq(t->columns[1].kind, NUDGE_COLUMN_CATEGORY);
    ck_assert_int_eq(t->columns[2].kind, NUDGE_COLUMN_NUMBER);
    ck_assert_int_eq(t->columns[4].is_target, 1);
    ck_assert_double_eq(nu_table_cell(t, 1, 0), -20);
    ck_assert(isnan(nu_table_cell(t, 0, 2)));
    ck_assert_double_eq(nu_table_cell(t, 3, 2), 2);
    ck_assert_str_eq(category(t, 1, 1), "7");
    ck_assert_str_eq(category(t, 2, 1), "New\" York");
    ck_assert_str_eq(category(t, 3, 1), "?");
    ck_assert_str_eq(category(t, 0, 3), "a, b");
    ck_assert_str_eq(category(t, 1, 3), "it's");
    ck_assert_str_eq(category(t, 2, 3), "plain text");
    ck_assert_str_eq(category(t, 0, 4), "hot");
    nudge_table_free(t);
    free(text);
}
END_TEST

/* A list of values makes a category even of numbers; a number is one even where an option could
 * say otherwise. */
START_TEST(numbers_as_values)
{
    nudge_table *t = read_arff("@relation r\n@attribute a {0,1}\n@attribute b numeric\n@data\n"
                               "0,1.\n1,2\n1,3\n", NULL);
    ck_assert_int_eq(t->columns[0].kind, NUDGE_COLUMN_CATEGORY);
    ck_assert_int_eq(t->columns[1].kind, NUDGE_COLUMN_NUMBER);
    nudge_table_free(t);
}
END_TEST

#define HEAD "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n"

static const struct {
    const char *text, *why;
} bad[] = {
    {"@relation r\n@attribute a numeric\n", "cut short: an ARFF file without @data"},
    {"@relation r\n@data\n1\n", ":2: @data, but no @attribute above it"},
    {"@relation r\n@attribute\n@data\n", ":2: an attribute without a name"},
    {"@relation r\n@attribute a\n@data\n", ":2: an attribute of type ''; numeric, real"},
    {"@relation r\n@attribute a relational\n", ":2: an attribute of type 'relational'"},
    {"@relation r\n@attribute a {x,y\n", ":2: the list of values is not closed"},
    {"@relation r\n@attribute 'a numeric\n", ":2: a quote that is not closed in its line"},
    {"@relation r\n@atribute a numeric\n", ":2: '@atribute' where @attribute or @data"},
    {HEAD, "no rows"},
    {HEAD "1,z\n", ":5: 'z' is none of the 2 values that are declared for attribute 2"},
    {HEAD "1,x\n\n%\n2,'?'\n", ":8: '?' is none of the 2 values"},
    {HEAD "1,x\nhot,y\n", ":6: column 'a': 'hot' is not a number"},
    {HEAD "5 kg,x\n", ":5: column 'a': '5 kg' is not a number"},
    {HEAD "1,x,3\n", ":5: more cells than the 2 attributes"},
    {HEAD "1\n", ":5: 1 cell for 2 attributes"},
    {"@attribute x numeric\n@attribute c {'?',b}\n@data\n1,b\n2,?\n3,'?'\n",
     ":6: a '?' in quotes, a value that is not told from a missing one"},
    {HEAD "1,\n", ":5: an empty cell; a missing value is '?'"},
    {HEAD "1,'x\n", ":5: a quote that is not closed in its line"},
    {HEAD "1,'x'y\n", ":5: cells must be separated by commas"},
    {HEAD "{0 1, 1 x}\n", ":5: a sparse row"},
    {HEAD "1,x, {5}\n", ":5: more cells than the 2 attributes"},
};

START_TEST(refused)
{
    write_in_folder("d", bad[_i].text);
    read_bad(in_folder("d"), NULL, NUDGE_EDATA, bad[_i].why);
}
END_TEST

/* Without its declarations' help the name tells: a file of nothing but notes. */
START_TEST(known_by_its_name)
{
    write_in_folder("d.arff", "% notes\n");
    read_bad(in_folder("d.arff"), NULL, NUDGE_EDATA, "an ARFF file without @data");
}
END_TEST

START_TEST(options_of_csv)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t;
    nudge_error err = {0};
    write_in_folder("d", HEAD "1,x\n");
    options.delimiter = ';';
    ck_assert_int_eq(nudge_table_read(&t, in_folder("d"), &options, &err), NUDGE_EARGUMENT);
}
END_TEST

static void try_text(const char *text, size_t size)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    if (read_memory(&t, &nu_arff_format, "d", text, size, NULL, &err) == NUDGE_OK)
        ck_assert_uint_le(t->rows, 6);
    else
        ck_assert_msg(strncmp(err.text, "d:", 2) == 0, "%s", err.text);
    nudge_table_free(t);
}

START_TEST(damaged)
{
    static const char other[] = ",'\"{}\n?%@\\\xff";
    char *text = repaired();
    size_t size = strlen(text);
    for (size_t cut = 0; cut <= size; cut++) {
        ck_assert_int_ge(nu_arff_format.looks_like((unsigned char *)text, cut), 0);
        try_text(text, cut);
    }
    for (size_t at = 0; at < size; at++)
        for (size_t k = 0; k < sizeof other; k++) { /* a NUL, too */
            char was = text[at];
            text[at] = other[k];
            try_text(text, size);
            text[at] = was;
        }
    free(text);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *make_suite(void)
{
    Suite *s = suite_create("arff");
    TCase *tc = tcase_create("arff");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, quotes_are_escaped_by_backslashes);
    tcase_add_test(tc, kinds_are_declared);
    tcase_add_test(tc, numbers_as_values);
    tcase_add_loop_test(tc, refused, 0, COUNT(bad));
    tcase_add_test(tc, known_by_its_name);
    tcase_add_test(tc, options_of_csv);
    tcase_add_test(tc, damaged);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(make_suite)
