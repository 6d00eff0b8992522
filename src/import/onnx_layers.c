/* ONNX: layers, and what elementwise operators make of them. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"

/* From -40 to 40: 3e-7 beside 0, 0.02 apart at 1, 0.23 at the ends. */
double nu_probe(size_t i)
{
    double k = ((double)i - NU_PROBES / 2) / (NU_PROBES / 2);
    return 40 * k * k * k;
}

static nu_chain_layer *last_layer(const nu_graph *g)
{
    return &g->im->chain.layer[g->im->chain.layers - 1];
}

/* v is what the last layer gives now. */
nudge_status nu_units_check(const nu_graph *g, const nu_symbol *v, nudge_error *err)
{
    if (v->layer + 1 == g->im->chain.layers && v->version == g->version && v->stage == 0)
        return NUDGE_OK;
    return nu_graph_refuse(g, err, "it takes what another node has taken, too: a branch, which no "
                           "multilayer perceptron of nudge has");
}

nudge_status nu_units_value(nu_graph *g, const nu_symbol *like, nu_symbol **out, nudge_error *err)
{
    NU_TRY(nu_graph_symbol(g, out, NU_IS_UNITS, last_layer(g)->out, err));
    (*out)->rank = like != NULL ? like->rank : 2;
    (*out)->dim[1] = (*out)->rank == 2 ? (*out)->n : 0;
    (*out)->layer = g->im->chain.layers - 1;
    (*out)->version = g->version;
    return NUDGE_OK;
}

/* ---- Activations ------------------------------------------------------------------------ */

static double activated(nudge_activation kind, double z)
{
    switch (kind) {
    case NUDGE_IDENTITY: return z;
    case NUDGE_RELU: return z < 0 ? 0 : z;
    case NUDGE_LEAKY_RELU: return z < 0 ? 0.01 * z : z;
    case NUDGE_ELU: return z < 0 ? expm1(z) : z;
    case NUDGE_TANH: return tanh(z);
    case NUDGE_SIGMOID: return 1 / (1 + exp(-z));
    case NUDGE_SOFTPLUS: return z > 20 ? z : log1p(exp(z));
    case NUDGE_GELU: return z * (1 + erf(z * M_SQRT1_2)) / 2;
    case NUDGE_SILU: return z / (1 + exp(-z));
    case NUDGE_SELU:
        return 1.0507009873554804934 * (z < 0 ? 1.6732632423543772848 * expm1(z) : z);
    case NUDGE_MISH: return z * tanh(z > 20 ? z : log1p(exp(z)));
    case NUDGE_SOFTSIGN: return z / (1 + fabs(z));
    }
    return NAN;
}

/* Whether v is *factor f + *shift everywhere, but for the constants' rounding to float. */
static int is_multiple(const double *v, const double *f, double *factor, double *shift)
{
    size_t low = 0, high = 0;
    for (size_t i = 0; i < NU_PROBES; i++) {
        low = f[i] < f[low] ? i : low;
        high = f[i] > f[high] ? i : high;
    }
    *factor = (v[high] - v[low]) / (f[high] - f[low]);
    *shift = v[low] - *factor * f[low];
    if (fabs(*factor - 1) < 2e-7 && fabs(*shift) < 2e-7) {
        *factor = 1;
        *shift = 0;
    }
    for (size_t i = 0; i < NU_PROBES; i++) {
        double size = fabs(f[i]) + fmin(fabs(nu_probe(i)), 1) + 1e-3;
        if (!(fabs(*factor * f[i] + *shift - v[i]) <=
              4e-7 * (fabs(*shift) + fabs(*factor) * size)))
            return 0;
    }
    return *factor != 0;
}

static int is_activation(const double *v, nudge_activation kind, double *factor, double *shift)
{
    double f[NU_PROBES];
    for (size_t i = 0; i < NU_PROBES; i++)
        f[i] = activated(kind, nu_probe(i));
    return is_multiple(v, f, factor, shift);
}

static int is_exp(const double *v)
{
    for (size_t i = 0; i < NU_PROBES; i++)
        if (!(fabs(v[i] - exp(nu_probe(i))) <= 1e-6 * exp(nu_probe(i))))
            return 0;
    return 1;
}

