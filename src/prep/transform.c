#include "prep/transform.h"

#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- The family ------------------------------------------------------------------------ */

/* Only Box-Cox looks at lambda. */
#define UNUSED __attribute__((unused))

static double log_of(double value, double lambda UNUSED)
{
    return log(value);
}

static double exp_of(double y, double lambda UNUSED)
{
    return exp(y);
}

static double log1p_of(double value, double lambda UNUSED)
{
    return log1p(value);
}

static double expm1_of(double y, double lambda UNUSED)
{
    return expm1(y);
}

/* (x^lambda - 1) / lambda, Box and Cox 1964; without cancellation where lambda is small. */
static double power_of_log(double log_value, double lambda)
{
    return lambda == 0 ? log_value : expm1(lambda * log_value) / lambda;
}

static double box_cox(double value, double lambda)
{
    return power_of_log(log(value), lambda);
}

/* 0 where y is below all that lambda > 0 gives, infinity above all that lambda < 0 gives. */
static double inverse_box_cox(double y, double lambda)
{
    double power = lambda * y; /* x^lambda - 1 */
    if (lambda == 0)
        return exp(y);
    if (power <= -1)
        return lambda > 0 ? 0 : INFINITY;
    return exp(log1p(power) / lambda);
}

typedef struct transform {
    const char *takes; /* in words */
    double least;      /* that it takes, or, where above_least is 1, does not take any more */
    int above_least, has_lambda;
    const char *instead; /* for other numbers */
    double (*forward)(double value, double lambda);
    double (*inverse)(double y, double lambda);
} transform;

static const transform transforms[] = {
    [NUDGE_TRANSFORM_LOG] = {"numbers above 0", 0, 1, 0, "log1p takes zeros too", log_of, exp_of},
    [NUDGE_TRANSFORM_LOG1P] = {"numbers from 0 up", 0, 0, 0, "leave it as it is", log1p_of,
                               expm1_of},
    [NUDGE_TRANSFORM_BOX_COX] = {"numbers above 0", 0, 1, 1, "log1p takes zeros too", box_cox,
                                 inverse_box_cox},
};

static const transform *of(const nudge_prep *p)
{
    return &transforms[p->transform];
}

static double lambda_of(const nudge_prep *p, size_t k)
{
    return of(p)->has_lambda ? p->target_lambda[k] : 0;
}

double nu_transformed(const nudge_prep *p, size_t k, double value)
{
    return p->transform == NUDGE_TRANSFORM_NONE ? value : of(p)->forward(value, lambda_of(p, k));
}

double nu_untransformed(const nudge_prep *p, size_t k, double y)
{
    if (p->transform == NUDGE_TRANSFORM_NONE)
        return y;
    double lambda = lambda_of(p, k), value = of(p)->inverse(y, lambda);
    return lambda < 0 ? fmin(value, p->target_most[k]) : value;
}

double nu_target_raw(const nudge_prep *p, size_t k, double scaled)
{
    return nu_untransformed(p, k, scaled / p->target_factor[k] + p->target_shift[k]);
}

void nu_targets_raw(const nudge_prep *p, double *y, size_t rows)
{
    for (size_t i = 0; i < rows * p->outputs; i++)
        y[i] = nu_target_raw(p, i % p->outputs, y[i]);
}

nudge_status nu_transform_check(const nudge_prep *p, const char *source, size_t k, size_t row,
                                double value, int learning, nudge_error *err)
{
    const transform *t = of(p);
    if (p->transform == NUDGE_TRANSFORM_NONE ||
        (t->above_least ? value > t->least : value >= t->least))
        return NUDGE_OK;
    return nu_fail_setting(err, NUDGE_EDATA, learning ? "target_transform" : NULL, "%s: target "
                           "'%s' is %g in data row %zu; its transform %s takes %s%s%s", source,
                           p->target_names[k], value, row + 1, nudge_transform_name(p->transform),
                           t->takes, learning ? ": " : "", !learning ? ""
                           : value < 0 ? "leave it as it is" : t->instead);
}

/* ---- Lambda ---------------------------------------------------------------------------- */

/* The log-likelihood of lambda but for a constant, over n: logs are those of the values with their
 * mean taken off, which changes it by a constant alone and keeps the powers small. */
static double likelihood(const double *logs, size_t n, double lambda)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += power_of_log(logs[i], lambda);
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = power_of_log(logs[i], lambda) - mean;
        squares += d * d;
    }
    return -log(squares / (double)n) / 2;
}

#define MOST_LAMBDA 5 /* within +-; what is best beyond it is no power that helps */

