/* Models as Python. */
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/python_lines.h"

static const nu_syntax syntax = {
    .record = {"{", "}"}, .key = "\"%s\": ", .yes = "True", .numbers = {"[", "]"},
    .texts = {"[", "]"}, .escape = "\\x%02x",
    .declare = "", .end = "", .input_count = "input_count", .indent = 4};

/* Of a number; of many, with NumPy. */
static const struct {
    const char *name, *one, *many;
} functions_of[] = {
    [NUDGE_RELU] = {"relu", "z if z > 0 else 0.0", "np.maximum(z, 0)"},
    [NUDGE_LEAKY_RELU] = {"leaky_relu", "0.01 * z if z < 0 else z", "np.where(z < 0, 0.01 * z, z)"},
    [NUDGE_ELU] = {"elu", "math.expm1(z) if z < 0 else z",
                   "np.where(z < 0, np.expm1(np.minimum(z, 0)), z)"},
    [NUDGE_TANH] = {"tanh", "math.tanh(z)", "np.tanh(z)"},
    [NUDGE_SIGMOID] = {"sigmoid", "1 / (1 + exp(-z))", "1 / (1 + np.exp(np.minimum(-z, 709)))"},
    [NUDGE_SOFTPLUS] = {"softplus", "z if z > 20 else math.log1p(math.exp(z))",
                        "np.where(z > 20, z, np.log1p(np.exp(np.minimum(z, 20))))"},
    [NUDGE_GELU] = {"gelu", "z * (1 + math.erf(z / math.sqrt(2))) / 2",
                    "z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))) / 2"},
    [NUDGE_SILU] = {"silu", "z / (1 + exp(-z))", "z / (1 + np.exp(np.minimum(-z, 709)))"},
    [NUDGE_SELU] = {"selu", "1.0507009873554804934 * (1.6732632423543772848 * math.expm1(z)\n"
                            "                                    if z < 0 else z)",
                    "1.0507009873554804934 * np.where(\n"
                    "            z < 0, 1.6732632423543772848 * np.expm1(np.minimum(z, 0)), z)"},
    [NUDGE_MISH] = {"mish", "z * math.tanh(math.log1p(exp(z)))",
                    "z * np.tanh(np.log1p(np.exp(np.minimum(z, 709))))"},
    [NUDGE_SOFTSIGN] = {"softsign", "z / (1 + abs(z))", "z / (1 + np.abs(z))"},
};

/* ---- Functions -------------------------------------------------------------------------- */

/* def relu(z), or with NumPy; `indent` blanks in. */
static void write_activations(const nu_writer *w, int many)
{
    int indent = many ? 4 : 0;
    for (size_t i = 0; i < sizeof functions_of / sizeof *functions_of; i++)
        if (functions_of[i].name != NULL && (w->e->activations >> i & 1) != 0)
            fprintf(w->stream, "%s\n%*sdef %s(z):\n%*sreturn %s\n", many ? "" : "\n", indent, "",
                    functions_of[i].name, indent + 4, "",
                    many ? functions_of[i].many : functions_of[i].one);
}

/* "h2 = add(h1, [relu(z) for z in dense(W2, b2, norm(h1))])"; with NumPy "relu(dense(...))". */
static void write_layer(const nu_writer *w, const char *prefix, size_t l,
                        const nu_exported_layer *layer, int many, const char *input)
{
    const char *f = functions_of[layer->activation].name;
    char x[32];
    snprintf(x, sizeof x, "%s", input);
    if (l > 0)
        snprintf(x, sizeof x, "h%zu", l);
    if (layer->adds)
        fprintf(w->stream, "add(%s, ", x);
    if (f != NULL)
        fprintf(w->stream, many ? "%s(" : "[%s(z) for z in ", f);
    fprintf(w->stream, "dense(%sW%zu, %sb%zu, %s%s%s)", prefix, l + 1, prefix, l + 1,
            layer->normed ? "norm(" : "", x, layer->normed ? ")" : "");
    fputs(f == NULL ? "" : many ? ")" : "]", w->stream);
    fputs(layer->adds ? ")" : "", w->stream);
}

/* The layers of network k, of which the last stands behind `result`. */
static void write_network(const nu_writer *w, size_t k, int many, const char *result)
{
    char prefix[NU_PREFIX];
    size_t layers = nu_exported_layers(w->e, k);
    int embeds = nu_exported_embeddings(w->e, k) > 0;
    nu_network_prefix(prefix, w->e, k);
    if (embeds)
        fprintf(w->stream, "    e = embed(%sE, x)\n", prefix);
    for (size_t l = 0; l < layers; l++) {
        nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
        if (l + 1 < layers)
            fprintf(w->stream, "    h%zu = ", l + 1);
        else
            fputs(result, w->stream);
        write_layer(w, prefix, l, &layer, many, embeds ? "e" : "x");
        fputs(l + 1 == layers && result[strlen(result) - 1] == '(' ? ")\n" : "\n", w->stream);
    }
}

static void write_networks(const nu_writer *w)
{
    char prefix[NU_PREFIX];
    for (size_t k = 0; k < w->e->networks; k++) {
        fprintf(w->stream, "\n\ndef %snetwork(x):\n", nu_network_prefix(prefix, w->e, k));
        write_network(w, k, 0, "    return ");
    }
    if (w->e->networks == 1)
        return;
    fputs("\n\nmembers = [", w->stream);
    for (size_t k = 0; k < w->e->networks; k++)
        fprintf(w->stream, "%s%snetwork", k > 0 ? ", " : "", nu_network_prefix(prefix, w->e, k));
    fputs("]\n", w->stream);
}

/* The function that takes many rows. */
static void write_many(const nu_writer *w)
{
    nu_write_lines(w, nu_python_many);
    write_activations(w, 1);
    fputs("\n    x = np.array(all_rows, dtype=float)\n", w->stream);
    fputs(w->e->networks > 1 ? "    y = []\n" : "", w->stream);
    for (size_t k = 0; k < w->e->networks; k++)
        write_network(w, k, 1, w->e->networks > 1 ? "    y.append(" : "    y = ");
    fputs(w->e->networks > 1 ? "    return np.stack(y, 1).tolist()\n" : "    return y.tolist()\n",
          w->stream);
}

static int needs_exp(const nu_exported *e)
{
    return (e->traits & (NU_LINKED | NU_LOG | NU_BOX_COX)) != 0 ||
           (e->activations & (1u << NUDGE_SIGMOID | 1u << NUDGE_SILU | 1u << NUDGE_MISH)) != 0;
}

static nudge_status write_python(const nu_writer *shared, nudge_error *err)
{
    nu_writer writer = *shared, *w = &writer;
    w->syntax = &syntax;
    fprintf(w->stream, "\"\"\"A network that nudge %s trained. It needs no other file.\n\n",
            nudge_version());
    nu_write_lines(w, nu_python_about);
    NU_TRY(nu_write_constants(w, err));
    for (size_t k = 0; k < w->e->networks; k++)
        NU_TRY(nu_write_weights(w, k, err));
    if (needs_exp(w->e))
        fputs(nu_python_exponential, w->stream);
    nu_write_lines(w, nu_python_numbers);
    nu_write_lines(w, nu_python_inputs);
    nu_write_lines(w, nu_python_functions);
    write_activations(w, 0);
    write_networks(w);
    write_many(w);
    nu_write_lines(w, nu_python_after);
    nu_write_lines(w, nu_python_predict);
    return NUDGE_OK;
}

const nu_language nu_language_python = {".py ", write_python};