/* A list of n times x. */
static nudge_status list_of(double **list, double x, size_t n, nudge_error *err)
{
    NU_TRY(nu_chain_zeros(list, n, err));
    for (size_t i = 0; i < n; i++)
        (*list)[i] = x;
    return NUDGE_OK;
}

/* factor y + shift of each unit of v, in the weights or pending behind the activation. */
static nudge_status scale_units(nu_graph *g, const double *factor, const double *shift,
                                nudge_error *err)
{
    nu_chain *c = &g->im->chain;
    size_t n = last_layer(g)->out;
    g->version++;
    int is_of_weights = !g->has_activation && factor != NULL;
    NU_TRY(nu_graph_afford(g, is_of_weights ? n * last_layer(g)->in : n, err));
    if (!g->has_activation) {
        nu_chain_scale(c, factor, shift);
        return NUDGE_OK;
    }
    if (c->factor == NULL)
        NU_TRY(list_of(&c->factor, 1, n, err));
    if (c->shift == NULL)
        NU_TRY(list_of(&c->shift, 0, n, err));
    for (size_t i = 0; i < n; i++) {
        double by = factor != NULL ? factor[i] : 1;
        c->factor[i] *= by;
        c->shift[i] = c->shift[i] * by + (shift != NULL ? shift[i] : 0);
    }
    return NUDGE_OK;
}

static nudge_status scale_all(nu_graph *g, double factor, double shift, nudge_error *err)
{
    double *by NU_FREED = NULL, *plus NU_FREED = NULL;
    if (factor == 1 && shift == 0)
        return NUDGE_OK;
    NU_TRY(list_of(&by, factor, last_layer(g)->out, err));
    NU_TRY(list_of(&plus, shift, last_layer(g)->out, err));
    return scale_units(g, by, plus, err);
}

static nudge_status set_activation(nu_graph *g, nu_symbol *v, nudge_activation kind,
                                   nudge_error *err)
{
    nudge_activation *own = &last_layer(g)->activation;
    if (g->has_activation && *own != kind)
        return nu_graph_refuse(g, err, "layer %zu has the activations %s and %s: a branch",
                               v->layer + 1, nudge_activation_name(*own),
                               nudge_activation_name(kind));
    g->has_activation = 1;
    *own = kind;
    return NUDGE_OK;
}

nudge_status nu_units_end(nu_graph *g, nu_symbol *v, int *found_exp, nudge_error *err)
{
    double factor = 1, shift = 0;
    *found_exp = 0;
    NU_TRY(nu_units_check(g, v, err));
    if (v->is_after)
        return NUDGE_OK;
    if (v->probe == NULL)
        return set_activation(g, v, NUDGE_IDENTITY, err);
    for (int k = 0; nudge_activation_name((nudge_activation)k) != NULL; k++) {
        nudge_activation kind = (nudge_activation)k;
        if (!is_activation(v->probe, kind, &factor, &shift))
            continue;
        if (g->has_activation && (factor != 1 || shift != 0))
            return nu_graph_refuse(g, err, "layer %zu goes two ways: a branch", v->layer + 1);
        if (kind == NUDGE_IDENTITY)
            NU_TRY(scale_all(g, factor, shift, err));
        NU_TRY(set_activation(g, v, kind, err));
        return kind != NUDGE_IDENTITY ? scale_all(g, factor, shift, err) : NUDGE_OK;
    }
    *found_exp = is_exp(v->probe);
    if (*found_exp)
        return set_activation(g, v, NUDGE_IDENTITY, err);
    g->node = v->node;
    return nu_graph_refuse(g, err, "what it makes of layer %zu is no activation that nudge has",
                           v->layer + 1);
}

/* ---- Layers ----------------------------------------------------------------------------- */

