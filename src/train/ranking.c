#include "train/ranking.h"

#include <math.h>
#include <stdlib.h>

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

/* ---- With weights ------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    double x = fabs(((const nu_weighted *)a)->value), y = fabs(((const nu_weighted *)b)->value);
    return (x > y) - (x < y);
}

static void sort_weighted(nu_weighted *room, const double *x, const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        room[i] = (nu_weighted){x[i], weights[i]};
    qsort(room, n, sizeof *room, by_size);
}

nu_areas nu_weighted_areas_of(const double *p, const double *weights, nu_weighted *room, size_t n)
{
    double above = 0, wrong = 0, area = 0, precision = 0;
    if (has_nan(p, n))
        return (nu_areas){NAN, NAN};
    sort_weighted(room, p, weights, n);
    for (size_t i = n; i > 0;) {
        double level = fabs(room[i - 1].value), risen = 0, fallen = 0;
        for (; i > 0 && fabs(room[i - 1].value) == level; i--)
            *(signbit(room[i - 1].value) ? &fallen : &risen) += room[i - 1].weight;
        area += fallen * (above + risen / 2);
        above += risen;
        wrong += fallen;
        if (risen > 0)
            precision += risen * (above / (above + wrong));
    }
    return (nu_areas){area / (above * wrong), precision / above};
}

double nu_weighted_median_of(const double *x, const double *weights, nu_weighted *room, size_t n)
{
    double all = 0, sum = 0;
    size_t i = 0, next;
    if (has_nan(x, n))
        return NAN;
    sort_weighted(room, x, weights, n);
    for (size_t k = 0; k < n; k++)
        all += room[k].weight;
    while (i + 1 < n && sum + room[i].weight < all / 2)
        sum += room[i++].weight;
    next = i + 1;
    if (sum + room[i].weight > all / 2)
        return room[i].value;
    while (next < n && !(room[next].weight > 0))
        next++;
    return next < n ? (room[i].value + room[next].value) / 2 : room[i].value;
}
