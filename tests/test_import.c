/* Networks of other programs, by the library: what is refused, and where. That they predict as
 * these programs do: cli_import.sh, too. */
#include "core/file.h"
#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"
#include "table_fixtures.h"

static nudge_error err;

/* ---- FANN ------------------------------------------------------------------------------- */

/* A network with one text in the place of another. */
static const struct {
    const char *from, *to, *words;
} changes[] = {
    {"FANN_FLO_2.1", "FANN_FIX_2.1", ":1: 'FANN_FIX_2.1' is a network of fixed-point numbers"},
    {"FANN_FLO_2.1", "FANN_FLO_2.0", ":1: 'FANN_FLO_2.0' is a version that nudge does not read"},
    {"scale_included=0", "scale_included=1\nscale_mean_in=0 0\nscale_deviation_in=1 1e-300\n"
     "scale_new_min_in=0 0\nscale_factor_in=1 1e300\nscale_mean_out=0\nscale_deviation_out=1\n"
     "scale_new_min_out=0\nscale_factor_out=1", ": input 2 is scaled by inf"},
    {"connections (", "others (", ": the file ends before its connections"},
    {"layer_sizes=3", "layer_sizes=4000000000", "is not a layer's size"},
    {"layer_sizes=3", "layer_sizes=1", "layer 0 has no units"},
    {"layer_sizes=3", "layer_sizes=1000", "the file is too short for 1006 neurons"},
    {"layer_sizes=3", "layer_sizes=-3", "'-3' is not a layer's size"},
    {"layer_sizes=3", "layer_sizes=3 3", "is more than the line should hold"},
    {"layer_sizes=", "sizes=", "neurons come once, and behind layer_sizes"},
    {"layer_sizes=", "network_type=1\nlayer_sizes=", "output 1 has no connections"},
    {"scale_included=0", "network_type=1", "this comes before layer_sizes"},
    {"scale_included=0", "num_layers=2", "this comes before layer_sizes"},
    {"scale_included=0", "scale_included=1", ": scale_included is 1, and not all scales are there"},
    {"scale_included=0", "scale_factor_in=1 0", ":34: scale 1 is 0"},
    {"scale_included=0", "scale_deviation_in=0 1", ":34: scale 0 is 0"},
    {"scale_included=0", "scale_mean_in=0 0\nscale_mean_in=0 0", ":35: this is there twice"},
    {"layer_sizes=", "scale_mean_in=0 0\nlayer_sizes=", ":33: scales come behind layer_sizes"},
    {"layer_sizes=3 4 2", "layer_sizes=3 4 2\nlayer_sizes=3 4 2", ":34: layer_sizes comes once"},
    {"num_layers=3", "layer_sizes=3 4 2\nnum_layers=3", ":2: layer_sizes comes once, and behind"},
    {"num_layers=3", "num_layers=2", "is more than the line should hold"},
    {"num_layers=3", "num_layers=1", "a network has at least 2 layers"},
    {"num_layers=3", "num_layers=30", "the line ends before a layer's size"},
    {"num_layers=3", "num_layers", ":2: no '=' in this line"},
    {"neurons (", "other (", "connections come once, and behind neurons"},
    {"(0, -1.780", "(9, -1.780", ":36: '9' is not a neuron"},
    {"(0, -1.780", "(5, -1.780", "neuron 3 is connected to 5, which comes not before it"},
    {"(0, -1.78004229068756103516e+00)", "(0, nan)", "'nan' is no finite number"},
    {"(0, -1.78004229068756103516e+00)", "(0, 1e999)", "'1e999' is no finite number"},
    {"(0, -1.78004229068756103516e+00)", "", "neuron 5 is connected to 3, which comes not before"},
    {"(0, -1.78004229068756103516e+00)", "(0, 1) (1, 1)", "is more than the line should hold"},
    {"=(0, 0,", "=(1, 0,", "neuron 0, an input, has connections"},
    {"(3, 4, 5", "(3, 40, 5", "'40' is not an activation function"},
    {"(3, 4, 5", "(3, 1, 5", "neuron 3 (unit 0 of layer 1) is FANN_THRESHOLD, which nudge"},
    {"(3, 4, 5", "(3, 5, 5", "layer 1 has units of FANN_SIGMOID_SYMMETRIC and of FANN_SIGMOID_"},
    {"(3, 4, 5", "(4000, 4, 5", "'4000' is not a number of connections"},
    {"(4, 4, 5", "(0, 4, 5", "output 0 has no connections"},
};

