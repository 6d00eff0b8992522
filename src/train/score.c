#include "train/score.h"

#include <float.h>
#include <math.h>

#include "core/clones.h"
#include "linalg/vecmath.h"

/* ---- Numbers --------------------------------------------------------------------------- */

/* Predictions p and targets t, rows x n; sums of each column, of rows with their weights w (NULL: 1
 * each). */

static inline double weight_of(const double *w, size_t i)
{
    return w != NULL ? w[i] : 1;
}

NU_CLONES
static void add_squared(double *restrict squared, const double *w, const real *p, const real *t,
                        size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, p += n, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            double d = (double)p[j] - (double)t[j];
            squared[j] += weight * d * d;
        }
    }
}

NU_CLONES
static void add_absolute(double *restrict absolute, const double *w, const real *p, const real *t,
                         size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, p += n, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            absolute[j] += weight * fabs((double)p[j] - (double)t[j]);
    }
}

NU_CLONES
static void add_signed(double *restrict sum, const double *w, const real *p, const real *t,
                       size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, p += n, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            sum[j] += weight * ((double)p[j] - (double)t[j]);
    }
}

NU_CLONES
static void add_targets(double *restrict sum, double *restrict sum2, const double *restrict origin,
                        const double *w, const real *t, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            double y = (double)t[j] - origin[j];
            sum[j] += weight * y;
            sum2[j] += weight * y * y;
        }
    }
}

NU_CLONES
static void add_relative(double *restrict relative, const double *restrict unit,
                         const double *restrict shift, const double *w, const real *p,
                         const real *t, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, p += n, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            double size = fabs((double)t[j] * unit[j] + shift[j]);
            double d = fabs(((double)p[j] - (double)t[j]) * unit[j]);
            relative[j] += weight * (d / (size > DBL_EPSILON ? size : DBL_EPSILON));
        }
    }
}

static void add_numbers(const nu_inference *r, const real *p, X(nu_targets) targets, size_t rows,
                        size_t n)
{
    double *const *sum = r->tally->sum;
    const double *w = targets.weights;
    const real *t = targets.y;
    if (sum[NU_SQUARED] != NULL)
        add_squared(sum[NU_SQUARED], w, p, t, rows, n);
    if (sum[NU_ABSOLUTE] != NULL)
        add_absolute(sum[NU_ABSOLUTE], w, p, t, rows, n);
    if (sum[NU_SIGNED] != NULL)
        add_signed(sum[NU_SIGNED], w, p, t, rows, n);
    if (sum[NU_TARGET] != NULL)
        add_targets(sum[NU_TARGET], sum[NU_TARGET2], r->tally->origin, w, t, rows, n);
    if (sum[NU_RELATIVE] != NULL)
        add_relative(sum[NU_RELATIVE], r->unit, r->shift, w, p, t, rows, n);
}

/* ---- Counts of classes ----------------------------------------------------------------- */

/* So many of the class `truth` are taken for `guess`. */
static void count_classes(nudge_class_counts *classes, size_t truth, size_t guess, uint64_t count)
{
    if (truth == guess) {
        classes[truth].true_positives += count;
    } else {
        classes[truth].false_negatives += count;
        classes[guess].false_positives += count;
    }
}

/* Of a part: rows, in a matrix too, if there is one; their weights. */
static void count_rows(const nu_tally *tally, size_t part, size_t truth, size_t guess,
                       uint64_t rows)
{
    count_classes(tally->counts + part * tally->classes, truth, guess, rows);
    if (tally->confusion != NULL)
        __atomic_fetch_add(&tally->confusion[truth * tally->classes + guess], rows,
                           __ATOMIC_RELAXED);
}

static void count_weight(const nu_tally *tally, size_t part, size_t truth, size_t guess,
                         double weight)
{
    count_classes(tally->weighted + part * tally->classes, truth, guess,
                  (uint64_t)(weight * tally->weight_unit + 0.5));
}

/* ---- Probabilities --------------------------------------------------------------------- */

/* Of the network's output z: log(1 + exp(z)) - t z, as bce has it. */
NU_CLONES
static void add_log(double *restrict sum, const double *w, const real *z, const real *t,
                    size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, z += n, t += n) {
        double weight = weight_of(w, i);
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            real positive = z[j] < 0 ? 0 : z[j];
            real value = positive - t[j] * z[j] + r_log1p(r_exp(-r_fabs(z[j])));
            sum[j] += weight * (double)value;
        }
    }
}

static size_t right(const real *p, const real *t, size_t count)
{
    const real half = (real)0.5;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (p[i] > half) == (t[i] > half);
    return n;
}

/* The counts of some rows, one output after the other. */
static void count_probabilities(const nu_tally *tally, const real *p, const real *t, size_t rows,
                                size_t n)
{
    const real half = (real)0.5;
    for (size_t j = 0; j < n; j++) {
        uint64_t truths = 0, guesses = 0, both = 0;
        for (size_t i = 0; i < rows; i++) {
            int truth = t[i * n + j] > half, guess = p[i * n + j] > half;
            truths += (uint64_t)truth;
            guesses += (uint64_t)guess;
            both += (uint64_t)(truth & guess);
        }
        count_rows(tally, j, 0, 0, rows + both - truths - guesses);
        count_rows(tally, j, 0, 1, guesses - both);
        count_rows(tally, j, 1, 0, truths - both);
        count_rows(tally, j, 1, 1, both);
    }
}

