/* Models as JavaScript. */

#include "core/memory.h"
#include "core/status.h"
#include "export/javascript_lines.h"

static const nu_syntax syntax = {
    .record = {"{", "}"}, .key = "%s: ", .yes = "true", .numbers = {"[", "]"}, .texts = {"[", "]"},
    .escape = "\\x%02x",
    .apart = {{"</", "\\x3c"}, {"<!", "\\x3c"}}, /* they would end or change a page's script */
    .declare = "const ", .end = ";", .input_count = "inputCount", .indent = 2};

/* Of a number z. */
static const struct {
    const char *name, *value;
} functions_of[] = {
    [NUDGE_RELU] = {"relu", "z => Math.max(z, 0)"},
    [NUDGE_LEAKY_RELU] = {"leakyRelu", "z => z < 0 ? 0.01 * z : z"},
    [NUDGE_ELU] = {"elu", "z => z < 0 ? Math.expm1(z) : z"},
    [NUDGE_TANH] = {"tanh", "z => Math.tanh(z)"},
    [NUDGE_SIGMOID] = {"sigmoid", "z => 1 / (1 + Math.exp(-z))"},
    [NUDGE_SOFTPLUS] = {"softplus", "z => z > 20 ? z : Math.log1p(Math.exp(z))"},
    [NUDGE_GELU] = {"gelu", "z => z * (1 + erf(z / Math.SQRT2)) / 2"},
    [NUDGE_SILU] = {"silu", "z => z / (1 + Math.exp(-z))"},
    [NUDGE_SELU] = {"selu", "z =>\n  1.0507009873554804934 * "
                            "(z < 0 ? 1.6732632423543772848 * Math.expm1(z) : z)"},
    [NUDGE_MISH] = {"mish", "z => z * Math.tanh(Math.log1p(Math.exp(z)))"},
    [NUDGE_SOFTSIGN] = {"softsign", "z => z / (1 + Math.abs(z))"},
};

static const char erf_of_gelu[] =
    "// The error function, 2 / sqrt(pi) exp(-z^2) (z + 2 z^3 / 3 + 4 z^5 / 15 + ...).\n"
    "function erf(z) {\n"
    "  if (Math.abs(z) > 6) return Math.sign(z);\n"
    "  let term = z, sum = z;\n"
    "  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++)\n"
    "    sum += term *= 2 * z * z / (2 * n + 1);\n"
    "  return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;\n"
    "}\n";

/* ---- Functions -------------------------------------------------------------------------- */

static void write_activations(const nu_writer *w)
{
    fputs(w->e->activations & ~1u ? "\n" : "", w->stream);
    for (size_t i = 0; i < sizeof functions_of / sizeof *functions_of; i++)
        if (functions_of[i].name != NULL && (w->e->activations >> i & 1) != 0)
            fprintf(w->stream, "%sconst %s = %s;\n", i == NUDGE_GELU ? erf_of_gelu : "",
                    functions_of[i].name, functions_of[i].value);
}

/* "add(h1, dense(W2, b2, norm(h1)).map(relu))" */
static void write_layer(FILE *stream, const char *prefix, size_t l, const nu_exported_layer *layer,
                        const char *input)
{
    const char *f = functions_of[layer->activation].name;
    char x[32];
    snprintf(x, sizeof x, "%s", input);
    if (l > 0)
        snprintf(x, sizeof x, "h%zu", l);
    if (layer->adds)
        fprintf(stream, "add(%s, ", x);
    fprintf(stream, "dense(%sW%zu, %sb%zu, %s%s%s)", prefix, l + 1, prefix, l + 1,
            layer->normed ? "norm(" : "", x, layer->normed ? ")" : "");
    if (f != NULL)
        fprintf(stream, ".map(%s)", f);
    fputs(layer->adds ? ");\n" : ";\n", stream);
}

static void write_network(const nu_writer *w, size_t k)
{
    char prefix[NU_PREFIX];
    size_t layers = nu_exported_layers(w->e, k);
    int embeds = nu_exported_embeddings(w->e, k) > 0;
    nu_network_prefix(prefix, w->e, k);
    fprintf(w->stream, "\nfunction %snetwork(x) {\n", prefix);
    if (embeds)
        fprintf(w->stream, "  const e = embed(%sE, x);\n", prefix);
    for (size_t l = 0; l < layers; l++) {
        nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
        fprintf(w->stream, l + 1 < layers ? "  const h%zu = " : "  return ", l + 1);
        write_layer(w->stream, prefix, l, &layer, embeds ? "e" : "x");
    }
    fputs("}\n", w->stream);
}

/* From a row to numbers: the probabilities of outputs, or the target's in its own units. */
static void write_outputs(const nu_writer *w)
{
    uint64_t t = w->e->traits;
    char prefix[NU_PREFIX];
    fputs("\nfunction outputs(row) {\n  const x = inputs(row);\n", w->stream);
    fputs(t & (NU_UNSCALED | NU_TRANSFORMED) ? "  const y = " : "  return ", w->stream);
    fputs(t & NU_MEMBERS ? "mean([" : "", w->stream);
    for (size_t k = 0; k < w->e->networks; k++)
        fprintf(w->stream, "%s%s%snetwork(x)%s", k > 0 ? ", " : "", t & NU_LINKED ? "link(" : "",
                nu_network_prefix(prefix, w->e, k), t & NU_LINKED ? ")" : "");
    fputs(t & NU_MEMBERS ? "]);\n" : ";\n", w->stream);
    nu_write_lines(w, nu_js_outputs);
}

static nudge_status write_js(const nu_writer *shared, nudge_error *err)
{
    nu_writer writer = *shared, *w = &writer;
    w->syntax = &syntax;
    fprintf(w->stream, "// A network that nudge %s trained. It needs no other file.\n",
            nudge_version());
    nu_write_lines(w, nu_js_about);
    NU_TRY(nu_write_constants(w, err));
    for (size_t k = 0; k < w->e->networks; k++)
        NU_TRY(nu_write_weights(w, k, err));
    nu_write_lines(w, nu_js_numbers);
    nu_write_lines(w, nu_js_inputs);
    nu_write_lines(w, nu_js_functions);
    write_activations(w);
    for (size_t k = 0; k < w->e->networks; k++)
        write_network(w, k);
    nu_write_lines(w, nu_js_after);
    write_outputs(w);
    nu_write_lines(w, nu_js_predict);
    fputs(w->is_module ? "\nexport {" : "\nif (typeof module === 'object')\n  module.exports = {",
          w->stream);
    nu_write_lines(w, nu_js_exported);
    fputs("};\n", w->stream);
    return NUDGE_OK;
}

const nu_language nu_language_js = {".js .mjs .cjs ", write_js};
