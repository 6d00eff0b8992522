#include "net/loss.h"

#include "core/clones.h"
#include "core/memory.h"
#include "linalg/vecmath.h"

#define UNUSED __attribute__((unused))

/* Each of these functions gives the loss of each element, unweighted, in `value`, and its gradient
 * times `scale` in dz. Sums over a row are made in double by the caller. */

NU_CLONES
static void mse(real *restrict dz, real *restrict value, const real *restrict z,
                const real *restrict t, real scale, real delta UNUSED, size_t count)
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
                const real *restrict t, real scale, real delta UNUSED, size_t count)
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
                const real *restrict t, real scale, real delta UNUSED, size_t count)
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
                    const real *restrict t, real scale, real delta UNUSED, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real rate = r_exp(z[i]);
        value[i] = rate - t[i] * z[i];
        dz[i] = scale * (rate - t[i]);
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

/* Softmax and negative log-likelihood of up to ROWS rows. */
static double cross_entropy(real *dz, const real *z, const int32_t *t, real scale, size_t rows,
                            size_t n, size_t *correct)
{
    real max[ROWS] = {0};
    for (size_t r = 0; r < rows; r++)
        max[r] = largest(z + r * n, n);
    shifted_exp(dz, z, max, rows, n);
    double loss = 0;
    for (size_t r = 0; r < rows; r++) {
        real *row = dz + r * n, sum = 0;
        size_t target = (size_t)t[r];
        for (size_t j = 0; j < n; j++)
            sum += row[j];
        loss += log((double)sum) + (double)max[r] - (double)z[r * n + target];
        size_t best = 0; /* the first of equals, as argmax has it */
        while (best < n - 1 && z[r * n + best] < max[r])
            best++;
        *correct += best == target;
        real factor = scale / sum;
        for (size_t j = 0; j < n; j++)
            row[j] *= factor;
        row[target] -= scale;
    }
    return loss;
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

/* A loss of elements or of whole rows, and its link; without one a prediction is the output. */
typedef struct arithmetic {
    void (*elements)(real *restrict dz, real *restrict value, const real *restrict z,
                     const real *restrict t, real scale, real delta, size_t count);
    double (*rows)(real *dz, const real *z, const int32_t *t, real scale, size_t rows, size_t n,
                   size_t *correct);
    void (*link)(real *z, size_t rows, size_t n);
} arithmetic;

static const arithmetic losses[] = {
    [NUDGE_MSE] = {.elements = mse},
    [NUDGE_MAE] = {.elements = mae},
    [NUDGE_HUBER] = {.elements = huber},
    [NUDGE_CROSS_ENTROPY] = {.rows = cross_entropy, .link = softmax},
    [NUDGE_BCE] = {.elements = bce, .link = sigmoid},
    [NUDGE_POISSON] = {.elements = poisson, .link = exponential},
};

double X(nu_loss)(const nu_loss_kind *kind, real *dz, const real *z, X(nu_targets) t, double scale,
                  size_t rows, size_t n, size_t *correct)
{
    const arithmetic *a = &losses[kind->loss];
    double loss = 0;
    for (size_t r = 0; a->rows != NULL && r < rows; r += ROWS)
        loss += a->rows(dz + r * n, z + r * n, t.classes + r, (real)scale,
                        nu_smaller(rows - r, ROWS), n, correct);
    if (a->rows != NULL)
        return loss;
    real value[ELEMENTS], each = (real)(scale / (double)n);
    for (size_t i = 0; i < rows * n; i += ELEMENTS) { /* rows of wide outputs are cut, too */
        size_t some = nu_smaller(rows * n - i, ELEMENTS);
        a->elements(dz + i, value, z + i, t.y + i, each, (real)kind->delta, some);
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
