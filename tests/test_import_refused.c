/* ONNX files that are cut, lie, or are no multilayer perceptrons are refused with their place. */
#include <onnx.pb-c.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

static nudge_error err;

static void ck_refused(const void *bytes, size_t size, const char *words)
{
    nudge_model *m = NULL;
    const char *path = in_folder("m.onnx");
    write_bytes(path, bytes, size);
    ck_status(nudge_model_import(&m, path, NULL, &err), NUDGE_EDATA, &err);
    ck_assert_ptr_null(m);
    ck_assert_msg(strstr(err.text, words) != NULL, "no '%s' in: %s", words, err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "no path: %s", err.text);
}

/* X -> Gemm (4 x 3) -> Relu -> Gemm (2 x 4) -> Identity -> Y, in the file base.onnx. */
static unsigned char *base(size_t *size)
{
    const size_t widths[] = {3, 4, 2};
    nudge_export_options o = nudge_export_defaults();
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F32, 2, widths, NUDGE_RELU, NUDGE_IDENTITY, 1);
    o.raw = 1;
    if (!exists("base.onnx"))
        ck_ok(nudge_model_export(m, in_folder("base.onnx"), &o, &err), &err);
    nudge_model_free(m);
    return read_bytes(in_folder("base.onnx"), size);
}

/* ---- Changes of its graph --------------------------------------------------------------- */

static void put(char **text, const char *other)
{
    free(*text);
    *text = strdup(other);
}

#define CHANGE(name, ...) static void name(Onnx__ModelProto *m) { \
    Onnx__GraphProto *g = m->graph; \
    Onnx__TensorProto *weight = g->initializer[0], *bias = g->initializer[1]; \
    (void)weight, (void)bias; \
    __VA_ARGS__; \
}

CHANGE(cycle, put(&g->node[0]->input[0], g->node[1]->output[0]))
CHANGE(itself, put(&g->node[1]->input[0], g->node[1]->output[0]))
CHANGE(unknown_operator, put(&g->node[1]->op_type, "Conv"))
CHANGE(other_domain, put(&g->node[1]->domain, "com.example"))
CHANGE(no_activation, put(&g->node[1]->op_type, "Abs"))
CHANGE(no_operator, free(g->node[1]->op_type); g->node[1]->op_type = NULL)
CHANGE(negative, weight->dims[0] = -4)
CHANGE(huge, weight->dims[0] = 1 << 20; weight->dims[1] = 1 << 20)
CHANGE(overflow, weight->dims[0] = weight->dims[1] = (int64_t)1 << 40)
CHANGE(turned, weight->dims[0] = 3; weight->dims[1] = 4)
CHANGE(external, weight->has_data_location = 1; weight->data_location = 1)
CHANGE(short_data, weight->n_float_data--)
CHANGE(type, weight->data_type = 16)
CHANGE(text_type, weight->data_type = 8)
CHANGE(infinite, weight->float_data[0] = INFINITY)
CHANGE(few_biases, bias->dims[0] = 3; bias->n_float_data = 3)
CHANGE(twice, put(&g->node[1]->output[0], g->node[0]->output[0]))
CHANGE(same_tensor, put(&bias->name, weight->name))
CHANGE(no_weight, put(&g->node[0]->input[1], ""))
CHANGE(units_times_units, put(&g->node[2]->input[1], g->node[0]->output[0]))
CHANGE(branch, put(&g->node[2]->input[0], "X"))
CHANGE(trans_a, put(&g->node[0]->attribute[0]->name, "transA"))
CHANGE(no_trans, put(&g->node[0]->attribute[0]->name, "transC"))
CHANGE(no_output, put(&g->output[0]->name, "Z"))
CHANGE(input_as_output, put(&g->output[0]->name, "X"))
CHANGE(early_output, put(&g->output[0]->name, g->node[0]->output[0]))
CHANGE(negative_input, g->input[0]->type->tensor_type->shape->dim[1]->dim_value = -3)
CHANGE(huge_input, g->input[0]->type->tensor_type->shape->dim[1]->dim_value = (int64_t)1 << 40)
CHANGE(wide_input, g->input[0]->type->tensor_type->shape->dim[1]->dim_value = 4)
CHANGE(text_input, g->input[0]->type->tensor_type->elem_type = 8)
CHANGE(no_graph, onnx__graph_proto__free_unpacked(g, NULL); m->graph = NULL)