/* x W' + b, with W (out x x->n). */
static nudge_status add_layer(nu_graph *g, nu_symbol *x, size_t out, double **weight,
                              double **bias, nu_symbol **made, nudge_error *err)
{
    int exp_found = 0;
    if (x->kind == NU_IS_COLUMNS && g->im->chain.layers > 0)
        return nu_graph_refuse(g, err, "columns go into more than one layer");
    if (g->im->loss != NUDGE_MSE)
        return nu_graph_refuse(g, err, "a layer behind one that probabilities are made of");
    g->has_bias = *bias != NULL;
    if (*bias == NULL)
        NU_TRY(nu_chain_zeros(bias, out, err));
    if (x->kind == NU_IS_COLUMNS) {
        NU_TRY(nu_columns_end(g, x, out, weight, *bias, err));
    } else {
        NU_TRY(nu_units_end(g, x, &exp_found, err));
    }
    if (exp_found)
        return nu_graph_refuse(g, err, "exp is no activation that nudge has");
    int is_scaled = g->im->chain.factor != NULL || g->im->chain.shift != NULL;
    NU_TRY(nu_chain_add(&g->im->chain, out, weight, bias, err));
    last_layer(g)->normed = g->normed != NULL;
    g->from = g->normed != NULL ? g->normed : is_scaled ? NULL : x;
    g->normed = NULL;
    g->version++;
    g->has_activation = 0;
    return nu_units_value(g, NULL, made, err);
}

/* A constant matrix as weights out x in; by: a factor of all. */
static nudge_status weights_of(nu_graph *g, nu_symbol *x, nu_symbol *w, int is_transposed,
                               double by, double **weight, size_t *out, nudge_error *err)
{
    if ((x->kind != NU_IS_COLUMNS && x->kind != NU_IS_UNITS) || w->kind != NU_IS_CONSTANT ||
        w->rank != 2)
        return nu_graph_refuse(g, err, "a layer has columns or units, times a matrix of constants");
    if (x->rank != 2)
        return nu_graph_refuse(g, err, "it takes rows, [N, n], and gets %zu axes", x->rank);
    size_t in = w->dim[is_transposed ? 1 : 0];
    *out = w->dim[is_transposed ? 0 : 1];
    NU_TRY(nu_graph_decode(g, w, err));
    int is_text = x->type == ONNX__TENSOR_PROTO__DATA_TYPE__STRING; /* told by its column */
    if (!nu_is_real(w->type) || (!nu_is_real(x->type) && !is_text))
        return nu_graph_refuse(g, err, "of whole numbers that are not cast to float");
    if (x->kind == NU_IS_COLUMNS)
        NU_TRY(nu_columns_need(g, x, in, err));
    if (in != x->n || *out == 0 || w->numbers == NULL)
        return nu_graph_refuse(g, err, "it takes %zu values, and gets %zu", in, x->n);
    NU_TRY(nu_graph_afford(g, w->n, err));
    NU_TRY(nu_chain_zeros(weight, w->n, err));
    for (size_t o = 0; o < *out; o++)
        for (size_t i = 0; i < in; i++)
            (*weight)[o * in + i] = by * w->numbers[is_transposed ? o * in + i : i * *out + o];
    return NUDGE_OK;
}

static nudge_status bias_of(nu_graph *g, nu_symbol *c, double by, size_t out, double **bias,
                            nudge_error *err)
{
    nu_symbol row = {.n = out, .rank = 2, .dim = {0, out}};
    if (c->kind != NU_IS_CONSTANT || (c->n != out && c->n != 1))
        return nu_graph_refuse(g, err, "%zu biases are needed", out);
    NU_TRY(nu_need_fit(g, c, &row, err));
    NU_TRY(nu_graph_decode(g, c, err));
    if (c->numbers == NULL)
        return nu_graph_refuse(g, err, "biases are numbers");
    NU_TRY(nu_chain_zeros(bias, out, err));
    for (size_t o = 0; o < out; o++)
        (*bias)[o] = by * c->numbers[c->n == 1 ? 0 : o];
    return NUDGE_OK;
}

nudge_status nu_take_gemm(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                          nudge_error *err)
{
    double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
    size_t width;
    if (nu_graph_int(g, "transA", 0) != 0)
        return nu_graph_refuse(g, err, "transA is 1: rows would be columns");
    NU_TRY(weights_of(g, in[0], in[1], nu_graph_int(g, "transB", 0) != 0,
                      nu_graph_float(g, "alpha", 1), &weight, &width, err));
    if (n > 2 && in[2] != NULL)
        NU_TRY(bias_of(g, in[2], nu_graph_float(g, "beta", 1), width, &bias, err));
    return add_layer(g, in[0], width, &weight, &bias, out, err);
}

