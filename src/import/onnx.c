/* ONNX: the graph's nodes in turn. https://github.com/onnx/onnx/blob/main/docs/Operators.md and
 * Operators-ml.md */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_file.h"
#include "import/onnx_values.h"
#include "table/table.h"

static void graph_end(nu_graph *g)
{
    while (g->all != NULL) {
        nu_symbol *v = g->all;
        g->all = v->next;
        if (!v->is_borrowed) {
            free(v->numbers);
            nu_strings_free(v->texts, v->texts != NULL ? v->n : 0);
            free(v->feature);
            free(v->probe);
        }
        free(v);
    }
    for (size_t j = 0; j < g->n_columns; j++) {
        free(g->column[j].name);
        nu_strings_free(g->column[j].categories, g->column[j].n_categories);
        free(g->column[j].place);
    }
    free(g->column);
    free(g->value);
    nu_dictionary_free(&g->names);
}

/* ---- Operators that change no value ----------------------------------------------------- */

static nudge_status take_same(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                              nudge_error *err)
{
    (void)g, (void)n, (void)err;
    *out = in[0];
    return NUDGE_OK;
}

/* Its third input says whether it is in training. */
static nudge_status take_dropout(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                 nudge_error *err)
{
    nu_symbol *training = n > 2 ? in[2] : NULL;
    *out = in[0];
    if (training != NULL && training->kind == NU_IS_CONSTANT)
        NU_TRY(nu_graph_decode(g, training, err));
    if (training != NULL && (training->kind != NU_IS_CONSTANT || training->n != 1 ||
                             training->numbers == NULL || training->numbers[0] != 0))
        return nu_graph_refuse(g, err, "it draws at random, as in training");
    return NUDGE_OK;
}

/* Whether numbers are whole in all columns as they come. */
static int are_whole(const nu_graph *g, const nu_symbol *v)
{
    for (size_t j = 0; j < v->n; j++) {
        const nu_feature *f = &v->feature[j];
        if (!g->column[f->column].is_whole || f->shift != 0 || f->factor != 1)
            return 0;
    }
    return v->feature != NULL;
}

#define TYPE(NAME) ONNX__TENSOR_PROTO__DATA_TYPE__##NAME

/* Whether a type has the constant's numbers, or texts, as they are. */
static int holds(const nu_symbol *c, int64_t type)
{
    double most = type == TYPE(BOOL) ? 1 : type == TYPE(INT32) ? INT32_MAX : 0x1p53;
    if (c->texts != NULL)
        return type == TYPE(STRING);
    if (type == TYPE(FLOAT) || type == TYPE(DOUBLE))
        return 1;
    for (size_t i = 0; i < c->n; i++)
        if (c->numbers[i] != floor(c->numbers[i]) || !(fabs(c->numbers[i]) <= most) ||
            (type == TYPE(BOOL) && c->numbers[i] < 0))
            return 0;
    return type == TYPE(BOOL) || type == TYPE(INT32) || type == TYPE(INT64) ||
           type == TYPE(STRING);
}

static nudge_status take_cast(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                              nudge_error *err)
{
    nu_symbol *v = *out = in[0];
    int64_t to = nu_graph_int(g, "to", 0);
    int is_real = to == TYPE(FLOAT) || to == TYPE(DOUBLE), keeps = is_real;
    int is_whole = to == TYPE(INT64) || to == TYPE(INT32) || to == TYPE(STRING);
    (void)n;
    if (v->kind == NU_IS_CONSTANT) {
        NU_TRY(nu_graph_decode(g, v, err));
        keeps = holds(v, to);
    } else if (v->kind == NU_IS_COLUMNS) {
        keeps = v->type == TYPE(STRING) ? to == v->type : is_real || (is_whole && are_whole(g, v));
    } else if (v->kind == NU_IS_SHAPE || v->kind == NU_IS_LABELS) {
        keeps = is_real || is_whole;
    }
    if (!keeps)
        return nu_graph_refuse(g, err, "to type %lld, which changes values", (long long)to);
    return nu_graph_view(g, v, v->rank, v->dim, v->type != 0 ? (int)to : 0, out, err);
}

