#include "net/mix.h"

#include "core/clones.h"
#include "linalg/vecmath.h"

NU_CLONES
void X(nu_mix_numbers)(real *z, const real *other, double part, size_t rows, size_t n)
{
    real p = (real)part;
    size_t count = rows * n;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        z[i] += p * (other[i] - z[i]);
}

/* log(exp(a) + exp(b)). The larger one stands before the logarithm, so that neither can overflow,
 * and two probabilities that are 0 as numbers still have a logarithm. */
static inline real log_add(real a, real b)
{
    real larger = a > b ? a : b;
    return larger + r_log1p(r_exp(-r_fabs(a - b)));
}

/* Adds the parts of probabilities or rates whose logarithms are z - shift[0] + plus[0] and
 * other - shift[1] + plus[1]. */
NU_CLONES
static void mix_logs(real *restrict z, const real *restrict other, const real shift[2],
                     const real plus[2], size_t count)
{
    real a = shift[0], b = shift[1], c = plus[0], d = plus[1];
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        z[i] = log_add((z[i] - a) + c, (other[i] - b) + d);
}

void X(nu_mix_logs)(real *z, const real *other, double part, size_t rows, size_t n)
{
    const real none[2] = {0, 0}, plus[2] = {(real)log1p(-part), (real)log(part)};
    mix_logs(z, other, none, plus, rows * n);
}

/* The logarithm of the sigmoid of x. */
static inline real log_sigmoid(real x)
{
    return (x < 0 ? x : 0) - r_log1p(r_exp(-r_fabs(x)));
}

NU_CLONES
static void mix_logits(real *restrict z, const real *restrict other, real rest, real part,
                       size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real a = z[i], b = other[i];
        z[i] = log_add(log_sigmoid(a) + rest, log_sigmoid(b) + part) -
               log_add(log_sigmoid(-a) + rest, log_sigmoid(-b) + part);
    }
}

void X(nu_mix_logits)(real *z, const real *other, double part, size_t rows, size_t n)
{
    mix_logits(z, other, (real)log1p(-part), (real)log(part), rows * n);
}

/* log(exp(z_1) + ... + exp(z_n)) is *largest + the result; apart, for z may be so large that their
 * sum has few digits left. */
NU_CLONES
static double log_sum(const real *z, size_t n, real *largest)
{
    real most = z[0];
    double sum = 0;
    for (size_t j = 1; j < n; j++)
        most = z[j] > most ? z[j] : most;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += (double)r_exp(z[j] - most);
    *largest = most;
    return log(sum);
}

void X(nu_mix_classes)(real *z, const real *other, double part, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++, z += n, other += n) {
        real largest[2], plus[2];
        plus[0] = (real)(log1p(-part) - log_sum(z, n, &largest[0]));
        plus[1] = (real)(log(part) - log_sum(other, n, &largest[1]));
        mix_logs(z, other, largest, plus, n);
    }
}