/* Golden section. */
static double likeliest(const double *logs, size_t n)
{
    const double part = (sqrt(5) - 1) / 2;
    double low = -MOST_LAMBDA, high = MOST_LAMBDA;
    double a = high - part * (high - low), b = low + part * (high - low);
    double at_a = likelihood(logs, n, a), at_b = likelihood(logs, n, b);
    while (high - low > 1e-9) {
        if (at_a >= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - part * (high - low);
            at_a = likelihood(logs, n, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + part * (high - low);
            at_b = likelihood(logs, n, b);
        }
    }
    return (low + high) / 2;
}

static nudge_status learn_lambda(nudge_prep *p, size_t k, const double *values, size_t n,
                                 nudge_error *err)
{
    double *logs NU_FREED = NULL, mean = 0;
    NU_NEW(logs, nu_alloc, n, "logarithms of the target", err);
    for (size_t i = 0; i < n; i++) {
        logs[i] = log(values[i]);
        mean += logs[i] / (double)n;
        p->target_most[k] = fmax(p->target_most[k], values[i]);
    }
    for (size_t i = 0; i < n; i++)
        logs[i] -= mean;
    p->target_lambda[k] = likeliest(logs, n);
    return NUDGE_OK;
}

static nudge_status make_room(nudge_prep *p, nudge_error *err)
{
    NU_NEW(p->target_lambda, nu_alloc_zero, p->outputs, "transforms", err);
    NU_NEW(p->target_most, nu_alloc_zero, p->outputs, "transforms", err);
    return NUDGE_OK;
}

nudge_status nu_transform_learn(nudge_prep *p, const char *source, size_t k, double *values,
                                size_t n, nudge_error *err)
{
    if (p->transform == NUDGE_TRANSFORM_NONE)
        return NUDGE_OK;
    if (of(p)->has_lambda) {
        if (k == 0)
            NU_TRY(make_room(p, err));
        NU_TRY(learn_lambda(p, k, values, n, err));
        NU_TRY(nu_note(&p->notes, source, "target_transform", err, "target '%s' is transformed "
                       "with lambda %.4g", p->target_names[k], p->target_lambda[k]));
    }
    for (size_t i = 0; i < n; i++)
        values[i] = nu_transformed(p, k, values[i]);
    return NUDGE_OK;
}

/* ---- Model files ----------------------------------------------------------------------- */

/* NULL without memory. */
static json_t *list_of(const double *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(list, json_real(values[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *nu_transform_to_json(const nudge_prep *p)
{
    if (!of(p)->has_lambda)
        return json_pack("{s:s}", "name", nudge_transform_name(p->transform));
    return json_pack("{s:s, s:o, s:o}", "name", nudge_transform_name(p->transform), "lambda",
                     list_of(p->target_lambda, p->outputs), "most",
                     list_of(p->target_most, p->outputs));
}

static nudge_status read_list(double *values, size_t n, const char *key, const json_t *list,
                              double least, double most, nudge_error *err)
{
    if (json_array_size(list) != n)
        return nu_fail(err, NUDGE_EDATA, "'target_transform': '%s' must have %zu numbers", key, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        values[i] = json_is_number(item) ? json_number_value(item) : NAN;
        if (!(values[i] >= least && values[i] <= most))
            return nu_fail(err, NUDGE_EDATA, "'target_transform': '%s' must have numbers from %g "
                           "to %g", key, least, most);
    }
    return NUDGE_OK;
}

nudge_status nu_transform_from_json(nudge_prep *p, const json_t *json, nudge_error *err)
{
    const char *name;
    json_t *lambda = NULL, *most = NULL;
    json_error_t at;
    if (json_unpack_ex((json_t *)json, &at, JSON_STRICT, "{s:s, s?o, s?o}", "name", &name, "lambda",
                       &lambda, "most", &most) != 0)
        return nu_fail(err, NUDGE_EDATA, "'target_transform': %s", at.text);
    if (nudge_transform_parse(&p->transform, name, NULL) != NUDGE_OK ||
        p->transform == NUDGE_TRANSFORM_NONE)
        return nu_fail(err, NUDGE_EDATA, "'target_transform' must be log, log1p or box-cox");
    if (!of(p)->has_lambda)
        return lambda == NULL && most == NULL
                   ? NUDGE_OK
                   : nu_fail(err, NUDGE_EDATA, "'target_transform': %s has no 'lambda'", name);
    NU_TRY(make_room(p, err));
    NU_TRY(read_list(p->target_lambda, p->outputs, "lambda", lambda, -MOST_LAMBDA, MOST_LAMBDA,
                     err));
    return read_list(p->target_most, p->outputs, "most", most, DBL_MIN, DBL_MAX, err);
}
