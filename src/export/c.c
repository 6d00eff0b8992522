/* Models as C99. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/c_lines.h"
#include "read/column_list.h"
#include "read/csv_text.h"

static const nu_syntax syntax = {
    .record = {"{", "}"}, .key = ".%s = ", .yes = "1", .count = ", .%s_count = %zu",
    .numbers = {"(const double[]){", "}"}, .texts = {"(const char *const[]){", "}"},
    .escape = "\\%03o",
    .apart = {{"??", "?\\"}}}; /* "??/" is a backslash to compilers that know trigraphs */

/* Of a number z, which is a double. */
static const struct {
    const char *name, *value;
} functions_of[] = {
    [NUDGE_RELU] = {"relu", "z < 0 ? 0 : z"},
    [NUDGE_LEAKY_RELU] = {"leaky_relu", "z < 0 ? 0.01 * z : z"},
    [NUDGE_ELU] = {"elu", "z < 0 ? expm1(z) : z"},
    [NUDGE_TANH] = {"hyperbolic_tangent", "tanh(z)"},
    [NUDGE_SIGMOID] = {"sigmoid", "1 / (1 + exp(-z))"},
    [NUDGE_SOFTPLUS] = {"softplus", "z > 20 ? z : log1p(exp(z))"},
    [NUDGE_GELU] = {"gelu", "z * (1 + erf(z * 0.70710678118654752440)) / 2"},
    [NUDGE_SILU] = {"silu", "z / (1 + exp(-z))"},
    [NUDGE_SELU] = {"selu", "1.0507009873554804934 *\n"
                            "                      (z < 0 ? 1.6732632423543772848 * expm1(z) : z)"},
    [NUDGE_MISH] = {"mish", "z * tanh(log1p(exp(z)))"},
    [NUDGE_SOFTSIGN] = {"softsign", "z / (1 + fabs(z))"},
};

/* ---- Constants -------------------------------------------------------------------------- */

static void write_sizes(const nu_writer *w)
{
    fprintf(w->stream, "#define PREDICT_COLUMNS %zu\n#define PREDICT_RESULTS %zu\n\n",
            w->e->columns, w->e->results);
}

static void write_labels(const nu_writer *w)
{
    fputs("\nconst char *const predict_labels[PREDICT_RESULTS] = {\n    ", w->stream);
    nu_write_texts(w, w->e->labels, w->e->n_labels, 4, 4);
    fputs("\n};\n", w->stream);
}

static nudge_status write_columns(const nu_writer *w, nudge_error *err)
{
    if ((w->e->traits & NU_RECORDS) != 0) {
        fputs("\nstatic const struct column columns[PREDICT_COLUMNS] = {\n", w->stream);
        NU_TRY(nu_write_columns(w, 4, err));
        fputs("};\n", w->stream);
    } else if ((w->e->traits & NU_SCALED) != 0) {
        fputs("\nstatic const struct column column = ", w->stream);
        nu_write_common_column(w);
        fputs(";\n", w->stream);
    }
    return NUDGE_OK;
}

/* Where predictions need what they have; otherwise main() alone does. */
static int needs_targets(const nu_writer *w)
{
    return (w->e->traits & (NU_UNSCALED | NU_BOX_COX | NU_INTERVALS)) != 0;
}

static void write_targets(const nu_writer *w)
{
    fputs(needs_targets(w) ? "" : "\n#ifdef PREDICT_MAIN", w->stream);
    fprintf(w->stream, "\nstatic const struct target targets[] = {\n");
    nu_write_targets(w, 4);
    fputs(needs_targets(w) ? "};\n" : "};\n#endif\n", w->stream);
}

/* in x out, so that the inner loop of a product goes over neighbours. */
static nudge_status transpose(double **turned, const double *weight, size_t out, size_t in,
                              nudge_error *err)
{
    NU_NEW(*turned, nu_alloc, in * out, "a layer's weights", err);
    for (size_t i = 0; i < in * out; i++)
        (*turned)[i] = weight[i % out * in + i / out];
    return NUDGE_OK;
}

/* Rows of numbers, without braces around each. */
static void write_matrix(const nu_writer *w, const double *values, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        fputs("    ", w->stream);
        nu_write_reals(w->stream, values + i * columns, columns, w->e->is_f32, 5, 4);
        fputs(i + 1 < rows ? ",\n" : "};\n", w->stream);
    }
}

