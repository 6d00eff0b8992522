/* Statistics of rounds, and what follows from them for the points of a study. */
#include "scale/analyse.h"
#include "support/stats.h"
#include "scale_runs_fixtures.h"
#include "suite.h"

/* ---- Distributions --------------------------------------------------------------------- */

/* Tables of the binomial distribution: 1 - 2 / 32; 1 - 2 / 64; 1 - 2 * 10 / 512; 1 - 2 * 21700
 * / 2^20. */
START_TEST(levels_of_ranks)
{
    assert_near(stats_rank_level(5, 1), 0.9375, 1e-12);
    assert_near(stats_rank_level(6, 1), 0.96875, 1e-12);
    assert_near(stats_rank_level(9, 2), 0.9609375, 1e-12);
    assert_near(stats_rank_level(20, 6), 1 - 2 * 21700.0 / 1048576, 1e-12);
    ck_assert(stats_rank_level(10000, 4901) > 0.94 && stats_rank_level(10000, 4901) < 0.96);
}
END_TEST

/* A published table. */
START_TEST(quantiles_of_student)
{
    assert_near(stats_student(0.95, 1), 12.7062, 1e-3);
    assert_near(stats_student(0.95, 2), 4.3027, 1e-3);
    assert_near(stats_student(0.99, 5), 4.0321, 1e-3);
}
END_TEST

/* ---- Medians --------------------------------------------------------------------------- */

START_TEST(medians_by_hand)
{
    const double x[] = {5, 1, 9, 3, 7, 2, 8, 4, 6};
    stats_estimate e = stats_median(x, 9, 0.95);
    ck_assert(e.value == 5 && e.low == 2 && e.high == 8);
    assert_near(e.level, 0.9609375, 1e-12);
    e = stats_median(x, 3, 0.95); /* too few for the level: all there is, and its own */
    ck_assert(e.value == 5 && e.low == 1 && e.high == 9 && e.level == 0.75);
    e = stats_median(x, 1, 0.95);
    ck_assert(e.value == 5 && e.low == 5 && e.high == 5 && e.level == 0);
    ck_assert(isnan(stats_median(x, 0, 0.95).value));
    ck_assert(isinf(stats_half_width(&e)));
}
END_TEST

/* What all of a round is multiplied by does not show in ratios of that round. */
START_TEST(ratios_are_of_the_same_round)
{
    const double of_round[] = {1, 3, 0.5, 7, 2, 4, 10};
    double a[7], b[7];
    for (int i = 0; i < 7; i++) {
        a[i] = 6 * of_round[i];
        b[i] = 3 * of_round[i];
    }
    stats_estimate e = stats_paired_ratio(a, b, 7, 0.95);
    ck_assert(e.value == 2 && e.low == 2 && e.high == 2 && e.level >= 0.95);
}
END_TEST

START_TEST(outliers_by_hand)
{
    const double x[] = {10, 11, 12, 13, 14, 40};
    double low, high; /* quartiles 11.25 and 13.75 */
    stats_fences(x, 6, &low, &high);
    ck_assert(low == 7.5 && high == 17.5);
    stats_fences(x, 3, &low, &high);
    ck_assert(isinf(low) && low < 0 && isinf(high) && high > 0);
}
END_TEST

/* The error of a median of 15 normal values: simulated, 0.32 (asymptotically sqrt(pi / 2 /
 * 15)). From the absolute deviation, which is low for few values, its mean is within a fifth of
 * that. */
START_TEST(errors_of_medians)
{
    enum { TRIES = 2000, N = 15 };
    unsigned short state[3] = {7, 8, 9};
    double squares = 0, told = 0;
    for (int i = 0; i < TRIES; i++) {
        double x[N];
        for (int k = 0; k < N; k++)
            x[k] = normal_number(state);
        double median = stats_median(x, N, 0.95).value;
        squares += median * median;
        told += stats_median_error(x, N);
    }
    assert_near(told / TRIES, sqrt(squares / TRIES), 0.2 * 0.32);
}
END_TEST

/* ---- Coverage -------------------------------------------------------------------------- */

typedef struct coverage {
    double part;  /* of the intervals that hold the true ratio */
    double width; /* mean, relative */
} coverage;

/* Two points, the second twice as fast, in rounds whose speed wanders by 5 % (a random walk
 * that is drawn back to the middle, correlation 0.8), each run with independent noise. */
