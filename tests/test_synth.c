/* Synthetic data: rows that depend on (seed, row) alone, the functions they come from, the lowest
 * loss, and specs that must be refused. */
#include "suite.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table/table.h"
#include "nudge.h"

static nudge_table *make(const char *spec, nudge_dtype dtype, int threads)
{
    nudge_read_options options = nudge_read_defaults();
    options.dtype = dtype;
    options.threads = threads;
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, spec, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* In f64, where rounding does not hide anything. */
static nudge_table *make64(const char *spec)
{
    return make(spec, NUDGE_F64, 1);
}

static const double *x_of(const nudge_table *t)
{
    return t->x;
}

static const double *y_of(const nudge_table *t)
{
    return t->y;
}

static double floor_of(const nudge_table *t)
{
    return nudge_table_describe(t).noise_floor;
}

/* The first `rows` rows of both have the same bits. */
static void assert_same_rows(const nudge_table *a, const nudge_table *b, size_t rows)
{
    size_t size = nu_element_size(a->element);
    ck_assert_uint_eq(a->features, b->features);
    ck_assert_mem_eq(a->x, b->x, rows * a->features * size);
    if (a->y != NULL)
        ck_assert_mem_eq(a->y, b->y, rows * size);
    if (a->classes != NULL)
        ck_assert_mem_eq(a->classes, b->classes, rows * sizeof *a->classes);
}

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
    return make(spec, dtype, threads);
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
            assert_same_rows(part, all, (size_t)rows[k]);
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
        assert_same_rows(one, t, 1000);
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
        nudge_table *a = make(bare, NUDGE_F32, 2), *b = make(full, NUDGE_F32, 2);
        ck_assert_uint_eq(a->rows, b->rows);
        assert_same_rows(a, b, a->rows);
        ck_assert(strlen(info->about) > 10);
        nudge_table_free(a);
        nudge_table_free(b);
    }
    ck_assert_uint_eq(n, 12);
    ck_assert_ptr_null(nudge_synth_list(n + 1));
}
END_TEST

START_TEST(seeds)
{
    for (int i = 0; i < 8; i++) {
        char spec[64];
        snprintf(spec, sizeof spec, "synth:%s,rows=100,seed=2", specs[i]);
        nudge_table *one = make_rows(i, 100, NUDGE_F32, 1), *two = make(spec, NUDGE_F32, 1);
        nudge_read_options options = nudge_read_defaults();
        options.seed = 2;
        snprintf(spec, sizeof spec, "synth:%s,rows=100", specs[i]);
        nudge_table *also = NULL;
        ck_assert_int_eq(nudge_table_read(&also, spec, &options, NULL), NUDGE_OK);
        ck_assert(memcmp(one->x, two->x, 100 * one->features * sizeof(float)) != 0);
        assert_same_rows(two, also, 100);
        nudge_table_free(one);
        nudge_table_free(two);
        nudge_table_free(also);
    }
}
END_TEST

/* ---- Functions and noise --------------------------------------------------------------- */

START_TEST(exact_tables)
{
    static const double x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const double or_y[] = {0, 1, 1, 1}, xor_y[] = {0, 1, 1, 0};
    nudge_table *t = make64("synth:or");
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_uint_eq(t->features, 2);
    ck_assert_mem_eq(t->x, x, sizeof x);
    ck_assert_mem_eq(t->y, or_y, sizeof or_y);
    ck_assert_double_eq(floor_of(t), 0);
    nudge_table_free(t);
    t = make64("synth:xor");
    ck_assert_mem_eq(t->x, x, sizeof x);
    ck_assert_mem_eq(t->y, xor_y, sizeof xor_y);
    nudge_table_free(t);
    static const double line_x[] = {1, 2, 3, 4}, line_y[] = {3, 5, 7, 9};
    t = make64("synth:line");
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_mem_eq(t->x, line_x, sizeof line_x);
    ck_assert_mem_eq(t->y, line_y, sizeof line_y);
    nudge_table_free(t);
    t = make64("synth:parity,bits=3");
    ck_assert_uint_eq(t->rows, 8);
    for (size_t i = 0; i < 8; i++) {
        double a = x_of(t)[3 * i], b = x_of(t)[3 * i + 1], c = x_of(t)[3 * i + 2];
        ck_assert_double_eq(4 * a + 2 * b + c, (double)i);
        ck_assert_double_eq(y_of(t)[i], (double)((int)(a + b + c) % 2));
    }
    nudge_table_free(t);
}
END_TEST

/* Identity: y of the noisy table minus y of the noiseless one is noise * N(0, 1); x is the same.
 * Mean square noise^2 with standard deviation noise^2 * sqrt(2/n), mean 0 with noise / sqrt(n);
 * n = 20000, tolerance 4 of them. The floor is noise^2. */
