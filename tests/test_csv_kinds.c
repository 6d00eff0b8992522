/* Kinds of CSV columns: what is found out, left out, refused, and said. */
#include "csv_fixtures.h"
#include "prep/prep.h"
#include "prep/prep_json.h"
#include "date.h"
#include "table_fixtures.h"

static nudge_error err;

/* ---- Dates ----------------------------------------------------------------------------- */

START_TEST(dates_are_days)
{
    static const struct {
        const char *text;
        double days;
        const char *back;
    } good[] = {
        {"1970-01-01", 0, "1970-01-01"}, {"1969-12-31", -1, "1969-12-31"},
        {"2000-02-29", 11016, "2000-02-29"}, {"1600-03-01", -135080, "1600-03-01"},
        {"2024-02-29T12:00", 19782.5, "2024-02-29T12:00:00"},
        {"2024-02-29 06:00:00.5", 19782.25 + 0.5 / 86400, "2024-02-29T06:00:00"},
        {"2024-02-29T00:00:00Z", 19782, "2024-02-29"},
        {"2024-03-01T01:00+01:00", 19783, "2024-03-01"},
        {"2024-02-29T21:00:00-0300", 19783, "2024-03-01"},
        {"2024-02-29T23:59:59.99995", 19783, "2024-03-01"},
    };
    static const char *const bad[] = {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1",
                                      "20240101", "2024-01-01T", "2024-01-01T25:00",
                                      "2024-01-01 12:60", "2024-01-01T12:00+", "2024-01-01x", "",
                                      "0000-01-01T09:59+10:00", "9999-12-31T14:00-10:00"};
    double days;
    char text[NU_DATE_TEXT];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_int_eq(nu_date_parse(good[i].text, strlen(good[i].text), &days), 1);
        ck_assert_double_eq_tol(days, good[i].days, 1e-9);
        ck_assert_str_eq(nu_date_text(text, days), good[i].back);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!nu_date_parse(bad[i], strlen(bad[i]), &days), "%s", bad[i]);
}
END_TEST

/* ---- Found out and left out ------------------------------------------------------------- */

/* A table of 40 rows, one cell after another made by `row`; "y" is the target. */
static char *rows_of(const char *header, void (*row)(char *at, int r))
{
    char *text = table_memory(1, 40 * 100), *at = text + sprintf(text, "%s\n", header);
    for (int r = 0; r < 40; r++) {
        row(at, r);
        at += strlen(at);
    }
    return text;
}

static void make_all(char *at, int r)
{
    sprintf(at, "%d,%d,N%02d,%s,%c%c,7,%d.5,%s,%d\n", r, r + 100, r, r % 3 ? "south" : "north",
            'a' + r / 3, 'b', r * 13 % 10, r % 2 ? "2024-01-09" : "2024-02-01 12:00", r * r % 50);
}

#define ALL ",id,name,region,pair,same,x,day,y"

static const struct {
    const char *features, *ignore, *category, *number; /* options */
    const char *in_use;  /* features, dates with "!" */
    size_t notes;
} choices[] = {
    {NULL, NULL, NULL, NULL, "region*,pair*,x,day!", 5},
    {NULL, NULL, NULL, "id", "id,region*,pair*,x,day!", 4},
    {NULL, "id,3-", NULL, NULL, "", 1},
    {NULL, NULL, "name", NULL, "name*,region*,pair*,x,day!", 4},
    {NULL, "day", "x", NULL, "region*,pair*,x*", 4},
    {NULL, NULL, "day", NULL, "region*,pair*,x,day*", 4},
    {"same,id,re*", NULL, NULL, NULL, "id,region*,same", 0},
    {"7-", "day", NULL, NULL, "x", 0},
};

static const char *in_use(const nudge_table *t)
{
    static char text[200];
    text[0] = '\0';
    for (size_t j = 0; j < t->n_columns; j++) {
        const nu_column *c = &t->columns[j];
        if (!nu_column_is_feature(c))
            continue;
        sprintf(text + strlen(text), "%s%s%s", text[0] != '\0' ? "," : "", c->name,
                c->kind == NUDGE_COLUMN_CATEGORY ? "*" : c->kind == NUDGE_COLUMN_DATE ? "!" : "");
    }
    return text;
}