static coverage simulate(size_t rounds, double noise, int paired)
{
    enum { TRIES = 4000 };
    unsigned short state[3] = {1, 2, (unsigned short)rounds};
    double a[40], b[40];
    coverage c = {0, 0};
    for (int i = 0; i < TRIES; i++) {
        double drift = normal_number(state);
        for (size_t k = 0; k < rounds; k++) {
            a[k] = exp(0.05 * drift + noise * normal_number(state));
            b[k] = exp(0.05 * drift + noise * normal_number(state)) / 2;
            drift = 0.8 * drift + 0.6 * normal_number(state);
        }
        stats_estimate e = stats_paired_ratio(a, b, rounds, 0.95);
        if (!paired) {
            stats_estimate of_a = stats_median(a, rounds, 0.95);
            stats_estimate of_b = stats_median(b, rounds, 0.95);
            e = (stats_estimate){of_a.value / of_b.value, of_a.low / of_b.high,
                                 of_a.high / of_b.low, 0.95};
        }
        c.part += (e.low <= 2 && 2 <= e.high) / (double)TRIES;
        c.width += (e.high - e.low) / e.value / TRIES;
    }
    return c;
}

/* Asked for 95 %: of 4000 studies' intervals 93 to 98 % hold the truth (the standard error is
 * 0.34 %, and exact levels are 96.1 % of 9 rounds, 97.9 % of 10, 95.9 % of 20). Paired
 * intervals are at most half as wide as what the two medians' own intervals give. */
START_TEST(paired_intervals_cover)
{
    static const size_t rounds[] = {6, 9, 12, 20, 40};
    coverage c = simulate(rounds[_i], 0.02, 1), apart = simulate(rounds[_i], 0.02, 0);
    ck_assert_msg(c.part >= 0.93 && c.part <= 0.98, "%zu rounds: %.4f", rounds[_i], c.part);
    ck_assert_msg(c.width < apart.width / 2, "%g against %g", c.width, apart.width);
}
END_TEST

/* A study ends when its interval is narrow, which may happen by chance: not so often that the
 * intervals at the end hold the truth in less than 92 %. Looked at after every round from the
 * 10th on, as measure.c does. */
START_TEST(stopping_early_costs_little)
{
    enum { TRIES = 3000, MOST = 200 };
    unsigned short state[3] = {11, 12, 13};
    static double a[MOST], b[MOST];
    int held = 0;
    for (int i = 0; i < TRIES; i++) {
        stats_estimate e = STATS_UNKNOWN;
        for (size_t k = 0; k < MOST; k++) {
            a[k] = 1 + 0.03 * normal_number(state);
            b[k] = 0.5 * (1 + 0.03 * normal_number(state));
            if (k + 1 < 10)
                continue;
            e = stats_paired_ratio(a, b, k + 1, 0.95);
            if (stats_half_width(&e) <= 0.02)
                break;
        }
        held += e.low <= 2 && 2 <= e.high;
    }
    ck_assert_msg(held >= 0.92 * TRIES, "%g", held / (double)TRIES);
}
END_TEST

/* ---- Points ---------------------------------------------------------------------------- */

START_TEST(speedups_of_points)
{
    scale_study s = empty_study(SCALE_STRONG);
    add_noisy_point(&s, 1, 8, 7, 0, NULL);
    add_noisy_point(&s, 2, 5, 7, 0, NULL);
    add_noisy_point(&s, 4, 4, 7, 0, NULL)->oversubscribed = 1;
    const double phases[2][NUDGE_PHASES] = {{1, 2, 1, 2, 2, 0}, {1, 2, 1, 2, 3, 1}};
    for (int i = 0; i < 2; i++)
        memcpy(s.points[i].phases, phases[i], sizeof phases[i]);
    scale_analyse(&s);
    const scale_point *p = s.points;
    ck_assert(scale_base(&s, 1) == &p[0]);
    ck_assert(p[0].speedup.value == 1 && p[0].speedup.level == 1 && isnan(p[0].karp_flatt));
    assert_near(p[1].speedup.value, 1.6, 1e-12);
    assert_near(p[1].efficiency.value, 0.8, 1e-12);
    assert_near(p[1].rate.value, 12.8, 1e-12);
    assert_near(p[1].karp_flatt, 0.25, 1e-12); /* (1 / 1.6 - 1 / 2) / (1 / 2) */
    assert_near(p[2].speedup.value, 2, 1e-12);
    /* 2 threads x 5 s are 10 s, of which the base needed 8: a tenth more updating, a tenth
     * waiting. */
    assert_near(p[1].lost[4], 0.1, 1e-12);
    assert_near(p[1].lost[5], 0.1, 1e-12);
    assert_near(p[1].lost_rest, 0, 1e-12);
    ck_assert(isnan(p[0].lost[0]) && isnan(p[0].lost_rest) && isnan(p[2].lost[0]));
    ck_assert_int_eq(s.rounds, 7);
    ck_assert_int_eq(s.identical, 1);
    ck_assert_int_eq(scale_precise(&s), 1);
    scale_study_end(&s);
}
END_TEST

