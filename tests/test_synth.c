/* Synthetic data: rows that depend on (seed, row) alone, and specs that must be refused. */
#include <locale.h>
#include <math.h>

#include "synth_fixtures.h"

/* ---- Every generator ------------------------------------------------------------------- */

static const char *const specs[] = {
    "linear", "teacher", "friedman1", "blobs", "moons", "circles", "spirals", "classification",
    "parity", "or", "xor", "line", "teacher,classes=5,layers=2,hidden=9,features=3",
    "linear,features=1", "classification,flip=0.3,features=11",
};
#define N_SPECS ((int)(sizeof specs / sizeof *specs))

static nudge_table *make_rows(int i, int rows, nudge_dtype dtype, int threads)
{
    char spec[128];
    snprintf(spec, sizeof spec, "synth:%s,rows=%d", specs[i], rows);
    return synth(spec, dtype, threads);
}

/* Identity: rows=n are the first n of rows=777, for n within, at and beyond a block. Exact. */
START_TEST(fewer_rows_are_a_prefix)
{
    static const int rows[] = {1, 63, 64, 65, 300};
    for (int d = 0; d < 2; d++) {
        nudge_table *all = make_rows(_i, 777, d ? NUDGE_F64 : NUDGE_F32, 2);
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            nudge_table *part = make_rows(_i, rows[k], d ? NUDGE_F64 : NUDGE_F32, 1);
            ck_assert_uint_eq(part->rows, (size_t)rows[k]);
            same_rows(part, all, (size_t)rows[k]);
            nudge_table_free(part);
        }
        nudge_table_free(all);
    }
}
END_TEST

START_TEST(threads_change_nothing)
{
    static const int threads[] = {2, 3, 7, 0};
    nudge_table *one = make_rows(_i, 1000, NUDGE_F32, 1);
    for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
        nudge_table *t = make_rows(_i, 1000, NUDGE_F32, threads[k]);
        same_rows(one, t, 1000);
        double a = floor_of(one), b = floor_of(t);
        ck_assert(memcmp(&a, &b, sizeof a) == 0);
        nudge_table_free(t);
    }
    nudge_table_free(one);
}
END_TEST

/* Identity: f32 rows are the f64 ones rounded. Exact. */
START_TEST(f32_is_f64_rounded)
{
    nudge_table *a = make_rows(_i, 100, NUDGE_F32, 1), *b = make_rows(_i, 100, NUDGE_F64, 1);
    for (size_t i = 0; i < 100 * a->features; i++)
        ck_assert(((float *)a->x)[i] == (float)x_of(b)[i]);
    for (size_t i = 0; i < 100 && a->y != NULL; i++)
        ck_assert(((float *)a->y)[i] == (float)y_of(b)[i]);
    nudge_table_free(a);
    nudge_table_free(b);
}
END_TEST

START_TEST(values_are_finite_and_classes_in_range)
{
    nudge_table *t = make_rows(_i, 1000, NUDGE_F64, 2);
    for (size_t i = 0; i < t->rows * t->features; i++)
        ck_assert(isfinite(x_of(t)[i]));
    ck_assert((t->y != NULL) != (t->classes != NULL));
    ck_assert_str_eq(t->target_name, t->y != NULL ? "y" : "class");
    ck_assert_str_eq(t->format, "synth");
    for (size_t i = 0; i < t->rows; i++) {
        if (t->y != NULL)
            ck_assert(isfinite(y_of(t)[i]));
        else
            ck_assert(t->classes[i] >= 0 && (size_t)t->classes[i] < t->n_classes);
    }
    nudge_table_free(t);
}
END_TEST

