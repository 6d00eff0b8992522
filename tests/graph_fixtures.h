/* ONNX files made of lines of text:
 *
 *     in X f ?,3                       an input: name, type, shape (?: not told; -: no shape)
 *     c W f 2,3 1 2 3 4 5 6            an initializer; a shape of - is that of one number
 *     Gemm X,W,_ -> Z alpha=2.0        a node; _ is an input that is left out
 *     out Z
 *     opset 11                         which is not told otherwise
 *
 * Types: f float, u uint8, b int8, i int32, l int64, s texts, t bool, h float16, d double, B
 * bfloat16; behind one of c, "!" has the numbers as raw bytes, "+" with a byte too many.
 * Attributes: 1, 1.0, [1,2], [1.0,2.0], 'text, "a|b, @W (the tensor W, which is then no
 * initializer). A text of _ alone is empty. */
#ifndef NUDGE_TESTS_GRAPH_FIXTURES_H
#define NUDGE_TESTS_GRAPH_FIXTURES_H

#include <onnx.pb-c.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

#define MADE(Type, init) ({ \
    Type *made_ = malloc(sizeof *made_); \
    ck_assert_ptr_nonnull(made_); \
    init(made_); \
    made_; \
})
/* Lists double at powers of two. Not for one that was read, unless it is empty. */
#define ADD(m, list, item) do { \
    size_t n_ = (m)->n_##list; \
    if ((n_ & (n_ - 1)) == 0) \
        (m)->list = realloc((m)->list, (2 * n_ + 1) * sizeof *(m)->list); \
    ck_assert_ptr_nonnull((m)->list); \
    (m)->list[(m)->n_##list++] = (item); \
} while (0)

static inline int graph_type(char letter)
{
    static const char letters[] = "?fub??ilsthd????B"; /* by ONNX's numbers */
    const char *at = strchr(letters, letter);
    ck_assert_msg(at != NULL && letter != '?', "no type '%c'", letter);
    return (int)(at - letters);
}

static inline ProtobufCBinaryData graph_text(const char *text)
{
    size_t size = strcmp(text, "_") == 0 ? 0 : strlen(text);
    ProtobufCBinaryData data = {size, malloc(size + 1)};
    ck_assert_ptr_nonnull(data.data);
    memcpy(data.data, text, size);
    return data;
}

/* A number, where the tensor's type has it. */
static inline void graph_number(Onnx__TensorProto *t, const char *text, int is_raw)
{
    double x = strtod(text, NULL);
    const union { float f; double d; int32_t i; int64_t l; int8_t b; } as[] = {
        {.f = (float)x}, {.d = x}, {.i = (int32_t)x}, {.l = (int64_t)x}, {.b = (int8_t)x}};
    int type = t->data_type, k = type == 1 ? 0 : type == 11 ? 1 : type == 6 ? 2 : type == 7 ? 3 : 4;
    static const size_t sizes[] = {sizeof(float), sizeof(double), 4, 8, 1};
    if (is_raw) {
        size_t n = t->raw_data.len / sizes[k];
        t->has_raw_data = 1;
        if ((n & (n - 1)) == 0)
            t->raw_data.data = realloc(t->raw_data.data, (2 * n + 1) * sizes[k]);
        memcpy(t->raw_data.data + t->raw_data.len, &as[k], sizes[k]);
        t->raw_data.len += sizes[k];
    } else if (type == 8) {
        ADD(t, string_data, graph_text(text));
    } else if (k == 0) {
        ADD(t, float_data, (float)x);
    } else if (k == 1) {
        ADD(t, double_data, x);
    } else if (k == 3) {
        ADD(t, int64_data, (int64_t)x);
    } else {
        ADD(t, int32_data, (int32_t)x);
    }
}

