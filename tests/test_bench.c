/* Random datasets, and measurements: that they are made of what they say, never how fast. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "table/dataset.h"
#include "nudge.h"
#include "suite.h"

/* As short as a measurement can be: a few repeats of some hundredths of a second. */
#define SHORT 1e-3

static nudge_dataset *random_data(nudge_dtype dtype, size_t rows, size_t features, size_t outputs,
                                  int has_classes, int pixels, uint64_t seed)
{
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_assert_msg(nudge_dataset_random(&data, dtype, rows, features, outputs, has_classes, pixels,
                                       seed, &err) == NUDGE_OK, "%s", err.text);
    nudge_dataset_info info = nudge_dataset_describe(data);
    ck_assert_uint_eq(info.rows, rows);
    ck_assert_uint_eq(info.features, features);
    ck_assert_uint_eq(info.outputs, outputs);
    ck_assert_int_eq(info.has_classes, has_classes);
    return data;
}

static double value_at(const void *values, nudge_dtype dtype, size_t i)
{
    return dtype == NUDGE_F32 ? (double)((const float *)values)[i] : ((const double *)values)[i];
}

/* n uniform values in [0, 1): in range, mean 1/2 and mean square 1/3, whose standard errors are
 * 0.289 / sqrt(n) and 0.298 / sqrt(n); tolerance 5 of them. */
static void check_uniform(const void *values, nudge_dtype dtype, size_t n)
{
    double sum = 0, squares = 0, tolerance = 5 * 0.3 / sqrt((double)n);
    for (size_t i = 0; i < n; i++) {
        double v = value_at(values, dtype, i);
        ck_assert_msg(v >= 0 && v < 1, "value %zu is %g", i, v);
        sum += v;
        squares += v * v;
    }
    ck_assert_double_eq_tol(sum / (double)n, 1.0 / 2, tolerance);
    ck_assert_double_eq_tol(squares / (double)n, 1.0 / 3, tolerance);
}

START_TEST(random_numbers)
{
    nudge_dtype dtype = _i == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_dataset *data = random_data(dtype, 10001, 7, 3, 0, 0, 1);
    check_uniform(data->store->x, dtype, 10001 * 7);
    check_uniform(data->store->y, dtype, 10001 * 3);
    ck_assert_double_ne(value_at(data->store->x, dtype, 0), value_at(data->store->y, dtype, 0));
    nudge_dataset_free(data);
}
END_TEST

/* Each of 10 classes: 10000 of 100000 rows, standard deviation 95; tolerance 5 of them. Each of
 * 256 bytes: 3906 of 1000000, standard deviation 62; likewise. */
START_TEST(random_classes_and_pixels)
{
    size_t classes[10] = {0}, bytes[256] = {0};
    nudge_dataset *data = random_data(NUDGE_F32, 100000, 10, 10, 1, 1, 1);
    const nu_store *s = data->store;
    ck_assert_int_eq(s->element, NU_U8);
    for (size_t r = 0; r < s->rows; r++) {
        ck_assert(s->classes[r] >= 0 && s->classes[r] < 10);
        classes[s->classes[r]]++;
    }
    for (int k = 0; k < 10; k++)
        ck_assert_double_eq_tol((double)classes[k], 10000, 475);
    for (size_t i = 0; i < s->rows * s->features; i++)
        bytes[((const unsigned char *)s->x)[i]]++;
    for (int v = 0; v < 256; v++)
        ck_assert_double_eq_tol((double)bytes[v], 3906, 310);
    for (size_t j = 0; j < s->features; j++) {
        ck_assert_double_eq(value_at(s->shift, NUDGE_F32, j), 0);
        ck_assert_double_eq_tol(value_at(s->factor, NUDGE_F32, j), 1.0 / 255, 1e-9);
    }
    nudge_dataset_free(data);
}
END_TEST

/* Row i does not depend on the number of rows, but on the seed. */
START_TEST(random_rows)
{
    nudge_dataset *few = random_data(NUDGE_F64, 100, 13, 2, 0, 0, 5);
    nudge_dataset *many = random_data(NUDGE_F64, 5000, 13, 2, 0, 0, 5);
    nudge_dataset *other = random_data(NUDGE_F64, 100, 13, 2, 0, 0, 6);
    ck_assert_mem_eq(few->store->x, many->store->x, 100 * 13 * sizeof(double));
    ck_assert_mem_eq(few->store->y, many->store->y, 100 * 2 * sizeof(double));
    ck_assert_mem_ne(few->store->x, other->store->x, 100 * 13 * sizeof(double));
    nudge_dataset_free(few);
    nudge_dataset_free(many);
    nudge_dataset_free(other);
}
END_TEST