/* ---- Operators of several kinds of values ----------------------------------------------- */

static nudge_status take_concat(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                nudge_error *err)
{
    int64_t axis = nu_graph_int(g, "axis", 1);
    for (size_t k = 0; k < n; k++)
        if (in[k] != NULL && in[k]->kind == NU_IS_SHAPE)
            return nu_shape_concat(g, in, n, out, err);
    if (!nu_is_along_row(in[0], axis))
        return nu_graph_refuse(g, err, "along axis %lld, not along a row", (long long)axis);
    return in[0]->kind == NU_IS_UNITS ? nu_units_pair(g, in, n, out, err)
                                      : nu_columns_concat(g, in, n, out, err);
}

/* Gather and ArrayFeatureExtractor. */
static nudge_status take_some(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                              nudge_error *err)
{
    int is_gather = strcmp(g->node->op_type, "Gather") == 0;
    int64_t axis = nu_graph_int(g, "axis", 0);
    (void)n;
    if (in[0]->kind == NU_IS_CONSTANT && in[1]->kind == NU_IS_LABELS)
        return nu_take_labels(g, in[0], out, err);
    if (in[0]->kind == NU_IS_SHAPE)
        return nu_shape_gather(g, in, out, err);
    if (in[0]->kind != NU_IS_COLUMNS || in[1]->kind != NU_IS_CONSTANT ||
        (is_gather && !nu_is_along_row(in[0], axis)))
        return nu_graph_refuse(g, err, "columns by their numbers, or labels, are taken");
    return nu_columns_select(g, in[0], in[1], out, err);
}

/* ---- Nodes ------------------------------------------------------------------------------ */

static const struct {
    const char *op;
    size_t least, most; /* inputs */
    nu_graph_take *take;
} operators[] = {
    {"ArgMax", 1, 1, nu_take_argmax},
    {"ArrayFeatureExtractor", 2, 2, take_some},
    {"BatchNormalization", 5, 5, nu_take_batch_norm},
    {"Binarizer", 1, 1, nu_take_binarizer},
    {"Cast", 1, 1, take_cast},
    {"Concat", 1, 1 << 20, take_concat},
    {"Constant", 0, 0, nu_take_constant},
    {"Dropout", 1, 3, take_dropout},
    {"FeatureVectorizer", 1, 1 << 20, nu_columns_concat},
    {"Flatten", 1, 1, nu_take_flatten},
    {"Gather", 2, 2, take_some},
    {"Gemm", 2, 3, nu_take_gemm},
    {"Identity", 1, 1, take_same},
    {"Imputer", 1, 1, nu_take_imputer},
    {"IsNaN", 1, 1, nu_take_is_nan},
    {"LayerNormalization", 2, 3, nu_take_layer_norm},
    {"LogSoftmax", 1, 1, nu_take_softmax},
    {"MatMul", 2, 2, nu_take_matmul},
    {"OneHotEncoder", 1, 1, nu_take_one_hot},
    {"ReduceMean", 1, 2, nu_take_mean},
    {"Reshape", 1, 2, nu_take_reshape},
    {"Scaler", 1, 1, nu_take_scaler},
    {"Shape", 1, 1, nu_take_shape},
    {"Softmax", 1, 1, nu_take_softmax},
    {"Squeeze", 1, 2, nu_take_squeeze},
    {"Transpose", 1, 1, nu_take_transpose},
    {"Unsqueeze", 1, 2, nu_take_unsqueeze},
    {"Where", 3, 3, nu_take_where},
    {"ZipMap", 1, 1, nu_take_zip_map},
};

static int is_of_onnx(const char *domain)
{
    return *domain == '\0' || strcmp(domain, "ai.onnx") == 0;
}

