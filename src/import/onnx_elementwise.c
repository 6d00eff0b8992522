/* ONNX: elementwise operators. Of units they are done at the probes. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"

typedef double unary(double x);
typedef double binary(double a, double b);

static double relu(double x) { return x < 0 ? 0 : x; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return x > 30 ? x : log1p(exp(x)); }
static double softsign(double x) { return x / (1 + fabs(x)); }
static double mish(double x) { return x * tanh(softplus(x)); }
static double negative(double x) { return -x; }
static double inverse(double x) { return 1 / x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double not(double x) { return x == 0; }

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double greater(double a, double b) { return a > b; }
static double less(double a, double b) { return a < b; }
static double greater_or_equal(double a, double b) { return a >= b; }
static double less_or_equal(double a, double b) { return a <= b; }
static double equal(double a, double b) { return a == b; }
static double prelu(double a, double b) { return a < 0 ? b * a : a; }

/* Those with attributes: at a place, of a node. */
static double leaky(const nu_graph *g, double x)
{
    return x < 0 ? nu_graph_float(g, "alpha", 0.01) * x : x;
}

static double elu(const nu_graph *g, double x)
{
    return x < 0 ? nu_graph_float(g, "alpha", 1) * expm1(x) : x;
}

static double celu(const nu_graph *g, double x)
{
    double alpha = nu_graph_float(g, "alpha", 1);
    return x < 0 ? alpha * expm1(x / alpha) : x;
}

static double selu(const nu_graph *g, double x)
{
    double alpha = nu_graph_float(g, "alpha", 1.67326319217681884765625);
    return nu_graph_float(g, "gamma", 1.05070102214813232421875) * (x < 0 ? alpha * expm1(x) : x);
}

static int is_text(const Onnx__AttributeProto *a, const char *text)
{
    return a->s.len == strlen(text) && memcmp(a->s.data, text, a->s.len) == 0;
}

static double gelu(const nu_graph *g, double x)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, "approximate");
    if (a == NULL || is_text(a, "none"))
        return x / 2 * (1 + erf(x * M_SQRT1_2));
    return is_text(a, "tanh") ? x / 2 * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
                              : NAN;
}

/* An operator is one of the three. Activations are of what comes before them, a scale of all units
 * included, which is then the layer's. Some bend where their input crosses 0, or one input the
 * other. */
static const struct {
    const char *op;
    unary *one;
    binary *two;
    double (*with)(const nu_graph *g, double x);
    int is_activation, bends;
} operators[] = {
    {"Relu", .one = relu, .is_activation = 1, .bends = 1},
    {"Tanh", .one = tanh, .is_activation = 1},
    {"Sigmoid", .one = sigmoid, .is_activation = 1},
    {"Softplus", .one = softplus, .is_activation = 1},
    {"Softsign", .one = softsign, .is_activation = 1},
    {"Mish", .one = mish, .is_activation = 1},
    {"LeakyRelu", .with = leaky, .is_activation = 1, .bends = 1},
    {"Elu", .with = elu, .is_activation = 1, .bends = 1},
    {"Celu", .with = celu, .is_activation = 1, .bends = 1},
    {"Selu", .with = selu, .is_activation = 1, .bends = 1},
    {"Gelu", .with = gelu, .is_activation = 1},
    {"Exp", .one = exp},
    {"Log", .one = log},
    {"Sqrt", .one = sqrt},
    {"Erf", .one = erf},
    {"Abs", .one = fabs, .bends = 1},
    {"Neg", .one = negative},
    {"Reciprocal", .one = inverse},
    {"Sign", .one = sign, .bends = 1},
    {"Not", .one = not},
    {"Add", .two = add},
    {"Sub", .two = subtract},
    {"Mul", .two = multiply},
    {"Div", .two = divide},
    {"Max", .two = fmax, .bends = 1},
    {"Min", .two = fmin, .bends = 1},
    {"Pow", .two = pow},
    {"Greater", .two = greater, .bends = 1},
    {"Less", .two = less, .bends = 1},
    {"GreaterOrEqual", .two = greater_or_equal, .bends = 1},
    {"LessOrEqual", .two = less_or_equal, .bends = 1},
    {"Equal", .two = equal, .bends = 1},
    {"PRelu", .two = prelu, .bends = 1},
};
enum { OPERATORS = sizeof operators / sizeof *operators };

static size_t number_of(const char *op)
{
    size_t i = 0;
    while (i < OPERATORS && strcmp(operators[i].op, op) != 0)
        i++;
    return i;
}