static const struct {
    void (*change)(Onnx__ModelProto *m);
    const char *words;
} changes[] = {
    {cycle, "(Gemm): nothing before it makes '/layer1/Relu_"},
    {itself, "(Relu): nothing before it makes '/layer1/Relu_"},
    {unknown_operator, "(Conv): no operator of a multilayer perceptron that nudge knows"},
    {other_domain, "(Relu): no operator of a multilayer perceptron that nudge knows"},
    {no_activation, "(Abs): what it makes of layer 1 is no activation that nudge has"},
    {no_operator, "(): no operator of a multilayer perceptron"},
    {negative, "' has no possible shape"},
    {huge, "' has not the 1099511627776 values that its shape says"},
    {overflow, "' has no possible shape"},
    {turned, "(Gemm): it takes 4 values, and gets 3"},
    {external, "': its data is in another file"},
    {short_data, "' has not the 12 values that its shape says"},
    {type, "' has type 16: float, double, whole numbers and texts are read"},
    {text_type, "' has not the 12 values that its shape says"},
    {infinite, "weight 0 is inf"},
    {few_biases, "(Gemm): 4 biases are needed"},
    {twice, "(Relu): two values are called '/layer1/Gemm_"},
    {same_tensor, ": two values are called '"},
    {no_weight, "(Gemm): 3 inputs"},
    {units_times_units, "(Gemm): a layer has columns or units, times a matrix of constants"},
    {branch, "(Gemm): it takes 4 values, and gets 3"},
    {trans_a, "(Gemm): transA is 1"},
    {no_trans, "(Gemm): it takes 4 values, and gets 3"},
    {no_output, ": output 'Z' is nothing that a layer gives"},
    {input_as_output, ": output 'X' is nothing that a layer gives"},
    {early_output, "(Gemm): it takes what another node has taken, too: a branch"},
    {negative_input, ": input 'X' has no possible shape"},
    {huge_input, ": input 'X' has 1099511627776 columns; from 1 to"},
    {wide_input, "(Gemm): it takes 3 values, and gets 4"},
    {text_input, "(Gemm): column 'x1' has texts, which no layer takes"},
    {no_graph, ": an ONNX model without graph, or something else"},
};

START_TEST(changed)
{
    size_t size;
    unsigned char *bytes = base(&size);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        Onnx__ModelProto *m = onnx__model_proto__unpack(NULL, size, bytes);
        changes[i].change(m);
        unsigned char *packed = malloc(onnx__model_proto__get_packed_size(m));
        ck_refused(packed, onnx__model_proto__pack(m, packed), changes[i].words);
        onnx__model_proto__free_unpacked(m, NULL);
        free(packed);
    }
    free(bytes);
}
END_TEST

/* ---- Bytes ------------------------------------------------------------------------------ */

START_TEST(cut)
{
    size_t size;
    unsigned char *bytes = base(&size);
    for (size_t n = 0; n < size / 2; n += 7)
        ck_refused(bytes, n, "");
    free(bytes);
}
END_TEST

/* Puts the bytes (*size of them, at the end of a block) into field `number` of a message. */
static unsigned char *wrap(unsigned char *at, size_t *size, int number)
{
    size_t left = *size, n = 0;
    unsigned char length[10];
    do {
        length[n++] = (unsigned char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        left >>= 7;
    } while (left > 0);
    at -= n + 1;
    at[0] = (unsigned char)(number << 3 | 2);
    memcpy(at + 1, length, n);
    *size += n + 1;
    return at;
}

/* A graph in an attribute of a node of a graph: protobuf-c calls itself for each. */
START_TEST(nested)
{
    enum { DEPTH = 100000, ROOM = 20 * DEPTH };
    unsigned char *block = malloc(ROOM), *at = block + ROOM;
    size_t size = 0;
    for (int i = 0; i < DEPTH; i++) {
        at = wrap(at, &size, 6);
        at = wrap(at, &size, 5);
        at = wrap(at, &size, 1);
    }
    at = wrap(at, &size, 7);
    ck_refused(at, size, ": messages are nested more than 32 deep");
    free(block);
}
END_TEST

/* Two bytes for each node, which take hundreds in memory. */
START_TEST(many_nodes)
{
    enum { NODES = 300000 };
    unsigned char *block = calloc(2, NODES + 20), *at = block + 40;
    size_t size = 2 * NODES;
    for (size_t i = 0; i < size; i += 2)
        at[i] = 1 << 3 | 2;
    at = wrap(at, &size, 7);
    ck_refused(at, size, "");
    free(block);
}
END_TEST

static Suite *import_refused_suite(void)
{
    Suite *s = suite_create("import_refused");
    TCase *tc = tcase_create("import_refused");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, changed);
    tcase_add_test(tc, cut);
    tcase_add_test(tc, nested);
    tcase_add_test(tc, many_nodes);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(import_refused_suite)