START_TEST(columns_left_out)
{
    nudge_read_options o = nudge_read_defaults();
    char *text = rows_of(ALL, make_all);
    o.target = "y";
    o.features = choices[_i].features;
    o.ignore = choices[_i].ignore;
    o.category = choices[_i].category;
    o.number = choices[_i].number;
    if (_i == 2)
        o.ignore = "id,3-8";
    nudge_table *t = read_text(text, &o);
    ck_assert_str_eq(in_use(t), choices[_i].in_use);
    ck_assert_uint_eq(t->notes.n, choices[_i].notes);
    nudge_table_free(t);
    free(text);
}
END_TEST

START_TEST(what_is_said)
{
    static const struct {
        const char *text, *setting;
    } said[] = {
        {"column 'c1' has no name, and counts or names the rows: left out", "features"},
        {"column 'id' counts up by one: left out", "number"},
        {"column 'name' holds texts that are different in most rows: left out", "category"},
        {"column 'same' holds one value only: left out", "features"},
        {"column 'day' holds dates, taken as days since 1970-01-01", "category"},
    };
    nudge_read_options o = nudge_read_defaults();
    char *text = rows_of(ALL, make_all);
    o.target = "y";
    nudge_table *t = read_text(text, &o);
    for (size_t i = 0; i < t->notes.n; i++) {
        ck_assert_str_eq(t->notes.note[i].text, said[i].text);
        ck_assert_str_eq(t->notes.note[i].setting, said[i].setting);
    }
    ck_assert_str_eq(nudge_table_column(t, 1).left_out, "counts up by one");
    ck_assert_ptr_null(nudge_table_column(t, 3).left_out);
    ck_assert_int_eq(nudge_table_column(t, 7).kind, NUDGE_COLUMN_DATE);
    nudge_table_free(t);
    free(text);
}
END_TEST

/* One value or none may tell two sorts of rows apart. */
START_TEST(flags_are_not_left_out)
{
    static const char text[] = "f,x,y\n,0.1,1.5\n1,0.3,2\n,0.2,3\n1,.5,2\n";
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *p = NULL;
    o.target = "y";
    nudge_table *t = read_text(text, &o);
    ck_assert_str_eq(in_use(t), "f,x");
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), &err);
    ck_assert_str_eq(p->notes.note[0].text, "column 'f' holds one value or none, and missing ones "
                                            "are filled with it: it tells nothing");
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

static void make_counting(char *at, int r)
{
    sprintf(at, "%d,%d\n", r, 2 * r + 1);
}

/* A column that counts is left out beside others only. */
START_TEST(the_only_feature_may_count)
{
    nudge_read_options o = nudge_read_defaults();
    char *text = rows_of("t,y", make_counting);
    o.target = "y";
    nudge_table *t = read_text(text, &o);
    ck_assert_str_eq(in_use(t), "t");
    ck_assert_uint_eq(t->notes.n, 0);
    nudge_table_free(t);
    free(text);
}
END_TEST

/* What a model was trained with is read, whatever this file's columns look like. */
START_TEST(a_model_reads_alike)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *p = NULL;
    char *text = rows_of(ALL, make_all);
    o.target = "y";
    o.number = "id";
    nudge_table *t = read_text(text, &o);
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), &err);
    nudge_table_free(t);
    free(text);
    o = nudge_read_defaults();
    o.like = p;
    t = read_text("day,x,id,pair,region\n2024-01-02,1,5,ab,north\n,2,6,ab,north\n", &o);
    ck_assert_str_eq(in_use(t), "day!,x,id,pair*,region*");
    ck_assert_str_eq(cells_text(t), "19724 1 5 ab north|- 2 6 ab north");
    ck_assert_uint_eq(t->notes.n, 0);
    nudge_table_free(t);
    refuse_text("day,x,id,pair,region\n2024-01-02,1,5,ab,north\n3,2,6,ab,north\n", &o,
                NUDGE_EMISMATCH, ":3: column 'day': '3' is not a date; the model was trained with "
                                 "dates here");
    nudge_prep_free(p);
}
END_TEST

/* The prep of a table, written to a model file and read from it. */
static nudge_prep *prep_of(const nudge_table *t)
{
    nudge_prep *p = NULL, *back = NULL;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), &err);
    json_t *json = nu_prep_to_json(p);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    json_decref(json);
    nudge_prep_free(p);
    return back;
}