int nu_is_elementwise(const char *op)
{
    return number_of(op) < OPERATORS;
}

/* v at probe i: what a constant is, or a value of units. */
static double at(const nu_symbol *v, size_t i)
{
    return v->kind == NU_IS_CONSTANT ? v->numbers[0] : v->probe != NULL ? v->probe[i] : nu_probe(i);
}

/* ---- Bends ------------------------------------------------------------------------------ */

/* Something bends there, between probe i and the next. */
static nudge_status add_bend(nu_graph *g, size_t i, double place, nudge_error *err)
{
    double *known = &g->bend[i];
    if (!isnan(*known) && !(fabs(place - *known) <= 1e-6 * (nu_probe(i + 1) - nu_probe(i))))
        return nu_graph_refuse(g, err, "it bends at %.9g, beside another bend at %.9g", place,
                               *known);
    *known = place;
    return NUDGE_OK;
}

/* Where a straight line beyond the last probe (of d; side: 1, or at the other end, -1) is 0;
 * infinite: nowhere near what units are. */
static double bend_beyond(const double *d, int side)
{
    enum { FAR = 100000000 };
    size_t end = side > 0 ? NU_PROBES - 1 : 0, next = end - side, third = next - side;
    double slope = (d[end] - d[next]) / (nu_probe(end) - nu_probe(next));
    double before = (d[next] - d[third]) / (nu_probe(next) - nu_probe(third));
    double place = nu_probe(end) - d[end] / slope;
    return place * side > 40 && place * side < FAR && slope / before > 0.9 ? place : INFINITY;
}

/* A piece is seen at the probes alone. What bends where d is 0 is seen if nothing else does so
 * between the same two probes, nor beyond the last. */
static nudge_status check_bends(nu_graph *g, const double *d, nudge_error *err)
{
    for (size_t i = 0; g->bends_version != g->version && i < NU_PROBES; i++)
        g->bend[i] = NAN;
    g->bends_version = g->version;
    for (size_t i = 0; i + 1 < NU_PROBES; i++) {
        if (sign(d[i]) == sign(d[i + 1]))
            continue;
        double low = nu_probe(i), high = nu_probe(i + 1);
        double place = low + (high - low) * (d[i] / (d[i] - d[i + 1]));
        if (d[i] == 0 && i > 0)
            NU_TRY(add_bend(g, i - 1, place, err));
        NU_TRY(add_bend(g, i, place, err));
        if (d[i + 1] == 0)
            NU_TRY(add_bend(g, i + 1, place, err));
    }
    for (int side = -1; side <= 1; side += 2) {
        double place = bend_beyond(d, side);
        if (isfinite(place))
            return nu_graph_refuse(g, err, "it bends at %.9g, which no activation of nudge does",
                                   place);
    }
    return NUDGE_OK;
}

/* What the node makes of units, of the shape of `like`. */
static nudge_status new_piece(nu_graph *g, const nu_symbol *like, nu_symbol **out,
                              nudge_error *err)
{
    NU_TRY(nu_graph_afford(g, NU_PROBES, err));
    NU_TRY(nu_units_value(g, like, out, err));
    return nu_chain_zeros(&(*out)->probe, NU_PROBES, err);
}

/* ---- Operators -------------------------------------------------------------------------- */

static nudge_status of_columns(nu_graph *g, nudge_error *err)
{
    return nu_graph_refuse(g, err, "columns are added to, multiplied and divided by constants, and "
                           "nothing else");
}

/* Units and single numbers, of which one at least is units, all of the same layer. */
static nudge_status check_units(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **of,
                                nudge_error *err)
{
    *of = NULL;
    for (size_t k = 0; k < n; k++) {
        if (in[k] == NULL || (in[k]->kind != NU_IS_UNITS && in[k]->kind != NU_IS_CONSTANT))
            return in[k] != NULL && in[k]->kind == NU_IS_COLUMNS
                       ? of_columns(g, err)
                       : nu_graph_refuse(g, err, "it does not go on from units of a layer");
        if (in[k]->kind == NU_IS_CONSTANT) {
            NU_TRY(nu_graph_decode(g, in[k], err));
            if (in[k]->n != 1 || in[k]->numbers == NULL)
                return nu_graph_refuse(g, err, "a number for all units is needed");
            continue;
        }
        NU_TRY(nu_units_check(g, in[k], err));
        if (in[k]->is_after)
            return nu_graph_refuse(g, err, "the layer has its activation already");
        if (*of != NULL && in[k]->rank != (*of)->rank)
            return nu_graph_refuse(g, err, "rows are no longer rows");
        *of = in[k];
    }
    for (size_t k = 0; k < n && *of != NULL; k++)
        if (in[k]->kind == NU_IS_CONSTANT)
            NU_TRY(nu_need_fit(g, in[k], *of, err));
    return *of != NULL ? NUDGE_OK : nu_graph_refuse(g, err, "it is of constants alone");
}

