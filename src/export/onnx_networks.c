/* ONNX: networks. */
#include "core/memory.h"
#include "core/status.h"
#include "export/onnx_parts.h"
#include "export/writer.h"

#define SOFTPLUS "a 20 Greater a a 0 Max a Abs Neg Exp 1 Add Log Add Where"
#define EXPM1 "a 0 Min Exp 1 Sub" /* where a < 0 */

/* Of operators that onnxruntime has for doubles, too: Elu, LeakyRelu and Softplus are not, nor what
 * it makes of z * Sigmoid(z), nor Erf: see gelu(). */
static const char *const activations[] = {
    [NUDGE_RELU] = "a Relu",
    [NUDGE_LEAKY_RELU] = "a 0.01 Mul a Max",
    [NUDGE_ELU] = "a 0 Max " EXPM1 " Add",
    [NUDGE_TANH] = "a Tanh",
    [NUDGE_SIGMOID] = "a Sigmoid",
    [NUDGE_SOFTPLUS] = SOFTPLUS,
    [NUDGE_GELU] = "a a 1.4142135623730950488 Div Erf 1 Add Mul 2 Div",
    [NUDGE_SILU] = "a 1 a Neg Exp Add Div",
    [NUDGE_SELU] = "a 0 Max " EXPM1 " 1.6732632423543772848 Mul Add 1.0507009873554804934 Mul",
    [NUDGE_MISH] = "a " SOFTPLUS " Tanh Mul",
    [NUDGE_SOFTSIGN] = "a 1 a Abs Add Div",
};

/* In double: max(z, 0) - |z| F(-|z|), with the normal distribution's F as in Hart, Computer
 * Approximations (1968), 5666: exp(-z^2 / 2) times a quotient of polynomials of |z|. The result is
 * within 2e-15. */
static nu_wire gelu(nu_onnx *g, nu_wire z)
{
    static const double above[8] = {220.206867912376, 221.213596169931, 112.079291497871,
                                    33.912866078383, 6.37396220353165, 0.700383064443688,
                                    3.52624965998911e-2, 0};
    static const double below[8] = {440.413735824752, 793.826512519948, 637.333633378831,
                                    296.564248779674, 86.7807322029461, 16.064177579207,
                                    1.75566716318264, 8.83883476483184e-2};
    nu_wire size = NU_FORMULA(g, "a Abs 40 Min", z); /* behind that F is 0 */
    return NU_FORMULA(g, "a Relu b b b Mul 2 Div Neg Exp Mul c Mul d Div Sub", z, size,
                      nu_onnx_polynomial(g, above, size), nu_onnx_polynomial(g, below, size));
}

static nu_wire activated(nu_onnx *g, nudge_activation activation, nu_wire z)
{
    if (activation == NUDGE_GELU && g->real == NU_ONNX_DOUBLE)
        return gelu(g, z);
    return activations[activation] != NULL ? NU_FORMULA(g, activations[activation], z) : z;
}

static nudge_status add_layer(nu_onnx *g, const nu_exported *e, size_t k, size_t l, nu_wire *x,
                              nudge_error *err)
{
    nu_exported_layer layer = nu_exported_layer_of(e, k, l);
    double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
    nu_wire in = *x, z;
    NU_TRY(nu_exported_weights(e, k, l, &weight, &bias, err));
    if (layer.normed)
        in = NU_FORMULA(g, "a a a Mul Mean 1e-5 Add Sqrt Div", NU_FORMULA(g, "a a Mean Sub", in));
    z = nu_onnx_node(g, "Gemm", 3, (const nu_wire[]){
        in, nu_onnx_numbers(g, weight, layer.out, layer.in),
        nu_onnx_numbers(g, bias, 0, layer.out)});
    nu_onnx_set_whole(g, "transB", 1);
    z = activated(g, layer.activation, z);
    *x = layer.adds ? NU_FORMULA(g, "a b Add", *x, z) : z;
    return NUDGE_OK;
}

static nu_wire list_of(nu_onnx *g, const nu_record *r, const char *key, double factor)
{
    const nu_field *f = nu_record_field(r, key);
    nu_wire list = nu_onnx_numbers(g, f->numbers, 0, f->n);
    return factor == 1 ? list : NU_FORMULA(g, "a b Mul", list, nu_onnx_numbers(g, &factor, 0, 1));
}

