#include <math.h>
#include <string.h>

#include "nudge.h"
#include "suite.h"
#include "text.h"

/* Three digits or so, and the unit for them. */
START_TEST(sizes_are_texts)
{
    static const struct {
        double value;
        const char *bytes, *seconds, *count;
    } texts[] = {
        {0, "0 B", "0 s", "0"}, {5e-9, "0 B", "5.00 ns", "5e-09"},
        {43.1e-6, "0 B", "43.1 µs", "4.31e-05"}, {0.431, "0 B", "431 ms", "0.431"},
        {9.96, "10 B", "9.96 s", "9.96"}, {59.96, "60 B", "1 min", "60"},
        {999.4, "999 B", "16 min 39 s", "999"}, {999.6, "1.0 kB", "16 min 40 s", "1,000"},
        {3599.6, "3.6 kB", "1 h", "3,600"}, {3660, "3.7 kB", "1 h 01 min", "3,660"},
        {-1500, "-1500 B", "0 s", "-1,500"}, {999999.6, "1.0 MB", "277 h 47 min", "1.00 M"},
        {43.1e6, "43 MB", "11972 h 13 min", "43.1 M"},
        {1.5e9, "1.5 GB", "416666 h 40 min", "1.50 G"},
        {1e21, "1000 EB", NULL, "1000000000000 G"}, {NAN, NULL, "-", "-"},
    };
    char buf[NU_TEXT];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].bytes != NULL)
            ck_assert_str_eq(nu_bytes_text(buf, texts[i].value), texts[i].bytes);
        if (texts[i].seconds != NULL)
            ck_assert_str_eq(nu_seconds_text(buf, texts[i].value), texts[i].seconds);
        ck_assert_str_eq(nu_count_text(buf, texts[i].value), texts[i].count);
    }
}
END_TEST