START_TEST(random_data_refused)
{
    static const struct {
        size_t rows, features, outputs;
        int has_classes;
        nudge_status status;
    } bad[] = {
        {0, 1, 1, 0, NUDGE_EARGUMENT},
        {1, 0, 1, 0, NUDGE_EARGUMENT},
        {1, 1, 0, 0, NUDGE_EARGUMENT},
        {(size_t)UINT32_MAX + 1, 1, 1, 0, NUDGE_EARGUMENT},
        {1, 1, (size_t)1 << 31, 1, NUDGE_EARGUMENT},
        {UINT32_MAX, (size_t)1 << 20, 1, 0, NUDGE_EMEMORY},
        {UINT32_MAX, SIZE_MAX / 2, 1, 0, NUDGE_EMEMORY},
        {UINT32_MAX, 1, SIZE_MAX / 2, 0, NUDGE_EMEMORY},
    };
    nudge_dataset *data = NULL;
    nudge_error err = {0};
    ck_assert_int_eq(nudge_dataset_random(&data, NUDGE_F32, bad[_i].rows, bad[_i].features,
                                          bad[_i].outputs, bad[_i].has_classes, 0, 1, &err),
                     bad[_i].status);
    ck_assert_ptr_null(data);
    ck_assert_str_ne(err.text, "");
}
END_TEST

/* Without binding threads to CPUs; tests/test_team.c has that. */
static nudge_status gemm(nudge_measurement *rate, nudge_dtype dtype, nudge_gemm_kind kind,
                         size_t m, size_t n, size_t k, int threads, double seconds,
                         nudge_error *err)
{
    return nudge_bench_gemm(rate, dtype, kind, m, n, k, threads, NULL, seconds, err);
}

static nudge_status kernel(nudge_measurement *rate, size_t i, nudge_dtype dtype, size_t count,
                           int threads, double seconds, nudge_error *err)
{
    return nudge_bench_kernel(rate, i, dtype, count, threads, NULL, seconds, err);
}

static void check_measurement(const nudge_measurement *m)
{
    ck_assert_uint_ge(m->repeats, 5);
    ck_assert(isfinite(m->best));
    ck_assert_double_gt(m->low, 0);
    ck_assert_double_le(m->low, m->median);
    ck_assert_double_le(m->median, m->high);
    ck_assert_double_le(m->high, m->best);
}

START_TEST(products)
{
    nudge_measurement rate = {0};
    nudge_error err;
    nudge_gemm_kind kind = (nudge_gemm_kind)(_i % 3);
    nudge_dtype dtype = _i < 3 ? NUDGE_F32 : NUDGE_F64;
    ck_assert_msg(gemm(&rate, dtype, kind, 33, 20, 47, 1 + _i / 3, SHORT, &err) ==
                  NUDGE_OK, "%s", err.text);
    check_measurement(&rate);
}
END_TEST

/* Eight threads, whatever the cores; and a product that costs next to nothing. */
START_TEST(more_threads_than_cores)
{
    nudge_measurement rate = {0};
    nudge_error err;
    ck_assert_msg(gemm(&rate, NUDGE_F32, NUDGE_GEMM_NN, 1, 1, 1, 8, SHORT, &err) ==
                  NUDGE_OK, "%s", err.text);
    check_measurement(&rate);
}
END_TEST

/* A repeat is 20 ms of work, but takes a second where fifty programs share a core: longer then. */
START_TEST(longer_is_more_repeats)
{
    nudge_measurement rate = {0};
    for (double seconds = 1; seconds < 20 && rate.repeats <= 5; seconds *= 4) {
        ck_assert_int_eq(gemm(&rate, NUDGE_F32, NUDGE_GEMM_NN, 8, 8, 8, 1, seconds,
                                          NULL), NUDGE_OK);
        check_measurement(&rate);
    }
    ck_assert_uint_gt(rate.repeats, 5);
}
END_TEST