/* A float does not hold every double. */
static nudge_status check_range(const nu_writer *w, const double *values, size_t n,
                                nudge_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (w->dtype == NUDGE_F32 && !isfinite((float)values[i]))
            return nu_fail_setting(err, NUDGE_EDATA, "dtype", "a weight is %g, which is too large "
                                   "for f32", values[i]);
    return NUDGE_OK;
}

/* Of network k. */
static nudge_status write_weights(const nu_writer *w, size_t k, nudge_error *err)
{
    char prefix[NU_PREFIX];
    nu_network_prefix(prefix, w->e, k);
    if (nu_exported_embeddings(w->e, k) > 0) {
        fprintf(w->stream, "\nstatic const struct embedding %sE[] = {\n", prefix);
        NU_TRY(nu_write_embeddings(w, k, 4, err));
        fputs("};\n", w->stream);
    }
    for (size_t l = 0; l < nu_exported_layers(w->e, k); l++) {
        nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
        double *weight NU_FREED = NULL, *bias NU_FREED = NULL, *turned NU_FREED = NULL;
        NU_TRY(nu_exported_weights(w->e, k, l, &weight, &bias, err));
        NU_TRY(check_range(w, weight, layer.in * layer.out, err));
        NU_TRY(check_range(w, bias, layer.out, err));
        NU_TRY(transpose(&turned, weight, layer.out, layer.in, err));
        fprintf(w->stream, "\nstatic const real %sW%zu[%zu * %zu] = {\n", prefix, l + 1, layer.in,
                layer.out);
        write_matrix(w, turned, layer.in, layer.out);
        fprintf(w->stream, "static const real %sb%zu[%zu] = {\n", prefix, l + 1, layer.out);
        write_matrix(w, bias, 1, layer.out);
    }
    return NUDGE_OK;
}

/* ---- Functions -------------------------------------------------------------------------- */

static void write_activations(const nu_writer *w)
{
    for (size_t i = 0; i < sizeof functions_of / sizeof *functions_of; i++)
        if (functions_of[i].name != NULL && (w->e->activations >> i & 1) != 0)
            fprintf(w->stream, "\nstatic void %s(real *y, size_t n)\n{\n"
                    "    for (size_t i = 0; i < n; i++) {\n        double z = (double)y[i];\n"
                    "        y[i] = (real)(%s);\n    }\n}\n", functions_of[i].name,
                    functions_of[i].value);
}

/* From x (a text) to y. */
static void write_layer(const nu_writer *w, const char *prefix, size_t l,
                        const nu_exported_layer *layer, const char *x, const char *y)
{
    const char *f = functions_of[layer->activation].name;
    char n[32];
    snprintf(n, sizeof n, "n%zu", l);
    if (layer->normed)
        fprintf(w->stream, "    norm(%s, %zu, %s);\n", x, layer->in, n);
    fprintf(w->stream, "    dense(%s, %zu, %sW%zu, %sb%zu, %s, %zu);\n", layer->normed ? n : x,
            layer->in, prefix, l + 1, prefix, l + 1, y, layer->out);
    if (f != NULL)
        fprintf(w->stream, "    %s(%s, %zu);\n", f, y, layer->out);
    if (layer->adds)
        fprintf(w->stream, "    add(%s, %zu, %s);\n", x, layer->out, y);
}

/* "real h1[3], n1[3];": what hidden layers give, and that normalised. */
static void write_hidden(const nu_writer *w, size_t k, size_t layers)
{
    for (size_t l = 1; l < layers; l++) {
        nu_exported_layer next = nu_exported_layer_of(w->e, k, l);
        fprintf(w->stream, "%sh%zu[%zu]", l > 1 ? ", " : "    real ", l, next.in);
        if (next.normed)
            fprintf(w->stream, ", n%zu[%zu]", l, next.in);
    }
    fputs(layers > 1 ? ";\n" : "", w->stream);
}

