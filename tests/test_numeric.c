/* The numeric sources against a direct evaluation in double precision. Compiled once per
 * precision, as they are. */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "linalg/gemm.h"
#include "net/activation.h"
#include "net/layer.h"
#include "net/loss.h"
#include "suite.h"
#include "train/update.h"

/* Tolerance of a result of a few roundings of numbers about 1. */
#define TOLERANCE (sizeof(real) == 4 ? 2e-6 : 4e-15)

static real uniform(uint64_t i)
{
    return (real)(2 * nu_random_uniform(7, nu_stream(NU_RANDOM_BENCH, 0), i) - 1);
}

static void fill(real *x, size_t n, uint64_t from)
{
    for (size_t i = 0; i < n; i++)
        x[i] = uniform(from + i);
}

static void assert_close(double got, double want, double scale, const char *what, size_t at)
{
    ck_assert_msg(fabs(got - want) <= TOLERANCE * scale, "%s %zu: %.17g, expected %.17g", what, at,
                  got, want);
}

/* C = A B, C = A B^T, C = A^T B, C = alpha A^T B + beta C element by element, for sizes on both
 * sides of the limit between loops and BLAS. Tolerance: k roundings of terms below 1. */
START_TEST(matrix_products)
{
    static real a[50 * 301], b[301 * 300], c[50 * 300];
    static const size_t sizes[][3] = {{1, 1, 1},    {2, 3, 4},      {5, 7, 3},
                                      {16, 10, 33}, {40, 64, 100}, {50, 300, 301}};
    const size_t *s = sizes[_i];
    size_t m = s[0], n = s[1], k = s[2];
    fill(a, m * k, 0);
    fill(b, k * n, 50000);
    for (int kind = 0; kind < 4; kind++) {
        static const int ops[] = {NU_NN, NU_NT, NU_TN, NU_TN};
        if (kind == 3)
            fill(c, m * n, 90000);
        X(nu_gemm)(ops[kind], m, n, k, kind == 3 ? (real)-0.75 : 1, a, kind < 2 ? k : m, b,
                   kind == 1 ? k : n, kind == 3 ? (real)0.5 : 0, c, n);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t p = 0; p < k; p++)
                    sum += (double)(kind >= 2 ? a[p * m + i] : a[i * k + p]) *
                           (double)(kind == 1 ? b[j * k + p] : b[p * n + j]);
                if (kind == 3)
                    sum = -0.75 * sum + 0.5 * (double)uniform(90000 + i * n + j);
                assert_close((double)c[i * n + j], sum, (double)k, "element", i * n + j);
            }
    }
}
END_TEST

/* A matrix of `columns` columns, in panels of 16 or row-major, and its element (r, c). */
static X(nu_matrix) matrix(real *at, size_t rows, size_t columns, int in_panels)
{
    return in_panels ? X(nu_in_panels)(at, rows, columns, 16) : X(nu_row_major)(at, columns, 16);
}

static real *element(const X(nu_matrix) *a, size_t r, size_t c)
{
    return X(nu_panel)(a, c / 16, r) + c % 16;
}

/* C = A B, C = A B^T (rows 2 .. 8, all panels) and C = alpha A^T B + beta C (a tile, the sum in
 * pieces of 5 rows) over matrices whose last panel is narrow, in panels and row-major in all
 * combinations, element by element. Nothing beside the rows asked for is written. Tolerance: k
 * roundings of terms below 1. */
