#include "export/onnx_graph.h"

#include <stdarg.h>
#include <stddef.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Memory ----------------------------------------------------------------------------- */

struct nu_onnx_block {
    struct nu_onnx_block *next;
    max_align_t bytes[];
};

/* Zeroed; NULL where there is none, or was none before. */
static void *take(nu_onnx *g, size_t n, size_t size)
{
    size_t bytes;
    struct nu_onnx_block *block = NULL;
    if (!g->failed && nu_mul(n, size, &bytes) && bytes < SIZE_MAX - sizeof *block)
        block = calloc(1, sizeof *block + bytes);
    g->failed = block == NULL;
    if (block == NULL)
        return NULL;
    block->next = g->blocks;
    g->blocks = block;
    return block->bytes;
}

static char *copy(nu_onnx *g, const char *text)
{
    char *text_copy = take(g, strlen(text) + 1, 1);
    return text_copy != NULL ? strcpy(text_copy, text) : NULL;
}

/* A protobuf struct, initialised. */
#define NEW(g, type, init) ({ \
    type *new_ = take((g), 1, sizeof *new_); \
    if (new_ != NULL) \
        init(new_); \
    new_; })

/* Puts an item behind the n of a list, unless memory ended: it may be NULL then. */
#define APPEND(g, list, n, item) do { \
    __typeof__(*(list)) item_ = (item); \
    void *list_ = grow((g), (n), sizeof *(list), (list)); \
    if (list_ == NULL) \
        break; \
    (list) = list_; \
    (list)[(n)++] = item_; \
} while (0)

/* The list of n, with place for one more: lists double at powers of two. NULL where memory ended,
 * now or before. */
static void *grow(nu_onnx *g, size_t n, size_t size, void *list)
{
    void *more;
    if (g->failed)
        return NULL;
    if ((n & (n - 1)) != 0)
        return list;
    more = take(g, 2 * n + 1, size);
    if (more != NULL && n > 0)
        memcpy(more, list, n * size);
    return more;
}

/* ---- Models ----------------------------------------------------------------------------- */

static void add_opset(nu_onnx *g, const char *domain, int64_t version)
{
    Onnx__OperatorSetIdProto *opset = NEW(g, Onnx__OperatorSetIdProto,
                                          onnx__operator_set_id_proto__init);
    if (opset == NULL)
        return;
    opset->domain = copy(g, domain);
    opset->has_version = 1;
    opset->version = version;
    APPEND(g, g->model.opset_import, g->model.n_opset_import, opset);
}

void nu_onnx_start(nu_onnx *g, nu_onnx_type real)
{
    *g = (nu_onnx){.real = real, .type = real};
    onnx__model_proto__init(&g->model);
    onnx__graph_proto__init(&g->graph);
    g->model.has_ir_version = 1;
    g->model.ir_version = 7;
    g->model.producer_name = copy(g, "nudge");
    g->model.producer_version = copy(g, nudge_version());
    g->model.graph = &g->graph;
    g->graph.name = copy(g, "nudge");
    add_opset(g, "", 13);
    add_opset(g, "ai.onnx.ml", 2);
}

void nu_onnx_end(nu_onnx *g)
{
    while (g->blocks != NULL) {
        struct nu_onnx_block *block = g->blocks;
        g->blocks = block->next;
        free(block);
    }
}

/* What is made here is named "/...". */
static nudge_status check_names(const nu_onnx *g, nudge_error *err)
{
    for (size_t i = 0; i < g->graph.n_input; i++) {
        const char *name = g->graph.input[i]->name;
        if (*name == '\0' || *name == '/')
            return nu_fail(err, NUDGE_EARGUMENT, "column '%s': inputs of ONNX models cannot have "
                           "no name, nor one with / at its start", name);
        for (size_t k = 0; k < g->graph.n_output; k++)
            if (strcmp(name, g->graph.output[k]->name) == 0)
                return nu_fail(err, NUDGE_EARGUMENT, "column '%s': an output of ONNX models is "
                               "named so", name);
    }
    return NUDGE_OK;
}

