/* CSV tables: how a file is written is kept with what is learned from it; others are read so. */
#include <unistd.h>

#include "csv_fixtures.h"
#include "model_fixtures.h"
#include "prep/prep.h"
#include "prep/prep_json.h"

/* Learned from a table, which ends, written and read back. */
static nudge_prep *learned_from(nudge_table *t)
{
    nudge_error err = {0};
    nudge_prep *prep = NULL, *back = NULL;
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, NULL, &err), &err);
    json_t *json = nu_prep_to_json(prep);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    json_decref(json);
    nudge_prep_free(prep);
    nudge_table_free(t);
    return back;
}

/* Likewise from a file. */
static nudge_prep *learned(const char *text, nudge_read_options *o)
{
    o->target = "y";
    return learned_from(read_text(text, o));
}

/* A program's table says nothing of files: what they are like is found out, before and after the
 * model was saved. */
START_TEST(a_table_without_file)
{
    static const double x[] = {1, 2, 3}, y[] = {2, 3, 5.5};
    nudge_error err = {0};
    nudge_table *t = NULL;
    ck_ok(nudge_table_create(&t, 3, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "a", x, &err), &err);
    ck_ok(nudge_table_add_numbers(t, "y", y, &err), &err);
    ck_ok(nudge_table_set_target(t, "y", &err), &err);
    nudge_prep *prep = learned_from(t);
    ck_assert_ptr_null(nudge_prep_dialect(prep));
    nudge_read_options o = nudge_read_defaults();
    o.like = prep;
    t = read_text("a;y\n0,5;1,25\n2;3\n", &o);
    assert_table(t, "a,[y]", "0.5 1.25|2 3");
    ck_assert_str_eq(notes_text(t), "delimiter: cells are separated by semicolons\n"
                                    "decimal: numbers have a decimal comma");
    nudge_table_free(t);
    nudge_prep_free(prep);
}
END_TEST

START_TEST(files_are_read_alike)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *prep = learned("a;b;y\n0,5;6,75;1\n1,25;8,5;2,5\n", &o);
    o = nudge_read_defaults();
    o.like = prep;
    nudge_table *t = read_text("a;b\n1,500;2\n", &o); /* on its own this is text */
    assert_table(t, "a,b", "1.5 2");
    ck_assert_str_eq(notes_text(t), "");
    nudge_table_free(t);
    refuse_text("a;b\n1.5;2\n", &o, NUDGE_EMISMATCH, "'1.5' is not a number; the model was");
    o.decimal = '.';
    t = read_text("a;b\n1.5;2\n", &o);
    assert_table(t, "a,b", "1.5 2");
    nudge_table_free(t);
    o.decimal = '\0';
    t = read_text("a\tb\n1,5\t2\n", &o); /* there is no semicolon */
    assert_table(t, "a,b", "1.5 2");
    ck_assert_str_eq(notes_text(t), "delimiter: cells are separated by tabs");
    nudge_table_free(t);
    nudge_prep_free(prep);
}
END_TEST

/* One column has no delimiter, but decimal commas. */
START_TEST(a_column_alone)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *prep = learned("a;y\n0,5;1\n1,25;2,5\n", &o);
    o = nudge_read_defaults();
    o.like = prep;
    static const char *const texts[] = {"a\n1,5\n2,5\n", "\"a\"\r\n1,5\r\n2,5\r\n"};
    for (size_t i = 0; i < 2; i++) {
        nudge_table *t = read_text(texts[i], &o);
        assert_table(t, "a", "1.5|2.5");
        ck_assert_str_eq(notes_text(t), "");
        nudge_table_free(t);
    }
    nudge_prep_free(prep);
}
END_TEST

START_TEST(what_is_missing_is_utf8)
{
    nudge_read_options o = nudge_read_defaults();
    o.missing = "\xe9";
    refuse_text("a;b\n1;2\n", &o, NUDGE_EARGUMENT, "the list is not UTF-8");
    o = nudge_read_defaults();
    o.thousands = (char)0xa0;
    refuse_text("a;b\n1;2\n", &o, NUDGE_EARGUMENT, "an ASCII character is right");
}
END_TEST

