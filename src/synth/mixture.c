/* Classes that are mixtures of equal, round normal distributions: cluster c belongs to class
 * c mod classes, and row i to cluster i mod clusters. The classes' probabilities given x are thus
 * known exactly. */
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "synth/generator.h"

static size_t n_centres(const nu_synth *s)
{
    return s->classes * (s->value[NU_CLUSTERS] > 0 ? (size_t)s->value[NU_CLUSTERS] : 1);
}

static double spread(const nu_synth *s)
{
    return s->value[NU_SPREAD] > 0 ? s->value[NU_SPREAD] : 1;
}

/* hidden: centres, n_centres x features. work: a row's distances, n_centres; for p. */
static nudge_status mixture_size(nu_synth *s, nudge_error *err)
{
    (void)err;
    s->n_hidden = n_centres(s) * s->features;
    s->n_work = n_centres(s) > 2 ? n_centres(s) : 2; /* at least the two draws of a label */
    return NUDGE_OK;
}

/* Label noise: with probability flip a label drawn from all classes alike. */
static void flip_labels(const nu_synth *s, const nu_block *block)
{
    if (s->value[NU_FLIP] == 0)
        return;
    const double *flip = block->work, *label = flip + NU_BLOCK;
    nu_draw_uniform(block->work, s, block, NU_DRAW_LABEL, 2);
    for (size_t r = 0; r < NU_BLOCK; r++)
        if (flip[r] < s->value[NU_FLIP])
            block->y[r] = floor(label[r] * (double)s->classes);
}

NU_CLONES
static void square_distances(double *d, const double *x, const double *centre, size_t features)
{
    for (size_t r = 0; r < NU_BLOCK; r++)
        d[r] = 0;
    for (size_t j = 0; j < features; j++) {
#pragma omp simd
        for (size_t r = 0; r < NU_BLOCK; r++) {
            double e = x[j * NU_BLOCK + r] - centre[j];
            d[r] += e * e;
        }
    }
}

/* Bayes' rule for one row, with equal priors. d: square distances from the centres, NU_BLOCK
 * apart. The nearest one is taken off all, so that not all of the exponentials are 0. */
static void bayes(double *p, const double *d, const nu_synth *s)
{
    size_t centres = n_centres(s);
    double nearest = d[0], total = 0, flip = s->value[NU_FLIP], K = (double)s->classes;
    for (size_t c = 1; c < centres; c++)
        nearest = fmin(nearest, d[c * NU_BLOCK]);
    for (size_t k = 0; k < s->classes; k++)
        p[k * NU_BLOCK] = 0;
    for (size_t c = 0; c < centres; c++) {
        double e = exp((nearest - d[c * NU_BLOCK]) / (2 * spread(s) * spread(s)));
        p[c % s->classes * NU_BLOCK] += e;
        total += e;
    }
    for (size_t k = 0; k < s->classes; k++)
        p[k * NU_BLOCK] = (1 - flip) * p[k * NU_BLOCK] / total + flip / K;
}

static void mixture_make(const nu_synth *s, const nu_block *block)
{
    size_t centres = n_centres(s), centre[NU_BLOCK];
    for (size_t r = 0; r < NU_BLOCK; r++) {
        centre[r] = (block->first + r) % centres;
        block->y[r] = (double)(centre[r] % s->classes);
    }
    nu_draw_normal(block->x, s, block, NU_DRAW_FEATURES, s->features);
    for (size_t j = 0; j < s->features; j++)
        for (size_t r = 0; r < NU_BLOCK; r++)
            block->x[j * NU_BLOCK + r] =
                s->hidden[centre[r] * s->features + j] + spread(s) * block->x[j * NU_BLOCK + r];
    flip_labels(s, block);
    if (block->p == NULL)
        return;
    for (size_t c = 0; c < centres; c++)
        square_distances(block->work + c * NU_BLOCK, block->x, s->hidden + c * s->features,
                         s->features);
    for (size_t r = 0; r < NU_BLOCK; r++)
        bayes(block->p + r, block->work + r, s);
}

/* ---- blobs ----------------------------------------------------------------------------- */

static void blobs_draw(nu_synth *s, nu_block *block)
{
    (void)block;
    for (size_t i = 0; i < s->n_hidden; i++)
        s->hidden[i] = 20 * nu_hidden_uniform(s, i) - 10;
}

