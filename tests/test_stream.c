/* Features that stay in their file: the same bits as in memory. */
#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "npy_fixtures.h"
#include "suite.h"

static nudge_error err;
static char x_path[300], y_path[300];

static void write_synth(const char *spec, nudge_dtype dtype, int npy)
{
    nudge_write_options o = nudge_write_defaults();
    snprintf(x_path, sizeof x_path, "%s/x.%s", folder, npy ? "npy" : "safetensors");
    snprintf(y_path, sizeof y_path, "%s/y.npy", folder);
    o.dtype = dtype;
    o.labels = npy ? y_path : NULL;
    ck_ok(nudge_synth_write(NULL, spec, x_path, &o, &err), &err);
}

static void write_array(char path[300], const char *type, const char *order, int rows, int columns,
                        const void *elements, size_t size)
{
    char text[118], header[120];
    const char *name = path == x_path ? "x" : "y";
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d), }", type,
             order, rows, columns);
    snprintf(header, sizeof header, "%-117s\n", text);
    snprintf(path, 300, "%s/%s.npy", folder, name);
    write_npy(path, header, elements, size);
}

/* A training on half of the rows, and what it gives. */
static uint64_t outcome_of(const char *data, const char *labels, nudge_scale scale,
                           nudge_dtype dtype, int stream, uint64_t *bytes)
{
    nudge_data_options o = nudge_data_defaults();
    nudge_data d;
    nudge_model *m = NULL;
    nudge_metrics metrics;
    o.data = data;
    o.read.labels = labels;
    o.read.dtype = dtype;
    o.read.stream = stream;
    o.val_split = 0.5;
    o.prep.scale = scale;
    ck_ok(nudge_data_load(&d, &o, &err), &err);
    nudge_prep_info p = nudge_prep_describe(d.prep);
    nudge_model_options network = nudge_model_defaults();
    const size_t widths[] = {p.features, 70, p.outputs};
    network.dtype = dtype;
    network.layers = 2;
    network.widths = widths;
    network.loss = p.loss;
    ck_ok(nudge_model_create(&m, &network, d.prep, &err), &err);
    nudge_train_options training = nudge_train_defaults();
    training.epochs = 2;
    ck_ok(nudge_train(m, d.train, d.val, &training, NULL, &err), &err);
    ck_ok(nudge_evaluate(m, d.val, 2, &metrics, &err), &err);
    uint64_t hash = nudge_model_hash(m) ^ (uint64_t)(1e15 * metrics.value[NUDGE_METRIC_LOSS]);
    *bytes = nudge_dataset_describe(d.train).bytes;
    nudge_metrics_free(&metrics);
    nudge_model_free(m);
    nudge_data_free(&d);
    return hash;
}

static void same(const char *data, const char *labels, nudge_scale scale, nudge_dtype dtype)
{
    uint64_t in_memory, streamed;
    uint64_t a = outcome_of(data, labels, scale, dtype, 0, &in_memory);
    uint64_t b = outcome_of(data, labels, scale, dtype, 1, &streamed);
    ck_assert_msg(a == b, "%s, %s, %s", data, nudge_scale_name(scale), nudge_dtype_name(dtype));
    ck_assert_uint_lt(streamed, in_memory);
}

/* Files of either type for networks of either type, with every scaling. */
START_TEST(same_bits)
{
    static const nudge_scale scales[] = {NUDGE_SCALE_STANDARD, NUDGE_SCALE_MINMAX, NUDGE_SCALE_NONE,
                                         NUDGE_SCALE_ROBUST};
    for (int file = 0; file < 2; file++)
        for (int npy = 0; npy < 2; npy++) {
            write_synth("synth:teacher,rows=400,features=71", (nudge_dtype)file, npy);
            for (int dtype = 0; dtype < 2; dtype++)
                same(x_path, npy ? y_path : NULL, scales[_i], (nudge_dtype)dtype);
        }
}
END_TEST

/* Bytes of images, which stay bytes, or become numbers where scaling is not linear. */
START_TEST(images)
{
    enum { ROWS = 40, PIXELS = 12 };
    unsigned char x[ROWS * PIXELS];
    int32_t y[ROWS];
    for (int i = 0; i < ROWS * PIXELS; i++)
        x[i] = (unsigned char)(i * 37 % 251);
    for (int i = 0; i < ROWS; i++)
        y[i] = i % 2;
    write_array(x_path, "|u1", "False", ROWS, PIXELS, x, sizeof x);
    write_array(y_path, "<i4", "False", ROWS, 1, y, sizeof y);
    for (int scale = NUDGE_SCALE_AUTO; scale <= NUDGE_SCALE_ROBUST; scale++)
        same(x_path, y_path, (nudge_scale)scale, NUDGE_F32);
}
END_TEST

static void refused(const char *path, nudge_status status, const char *part)
{
    nudge_table *t = NULL;
    nudge_read_options o = nudge_read_defaults();
    o.stream = 1;
    ck_status(nudge_table_read(&t, path, &o, &err), status, &err);
    ck_assert_msg(strstr(err.text, part) != NULL, "\"%s\" lacks \"%s\"", err.text, part);
    ck_assert_str_eq(err.setting, "stream");
}