/* The defaults that the list shows are the ones used: giving them all changes nothing. */
START_TEST(listed_defaults_are_true)
{
    const nudge_synth_info *info;
    size_t n = 0;
    for (; (info = nudge_synth_list(n)) != NULL; n++) {
        char bare[128], full[512], params[256];
        snprintf(params, sizeof params, "%s", info->params);
        char *bits = strstr(params, "2^bits");
        if (bits != NULL)
            memcpy(bits, "   256", 6);
        snprintf(bare, sizeof bare, "synth:%s", info->name);
        snprintf(full, sizeof full, "synth:%s,", info->name);
        for (char *c = params, *to = full + strlen(full); (*to = *c) != '\0'; c++)
            to += *c != ' ';
        nudge_table *a = synth(bare, NUDGE_F32, 2), *b = synth(full, NUDGE_F32, 2);
        ck_assert_uint_eq(a->rows, b->rows);
        same_rows(a, b, a->rows);
        ck_assert(strlen(info->about) > 10);
        nudge_table_free(a);
        nudge_table_free(b);
    }
    ck_assert_uint_eq(n, 12);
    ck_assert_ptr_null(nudge_synth_list(n + 1));
}
END_TEST

START_TEST(seeds_make_other_rows)
{
    for (int i = 0; i < 8; i++) {
        char spec[64];
        snprintf(spec, sizeof spec, "synth:%s,rows=100,seed=2", specs[i]);
        nudge_table *one = make_rows(i, 100, NUDGE_F32, 1), *two = synth(spec, NUDGE_F32, 1);
        nudge_read_options options = nudge_read_defaults();
        options.seed = 2;
        snprintf(spec, sizeof spec, "synth:%s,rows=100", specs[i]);
        nudge_table *also = NULL;
        ck_assert_int_eq(nudge_table_read(&also, spec, &options, NULL), NUDGE_OK);
        ck_assert(memcmp(one->x, two->x, 100 * one->features * sizeof(float)) != 0);
        same_rows(two, also, 100);
        nudge_table_free(one);
        nudge_table_free(two);
        nudge_table_free(also);
    }
}
END_TEST

/* ---- Specs that must be refused -------------------------------------------------------- */