START_TEST(noise_is_the_floor)
{
    static const char *const names[] = {"linear", "teacher", "friedman1"};
    char spec[64];
    const double noise = 0.5, n = 20000;
    snprintf(spec, sizeof spec, "synth:%s,rows=20000,noise=0.5", names[_i]);
    nudge_table *noisy = make64(spec);
    snprintf(spec, sizeof spec, "synth:%s,rows=20000,noise=0", names[_i]);
    nudge_table *clean = make64(spec);
    ck_assert_mem_eq(noisy->x, clean->x, noisy->rows * noisy->features * sizeof(double));
    double sum = 0, square = 0, correlation = 0;
    for (size_t i = 0; i < noisy->rows; i++) {
        double d = y_of(noisy)[i] - y_of(clean)[i];
        sum += d;
        square += d * d;
        correlation += d * x_of(clean)[i * clean->features];
    }
    ck_assert_double_eq_tol(sum / n, 0, 4 * noise / sqrt(n));
    ck_assert_double_eq_tol(square / n, noise * noise, 4 * noise * noise * sqrt(2 / n));
    ck_assert_double_eq_tol(correlation / n, 0, 4 * noise / sqrt(n));
    ck_assert_double_eq(floor_of(noisy), noise * noise);
    ck_assert_double_eq(floor_of(clean), 0);
    nudge_table_free(noisy);
    nudge_table_free(clean);
}
END_TEST

/* Identity: with one feature and no noise all slopes between rows are the same. Relative 1e-9,
 * for rows that are not too close. */
START_TEST(linear_is_linear)
{
    nudge_table *t = make64("synth:linear,features=1,noise=0,rows=50");
    const double *x = x_of(t), *y = y_of(t);
    double slope = (y[1] - y[0]) / (x[1] - x[0]);
    for (size_t i = 2; i < 50; i++)
        if (fabs(x[i] - x[0]) > 1e-3)
            ck_assert_double_eq_tol((y[i] - y[0]) / (x[i] - x[0]), slope, 1e-9 * fabs(slope));
    nudge_table_free(t);
}
END_TEST

/* Friedman's formula, to 1e-12 of values up to 30. */
START_TEST(friedman_formula)
{
    nudge_table *t = make64("synth:friedman1,noise=0,rows=1000,features=7");
    for (size_t i = 0; i < t->rows; i++) {
        const double *x = x_of(t) + 7 * i;
        double y = 10 * sin(M_PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] +
                   5 * x[4];
        ck_assert_double_eq_tol(y_of(t)[i], y, 3e-11);
        for (int j = 0; j < 7; j++)
            ck_assert(x[j] > 0 && x[j] < 1);
    }
    nudge_table_free(t);
}
END_TEST

/* Normal features: mean 0, variance 1, fourth moment 3, all over n = 32 * 20000 values; standard
 * deviations 1, sqrt 2 and sqrt 96 over sqrt(n). Neighbours are uncorrelated. Tolerance 4 of them.
 * The teacher's output has mean 0 and variance 1, measured on 1024 rows: 0.15, 0.25. */
START_TEST(teacher_moments)
{
    nudge_table *t = make64("synth:teacher,rows=20000,noise=0");
    size_t n = t->rows * t->features;
    double m1 = 0, m2 = 0, m4 = 0, near = 0, y1 = 0, y2 = 0;
    for (size_t i = 0; i < n; i++) {
        double z = x_of(t)[i];
        m1 += z;
        m2 += z * z;
        m4 += z * z * z * z;
        near += i > 0 ? z * x_of(t)[i - 1] : 0;
    }
    for (size_t i = 0; i < t->rows; i++) {
        y1 += y_of(t)[i] / 20000;
        y2 += y_of(t)[i] * y_of(t)[i] / 20000;
    }
    double root = sqrt((double)n), count = (double)n;
    ck_assert_double_eq_tol(m1 / count, 0, 4 / root);
    ck_assert_double_eq_tol(near / count, 0, 4 / root);
    ck_assert_double_eq_tol(m2 / count, 1, 4 * sqrt(2) / root);
    ck_assert_double_eq_tol(m4 / count, 3, 4 * sqrt(96) / root);
    ck_assert_double_eq_tol(y1, 0, 0.15);
    ck_assert_double_eq_tol(y2 - y1 * y1, 1, 0.25);
    nudge_table_free(t);
}
END_TEST

/* ---- Classes --------------------------------------------------------------------------- */

/* Two classes on one feature, centres a and b, spread 1: found as the classes' means, from which
 * Bayes' cross-entropy follows. The table's own rows, scored with the true posterior, give the
 * floor within Monte Carlo error: 4 standard deviations of both estimates, and 0.01 for the
 * means. */
START_TEST(blobs_floor)
{
    nudge_table *t = make64("synth:blobs,classes=2,features=1,spread=6,rows=40000");
    double mean[2] = {0, 0}, loss = 0, square = 0, n = (double)t->rows;
    for (size_t i = 0; i < t->rows; i++)
        mean[t->classes[i]] += x_of(t)[i] / (n / 2);
    for (size_t i = 0; i < t->rows; i++) {
        double own = x_of(t)[i] - mean[t->classes[i]], other = x_of(t)[i] - mean[!t->classes[i]];
        double l = log1p(exp((own * own - other * other) / 72));
        loss += l / n;
        square += l * l / n;
    }
    double deviation = sqrt((square - loss * loss) / n);
    ck_assert_double_gt(floor_of(t), 0.05); /* the case is not a trivial one */
    ck_assert_double_eq_tol(floor_of(t), loss, 4 * 2 * deviation + 0.01);
    nudge_table_free(t);
}
END_TEST