nudge_status nu_take_matmul(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                            nudge_error *err)
{
    double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
    size_t width;
    (void)n;
    NU_TRY(weights_of(g, in[0], in[1], 0, 1, &weight, &width, err));
    return add_layer(g, in[0], width, &weight, &bias, out, err);
}

/* ---- Constants for each unit ------------------------------------------------------------ */

nudge_status nu_units_scale(nu_graph *g, nu_symbol *v, const double *factor, const double *shift,
                            nu_symbol **out, nudge_error *err)
{
    int exp_found = 0;
    NU_TRY(nu_units_check(g, v, err));
    if (v->probe != NULL)
        NU_TRY(nu_units_end(g, v, &exp_found, err));
    if (exp_found)
        return nu_graph_refuse(g, err, "exp is no activation that nudge has");
    if (v->probe == NULL && !v->is_after && g->has_activation)
        return nu_graph_refuse(g, err, "layer %zu goes two ways: a branch", v->layer + 1);
    NU_TRY(scale_units(g, factor, shift, err));
    NU_TRY(nu_units_value(g, v, out, err));
    (*out)->is_after = g->has_activation;
    return NUDGE_OK;
}

nudge_status nu_units_arithmetic(nu_graph *g, nu_symbol **in, nu_symbol **out, nudge_error *err)
{
    int left = in[0]->kind == NU_IS_UNITS;
    nu_symbol *v = in[!left], *c = in[left];
    const char *op = g->node->op_type;
    double *list NU_FREED = NULL;
    NU_TRY(list_of(&list, 1, v->n, err));
    for (size_t i = 0; i < v->n; i++) {
        double x = c->numbers[c->n == 1 ? 0 : i];
        list[i] = strcmp(op, "Div") == 0 ? 1 / x : strcmp(op, "Sub") == 0 && left ? -x : x;
    }
    if (strcmp(op, "Add") == 0 || (strcmp(op, "Sub") == 0 && left)) {
        g->has_bias = 1;
        return nu_units_scale(g, v, NULL, list, out, err);
    }
    if (strcmp(op, "Mul") == 0 || (strcmp(op, "Div") == 0 && left))
        return nu_units_scale(g, v, list, NULL, out, err);
    if (strcmp(op, "Sub") != 0)
        return nu_graph_refuse(g, err, "no such operator can have a constant for each unit");
    double *minus NU_FREED = NULL;
    NU_TRY(list_of(&minus, -1, v->n, err));
    return nu_units_scale(g, v, minus, list, out, err);
}

nudge_status nu_take_batch_norm(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                nudge_error *err)
{
    double *factor NU_FREED = NULL, *shift NU_FREED = NULL;
    double epsilon = nu_graph_float(g, "epsilon", 1e-5);
    int is_training = nu_graph_int(g, "training_mode", 0) != 0;
    for (size_t k = 1; k < g->node->n_output; k++) /* opset 13 and before */
        is_training |= *g->node->output[k] != '\0';
    if (in[0]->kind != NU_IS_UNITS || in[0]->rank != 2 || is_training)
        return nu_graph_refuse(g, err, "it is read behind a layer, for inference");
    NU_TRY(nu_need_each(g, in, n, err));
    NU_TRY(nu_chain_zeros(&factor, in[0]->n, err));
    NU_TRY(nu_chain_zeros(&shift, in[0]->n, err));
    for (size_t i = 0; i < in[0]->n; i++) {
        factor[i] = in[1]->numbers[i] / sqrt(in[4]->numbers[i] + epsilon);
        shift[i] = in[2]->numbers[i] - in[3]->numbers[i] * factor[i];
    }
    return nu_units_scale(g, in[0], factor, shift, out, err);
}

nudge_status nu_units_straighten(nu_graph *g, nu_symbol **v, nudge_error *err)
{
    double factor, shift;
    if ((*v)->probe == NULL || g->has_activation ||
        !is_activation((*v)->probe, NUDGE_IDENTITY, &factor, &shift))
        return NUDGE_OK;
    NU_TRY(nu_units_check(g, *v, err));
    NU_TRY(scale_all(g, factor, shift, err));
    return nu_units_value(g, *v, v, err);
}
