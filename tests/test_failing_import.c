/* Failing calls while networks of other programs are read. */
#include "core/file.h"
#include "failing/failing.h"
#include "graph_fixtures.h"

/* ---- Graphs ----------------------------------------------------------------------------- */

/* Columns of three inputs, numbers of which some are missing, and texts; labels, twice. */
#define COLUMNS "in A f ?,2\nin B l ?,1\nin C s ?,1\n" \
    "c M f 2 1 2\nIsNaN A -> N\nWhere N,M,A -> Q\nScaler Q -> Z offset=[1.0] scale=[2.0]\n" \
    "OneHotEncoder C -> O cats_strings=\"b|a\nFlatten O -> P\n" \
    "Cast B -> S to=8\nOneHotEncoder S -> T cats_strings=\"5|1\nFlatten T -> U\n" \
    "c I l 2 1 0\nGather Z,I -> G axis=1\nFeatureVectorizer G,P,U -> R\n" \
    "c W f 6,2 1 2 3 4 5 6 7 8 9 10 11 12\nc V f 2 1 2\nMatMul R,W -> H\nAdd H,V -> K\n" \
    "Softmax K -> J\nArgMax J -> L axis=1\nc E s 2 x y\nArrayFeatureExtractor E,L -> D\n" \
    "ZipMap J -> F classlabels_strings=\"x|y\nout D\nout F\n"

/* The only input has no name, its categories are numbers, and so are labels. */
#define CATEGORIES "in A l ?,1\nOneHotEncoder A -> O cats_int64s=[2,1,3]\nFlatten O -> X\n" \
    W "MatMul X,W -> H\nLogSoftmax H -> P\nZipMap P -> Z classlabels_int64s=[7,8]\nout Z\n"

/* An Imputer; arithmetic of columns; factors of units before and behind their activation. */
#define FACTORS XW "c C f - 2\nImputer X -> I imputed_value_floats=[1.0] " \
    "replaced_value_float=nan\nMul I,C -> J\nMatMul J,W -> H\nMul H,C -> A\nRelu A -> R\n" \
    "c T f 2 1 2\nSub T,R -> D\n" SQUARE "MatMul D,Q -> G\nBatchNormalization G,T,T,T,T -> B\n" \
    "Gelu B -> E\nMul E,T -> F\nc N f 2,1 2 1\nMatMul F,N -> K\nMul K,C -> O\nSub O,C -> Y\n" \
    "out Y\n"

/* A norm in its parts, and in one. */
#define NORMS XH SQUARE "c E f - 0.00001\nReduceMean H -> M axes=[1]\nSub H,M -> C\n" \
    "Mul C,C -> S\nReduceMean S -> U axes=[1]\nAdd U,E -> P\nSqrt P -> D\nDiv C,D -> R\n" \
    "MatMul R,Q -> G\nc T f 2 1 2\nLayerNormalization G,T,T -> N\nMatMul N,V -> Y\nout Y\n"

#define RESIDUAL XH SQUARE "MatMul H,Q -> G\nRelu G -> A\nAdd A,H -> R\n" RY

/* Probabilities of two classes, which have no labels. */
#define PAIR XH "c O f 1 1\nMatMul H,V -> Z\nSigmoid Z -> P\nSub O,P -> Q\nConcat Q,P -> R\n" \
    "out R\n"

/* Pieces of an activation, shapes as values, constants in nodes. */
#define PIECES X "c U f 2,3 1 3 5 2 4 6\nTranspose U -> W\nMatMul X,W -> H\nShape H -> S\n" \
    "c I l - 0\nGather S,I -> N\nc A l 1 0\nUnsqueeze N,A -> O\nc J l 1 -1\n" \
    "Concat O,J -> P axis=0\nReshape H,P -> K\nConstant -> Z value_float=0.0\n" \
    "Greater K,Z -> G\nWhere G,K,Z -> L\nDropout L -> R,M\n" \
    V "MatMul R,V -> Y\nSqueeze Y -> F\nout F\n"

#define PIXELS "in X f ?,1,2,2\nc C f 2,2 1 2 3 4\nSub X,C -> D\nFlatten D -> F\n" \
    "c W f 4,2 1 2 3 4 5 6 7 8\nMatMul F,W -> Y\nout Y\n"

/* ---- Files ------------------------------------------------------------------------------ */

/* 20 of them are "NAME SIZE ROWS LABELS", a line, SIZE bytes of ONNX and lines of cells. */
enum { NETWORKS = 200, EACH = 20 };

static void write_networks(void)
{
    unsigned char *bytes;
    size_t size;
    ck_ok(nu_read_file(test_file("import/networks.xz"), &bytes, &size, &err), &err);
    char *at = (char *)bytes, name[40];
    for (int k = 0; k < NETWORKS; k++) {
        size_t onnx, lines;
        ck_assert_int_eq(sscanf(at, "%*s %zu %zu", &onnx, &lines), 2);
        at = strchr(at, '\n') + 1;
        snprintf(name, sizeof name, "%d.onnx", k);
        if (k % EACH == 0)
            write_bytes(in_folder(name), at, onnx);
        for (at += onnx; lines > 0; lines--)
            at = strchr(at, '\n') + 1;
    }
    free(bytes);
}

