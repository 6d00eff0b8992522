/* ONNX files that are cut or lie are refused with their place; those that are no multilayer
 * perceptrons: test_import_graphs.c. */
#include "graph_fixtures.h"

static void ck_refused(const void *bytes, size_t size, const char *words)
{
    write_bytes(in_folder("m.onnx"), bytes, size);
    ck_import_refused(in_folder("m.onnx"), words, "");
}

/* It is the same model as base.onnx. */
static void ck_read(const void *bytes, size_t size)
{
    nudge_model *m = NULL, *of_base = NULL;
    write_bytes(in_folder("m.onnx"), bytes, size);
    ck_ok(nudge_model_import(&m, in_folder("m.onnx"), NULL, &err), &err);
    ck_ok(nudge_model_import(&of_base, in_folder("base.onnx"), NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(m), nudge_model_hash(of_base));
    nudge_model_free(of_base);
    nudge_model_free(m);
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

static void external_bytes(Onnx__ModelProto *m)
{
    ADD(m->graph->initializer[0], external_data,
        MADE(Onnx__StringStringEntryProto, onnx__string_string_entry_proto__init));
}

static void sparse(Onnx__ModelProto *m)
{
    ADD(m->graph, sparse_initializer,
        MADE(Onnx__SparseTensorProto, onnx__sparse_tensor_proto__init));
}

/* That data is in the file itself may be said, too. */
static void own_data(Onnx__ModelProto *m)
{
    m->graph->initializer[0]->has_data_location = 1;
}

static void no_graph(Onnx__ModelProto *m)
{
    onnx__graph_proto__free_unpacked(m->graph, NULL);
    m->graph = NULL;
}

static const struct {
    void (*change)(Onnx__ModelProto *m);
    const char *words; /* NULL: it is read */
} changes[] = {
    {no_operator, "(): no operator of a multilayer perceptron"},
    {external, "': its data is in another file"},
    {external_bytes, "': its data is in another file"},
    {sparse, "nodes and 1 sparse tensors: no multilayer perceptron that nudge knows"},
    {own_data, NULL},
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
        size_t n = onnx__model_proto__pack(m, packed);
        if (changes[i].words != NULL)
            ck_refused(packed, n, changes[i].words);
        else
            ck_read(packed, n);
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

/* As many as there is memory for, beside a long text. */
START_TEST(too_many_nodes)
{
    enum { NODES = 100001, LETTERS = 1000000, ROOM = LETTERS + 2 * NODES + 40 };
    unsigned char *block = malloc(ROOM), *at = block + ROOM - LETTERS;
    size_t size = LETTERS;
    memset(at, 'x', LETTERS);
    at = wrap(at, &size, 10);
    for (int i = 0; i < NODES; i++, size += 2)
        *--at = 0, *--at = 1 << 3 | 2;
    at = wrap(at, &size, 7);
    ck_refused(at, size, ": 100001 nodes and 0 sparse tensors: no multilayer perceptron");
    free(block);
}
END_TEST

/* ---- Small files of large values -------------------------------------------------------- */

/* n times the text: # is counted from 0, and + from 1. */
static void repeat(FILE *f, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        for (const char *c = text; *c != '\0'; c++)
            if (*c == '#' || *c == '+')
                fprintf(f, "%zu", i + (*c == '+'));
            else
                fputc(*c, f);
}

/* A graph that is long: what is written to graph_begin() is refused. */
static char *graph;

static FILE *graph_begin(void)
{
    static size_t size;
    return open_memstream(&graph, &size);
}

static void ck_graph_refused(FILE *f, const char *words, const char *what)
{
    fclose(f);
    ck_import_refused(graph_write("m.onnx", graph), words, what);
    free(graph);
}

/* 45,000 columns and 2 units, whose weights are multiplied again and again; then nodes that make
 * more numbers than so small a file may. */
static const struct {
    size_t times;
    const char *node, *words;
} large[] = {
    {5, "Mul H188,C -> Z#\n", "(Mul): its nodes make more numbers than the file has"},
    {5, "Transpose F -> Z#\n", "(Transpose): its nodes make more numbers than the file has"},
    {100, "Relu H188 -> Z#\n", "(Relu): its nodes make more numbers than the file has"},
    {1, "Relu H188 -> A\nMatMul A,U -> B\nMatMul B,F -> Z\n",
     "(MatMul): its nodes make more numbers than the file has"},
};

START_TEST(much_is_made)
{
    for (size_t k = 0; k < sizeof large / sizeof *large; k++) {
        FILE *f = graph_begin();
        fprintf(f, "in X f ?,45000\nc C f 2 1 1\nc S l 2 2 45000\nc W b! 45000,2");
        repeat(f, 90000, " 1");
        fprintf(f, "\nCast W -> F to=1\nReshape F,S -> U\nMatMul X,F -> H0\n");
        repeat(f, 188, "Mul H#,C -> H+\n");
        repeat(f, large[k].times, large[k].node);
        ck_graph_refused(f, large[k].words, large[k].node);
    }
}
END_TEST

/* A column of 70,000 categories, of which a layer takes one. */
START_TEST(many_categories)
{
    FILE *f = graph_begin();
    fprintf(f, "in A l ?,1\nc I l 1 0\nc W f 1,300");
    repeat(f, 300, " 1");
    fprintf(f, "\nOneHotEncoder A -> O cats_int64s=[");
    repeat(f, 70000, "#,");
    fprintf(f, "]\nFlatten O -> P\nGather P,I -> X axis=1\nMatMul X,W -> Y\nout Y\n");
    ck_graph_refused(f, "(MatMul): its nodes make more numbers", "");
}
END_TEST

START_TEST(many_columns)
{
    FILE *f = graph_begin();
    fprintf(f, "in X f ?,1000\nConcat X");
    repeat(f, 4200, ",X");
    fprintf(f, " -> Z\n");
    ck_graph_refused(f, "(Concat): 4201000 columns: from 1 to 4194304 are possible, of all nodes "
                     "together", "");
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
    tcase_add_test(tc, too_many_nodes);
    tcase_add_test(tc, much_is_made);
    tcase_add_test(tc, many_categories);
    tcase_add_test(tc, many_columns);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(import_refused_suite)