/* parse(name(v)) = v for every v, and the names are those of the interface. */
START_TEST(names_round_trip)
{
    static const char *const activations[] = {"identity", "relu",     "leaky-relu", "elu", "tanh",
                                              "sigmoid",  "softplus", "gelu",       "silu",
                                              "selu",     "mish",     "softsign"};
    static const char *const losses[] = {"auto",          "mse", "mae",    "huber",
                                         "cross-entropy", "bce", "poisson", "quantile",
                                         "log-cosh", "focal"};
    static const char *const optimizers[] = {"sgd", "adam", "adamw", "rmsprop", "adagrad", "radam",
                                             "lion"};
    static const char *const schedules[] = {"constant",  "step",       "exponential", "cosine",
                                            "one-cycle", "invscaling", "coslog4",     "flat-cosine",
                                            "plateau"};
    static const char *const inits[] = {"pytorch", "he", "glorot", "zeros"};
    static const char *const scales[] = {"auto", "standard", "minmax", "none", "robust"};
    static const char *const transforms[] = {"none", "log", "log1p", "box-cox"};
    static const char *const column_kinds[] = {"number", "category", "pixels", "date"};
    static const char *const dtypes[] = {"f32", "f64"};
    for (int i = 0; i < 12; i++) {
        nudge_activation v = (nudge_activation)99;
        ck_assert_str_eq(nudge_activation_name((nudge_activation)i), activations[i]);
        ck_assert_int_eq(nudge_activation_parse(&v, activations[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 10; i++) {
        nudge_loss v = (nudge_loss)99;
        ck_assert_str_eq(nudge_loss_name((nudge_loss)i), losses[i]);
        ck_assert_int_eq(nudge_loss_parse(&v, losses[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 7; i++) {
        nudge_optimizer_kind v = (nudge_optimizer_kind)99;
        ck_assert_str_eq(nudge_optimizer_name((nudge_optimizer_kind)i), optimizers[i]);
        ck_assert_int_eq(nudge_optimizer_parse(&v, optimizers[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 9; i++) {
        nudge_schedule_kind v = (nudge_schedule_kind)99;
        ck_assert_str_eq(nudge_schedule_name((nudge_schedule_kind)i), schedules[i]);
        ck_assert_int_eq(nudge_schedule_parse(&v, schedules[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 4; i++) {
        nudge_init v = (nudge_init)99;
        ck_assert_str_eq(nudge_init_name((nudge_init)i), inits[i]);
        ck_assert_int_eq(nudge_init_parse(&v, inits[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 5; i++) {
        nudge_scale s = (nudge_scale)99;
        ck_assert_str_eq(nudge_scale_name((nudge_scale)i), scales[i]);
        ck_assert_int_eq(nudge_scale_parse(&s, scales[i], NULL), NUDGE_OK);
        ck_assert_int_eq(s, i);
    }
    for (int i = 0; i < 4; i++) {
        nudge_transform v = (nudge_transform)99;
        ck_assert_str_eq(nudge_transform_name((nudge_transform)i), transforms[i]);
        ck_assert_int_eq(nudge_transform_parse(&v, transforms[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 4; i++) {
        nudge_column_kind v = (nudge_column_kind)99;
        ck_assert_str_eq(nudge_column_kind_name((nudge_column_kind)i), column_kinds[i]);
        ck_assert_int_eq(nudge_column_kind_parse(&v, column_kinds[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
    for (int i = 0; i < 2; i++) {
        nudge_dtype v = (nudge_dtype)99;
        ck_assert_str_eq(nudge_dtype_name((nudge_dtype)i), dtypes[i]);
        ck_assert_int_eq(nudge_dtype_parse(&v, dtypes[i], NULL), NUDGE_OK);
        ck_assert_int_eq(v, i);
    }
}
END_TEST

START_TEST(names_end_with_null)
{
    ck_assert_ptr_null(nudge_activation_name((nudge_activation)12));
    ck_assert_ptr_null(nudge_loss_name((nudge_loss)-1));
}
END_TEST

START_TEST(error_lists_the_names)
{
    nudge_error err;
    nudge_optimizer_kind v = NUDGE_ADAGRAD;
    ck_assert_int_eq(nudge_optimizer_parse(&v, "newton", &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(v, NUDGE_ADAGRAD);
    ck_assert_int_eq(err.status, NUDGE_EARGUMENT);
    ck_assert_str_eq(err.text, "'newton' is not an optimizer: it must be sgd, adam, adamw, rmsprop, "
                               "adagrad, radam, lion, rprop or lbfgs");
    nudge_dtype d;
    ck_assert_int_eq(nudge_dtype_parse(&d, "float", &err), NUDGE_EARGUMENT);
    ck_assert_str_eq(err.text, "'float' is not an element type: it must be f32 or f64");
}
END_TEST

START_TEST(error_suggests_the_closest)
{
    static const struct {
        const char *typed, *meant;
    } cases[] = {
        {"rellu", "'relu'"},         {"ReLU", "'relu'"},     {"leaky_relu", "'leaky-relu'"},
        {"leakyrelu", "'leaky-relu'"}, {"tahn", "'tanh'"},   {"sigmoide", "'sigmoid'"},
        {"gleu", "'gelu'"},          {"softpuls", "'softplus'"},
    };
    nudge_error err;
    nudge_activation v;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(nudge_activation_parse(&v, cases[i].typed, &err), NUDGE_EARGUMENT);
        const char *hint = strstr(err.text, "did you mean ");
        ck_assert_msg(hint != NULL, "%s", err.text);
        ck_assert_int_eq(strncmp(hint + 13, cases[i].meant, strlen(cases[i].meant)), 0);
    }
}
END_TEST

START_TEST(odd_names)
{
    nudge_error err;
    nudge_loss v;
    char longest[5000];
    memset(longest, 'm', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *odd[] = {"", "mse ", "mse\n", "xxxxxxxxxxxxxxxx", longest, NULL};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        ck_assert_int_eq(nudge_loss_parse(&v, odd[i], &err), NUDGE_EARGUMENT);
        ck_assert_ptr_eq(strchr(err.text, '\n'), NULL);
        ck_assert_ptr_ne(strstr(err.text, "poisson"), NULL); /* the list is not cut off */
    }
}
END_TEST

/* The macros are those of configure.ac, which the library's own text comes from. */
START_TEST(versions_agree)
{
    char text[40];
    snprintf(text, sizeof text, "%d.%d.%d", NUDGE_VERSION_MAJOR, NUDGE_VERSION_MINOR,
             NUDGE_VERSION_PATCH);
    ck_assert_str_eq(text, nudge_version());
    ck_assert_str_eq(text, PACKAGE_VERSION);
#if NUDGE_VERSION_NUMBER != \
    NUDGE_VERSION_MAJOR * 1000000 + NUDGE_VERSION_MINOR * 1000 + NUDGE_VERSION_PATCH
#error "the preprocessor must be able to compare versions"
#endif
}
END_TEST

static Suite *names_suite(void)
{
    Suite *s = suite_create("names");
    TCase *tc = tcase_create("names");
    tcase_add_test(tc, names_round_trip);
    tcase_add_test(tc, sizes_are_texts);
    tcase_add_test(tc, names_end_with_null);
    tcase_add_test(tc, error_lists_the_names);
    tcase_add_test(tc, error_suggests_the_closest);
    tcase_add_test(tc, odd_names);
    tcase_add_test(tc, versions_agree);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(names_suite)
