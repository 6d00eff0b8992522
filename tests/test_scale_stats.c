/* Statistics of repeats, and what follows from them for the points of a study. */
#include "scale/complete.h"
#include "scale/drift.h"
#include "scale/stats.h"
#include "scale_made.h"
#include "suite.h"

static void assert_near(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance, "%.17g, expected %.17g within %g", got, want,
                  tolerance);
}

/* ---- Drift ----------------------------------------------------------------------------- */

/* Fills the steps of a point with a first-order autoregressive series of unit variance, 1 % of
 * which is the relative deviation. */
static void wander(scale_point *p, double rho, unsigned short state[3])
{
    double x = made_normal(state);
    for (size_t k = 0; k < p->n; k++) {
        p->repeats[k].step = exp(0.01 * x);
        x = rho * x + sqrt(1 - rho * rho) * made_normal(state);
    }
}

/* The mean over 200 studies of 20 points is near the series' own correlation: what the estimate of
 * one point scatters by, at most 0.6 at 9 repeats, over sqrt(4000), and what the correction of the
 * bias and the cut of outliers leave: the correction is of first order in 1/n, and at 9 repeats and
 * 0.6 the estimate stays 0.09 too low, whether outliers are cut or not. One study's stays at or above
 * 0, so that the mean for 0 is a little above. */
START_TEST(persistence_is_found)
{
    static const double rho[] = {0, 0.3, 0.6}, tolerance[] = {0.07, 0.07, 0.1};
    unsigned short state[3] = {1, 2, 3};
    scale_study s = made_study(SCALE_STRONG);
    for (int i = 0; i < 20; i++)
        made_point(&s, i + 1, 0, 1, 9, 0, NULL);
    double sum = 0;
    for (int study = 0; study < 200; study++) {
        for (size_t i = 0; i < s.n_points; i++)
            wander(&s.points[i], rho[_i], state);
        sum += scale_persistence(&s);
    }
    assert_near(sum / 200, rho[_i], tolerance[_i]);
    scale_study_end(&s);
}
END_TEST

/* The median's interval of 9 repeats covers the truth in 96 % of studies if they are independent.
 * With a correlation of 0.5 it does not; stretched for that it does in at least 94 %. */
START_TEST(stretched_intervals_cover)
{
    unsigned short state[3] = {4, 5, 6};
    scale_study s = made_study(SCALE_STRONG);
    scale_point *p = made_point(&s, 1, 0, 1, 9, 0, NULL);
    int plain = 0, stretched = 0;
    for (int study = 0; study < 4000; study++) {
        double x[9];
        wander(p, 0.5, state);
        for (size_t k = 0; k < 9; k++)
            x[k] = p->repeats[k].step;
        scale_estimate e = scale_median(x, 9, 0.95), f = scale_stretched(e, scale_stretch(0.5));
        plain += e.low <= 1 && 1 <= e.high;
        stretched += f.low <= 1 && 1 <= f.high;
    }
    ck_assert_int_lt(plain, 0.85 * 4000);
    ck_assert_int_gt(stretched, 0.94 * 4000);
    scale_study_end(&s);
}
END_TEST

/* Exact: sqrt(1.6 / 0.4) = 2; 2 / 1 and 4 / 2 squared; five repeats, and such as do not vary, tell
 * nothing. */
START_TEST(drift_by_hand)
{
    scale_study s = made_study(SCALE_STRONG);
    scale_point *p = made_point(&s, 1, 0, 1, 9, 0, NULL);
    scale_estimate e = scale_stretched((scale_estimate){2, 1, 4, 0.95}, 2);
    assert_near(scale_stretch(0), 1, 0);
    assert_near(scale_stretch(0.6), 2, 1e-15);
    assert_near(e.low, 0.5, 1e-15);
    assert_near(e.high, 8, 1e-14);
    for (size_t k = 0; k < 9; k++)
        p->repeats[k].step = 1;
    assert_near(scale_persistence(&s), 0, 0);
    for (size_t k = 0; k < 9; k++)
        p->repeats[k].step = 1 + (double)k; /* all the way up: as much as is believed */
    assert_near(scale_persistence(&s), 0.8, 0);
    p->n = 5;
    assert_near(scale_persistence(&s), 0, 0);
    p->n = 9;
    scale_study_end(&s);
}
END_TEST

/* ---- Median ---------------------------------------------------------------------------- */

/* Binomial coefficients are whole numbers below 2^53 here: the sum is exact, the other takes 40
 * steps of a recurrence of logarithms up to 40: 40 * 40 * 2^-53 < 2e-13. */