/* What comes in the place of a number. Angles are made in double. */
static void add_embedding(nu_onnx *g, const nu_record *r, nu_wire v, nu_wires *parts)
{
    int has_phases = nu_record_field(r, "phases") != NULL;
    const nu_field *weight = nu_record_field(r, "weight");
    size_t size = nu_record_field(r, "bias")->n;
    g->type = NU_ONNX_DOUBLE;
    nu_wire angle = NU_FORMULA(g, "a Double b Mul", v,
                               list_of(g, r, "frequencies", 2 * 3.14159265358979323846));
    if (has_phases)
        angle = NU_FORMULA(g, "a b Add", angle, list_of(g, r, "phases", 1));
    g->type = g->real;
    nu_wire waves = NU_FORMULA(g, "a Cos Real", angle);
    if (!has_phases) {
        nu_wire both[] = {waves, NU_FORMULA(g, "a Sin Real", angle)};
        waves = nu_onnx_node(g, "Concat", 2, both);
        nu_onnx_set_whole(g, "axis", 1);
    }
    nu_wire z = NU_FORMULA(g, has_phases ? "a b MatMul c Add" : "a b MatMul c Add Relu", waves,
                           nu_onnx_numbers(g, weight->numbers, weight->n / size, size),
                           list_of(g, r, "bias", 1));
    if (has_phases)
        nu_onnx_add(g, parts, v);
    nu_onnx_add(g, parts, z);
}

/* Inputs from..end-1 of x, as they are. */
static nu_wire slice(nu_onnx *g, nu_wire x, size_t from, size_t end)
{
    return nu_onnx_node(g, "Slice", 4, (const nu_wire[]){
        x, nu_onnx_whole(g, (int64_t)from), nu_onnx_whole(g, (int64_t)end), nu_onnx_whole(g, 1)});
}

/* Where network k embeds numbers: from inputs to what its first layer takes. */
static nudge_status embed(nu_onnx *g, const nu_exported *e, size_t k, nu_wire *x, nudge_error *err)
{
    size_t n = nu_exported_embeddings(e, k), from = 0;
    nu_wires parts = {0};
    for (size_t j = 0; j < n; j++) {
        nu_record r NU_SCOPED(nu_record_end) = {0};
        NU_TRY(nu_exported_embedding(e, k, j, &r, err));
        size_t input = (size_t)nu_record_field(&r, "input")->number;
        if (input > from)
            nu_onnx_add(g, &parts, slice(g, *x, from, input));
        add_embedding(g, &r, slice(g, *x, input, input + 1), &parts);
        from = input + 1;
    }
    if (n == 0)
        return NUDGE_OK;
    if (from < e->inputs)
        nu_onnx_add(g, &parts, slice(g, *x, from, e->inputs));
    *x = nu_onnx_node(g, "Concat", parts.n, (const nu_wire *)parts.name);
    nu_onnx_set_whole(g, "axis", 1);
    return NUDGE_OK;
}

static nu_wire linked(nu_onnx *g, const nu_exported *e, nu_wire z)
{
    const char *formula = e->traits & NU_SOFTMAX   ? "a Softmax"
                          : e->traits & NU_SIGMOID ? "a Sigmoid"
                          : e->traits & NU_EXP     ? "a Exp" : "a";
    return NU_FORMULA(g, formula, z);
}

nudge_status nu_onnx_networks(nu_onnx *g, const nu_exported *e, nu_wire x, nu_wire *y,
                              nudge_error *err)
{
    char prefix[NU_PREFIX];
    nu_wire sum = NULL;
    for (size_t k = 0; k < e->networks; k++) {
        nu_wire z = x;
        nu_onnx_scope(g, "%sembedding", nu_network_prefix(prefix, e, k));
        NU_TRY(embed(g, e, k, &z, err));
        for (size_t l = 0; l < nu_exported_layers(e, k); l++) {
            nu_onnx_scope(g, "%slayer%zu", nu_network_prefix(prefix, e, k), l + 1);
            NU_TRY(add_layer(g, e, k, l, &z, err));
        }
        nu_onnx_scope(g, "outputs");
        z = linked(g, e, z);
        sum = k == 0 ? z : NU_FORMULA(g, "a b Add", sum, z);
    }
    double n = (double)e->networks;
    *y = e->networks == 1 ? sum : NU_FORMULA(g, "a b Div", sum, nu_onnx_numbers(g, &n, 0, 1));
    return NUDGE_OK;
}
