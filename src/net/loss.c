#include "net/loss.h"

#include "core/clones.h"
#include "core/memory.h"
#include "linalg/vecmath.h"
#include "net/mix.h"

#define UNUSED __attribute__((unused))

/* Each of these functions gives the loss of each element, unweighted, in `value`, and its gradient
 * times `scale` in dz. Sums over a row are made in double by the caller. */

NU_CLONES
static void mse(real *restrict dz, real *restrict value, const real *restrict z,
                const real *restrict t, real scale, real parameter UNUSED, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = z[i] - t[i];
        value[i] = d * d;
        dz[i] = 2 * scale * d;
    }
}

NU_CLONES
static void mae(real *restrict dz, real *restrict value, const real *restrict z,
                const real *restrict t, real scale, real parameter UNUSED, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = z[i] - t[i];
        value[i] = r_fabs(d);
        dz[i] = d > 0 ? scale : d < 0 ? -scale : 0;
    }
}

NU_CLONES
static void huber(real *restrict dz, real *restrict value, const real *restrict z,
                  const real *restrict t, real scale, real delta, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = z[i] - t[i], size = r_fabs(d);
        real near = d * d / 2, far = delta * (size - delta / 2);
        real edge = d > 0 ? delta : -delta;
        value[i] = size <= delta ? near : far;
        dz[i] = scale * (size <= delta ? d : edge);
    }
}

NU_CLONES
static void bce(real *restrict dz, real *restrict value, const real *restrict z,
                const real *restrict t, real scale, real parameter UNUSED, size_t count)
{
    /* log(1 + exp(z)) - t z, written so that exp cannot overflow. */
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real e = r_exp(-r_fabs(z[i]));
        real positive = z[i] < 0 ? 0 : z[i];
        real p = (z[i] < 0 ? e : 1) / (1 + e);
        value[i] = positive - t[i] * z[i] + r_log1p(e);
        dz[i] = scale * (p - t[i]);
    }
}

NU_CLONES
static void poisson(real *restrict dz, real *restrict value, const real *restrict z,
                    const real *restrict t, real scale, real parameter UNUSED, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real rate = r_exp(z[i]);
        value[i] = rate - t[i] * z[i];
        dz[i] = scale * (rate - t[i]);
    }
}

NU_CLONES
static void quantile(real *restrict dz, real *restrict value, const real *restrict z,
                     const real *restrict t, real scale, real q, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = z[i] - t[i];
        real slope = d > 0 ? 1 - q : d < 0 ? -q : 0;
        value[i] = slope * d;
        dz[i] = scale * slope;
    }
}

NU_CLONES
static void log_cosh(real *restrict dz, real *restrict value, const real *restrict z,
                     const real *restrict t, real scale, real parameter UNUSED, size_t count)
{
    /* With e = exp(-|d|) - 1: cosh(d) = (1 + e + e^2 / 2) exp(|d|), so that exp cannot overflow. */
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = z[i] - t[i], size = r_fabs(d), e = r_expm1(-size);
        real tanh_size = -e * (2 + e) / (1 + (1 + e) * (1 + e));
        value[i] = size + r_log1p(e + e * e / 2);
        dz[i] = scale * (d < 0 ? -tanh_size : tanh_size);
    }
}

/* Largest element; a NaN anywhere may be lost here, but not in the exponentials that follow. */
static real largest(const real *z, size_t n)
{
    real max = z[0];
    for (size_t j = 1; j < n; j++)
        max = z[j] > max ? z[j] : max;
    return max;
}

NU_CLONES
static void shifted_exp(real *restrict e, const real *restrict z, const real *restrict max,
                        size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < n; j++)
            e[r * n + j] = z[r * n + j] - max[r];
    size_t count = rows * n;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        e[i] = r_exp(e[i]);
}

/* Rows handled together, so that temporaries stay on the stack. */
enum { ROWS = 64, ELEMENTS = 1024 };