START_TEST(what_cannot)
{
    const unsigned char zeros[16] = {0};
    const float bad[2] = {1, NAN};
    nudge_table *t = NULL;
    nudge_read_options o = nudge_read_defaults();
    write_array(x_path, "<f2", "False", 1, 2, zeros, 4);
    refused(x_path, NUDGE_EDATA, "cannot stay in its file");
    write_array(x_path, ">f4", "False", 1, 2, zeros, 8);
    refused(x_path, NUDGE_EDATA, "cannot stay in its file");
    write_array(x_path, "<f4", "True", 1, 2, zeros, 8);
    refused(x_path, NUDGE_EDATA, "cannot stay in its file");
    write_array(x_path, "<i4", "False", 1, 2, zeros, 8);
    refused(x_path, NUDGE_EDATA, "cannot stay in its file");
    refused("synth:moons", NUDGE_EARGUMENT, "synth data cannot stay in its file");
    write_array(x_path, "<f4", "False", 1, 2, bad, 8);
    o.stream = 1;
    ck_status(nudge_table_read(&t, x_path, &o, &err), NUDGE_EDATA, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "value 2 of row 1 is NaN; it must be finite"));
    write_array(x_path, "<f4", "False", 1, 2, zeros, 8);
    ck_ok(nudge_table_read(&t, x_path, &o, &err), &err);
    ck_assert_uint_eq(nudge_table_describe(t).bytes, 0);
    nudge_table_free(t);
}
END_TEST

/* A value that the network's type does not hold is refused as it is in memory. */
START_TEST(too_large)
{
    const double x[4] = {1, 2, 3, 1e100}, y[2] = {1, 2};
    write_array(x_path, "<f8", "False", 2, 2, x, sizeof x);
    write_array(y_path, "<f8", "False", 2, 1, y, sizeof y);
    for (int stream = 0; stream < 2; stream++) {
        nudge_data_options o = nudge_data_defaults();
        nudge_data d;
        o.data = x_path;
        o.read.labels = y_path;
        o.read.stream = stream;
        o.prep.scale = NUDGE_SCALE_NONE;
        ck_status(nudge_data_load(&d, &o, &err), NUDGE_EDATA, &err);
        ck_assert_ptr_nonnull(strstr(err.text, "feature 'x2' in data row 2 is not a finite"));
    }
}
END_TEST

/* A fold's datasets borrow the table's mapping. A checkpoint knows the data either way. */
START_TEST(folds_and_checkpoints)
{
    char ck[300];
    snprintf(ck, sizeof ck, "%s/ck", folder);
    write_synth("synth:teacher,rows=90,features=40", NUDGE_F64, 0);
    nudge_data_options o = nudge_data_defaults();
    nudge_folds *f = NULL;
    nudge_data d, whole;
    o.data = x_path;
    o.read.stream = 1;
    ck_ok(nudge_folds_load(&f, 3, &o, &err), &err);
    ck_ok(nudge_folds_data(&d, f, 1, &err), &err);
    ck_assert_uint_lt(d.load_bytes, 90 * 40 * sizeof(double));
    nudge_data_free(&d);
    nudge_folds_free(f);
    uint64_t hash[2];
    for (int stream = 1; stream >= 0; stream--) {
        const size_t widths[] = {40, 7, 1};
        nudge_model_options network = nudge_model_defaults();
        nudge_train_options training = nudge_train_defaults();
        nudge_model *m = NULL;
        nudge_trainer *t = NULL;
        o.read.stream = stream;
        ck_ok(nudge_data_load(&whole, &o, &err), &err);
        network.layers = 2;
        network.widths = widths;
        ck_ok(nudge_model_create(&m, &network, whole.prep, &err), &err);
        ck_ok(nudge_trainer_create(&t, m, whole.train, NULL, &training, &err), &err);
        if (stream == 0)
            ck_ok(nudge_trainer_load(t, ck, &err), &err);
        ck_ok(nudge_trainer_epoch(t, NULL, &err), &err);
        if (stream == 1)
            ck_ok(nudge_trainer_save(t, ck, NULL, &err), &err);
        if (stream == 1)
            ck_ok(nudge_trainer_epoch(t, NULL, &err), &err);
        hash[stream] = nudge_model_hash(m);
        nudge_trainer_free(t);
        nudge_model_free(m);
        nudge_data_free(&whole);
    }
    ck_assert(hash[0] == hash[1]);
}
END_TEST

static Suite *stream_suite(void)
{
    Suite *s = suite_create("stream");
    TCase *tc = tcase_create("stream");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, same_bits, 0, 4);
    tcase_add_test(tc, images);
    tcase_add_test(tc, what_cannot);
    tcase_add_test(tc, too_large);
    tcase_add_test(tc, folds_and_checkpoints);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(stream_suite)
