#include "scale/laws.h"

#include <stdio.h>
#include <string.h>

#include "quantiles.h"
#include "support/say.h"
#include "support/stats.h"

enum { LEAST_ROUNDS = 3, AHEAD = 8 /* times as many threads as measured are predicted */ };
#define MOST_SCATTER 0.05
#define USUAL_PRECISION 0.02 /* of studies that ask for none */

/* ---- Laws ------------------------------------------------------------------------------ */

enum { PARAMETERS = 3 };

/* Each is linear in c of some y: c[0] is y on one thread, and the other parameters are c[j] / c[0].
 * With W samples in a step, T seconds long:
 *   y = p T / W = c[0] (1 + a (p - 1) + b p (p - 1)): Amdahl's law without b, and the USL
 *   y = W / T = c[0] (p - a (p - 1)): Gustafson's */
typedef struct law {
    const char *name, *formula, *source;
    int of_rate; /* y = W / T */
    size_t n;    /* parameters */
    struct {
        const char *name, *meaning;
    } parameter[PARAMETERS];
} law;

#define T1 {"T1", "time of a step on 1 thread"}

static const law amdahl = {
    "Amdahl's law", "T(p) = T1 (s + (1 - s) / p)", "Amdahl 1967", 0, 2,
    {T1, {"s", "serial part: what more threads do not make faster"}},
};
static const law gustafson = {
    "Gustafson's law", "S(p) = s + (1 - s) p", "Gustafson 1988", 1, 2,
    {T1, {"s", "serial part of the time of a step"}},
};
static const law usl = {
    "universal scalability law", "S(p) = p / (1 + sigma (p - 1) + kappa p (p - 1))",
    "Gunther 1993", 0, 3,
    {T1, {"sigma", "contention: the part that is serial or waits its turn"},
     {"kappa", "coherency: what each pair of threads costs each other"}},
};

static double y_of(const law *of, double p, double work, double step)
{
    return of->of_rate ? work / step : p * step / work;
}

/* y / c[0] is the sum of row[j] c[j] / c[0]; rows of what a law does not have are 0. */
static void terms(const law *of, double p, double row[PARAMETERS])
{
    row[0] = of->of_rate ? p : 1;
    row[1] = of->of_rate ? 1 - p : p - 1;
    row[2] = of->n > 2 ? p * (p - 1) : 0;
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double step_of(const law *of, const double *c, double p, double work)
{
    double row[PARAMETERS];
    terms(of, p, row);
    return of->of_rate ? work / dot(row, c) : dot(row, c) * work / p;
}

/* ---- What is fitted -------------------------------------------------------------------- */

typedef struct series {
    size_t n, rounds;
    const scale_point **point;
    double *step;    /* medians, each round's own speed taken out */
    double scatter;  /* relative standard error of such a median, over all points */
} series;

static void take_medians(series *s)
{
    double *level = need(calloc(3 * s->rounds + 1, sizeof *level));
    double *step = level + s->rounds, *sorted = step + s->rounds, squares = 0;
    for (size_t k = 0; k < s->rounds; k++) {
        for (size_t i = 0; i < s->n; i++)
            level[k] += log(s->point[i]->runs[k].step) / (double)s->n;
        sorted[k] = level[k];
    }
    double usual = nu_median(sorted, s->rounds);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->rounds; k++)
            step[k] = log(s->point[i]->runs[k].step) - level[k] + usual;
        squares += pow(stats_median_error(step, s->rounds), 2);
        s->step[i] = exp(nu_median(step, s->rounds));
    }
    s->scatter = sqrt(squares / (double)(s->n - 1)); /* a round's level takes one of n away */
    free(level);
}

/* The points of a setting that a law can be about; for series_end(). */
static series series_of(const scale_study *study, size_t setting)
{
    series s = {.point = need(calloc(study->n_points + 1, sizeof *s.point)),
                .step = need(calloc(study->n_points + 1, sizeof *s.step)),
                .scatter = NAN};
    for (size_t i = 0; i < study->n_points; i++) {
        const scale_point *p = &study->points[i];
        if (p->setting != setting || p->oversubscribed || p->is_peer || p->n == 0)
            continue;
        s.rounds = s.n == 0 || p->n < s.rounds ? p->n : s.rounds;
        s.point[s.n++] = p;
    }
    if (s.n > 1 && s.rounds > 0)
        take_medians(&s);
    return s;
}