/* A target of dates, or with something around its numbers, is read again as it was, and nothing
 * else is taken for it. */
START_TEST(targets_are_read_alike)
{
    static const struct {
        const char *number, *text, *cells, *other, *message;
    } cases[] = {
        {NULL, "x,y\n1,2024-01-01\n2,2024-01-03\n5,2024-01-04\n", "1 19723|2 19725|5 19726",
         "7", "'7' is not a date; the model was trained with dates here"},
        {"y", "x,y\n1,$5\n2,$7.5\n5,$6\n", "1 5|2 7.5|5 6", "EUR6", "'EUR6' is not a number with "
         "'$' before and '' behind it, as those the model was trained with"},
        {"x", "x,y\n1%,5\n2%,7.5\n5%,6\n", "1 5|2 7.5|5 6", "6%", "'6%' is not a number; the model "
         "was trained with numbers here"},
        {NULL, "x,y\n1,1.\n2,7.5\n5,6\n", "1 1|2 7.5|5 6", "2024-01-01", "is not a number"},
    };
    for (size_t i = 0; i < 4; i++) {
        nudge_read_options o = nudge_read_defaults();
        o.target = "y";
        o.number = cases[i].number;
        nudge_table *t = read_text(cases[i].text, &o);
        ck_assert_str_eq(cells_text(t), cases[i].cells);
        nudge_prep *p = prep_of(t);
        nudge_table_free(t);
        o = nudge_read_defaults();
        o.like = p;
        t = read_text(cases[i].text, &o);
        ck_assert_str_eq(cells_text(t), cases[i].cells);
        nudge_table_free(t);
        char text[64];
        snprintf(text, sizeof text, "x,y\n%s,%s\n", i == 2 ? "1%" : "1", cases[i].other);
        refuse_text(text, &o, NUDGE_EMISMATCH, cases[i].message);
        nudge_prep_free(p);
    }
}
END_TEST

/* ---- Cells that are not what they seem -------------------------------------------------- */

static const struct {
    const char *text;
    char thousands;
    const char *number, *missing;
    const char *names, *cells; /* or the message and the setting */
} cells[] = {
    {"a,b\nna,NULL\n 3 , \n?,<NA>\n4,x\n", 0, NULL, NULL, "a,b*", "- -|3 -|- -|4 x"},
    {"a,b\n1.#IND,u\n#DIV/0!,\\N\n-nan,NaN \n4,u\n", 0, NULL, NULL, "a,b*", "- u|- -|- -|4 u"},
    {"a,b\n-9,NA\n 3 ,u\n,-9\n", 0, NULL, "-9", "a,b*", "- NA|3 u|- -"},
    {"a,b\n1,NA\n2,\n", 0, NULL, "", "a,b*", "1 NA|2 -"},
    {"a,b\n\"x,y\",NA\n2,k\n", 0, NULL, "NA,\"x,y\"", "a,b*", "- -|2 k"},
    {"a,b\n'1','u v'\n'2',''\n", 0, NULL, NULL, "a,b*", "1 u v|2 -"},
    {"a,b\n\"1,234,567.5\",1\n12,2\n-4,3\n", ',', NULL, NULL, "a,b", "1234567.5 1|12 2|-4 3"},
    {"a,b\n\"-1,234\",1\n\"+2,345.5\",2\n", ',', NULL, NULL, "a,b", "-1234 1|2345.5 2"},
    {"a;b\n1 234,5;1\n12;2\n", ' ', NULL, NULL, "a,b", "1234.5 1|12 2"},
    {"a,b\n$5.50,1.5 kg\n$-6,2 kg\n", 0, "a,b", NULL, "a,b", "5.5 1.5|-6 2"},
    {"a,b\n5%,1\n6%,2\n", 0, "1", NULL, "a,b", "5 1|6 2"},
    {"a,b\n5-year,1\n7-year,2\n", 0, "a", NULL, "a,b", "5 1|7 2"},
    {"a,b\n1.,3. kg\n9.6,4.5 kg\n", 0, "a,b", NULL, "a,b", "1 3|9.6 4.5"},
    {"a,b\nRs.500,$.5\nRs.7.5,$-6\n", 0, "a,b", NULL, "a,b", "500 0.5|7.5 -6"},
};