static inline Onnx__TensorProto *graph_tensor(char **rest)
{
    Onnx__TensorProto *t = MADE(Onnx__TensorProto, onnx__tensor_proto__init);
    t->name = strdup(strtok_r(NULL, " ", rest));
    char *type = strtok_r(NULL, " ", rest), *shape = strtok_r(NULL, " ", rest), *more = NULL;
    t->has_data_type = 1;
    t->data_type = graph_type(type[0]);
    for (char *d = strtok_r(shape, ",", &more); d != NULL && strcmp(d, "-") != 0;
         d = strtok_r(NULL, ",", &more))
        ADD(t, dims, strtoll(d, NULL, 10));
    for (char *x; (x = strtok_r(NULL, " ", rest)) != NULL;)
        graph_number(t, x, type[1] != '\0');
    if (type[1] == '+') {
        t->raw_data.data = realloc(t->raw_data.data, t->raw_data.len + 1);
        t->raw_data.data[t->raw_data.len++] = 0;
    }
    return t;
}

static inline Onnx__ValueInfoProto *graph_input(char **rest)
{
    Onnx__ValueInfoProto *v = MADE(Onnx__ValueInfoProto, onnx__value_info_proto__init);
    v->name = strdup(strtok_r(NULL, " ", rest));
    char *type = strtok_r(NULL, " ", rest), *shape = strtok_r(NULL, " ", rest), *more = NULL;
    if (*type == '-')
        return v;
    v->type = MADE(Onnx__TypeProto, onnx__type_proto__init);
    v->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    v->type->tensor_type = MADE(Onnx__TypeProto__Tensor, onnx__type_proto__tensor__init);
    v->type->tensor_type->has_elem_type = 1;
    v->type->tensor_type->elem_type = graph_type(*type);
    if (*shape == '-')
        return v;
    Onnx__TensorShapeProto *s = MADE(Onnx__TensorShapeProto, onnx__tensor_shape_proto__init);
    v->type->tensor_type->shape = s;
    for (char *d = strtok_r(shape, ",", &more); d != NULL; d = strtok_r(NULL, ",", &more)) {
        Onnx__TensorShapeProto__Dimension *dim = MADE(Onnx__TensorShapeProto__Dimension,
                                                      onnx__tensor_shape_proto__dimension__init);
        if (*d != '?') {
            dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
            dim->dim_value = strtoll(d, NULL, 10);
        }
        ADD(s, dim, dim);
    }
    return v;
}

/* Takes the initializer of that name out of the graph. */
static inline Onnx__TensorProto *graph_take(Onnx__GraphProto *g, const char *name)
{
    for (size_t i = 0; i < g->n_initializer; i++) {
        Onnx__TensorProto *t = g->initializer[i];
        if (strcmp(t->name, name) != 0)
            continue;
        g->initializer[i] = g->initializer[--g->n_initializer];
        return t;
    }
    ck_abort_msg("no tensor '%s'", name);
}

static inline Onnx__AttributeProto *graph_attribute(Onnx__GraphProto *g, char *text)
{
    Onnx__AttributeProto *a = MADE(Onnx__AttributeProto, onnx__attribute_proto__init);
    char *value = strchr(text, '='), *more = NULL;
    *value++ = '\0';
    int is_float = strpbrk(value, ".n") != NULL; /* 1.5, nan */
    a->name = strdup(text);
    if (*value == '\'') {
        a->has_s = 1;
        a->s = graph_text(value + 1);
    } else if (*value == '@') {
        a->t = graph_take(g, value + 1);
    } else if (*value == '"') {
        for (char *s = strtok_r(value + 1, "|", &more); s != NULL; s = strtok_r(NULL, "|", &more))
            ADD(a, strings, graph_text(s));
    } else if (*value == '[') {
        for (char *s = strtok_r(value, "[,]", &more); s != NULL; s = strtok_r(NULL, "[,]", &more))
            if (is_float)
                ADD(a, floats, strtof(s, NULL));
            else
                ADD(a, ints, strtoll(s, NULL, 10));
    } else {
        a->has_f = is_float;
        a->has_i = !is_float;
        a->f = strtof(value, NULL);
        a->i = strtoll(value, NULL, 10);
    }
    return a;
}

