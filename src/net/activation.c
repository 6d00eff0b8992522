#include "net/activation.h"

#include "core/clones.h"
#include "linalg/vecmath.h"

#define LEAK ((real)0.01)
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

void X(nu_activate)(nudge_activation kind, real *y, real *slope, const real *bias, size_t rows,
                    size_t n)
{
    size_t count = rows * n;
    if (kind == NUDGE_RELU) {
        add_bias_relu(y, bias, rows, n);
        return;
    }
    add_bias(y, bias, rows, n);
    switch (kind) {
    case NUDGE_IDENTITY: break;
    case NUDGE_RELU: break;
    case NUDGE_LEAKY_RELU: leaky_relu(y, count); break;
    case NUDGE_ELU: elu(y, count); break;
    case NUDGE_TANH: tanh_(y, count); break;
    case NUDGE_SIGMOID: sigmoid(y, count); break;
    case NUDGE_SOFTPLUS: softplus(y, count); break;
    case NUDGE_GELU:
        if (slope != NULL)
            gelu(y, slope, count);
        else
            gelu_only(y, count);
        break;
    case NUDGE_SILU:
        if (slope != NULL)
            silu(y, slope, count);
        else
            silu_only(y, count);
        break;
    }
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
static void softplus_backward(real *restrict dz, const real *restrict y, size_t count)
{
    /* softplus' = sigmoid(z) = 1 - exp(-softplus(z)) */
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real slope = -r_expm1(-y[i]);
        dz[i] *= y[i] > SOFTPLUS_AT_LINEAR ? 1 : slope;
    }
}

NU_CLONES
static void multiply(real *restrict dz, const real *restrict slope, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dz[i] *= slope[i];
}

void X(nu_activate_backward)(nudge_activation kind, real *dz, const real *y, const real *slope,
                             size_t rows, size_t n)
{
    size_t count = rows * n;
    switch (kind) {
    case NUDGE_IDENTITY: break;
    case NUDGE_RELU: relu_backward(dz, y, count); break;
    case NUDGE_LEAKY_RELU: leaky_relu_backward(dz, y, count); break;
    case NUDGE_ELU: elu_backward(dz, y, count); break;
    case NUDGE_TANH: tanh_backward(dz, y, count); break;
    case NUDGE_SIGMOID: sigmoid_backward(dz, y, count); break;
    case NUDGE_SOFTPLUS: softplus_backward(dz, y, count); break;
    case NUDGE_GELU:
    case NUDGE_SILU: multiply(dz, slope, count); break;
    }
}