/* Twice the samples on two threads in 1.25 times the time. */
START_TEST(speedups_of_weak_studies)
{
    scale_study s = empty_study(SCALE_WEAK);
    add_noisy_point(&s, 1, 4, 6, 0, NULL);
    add_noisy_point(&s, 2, 5, 6, 0, NULL)->runs[0].hash = 7;
    scale_analyse(&s);
    assert_near(s.points[1].speedup.value, 1.6, 1e-12);
    ck_assert_int_eq(s.identical, 0); /* of its own first run */
    s.points[1].runs[0].hash = 0;
    scale_analyse(&s);
    ck_assert_int_eq(s.identical, -1); /* the work differs by design */
    scale_study_end(&s);
}
END_TEST

/* A faster program on one thread is what speed-ups are over; a slower one is not. */
START_TEST(the_fastest_is_the_base)
{
    scale_study s = empty_study(SCALE_STRONG);
    add_noisy_point(&s, 1, 8, 6, 0, NULL)->is_peer = 1;
    add_noisy_point(&s, 1, 10, 6, 0, NULL);
    add_noisy_point(&s, 2, 5, 6, 0, NULL);
    scale_analyse(&s);
    ck_assert(scale_base(&s, 2) == &s.points[0]);
    assert_near(s.points[1].speedup.value, 0.8, 1e-12);
    assert_near(s.points[2].speedup.value, 1.6, 1e-12);
    for (int k = 0; k < 6; k++)
        s.points[0].runs[k].step = 11;
    scale_analyse(&s);
    ck_assert(scale_base(&s, 2) == &s.points[1] && !s.points[0].is_base);
    scale_study_end(&s);
}
END_TEST

/* Different weights on two threads are found, whichever run they are in. */
START_TEST(weights_are_compared)
{
    scale_study s = empty_study(SCALE_STRONG);
    add_noisy_point(&s, 1, 8, 6, 0, NULL);
    add_noisy_point(&s, 2, 5, 6, 0, NULL)->runs[5].hash = 1;
    scale_analyse(&s);
    ck_assert_int_eq(s.identical, 0);
    scale_study_end(&s);
}
END_TEST

/* A noisy point is not precise, and so the study is not. */
START_TEST(precision_is_of_all_points)
{
    unsigned short state[3] = {3, 2, 1};
    scale_study s = empty_study(SCALE_STRONG);
    add_noisy_point(&s, 1, 8, 10, 0.001, state);
    add_noisy_point(&s, 2, 4, 10, 0.001, state);
    add_noisy_point(&s, 3, 3, 10, 0.2, state);
    scale_analyse(&s);
    ck_assert(s.points[1].precise && !s.points[2].precise && !scale_precise(&s));
    scale_study_end(&s);
}
END_TEST

static Suite *scale_stats_suite(void)
{
    Suite *suite = suite_create("scale_stats");
    TCase *c = tcase_create("Medians");
    tcase_add_test(c, levels_of_ranks);
    tcase_add_test(c, quantiles_of_student);
    tcase_add_test(c, medians_by_hand);
    tcase_add_test(c, ratios_are_of_the_same_round);
    tcase_add_test(c, outliers_by_hand);
    tcase_add_test(c, errors_of_medians);
    suite_add_tcase(suite, c);
    c = tcase_create("Coverage");
    tcase_add_loop_test(c, paired_intervals_cover, 0, 5);
    tcase_add_test(c, stopping_early_costs_little);
    suite_add_tcase(suite, c);
    c = tcase_create("Points");
    tcase_add_test(c, speedups_of_points);
    tcase_add_test(c, speedups_of_weak_studies);
    tcase_add_test(c, the_fastest_is_the_base);
    tcase_add_test(c, weights_are_compared);
    tcase_add_test(c, precision_is_of_all_points);
    suite_add_tcase(suite, c);
    return suite;
}

SUITE_MAIN(scale_stats_suite)