START_TEST(changed_fann)
{
    size_t size;
    char *text = (char *)read_bytes(test_file("import/plain.net"), &size);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *at = strstr(text, changes[i].from);
        ck_assert_msg(at != NULL, "no '%s'", changes[i].from);
        FILE *f = fopen(in_folder("m.net"), "w");
        fprintf(f, "%.*s%s%s", (int)(at - text), text, changes[i].to,
                at + strlen(changes[i].from));
        fclose(f);
        ck_import_refused(in_folder("m.net"), changes[i].words, changes[i].to);
    }
    free(text);
}
END_TEST

/* A network of few connections could otherwise have any memory taken for it. */
START_TEST(sparse_fann)
{
    FILE *f = fopen(in_folder("m.net"), "w");
    fprintf(f, "FANN_FLO_2.1\nnum_layers=2\nlayer_sizes=8001 8001\nneurons=");
    for (int i = 0; i < 16002; i++)
        fprintf(f, "(0,0,0) ");
    fprintf(f, "\nconnections=");
    fclose(f);
    ck_import_refused(in_folder("m.net"), "layer 1: the file is too short for 8000 x 8000 weights",
                      "8001 x 8001");
}
END_TEST

#define ONE "FANN_FLO_2.1\nnum_layers=2\nlayer_sizes=2 2\n" \
    "neurons=(0,0,0) (0,0,0) (2,0,1) (0,0,0)\n" /* an input and an output, which is linear */

static nudge_model *import_text(const char *text, const nudge_import_options *o)
{
    nudge_model *m = NULL;
    write_in_folder("m.net", text);
    ck_ok(nudge_model_import(&m, in_folder("m.net"), o, &err), &err);
    return m;
}

/* The outputs of one row. */
static void predict(const nudge_model *m, const double *x, double *outputs)
{
    nudge_predictor *p = NULL;
    ck_ok(nudge_predictor_create(&p, m, &err), &err);
    ck_ok(nudge_predict_row(p, x, NULL, outputs, &err), &err);
    nudge_predictor_free(p);
}

START_TEST(twice_connected)
{
    double y;
    nudge_model *m = import_text(ONE "connections=(0,2) (1,3)\n", NULL);
    predict(m, (double[]){5}, &y);
    ck_assert_double_eq(y, 13);
    nudge_model_free(m);
    write_in_folder("m.net", ONE "connections=(0,2) (1,3)\nconnections=(0,2) (1,3)\n");
    ck_import_refused(in_folder("m.net"), ":6: connections come once, and behind neurons", ONE);
}
END_TEST

/* Neurons to which nothing is connected give 1. */
START_TEST(layer_of_ones)
{
    double y;
    nudge_model *m = import_text("FANN_FLO_2.1\nnum_layers=3\nlayer_sizes=2 3 2\n"
                                 "neurons=(0,0,0) (0,0,0) (0,3,1) (0,5,1) (0,0,0) (3,0,1) (0,0,0)\n"
                                 "connections=(2,0.5) (3,0.25) (4,1)\n", NULL);
    predict(m, (double[]){5}, &y);
    ck_assert_double_eq(y, 1.75);
    nudge_model_free(m);
}
END_TEST

/* More weights than connections, where the file is long enough for all of them. */
START_TEST(long_fann)
{
    enum { N = 1100, LETTERS = N * N };
    static double x[N], y[N];
    nudge_model *m = NULL;
    FILE *f = fopen(in_folder("m.net"), "w");
    fprintf(f, "FANN_FLO_2.1\nnum_layers=2\nlayer_sizes=%d %d\nby=", N + 1, N + 1);
    for (int i = 0; i < LETTERS; i++)
        fputc('x', f);
    fprintf(f, "\nneurons=");
    for (int i = 0; i < 2 * N + 2; i++)
        fprintf(f, "(%d,0,1) ", i > N && i <= 2 * N);
    fprintf(f, "\nconnections=");
    for (int i = 0; i < N; i++)
        fprintf(f, "(%d,%d) ", (i + 1) % N, i);
    fclose(f);
    for (int i = 0; i < N; i++)
        x[i] = i % 7;
    ck_ok(nudge_model_import(&m, in_folder("m.net"), NULL, &err), &err);
    predict(m, x, y);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq(y[i], i * x[(i + 1) % N]);
    nudge_model_free(m);
}
END_TEST