/* A change of softmax and negative log-likelihood: what a row's loss is instead of nll, and dz
 * (n, the gradient of nll times `scale`) likewise. */
typedef double change(real *dz, const real *z, size_t target, real scale, double parameter,
                      double nll, size_t n);

/* The target is 1 - s for the class, and s/n for each. */
static double smooth_labels(real *dz, const real *z, size_t target, real scale, double s,
                            double nll, size_t n)
{
    double sum = 0;
    real each = scale * (real)(s / (double)n);
    for (size_t j = 0; j < n; j++) {
        sum += (double)z[j];
        dz[j] -= each;
    }
    dz[target] += scale * (real)s;
    return nll + s * ((double)z[target] - sum / (double)n);
}

/* (1 - p)^gamma nll, with p = exp(-nll). */
static double focus(real *dz, const real *z UNUSED, size_t target UNUSED, real scale UNUSED,
                    double gamma, double nll, size_t n)
{
    double rest = -expm1(-nll); /* rounding may make it 0, or less */
    if (gamma == 0 || rest <= 0)
        return gamma == 0 ? nll : 0;
    double power = pow(rest, gamma), factor = power + gamma * exp(-nll) * power / rest * nll;
    for (size_t j = 0; j < n; j++)
        dz[j] *= (real)factor;
    return power * nll;
}

/* Softmax and negative log-likelihood of up to ROWS rows, changed or not (NULL). */
static double softmax_nll(real *dz, const real *z, X(nu_targets) t, double scale, change *how,
                          double parameter, size_t rows, size_t n, double *correct)
{
    real max[ROWS] = {0};
    for (size_t r = 0; r < rows; r++)
        max[r] = largest(z + r * n, n);
    shifted_exp(dz, z, max, rows, n);
    double loss = 0;
    for (size_t r = 0; r < rows; r++) {
        double weight = t.weights != NULL ? t.weights[r] : 1;
        real *row = dz + r * n, sum = 0, each = (real)(scale * weight);
        size_t target = (size_t)t.classes[r];
        for (size_t j = 0; j < n; j++)
            sum += row[j];
        double nll = log((double)sum) + (double)max[r] - (double)z[r * n + target];
        size_t best = 0; /* the first of equals, as argmax has it */
        while (best < n - 1 && z[r * n + best] < max[r])
            best++;
        *correct += best == target ? weight : 0;
        real factor = each / sum;
        for (size_t j = 0; j < n; j++)
            row[j] *= factor;
        row[target] -= each;
        loss += weight *
                (how != NULL ? how(row, z + r * n, target, each, parameter, nll, n) : nll);
    }
    return loss;
}

static double cross_entropy(real *dz, const real *z, X(nu_targets) t, double scale,
                            double smoothing, size_t rows, size_t n, double *correct)
{
    return softmax_nll(dz, z, t, scale, smoothing > 0 ? smooth_labels : NULL, smoothing, rows, n,
                       correct);
}

static double focal(real *dz, const real *z, X(nu_targets) t, double scale, double gamma,
                    size_t rows, size_t n, double *correct)
{
    return softmax_nll(dz, z, t, scale, focus, gamma, rows, n, correct);
}

NU_CLONES
static double total(const real *value, size_t count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += (double)value[i];
    return sum;
}

/* Of rows of n values, or the end of one; the first value is that of output j. */
static double total_in(const double *units, const real *value, size_t j, size_t n, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++, j = j + 1 == n ? 0 : j + 1)
        sum += units[j] * (double)value[i];
    return sum;
}

/* Likewise, times the weights of rows, and the gradients dz of values times scale * weight. */
static double weigh(real *dz, const double *units, const double *weights, const real *value,
                    double scale, size_t first, size_t n, size_t count)
{
    double sum = 0;
    size_t r = first / n, j = first % n;
    for (size_t i = 0; i < count; i++) {
        sum += weights[r] * (units != NULL ? units[j] : 1) * (double)value[i];
        dz[i] *= (real)(scale * weights[r]);
        if (++j == n) {
            j = 0;
            r++;
        }
    }
    return sum;
}

