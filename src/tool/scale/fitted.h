/* One law, fitted to points that share everything but x, and how sure that is. */
#ifndef NUDGE_SCALE_FITTED_H
#define NUDGE_SCALE_FITTED_H

#include "scale/laws.h"

/* The points of a fit. */
typedef struct scale_series {
    size_t n;
    int over_threads;    /* x are threads; else values */
    double *x, *step;    /* ascending x; medians of the steps */
    double *work;        /* for the law: samples of a step in weak mode, 1 elsewhere */
    double work_1;       /* that x = 1 has */
    double *again;       /* [resample * n + point]: medians of resampled repeats */
    double stretch;      /* of deviations: the machine's speed wanders (scale/drift.h) */
    double asked, level; /* of confidence; level: what so few repeats allow */
} scale_series;

/* Points with repeats, in ascending order of x and none twice; for scale_series_end(). */
scale_series scale_series_make(const scale_point *const *points, size_t n, int over_threads,
                               int weak, double level, double stretch);
void scale_series_end(scale_series *s);

/* Intervals. The repeats of every point are resampled SCALE_RESAMPLES times, the law fitted again
 * each time, and percentiles taken, widened to the value if need be (Efron & Tibshirani 1993).
 * Parameters have room for the scatter of repeats only: they are as true as the law is. Predictions
 * also have room for
 *  - the scatter of a measured median around its truth, drawn from those of the points fitted;
 *  - where there are more points than parameters, what else keeps points off the law: the residual
 *    variance less that of the medians, V, by its degrees of freedom f: a relative half-width of
 *    t(f) sqrt(V (1 + h)), h the leverage of x, joined in quadrature with the resampled one. Lower
 *    ends are value / (1 + width), so that none is negative.
 * With as many points as parameters the law passes through them, and there is nothing to doubt it by:
 * such intervals hold if the law does.
 *
 * The level is the lowest of the points' medians (scale_median()): in simulations the intervals cover
 * at least that. Predictions that know f have the level asked for, as t(f) makes up for few repeats.
 * Two repeats have resampled medians with half the variance of their mean; deviations are stretched
 * by sqrt(2). Of three or more they have enough. */
typedef struct scale_fitted {
    const scale_law *law;
    const scale_series *series;
    size_t without;      /* the point that was left out; series->n: none */
    scale_least least;
    double c[SCALE_COEFFICIENTS];
    double (*again)[SCALE_COEFFICIENTS]; /* of each resample */
    size_t freedom;      /* points beyond the parameters */
    double lack;         /* t(f) sqrt(V), 0 if unknown */
} scale_fitted;

/* That a fit without that point has. */
size_t scale_fitted_points(const scale_series *s, size_t without);

/* Needs as many points as the law has parameters; for scale_fitted_end(). */
scale_fitted scale_fitted_make(const scale_law *law, const scale_series *s, size_t without);
void scale_fitted_end(scale_fitted *f);

scale_estimate scale_fitted_parameter(const scale_fitted *f, size_t which);

/* Where samples/s are most; see scale_model.best_x. Unknown for laws without. */
scale_estimate scale_fitted_best(const scale_fitted *f);

/* x, step and speedup; the last over the first point of the series and times its threads. */
scale_prediction scale_fitted_predict(const scale_fitted *f, double x, double work);

/* Root mean square of measured / fitted - 1 over the points that were fitted. */
double scale_fitted_error(const scale_fitted *f);

#endif