static inline Onnx__NodeProto *graph_node(Onnx__GraphProto *g, const char *op, char **rest)
{
    Onnx__NodeProto *node = MADE(Onnx__NodeProto, onnx__node_proto__init);
    char *word, *more, *colon = strchr(op, ':');
    int outputs = 0;
    node->op_type = strdup(colon != NULL ? colon + 1 : op);
    node->domain = colon != NULL ? strndup(op, (size_t)(colon - op)) : NULL;
    while ((word = strtok_r(NULL, " ", rest)) != NULL)
        if (strcmp(word, "->") == 0)
            outputs = 1;
        else if (strchr(word, '=') != NULL)
            ADD(node, attribute, graph_attribute(g, word));
        else
            for (char *n = strtok_r(word, ",", &more); n != NULL; n = strtok_r(NULL, ",", &more)) {
                char *name = strdup(*n == '_' ? "" : n);
                if (outputs)
                    ADD(node, output, name);
                else
                    ADD(node, input, name);
            }
    return node;
}

/* Writes the file `name` in the folder; its path. */
static inline const char *graph_write(const char *name, const char *text)
{
    Onnx__ModelProto *m = MADE(Onnx__ModelProto, onnx__model_proto__init);
    Onnx__GraphProto *g = m->graph = MADE(Onnx__GraphProto, onnx__graph_proto__init);
    char *copy = strdup(text), *lines = NULL;
    for (char *line = strtok_r(copy, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines)) {
        char *rest = NULL, *word = strtok_r(line, " ", &rest);
        if (strcmp(word, "in") == 0) {
            ADD(g, input, graph_input(&rest));
        } else if (strcmp(word, "c") == 0) {
            ADD(g, initializer, graph_tensor(&rest));
        } else if (strcmp(word, "out") == 0) {
            ADD(g, output, MADE(Onnx__ValueInfoProto, onnx__value_info_proto__init));
            g->output[g->n_output - 1]->name = strdup(strtok_r(NULL, " ", &rest));
        } else if (strcmp(word, "opset") == 0) {
            ADD(m, opset_import, MADE(Onnx__OperatorSetIdProto,
                                      onnx__operator_set_id_proto__init));
            m->opset_import[0]->has_version = 1;
            m->opset_import[0]->version = strtoll(rest, NULL, 10);
        } else {
            ADD(g, node, graph_node(g, word, &rest));
        }
    }
    free(copy);
    unsigned char *packed = malloc(onnx__model_proto__get_packed_size(m) + 1);
    ck_assert_ptr_nonnull(packed);
    write_bytes(in_folder(name), packed, onnx__model_proto__pack(m, packed));
    onnx__model_proto__free_unpacked(m, NULL);
    free(packed);
    return in_folder(name);
}

/* ---- Tests ------------------------------------------------------------------------------ */

/* Inputs x1, x2, x3; h = (x1 + 3 x2 + 5 x3, 2 x1 + 4 x2 + 6 x3); y = 2 h1 - h2. Where R is what is
 * made of H, y is of R. */
#define X "in X f ?,3\n"
#define W "c W f 3,2 1 2 3 4 5 6\n"
#define V "c V f 2,1 2 -1\n"
#define XW X W V
#define XH XW "MatMul X,W -> H\n"
#define HY "MatMul H,V -> Y\nout Y\n"
#define RY "MatMul R,V -> Y\nout Y\n"
#define SQUARE "c Q f 2,2 1 2 3 4\n"

typedef struct graph_good {
    const char *graph, *x, *y; /* as of ck_graph_predicts() */
} graph_good;
typedef struct graph_bad {
    const char *graph, *words;
} graph_bad;

