/* Calls that fail, one after the other, within one process: the first, the second, ... until there
 * are no more, as SQLite's tests of memory and of files do (https://www.sqlite.org/testing.html).
 * What the library calls goes through failing.c, by the linker's --wrap: local.mk has the list. */
#ifndef NUDGE_TESTS_FAILING_H
#define NUDGE_TESTS_FAILING_H

#include "folder_fixtures.h"
#include "nudge.h"
#include "suite.h"

/* Something that a program can ask of the library. It ends what it was given before it returns. */
typedef struct failing_row {
    const char *name;
    nudge_status (*call)(const struct failing_row *row, nudge_error *err);
    const char *input;  /* the call's, mostly a file in the folder; or NULL */
    const char *output; /* the file in the folder that it writes; or NULL */
    int choice;         /* the call's */
    size_t every;       /* not each n, but one of so many; 0: each. FAILING_EACH=1 in the
                         * environment: each of all rows */
} failing_row;

/* Tries each of the n rows with each call failing once, and with all from it on; with each read and
 * write interrupted once; and with all of them taking half of what they are asked for. Allowed is
 * what comes without a fault, or a status and one line of text that say what failed. Then there are
 * no other files in the folder, those that it has are as before or, the output, as they should be;
 * no file is open and no block is left. Fails the test otherwise; prints how often it tried. */
void failing_try(const failing_row *rows, size_t n, const char *in);

/* Within a row's call: what comes before it did nothing. These are parts of the result, which must
 * be the same each time. */
void failing_result(const void *bytes, size_t size);
void failing_result_text(const char *text);
void failing_result_table(const nudge_table *t);
void failing_result_model(nudge_model *m); /* or NULL; frees it */

/* Between these, which may be nested, no call fails: what a row's call only asks for the result. */
void failing_pause(void);
void failing_go_on(void);

/* A folder in memory, if there is such: thousands of files are replaced in it. */
static inline void make_quick_folder(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    make_folder();
}

/* A suite of rows, in one test: a process for each would take longer than all else. */
#define FAILING_SUITE(suite_name, rows, setup)                                               \
    START_TEST(each_row)                                                                     \
    {                                                                                        \
        failing_try(rows, sizeof(rows) / sizeof *(rows), folder);                            \
    }                                                                                        \
    END_TEST                                                                                 \
    static Suite *make_suite(void)                                                           \
    {                                                                                        \
        Suite *suite = suite_create(suite_name);                                             \
        TCase *tc = tcase_create("each row");                                                \
        tcase_add_checked_fixture(tc, setup, remove_folder);                                 \
        tcase_add_test(tc, each_row);                                                        \
        suite_add_tcase(suite, tc);                                                          \
        return suite;                                                                        \
    }                                                                                        \
    SUITE_MAIN(make_suite)

#endif
