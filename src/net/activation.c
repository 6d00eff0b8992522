#include "net/activation.h"

#include "core/clones.h"
#include "linalg/vecmath.h"

#define LEAK ((real)0.01)
#define SELU_ALPHA ((real)1.6732632423543772848) /* PyTorch's, and its scale */
#define SELU_SCALE ((real)1.0507009873554804934)
#define SOFTPLUS_LINEAR ((real)20) /* PyTorch's threshold: above it softplus is the identity */
#define SOFTPLUS_AT_LINEAR ((real)20.000000002061153620) /* softplus(20) */
#define SQRT_HALF ((real)0.70710678118654752440)
#define INV_SQRT_2PI ((real)0.39894228040143267794)

/* Comparisons below are written so that a NaN stays one and divergence is seen in the loss. */

NU_CLONES
static void add_bias(real *restrict y, const real *restrict bias, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++) {
        real *restrict row = y + r * n;
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            row[j] += bias[j];
    }
}

/* The usual hidden layer: bias and activation in one pass. */
NU_CLONES
static void add_bias_relu(real *restrict y, const real *restrict bias, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++) {
        real *restrict row = y + r * n;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            real z = row[j] + bias[j];
            row[j] = z < 0 ? 0 : z;
        }
    }
}

NU_CLONES
static void leaky_relu(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] < 0 ? LEAK * y[i] : y[i];
}

NU_CLONES
static void elu(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real below = r_expm1(y[i]);
        y[i] = y[i] < 0 ? below : y[i];
    }
}

NU_CLONES
static void selu(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real below = SELU_ALPHA * r_expm1(y[i]);
        y[i] = SELU_SCALE * (y[i] < 0 ? below : y[i]);
    }
}

NU_CLONES
static void tanh_(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = r_tanh(y[i]);
}

NU_CLONES
static void sigmoid(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = 1 / (1 + r_exp(-y[i]));
}

NU_CLONES
static void softplus(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real soft = r_log1p(r_exp(y[i]));
        y[i] = y[i] > SOFTPLUS_LINEAR ? y[i] : soft;
    }
}

NU_CLONES
static void gelu(real *restrict y, real *restrict slope, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real z = y[i];
        real below = (1 + r_erf(z * SQRT_HALF)) / 2; /* the normal distribution function */
        y[i] = z * below;
        slope[i] = below + z * INV_SQRT_2PI * r_exp(-z * z / 2);
    }
}

NU_CLONES
static void gelu_only(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] * ((1 + r_erf(y[i] * SQRT_HALF)) / 2);
}

NU_CLONES
static void silu(real *restrict y, real *restrict slope, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real z = y[i], s = 1 / (1 + r_exp(-z));
        y[i] = z * s;
        slope[i] = s * (1 + z * (1 - s));
    }
}

NU_CLONES
static void silu_only(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] * (1 / (1 + r_exp(-y[i])));
}

NU_CLONES
static void softsign(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] / (1 + r_fabs(y[i]));
}

/* tanh(softplus(z)) = n / (n + d), with q = exp(-|z|), which cannot overflow. */
static inline real tanh_of_softplus(real z, real q)
{
    real n = z < 0 ? q * (q + 2) : 1 + 2 * q, d = z < 0 ? 2 : 2 * q * q;
    return n / (n + d);
}

NU_CLONES
static void mish(real *restrict y, real *restrict slope, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real z = y[i], q = r_exp(-r_fabs(z)), t = tanh_of_softplus(z, q);
        y[i] = z * t;
        slope[i] = t + z * (1 - t * t) * ((z < 0 ? q : 1) / (1 + q));
    }
}

NU_CLONES
static void mish_only(real *y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] * tanh_of_softplus(y[i], r_exp(-r_fabs(y[i])));
}

NU_CLONES
static void relu_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] = y[i] > 0 ? dz[i] : 0;
}

NU_CLONES
static void leaky_relu_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] = y[i] > 0 ? dz[i] : LEAK * dz[i];
}

NU_CLONES
static void elu_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= y[i] > 0 ? 1 : y[i] + 1;
}

NU_CLONES
static void selu_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= y[i] > 0 ? SELU_SCALE : y[i] + SELU_SCALE * SELU_ALPHA;
}

NU_CLONES
static void tanh_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= 1 - y[i] * y[i];
}

NU_CLONES
static void sigmoid_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= y[i] * (1 - y[i]);
}

NU_CLONES
static void softsign_backward(real *restrict dz, const real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= (1 - r_fabs(y[i])) * (1 - r_fabs(y[i]));
}

NU_CLONES
static void softplus_backward(real *restrict dz, const real *restrict y, size_t count)
{
    /* softplus' = sigmoid(z) = 1 - exp(-softplus(z)) */
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real below = -r_expm1(-y[i]);
        dz[i] *= y[i] > SOFTPLUS_AT_LINEAR ? 1 : below;
    }
}

NU_CLONES
static void times_slope(real *restrict dz, const real *restrict slope, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= slope[i];
}

/* A row: f in place, with its bias where one pass can do both; f and f' where the derivative cannot
 * be had from the output; dz *= f'. NULL: nothing to do. */
static const struct {
    void (*with_bias)(real *y, const real *bias, size_t rows, size_t n);
    void (*forward)(real *y, size_t count);
    void (*with_slope)(real *y, real *slope, size_t count);
    void (*backward)(real *dz, const real *y, size_t count);
} table[] = {
    [NUDGE_IDENTITY] = {NULL},
    [NUDGE_RELU] = {.with_bias = add_bias_relu, .backward = relu_backward},
    [NUDGE_LEAKY_RELU] = {.forward = leaky_relu, .backward = leaky_relu_backward},
    [NUDGE_ELU] = {.forward = elu, .backward = elu_backward},
    [NUDGE_TANH] = {.forward = tanh_, .backward = tanh_backward},
    [NUDGE_SIGMOID] = {.forward = sigmoid, .backward = sigmoid_backward},
    [NUDGE_SOFTPLUS] = {.forward = softplus, .backward = softplus_backward},
    [NUDGE_GELU] = {.forward = gelu_only, .with_slope = gelu},
    [NUDGE_SILU] = {.forward = silu_only, .with_slope = silu},
    [NUDGE_SELU] = {.forward = selu, .backward = selu_backward},
    [NUDGE_MISH] = {.forward = mish_only, .with_slope = mish},
    [NUDGE_SOFTSIGN] = {.forward = softsign, .backward = softsign_backward},
};

int X(nu_activation_keeps_slope)(nudge_activation kind)
{
    return table[kind].with_slope != NULL;
}

void X(nu_activate)(nudge_activation kind, real *y, real *slope, const real *bias, size_t rows,
                    size_t n)
{
    (table[kind].with_bias != NULL ? table[kind].with_bias : add_bias)(y, bias, rows, n);
    if (slope != NULL && table[kind].with_slope != NULL)
        table[kind].with_slope(y, slope, rows * n);
    else if (table[kind].forward != NULL)
        table[kind].forward(y, rows * n);
    if (slope == NULL || table[kind].with_slope != NULL)
        return;
    for (size_t i = 0; i < rows * n; i++)
        slope[i] = 1;
    X(nu_activate_backward)(kind, slope, y, NULL, rows, n);
}

void X(nu_activate_backward)(nudge_activation kind, real *dz, const real *y, const real *slope,
                             size_t rows, size_t n)
{
    if (slope != NULL)
        times_slope(dz, slope, rows * n);
    else if (table[kind].backward != NULL)
        table[kind].backward(dz, y, rows * n);
}
