#include "scale/fitted.h"

#include <stdlib.h>

#include "scale/stats.h"
#include "support/say.h"

enum { SEED_REPEATS = 1, SEED_SCATTER };

/* ---- Points ---------------------------------------------------------------------------- */

static void resample_point(scale_series *s, size_t i, const scale_point *p, scale_random *random)
{
    double *steps = need(calloc(2 * p->n, sizeof *steps));
    const double stretch = s->stretch * (p->n == 2 ? sqrt(2) : 1);
    for (size_t k = 0; k < p->n; k++)
        steps[k] = p->repeats[k].step;
    scale_estimate median = scale_median(steps, p->n, s->asked);
    s->step[i] = median.value;
    s->level = fmin(s->level, median.level);
    for (size_t b = 0; b < SCALE_RESAMPLES; b++) {
        double again = scale_resampled_median(steps, p->n, steps + p->n, random);
        s->again[b * s->n + i] = s->step[i] * pow(again / s->step[i], stretch);
    }
    free(steps);
}

scale_series scale_series_make(const scale_point *const *points, size_t n, int over_threads,
                               int weak, double level, double stretch)
{
    scale_series s = {
        .n = n, .over_threads = over_threads, .work_1 = 1, .stretch = stretch, .asked = level,
        .level = level};
    scale_random random = scale_random_begin(SEED_REPEATS);
    s.x = need(calloc(n + 1, sizeof *s.x));
    s.step = need(calloc(n + 1, sizeof *s.step));
    s.work = need(calloc(n + 1, sizeof *s.work));
    s.again = need(calloc(n + 1, SCALE_RESAMPLES * sizeof *s.again));
    for (size_t i = 0; i < n; i++) {
        const scale_point *p = points[i];
        s.x[i] = over_threads ? p->threads : (double)p->value;
        s.work[i] = weak ? (double)p->value * p->threads : 1;
        s.work_1 = weak ? (double)p->value : 1;
        resample_point(&s, i, p, &random);
    }
    return s;
}

void scale_series_end(scale_series *s)
{
    free(s->x);
    free(s->step);
    free(s->work);
    free(s->again);
    *s = (scale_series){0};
}

/* ---- Fitting --------------------------------------------------------------------------- */

size_t scale_fitted_points(const scale_series *s, size_t without)
{
    return s->n - (without < s->n);
}

static double fit(scale_fitted *f, const double *steps, double c[SCALE_COEFFICIENTS])
{
    const scale_series *s = f->series;
    scale_least_begin(&f->least, f->law->n);
    for (size_t i = 0; i < s->n; i++)
        if (i != f->without)
            scale_law_add(f->law, &f->least, s->x[i], s->work[i], steps[i]);
    return scale_least_solve(&f->least, f->law->bounded, f->law->positive, c);
}

/* Mean over the fitted points of the relative variance of their medians. */
static double scatter_variance(const scale_fitted *f)
{
    const scale_series *s = f->series;
    double sum = 0;
    for (size_t b = 0; b < SCALE_RESAMPLES; b++)
        for (size_t i = 0; i < s->n; i++)
            if (i != f->without) {
                double off = s->again[b * s->n + i] / s->step[i] - 1;
                sum += off * off;
            }
    return sum / SCALE_RESAMPLES / (double)scale_fitted_points(s, f->without);
}

scale_fitted scale_fitted_make(const scale_law *law, const scale_series *s, size_t without)
{
    scale_fitted f = {.law = law, .series = s, .without = without};
    f.again = need(calloc(SCALE_RESAMPLES, sizeof *f.again));
    for (size_t b = 0; b < SCALE_RESAMPLES; b++)
        fit(&f, s->again + b * s->n, f.again[b]);
    double squares = fit(&f, s->step, f.c);
    f.freedom = scale_fitted_points(s, without) - law->n;
    if (f.freedom > 0) {
        double more = squares / (double)f.freedom - scatter_variance(&f);
        f.lack = scale_student(s->asked, f.freedom) * sqrt(fmax(more, 0));
    }
    return f;
}