START_TEST(panels)
{
    enum { M = 12, N = 37, K = 41, FIRST = 2, END = 9 };
    static real a[M * K], b[K * N], c[M * N], out[16 * 16];
    X(nu_matrix) ma = matrix(a, M, K, _i & 1), mc = matrix(c, M, N, _i & 4);
    fill(a, M * K, 0);
    fill(b, K * N, 50000);
    for (int transposed = 0; transposed < 2; transposed++) {
        X(nu_matrix) mb = transposed ? matrix(b, N, K, _i & 2) : matrix(b, K, N, _i & 2);
        memset(c, 0, sizeof c);
        for (size_t q = 0; q < mc.panels; q++)
            (transposed ? X(nu_panel_nt) : X(nu_panel_nn))(&mc, &ma, &mb, (nu_span){FIRST, END}, q);
        for (size_t i = 0; i < M; i++)
            for (size_t j = 0; j < N; j++) {
                double sum = 0;
                for (size_t p = 0; p < K && i >= FIRST && i < END; p++)
                    sum += (double)*element(&ma, i, p) *
                           (double)(transposed ? *element(&mb, j, p) : *element(&mb, p, j));
                assert_close((double)*element(&mc, i, j), sum, K, "element", i * N + j);
            }
    }
    X(nu_matrix) x = matrix(a, M, K, _i & 1), z = matrix(b, M, N, _i & 2);
    for (size_t i = 0; i < 9 * 5; i++)
        out[i] = 1;
    X(nu_panel_tn)(out, &x, &z, (nu_span){32, 41}, 2, (nu_span){0, M}, 5, (real)-0.75, (real)0.5);
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 5; j++) {
            double sum = 0.5;
            for (size_t r = 0; r < M; r++)
                sum -= 0.75 * (double)*element(&x, r, 32 + i) * (double)*element(&z, r, 32 + j);
            assert_close((double)out[i * 5 + j], sum, M, "tile", i * 5 + j);
        }
}
END_TEST

/* Klambauer et al. (2017), the digits that PyTorch has. */
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_SCALE 1.0507009873554804934193349852946

static double activation(nudge_activation kind, double z)
{
    switch (kind) {
    case NUDGE_IDENTITY: return z;
    case NUDGE_RELU: return z > 0 ? z : 0;
    case NUDGE_LEAKY_RELU: return z > 0 ? z : 0.01 * z;
    case NUDGE_ELU: return z > 0 ? z : expm1(z);
    case NUDGE_TANH: return tanh(z);
    case NUDGE_SIGMOID: return 1 / (1 + exp(-z));
    case NUDGE_SOFTPLUS: return z > 20 ? z : log1p(exp(z));
    case NUDGE_GELU: return z * (1 + erf(z / sqrt(2))) / 2;
    case NUDGE_SILU: return z / (1 + exp(-z));
    case NUDGE_SELU: return SELU_SCALE * (z > 0 ? z : SELU_ALPHA * expm1(z));
    case NUDGE_MISH: return z * tanh(log1p(exp(z)));
    case NUDGE_SOFTSIGN: return z / (1 + fabs(z));
    }
    return NAN;
}

static double slope_of(nudge_activation kind, double z)
{
    double s = 1 / (1 + exp(-z)), t = tanh(log1p(exp(z)));
    switch (kind) {
    case NUDGE_IDENTITY: return 1;
    case NUDGE_RELU: return z > 0;
    case NUDGE_LEAKY_RELU: return z > 0 ? 1 : 0.01;
    case NUDGE_ELU: return z > 0 ? 1 : exp(z);
    case NUDGE_TANH: return 1 - tanh(z) * tanh(z);
    case NUDGE_SIGMOID: return s * (1 - s);
    case NUDGE_SOFTPLUS: return z > 20 ? 1 : s;
    case NUDGE_GELU: return (1 + erf(z / sqrt(2))) / 2 + z * exp(-z * z / 2) / sqrt(2 * acos(-1));
    case NUDGE_SILU: return s * (1 + z * (1 - s));
    case NUDGE_SELU: return SELU_SCALE * (z > 0 ? 1 : SELU_ALPHA * exp(z));
    case NUDGE_MISH: return t + z * s * (1 - t * t);
    case NUDGE_SOFTSIGN: return 1 / ((1 + fabs(z)) * (1 + fabs(z)));
    }
    return NAN;
}

/* f(z + bias) and f' for z from -30 to 30, an odd count so that vectors have a tail. Tolerance: a
 * few roundings of the larger of 1 and |f|. */