START_TEST(products_refused)
{
    const size_t big = (size_t)1 << 31, wide = big - 1;
    static nudge_measurement untouched = {.median = 42};
    nudge_measurement rate = untouched;
    nudge_error err;
    nudge_gemm_kind nn = NUDGE_GEMM_NN;
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, 0, 1, 1, 1, 1, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, 1, big, 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, (nudge_gemm_kind)3, 1, 1, 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, (nudge_dtype)2, nn, 1, 1, 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, 1, 1, 1, -1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, 1, 1, 1, 1, 0, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, 1, 1, 1, 1, (double)NAN, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, wide, wide, 1, 1, 1, &err),
                     NUDGE_EMEMORY);
    ck_assert_int_eq(gemm(&rate, NUDGE_F32, nn, wide, wide, wide, 1, 1, &err),
                     NUDGE_EMEMORY);
    ck_assert_double_eq(rate.median, 42);
}
END_TEST

enum { KERNELS = 48 };

START_TEST(kernel_names)
{
    size_t n = 0;
    ck_assert_str_eq(nudge_bench_kernel_name(0), "copy");
    for (; nudge_bench_kernel_name(n) != NULL; n++)
        for (size_t i = 0; i < n; i++)
            ck_assert_str_ne(nudge_bench_kernel_name(i), nudge_bench_kernel_name(n));
    ck_assert_uint_eq(n, KERNELS);
    ck_assert_ptr_null(nudge_bench_kernel_name(SIZE_MAX));
}
END_TEST

START_TEST(each_kernel)
{
    nudge_measurement rate = {0};
    nudge_error err;
    ck_assert_msg(kernel(&rate, (size_t)_i, NUDGE_F32, 1000, 2, SHORT, &err) ==
                  NUDGE_OK, "%s: %s", nudge_bench_kernel_name((size_t)_i), err.text);
    check_measurement(&rate);
}
END_TEST

/* Fewer elements than a row of the kernel's has, and the other precision. */
START_TEST(few_elements)
{
    nudge_measurement rate = {0};
    nudge_error err;
    size_t i = 5 * (size_t)_i + 1;
    ck_assert_msg(kernel(&rate, i, NUDGE_F64, 1 + (size_t)_i, 1, SHORT, &err) ==
                  NUDGE_OK, "%s: %s", nudge_bench_kernel_name(i), err.text);
    check_measurement(&rate);
}
END_TEST

START_TEST(kernels_refused)
{
    nudge_measurement rate = {.median = 42};
    nudge_error err;
    ck_assert_int_eq(kernel(&rate, KERNELS, NUDGE_F32, 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(kernel(&rate, 0, (nudge_dtype)2, 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(kernel(&rate, 0, NUDGE_F32, 0, 1, 1, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(kernel(&rate, 0, NUDGE_F32, (size_t)UINT32_MAX + 1, 1, 1, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(kernel(&rate, 0, NUDGE_F32, 1, -1, 1, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(kernel(&rate, 0, NUDGE_F32, 1, 1, -1, &err), NUDGE_EARGUMENT);
    ck_assert_double_eq(rate.median, 42);
}
END_TEST

static Suite *bench_suite(void)
{
    Suite *s = suite_create("bench");
    TCase *data = tcase_create("random data");
    tcase_add_loop_test(data, random_numbers, 0, 2);
    tcase_add_test(data, random_classes_and_pixels);
    tcase_add_test(data, random_rows);
    tcase_add_loop_test(data, random_data_refused, 0, 8);
    suite_add_tcase(s, data);
    TCase *rates = tcase_create("rates");
    tcase_set_timeout(rates, 60);
    tcase_add_loop_test(rates, products, 0, 6);
    tcase_add_test(rates, more_threads_than_cores);
    tcase_add_test(rates, longer_is_more_repeats);
    tcase_add_test(rates, products_refused);
    tcase_add_test(rates, kernel_names);
    tcase_add_loop_test(rates, each_kernel, 0, KERNELS);
    tcase_add_loop_test(rates, few_elements, 0, KERNELS / 5);
    tcase_add_test(rates, kernels_refused);
    suite_add_tcase(s, rates);
    return s;
}

SUITE_MAIN(bench_suite)