static void series_end(series *s)
{
    free(s->point);
    free(s->step);
}

/* ---- Fitting --------------------------------------------------------------------------- */

typedef struct fitted {
    const law *law;
    const series *series;
    double a[PARAMETERS][PARAMETERS], b[PARAMETERS]; /* normal equations */
    double c[PARAMETERS];
    double error;  /* residual standard error, relative */
    double chance; /* half-width that scatter alone gives an interval, before leverage */
    double width;  /* with what else keeps points off the law */
} fitted;

/* Solves a x = b without the unknowns that are not in `set`, which are 0. */
static void solve(const fitted *f, unsigned set, const double *b, double x[PARAMETERS])
{
    double m[PARAMETERS][PARAMETERS + 1];
    for (int i = 0; i < PARAMETERS; i++) {
        for (int j = 0; j < PARAMETERS; j++)
            m[i][j] = set >> i & set >> j & 1 ? f->a[i][j] : i == j;
        m[i][PARAMETERS] = set >> i & 1 ? b[i] : 0;
    }
    for (int k = 0; k < PARAMETERS; k++) /* positive definite: no pivots */
        for (int i = 0; i < PARAMETERS; i++) {
            double factor = i != k ? m[i][k] / m[k][k] : 0;
            for (int j = k; j <= PARAMETERS; j++)
                m[i][j] -= factor * m[k][j];
        }
    for (int i = 0; i < PARAMETERS; i++)
        x[i] = m[i][PARAMETERS] / m[i][i];
}

static unsigned all_of(const law *of)
{
    return (1u << of->n) - 1;
}

/* No parameter is negative: of the sets that keep to that the one with the least sum of squares, in
 * which the more unknowns win. Returns that sum less a constant. */
static void solve_bounded(fitted *f)
{
    double best = INFINITY, tried[PARAMETERS];
    for (unsigned set = all_of(f->law); set > 0; set--) {
        solve(f, set & all_of(f->law), f->b, tried);
        double sum = -dot(tried, f->b);
        if (set & 1 && tried[0] > 0 && tried[1] >= 0 && tried[2] >= 0 && sum < best) {
            best = sum;
            memcpy(f->c, tried, sizeof tried);
        }
    }
}

/* The equation of point i, divided by its y: the sum of row[j] c[j] is 1. */
static void equation(const law *of, const series *s, size_t i, double row[PARAMETERS])
{
    double p = s->point[i]->threads;
    terms(of, p, row);
    for (int j = 0; j < PARAMETERS; j++)
        row[j] /= y_of(of, p, (double)s->point[i]->batch, s->step[i]);
}

/* Without the point `without`; none if it is s->n. There are more points than parameters. */
static fitted fit(const law *of, const series *s, size_t without, double level)
{
    fitted f = {.law = of, .series = s};
    double row[PARAMETERS], squares = 0;
    for (size_t i = 0; i < s->n; i++) {
        equation(of, s, i, row);
        for (size_t j = 0; j < PARAMETERS && i != without; j++) {
            f.b[j] += row[j];
            for (size_t k = 0; k < PARAMETERS; k++)
                f.a[j][k] += row[j] * row[k];
        }
    }
    solve_bounded(&f);
    for (size_t i = 0; i < s->n; i++) {
        equation(of, s, i, row);
        squares += i != without ? pow(dot(row, f.c) - 1, 2) : 0;
    }
    size_t freedom = s->n - (without < s->n) - of->n;
    f.error = sqrt(squares / (double)freedom);
    f.chance = stats_student(level, s->rounds - 1) * s->scatter;
    f.width = hypot(f.chance, stats_student(level, freedom) *
                              sqrt(fmax(f.error * f.error - s->scatter * s->scatter, 0)));
    return f;
}

