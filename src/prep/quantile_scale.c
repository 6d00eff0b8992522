#include "prep/quantile_scale.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "quantiles.h"

/* Of the normal distribution, where all ends: -5.2 to 5.2 (scikit-learn's BOUNDS_THRESHOLD). */
#define OUTERMOST (1e-7 - 0x1p-52)

static nudge_status fit_quantiles(const nu_fit *fit, const nu_fit_number *number, double *cells,
                                  size_t n, nudge_error *err)
{
    double quantile[NU_QUANTILES_MOST];
    size_t count = nu_smaller(fit->n, NU_QUANTILES_MOST);
    while (n < fit->n) /* those that are missing */
        cells[n++] = number->like->fill;
    nu_sort_reals(cells, n);
    if (nu_is_constant(cells[0], cells[n - 1], nu_fit_element(fit)))
        return NUDGE_OK;
    for (size_t k = 0; k < count; k++) { /* in whole numbers: equal cells give equal quantiles */
        size_t place = k * (n - 1), i = place / (count - 1), rest = place % (count - 1);
        quantile[k] = cells[i];
        if (rest > 0)
            quantile[k] += (double)rest / (double)(count - 1) * (cells[i + 1] - cells[i]);
    }
    return nu_prep_list_set(&fit->prep->quantiles[number->value], quantile, count, err);
}

nudge_status nu_fit_quantiles(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    if (p->scale != NUDGE_SCALE_QUANTILE)
        return NUDGE_OK;
    NU_NEW(p->quantiles, calloc, p->values, "quantiles", err);
    return nu_fit_numbers(fit, fit_quantiles, err);
}

/* The first place in n sorted numbers of one that is not less than x (after 0), or above it (1). */
static size_t place_of(const double *sorted, size_t n, double x, int after)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (sorted[middle] < x || (after && sorted[middle] == x))
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

double nu_quantile_scaled(const nu_prep_list *quantiles, double x)
{
    const double *q = quantiles->at;
    size_t n = quantiles->n;
    if (!isfinite(x))
        return NAN; /* infinity is refused, as other scales do, not taken for a large number */
    size_t first = place_of(q, n, x, 0), end = place_of(q, n, x, 1);
    double part; /* of equal quantiles the middle; between two a straight line */
    if (x <= q[0] || x >= q[n - 1])
        part = x >= q[n - 1];
    else if (first < end)
        part = (double)(first + end - 1) / 2 / (double)(n - 1);
    else
        part = ((double)(first - 1) + (x - q[first - 1]) / (q[first] - q[first - 1])) /
               (double)(n - 1);
    return nu_normal_quantile(fmin(fmax(part, OUTERMOST), 1 - OUTERMOST));
}

nudge_status nu_check_quantiles(const nudge_prep *p, size_t j, const nu_prep_list *list,
                                const char *key, const char *name, nudge_error *err)
{
    (void)p;
    (void)j;
    const double *q = list->at;
    for (size_t k = 1; k < list->n; k++)
        if (q[k] < q[k - 1])
            return nu_fail(err, NUDGE_EDATA, "'%s' of '%s': %.17g behind %.17g; they must not "
                           "decrease", key, name, q[k], q[k - 1]);
    if (!isfinite(q[list->n - 1] - q[0]) || q[list->n - 1] == q[0])
        return nu_fail(err, NUDGE_EDATA, "'%s' of '%s': from %.17g to %.17g; they must differ, by "
                       "a finite number", key, name, q[0], q[list->n - 1]);
    return NUDGE_OK;
}
