/* What every Check program here shares: a main that prints TAP, and where test files are. */
#ifndef NUDGE_TESTS_SUITE_H
#define NUDGE_TESTS_SUITE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Check writes to a file where each assertion that passed stands, which takes longer than all else
 * where many numbers are compared. Without it a crash is told with its test, not with its line. */
#define _mark_point(file, line) (void)0

/* Permissions do not bind root: where a test runs as root, the rest of it runs as somebody who owns
 * `owned` and nothing else, until leave_nobody(). Elsewhere both do nothing. */
enum { NOBODY = 65534 };

static inline void become_nobody(const char *owned)
{
    if (getuid() == 0 && (chown(owned, NOBODY, (gid_t)-1) != 0 || seteuid(NOBODY) != 0))
        ck_abort_msg("%s cannot be given to nobody", owned);
}

static inline void leave_nobody(void)
{
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}

/* The path of tests/files/NAME, in one of four buffers used in turn. */
static inline const char *test_file(const char *name)
{
    static char paths[4][4096];
    static int turn;
    const char *files = getenv("TEST_FILES");
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", files != NULL ? files : "tests/files", name);
    return path;
}

/* "make check -j" runs all programs at once: what takes a tenth of a second alone may take ten. */
#define SUITE_MAIN(make_suite)                                          \
    int main(void)                                                      \
    {                                                                   \
        setenv("CK_DEFAULT_TIMEOUT", "60", 0);                          \
        setenv("CK_TIMEOUT_MULTIPLIER", "4", 0);                        \
        SRunner *runner = srunner_create(make_suite());                 \
        srunner_set_tap(runner, "-");                                   \
        srunner_run_all(runner, CK_SILENT);                             \
        int failed = srunner_ntests_failed(runner);                     \
        srunner_free(runner);                                           \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;               \
    }

#endif
