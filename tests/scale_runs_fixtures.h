/* Studies with made-up steps, for the tests of their statistics. */
#ifndef NUDGE_TESTS_SCALE_RUNS_FIXTURES_H
#define NUDGE_TESTS_SCALE_RUNS_FIXTURES_H

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scale/study.h"

static inline void assert_near(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance, "%.17g, expected %.17g within %g", got, want,
                  tolerance);
}

/* Normally distributed, by Box and Muller. */
static inline double normal_number(unsigned short state[3])
{
    double u = 1 - erand48(state), v = erand48(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* One setting without a name, and no points. */
static inline scale_study empty_study(scale_mode mode)
{
    scale_study s = {.mode = mode, .level = 0.95, .precision = 0.02, .cores = 1024,
                     .target_loss = NAN, .n_settings = 1};
    s.settings = calloc(1, sizeof *s.settings);
    s.settings[0].name = strdup("");
    s.settings[0].x = NAN;
    return s;
}

/* A point with runs whose steps are `step` with a relative standard deviation of `noise`; 64
 * samples a step, or 64 for each thread in weak mode. */
static inline scale_point *add_noisy_point(scale_study *s, int threads, double step, size_t runs,
                                           double noise, unsigned short state[3])
{
    s->points = realloc(s->points, (s->n_points + 1) * sizeof *s->points);
    scale_point *p = &s->points[s->n_points++];
    *p = (scale_point){.threads = threads, .n = runs, .gemm_peak = NAN, .to_loss_epochs = NAN};
    p->batch = s->mode == SCALE_WEAK ? 64 * (size_t)threads : 64;
    for (int i = 0; i < NUDGE_PHASES; i++)
        p->phases[i] = NAN;
    p->runs = calloc(runs + 1, sizeof *p->runs);
    for (size_t i = 0; i < runs; i++) {
        double off = noise > 0 ? noise * normal_number(state) : 0;
        p->runs[i] = (scale_run){.step = step * (1 + off), .to_loss = NAN};
    }
    return p;
}

#endif