/* Half-width of the sum of row[j] c[j]. */
static double half_width(const fitted *f, const double row[PARAMETERS])
{
    double x[PARAMETERS];
    solve(f, all_of(f->law), row, x);
    return f->width * sqrt(fmax(dot(row, x), 0));
}

/* Lower ends are divided, so that none is negative. */
static stats_estimate around(double value, double width, double level)
{
    return (stats_estimate){value, value / (1 + width), value * (1 + width), level};
}

static scale_parameter parameter_of(const fitted *f, size_t j, double level)
{
    const law *of = f->law;
    const scale_point *first = f->series->point[0];
    double work_1 = (double)first->batch / (of->of_rate ? first->threads : 1);
    double row[PARAMETERS] = {1 / f->c[0]}, value = f->c[j] / f->c[0];
    scale_parameter p = {of->parameter[j].name, of->parameter[j].meaning, .seconds = j == 0};
    if (j == 0) {
        p.estimate = around(step_of(of, f->c, 1, work_1), half_width(f, row), level);
        return p;
    }
    p.at_bound = !(value > 0);
    p.estimate = (stats_estimate){value, NAN, NAN, NAN};
    if (!p.at_bound) { /* to first order: the gradient of c[j] / c[0] */
        row[0] = -value / f->c[0];
        row[j] = 1 / f->c[0];
        double width = half_width(f, row);
        p.estimate = (stats_estimate){value, fmax(value - width, 0), value + width, level};
    }
    return p;
}

/* ---- Predictions ----------------------------------------------------------------------- */

/* `work`: samples of a step. Speed-ups are over the base of the points. */
static scale_prediction *predict(scale_law_fit *l, const fitted *f, const scale_study *study,
                                 int threads, double work)
{
    const scale_point *base = scale_base(study, (size_t)(f->series->point[0] - study->points));
    double row[PARAMETERS], step = step_of(f->law, f->c, threads, work);
    terms(f->law, threads, row);
    for (int j = 0; j < PARAMETERS; j++)
        row[j] /= y_of(f->law, threads, work, step);
    double width = hypot(f->width, half_width(f, row));
    l->predictions = need(realloc(l->predictions, (l->n_predictions + 1) * sizeof *l->predictions));
    scale_prediction *p = &l->predictions[l->n_predictions++];
    *p = (scale_prediction){.threads = threads, .step = around(step, width, study->level),
                            .speedup = STATS_UNKNOWN, .measured = NAN};
    if (base != NULL)
        p->speedup = around(base->threads * work / step * base->step.value / (double)base->batch,
                            hypot(width, f->chance), study->level);
    return p;
}

static void predict_measured(scale_law_fit *l, const fitted *f, const scale_study *study, size_t i)
{
    const scale_point *point = f->series->point[i];
    scale_prediction *p = predict(l, f, study, point->threads, (double)point->batch);
    p->measured = f->series->step[i];
    p->within = p->step.low <= p->measured && p->measured <= p->step.high;
}

static void predict_all(scale_law_fit *l, const fitted *f, const scale_study *study)
{
    const scale_point *last = f->series->point[f->series->n - 1];
    double per_thread = (double)last->batch / last->threads;
    for (size_t i = 0; i < f->series->n; i++)
        predict_measured(l, f, study, i);
    for (int threads = 1; threads <= AHEAD * last->threads; threads *= 2)
        if (threads > last->threads)
            predict(l, f, study, threads,
                    study->mode == SCALE_WEAK ? per_thread * threads : (double)last->batch);
}

/* All but the first point, without which everything would be a prediction downwards. Returns how
 * many did not come as predicted. */
static size_t leave_out(scale_law_fit *l, const law *of, const series *s, const scale_study *study)
{
    size_t missed = 0;
    for (size_t i = 1; i < s->n && s->n > of->n + 1; i++) {
        fitted f = fit(of, s, i, study->level);
        predict_measured(l, &f, study, i);
        l->predictions[l->n_predictions - 1].left_out = 1;
        missed += !l->predictions[l->n_predictions - 1].within;
    }
    return missed;
}

