/* Synthetic data: the functions and the noise that it comes from, and the lowest loss. */
#include <math.h>

#include "synth_fixtures.h"

/* ---- Functions and noise --------------------------------------------------------------- */

START_TEST(exact_tables)
{
    static const double x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const double or_y[] = {0, 1, 1, 1}, xor_y[] = {0, 1, 1, 0};
    nudge_table *t = synth64("synth:or");
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_uint_eq(t->features, 2);
    ck_assert_mem_eq(t->x, x, sizeof x);
    ck_assert_mem_eq(t->y, or_y, sizeof or_y);
    ck_assert_double_eq(floor_of(t), 0);
    nudge_table_free(t);
    t = synth64("synth:xor");
    ck_assert_mem_eq(t->x, x, sizeof x);
    ck_assert_mem_eq(t->y, xor_y, sizeof xor_y);
    nudge_table_free(t);
    static const double line_x[] = {1, 2, 3, 4}, line_y[] = {3, 5, 7, 9};
    t = synth64("synth:line");
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_mem_eq(t->x, line_x, sizeof line_x);
    ck_assert_mem_eq(t->y, line_y, sizeof line_y);
    nudge_table_free(t);
    t = synth64("synth:parity,bits=3");
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
    nudge_table *noisy = synth64(spec);
    snprintf(spec, sizeof spec, "synth:%s,rows=20000,noise=0", names[_i]);
    nudge_table *clean = synth64(spec);
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
    nudge_table *t = synth64("synth:linear,features=1,noise=0,rows=50");
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
    nudge_table *t = synth64("synth:friedman1,noise=0,rows=1000,features=7");
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
    nudge_table *t = synth64("synth:teacher,rows=20000,noise=0");
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
    nudge_table *t = synth64("synth:blobs,classes=2,features=1,spread=6,rows=40000");
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
    nudge_table *t = synth64("synth:classification,flip=1,classes=4,rows=10");
    ck_assert_double_eq_tol(floor_of(t), log(4), 1e-9);
    nudge_table_free(t);
    t = synth64("synth:classification,flip=0,sep=100,rows=10");
    ck_assert_double_eq_tol(floor_of(t), 0, 1e-9);
    nudge_table_free(t);
    t = synth64("synth:classification,flip=0.2,sep=100,rows=40000");
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
    nudge_table *t = synth64("synth:teacher,classes=3,temperature=1000,rows=30000");
    ck_assert_uint_eq(t->n_classes, 3);
    ck_assert_double_eq_tol(floor_of(t), log(3), 1e-4);
    double count[3] = {0, 0, 0};
    for (size_t i = 0; i < t->rows; i++)
        count[t->classes[i]]++;
    for (int k = 0; k < 3; k++) /* standard deviation sqrt(30000 * 2/9) = 82 */
        ck_assert_double_eq_tol(count[k], 10000, 4 * 82);
    nudge_table_free(t);
    t = synth64("synth:teacher,classes=3,temperature=0.001,rows=10");
    ck_assert(floor_of(t) > 0 && floor_of(t) < 0.01);
    nudge_table_free(t);
}
END_TEST

/* Without noise the points lie on their curves, to 1e-12; the floor is 0, with noise unknown. */
START_TEST(curves)
{
    nudge_table *t = synth64("synth:circles,noise=0,factor=0.3,rows=100");
    for (size_t i = 0; i < 100; i++)
        ck_assert_double_eq_tol(hypot(x_of(t)[2 * i], x_of(t)[2 * i + 1]),
                                t->classes[i] ? 0.3 : 1, 1e-12);
    ck_assert_double_eq(floor_of(t), 0);
    nudge_table_free(t);
    t = synth64("synth:moons,noise=0,rows=100");
    for (size_t i = 0; i < 100; i++) {
        double x = x_of(t)[2 * i], y = x_of(t)[2 * i + 1];
        if (t->classes[i])
            x -= 1, y -= 0.5;
        ck_assert_double_eq_tol(hypot(x, y), 1, 1e-12);
        ck_assert(t->classes[i] ? y <= 0 : y >= 0);
    }
    nudge_table_free(t);
    t = synth64("synth:spirals,noise=0,classes=3,turns=2,rows=99");
    for (size_t i = 0; i < 99; i++) {
        double x = x_of(t)[2 * i], y = x_of(t)[2 * i + 1];
        double turn = atan2(y, x) / (2 * M_PI) - 2 * hypot(x, y) - t->classes[i] / 3.0;
        ck_assert_double_eq_tol(turn, round(turn), 1e-12);
    }
    nudge_table_free(t);
    t = synth64("synth:moons,rows=10");
    ck_assert(isnan(floor_of(t)));
    nudge_table_free(t);
}
END_TEST

static Suite *synth_values_suite(void)
{
    Suite *s = suite_create("synth_values");
    TCase *tc = tcase_create("values");
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
    return s;
}

SUITE_MAIN(synth_values_suite)