static void setup(void)
{
    const size_t widths[] = {5, 3, 1};
    nudge_export_options raw = nudge_export_defaults();
    nudge_model *m;
    make_quick_folder();
    m = made_model(NUDGE_MSE, NUDGE_F32, 2, widths, NUDGE_RELU, NUDGE_IDENTITY, 1);
    raw.raw = 1;
    ck_ok(nudge_model_export(m, in_folder("raw.onnx"), &raw, &err), &err);
    nudge_model_free(m);
    write_networks();
}

/* ---- Rows ------------------------------------------------------------------------------- */

static nudge_status import(const char *path, const nudge_import_options *options, nudge_error *e)
{
    nudge_model *m = NULL;
    nudge_status status = nudge_model_import(&m, path, options, e);
    if (status != NUDGE_OK)
        return status;
    const nudge_prep *prep = nudge_model_describe(m).prep;
    size_t notes;
    const nudge_note *note = nudge_prep_notes(prep, &notes);
    for (size_t i = 0; i < notes; i++)
        failing_result_text(note[i].text);
    for (size_t j = 0; j < nudge_prep_columns(prep); j++)
        failing_result_text(nudge_prep_column_name(prep, j));
    for (size_t k = 0; k < nudge_prep_describe(prep).classes; k++)
        failing_result_text(nudge_prep_class_label(prep, k));
    failing_result_model(m);
    return status;
}

static nudge_status written(const failing_row *row, nudge_error *e)
{
    return import(in_folder(row->input), NULL, e);
}

/* Of the choice's task; where that is regression, with names of n columns. */
static nudge_status import_as(const failing_row *row, const char *path, size_t n, nudge_error *e)
{
    static const char *const names[] = {"a", "b", "c"};
    nudge_import_options o = nudge_import_defaults();
    o.task = (nudge_task)row->choice;
    o.names = names;
    o.n_names = row->choice == NUDGE_REGRESSION ? n : 0;
    return import(path, &o, e);
}

/* From tests/files/import. */
static nudge_status fann(const failing_row *row, nudge_error *e)
{
    return import_as(row, test_file(row->input), 2, e);
}

/* The input is the graph. */
static nudge_status graph(const failing_row *row, nudge_error *e)
{
    static const char *in_file;
    failing_pause();
    if (in_file != row->input)
        graph_write("m.onnx", row->input);
    in_file = row->input;
    failing_go_on();
    return import_as(row, in_folder("m.onnx"), 3, e);
}

/* Graphs of a program are hundreds of calls that are alike. */
static const failing_row rows[] = {
    {"ONNX, columns", graph, .input = COLUMNS},
    {"ONNX, categories", graph, .input = CATEGORIES},
    {"ONNX, factors", graph, .input = FACTORS},
    {"ONNX, names", graph, .input = FACTORS, .choice = NUDGE_REGRESSION},
    {"ONNX, norms", graph, .input = NORMS},
    {"ONNX, residual", graph, .input = RESIDUAL},
    {"ONNX, pair", graph, .input = PAIR},
    {"ONNX, pieces", graph, .input = PIECES},
    {"ONNX, pixels", graph, .input = PIXELS},
    {"ONNX, numbers as classes", graph, .input = PIXELS, .choice = NUDGE_CLASSIFICATION},
    {"ONNX, nudge's", written, .input = "raw.onnx"},
    {"ONNX, 0", written, .input = "0.onnx", .every = 7},
    {"ONNX, 20", written, .input = "20.onnx", .every = 7},
    {"ONNX, 40", written, .input = "40.onnx", .every = 7},
    {"ONNX, 60", written, .input = "60.onnx", .every = 7},
    {"ONNX, 80", written, .input = "80.onnx", .every = 7},
    {"ONNX, 100", written, .input = "100.onnx", .every = 7},
    {"ONNX, 120", written, .input = "120.onnx", .every = 7},
    {"ONNX, 140", written, .input = "140.onnx", .every = 7},
    {"ONNX, 160", written, .input = "160.onnx", .every = 7},
    {"ONNX, 180", written, .input = "180.onnx", .every = 7},
    {"FANN, plain", fann, .input = "import/plain.net"},
    {"FANN, names", fann, .input = "import/scaled.net", .choice = NUDGE_REGRESSION},
    {"FANN, scaled", fann, .input = "import/scaled.net"},
    {"FANN, mixed", fann, .input = "import/mixed.net"},
    {"FANN, sparse", fann, .input = "import/sparse.net"},
};

FAILING_SUITE("failing import", rows, setup)
