#include "train/ranking.h"

#include <math.h>

#include "quantiles.h"

/* The numbers that are not negative come first; both kinds then without sign. Returns how many. */
static size_t true_ones_first(double *p, size_t n)
{
    size_t trues = 0;
    for (size_t i = 0; i < n; i++)
        if (!signbit(p[i])) {
            double other = p[trues];
            p[trues++] = p[i];
            p[i] = other;
        }
    for (size_t i = trues; i < n; i++)
        p[i] = -p[i];
    return trues;
}

static int has_nan(const double *x, size_t n)
{
    int found = 0;
    for (size_t i = 0; i < n; i++)
        found |= isnan(x[i]);
    return found;
}

/* Thresholds from the highest down; rows with equal predictions pass one together. Both areas are
 * as scikit-learn's roc_auc_score and average_precision_score have them; all counts are exact. */
nu_areas nu_areas_of(double *p, size_t n)
{
    if (has_nan(p, n))
        return (nu_areas){NAN, NAN};
    size_t trues = true_ones_first(p, n), falses = n - trues;
    nu_sort_reals(p, trues);
    nu_sort_reals(p + trues, falses);
    size_t t = trues, f = n; /* those not yet above the threshold end there */
    double area = 0, precision = 0;
    while (t > 0 || f > trues) {
        double level = t == 0 || (f > trues && p[f - 1] > p[t - 1]) ? p[f - 1] : p[t - 1];
        size_t t0 = t, f0 = f;
        while (t > 0 && p[t - 1] == level)
            t--;
        while (f > trues && p[f - 1] == level)
            f--;
        double risen = (double)(t0 - t), above = (double)(trues - t), wrong = (double)(n - f);
        area += (double)(f0 - f) * (above - risen / 2);
        if (risen > 0)
            precision += risen * (above / (above + wrong));
    }
    return (nu_areas){area / ((double)trues * (double)falses), precision / (double)trues};
}

double nu_median_of(double *x, size_t n)
{
    return has_nan(x, n) ? NAN : nu_median(x, n);
}