nudge_status nu_onnx_write(nu_onnx *g, FILE *stream, nudge_error *err)
{
    NU_NEED(!g->failed, 1024, "an ONNX model", err);
    NU_TRY(check_names(g, err));
    size_t size = onnx__model_proto__get_packed_size(&g->model);
    if (size > INT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu bytes: ONNX files have at most 2 GB", size);
    unsigned char *bytes NU_FREED = NULL;
    NU_NEW(bytes, nu_alloc, size, "an ONNX file", err);
    onnx__model_proto__pack(&g->model, bytes);
    fwrite(bytes, 1, size, stream); /* what it refuses is seen when it ends */
    return NUDGE_OK;
}

void nu_onnx_metadata(nu_onnx *g, const char *key, const char *value)
{
    Onnx__StringStringEntryProto *entry = NEW(g, Onnx__StringStringEntryProto,
                                              onnx__string_string_entry_proto__init);
    if (entry == NULL)
        return;
    entry->key = copy(g, key);
    entry->value = copy(g, value);
    APPEND(g, g->model.metadata_props, g->model.n_metadata_props, entry);
}

/* ---- Names ------------------------------------------------------------------------------ */

void nu_onnx_scope(nu_onnx *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(g->scope, sizeof g->scope, format, args);
    va_end(args);
}

static char *new_name(nu_onnx *g, const char *what)
{
    char name[96];
    snprintf(name, sizeof name, "/%s/%s_%zu", g->scope, what, ++g->named);
    return copy(g, name);
}

void nu_onnx_add(nu_onnx *g, nu_wires *values, nu_wire value)
{
    APPEND(g, values->name, values->n, copy(g, value));
}

/* ---- Inputs and outputs ----------------------------------------------------------------- */

static Onnx__TensorShapeProto__Dimension *dimension(nu_onnx *g, size_t columns)
{
    Onnx__TensorShapeProto__Dimension *d = NEW(g, Onnx__TensorShapeProto__Dimension,
                                               onnx__tensor_shape_proto__dimension__init);
    if (d == NULL)
        return NULL;
    if (columns == 0) {
        d->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        d->dim_param = copy(g, "N");
    } else {
        d->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        d->dim_value = (int64_t)columns;
    }
    return d;
}

static Onnx__ValueInfoProto *value_info(nu_onnx *g, const char *name, nu_onnx_type type,
                                        size_t columns)
{
    Onnx__ValueInfoProto *value = NEW(g, Onnx__ValueInfoProto, onnx__value_info_proto__init);
    Onnx__TypeProto *of = NEW(g, Onnx__TypeProto, onnx__type_proto__init);
    Onnx__TypeProto__Tensor *tensor = NEW(g, Onnx__TypeProto__Tensor,
                                          onnx__type_proto__tensor__init);
    Onnx__TensorShapeProto *shape = NEW(g, Onnx__TensorShapeProto, onnx__tensor_shape_proto__init);
    if (g->failed)
        return NULL;
    APPEND(g, shape->dim, shape->n_dim, dimension(g, 0));
    if (columns > 0)
        APPEND(g, shape->dim, shape->n_dim, dimension(g, columns));
    tensor->has_elem_type = 1;
    tensor->elem_type = (int32_t)type;
    tensor->shape = shape;
    of->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    of->tensor_type = tensor;
    value->name = copy(g, name);
    value->type = of;
    return value;
}

nu_wire nu_onnx_input(nu_onnx *g, const char *name, nu_onnx_type type, size_t columns)
{
    Onnx__ValueInfoProto *value = value_info(g, name, type, columns);
    APPEND(g, g->graph.input, g->graph.n_input, value);
    return g->failed ? "" : value->name;
}

void nu_onnx_output(nu_onnx *g, const char *name, nu_onnx_type type, size_t columns,
                    nu_wire value)
{
    nu_onnx_node(g, "Identity", 1, &value);
    if (g->failed)
        return;
    g->graph.node[g->graph.n_node - 1]->output[0] = copy(g, name);
    APPEND(g, g->graph.output, g->graph.n_output, value_info(g, name, type, columns));
}

/* ---- Constants -------------------------------------------------------------------------- */

static Onnx__TensorProto *constant(nu_onnx *g, nu_onnx_type type, size_t n_dims, size_t rows,
                                   size_t columns)
{
    Onnx__TensorProto *t = NEW(g, Onnx__TensorProto, onnx__tensor_proto__init);
    char *name = new_name(g, "constant");
    int64_t *dims = take(g, 2, sizeof *dims);
    if (g->failed)
        return NULL;
    t->name = name;
    t->has_data_type = 1;
    t->data_type = (int32_t)type;
    t->dims = dims;
    t->n_dims = n_dims;
    dims[0] = (int64_t)(n_dims == 2 ? rows : columns);
    dims[1] = (int64_t)columns;
    APPEND(g, g->graph.initializer, g->graph.n_initializer, t);
    return g->failed ? NULL : t;
}

/* Numbers in the list of the tensor's type. */
static void fill(nu_onnx *g, Onnx__TensorProto *t, const double *values, size_t n)
{
    if (t->data_type == NU_ONNX_FLOAT) {
        t->float_data = take(g, n, sizeof *t->float_data);
        t->n_float_data = g->failed ? 0 : n;
        for (size_t i = 0; i < t->n_float_data; i++)
            t->float_data[i] = (float)values[i];
    } else if (t->data_type == NU_ONNX_DOUBLE) {
        t->double_data = take(g, n, sizeof *t->double_data);
        t->n_double_data = g->failed ? 0 : n;
        for (size_t i = 0; i < t->n_double_data; i++)
            t->double_data[i] = values[i];
    } else {
        t->int64_data = take(g, n, sizeof *t->int64_data);
        t->n_int64_data = g->failed ? 0 : n;
        for (size_t i = 0; i < t->n_int64_data; i++)
            t->int64_data[i] = (int64_t)values[i];
    }
}

nu_wire nu_onnx_numbers(nu_onnx *g, const double *values, size_t rows, size_t columns)
{
    Onnx__TensorProto *t = constant(g, g->type, rows > 0 ? 2 : 1, rows, columns);
    if (t == NULL)
        return "";
    fill(g, t, values, (rows > 0 ? rows : 1) * columns);
    return t->name;
}

nu_wire nu_onnx_whole(nu_onnx *g, int64_t value)
{
    nu_onnx_type type = g->type;
    double number = (double)value;
    g->type = NU_ONNX_INT64;
    nu_wire name = nu_onnx_numbers(g, &number, 0, 1);
    g->type = type;
    return name;
}

static ProtobufCBinaryData *data_of(nu_onnx *g, char *const *texts, size_t n)
{
    ProtobufCBinaryData *data = take(g, n, sizeof *data);
    for (size_t i = 0; i < n && !g->failed; i++)
        data[i] = (ProtobufCBinaryData){strlen(texts[i]), (uint8_t *)copy(g, texts[i])};
    return g->failed ? NULL : data;
}

nu_wire nu_onnx_texts(nu_onnx *g, char *const *texts, size_t n)
{
    Onnx__TensorProto *t = constant(g, NU_ONNX_STRING, 1, 0, n);
    ProtobufCBinaryData *data = data_of(g, texts, n);
    if (g->failed)
        return "";
    t->string_data = data;
    t->n_string_data = n;
    return t->name;
}

/* ---- Nodes ------------------------------------------------------------------------------ */

nu_wire nu_onnx_node(nu_onnx *g, const char *op, size_t n, const nu_wire *inputs)
{
    Onnx__NodeProto *node = NEW(g, Onnx__NodeProto, onnx__node_proto__init);
    if (node == NULL)
        return "";
    for (size_t i = 0; i < n; i++)
        APPEND(g, node->input, node->n_input, copy(g, inputs[i]));
    node->op_type = copy(g, op);
    node->name = new_name(g, op);
    APPEND(g, node->output, node->n_output, node->name);
    APPEND(g, g->graph.node, g->graph.n_node, node);
    return g->failed ? "" : node->name;
}

void nu_onnx_set_domain(nu_onnx *g, const char *domain)
{
    if (!g->failed)
        g->graph.node[g->graph.n_node - 1]->domain = copy(g, domain);
}

static Onnx__AttributeProto *attribute(nu_onnx *g, const char *name,
                                       Onnx__AttributeProto__AttributeType type)
{
    Onnx__AttributeProto *a = NEW(g, Onnx__AttributeProto, onnx__attribute_proto__init);
    if (a == NULL)
        return NULL;
    Onnx__NodeProto *node = g->graph.node[g->graph.n_node - 1];
    a->name = copy(g, name);
    a->has_type = 1;
    a->type = type;
    APPEND(g, node->attribute, node->n_attribute, a);
    return g->failed ? NULL : a;
}

void nu_onnx_set_whole(nu_onnx *g, const char *name, int64_t value)
{
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    if (a == NULL)
        return;
    a->has_i = 1;
    a->i = value;
}

void nu_onnx_set_wholes(nu_onnx *g, const char *name, const int64_t *values, size_t n)
{
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    int64_t *ints = take(g, n, sizeof *ints);
    if (g->failed)
        return;
    memcpy(ints, values, n * sizeof *ints);
    a->ints = ints;
    a->n_ints = n;
}

void nu_onnx_set_texts(nu_onnx *g, const char *name, char *const *texts, size_t n)
{
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS);
    ProtobufCBinaryData *data = data_of(g, texts, n);
    if (g->failed)
        return;
    a->strings = data;
    a->n_strings = n;
}