START_TEST(activations)
{
    enum { N = 1201, ROWS = 3 };
    nudge_activation kind = (nudge_activation)_i;
    static real y[ROWS * N], slope[ROWS * N], dz[ROWS * N], bias[N];
    for (size_t j = 0; j < N; j++)
        bias[j] = (real)0.25;
    for (size_t i = 0; i < (size_t)ROWS * N; i++) {
        y[i] = (real)((double)(i % N) * 0.05 - 30 - 0.25 + 0.01 * (double)(i / N));
        dz[i] = 2;
    }
    static real before[ROWS * N];
    memcpy(before, y, sizeof y);
    X(nu_activate)(kind, y, slope, bias, ROWS, N);
    X(nu_activate_backward)(kind, dz, y, X(nu_activation_keeps_slope)(kind) ? slope : NULL, ROWS,
                            N);
    for (size_t i = 0; i < (size_t)ROWS * N; i++) {
        double z = (double)(before[i] + bias[i % N]), f = activation(kind, z);
        assert_close((double)y[i], f, 2 * fmax(1, fabs(f)), "value at element", i);
        if (fabs(z) > 1e-3) /* a kink may lie at 0 */
            assert_close((double)dz[i], 2 * slope_of(kind, z), 16, "slope at element", i);
    }
    /* Without backward the values are the same. */
    static real again[ROWS * N];
    memcpy(again, before, sizeof before);
    X(nu_activate)(kind, again, NULL, bias, ROWS, N);
    for (size_t i = 0; i < (size_t)ROWS * N; i++)
        assert_close((double)again[i], (double)y[i], fmax(1, fabs((double)y[i])), "value", i);
}
END_TEST

/* A NaN stays a NaN through every activation: divergence must be seen in the loss. */
START_TEST(activations_keep_nan)
{
    enum { N = 37 };
    real y[N], slope[N], bias[N] = {0};
    for (size_t j = 0; j < N; j++)
        y[j] = j % 3 == 0 ? (real)NAN : 1;
    X(nu_activate)((nudge_activation)_i, y, slope, bias, 1, N);
    for (size_t j = 0; j < N; j++)
        ck_assert_int_eq(isnan(y[j]) != 0, j % 3 == 0);
}
END_TEST

enum { OUTPUTS = 5, ROWS = 333 }; /* more elements than the loss handles at a time */

#define Q 0.8 /* of quantile */

static double element_loss(nudge_loss loss, double z, double t)
{
    double d = z - t;
    switch (loss) {
    case NUDGE_MSE: return d * d;
    case NUDGE_MAE: return fabs(d);
    case NUDGE_HUBER: return fabs(d) <= 0.5 ? d * d / 2 : 0.5 * (fabs(d) - 0.25);
    case NUDGE_BCE: return log1p(exp(z)) - t * z;
    case NUDGE_POISSON: return exp(z) - t * z;
    case NUDGE_QUANTILE: return d > 0 ? (1 - Q) * d : -Q * d;
    case NUDGE_LOG_COSH: return log(cosh(d));
    default: return NAN;
    }
}

static double element_slope(nudge_loss loss, double z, double t)
{
    double d = z - t;
    switch (loss) {
    case NUDGE_MSE: return 2 * d;
    case NUDGE_MAE: return d > 0 ? 1 : d < 0 ? -1 : 0;
    case NUDGE_HUBER: return fabs(d) <= 0.5 ? d : d > 0 ? 0.5 : -0.5;
    case NUDGE_BCE: return 1 / (1 + exp(-z)) - t;
    case NUDGE_POISSON: return exp(z) - t;
    case NUDGE_QUANTILE: return d > 0 ? (1 - Q) : d < 0 ? -Q : 0;
    case NUDGE_LOG_COSH: return tanh(d);
    default: return NAN;
    }
}

/* The sum of the rows' means of element losses, and its gradient times a scale, against the
 * formulas of nudge.h; with units: weights on the reported loss alone. */