START_TEST(lines_and_encodings_are_kept)
{
    nudge_read_options o = nudge_read_defaults();
    o.encoding = "latin1";
    o.skip_rows = o.skip_after_header = 1;
    nudge_prep *prep = learned("Title\n\xf6,y\nmm,kg\n1,2\n3,5\n5,5\n", &o);
    ck_assert_str_eq(prep->dialect.encoding, "latin1");
    o = nudge_read_defaults();
    o.like = prep;
    nudge_table *t = read_text("Other\n\xf6\nmm\n7\n", &o);
    assert_table(t, "ö", "7");
    nudge_table_free(t);
    t = read_text("Other\nö\nmm\n7\n", &o); /* it was written as UTF-8 this time */
    assert_table(t, "ö", "7");
    ck_assert_str_eq(notes_text(t), "skip_rows: 1 line at the beginning is left out, as in the "
                     "data of the model\nskip_after_header: 1 line below the header is left out, as in "
                     "the data of the model");
    nudge_table_free(t);
    t = read_text("Other\nö\n7\n8\n", &o); /* no units this time */
    assert_table(t, "ö", "7|8");
    ck_assert_ptr_nonnull(strstr(notes_text(t), "\nskip_after_header: what is below the header is "
                                 "read as a row"));
    nudge_table_free(t);
    o.skip_after_header = 1; /* as it is said */
    t = read_text("Other\nö\n7\n8\n", &o);
    assert_table(t, "ö", "8");
    nudge_table_free(t);
    o.skip_rows = o.skip_after_header = 0; /* such lines are not in this file */
    t = read_text("ö\n7\n8\n", &o);
    assert_table(t, "ö", "7|8");
    ck_assert_str_eq(notes_text(t), "");
    nudge_table_free(t);
    nudge_prep_free(prep);
}
END_TEST

/* A character between thousands, which a file without large numbers does not show. */
START_TEST(thousands_are_kept)
{
    nudge_read_options o = nudge_read_defaults();
    o.thousands = '\'';
    nudge_prep *prep = learned("a,y\n1'000,2\n1'500,4\n2'500,5.5\n", &o);
    ck_assert_int_eq(prep->dialect.thousands, '\'');
    o = nudge_read_defaults();
    o.like = prep;
    nudge_table *t = read_text("a\n7\n12'345\n", &o);
    assert_table(t, "a", "7|12345");
    nudge_table_free(t);
    nudge_prep_free(prep);
}
END_TEST

/* The line above the table names the model's columns. */
START_TEST(titles_are_found_again)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *prep = learned("# a,y\n0.5,2\n1.5,4\n2.5,4.5\n", &o);
    o = nudge_read_defaults();
    o.like = prep;
    nudge_table *t = read_text("# a\n7\n", &o);
    assert_table(t, "a", "7");
    nudge_table_free(t);
    t = read_text("b,a\n1,7\n", &o);
    assert_table(t, "a", "7");
    nudge_table_free(t);
    nudge_prep_free(prep);
}
END_TEST

/* Most files leave no trace in the model; what stands there must be right. */
START_TEST(dialects_in_models)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_prep *prep = learned("a,y\n0.5,2\n1.5,4\n", &o), *back = NULL;
    nudge_error err = {0};
    json_t *json = nu_prep_to_json(prep);
    ck_assert_ptr_null(json_object_get(json, "csv"));
    ck_assert_int_eq(prep->dialect.delimiter, ',');
    ck_assert_int_eq(prep->dialect.decimal, '.');
    nudge_prep_free(prep);
    char long_list[1100];
    snprintf(long_list, sizeof long_list, "{\"missing\": \"%01024d\"}", 0);
    const char *const bad[] = {
        "{\"delimiter\": \"\"}", "{\"delimiter\": \";;\"}", "{\"decimal\": \";\"}",
        "{\"skip_rows\": -1}", "{\"skip_after_header\": 1.5}", "{\"quote\": \"'\"}", "[]", "3",
        "{\"encoding\": \"a-name-that-is-longer-than-those-of-encodings\"}",
        "{\"skip_after_header\": -1}", "{\"thousands\": \"''\"}", long_list,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_object_set_new(json, "csv", json_loads(bad[i], JSON_DECODE_ANY, NULL));
        ck_status(nu_prep_from_json(&back, json, "m", &err), NUDGE_EDATA, &err);
        ck_assert_msg(strstr(err.text, "'csv'") != NULL, "%s", err.text);
    }
    json_decref(json);
}
END_TEST

/* A row without values is written so that it is read back. */
START_TEST(empty_rows_are_written)
{
    nudge_table *t = read_text("a,b\n1,2\nNA,\n3,4\n", NULL), *u = NULL;
    nudge_error err = {0};
    ck_ok(nudge_table_write(t, "test_csv_dialect.csv", &err), &err);
    ck_ok(nudge_table_read(&u, "test_csv_dialect.csv", NULL, &err), &err);
    assert_table(u, "a,b", "1 2|- -|3 4");
    ck_assert_int_eq(unlink("test_csv_dialect.csv"), 0);
    nudge_table_free(t);
    nudge_table_free(u);
}
END_TEST

static Suite *csv_kept_suite(void)
{
    Suite *suite = suite_create("csv kept");
    TCase *kept = tcase_create("kept");
    tcase_add_test(kept, files_are_read_alike);
    tcase_add_test(kept, a_table_without_file);
    tcase_add_test(kept, a_column_alone);
    tcase_add_test(kept, what_is_missing_is_utf8);
    tcase_add_test(kept, lines_and_encodings_are_kept);
    tcase_add_test(kept, thousands_are_kept);
    tcase_add_test(kept, titles_are_found_again);
    tcase_add_test(kept, dialects_in_models);
    tcase_add_test(kept, empty_rows_are_written);
    suite_add_tcase(suite, kept);
    return suite;
}

SUITE_MAIN(csv_kept_suite)