/* Likewise with the weights of rows; and those that are right. */
static void weigh_probabilities(nu_tally *tally, const real *p, X(nu_targets) t, size_t rows,
                                size_t n)
{
    const real half = (real)0.5;
    for (size_t i = 0; i < rows; i++, p += n, t.y += n) {
        tally->correct += t.weights[i] * (double)right(p, t.y, n);
        for (size_t j = 0; j < n && tally->weighted != NULL; j++)
            count_weight(tally, j, t.y[j] > half, p[j] > half, t.weights[i]);
    }
}

static void add_probabilities(nu_tally *tally, const real *p, X(nu_targets) t, size_t rows,
                              size_t n)
{
    if (t.weights != NULL)
        weigh_probabilities(tally, p, t, rows, n);
    else
        tally->correct += (double)right(p, t.y, rows * n);
    if (tally->counts != NULL)
        count_probabilities(tally, p, t.y, rows, n);
    if (tally->sum[NU_BRIER] != NULL)
        add_squared(tally->sum[NU_BRIER], t.weights, p, t.y, rows, n);
}

/* ---- Classes --------------------------------------------------------------------------- */

/* The first of the most likely is the guess. The loss has counted those that are right. */
static void add_guesses(const nu_tally *tally, const real *z, X(nu_targets) t, size_t rows,
                        size_t n)
{
    for (size_t i = 0; i < rows; i++, z += n) {
        size_t best = 0;
        for (size_t k = 1; k < n; k++)
            if (z[k] > z[best])
                best = k;
        count_rows(tally, 0, (size_t)t.classes[i], best, 1);
        if (t.weights != NULL)
            count_weight(tally, 0, (size_t)t.classes[i], best, t.weights[i]);
    }
}

static void add_top(nu_tally *tally, const real *z, X(nu_targets) t, size_t rows, size_t n)
{
    static const size_t most[] = NU_TOP_K;
    for (size_t i = 0; i < rows; i++, z += n) {
        size_t before = 0, truth = (size_t)t.classes[i];
        for (size_t k = 0; k < n; k++)
            before += k > truth ? z[k] >= z[truth] : z[k] > z[truth];
        for (size_t k = 0; k < NU_TOPS; k++)
            tally->top[k] += before < most[k] ? weight_of(t.weights, i) : 0;
    }
}

/* Sums over all classes of (p - t)^2, t being 1 for the true class and 0 for the others. */
static void add_brier(double *sum, const real *p, X(nu_targets) t, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++, p += n)
        for (size_t k = 0; k < n; k++) {
            double d = (double)p[k] - (k == (size_t)t.classes[i]);
            *sum += weight_of(t.weights, i) * d * d;
        }
}

/* ---- All ------------------------------------------------------------------------------- */

void X(nu_score_outputs)(nudge_target kind, real *scratch, const real *z, X(nu_targets) t,
                         size_t rows, size_t n, nu_tally *tally)
{
    const nu_loss_kind plain = {.loss = NUDGE_CROSS_ENTROPY};
    double ignored = 0;
    if (kind == NUDGE_PROBABILITIES && tally->sum[NU_LOG] != NULL)
        add_log(tally->sum[NU_LOG], t.weights, z, t.y, rows, n);
    if (kind != NUDGE_CLASSES)
        return;
    if (tally->sum[NU_LOG] != NULL)
        *tally->sum[NU_LOG] += X(nu_loss)(&plain, scratch, z, t, 1, rows, n, &ignored);
    if (tally->counts != NULL)
        add_guesses(tally, z, t, rows, n);
    if (tally->counts_top)
        add_top(tally, z, t, rows, n);
}

void X(nu_score_predictions)(nudge_target kind, const real *p, X(nu_targets) t, size_t rows,
                             size_t n, const nu_inference *r)
{
    switch (kind) {
    case NUDGE_CLASSES:
        if (r->tally->sum[NU_BRIER] != NULL)
            add_brier(r->tally->sum[NU_BRIER], p, t, rows, n);
        break;
    case NUDGE_PROBABILITIES: add_probabilities(r->tally, p, t, rows, n); break;
    case NUDGE_NUMBERS:
    case NUDGE_COUNTS: add_numbers(r, p, t, rows, n); break;
    }
}

void X(nu_keep)(nudge_target kind, double *kept, size_t stride, const real *p, X(nu_targets) t,
                size_t rows, size_t n)
{
    const real half = (real)0.5;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < rows; i++) {
            double value = (double)p[i * n + j];
            if (kind == NUDGE_CLASSES)
                value = (size_t)t.classes[i] == j ? value : -value;
            else if (kind == NUDGE_PROBABILITIES)
                value = t.y[i * n + j] > half ? value : -value;
            else
                value = fabs(value - (double)t.y[i * n + j]);
            kept[j * stride + i] = value;
        }
}