START_TEST(element_losses)
{
    nudge_loss loss = (nudge_loss)_i;
    static real z[ROWS * OUTPUTS], t[ROWS * OUTPUTS], dz[ROWS * OUTPUTS];
    double units[OUTPUTS] = {1, 2, 3, 4, 5};
    for (size_t i = 0; i < (size_t)ROWS * OUTPUTS; i++) {
        z[i] = 3 * uniform(i);
        t[i] = (1 + uniform(10000 + i)) / 2;
    }
    for (int weighted = 0; weighted < 2; weighted++) {
        nu_loss_kind kind = {loss, loss == NUDGE_QUANTILE ? Q : 0.5, weighted ? units : NULL};
        X(nu_targets) targets = {.y = t};
        double correct = 0;
        double got = X(nu_loss)(&kind, dz, z, targets, 0.125, ROWS, OUTPUTS, &correct), want = 0;
        for (size_t i = 0; i < (size_t)ROWS * OUTPUTS; i++) {
            double weight = weighted ? units[i % OUTPUTS] : 1;
            want += weight * element_loss(loss, (double)z[i], (double)t[i]) / OUTPUTS;
            assert_close((double)dz[i],
                         0.125 / OUTPUTS * element_slope(loss, (double)z[i], (double)t[i]), 1,
                         "gradient", i);
        }
        assert_close(got, want, fabs(want), "loss", 0);
        ck_assert_double_eq(correct, 0);
    }
}
END_TEST

/* What a loss of classes makes of the probabilities p (n): cross-entropy with smoothed labels, or
 * focal. Its gradient in dz (n). */
static double class_loss(nudge_loss loss, double parameter, const double *p, size_t target,
                         double *dz)
{
    double value = 0, rest = 1 - p[target], log_p = log(p[target]);
    double slope = 1; /* of focal in log p, by the chain rule */
    if (loss == NUDGE_FOCAL)
        slope = pow(rest, parameter) - parameter * pow(rest, parameter - 1) * p[target] * log_p;
    for (size_t j = 0; j < OUTPUTS; j++) {
        double wanted = j == target;
        if (loss == NUDGE_CROSS_ENTROPY)
            wanted = (1 - parameter) * wanted + parameter / OUTPUTS;
        value -= wanted * log(p[j]);
        dz[j] = slope * (p[j] - wanted);
    }
    return loss == NUDGE_FOCAL ? -pow(rest, parameter) * log_p : value;
}

/* Losses of classes against their definitions, and rows whose largest output is the target's.
 * Outputs of +-200 must not overflow. Tolerance: roundings of the outputs' size. */
START_TEST(class_losses)
{
    static const struct {
        nudge_loss loss;
        double parameter, scale;
    } cases[] = {{NUDGE_CROSS_ENTROPY, 0, 3},   {NUDGE_CROSS_ENTROPY, 0, 200},
                 {NUDGE_CROSS_ENTROPY, 0.1, 3}, {NUDGE_CROSS_ENTROPY, 0.9, 200},
                 {NUDGE_FOCAL, 2, 3},           {NUDGE_FOCAL, 0, 3},
                 {NUDGE_FOCAL, 0.5, 3},         {NUDGE_FOCAL, 1, 200}};
    static real z[ROWS * OUTPUTS], dz[ROWS * OUTPUTS];
    static int32_t t[ROWS];
    nudge_loss loss = cases[_i].loss;
    double parameter = cases[_i].parameter, scale = cases[_i].scale;
    for (size_t i = 0; i < (size_t)ROWS * OUTPUTS; i++)
        z[i] = (real)scale * uniform(i);
    for (size_t r = 0; r < ROWS; r++)
        t[r] = (int32_t)(r % OUTPUTS);
    nu_loss_kind kind = {loss, parameter, NULL};
    X(nu_targets) targets = {.classes = t};
    double correct = 0, right = 0;
    double got = X(nu_loss)(&kind, dz, z, targets, 0.5, ROWS, OUTPUTS, &correct), want = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double max = -INFINITY, sum = 0, p[OUTPUTS], gradient[OUTPUTS];
        size_t best = 0;
        for (size_t j = 0; j < OUTPUTS; j++)
            if ((double)z[r * OUTPUTS + j] > max) {
                max = (double)z[r * OUTPUTS + j];
                best = j;
            }
        right += best == (size_t)t[r];
        for (size_t j = 0; j < OUTPUTS; j++)
            sum += exp((double)z[r * OUTPUTS + j] - max);
        for (size_t j = 0; j < OUTPUTS; j++)
            p[j] = exp((double)z[r * OUTPUTS + j] - max) / sum;
        want += class_loss(loss, parameter, p, (size_t)t[r], gradient);
        for (size_t j = 0; j < OUTPUTS; j++)
            assert_close((double)dz[r * OUTPUTS + j], 0.5 * gradient[j], scale, "gradient",
                         r * OUTPUTS + j);
    }
    assert_close(got, want, want * 10, "loss", 0);
    ck_assert_double_eq(correct, right);
}
END_TEST

