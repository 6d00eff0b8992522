/* Numbers as text are those of printf. */
#include "real_text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

static void check_text(double x, int digits)
{
    char text[NU_REAL_TEXT], want[NU_REAL_TEXT];
    snprintf(want, sizeof want, "%.*g", digits, x);
    int n = nu_real_text(text, x, digits);
    ck_assert_msg(strcmp(text, want) == 0, "'%s', not '%s'", text, want);
    ck_assert_int_eq(n, (int)strlen(want));
}

/* Among them halves of the last digit, which printf rounds to the even one. */
START_TEST(as_printf)
{
    static const double special[] = {
        0,     -0.0,   1,         10,           123456789,   999999999.4, 999999999.5, 1e9, 1e-4,
        0.125, 0.0001, 9.9999e-5, 0.9999999999, 1234567.885, 99999999.95, -5e-324,     1e308,
        2.5,   0.5,    1e-5,      206855.8125,  1.000000005, INFINITY,    -INFINITY,   NAN};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        for (int digits = 1; digits <= 17; digits++)
            for (int sign = -1; sign <= 1; sign += 2)
                check_text(sign * special[i], digits);
    uint64_t state = 1;
    for (int i = 0; i < 60000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double part = (double)(int64_t)state * 0x1p-63, scale = pow(10, (int)(state >> 9) % 16 - 6);
        check_text(part * scale, 9);
        check_text((float)(part * scale), 9);
        check_text(floor(part * 1e6) / 64, i % 17 + 1);
    }
}
END_TEST

static Suite *real_text_suite(void)
{
    Suite *s = suite_create("real_text");
    TCase *c = tcase_create("text");
    tcase_add_test(c, as_printf);
    suite_add_tcase(s, c);
    return s;
}

SUITE_MAIN(real_text_suite)
