#include "prep/learning.h"

#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "quantiles.h"

#define ROUNDINGS 16 /* a value of a few operations has the error of so many at most */

void nu_block_moments(const nu_fit *fit, const void *x, nu_element element, size_t columns,
                      size_t first, size_t count, nu_moments *moments)
{
    double value[NU_CONVERT_BLOCK], sum[NU_CONVERT_BLOCK] = {0}, squares[NU_CONVERT_BLOCK] = {0};
    double min[NU_CONVERT_BLOCK], max[NU_CONVERT_BLOCK], mean[NU_CONVERT_BLOCK];
    nu_load(min, x, element, nu_fit_row(fit, 0) * columns + first, count);
    memcpy(max, min, count * sizeof *max);
    for (size_t i = 0; i < fit->n; i++) {
        nu_load(value, x, element, nu_fit_row(fit, i) * columns + first, count);
        for (size_t j = 0; j < count; j++) {
            sum[j] += value[j];
            min[j] = value[j] < min[j] ? value[j] : min[j];
            max[j] = value[j] > max[j] ? value[j] : max[j];
        }
    }
    for (size_t j = 0; j < count; j++)
        mean[j] = sum[j] / (double)fit->n;
    for (size_t i = 0; i < fit->n; i++) {
        nu_load(value, x, element, nu_fit_row(fit, i) * columns + first, count);
        for (size_t j = 0; j < count; j++)
            squares[j] += (value[j] - mean[j]) * (value[j] - mean[j]);
    }
    for (size_t j = 0; j < count; j++)
        moments[j] = (nu_moments){.min = min[j], .max = max[j], .mean = mean[j],
                                  .variance = squares[j] / (double)fit->n};
}

nu_moments nu_moments_of(const double *values, size_t n)
{
    nu_moments m;
    nu_fit all = {.n = n};
    nu_block_moments(&all, values, NU_F64, 1, 0, 1, &m);
    return m;
}

void nu_moments_quartiles(nu_moments *m, double *values, size_t n)
{
    m->median = nu_median(values, n);
    m->range = nu_quantile_of(values, n, 0.75) - nu_quantile_of(values, n, 0.25);
}

nudge_status nu_fit_identity(double **shift, double **factor, size_t n, nudge_error *err)
{
    NU_NEW(*shift, nu_alloc_zero, n, "scales", err);
    NU_NEW(*factor, nu_alloc, n, "scales", err);
    for (size_t k = 0; k < n; k++)
        (*factor)[k] = 1;
    return NUDGE_OK;
}

int nu_is_constant(double min, double max, nu_element element)
{
    double rounding = (element == NU_F32 ? FLT_EPSILON : DBL_EPSILON) * ROUNDINGS;
    return max - min <= rounding * fmax(fabs(min), fabs(max));
}

nu_element nu_fit_element(const nu_fit *fit)
{
    return fit->table->n_columns > 0 ? NU_F64 : fit->table->element;
}

nudge_status nu_fit_scale(double *shift, double *factor, nudge_scale scale, const nu_moments *m,
                          nu_element element, const nu_fit *fit, const char *what, const char *name,
                          nudge_error *err)
{
    *shift = 0;
    *factor = 1;
    if (scale == NUDGE_SCALE_NONE)
        return NUDGE_OK;
    double spread = m->max - m->min;
    if (nu_is_constant(m->min, m->max, element)) {
        *shift = m->min; /* the rounded mean of equal values may differ from them */
        *factor = scale != NUDGE_SCALE_ROBUST;
    } else if (scale == NUDGE_SCALE_QUANTILE) {
        *factor = isfinite(spread) ? 1 : 0; /* quantiles are learned by themselves */
    } else if (scale == NUDGE_SCALE_STANDARD) {
        *shift = m->mean;
        *factor = 1 / sqrt(m->variance);
    } else if (scale == NUDGE_SCALE_ROBUST) {
        *shift = m->median;
        *factor = m->range > 0 ? 1 / m->range : 2 / spread;
    } else {
        *shift = m->min;
        *factor = 1 / spread;
    }
    int is_nothing = *factor == 0 && (scale != NUDGE_SCALE_ROBUST || spread == INFINITY);
    if (!isfinite(*shift) || !isfinite(*factor) || is_nothing)
        return nu_fail_setting(err, NUDGE_EDATA, "scale", "%s: %s '%s': values from %g to %g are "
                               "too far apart or too close together to scale; leave them as they "
                               "are", fit->table->source, what, name, m->min, m->max);
    return NUDGE_OK;
}
