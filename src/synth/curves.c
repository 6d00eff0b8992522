/* Two features, classes on curves in the plane: problems that no straight line solves. Row i is
 * of class i mod classes. With noise the lowest loss is not known in closed form; without, the
 * curves do not touch and it is 0. */
#include "synth/generator.h"

/* The class and the place on its curve, of each row. */
static void curve_places(const nu_synth *s, const nu_block *block)
{
    nu_draw_uniform(block->work, s, block, NU_DRAW_FEATURES, 1);
    for (size_t r = 0; r < NU_BLOCK; r++)
        block->y[r] = (double)((block->first + r) % s->classes);
}

static void moons_make(const nu_synth *s, const nu_block *block)
{
    curve_places(s, block);
    double *x1 = block->x, *x2 = x1 + NU_BLOCK;
    for (size_t r = 0; r < NU_BLOCK; r++) {
        double angle = M_PI * block->work[r], c = cos(angle), d = sin(angle);
        int lower = block->y[r] > 0;
        x1[r] = lower ? 1 - c : c;
        x2[r] = lower ? 0.5 - d : d;
    }
    nu_add_noise(block->x, s, block, 2);
}

static void circles_make(const nu_synth *s, const nu_block *block)
{
    curve_places(s, block);
    double *x1 = block->x, *x2 = x1 + NU_BLOCK;
    for (size_t r = 0; r < NU_BLOCK; r++) {
        double angle = 2 * M_PI * block->work[r];
        double radius = block->y[r] > 0 ? s->value[NU_FACTOR] : 1;
        x1[r] = radius * cos(angle);
        x2[r] = radius * sin(angle);
    }
    nu_add_noise(block->x, s, block, 2);
}

/* The square root spreads the points evenly over the disc, not over the radius. */
static void spirals_make(const nu_synth *s, const nu_block *block)
{
    curve_places(s, block);
    double *x1 = block->x, *x2 = x1 + NU_BLOCK;
    for (size_t r = 0; r < NU_BLOCK; r++) {
        double radius = sqrt(block->work[r]);
        double turn = s->value[NU_TURNS] * radius + block->y[r] / (double)s->classes;
        x1[r] = radius * cos(2 * M_PI * turn);
        x2[r] = radius * sin(2 * M_PI * turn);
    }
    nu_add_noise(block->x, s, block, 2);
}

const nu_generator nu_synth_moons = {
    .info = {"moons", "rows=10000,noise=0.1,seed=1", "two interleaved half circles"},
    .features = 2,
    .classes = 2,
    .n_work = 1, /* the place on the curve, uniform in (0, 1) */
    .make = moons_make,
};

const nu_generator nu_synth_circles = {
    .info = {"circles", "rows=10000,factor=0.5,noise=0.05,seed=1",
             "a circle of radius 1 around one of radius factor"},
    .features = 2,
    .classes = 2,
    .n_work = 1,
    .make = circles_make,
};

const nu_generator nu_synth_spirals = {
    .info = {"spirals", "rows=10000,classes=2,turns=1.5,noise=0.02,seed=1",
             "one spiral arm per class around the origin"},
    .features = 2,
    .classes = 2,
    .n_work = 1,
    .make = spirals_make,
};
