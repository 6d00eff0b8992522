/* core/random: Philox, uniform and normal numbers, permutations. */
#include "suite.h"

#include <math.h>
#include <string.h>

#include "core/random.h"

/* Random123's kat_vectors, philox4x32 10: counter and key all 0, all ones, digits of pi. */
START_TEST(philox_known_answers)
{
    static const struct {
        uint64_t seed, stream, index;
        uint32_t out[4];
    } kat[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    uint64_t w[2];
    uint32_t lane[4];
    nu_random_words(w, kat[_i].seed, kat[_i].stream, kat[_i].index);
    nu_random_lanes(lane, 1, kat[_i].seed, kat[_i].stream, kat[_i].index, 0);
    for (int k = 0; k < 4; k++) {
        ck_assert_uint_eq((uint32_t)(w[k / 2] >> (32 * (k % 2))), kat[_i].out[k]);
        ck_assert_uint_eq(lane[k], kat[_i].out[k]);
    }
}
END_TEST

/* Identity: lane i is the single draw of index + i * stride, also across a carry. Exact. */
START_TEST(lanes_equal_single_draws)
{
    static const size_t counts[] = {1, 7, 64, 67};
    for (size_t c = 0; c < 4; c++) {
        uint32_t out[4 * 67];
        uint64_t index = UINT64_C(0xFFFFFFF0), stride = _i == 0 ? 1 : UINT64_C(1) << 32;
        nu_random_lanes(out, counts[c], 5, 6, index, stride);
        for (size_t i = 0; i < counts[c]; i++) {
            uint64_t w[2];
            nu_random_words(w, 5, 6, index + i * stride);
            for (size_t k = 0; k < 4; k++)
                ck_assert_uint_eq(out[k * counts[c] + i], (uint32_t)(w[k / 2] >> (32 * (k % 2))));
        }
    }
}
END_TEST

/* n = 100000 draws. Uniform: mean 1/2, variance 1/12; their estimates have standard deviations
 * sqrt(1/12/n) = 0.00091 and sqrt(1/180/n) = 0.00024. Normal: mean 0, variance 1, fourth moment 3;
 * sqrt(1/n) = 0.0032, sqrt(2/n) = 0.0045, sqrt(96/n) = 0.031. Tolerance: 4 of them. */
START_TEST(moments)
{
    const int n = 100000;
    double u1 = 0, u2 = 0, z1 = 0, z2 = 0, z4 = 0;
    for (int i = 0; i < n; i++) {
        double u = nu_random_uniform(3, nu_stream(NU_RANDOM_BENCH, 0), (uint64_t)i);
        double z = nu_random_normal(3, nu_stream(NU_RANDOM_BENCH, 1), (uint64_t)i);
        ck_assert(u >= 0 && u < 1 && isfinite(z));
        u1 += u;
        u2 += (u - 0.5) * (u - 0.5);
        z1 += z;
        z2 += z * z;
        z4 += z * z * z * z;
    }
    ck_assert_double_eq_tol(u1 / n, 0.5, 0.0037);
    ck_assert_double_eq_tol(u2 / n, 1.0 / 12, 0.00096);
    ck_assert_double_eq_tol(z1 / n, 0, 0.0127);
    ck_assert_double_eq_tol(z2 / n, 1, 0.0179);
    ck_assert_double_eq_tol(z4 / n, 3, 0.124);
}
END_TEST

static void check_bijection(uint32_t n)
{
    nu_permutation p;
    nu_permutation_start(&p, n, 9, NU_RANDOM_SHUFFLE, 4);
    uint32_t *out = malloc(n * sizeof *out);
    unsigned char *seen = calloc(n, 1);
    ck_assert(out != NULL && seen != NULL);
    nu_permutation_range(&p, 0, n, out);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_lt(out[i], n);
        ck_assert_int_eq(seen[out[i]], 0);
        seen[out[i]] = 1;
    }
    free(out);
    free(seen);
}

START_TEST(permutation_is_a_bijection)
{
    for (uint32_t n = 1; n <= 300; n++)
        check_bijection(n);
    static const uint32_t sizes[] = {511, 512, 513, 65535, 65536, 65537, 131073};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_bijection(sizes[i]);
}
END_TEST

/* VariablePhilox as Mitchell et al. print it, with 64-bit products. */
static uint32_t variable_philox(const nu_permutation *p, uint32_t value)
{
    uint32_t left_mask = (uint32_t)((UINT64_C(1) << p->left_bits) - 1);
    uint32_t right_mask = (uint32_t)((UINT64_C(1) << p->right_bits) - 1);
    uint32_t s0 = value >> p->right_bits, s1 = value & right_mask;
    for (int i = 0; i < 24; i++) {
        uint64_t product = UINT64_C(0xD2B74407B1CE6E93) * s0;
        uint32_t hi = (uint32_t)(product >> 32), lo = (uint32_t)product;
        lo = lo << (p->right_bits - p->left_bits) | s1 >> p->left_bits;
        s0 = (hi ^ p->key[i] ^ s1) & left_mask;
        s1 = lo & right_mask;
    }
    return s0 << p->right_bits | s1;
}