static nudge_status take_operator(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                  nudge_error *err)
{
    const Onnx__NodeProto *node = g->node;
    const char *domain = nu_text_of(node->domain), *op = nu_text_of(node->op_type);
    int is_known = is_of_onnx(domain) || strcmp(domain, "ai.onnx.ml") == 0;
    if (is_known && nu_is_elementwise(op) && n > 0 && in[0] != NULL)
        return nu_take_elementwise(g, in, n, out, err);
    for (size_t i = 0; is_known && i < sizeof operators / sizeof *operators; i++) {
        if (strcmp(operators[i].op, op) != 0)
            continue;
        if (n < operators[i].least || n > operators[i].most ||
            (operators[i].least > 0 && in[0] == NULL) || (operators[i].least > 1 && in[1] == NULL))
            return nu_graph_refuse(g, err, "%zu inputs", n);
        return operators[i].take(g, in, n, out, err);
    }
    return nu_graph_refuse(g, err, "no operator of a multilayer perceptron that nudge knows");
}

static nudge_status take_node(nu_graph *g, const Onnx__NodeProto *node, nudge_error *err)
{
    nu_symbol **in NU_FREED = NULL, *out = NULL, *rest;
    g->node = node;
    NU_NEW(in, calloc, node->n_input + 1, "a node", err);
    for (size_t i = 0; i < node->n_input; i++) {
        const char *name = node->input[i];
        size_t number = nu_dictionary_find(&g->names, name, strlen(name));
        if (*name != '\0' && number == NU_NOT_FOUND)
            return nu_graph_refuse(g, err, "nothing before it makes '%.80s', which it takes", name);
        in[i] = *name != '\0' ? g->value[number] : NULL;
    }
    if (node->n_output == 0)
        return nu_graph_refuse(g, err, "it makes nothing");
    NU_TRY(take_operator(g, in, node->n_input, &out, err));
    NU_TRY(nu_graph_name(g, node->output[0], out, err));
    for (size_t i = 1; i < node->n_output; i++) {
        if (*node->output[i] == '\0')
            continue;
        NU_TRY(nu_graph_symbol(g, &rest, NU_IS_NOTHING, 0, err));
        NU_TRY(nu_graph_name(g, node->output[i], rest, err));
    }
    return NUDGE_OK;
}

/* The graph of a file. */
static nudge_status take_graph(nu_graph *g, nudge_error *err)
{
    enum { MOST_NODES = 100000 };
    if (g->graph->n_node > MOST_NODES || g->graph->n_sparse_initializer > 0)
        return nu_graph_refuse(g, err, "%zu nodes and %zu sparse tensors: no multilayer perceptron "
                               "that nudge knows", g->graph->n_node,
                               g->graph->n_sparse_initializer);
    for (size_t i = 0; i < g->graph->n_initializer; i++) {
        nu_symbol *v;
        NU_TRY(nu_graph_tensor(g, &v, g->graph->initializer[i], err));
        NU_TRY(nu_graph_name(g, nu_text_of(g->graph->initializer[i]->name), v, err));
    }
    NU_TRY(nu_graph_inputs(g, err));
    for (size_t i = 0; i < g->graph->n_node; i++)
        NU_TRY(take_node(g, g->graph->node[i], err));
    g->node = NULL;
    return nu_graph_outputs(g, err);
}

nudge_status nu_import_onnx(nu_imported *im, const unsigned char *bytes, size_t size,
                            const nudge_import_options *options, nudge_error *err)
{
    enum { OLDEST = 7 }; /* before, constants were along axes that attributes told */
    Onnx__ModelProto *model NU_SCOPED(nu_onnx_free) = NULL;
    NU_TRY(nu_onnx_unpack(&model, im->path, bytes, size, err));
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (is_of_onnx(nu_text_of(model->opset_import[i]->domain)) &&
            model->opset_import[i]->version < OLDEST)
            return nu_fail(err, NUDGE_EDATA, "%s: operators as in opset %lld: %d and later are "
                           "read", im->path, (long long)model->opset_import[i]->version, OLDEST);
    nu_graph g NU_SCOPED(graph_end) = {.im = im, .options = options, .graph = model->graph,
                                      .file_size = size};
    return take_graph(&g, err);
}