/* Names are taken, and told what is missing: the mean that the file's scale has. */
START_TEST(scaled_names)
{
    static const char *const names[] = {"a", "b"}, *const bad[] = {"a", "b\xe4"};
    double y[2], of_mean[2];
    size_t n;
    nudge_model *m = NULL;
    nudge_import_options o = nudge_import_defaults();
    o.names = names;
    o.n_names = 2;
    ck_ok(nudge_model_import(&m, test_file("import/scaled.net"), &o, &err), &err);
    const nudge_prep *prep = nudge_model_describe(m).prep;
    const nudge_note *note = nudge_prep_notes(prep, &n);
    ck_assert_str_eq(nudge_prep_column_name(prep, 1), "b");
    ck_assert_uint_gt(n, 0);
    ck_assert_ptr_nonnull(strstr(note[n - 1].text, "a missing number counts as the middle of its"));
    predict(m, (double[]){NAN, NAN}, y);
    predict(m, (double[]){5.165364, 14.827913}, of_mean);
    for (size_t k = 0; k < 2; k++)
        ck_assert_double_eq_tol(y[k], of_mean[k], 1e-6);
    nudge_model_free(m);
    m = NULL;
    o.names = bad;
    ck_says(nudge_model_import(&m, test_file("import/scaled.net"), &o, &err), NUDGE_EDATA,
            "'b\xe4' is no text of UTF-8, as names and labels must be", &err);
    ck_assert_ptr_null(m);
}
END_TEST

START_TEST(cut_fann)
{
    size_t size;
    char *text = (char *)read_bytes(test_file("import/scaled.net"), &size);
    for (size_t n = 0; n + 40 < size; n += 7) { /* without the last weights */
        write_bytes(in_folder("m.net"), text, n);
        ck_import_refused(in_folder("m.net"), "", "scaled.net, cut");
    }
    free(text);
}
END_TEST

/* Weights that a float does not hold are kept as doubles; steepness 0.3 makes such. */
START_TEST(types)
{
    nudge_model *m = NULL;
    nudge_import_options o = nudge_import_defaults();
    ck_ok(nudge_model_import(&m, test_file("import/mixed.net"), NULL, &err), &err);
    ck_assert_int_eq(nudge_model_describe(m).dtype, NUDGE_F64);
    nudge_model_free(m);
    ck_ok(nudge_model_import(&m, test_file("import/sparse.net"), &o, &err), &err);
    ck_assert_int_eq(nudge_model_describe(m).dtype, NUDGE_F32);
    nudge_model_free(m);
    o.task = (nudge_task)7;
    ck_says(nudge_model_import(&m, test_file("import/sparse.net"), &o, &err), NUDGE_EARGUMENT,
            "task 7 does not exist", &err);
    o.size = 3;
    ck_says(nudge_model_import(&m, test_file("import/sparse.net"), &o, &err), NUDGE_EARGUMENT,
            "options whose size is 3", &err);
}
END_TEST

/* ---- ONNX ------------------------------------------------------------------------------- */

/* One of the networks of import_networks.py. */
typedef struct network {
    char name[100], labels[200];
    size_t size, rows;
    const char *onnx, *cells; /* size bytes; rows lines */
} network;

/* The network at *at, which is moved on; 0: there is no more. */
static int next_network(network *n, char **at)
{
    int used = 0;
    if (**at == '\0')
        return 0;
    ck_assert_int_eq(sscanf(*at, "%99s %zu %zu %199[^\n]%n", n->name, &n->size, &n->rows, n->labels,
                            &used), 4);
    n->onnx = *at + used + 1;
    n->cells = n->onnx + n->size;
    *at = (char *)n->cells;
    for (size_t r = 0; r < n->rows; r++)
        *at = strchr(*at, '\n') + 1;
    return 1;
}

/* The next cell of a line, ended by a NUL. */
static const char *next_cell(char **at)
{
    char *cell = *at, *end = strpbrk(cell, "\t\n");
    *end = '\0';
    *at = end + 1;
    return cell;
}

