#include "quantiles.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void nu_sort_reals(double *x, size_t n)
{
    qsort(x, n, sizeof *x, by_value);
}

double nu_quantile(const double *sorted, size_t n, double part)
{
    double place = part * (double)(n - 1);
    size_t i = (size_t)place;
    return i + 1 < n ? sorted[i] + (place - (double)i) * (sorted[i + 1] - sorted[i])
                     : sorted[n - 1];
}

/* Hoare's selection: afterwards v[k] is what sorting would put there, and nothing before it is
 * larger. */
static void select_place(double *v, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = v[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        /* v[low .. j] <= pivot <= v[j+1 .. high] */
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
}

double nu_median(double *v, size_t n)
{
    select_place(v, n, n / 2);
    double upper = v[n / 2];
    if (n % 2 == 1)
        return upper;
    double lower = v[0];
    for (size_t i = 1; i < n / 2; i++)
        lower = v[i] > lower ? v[i] : lower;
    return lower / 2 + upper / 2;
}

double nu_quantile_of(double *v, size_t n, double part)
{
    double place = part * (double)(n - 1);
    size_t i = (size_t)place;
    select_place(v, n, i);
    double lower = v[i], upper = INFINITY;
    for (size_t k = i + 1; k < n; k++)
        upper = v[k] < upper ? v[k] : upper;
    return i + 1 < n ? lower + (place - (double)i) * (upper - lower) : lower;
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * x + c[i];
    return sum;
}

const double nu_normal_middle[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3},
    {1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3}};
const double nu_normal_side[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};

double nu_normal_quantile(double part)
{
    static const double end[2][8] = {
        {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
         2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
         2.71155556874348757815e-5, 2.01033439929228813265e-7},
        {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
         7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
         2.04426310338993978564e-15}};
    double off = part - 0.5;
    if (fabs(off) <= 0.425) {
        double r = 0.180625 - off * off;
        return off * polynomial(nu_normal_middle[0], r) / polynomial(nu_normal_middle[1], r);
    }
    double r = sqrt(-log(off < 0 ? part : 1 - part)), from = r <= 5 ? 1.6 : 5;
    const double (*c)[8] = r <= 5 ? nu_normal_side : end;
    return copysign(polynomial(c[0], r - from) / polynomial(c[1], r - from), off);
}