static const struct {
    const char *spec;
    nudge_status status;
    const char *text;
} bad[] = {
    {"synth:", NUDGE_EARGUMENT, "there are linear, teacher, friedman1,"},
    {"synth:foo", NUDGE_EARGUMENT, "synth:foo: there is no such generator; there are linear,"},
    {"synth:lin", NUDGE_EARGUMENT, "there is no such generator"},
    {"synth:linear,depth=3", NUDGE_EARGUMENT,
     "there is no 'depth'; its parameters are rows=10000,features=8,noise=0.1,seed=1"},
    {"synth:linear,hidden=3", NUDGE_EARGUMENT, "there is no 'hidden'"},
    {"synth:linear,", NUDGE_EARGUMENT, "there is no ''"},
    {"synth:linear,rows", NUDGE_EARGUMENT, "'rows' has no value; rows=VALUE is right"},
    {"synth:linear,rows=", NUDGE_EARGUMENT, "rows=: a whole number from 1 to 4294967295"},
    {"synth:linear,rows=0", NUDGE_EARGUMENT, "rows=0: a whole number from 1 to 4294967295"},
    {"synth:linear,rows=-5", NUDGE_EARGUMENT, "rows=-5: a whole number"},
    {"synth:linear,rows=1.5", NUDGE_EARGUMENT, "rows=1.5: a whole number"},
    {"synth:linear,rows=1e30", NUDGE_EARGUMENT, "rows=1e30: a whole number"},
    {"synth:linear,rows=10x", NUDGE_EARGUMENT, "rows=10x: a whole number"},
    {"synth:linear,rows=0x10", NUDGE_EARGUMENT, "rows=0x10: a whole number"},
    {"synth:linear,rows=5,rows=6", NUDGE_EARGUMENT, "rows is given twice"},
    {"synth:linear,seed=1,seed=1", NUDGE_EARGUMENT, "seed is given twice"},
    {"synth:linear,noise=-1", NUDGE_EARGUMENT, "noise=-1: a number from 0 to 1000000 is right"},
    {"synth:linear,noise=nan", NUDGE_EARGUMENT, "noise=nan: a number"},
    {"synth:linear,noise=inf", NUDGE_EARGUMENT, "noise=inf: a number"},
    {"synth:linear,noise=1e999", NUDGE_EARGUMENT, "noise=1e999: a number"},
    {"synth:linear,seed=-1", NUDGE_EARGUMENT, "seed=-1: a whole number from 0 to"},
    {"synth:linear,seed=18446744073709551616", NUDGE_EARGUMENT, "a whole number from 0 to"},
    {"synth:linear,features=0", NUDGE_EARGUMENT, "features=0: a whole number from 1 to 65536"},
    {"synth:linear,features=1000000", NUDGE_EARGUMENT, "features=1000000: a whole number"},
    {"synth:linear,noise=0.111111111111111111111111111111111111111111111111111111111111111111",
     NUDGE_EARGUMENT, "...: a number from 0"},
    {"synth:or,seed=1", NUDGE_EARGUMENT, "there is no 'seed'; its parameters are rows=4"},
    {"synth:friedman1,features=4", NUDGE_EARGUMENT, "so 5 or more"},
    {"synth:teacher,classes=1", NUDGE_EARGUMENT, "or 0 for a numeric target"},
    {"synth:blobs,classes=0", NUDGE_EARGUMENT, "classes=0: a whole number from 2 to 1000"},
    {"synth:spirals,classes=1", NUDGE_EARGUMENT, "classes=1: a whole number from 2 to 1000"},
    {"synth:circles,factor=1", NUDGE_EARGUMENT, "factor=1: a number from 0 to 0.99 is right"},
    {"synth:parity,bits=40", NUDGE_EARGUMENT, "bits=40: a whole number from 1 to 31"},
    {"synth:classification,informative=21", NUDGE_EARGUMENT, "is more than features=20"},
    {"synth:classification,features=2000,informative=2000", NUDGE_EARGUMENT, "too long to draw"},
    {"synth:classification,informative=2", NUDGE_EARGUMENT, "more than the 4 vertices"},
    {"synth:linear,rows=4294967295,features=65536", NUDGE_EMEMORY, "needs 1.1 PB of memory; "},
    {"synth:teacher,hidden=65536,layers=64", NUDGE_EMEMORY, "of memory; "},
};

START_TEST(bad_specs)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    ck_assert_int_eq(nudge_table_read(&t, bad[_i].spec, NULL, &err), bad[_i].status);
    ck_assert_ptr_null(t);
    ck_assert_msg(strstr(err.text, bad[_i].text) != NULL, "%s", err.text);
    ck_assert_msg(strncmp(err.text, "synth:", 6) == 0, "%s", err.text);
}
END_TEST

/* A host program's locale with a decimal comma changes neither numbers nor messages. */
START_TEST(locale_does_not_matter)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "fr_FR"};
    nudge_table *a = synth64("synth:linear,noise=0.5,rows=10");
    for (size_t i = 0; i < 4; i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            break;
    nudge_table *b = synth64("synth:linear,noise=0.5,rows=10");
    same_rows(a, b, 10);
    nudge_table_free(a);
    nudge_table_free(b);
}
END_TEST

static Suite *synth_suite(void)
{
    Suite *s = suite_create("synth");
    TCase *tc = tcase_create("every generator");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, fewer_rows_are_a_prefix, 0, N_SPECS);
    tcase_add_loop_test(tc, threads_change_nothing, 0, N_SPECS);
    tcase_add_loop_test(tc, f32_is_f64_rounded, 0, N_SPECS);
    tcase_add_loop_test(tc, values_are_finite_and_classes_in_range, 0, N_SPECS);
    tcase_add_test(tc, listed_defaults_are_true);
    tcase_add_test(tc, seeds_make_other_rows);
    suite_add_tcase(s, tc);

    tc = tcase_create("bad specs");
    tcase_add_loop_test(tc, bad_specs, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, locale_does_not_matter);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(synth_suite)
