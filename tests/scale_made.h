/* Studies with made-up steps, for the tests of scaling. */
#ifndef NUDGE_TESTS_SCALE_MADE_H
#define NUDGE_TESTS_SCALE_MADE_H

#include <stdlib.h>

#include "scale/scale.h"

/* Normally distributed, by Box & Muller. */
static inline double made_normal(unsigned short state[3])
{
    double u = 1 - erand48(state), v = erand48(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static inline scale_study made_study(scale_mode mode)
{
    return (scale_study){.mode = mode, .level = 0.95, .cores = 1024, .target_loss = NAN};
}

/* A point with `repeats` steps of `step` each, with a relative standard deviation of `noise`.
 * 64 samples, or `value` per thread in weak mode. */
static inline scale_point *made_point(scale_study *s, int threads, size_t value, double step,
                                      size_t repeats, double noise, unsigned short state[3])
{
    s->points = realloc(s->points, (s->n_points + 1) * sizeof *s->points);
    scale_point *p = &s->points[s->n_points++];
    *p = (scale_point){.threads = threads, .value = value, .batch = 64, .n = repeats};
    if (s->mode == SCALE_WEAK)
        p->batch = value * (size_t)threads;
    p->repeats = calloc(repeats + 1, sizeof *p->repeats);
    for (size_t i = 0; i < repeats; i++) {
        double off = noise > 0 ? noise * made_normal(state) : 0;
        p->repeats[i] = (scale_repeat){.step = step * (1 + off), .to_loss = NAN};
    }
    return p;
}

#endif