/* Where (1 + sigma (p - 1) + kappa p (p - 1)) / p is least. */
static double best_threads(double sigma, double kappa)
{
    return kappa > 0 ? sqrt(fmax((1 - sigma) / kappa, 1)) : INFINITY;
}

/* ---- Testing --------------------------------------------------------------------------- */

/* Why the points cannot test the law: into why_not, which otherwise stays empty. */
static void check_points(scale_law_fit *l, const law *of, const series *s)
{
    char *why = l->why_not;
    size_t size = sizeof l->why_not;
    if (s->n <= of->n)
        snprintf(why, size, "needs %zu thread counts of no more than the cores; there %s %zu",
                 of->n + 1, s->n == 1 ? "is" : "are", s->n);
    else if (s->rounds < LEAST_ROUNDS)
        snprintf(why, size, "needs %d rounds, to know the scatter; there %s %zu", LEAST_ROUNDS,
                 s->rounds == 1 ? "is" : "are", s->rounds);
    else if (s->scatter > MOST_SCATTER)
        snprintf(why, size, "the medians scatter by %.0f %%, too much to test it",
                 100 * s->scatter);
}

/* Why they contradict it, likewise. */
static void check_fit(scale_law_fit *l, const fitted *f, const scale_study *study)
{
    double allowed = isnan(study->precision) ? USUAL_PRECISION : study->precision;
    if (!(f->error <= fmax(2 * l->scatter, allowed)))
        snprintf(l->why_not, sizeof l->why_not, "is off by %.1f %%, more than the scatter of the "
                 "medians, %.1f %%, explains", 100 * f->error, 100 * l->scatter);
    else if (f->law->n == 2 && f->c[1] >= f->c[0])
        snprintf(l->why_not, sizeof l->why_not, "more threads are no faster: all would be serial");
}

static scale_law_fit fit_law(const law *of, const series *s, const scale_study *study)
{
    scale_law_fit l = {.name = of->name, .formula = of->formula, .source = of->source,
                       .n_points = s->n, .error = NAN, .scatter = s->scatter,
                       .best_threads = STATS_UNKNOWN};
    check_points(&l, of, s);
    if (l.why_not[0] != '\0')
        return l;
    fitted f = fit(of, s, s->n, study->level);
    l.error = f.error;
    check_fit(&l, &f, study);
    if (l.why_not[0] != '\0')
        return l;
    predict_all(&l, &f, study);
    size_t missed = leave_out(&l, of, s, study);
    if (2 * missed > s->n - 1) {
        snprintf(l.why_not, sizeof l.why_not, "of %zu points left out of the fit, %zu did not come "
                 "as predicted", s->n - 1, missed);
        free(l.predictions);
        l.predictions = NULL;
        l.n_predictions = 0;
        return l;
    }
    for (l.n_parameters = 0; l.n_parameters < of->n; l.n_parameters++)
        l.parameter[l.n_parameters] = parameter_of(&f, l.n_parameters, study->level);
    const stats_estimate *kappa = &l.parameter[2].estimate;
    double sigma = l.parameter[1].estimate.value;
    if (of->n > 2 && !l.parameter[2].at_bound)
        l.best_threads = (stats_estimate){best_threads(sigma, kappa->value),
                                          best_threads(sigma, kappa->high),
                                          best_threads(sigma, kappa->low), study->level};
    return l;
}

void scale_fit_laws(scale_study *study)
{
    int vary = 0;
    for (size_t i = 1; i < study->n_points; i++)
        vary = vary || study->points[i].threads != study->points[0].threads;
    study->laws = need(calloc(2 * study->n_settings, sizeof *study->laws));
    for (size_t i = 0; i < study->n_settings && vary; i++) {
        const law *of[] = {study->mode == SCALE_WEAK ? &gustafson : &amdahl, &usl};
        series s = series_of(study, i);
        for (size_t j = 0; j < 2 && s.n > 0; j++) {
            study->laws[study->n_laws] = fit_law(of[j], &s, study);
            study->laws[study->n_laws++].setting = i;
        }
        series_end(&s);
    }
}