/* flip=1: labels tell nothing, the floor is log(classes). sep large, flip=0: it is 0. With flip
 * f and clusters far apart a label is another one than its cluster's with probability
 * q = f (K - 1) / K, and the floor is the entropy of (1 - q, q/(K-1), ...). Tolerance 1e-9. */
START_TEST(classification_floor)
{
    nudge_table *t = make64("synth:classification,flip=1,classes=4,rows=10");
    ck_assert_double_eq_tol(floor_of(t), log(4), 1e-9);
    nudge_table_free(t);
    t = make64("synth:classification,flip=0,sep=100,rows=10");
    ck_assert_double_eq_tol(floor_of(t), 0, 1e-9);
    nudge_table_free(t);
    t = make64("synth:classification,flip=0.2,sep=100,rows=40000");
    ck_assert_double_eq_tol(floor_of(t), -0.85 * log(0.85) - 0.15 * log(0.05), 1e-9);
    double wrong = 0; /* row i is of cluster i mod 8 and class i mod 4: standard deviation 0.0018 */
    for (size_t i = 0; i < t->rows; i++)
        wrong += (size_t)t->classes[i] != i % 4;
    ck_assert_double_eq_tol(wrong / 40000, 0.15, 0.0072);
    nudge_table_free(t);
}
END_TEST

/* A teacher's classes: hot, the labels are nearly uniform and the floor nearly log(K); cold, they
 * are nearly certain and it is nearly 0. */
START_TEST(teacher_classes)
{
    nudge_table *t = make64("synth:teacher,classes=3,temperature=1000,rows=30000");
    ck_assert_uint_eq(t->n_classes, 3);
    ck_assert_double_eq_tol(floor_of(t), log(3), 1e-4);
    double count[3] = {0, 0, 0};
    for (size_t i = 0; i < t->rows; i++)
        count[t->classes[i]]++;
    for (int k = 0; k < 3; k++) /* standard deviation sqrt(30000 * 2/9) = 82 */
        ck_assert_double_eq_tol(count[k], 10000, 4 * 82);
    nudge_table_free(t);
    t = make64("synth:teacher,classes=3,temperature=0.001,rows=10");
    ck_assert(floor_of(t) > 0 && floor_of(t) < 0.01);
    nudge_table_free(t);
}
END_TEST

/* Without noise the points lie on their curves, to 1e-12; the floor is 0, with noise unknown. */
START_TEST(curves)
{
    nudge_table *t = make64("synth:circles,noise=0,factor=0.3,rows=100");
    for (size_t i = 0; i < 100; i++)
        ck_assert_double_eq_tol(hypot(x_of(t)[2 * i], x_of(t)[2 * i + 1]),
                                t->classes[i] ? 0.3 : 1, 1e-12);
    ck_assert_double_eq(floor_of(t), 0);
    nudge_table_free(t);
    t = make64("synth:moons,noise=0,rows=100");
    for (size_t i = 0; i < 100; i++) {
        double x = x_of(t)[2 * i], y = x_of(t)[2 * i + 1];
        if (t->classes[i])
            x -= 1, y -= 0.5;
        ck_assert_double_eq_tol(hypot(x, y), 1, 1e-12);
        ck_assert(t->classes[i] ? y <= 0 : y >= 0);
    }
    nudge_table_free(t);
    t = make64("synth:spirals,noise=0,classes=3,turns=2,rows=99");
    for (size_t i = 0; i < 99; i++) {
        double x = x_of(t)[2 * i], y = x_of(t)[2 * i + 1];
        double turn = atan2(y, x) / (2 * M_PI) - 2 * hypot(x, y) - t->classes[i] / 3.0;
        ck_assert_double_eq_tol(turn, round(turn), 1e-12);
    }
    nudge_table_free(t);
    t = make64("synth:moons,rows=10");
    ck_assert(isnan(floor_of(t)));
    nudge_table_free(t);
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
    nudge_table *a = make64("synth:linear,noise=0.5,rows=10");
    for (size_t i = 0; i < 4; i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            break;
    nudge_table *b = make64("synth:linear,noise=0.5,rows=10");
    assert_same_rows(a, b, 10);
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
    tcase_add_test(tc, seeds);
    suite_add_tcase(s, tc);

    tc = tcase_create("values");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, exact_tables);
    tcase_add_loop_test(tc, noise_is_the_floor, 0, 3);
    tcase_add_test(tc, linear_is_linear);
    tcase_add_test(tc, friedman_formula);
    tcase_add_test(tc, teacher_moments);
    suite_add_tcase(s, tc);

    tc = tcase_create("classes");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, blobs_floor);
    tcase_add_test(tc, classification_floor);
    tcase_add_test(tc, teacher_classes);
    tcase_add_test(tc, curves);
    suite_add_tcase(s, tc);

    tc = tcase_create("bad specs");
    tcase_add_loop_test(tc, bad_specs, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, locale_does_not_matter);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(synth_suite)