static void ck_row(const network *n, const nudge_model *m, nudge_predictor *p, char **line)
{
    double numbers[64], out[8] = {0};
    const char *texts[64], *cell;
    size_t columns = 0, k = 0;
    while (strcmp(cell = next_cell(line), "=") != 0) {
        texts[columns] = *cell != '\0' ? cell : NULL;
        numbers[columns++] = *cell != '\0' ? strtod(cell, NULL) : NAN;
    }
    const nudge_prep *prep = nudge_model_describe(m).prep;
    ck_assert_msg(columns == nudge_prep_columns(prep), "%s: %zu columns", n->name, columns);
    for (size_t j = 0; nudge_prep_describe(prep).pixels && j < columns; j++)
        numbers[j] *= 255;
    ck_ok(nudge_predict_row(p, numbers, texts, out, &err), &err);
    while (*(cell = next_cell(line)) != '\0') {
        double want = strtod(cell, NULL);
        ck_assert_msg(fabs(out[k] - want) <= 1e-6 * fmax(1, fabs(want)), "%s: %.9g, not %.9g",
                      n->name, out[k], want);
        k++;
    }
    ck_assert_uint_eq(k, nudge_prep_describe(prep).outputs);
}

static void ck_labels(const network *n, const nudge_prep *prep)
{
    char labels[200] = "-";
    for (size_t k = 0; k < nudge_prep_describe(prep).classes; k++)
        sprintf(k == 0 ? labels : labels + strlen(labels), "%s%s", k == 0 ? "" : "|",
                nudge_prep_class_label(prep, k));
    ck_assert_msg(strcmp(labels, n->labels) == 0, "%s: %s, not %s", n->name, labels, n->labels);
}

/* 200 networks as PyTorch and skl2onnx write them predict what their operators do. */
START_TEST(networks)
{
    unsigned char *bytes;
    size_t size, count = 0;
    network n;
    ck_ok(nu_read_file(test_file("import/networks.xz"), &bytes, &size, &err), &err);
    for (char *at = (char *)bytes; next_network(&n, &at); count++) {
        nudge_model *m = NULL;
        nudge_predictor *p = NULL;
        write_bytes(in_folder("m.onnx"), n.onnx, n.size);
        nudge_status status = nudge_model_import(&m, in_folder("m.onnx"), NULL, &err);
        ck_assert_msg(status == NUDGE_OK, "%s: %s", n.name, err.text);
        ck_labels(&n, nudge_model_describe(m).prep);
        ck_ok(nudge_predictor_create(&p, m, &err), &err);
        char *line = (char *)n.cells;
        for (size_t r = 0; r < n.rows; r++)
            ck_row(&n, m, p, &line);
        nudge_predictor_free(p);
        nudge_model_free(m);
    }
    ck_assert_uint_eq(count, 200);
    free(bytes);
}
END_TEST

/* What nudge writes without preprocessing comes back with the same bits. */
START_TEST(round_trip)
{
    const size_t widths[] = {3, 4, 4, 4, 2};
    nudge_export_options o = nudge_export_defaults();
    o.raw = 1;
    for (int k = 0; nudge_activation_name((nudge_activation)k) != NULL; k++) {
        nudge_loss loss = (nudge_loss)(NUDGE_MSE + k % NUDGE_FOCAL);
        nudge_dtype dtype = k % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
        nudge_model *m = made_model_with(k % 3 == 1, k % 5 > 2, loss, dtype, 4, widths,
                                         (nudge_activation)k, NUDGE_IDENTITY, 5), *back = NULL;
        ck_ok(nudge_model_export(m, in_folder("m.onnx"), &o, &err), &err);
        ck_ok(nudge_model_import(&back, in_folder("m.onnx"), NULL, &err), &err);
        nudge_model_info info = nudge_model_describe(back);
        ck_assert_uint_eq(nudge_model_hash(back), nudge_model_hash(m));
        ck_assert_int_eq(info.activations[0], k);
        ck_assert_int_eq(info.dtype, dtype);
        ck_assert_int_eq(info.layer_norm, k % 3 == 1);
        ck_assert_int_eq(info.residual, k % 5 > 2);
        ck_assert_int_eq(nudge_loss_describe(info.loss).target, nudge_loss_describe(loss).target);
        nudge_model_free(back);
        nudge_model_free(m);
    }
}
END_TEST

static Suite *import_suite(void)
{
    Suite *s = suite_create("import");
    TCase *tc = tcase_create("import");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, changed_fann);
    tcase_add_test(tc, sparse_fann);
    tcase_add_test(tc, cut_fann);
    tcase_add_test(tc, twice_connected);
    tcase_add_test(tc, layer_of_ones);
    tcase_add_test(tc, long_fann);
    tcase_add_test(tc, scaled_names);
    tcase_add_test(tc, types);
    tcase_add_test(tc, networks);
    tcase_add_test(tc, round_trip);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(import_suite)