static nudge_error err;

/* The row at *x of n numbers, "nan" where there is none; *x is moved on. */
static inline void graph_row(const char **x, size_t n, double *numbers, const char **texts)
{
    static char cells[16][20];
    ck_assert_uint_le(n, sizeof cells / sizeof *cells);
    for (size_t j = 0; j < n; j++) {
        int used = 0;
        ck_assert_msg(sscanf(*x, "%19s%n", cells[j], &used) == 1, "%zu cells, not %zu", j, n);
        *x += used;
        numbers[j] = strtod(cells[j], NULL);
        texts[j] = isnan(numbers[j]) ? NULL : cells[j];
    }
}

/* It predicts y of x: rows, one behind the other, of a number per column and per output. Behind y
 * are the labels of its classes, "a|b". */
static inline void ck_graph_predicts(const char *graph, const char *x, const char *y)
{
    char labels[100] = "";
    nudge_model *m = NULL;
    nudge_predictor *p = NULL;
    nudge_status status = nudge_model_import(&m, graph_write("m.onnx", graph), NULL, &err);
    ck_assert_msg(status == NUDGE_OK, "%s of\n%s", err.text, graph);
    const nudge_prep *prep = nudge_model_describe(m).prep;
    size_t columns = nudge_prep_columns(prep), outputs = nudge_prep_describe(prep).outputs;
    ck_ok(nudge_predictor_create(&p, m, &err), &err);
    do {
        double numbers[16], out[8];
        const char *texts[16];
        ck_assert_uint_le(outputs, sizeof out / sizeof *out);
        graph_row(&x, columns, numbers, texts);
        ck_ok(nudge_predict_row(p, numbers, texts, out, &err), &err);
        for (size_t k = 0; k < outputs; k++) {
            char *end;
            double want = strtod(y, &end);
            ck_assert_msg(end != y && fabs(out[k] - want) <= 1e-6 * fmax(1, fabs(want)),
                          "%.9g, not %.9g, by\n%s", out[k], want, graph);
            y = end;
        }
    } while (*x != '\0');
    for (size_t k = 0; k < nudge_prep_describe(prep).classes; k++)
        sprintf(labels + strlen(labels), "%c%s", k == 0 ? ' ' : '|',
                nudge_prep_class_label(prep, k));
    ck_assert_msg(strcmp(y, labels) == 0, "'%s', not '%s', by\n%s", labels, y, graph);
    nudge_predictor_free(p);
    nudge_model_free(m);
}

#define GRAPHS_PREDICT(good)                                                                 \
    START_TEST(predict)                                                                      \
    {                                                                                        \
        for (size_t i = 0; i < sizeof(good) / sizeof *(good); i++)                           \
            ck_graph_predicts((good)[i].graph, (good)[i].x, (good)[i].y);                    \
    }                                                                                        \
    END_TEST

/* A suite of the graphs that are refused, and one more test. */
#define GRAPH_SUITE(suite_name, bad, other_test)                                             \
    START_TEST(refused)                                                                      \
    {                                                                                        \
        for (size_t i = 0; i < sizeof(bad) / sizeof *(bad); i++)                             \
            ck_import_refused(graph_write("m.onnx", (bad)[i].graph), (bad)[i].words,         \
                              (bad)[i].graph);                                               \
    }                                                                                        \
    END_TEST                                                                                 \
    static Suite *make_suite(void)                                                           \
    {                                                                                        \
        Suite *suite = suite_create(suite_name);                                             \
        TCase *tc = tcase_create("graphs");                                                  \
        tcase_add_checked_fixture(tc, make_folder, remove_folder);                           \
        tcase_add_test(tc, other_test);                                                      \
        tcase_add_test(tc, refused);                                                         \
        suite_add_tcase(suite, tc);                                                          \
        return suite;                                                                        \
    }                                                                                        \
    SUITE_MAIN(make_suite)

#endif
