#include "train/score.h"

#include <math.h>

#include "core/clones.h"

NU_CLONES
static void add_regression(nu_tally *tally, const real *p, const real *t, size_t rows, size_t n)
{
    const double *restrict origin = tally->origin;
    double *restrict squared = tally->squared, *restrict absolute = tally->absolute;
    double *restrict sum = tally->sum, *restrict sum2 = tally->sum2;
    for (size_t i = 0; i < rows; i++, p += n, t += n) {
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            double d = (double)p[j] - (double)t[j], y = (double)t[j] - origin[j];
            squared[j] += d * d;
            absolute[j] += fabs(d);
            sum[j] += y;
            sum2[j] += y * y;
        }
    }
}

/* Where the largest value is, the first of equals. */
static size_t most_likely(const real *p, size_t classes)
{
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (p[k] > p[best])
            best = k;
    return best;
}

/* Threads share the table. Counts are whole numbers, so the order in which they are added does not
 * matter. */
static void confuse(nu_tally *tally, size_t truth, size_t guess)
{
    __atomic_fetch_add(&tally->confusion[truth * tally->classes + guess], 1, __ATOMIC_RELAXED);
}

static void add_binary(nu_tally *tally, const real *p, const real *t, size_t count)
{
    const real half = (real)0.5;
    for (size_t i = 0; i < count; i++) {
        int truth = t[i] > half, guess = p[i] > half;
        tally->correct += truth == guess;
        if (tally->confusion != NULL)
            confuse(tally, (size_t)truth, (size_t)guess);
    }
}

void X(nu_score)(nudge_loss loss, const real *p, X(nu_targets) t, size_t rows, size_t n,
                 nu_tally *tally)
{
    if (loss == NUDGE_BCE)
        add_binary(tally, p, t.y, rows * n);
    else if (loss != NUDGE_CROSS_ENTROPY)
        add_regression(tally, p, t.y, rows, n);
    else
        for (size_t i = 0; i < rows; i++)
            confuse(tally, (size_t)t.classes[i], most_likely(p + i * n, n));
}