const nu_generator nu_synth_blobs = {
    .info = {"blobs", "rows=10000,classes=3,features=2,spread=1,seed=1",
             "a round normal cluster per class, centres uniform in [-10, 10)"},
    .size = mixture_size,
    .draw = blobs_draw,
    .make = mixture_make,
    .knows_p = 1,
};

/* ---- classification -------------------------------------------------------------------- */

/* Vertices are told apart by this many of their bits at most. */
#define VERTEX_BITS 20

/* Pairs of multiplications and additions that its centres may take: some seconds. */
#define MOST_WORK ((size_t)1 << 32)

static size_t different_vertices(const nu_synth *s)
{
    size_t bits = (size_t)s->value[NU_INFORMATIVE];
    return (size_t)1 << (bits < VERTEX_BITS ? bits : VERTEX_BITS);
}

/* hidden: the centres, then `informative` directions of the feature space. */
static nudge_status classification_size(nu_synth *s, nudge_error *err)
{
    NU_TRY(mixture_size(s, err));
    size_t informative = (size_t)s->value[NU_INFORMATIVE];
    if (informative > s->features)
        return nu_fail(err, NUDGE_EARGUMENT, "synth:classification: informative=%zu is more than "
                       "features=%zu", informative, s->features);
    if (n_centres(s) > different_vertices(s))
        return nu_fail(err, NUDGE_EARGUMENT, "synth:classification: classes=%zu of clusters=%zu "
                       "each are more than the %zu vertices of informative=%zu dimensions",
                       s->classes, n_centres(s) / s->classes, different_vertices(s), informative);
    size_t work;
    if (!nu_mul(2 * informative + n_centres(s), informative, &work) ||
        !nu_mul(work, s->features, &work) || work > MOST_WORK)
        return nu_fail(err, NUDGE_EARGUMENT, "synth:classification: informative=%zu of "
                       "features=%zu with %zu clusters take too long to draw; (2 informative + "
                       "clusters) * informative * features may be %zu at most", informative,
                       s->features, n_centres(s), MOST_WORK);
    s->n_hidden += informative * s->features;
    return NUDGE_OK;
}

/* Random orthonormal rows (Gram and Schmidt, each row against the earlier ones twice, which is
 * enough for full precision). */
static void draw_directions(const nu_synth *s, double *q, size_t n)
{
    size_t f = s->features;
    for (size_t i = 0; i < n; i++) {
        double *row = q + i * f, square = 0;
        for (size_t j = 0; j < f; j++)
            row[j] = nu_hidden_normal(s, i * f + j);
        for (size_t other = 0; other < 2 * i; other++) {
            const double *earlier = q + other % i * f;
            double dot = 0;
            for (size_t j = 0; j < f; j++)
                dot += row[j] * earlier[j];
            for (size_t j = 0; j < f; j++)
                row[j] -= dot * earlier[j];
        }
        for (size_t j = 0; j < f; j++)
            square += row[j] * row[j];
        for (size_t j = 0; j < f; j++)
            row[j] /= sqrt(square);
    }
}

/* Centres are different vertices of a cube with edge 2 sep in the space of the directions. */
static void classification_draw(nu_synth *s, nu_block *block)
{
    (void)block;
    size_t f = s->features, centres = n_centres(s), n = (size_t)s->value[NU_INFORMATIVE];
    double *q = s->hidden + centres * f;
    draw_directions(s, q, n);
    nu_permutation vertices;
    nu_permutation_start(&vertices, (uint32_t)different_vertices(s), s->seed, NU_RANDOM_SYNTH,
                         NU_DRAW_VERTICES);
    memset(s->hidden, 0, centres * f * sizeof *s->hidden);
    for (size_t c = 0; c < centres; c++) {
        uint32_t vertex;
        nu_permutation_range(&vertices, (uint32_t)c, 1, &vertex);
        for (size_t d = 0; d < n; d++) {
            int up = d < VERTEX_BITS ? vertex >> d & 1
                                     : nu_hidden_uniform(s, n * f + c * n + d) < 0.5;
            double side = up ? s->value[NU_SEP] : -s->value[NU_SEP];
            for (size_t j = 0; j < f; j++)
                s->hidden[c * f + j] += side * q[d * f + j];
        }
    }
}

const nu_generator nu_synth_classification = {
    .info = {"classification",
             "rows=10000,features=20,informative=10,classes=4,clusters=2,sep=1,flip=0.01,seed=1",
             "normal clusters on a rotated cube's vertices, several per class, some labels wrong"},
    .size = classification_size,
    .draw = classification_draw,
    .make = mixture_make,
    .knows_p = 1,
};