static void write_network(const nu_writer *w, size_t k)
{
    char prefix[NU_PREFIX], x[32], y[32];
    size_t layers = nu_exported_layers(w->e, k), embedded = nu_exported_embeddings(w->e, k);
    nu_network_prefix(prefix, w->e, k);
    fprintf(w->stream, "\nstatic void %snetwork(const real *x, real *y)\n{\n", prefix);
    write_hidden(w, k, layers);
    if (embedded > 0)
        fprintf(w->stream, "    real e[%zu];\n    embed(%sE, %zu, x, e);\n",
                nu_exported_layer_of(w->e, k, 0).in, prefix, embedded);
    for (size_t l = 0; l < layers; l++) {
        nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
        snprintf(x, sizeof x, l > 0 ? "h%zu" : embedded > 0 ? "e" : "x", l);
        snprintf(y, sizeof y, l + 1 < layers ? "h%zu" : "y", l + 1);
        write_layer(w, prefix, l, &layer, x, y);
    }
    fputs("}\n", w->stream);
}

static void write_members(const nu_writer *w)
{
    char prefix[NU_PREFIX];
    fprintf(w->stream, "\n#define MEMBERS %zu\n"
            "static void (*const members[MEMBERS])(const real *x, real *y) = {\n    ",
            w->e->networks);
    for (size_t k = 0; k < w->e->networks; k++)
        fprintf(w->stream, "%s%snetwork", k > 0 ? ", " : "",
                nu_network_prefix(prefix, w->e, k));
    fputs("\n};\n", w->stream);
}

/* ---- All of it -------------------------------------------------------------------------- */

static void write_about(const nu_writer *w)
{
    fprintf(w->stream, "/* A network that nudge %s trained, in C99. It needs libm and no other "
            "file.\n", nudge_version());
    nu_write_lines(w, nu_c_about);
    fputs(" */\n", w->stream);
}

static nudge_status write_constants(const nu_writer *w, nudge_error *err)
{
    const nu_exported *e = w->e;
    fprintf(w->stream, "\ntypedef %s real;\n\n#define INPUTS %zu\n#define OUTPUTS %zu\n",
            w->dtype == NUDGE_F32 ? "float" : "double", e->inputs, e->outputs);
    write_sizes(w);
    nu_write_lines(w, nu_c_declared);
    if ((e->traits & NU_CLASSES) != 0)
        write_labels(w);
    NU_TRY(write_columns(w, err));
    write_targets(w);
    for (size_t k = 0; k < e->networks; k++)
        NU_TRY(write_weights(w, k, err));
    return NUDGE_OK;
}

/* What main() needs to know of files. */
static nudge_status write_missing(const nu_writer *w, nudge_error *err)
{
    const nudge_prep *p = w->e->model->prep;
    char **own NU_FREED = NULL, *const *words = nu_usually_missing;
    size_t n = NU_USUALLY_MISSING;
    if (p != NULL && p->dialect.has_missing) {
        words = own = nu_list_split(p->dialect.missing, &n);
        NU_NEED(own != NULL, sizeof p->dialect.missing, "what is missing", err);
    }
    if ((w->e->traits & NU_RECORDS) == 0)
        fprintf(w->stream, "#define COLUMN_LETTER '%c'\n", nu_exported_letter(w->e));
    fputs("\nstatic const char *const missing[] = {\n    ", w->stream);
    nu_write_texts(w, words, n, 4, 4);
    fputs(n > 0 ? ", NULL};\n" : "NULL};\n", w->stream);
    return NUDGE_OK;
}

static nudge_status write_c(const nu_writer *shared, nudge_error *err)
{
    nu_writer writer = *shared, *w = &writer;
    w->syntax = &syntax;
    write_about(w);
    nu_write_lines(w, nu_c_types);
    NU_TRY(write_constants(w, err));
    nu_write_lines(w, nu_c_numbers);
    nu_write_lines(w, nu_c_inputs);
    nu_write_lines(w, nu_c_functions);
    write_activations(w);
    for (size_t k = 0; k < w->e->networks; k++)
        write_network(w, k);
    if (w->e->networks > 1)
        write_members(w);
    nu_write_lines(w, nu_c_after);
    nu_write_lines(w, nu_c_predict);
    nu_write_lines(w, nu_c_main_head);
    NU_TRY(write_missing(w, err));
    nu_write_lines(w, nu_c_main);
    return NUDGE_OK;
}

static nudge_status write_header(const nu_writer *w, nudge_error *err)
{
    (void)err;
    write_about(w);
    fputs("#ifndef PREDICT_H\n#define PREDICT_H\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
          w->stream);
    write_sizes(w);
    nu_write_lines(w, nu_c_declared);
    fputs("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n", w->stream);
    return NUDGE_OK;
}

const nu_language nu_language_c = {".c ", write_c};
const nu_language nu_language_c_header = {".h ", write_header};
