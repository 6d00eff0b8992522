#include "scale/laws.h"

/* ---- Amdahl: y = T = c0 + c1 / p, s = c0 / T(1) ---------------------------------------- */

static void amdahl_terms(double p, double *row)
{
    row[0] = 1;
    row[1] = 1 / p;
}

/* Also of the linear law. */
static double same_y(double x, double work, double step)
{
    (void)x, (void)work;
    return step;
}

static double same_step(double x, double work, double y)
{
    (void)x, (void)work;
    return y;
}

static void amdahl_parameters(const double *c, double work, double *values)
{
    (void)work;
    values[0] = c[0] + c[1];
    values[1] = c[0] / (c[0] + c[1]);
}

const scale_law scale_amdahl = {
    .name = "Amdahl's law",
    .formula = "T(p) = T1 (s + (1 - s) / p)",
    .source = "Amdahl 1967",
    .n = 2,
    .parameter = {{"T1", "time of a step on 1 thread", 1},
                  {"s", "serial part: what more threads do not make faster"}},
    .bounded = 1,
    .terms = amdahl_terms,
    .y = same_y,
    .step = same_step,
    .parameters = amdahl_parameters,
};

/* ---- Gustafson: y = samples/s = c0 + c1 p, s = c0 / y(1) ------------------------------- */

static void line_terms(double x, double *row)
{
    row[0] = 1;
    row[1] = x;
}

/* Its own inverse. */
static double work_over(double x, double work, double step_or_y)
{
    (void)x;
    return work / step_or_y;
}

static void gustafson_parameters(const double *c, double work, double *values)
{
    values[0] = work / (c[0] + c[1]);
    values[1] = c[0] / (c[0] + c[1]);
}

const scale_law scale_gustafson = {
    .name = "Gustafson's law",
    .formula = "S(p) = s + (1 - s) p",
    .source = "Gustafson 1988",
    .n = 2,
    .parameter = {{"T1", "time of a step on 1 thread", 1},
                  {"s", "serial part of the time of a step"}},
    .bounded = 1,
    .terms = line_terms,
    .y = work_over,
    .step = work_over,
    .parameters = gustafson_parameters,
};

/* ---- Universal scalability: y = p T / work = y(1) (1 + sigma (p - 1) + kappa p (p - 1)) - */

static void usl_terms(double p, double *row)
{
    row[0] = 1;
    row[1] = p - 1;
    row[2] = p * (p - 1);
}

static double usl_y(double p, double work, double step)
{
    return p * step / work;
}

static double usl_step(double p, double work, double y)
{
    return y * work / p;
}

static void usl_parameters(const double *c, double work, double *values)
{
    values[0] = c[0] * work;
    values[1] = c[1] / c[0];
    values[2] = c[2] / c[0];
}

/* sqrt((1 - sigma) / kappa); 1 where even a second thread does not help. */
static double usl_best(const double *c)
{
    if (!(c[2] > 0))
        return c[1] < c[0] ? INFINITY : 1;
    return sqrt(fmax((c[0] - c[1]) / c[2], 1));
}

const scale_law scale_usl = {
    .name = "universal scalability law",
    .formula = "S(p) = p / (1 + sigma (p - 1) + kappa p (p - 1))",
    .source = "Gunther 1993",
    .n = 3,
    .parameter = {{"T1", "time of a step on 1 thread", 1},
                  {"sigma", "contention: the part that is serial or waits its turn"},
                  {"kappa", "coherency: what each pair of threads costs each other"}},
    .bounded = 1,
    .positive = 1,
    .terms = usl_terms,
    .y = usl_y,
    .step = usl_step,
    .parameters = usl_parameters,
    .best = usl_best,
};

/* ---- Over values ----------------------------------------------------------------------- */

static void line_parameters(const double *c, double work, double *values)
{
    (void)work;
    values[0] = c[0];
    values[1] = c[1];
}

/* What b is per differs, and whether a, which may have another meaning, may be negative. */
#define LINE(letter, a_meaning, b_meaning, no_negative)                                 \
    {                                                                                   \
        .name = "linear cost", .formula = "T(" letter ") = a + b " letter,              \
        .source = "Hockney & Jesshope 1988", .n = 2,                                    \
        .parameter = {{"a", a_meaning, 1}, {"b", b_meaning, 1}}, .bounded = no_negative, \
        .terms = line_terms, .y = same_y, .step = same_step, .parameters = line_parameters \
    }

static const scale_law over_batch = LINE("n", "fixed time of a step",
                                         "time of a step for each sample of the batch", 1);
/* The first hidden layer has inputs where the others have units: with few of them it is cheaper than b,
 * and a is negative. */
static const scale_law over_depth = LINE(
    "d", "what does not grow with them, and the first layer's cost beside the others'",
    "time of a step for each hidden layer", 0);
static const scale_law over_rows =
    LINE("n", "fixed time of a step",
         "time of a step for each row of the data: 0 unless caches matter", 1);

static void power_terms(double x, double *row)
{
    row[0] = 1;
    row[1] = log(x);
}

static double log_y(double x, double work, double step)
{
    (void)x, (void)work;
    return log(step);
}

static double exp_step(double x, double work, double y)
{
    (void)x, (void)work;
    return exp(y);
}

static void power_parameters(const double *c, double work, double *values)
{
    (void)work;
    values[0] = exp(c[0]);
    values[1] = c[1];
}

static const scale_law over_width = {
    .name = "power law",
    .formula = "T(w) = c w^k",
    .source = "least squares of logarithms",
    .n = 2,
    .parameter = {{"c", "time of a step for a width of 1", 1},
                  {"k", "exponent: 2 if products between hidden layers are all that costs"}},
    .logarithmic = 1,
    .terms = power_terms,
    .y = log_y,
    .step = exp_step,
    .parameters = power_parameters,
};

const scale_law *scale_law_of_values(scale_mode mode)
{
    switch (mode) {
    case SCALE_BATCH: return &over_batch;
    case SCALE_DEPTH: return &over_depth;
    case SCALE_ROWS: return &over_rows;
    case SCALE_WIDTH: return &over_width;
    case SCALE_STRONG:
    case SCALE_WEAK: break;
    }
    return NULL;
}

/* ---- One equation ---------------------------------------------------------------------- */

double scale_law_step(const scale_law *law, const double *c, double x, double work)
{
    double row[SCALE_COEFFICIENTS], y = 0;
    law->terms(x, row);
    for (size_t j = 0; j < law->n; j++)
        y += row[j] * c[j];
    return law->step(x, work, y);
}

void scale_law_row(const scale_law *law, double *row, double x, double work, double step)
{
    double weight = law->logarithmic ? 1 : 1 / law->y(x, work, step);
    law->terms(x, row);
    for (size_t j = 0; j < law->n; j++)
        row[j] *= weight;
}

void scale_law_add(const scale_law *law, scale_least *l, double x, double work, double step)
{
    double row[SCALE_COEFFICIENTS];
    scale_law_row(law, row, x, work, step);
    scale_least_add(l, row, law->logarithmic ? law->y(x, work, step) : 1);
}