/* A NaN or an infinity among the outputs gives a loss that is not finite. */
START_TEST(losses_show_nan)
{
    static real z[ROWS * OUTPUTS], y[ROWS * OUTPUTS], dz[ROWS * OUTPUTS];
    static int32_t classes[ROWS];
    nu_loss_kind kind = {(nudge_loss)_i, 1, NULL};
    X(nu_targets) targets = {.y = y, .classes = classes};
    double correct;
    for (size_t at = 0; at < 70; at++) {
        z[at] = (real)NAN;
        ck_assert(!isfinite(X(nu_loss)(&kind, dz, z, targets, 1, ROWS, OUTPUTS, &correct)));
        z[at] = 0;
        ck_assert(isfinite(X(nu_loss)(&kind, dz, z, targets, 1, ROWS, OUTPUTS, &correct)));
    }
}
END_TEST

/* Sums of a panel's columns over some rows against a double loop; the last panel is narrow. */
START_TEST(column_sums)
{
    enum { R = 19, N = 23 };
    real a[R * N], sum[N];
    fill(a, R * N, 0);
    X(nu_matrix) m = X(nu_row_major)(a, N, 16);
    for (size_t q = 0; q < 2; q++) {
        X(nu_column_sums)(sum, &m, (nu_span){3, R}, q);
        for (size_t j = 16 * q; j < N && j < 16 * q + 16; j++) {
            double want = 0;
            for (size_t r = 3; r < R; r++)
                want += (double)a[r * N + j];
            assert_close((double)sum[j - 16 * q], want, R, "column", j);
        }
    }
}
END_TEST

/* Padding in the parameter block stays zero: no optimizer moves a parameter that is 0 and has
 * gradient 0. */
START_TEST(updates_keep_zero)
{
    enum { N = 33 };
    real w[N] = {0}, g[N] = {0}, s1[N] = {0}, s2[N] = {0};
    nudge_optimizer o = nudge_optimizer_defaults((nudge_optimizer_kind)_i);
    o.weight_decay = 0.1;
    o.l1 = 0.1;
    o.momentum = 0.9;
    for (uint64_t t = 1; t < 10; t++) {
        nu_optimizer_step c = nu_optimizer_step_at(&o, t, 1);
        X(nu_update)(&c, w, g, s1, s2, N);
        for (size_t i = 0; i < N; i++)
            ck_assert(w[i] == 0 && s1[i] == 0 && s2[i] == 0);
    }
}
END_TEST

static Suite *numeric_suite(void)
{
    Suite *s = suite_create("numeric");
    TCase *tc = tcase_create("kernels");
    tcase_add_loop_test(tc, matrix_products, 0, 6);
    tcase_add_loop_test(tc, panels, 0, 8);
    tcase_add_loop_test(tc, activations, 0, NUDGE_SOFTSIGN + 1);
    tcase_add_loop_test(tc, activations_keep_nan, 0, NUDGE_SOFTSIGN + 1);
    tcase_add_loop_test(tc, element_losses, NUDGE_MSE, NUDGE_HUBER + 1);
    tcase_add_loop_test(tc, element_losses, NUDGE_BCE, NUDGE_LOG_COSH + 1);
    tcase_add_loop_test(tc, class_losses, 0, 8);
    tcase_add_loop_test(tc, losses_show_nan, NUDGE_MSE, NUDGE_FOCAL + 1);
    tcase_add_test(tc, column_sums);
    tcase_add_loop_test(tc, updates_keep_zero, 0, NUDGE_RPROP + 1);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(numeric_suite)