START_TEST(coverage_is_a_binomial_sum)
{
    for (size_t n = 1; n <= 40; n++)
        for (size_t r = 1; r <= (n + 1) / 2; r++) {
            double sum = 0, choose = 1;
            for (size_t i = 0; i <= n - r; i++) {
                if (i >= r)
                    sum += choose;
                choose = choose * (double)(n - i) / (double)(i + 1);
            }
            assert_near(scale_median_coverage(n, r), ldexp(sum, -(int)n), 2e-13);
        }
}
END_TEST

/* The values are 1 to n, mixed, so that an end is its own rank. Ranks at 0.95 from tables of the sign test
 * (David & Nagaraja 2003, 7.1); below n = 6 the whole range, with 1 - 2^(1 - n) exactly. */
START_TEST(median_lies_between_ranks)
{
    static const struct {
        size_t n, low;
        double level;
    } known[] = {{1, 1, 0},     {2, 1, 0.5},   {3, 1, 0.75},  {4, 1, 0.875}, {5, 1, 0.9375},
                 {6, 1, 0.95},  {8, 1, 0.95},  {9, 2, 0.95},  {11, 2, 0.95}, {12, 3, 0.95},
                 {15, 4, 0.95}, {20, 6, 0.95}, {25, 8, 0.95}, {30, 10, 0.95}};
    double x[30];
    size_t n = known[_i].n;
    for (size_t i = 0; i < n; i++)
        x[i] = (double)(i % 2 == 0 ? i / 2 + 1 : n - i / 2);
    scale_estimate e = scale_median(x, n, 0.95);
    assert_near(e.value, (double)(n + 1) / 2, 0);
    assert_near(e.low, (double)known[_i].low, 0);
    assert_near(e.high, (double)(n + 1 - known[_i].low), 0);
    assert_near(e.level, known[_i].level, 1e-15);
}
END_TEST

/* 2^-3000 underflows: the ranks are still 1500.5 -+ 1.96 sqrt(3000) / 2 (normal approximation) to a
 * rank or two. */
START_TEST(median_of_many)
{
    double *x = calloc(3000, sizeof *x);
    for (size_t i = 0; i < 3000; i++)
        x[i] = (double)(3000 - i);
    scale_estimate e = scale_median(x, 3000, 0.95);
    assert_near(e.low, 1500.5 - 1.96 * sqrt(3000) / 2, 2);
    assert_near(e.low + e.high, 3001, 0);
    free(x);
    ck_assert(isnan(scale_median(NULL, 0, 0.95).value));
}
END_TEST

/* The true median, ln 2, of exponential samples of 9 is in x(2) to x(8) in 1 - 2 (1 + 9) / 512 =
 * 0.9609 of them; of 4000 studies that is 3844 with a standard deviation of 12.3: 5 of them. */
START_TEST(median_interval_covers)
{
    unsigned short state[3] = {1, 2, 3};
    int inside = 0;
    for (int study = 0; study < 4000; study++) {
        double x[9];
        for (size_t i = 0; i < 9; i++)
            x[i] = -log(1 - erand48(state));
        scale_estimate e = scale_median(x, 9, 0.95);
        inside += e.low <= M_LN2 && M_LN2 <= e.high;
    }
    assert_near(inside, 4000 * (1 - 20.0 / 512), 5 * 12.3);
}
END_TEST

/* Quartiles of 1, 2, 3, 4, x are 2 and 4 for every x >= 4, so that the upper fence is at 7. */
START_TEST(outliers_are_beyond_fences)
{
    int outlier[5];
    scale_outliers((const double[]){7, 1, 3, 2, 4}, 5, outlier);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(outlier[i], 0);
    scale_outliers((const double[]){7.001, 1, 3, 2, 4}, 5, outlier);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(outlier[i], i == 0);
    scale_outliers((const double[]){5, 5, 5, -1, 5}, 5, outlier);
    ck_assert_int_eq(outlier[3], 1);
    scale_outliers((const double[]){1, 1, 100}, 3, outlier);
    ck_assert_int_eq(outlier[2], 0);
}
END_TEST

/* No NaN from 0 * infinity, and half-way by the mean. */
START_TEST(quantiles)
{
    const double x[] = {1, 2, INFINITY, INFINITY};
    assert_near(scale_quantile(x, 2, 0.5), 1.5, 0);
    assert_near(scale_quantile(x, 4, 0), 1, 0);
    ck_assert(isinf(scale_quantile(x, 4, 0.5)) && isinf(scale_quantile(x, 4, 1)));
    assert_near(scale_quantile(x, 4, 1.0 / 3), 2, 1e-12);
}
END_TEST

/* ---- Ratios ---------------------------------------------------------------------------- */

/* Factors of both samples pass through: 2^k exactly. The interval is within that of the extremes, and
 * twice the same. One repeat, or equal ones, leave no width. */