NU_CLONES
static void exponential(real *z, size_t rows, size_t n)
{
    size_t count = rows * n;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        z[i] = r_exp(z[i]);
}

NU_CLONES
static void sigmoid(real *z, size_t rows, size_t n)
{
    size_t count = rows * n;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        z[i] = 1 / (1 + r_exp(-z[i]));
}

static void softmax(real *z, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++, z += n) {
        real max = largest(z, n), sum = 0;
        for (size_t j = 0; j < n; j++)
            z[j] -= max;
        exponential(z, 1, n);
        for (size_t j = 0; j < n; j++)
            sum += z[j];
        for (size_t j = 0; j < n; j++)
            z[j] /= sum;
    }
}

/* A loss of elements or of whole rows, and its link with what mixes outputs for it; without a link
 * a prediction is the output. */
typedef struct arithmetic {
    void (*elements)(real *restrict dz, real *restrict value, const real *restrict z,
                     const real *restrict t, real scale, real parameter, size_t count);
    double (*rows)(real *dz, const real *z, X(nu_targets) t, double scale, double parameter,
                   size_t rows, size_t n, double *correct);
    void (*link)(real *z, size_t rows, size_t n);
    X(nu_mixer) *mix;
} arithmetic;

static const arithmetic losses[] = {
    [NUDGE_MSE] = {.elements = mse},
    [NUDGE_MAE] = {.elements = mae},
    [NUDGE_HUBER] = {.elements = huber},
    [NUDGE_CROSS_ENTROPY] = {.rows = cross_entropy, .link = softmax, .mix = X(nu_mix_classes)},
    [NUDGE_BCE] = {.elements = bce, .link = sigmoid, .mix = X(nu_mix_logits)},
    [NUDGE_POISSON] = {.elements = poisson, .link = exponential, .mix = X(nu_mix_logs)},
    [NUDGE_QUANTILE] = {.elements = quantile},
    [NUDGE_LOG_COSH] = {.elements = log_cosh},
    [NUDGE_FOCAL] = {.rows = focal, .link = softmax, .mix = X(nu_mix_classes)},
};

double X(nu_loss)(const nu_loss_kind *kind, real *dz, const real *z, X(nu_targets) t, double scale,
                  size_t rows, size_t n, double *correct)
{
    const arithmetic *a = &losses[kind->loss];
    double loss = 0;
    for (size_t r = 0; a->rows != NULL && r < rows; r += ROWS) {
        X(nu_targets) some = {.classes = t.classes + r,
                              .weights = t.weights != NULL ? t.weights + r : NULL};
        loss += a->rows(dz + r * n, z + r * n, some, scale, kind->parameter,
                        nu_smaller(rows - r, ROWS), n, correct);
    }
    if (a->rows != NULL)
        return loss;
    real value[ELEMENTS], each = (real)((t.weights != NULL ? 1 : scale) / (double)n);
    for (size_t i = 0; i < rows * n; i += ELEMENTS) { /* rows of wide outputs are cut, too */
        size_t some = nu_smaller(rows * n - i, ELEMENTS);
        a->elements(dz + i, value, z + i, t.y + i, each, (real)kind->parameter, some);
        if (t.weights != NULL)
            loss += weigh(dz + i, kind->units, t.weights, value, scale, i, n, some);
        else
            loss += kind->units != NULL ? total_in(kind->units, value, i % n, n, some)
                                        : total(value, some);
    }
    return loss / (double)n;
}

void X(nu_link)(nudge_loss loss, real *z, size_t rows, size_t n)
{
    if (losses[loss].link != NULL)
        losses[loss].link(z, rows, n);
}

void X(nu_mix)(nudge_loss loss, real *z, const real *other, double part, size_t rows, size_t n)
{
    X(nu_mixer) *mix = losses[loss].mix;
    (mix != NULL ? mix : X(nu_mix_numbers))(z, other, part, rows, n);
}
