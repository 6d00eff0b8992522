/* ONNX files that are cut or lie are refused with their place; those that are no multilayer
 * perceptrons: test_import_graphs.c. */
#include <onnx.pb-c.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

static nudge_error err;

static void ck_refused(const void *bytes, size_t size, const char *words)
{
    write_bytes(in_folder("m.onnx"), bytes, size);
    ck_import_refused(in_folder("m.onnx"), words, "");
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

/* ---- What graphs of text (graph_fixtures.h) cannot have ---------------------------------- */

static void no_operator(Onnx__ModelProto *m)
{
    free(m->graph->node[1]->op_type);
    m->graph->node[1]->op_type = NULL;
}

static void external(Onnx__ModelProto *m)
{
    m->graph->initializer[0]->has_data_location = m->graph->initializer[0]->data_location = 1;
}

static void no_graph(Onnx__ModelProto *m)
{
    onnx__graph_proto__free_unpacked(m->graph, NULL);
    m->graph = NULL;
}

static const struct {
    void (*change)(Onnx__ModelProto *m);
    const char *words;
} changes[] = {
    {no_operator, "(): no operator of a multilayer perceptron"},
    {external, "': its data is in another file"},
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