/* Whether a constant has something for each unit, or is what makes up for biases. */
static int is_for_each(const nu_graph *g, const nu_symbol *units, const nu_symbol *constant)
{
    if (constant->n != 1 || units->is_after)
        return 1;
    return units->n == 1 && units->probe == NULL && !g->has_bias && !g->has_activation &&
           strcmp(g->node->op_type, "Add") == 0;
}

static nudge_status take_two(nu_graph *g, nu_symbol **in, nu_symbol **out, binary *f,
                             int bends, nudge_error *err)
{
    nu_symbol *of;
    NU_TRY(nu_take_between(g, in, 2, out, err));
    if (*out != NULL)
        return NUDGE_OK;
    int is_arithmetic = f == add || f == subtract || f == multiply || f == divide;
    for (int k = 0; k < 2; k++) {
        if (in[k] == NULL || in[1 - k] == NULL || in[k]->kind != NU_IS_CONSTANT)
            continue;
        NU_TRY(nu_graph_decode(g, in[k], err));
        if (in[k]->numbers == NULL)
            return nu_graph_refuse(g, err, "of texts");
        if (in[1 - k]->kind == NU_IS_COLUMNS)
            return is_arithmetic ? nu_columns_arithmetic(g, in, out, err) : of_columns(g, err);
        if (in[1 - k]->kind != NU_IS_UNITS || !is_for_each(g, in[1 - k], in[k]))
            continue;
        NU_TRY(nu_need_fit(g, in[k], in[1 - k], err));
        return is_arithmetic ? nu_units_arithmetic(g, in, out, err)
                             : nu_graph_refuse(g, err, "of a constant for each unit");
    }
    NU_TRY(check_units(g, in, 2, &of, err));
    double d[NU_PROBES];
    for (size_t i = 0; i < NU_PROBES; i++)
        d[i] = at(in[0], i) - (f == prelu ? 0 : at(in[1], i));
    if (bends)
        NU_TRY(check_bends(g, d, err));
    NU_TRY(new_piece(g, of, out, err));
    for (size_t i = 0; i < NU_PROBES; i++)
        (*out)->probe[i] = f(at(in[0], i), at(in[1], i));
    return NUDGE_OK;
}

nudge_status nu_take_elementwise(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                 nudge_error *err)
{
    size_t k = number_of(g->node->op_type);
    nu_symbol *of, *x = in[0];
    double d[NU_PROBES];
    if (n != (operators[k].two != NULL ? 2 : 1))
        return nu_graph_refuse(g, err, "%zu inputs", n);
    if (operators[k].two != NULL)
        return take_two(g, in, out, operators[k].two, operators[k].bends, err);
    NU_TRY(nu_take_between(g, in, 1, out, err));
    if (*out != NULL)
        return NUDGE_OK;
    NU_TRY(check_units(g, in, 1, &of, err));
    if (operators[k].is_activation)
        NU_TRY(nu_units_straighten(g, &x, err));
    for (size_t i = 0; i < NU_PROBES; i++)
        d[i] = at(x, i);
    if (operators[k].bends)
        NU_TRY(check_bends(g, d, err));
    NU_TRY(new_piece(g, of, out, err));
    for (size_t i = 0; i < NU_PROBES; i++)
        (*out)->probe[i] = operators[k].one != NULL ? operators[k].one(d[i])
                                                    : operators[k].with(g, d[i]);
    return NUDGE_OK;
}

nudge_status nu_take_where(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                           nudge_error *err)
{
    nu_symbol *of;
    (void)n;
    if (in[0]->kind == NU_IS_MISSING)
        return nu_columns_fill(g, in, out, err);
    NU_TRY(check_units(g, in, 3, &of, err));
    NU_TRY(new_piece(g, of, out, err));
    for (size_t i = 0; i < NU_PROBES; i++)
        (*out)->probe[i] = at(in[0], i) != 0 ? at(in[1], i) : at(in[2], i);
    return NUDGE_OK;
}