START_TEST(cells_are_read)
{
    nudge_read_options o = nudge_read_defaults();
    o.thousands = cells[_i].thousands;
    o.number = cells[_i].number;
    o.missing = cells[_i].missing;
    nudge_table *t = read_text(cells[_i].text, &o);
    assert_table(t, cells[_i].names, cells[_i].cells);
    nudge_table_free(t);
}
END_TEST

static const struct {
    const char *text, *number, *message, *setting;
} odd[] = {
    {"a,y\n1,2\n2,3\nE5,4\n", NULL, ":4: column 'a': 'E5' is not a number (2 other cells are); as "
     "a category every cell is text", "category"},
    {"a,y\n1,2\n2,3\nunknown,4\n", NULL, ":4: column 'a': 'unknown' is not a number (2 other cells "
     "are); does it stand for a missing value?", "missing"},
    {"a,y\n2024-01-01,2\n2024-01-02,3\n5,4\n", NULL, ":4: column 'a': '5' is not a date (2 other "
     "cells are)", "category"},
    {"a,y\n2024-01-01,2\n2024-01-02,3\nsoon,4\n", NULL, ":4: column 'a': 'soon' is not a date",
     "missing"},
    {"a,y\nx,2\ny,3\n2024-01-02,4\n", NULL, ":4: column 'a': '2024-01-02' is a date, but 2 other",
     "category"},
    {"a,y\n1,2\n2,3\ninf,4\n", NULL, ":4: column 'a': 'inf' is not a finite number", "missing"},
    {"a,y\n1,2\n2,3\nE5,4\n", "a", ":4: column 'a': 'E5' is not a number", "number"},
    {"a,y\n1.,2\n5 kg,4\n", "a", ":3: column 'a': '5 kg' is not a number", "number"},
    {"a,y\n(5.00),2\n(6),4\n", "a", ":2: column 'a': '(5.00)' is not a number", "number"},
    {"a,y\n5-,2\n6-,4\n", "a", ":2: column 'a': '5-' is not a number", "number"},
    {"a,y\n-$5,2\n-$6,4\n", "a", ":2: column 'a': '-$5' is not a number", "number"},
    {"a,y\n$1,2\n$2,3\n5,4\n", "a", ":4: column 'a': '5' is not a number with '$' before and '' "
     "behind it, as the first", "number"},
    {"a,y\n\"4,521\",2\n\"3,321\",3\n\"2,200\",3\n\"6,521\",2\n\"7,321\",3\n", NULL,
     ":2: column 'a': '4,521' is text, but looks like a number with thousands apart", "thousands"},
    {"a,y\n$4,2\n$3.5,3\n$2,3\n$6,2\n$7,3\n", NULL, ":2: column 'a': '$4' is text, but looks like "
     "a number with more around it", "number"},
    {"a,y\n\"1,000\",2\n\"3,500\",3\n\"1,000\",3\n\"3,500\",2\n", NULL, ":2: column 'a': "
     "'1,000' is text, but looks like a number with thousands apart", "thousands"},
    {"a,y\n\"$8,727.50\",2\n$35,3\n$35,1\n$35,3\n", NULL, ":2: column 'a': '$8,727.50' is text, "
     "but looks like a number with thousands apart", "thousands"},
    {"a,y\n1 464,2\n2 464,3\n", NULL, ":2: column 'a': '1 464' is text, but looks like a number "
     "with thousands apart", "thousands"},
    {"a,y\n1'228,2\n2'464,3\n", NULL, ":2: column 'a': '1'228' is text, but looks like a number "
     "with thousands apart", "thousands"},
    {"a,y\n0%,2\n5%,3\n0%,3\n5%,2\n", NULL, ":2: column 'a': '0%' is text, but looks like a "
     "number with more around it", "number"},
    {"a,y\n4 kg,2\n3.5 kg,3\n2 kg,3\n6 kg,2\n7 kg,3\n", NULL, ":2: column 'a': '4 kg' is text",
     "number"},
};

START_TEST(odd_cells_are_refused)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_table *t = NULL;
    o.number = odd[_i].number;
    o.delimiter = ',';
    o.decimal = '.';
    nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", odd[_i].text,
                                      strlen(odd[_i].text), &o, &err);
    ck_assert_msg(status == NUDGE_EDATA, "status %d: %s", status, err.text);
    ck_assert_msg(strstr(err.text, odd[_i].message) != NULL, "%s", err.text);
    ck_assert_str_eq(err.setting, odd[_i].setting);
}
END_TEST

