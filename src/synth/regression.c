/* Regression with known functions. */
#include "core/clones.h"
#include "core/status.h"
#include "synth/generator.h"

/* ---- linear: y = w.x + b + noise ------------------------------------------------------- */

static nudge_status linear_size(nu_synth *s, nudge_error *err)
{
    (void)err;
    s->n_hidden = s->features + 1; /* w, then b */
    return NUDGE_OK;
}

/* w so that w.x has variance about 1 for any number of features. */
static void linear_draw(nu_synth *s, nu_block *block)
{
    (void)block;
    double scale = 1 / sqrt((double)s->features);
    for (size_t j = 0; j < s->features; j++)
        s->hidden[j] = scale * nu_hidden_normal(s, j);
    s->hidden[s->features] = nu_hidden_normal(s, s->features);
}

NU_CLONES
static void linear_values(double *y, const double *x, const double *w, size_t features)
{
    for (size_t r = 0; r < NU_BLOCK; r++)
        y[r] = w[features];
    for (size_t j = 0; j < features; j++) {
#pragma omp simd
        for (size_t r = 0; r < NU_BLOCK; r++)
            y[r] += w[j] * x[j * NU_BLOCK + r];
    }
}

static void linear_make(const nu_synth *s, const nu_block *block)
{
    nu_draw_normal(block->x, s, block, NU_DRAW_FEATURES, s->features);
    linear_values(block->y, block->x, s->hidden, s->features);
    nu_add_noise(block->y, s, block, 1);
}

const nu_generator nu_synth_linear = {
    .info = {"linear", "rows=10000,features=8,noise=0.1,seed=1",
             "y = w.x + b + noise; x normal, w and b drawn by the seed"},
    .size = linear_size,
    .draw = linear_draw,
    .make = linear_make,
    .noise_is_loss = 1,
};

/* ---- friedman1 (Friedman 1991, "Multivariate adaptive regression splines") -------------- */

static nudge_status friedman_size(nu_synth *s, nudge_error *err)
{
    if (s->features < 5)
        return nu_fail(err, NUDGE_EARGUMENT, "synth:friedman1: features=%zu: the function has 5 "
                       "arguments, so 5 or more", s->features);
    return NUDGE_OK;
}

NU_CLONES
static void friedman_values(double *y, const double *x)
{
    const double *x1 = x, *x2 = x1 + NU_BLOCK, *x3 = x2 + NU_BLOCK, *x4 = x3 + NU_BLOCK,
                 *x5 = x4 + NU_BLOCK;
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++)
        y[r] = 10 * sin(M_PI * x1[r] * x2[r]) + 20 * (x3[r] - 0.5) * (x3[r] - 0.5) + 10 * x4[r] +
               5 * x5[r];
}

static void friedman_make(const nu_synth *s, const nu_block *block)
{
    nu_draw_uniform(block->x, s, block, NU_DRAW_FEATURES, s->features);
    friedman_values(block->y, block->x);
    nu_add_noise(block->y, s, block, 1);
}

const nu_generator nu_synth_friedman1 = {
    .info = {"friedman1", "rows=10000,features=10,noise=1,seed=1",
             "y = 10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5 + noise; x uniform in (0, 1)"},
    .size = friedman_size,
    .make = friedman_make,
    .noise_is_loss = 1,
};