START_TEST(ratio_of_medians)
{
    const double a[] = {10, 11, 10.5, 12, 10.2}, b[] = {5.1, 5, 5.3, 5.2, 5.05};
    double a4[5], b2[5];
    for (size_t i = 0; i < 5; i++) {
        a4[i] = 4 * a[i];
        b2[i] = 2 * b[i];
    }
    scale_estimate e = scale_ratio(a, 5, b, 5, 0.95, 7), f = scale_ratio(a4, 5, b2, 5, 0.95, 7);
    assert_near(e.value, 10.5 / 5.1, 1e-15);
    ck_assert(10 / 5.3 <= e.low && e.low < e.value && e.value < e.high && e.high <= 12 / 5.0);
    assert_near(e.level, 0.9375, 1e-15);
    assert_near(f.low, 2 * e.low, 0);
    assert_near(f.high, 2 * e.high, 0);
    scale_estimate one = scale_ratio(a, 5, b, 1, 0.95, 7);
    ck_assert(one.low == one.value && one.high == one.value && one.level == 0);
    ck_assert(isnan(scale_ratio(a, 5, b, 0, 0.95, 7).value));
}
END_TEST

/* Samples of 5 with 3 % noise and a true ratio of 2: the interval claims 0.9375. Of 1000 studies a
 * method that covers just that has 937.5 with a standard deviation of 7.7; 4 of them below. And it is
 * no more than three times the 2 * 1.96 * sqrt(2 * 0.287) * 3 % = 8.9 % that normal theory gives
 * medians of 5, on average. */
START_TEST(ratio_interval_covers)
{
    unsigned short state[3] = {3, 2, 1};
    int inside = 0;
    double width = 0;
    for (int study = 0; study < 1000; study++) {
        double a[5], b[5];
        for (size_t i = 0; i < 5; i++) {
            a[i] = 2 + 0.06 * made_normal(state);
            b[i] = 1 + 0.03 * made_normal(state);
        }
        scale_estimate e = scale_ratio(a, 5, b, 5, 0.95, (uint32_t)study);
        inside += e.low <= 2 && 2 <= e.high;
        width += (e.high - e.low) / 2 / 1000;
    }
    ck_assert_msg(inside >= 937 - 4 * 7.7, "%d of 1000", inside);
    ck_assert_msg(width < 3 * 0.089, "mean width %g", width);
}
END_TEST

/* Tables to three or four places (Abramowitz & Stegun, table 26.10). */
START_TEST(student_as_in_tables)
{
    static const struct {
        double level;
        size_t df;
        double t;
    } known[] = {{0.95, 1, 12.706}, {0.95, 2, 4.303},  {0.95, 3, 3.182},   {0.95, 4, 2.776},
                 {0.95, 5, 2.571},  {0.95, 10, 2.228}, {0.95, 30, 2.042},  {0.95, 120, 1.980},
                 {0.99, 1, 63.657}, {0.99, 2, 9.925},  {0.99, 7, 3.499},   {0.99, 30, 2.750},
                 {0.8, 1, 3.078},   {0.8, 8, 1.397},   {0.5, 1, 1.000},    {0, 5, 0}};
    assert_near(scale_student(known[_i].level, known[_i].df), known[_i].t, 5.1e-4);
}
END_TEST

/* ---- Points ---------------------------------------------------------------------------- */

/* T(p) = T1 (s + (1 - s) / p): the Karp-Flatt fraction is s, by algebra; tolerance for a few
 * roundings, 1/S - 1/p being about s: 1e-14 / s. */
START_TEST(karp_flatt_finds_amdahl)
{
    scale_study s = made_study(SCALE_STRONG);
    for (int p = 1; p <= 64; p *= 2)
        made_point(&s, p, 0, 0.01 * (0.05 + 0.95 / p), 3, 0, NULL);
    scale_complete(&s);
    ck_assert(isnan(s.points[0].karp_flatt));
    for (size_t i = 1; i < s.n_points; i++)
        assert_near(s.points[i].karp_flatt, 0.05, 1e-12);
    assert_near(s.points[3].rate.value, 64 / (0.01 * (0.05 + 0.95 / 8)), 1e-9);
    assert_near(s.points[0].efficiency.value, 1, 0);
    scale_study_end(&s);
}
END_TEST

/* S = b T(b) / T(p) in strong mode from b = 2 threads; of samples/s in weak mode: twice the samples in
 * the same step on twice the threads is S = p. An oversubscribed point is no base. */