/* Identity: a range holds the single places, which are the published bijection walked until it is
 * in range. Exact, for domains of 8 to 32 bits. */
START_TEST(range_equals_published_places)
{
    static const uint32_t sizes[] = {97, 129, 257, 1000, 33000, 65537, 16777217, UINT32_MAX};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        nu_permutation p;
        nu_permutation_start(&p, sizes[s], 11, NU_RANDOM_SHUFFLE, 1);
        uint32_t out[600], one;
        uint32_t first = sizes[s] / 3, count = sizes[s] - first < 600 ? sizes[s] - first : 600;
        nu_permutation_range(&p, first, count, out);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t v = variable_philox(&p, first + i);
            while (v >= sizes[s])
                v = variable_philox(&p, v);
            ck_assert_uint_eq(out[i], v);
            nu_permutation_range(&p, first + i, 1, &one);
            ck_assert_uint_eq(one, v);
        }
    }
}
END_TEST

static int differ(const uint32_t *a, const uint32_t *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) != 0;
}

START_TEST(seed_number_and_purpose_matter)
{
    static const uint32_t sizes[] = {20, 1000};
    for (int s = 0; s < 2; s++) {
        uint32_t n = sizes[s], out[5][1000];
        nu_permutation p;
        nu_permutation_start(&p, n, 1, NU_RANDOM_SHUFFLE, 0);
        nu_permutation_range(&p, 0, n, out[0]);
        nu_permutation_start(&p, n, 2, NU_RANDOM_SHUFFLE, 0);
        nu_permutation_range(&p, 0, n, out[1]);
        nu_permutation_start(&p, n, 1, NU_RANDOM_SHUFFLE, 1);
        nu_permutation_range(&p, 0, n, out[2]);
        nu_permutation_start(&p, n, 1, NU_RANDOM_SPLIT, 0);
        nu_permutation_range(&p, 0, n, out[3]);
        nu_permutation_start(&p, n, 1, NU_RANDOM_SHUFFLE, 0);
        nu_permutation_range(&p, 0, n, out[4]);
        for (int i = 1; i < 4; i++)
            ck_assert(differ(out[0], out[i], n));
        ck_assert(!differ(out[0], out[4], n));
    }
}
END_TEST

/* Chi-square of where value v lands over many permutations of n: (n-1)^2 degrees of freedom for
 * the n x n table of counts. Mean f, standard deviation sqrt(2f); tolerance 5 of them, either way.
 * n = 100 goes through the bijection (adjacent places too: their difference mod n is uniform over
 * 1 .. n-1), 6 through the list. */
START_TEST(places_are_uniform)
{
    const uint32_t n = _i == 0 ? 6 : 100;
    const uint32_t trials = n * 200;
    double *count = calloc(n * n, sizeof *count), *gap = calloc(n, sizeof *gap);
    ck_assert(count != NULL && gap != NULL);
    for (uint32_t t = 0; t < trials; t++) {
        uint32_t out[100];
        nu_permutation p;
        nu_permutation_start(&p, n, 77, NU_RANDOM_SHUFFLE, t);
        nu_permutation_range(&p, 0, n, out);
        for (uint32_t i = 0; i < n; i++)
            count[i * n + out[i]]++;
        gap[(out[1] + n - out[0]) % n]++;
    }
    double expected = (double)trials / n, chi = 0, f = (n - 1.0) * (n - 1.0);
    for (uint32_t i = 0; i < n * n; i++)
        chi += (count[i] - expected) * (count[i] - expected) / expected;
    ck_assert_double_eq_tol(chi, f, 5 * sqrt(2 * f));
    expected = trials / (n - 1.0);
    chi = 0;
    for (uint32_t i = 1; i < n; i++)
        chi += (gap[i] - expected) * (gap[i] - expected) / expected;
    ck_assert_double_eq_tol(chi, n - 2.0, 5 * sqrt(2 * (n - 2.0)));
    free(count);
    free(gap);
}
END_TEST

static Suite *random_suite(void)
{
    Suite *s = suite_create("random");
    TCase *tc = tcase_create("philox");
    tcase_add_loop_test(tc, philox_known_answers, 0, 3);
    tcase_add_loop_test(tc, lanes_equal_single_draws, 0, 2);
    tcase_add_test(tc, moments);
    suite_add_tcase(s, tc);

    tc = tcase_create("permutation");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, permutation_is_a_bijection);
    tcase_add_test(tc, range_equals_published_places);
    tcase_add_test(tc, seed_number_and_purpose_matter);
    tcase_add_loop_test(tc, places_are_uniform, 0, 2);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(random_suite)