void scale_fitted_end(scale_fitted *f)
{
    free(f->again);
    *f = (scale_fitted){0};
}

double scale_fitted_error(const scale_fitted *f)
{
    const scale_series *s = f->series;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        if (i != f->without) {
            double off = s->step[i] / scale_law_step(f->law, f->c, s->x[i], s->work[i]) - 1;
            sum += off * off;
        }
    return sqrt(sum / (double)scale_fitted_points(s, f->without));
}

/* ---- Intervals ------------------------------------------------------------------------- */

static double *room(void)
{
    return need(calloc(SCALE_RESAMPLES, sizeof(double)));
}

static scale_estimate percentiles(const scale_fitted *f, double *resampled, double value)
{
    scale_estimate e = scale_percentiles(resampled, value, f->series->asked);
    e.level = f->series->level;
    return e;
}

scale_estimate scale_fitted_parameter(const scale_fitted *f, size_t which)
{
    double values[SCALE_COEFFICIENTS], *resampled = room();
    for (size_t b = 0; b < SCALE_RESAMPLES; b++) {
        f->law->parameters(f->again[b], f->series->work_1, values);
        resampled[b] = values[which];
    }
    f->law->parameters(f->c, f->series->work_1, values);
    scale_estimate e = percentiles(f, resampled, values[which]);
    free(resampled);
    return e;
}

scale_estimate scale_fitted_best(const scale_fitted *f)
{
    if (f->law->best == NULL || !isfinite(f->law->best(f->c)))
        return SCALE_UNKNOWN;
    double *resampled = room();
    for (size_t b = 0; b < SCALE_RESAMPLES; b++)
        resampled[b] = f->law->best(f->again[b]);
    scale_estimate e = percentiles(f, resampled, f->law->best(f->c));
    free(resampled);
    return e;
}

/* A measured median over its truth, by chance. */
static double scatter(const scale_fitted *f, scale_random *random)
{
    const scale_series *s = f->series;
    size_t b = scale_random_below(random, SCALE_RESAMPLES);
    size_t i = scale_random_below(random, scale_fitted_points(s, f->without));
    i += i >= f->without;
    return s->again[b * s->n + i] / s->step[i];
}

static scale_estimate widened(scale_estimate e, const scale_fitted *f, double width)
{
    double above = hypot(e.high / e.value - 1, width), below = hypot(e.value / e.low - 1, width);
    return (scale_estimate){e.value, e.value / (1 + below), e.value * (1 + above),
                            f->freedom > 0 ? f->series->asked : e.level};
}

scale_prediction scale_fitted_predict(const scale_fitted *f, double x, double work)
{
    const scale_series *s = f->series;
    scale_random random = scale_random_begin(SEED_SCATTER);
    double row[SCALE_COEFFICIENTS], *steps = room(), *speedups = room();
    double step = scale_law_step(f->law, f->c, x, work), rated = s->x[0] * work / s->work[0];
    for (size_t b = 0; b < SCALE_RESAMPLES; b++) {
        steps[b] = scale_law_step(f->law, f->again[b], x, work) * scatter(f, &random);
        speedups[b] = rated * scale_law_step(f->law, f->again[b], s->x[0], s->work[0]) / steps[b];
    }
    scale_law_row(f->law, row, x, work, step);
    double width = f->lack * sqrt(1 + scale_least_leverage(&f->least, row));
    double speedup = rated * scale_law_step(f->law, f->c, s->x[0], s->work[0]) / step;
    scale_prediction p = {.x = x, .speedup = SCALE_UNKNOWN, .measured = NAN};
    p.step = widened(percentiles(f, steps, step), f, width);
    if (s->over_threads)
        p.speedup = widened(percentiles(f, speedups, speedup), f, width);
    free(steps);
    free(speedups);
    return p;
}