START_TEST(base_of_speedup)
{
    scale_study s = made_study(SCALE_STRONG), w = made_study(SCALE_WEAK);
    made_point(&s, 2, 8, 1, 5, 0, NULL);
    made_point(&s, 4, 8, 0.75, 5, 0, NULL);
    made_point(&s, 1, 9, 1, 0, 0, NULL);
    made_point(&s, 2, 9, 1, 1, 0, NULL)->oversubscribed = 1;
    scale_complete(&s);
    assert_near(s.points[0].speedup.value, 2, 0);
    assert_near(s.points[1].speedup.value, 2 / 0.75, 1e-15);
    assert_near(s.points[1].speedup.level, 0.9375, 1e-15);
    ck_assert(isnan(s.points[0].karp_flatt));
    ck_assert(isnan(s.points[2].step.value) && isnan(s.points[2].speedup.value));
    ck_assert(isnan(s.points[3].speedup.value) && !isnan(s.points[3].rate.value));
    made_point(&w, 1, 32, 0.5, 5, 0, NULL);
    made_point(&w, 2, 32, 0.5, 5, 0, NULL);
    made_point(&w, 4, 32, 1, 5, 0, NULL);
    scale_complete(&w);
    assert_near(w.points[1].speedup.value, 2, 1e-15);
    assert_near(w.points[2].efficiency.value, 0.5, 1e-15);
    scale_study_end(&s);
    scale_study_end(&w);
}
END_TEST

static double sum_of(const nudge_phases *p)
{
    return p->pack + p->forward + p->loss + p->backward + p->update + p->wait;
}

/* The parts lost and the rest are 1 - efficiency together, in strong and weak mode, whether the
 * profiled run's step is known or not; a handful of roundings of numbers about 1. By hand: forward
 * takes 1.5 of 2 x 0.9 s on 2 threads in a profiled run of 1 s a step, 0.6 s on 1; without a known
 * step the phases fill the steps and nothing is left over. */
START_TEST(lost_adds_up)
{
    scale_study s = made_study(_i / 2 == 0 ? SCALE_STRONG : SCALE_WEAK);
    double work = _i / 2 == 0 ? 1 : 2;
    scale_point *p = made_point(&s, 1, 32, 1, 5, 0, NULL);
    p->phases = (nudge_phases){.pack = 0.2, .forward = 0.6, .update = 0.1};
    p = made_point(&s, 2, 32, 0.9, 5, 0, NULL);
    p->phases = (nudge_phases){.forward = 1.5, .backward = 0.1, .wait = 0.3};
    made_point(&s, 4, 32, 0.9, 5, 0, NULL);
    s.points[0].phases_step = s.points[1].phases_step = _i % 2 == 0 ? 1 : 0;
    scale_complete(&s);
    p = &s.points[1];
    assert_near(sum_of(&p->lost) + p->lost_rest, 1 - p->efficiency.value, 1e-14);
    if (_i % 2 == 0)
        assert_near(p->lost.forward, (1.5 * 0.9 - work * 0.6) / 1.8, 1e-14);
    else
        assert_near(p->lost_rest, 0, 1e-14);
    ck_assert(isnan(s.points[0].lost.wait) && isnan(s.points[0].lost_rest));
    ck_assert(isnan(s.points[2].lost.wait) && isnan(s.points[2].lost_rest)); /* no profile */
    scale_study_end(&s);
}
END_TEST

/* Of the repeats that have it; outliers are marked and the median is not moved by leaving them out. */
START_TEST(repeats_of_a_point)
{
    scale_study s = made_study(SCALE_STRONG);
    scale_point *p = made_point(&s, 1, 0, 1, 6, 0, NULL);
    const double steps[] = {1.4, 1, 1.3, 1.1, 9, 1.2}; /* up and down: no persistence */
    for (size_t i = 0; i < 6; i++)
        p->repeats[i].step = steps[i];
    p->repeats[1].to_loss = 3;
    p->repeats[4].to_loss = 5;
    scale_complete(&s);
    assert_near(p->step.value, 1.25, 1e-15);
    assert_near(p->step.high, 9, 0);
    assert_near(p->to_loss.value, 4, 0);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(p->repeats[i].outlier, i == 4);
    scale_study_end(&s);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("scale_stats");
    TCase *tc = tcase_create("stats");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, coverage_is_a_binomial_sum);
    tcase_add_loop_test(tc, persistence_is_found, 0, 3);
    tcase_add_test(tc, stretched_intervals_cover);
    tcase_add_test(tc, drift_by_hand);
    tcase_add_loop_test(tc, median_lies_between_ranks, 0, 14);
    tcase_add_test(tc, median_of_many);
    tcase_add_test(tc, median_interval_covers);
    tcase_add_test(tc, outliers_are_beyond_fences);
    tcase_add_test(tc, quantiles);
    tcase_add_test(tc, ratio_of_medians);
    tcase_add_test(tc, ratio_interval_covers);
    tcase_add_loop_test(tc, student_as_in_tables, 0, 16);
    tcase_add_test(tc, karp_flatt_finds_amdahl);
    tcase_add_test(tc, base_of_speedup);
    tcase_add_loop_test(tc, lost_adds_up, 0, 4);
    tcase_add_test(tc, repeats_of_a_point);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(make_suite)
