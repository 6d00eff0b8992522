/* CSV tables as people have them: what is found out about a file, and what is said of it. */
#include "csv_fixtures.h"

/* ---- Notes ----------------------------------------------------------------------------- */

static const struct noted {
    const char *text, *names, *cells, *notes;
} noted[] = {
    {"a,b\n1,2\n3,4\n", "a,b", "1 2|3 4", ""},
    {"1,2\n3,4\n", "c1,c2", "1 2|3 4",
     "header: the first row is data, not a header; columns are called c1, c2, ..."},
};

START_TEST(what_is_found_out)
{
    const struct noted *n = &noted[_i];
    nudge_table *t = read_text(n->text, NULL);
    assert_table(t, n->names, n->cells);
    ck_assert_str_eq(notes_text(t), n->notes);
    nudge_table_free(t);
}
END_TEST

START_TEST(what_was_said_is_not_noted)
{
    nudge_read_options o = nudge_read_defaults();
    o.header = 0;
    nudge_table *t = read_text("1,2\n3,4\n", &o);
    ck_assert_str_eq(notes_text(t), "");
    nudge_table_free(t);
}
END_TEST

static Suite *csv_dialect_suite(void)
{
    Suite *suite = suite_create("csv dialect");
    TCase *notes = tcase_create("notes");
    tcase_add_loop_test(notes, what_is_found_out, 0, sizeof noted / sizeof *noted);
    tcase_add_test(notes, what_was_said_is_not_noted);
    suite_add_tcase(suite, notes);
    return suite;
}

SUITE_MAIN(csv_dialect_suite)