/* Few different texts are categories, though they hold numbers. */
START_TEST(numbers_in_categories)
{
    nudge_table *t = read_text("a,y\n1st,2\n2nd,3\n1st,4\n3rd,4\n1st,2\n2nd,4\n3rd,1\n1st,1\n",
                               NULL);
    ck_assert_str_eq(in_use(t), "a*,y");
    nudge_table_free(t);
    t = read_text("a,y\n1.2.3,2\n1.2.4,3\n1.2.5,4\n2.0.1,4\n2.0.2,2\n", NULL);
    ck_assert_str_eq(in_use(t), "a*,y");
    nudge_table_free(t);
}
END_TEST

/* ---- Rows without a target -------------------------------------------------------------- */

START_TEST(rows_without_target)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *p = NULL;
    o.target = "y,z";
    o.weight = "w";
    nudge_table *t = read_text("w,x,y,z\n1,7,1,2\n2,8,,2\n3,9,4,5\n4,6,3,NA\n5,2,1,1\n", &o);
    ck_assert_str_eq(cells_text(t), "7 1 2|9 4 5|2 1 1");
    ck_assert_mem_eq(t->weights, ((double[]){1, 3, 5}), 24);
    ck_assert_str_eq(t->notes.note[0].text, "2 rows without a target are left out");
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), &err);
    nudge_table_free(t);
    o = nudge_read_defaults();
    o.like = p;
    t = read_text("x,y,z\n7,1,2\n8,,2\n", &o);
    ck_assert_str_eq(cells_text(t), "7 1 2");
    nudge_table_free(t);
    o.without_target = 1;
    t = read_text("x,y,z\n7,1,2\n8,,?\n9,so,what\n", &o);
    ck_assert_str_eq(cells_text(t), "7|8|9");
    nudge_table_free(t);
    o = nudge_read_defaults();
    o.target = "y";
    refuse_text("x,y\n7,\n8,NA\n", &o, NUDGE_EDATA, "data.csv: none of 2 rows has a target");
    nudge_prep_free(p);
}
END_TEST

/* Categories of which no row is left are no inputs. */
START_TEST(categories_of_rows_left_out)
{
    nudge_read_options o = nudge_read_defaults();
    o.target = "y";
    nudge_table *t = read_text("c,z,y\nzz,q,\nb,r,1\na,s,2\nb,r,3\n", &o);
    ck_assert_str_eq(cells_text(t), "b r 1|a s 2|b r 3");
    ck_assert_uint_eq(t->columns[0].n_categories, 2);
    ck_assert_uint_eq(t->columns[1].n_categories, 2);
    nudge_table_free(t);
}
END_TEST

/* Targets are in the order in which they are asked for. */
START_TEST(targets_in_order)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *p = NULL;
    o.target = "z,x";
    nudge_table *t = read_text("x,y,z\n1,2,3\n2,5,5\n4,5,9\n", &o);
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), &err);
    ck_assert_str_eq(p->target_names[0], "z");
    ck_assert_str_eq(p->target_names[1], "x");
    ck_assert_double_eq(p->target_shift[0], 17 / 3.0);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *csv_kinds_suite(void)
{
    Suite *suite = suite_create("csv kinds");
    TCase *tc = tcase_create("kinds");
    tcase_add_test(tc, dates_are_days);
    tcase_add_loop_test(tc, columns_left_out, 0, COUNT(choices));
    tcase_add_test(tc, what_is_said);
    tcase_add_test(tc, flags_are_not_left_out);
    tcase_add_test(tc, the_only_feature_may_count);
    tcase_add_test(tc, a_model_reads_alike);
    tcase_add_test(tc, targets_are_read_alike);
    tcase_add_loop_test(tc, cells_are_read, 0, COUNT(cells));
    tcase_add_loop_test(tc, odd_cells_are_refused, 0, COUNT(odd));
    tcase_add_test(tc, numbers_in_categories);
    tcase_add_test(tc, rows_without_target);
    tcase_add_test(tc, categories_of_rows_left_out);
    tcase_add_test(tc, targets_in_order);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(csv_kinds_suite)
