/* Data in safetensors files, and writing NPY and safetensors: what is written reads back to the
 * same bits, for every number of threads. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include "core/memory.h"
#include "file_fixtures.h"
#include "read_fixtures.h"

/* ---- Reading safetensors --------------------------------------------------------------- */

static void st_bad(const char *text)
{
    read_bad(st_path, NULL, NUDGE_EDATA, text);
}

#define TENSOR(name, dtype, shape, from, to)                            \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" #from "," #to \
    "]}"

static const float six[] = {1, 2, 3, 4, 5, 6};

START_TEST(features_and_values)
{
    float data[9] = {1, 2, 3, 4, 5, 6, 0.1f, 0.2f, 0.3f};
    write_st("{" TENSOR("x", "F32", "[3,2]", 0, 24) "," TENSOR("y", "F32", "[3]", 24, 36) "}",
             data, sizeof data);
    nudge_table *t = read_good(st_path, NULL);
    nudge_table_info info = nudge_table_describe(t);
    ck_assert_str_eq(info.format, "safetensors");
    ck_assert_uint_eq(info.rows, 3);
    ck_assert_uint_eq(info.columns, 3);
    ck_assert_uint_eq(info.bytes, sizeof data);
    ck_assert_mem_eq(t->x, data, 24);
    ck_assert_mem_eq(t->y, data + 6, 12);
    ck_assert_str_eq(nudge_table_column(t, 2).name, "y");
    nudge_table_free(t);
}
END_TEST

/* Other tensors are no business of ours; y may come first. */
START_TEST(bytes_and_classes)
{
    static const unsigned char data[] = {1, 0, 0, 0, 3, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 9};
    write_st("{" TENSOR("y", "I32", "[2,1]", 0, 8) "," TENSOR("x", "U8", "[2,2,2]", 8, 16) ","
             TENSOR("z", "U8", "[1]", 16, 17) "}", data, sizeof data);
    nudge_table *t = read_good(st_path, NULL);
    ck_assert_int_eq(t->element, NU_U8);
    ck_assert_uint_eq(t->pixel_rows, 2);
    ck_assert_uint_eq(t->pixel_columns, 2);
    ck_assert_mem_eq(t->x, data + 8, 8);
    ck_assert_uint_eq(t->n_classes, 4);
    ck_assert_int_eq(t->classes[0], 1);
    ck_assert_int_eq(t->classes[1], 3);
    nudge_table_free(t);
}
END_TEST

/* Classes that no row is of are counted where the file says so. */
START_TEST(count_of_classes)
{
    static const unsigned char data[] = {1, 0, 10, 20};
#define COUNTED(n)                                                                     \
    "{\"__metadata__\":{\"classes\":\"" n "\",\"target\":\"kind\"}," TENSOR("y", "U8", \
    "[2]", 0, 2) "," TENSOR("x", "U8", "[2,1]", 2, 4) "}"
    write_st(COUNTED("5"), data, sizeof data);
    nudge_table *t = read_good(st_path, NULL);
    ck_assert_uint_eq(t->n_classes, 5);
    ck_assert_str_eq(t->class_labels[4], "4");
    ck_assert_str_eq(t->target_name, "kind");
    nudge_table_free(t);
    static const char *const wrong[] = {COUNTED("1"), COUNTED("65537"), COUNTED("-5"),
                                        COUNTED("5x"), COUNTED("")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_st(wrong[i], data, sizeof data);
        st_bad("with its labels a number from 2 to 65536 is right");
    }
}
END_TEST

static const struct {
    const char *header;
    const char *text;
} bad[] = {
    {"{" TENSOR("a", "F32", "[3,2]", 0, 24) "}", "no tensor 'x'"},
    {"{" TENSOR("a", "F32", "[3,2]", 0, 24) "}", "it holds 'a'"},
    {"{}", "the header describes 0 bytes of data; the file has 24"},
    {"{" TENSOR("x", "F16", "[6,2]", 0, 24) "}", "tensor x is of type F16; F32, F64 and U8"},
    {"{" TENSOR("x", "F32", "[4,2]", 0, 24) "}", "does not fill"},
    {"{" TENSOR("x", "F32", "[1,1,1,3,2]", 0, 24) "}", "an array of 5 dimensions"},
    {"{" TENSOR("x", "F32", "[]", 0, 4) "," TENSOR("z", "F32", "[5]", 4, 24) "}",
     "an array of 0 dimensions"},
    {"{" TENSOR("x", "F32", "[0,2]", 0, 0) "," TENSOR("z", "F32", "[6]", 0, 24) "}", "is 0"},
    {"{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "F32", "[1,2]", 16, 24) "}",
     "tensor y has 1 rows, but"},
    {"{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "BF16", "[2,2]", 16, 24) "}",
     "tensor y is of type BF16; F32, F64"},
    {"{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "I32", "[2]", 16, 24) "}",
     "label 1 is 1084227584"},
    {"{\"__metadata__\":{\"format\":\"nudge\",\"version\":\"1\",\"network\":\"{}\"},"
     TENSOR("x", "F32", "[3,2]", 0, 24) "}", "it is a model; data are"},
};

START_TEST(bad_files)
{
    write_st(bad[_i].header, six, sizeof six);
    st_bad(bad[_i].text);
}
END_TEST

START_TEST(not_finite)
{
    static const float data[] = {1, 2, 3, 4, INFINITY, 6, 1, 2, NAN};
    const char *header = "{" TENSOR("x", "F32", "[3,2]", 0, 24) "," TENSOR("y", "F32", "[3]", 24,
                                                                          36) "}";
    write_st(header, data, sizeof data);
    st_bad("tensor x: value 1 of row 3 is infinite; it must be finite");
    float x_good[9];
    memcpy(x_good, data, sizeof data);
    x_good[4] = 5;
    write_st(header, x_good, sizeof x_good);
    st_bad("tensor y: value 1 of row 3 is NaN; it must be finite");
}
END_TEST

START_TEST(cut_at_every_byte)
{
    size_t full;
    write_st("{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "F32", "[2]", 16, 24) "}", six,
             sizeof six);
    unsigned char *whole = read_bytes(st_path, &full);
    for (size_t size = 0; size < full; size++) {
        write_bytes(st_path, whole, size);
        st_bad("");
    }
    free(whole);
}
END_TEST

START_TEST(kinds_of_files)
{
    write_st("{" TENSOR("x", "F32", "[3,2]", 0, 24) "}", six, sizeof six);
    ck_assert_int_eq(nudge_file_is_model(st_path), 0);
    write_st("{" TENSOR("layers.0.bias", "F32", "[6]", 0, 24) "}", six, sizeof six);
    ck_assert_int_eq(nudge_file_is_model(st_path), 1);
    write_st("{\"__metadata__\":{\"format\":\"nudge\"}," TENSOR("x", "F32", "[3,2]", 0, 24) "}",
             six, sizeof six);
    ck_assert_int_eq(nudge_file_is_model(st_path), 1);
    ck_assert_int_eq(nudge_file_is_model(test_file("good-plain.csv")), 0);
    ck_assert_int_eq(nudge_file_is_model(test_file("good-images.idx")), 0);
    ck_assert_int_eq(nudge_file_is_model(test_file("or-init.safetensors")), 1);
    ck_assert_int_eq(nudge_file_is_model("no such file"), 0);
}
END_TEST

/* ---- Writing --------------------------------------------------------------------------- */

static char npy_path[320], labels_path[320];

static void write_setup(void)
{
    st_setup();
    snprintf(npy_path, sizeof npy_path, "%s/x.npy", st_folder);
    snprintf(labels_path, sizeof labels_path, "%s/y.npy", st_folder);
}

static void write_teardown(void)
{
    unlink(npy_path);
    unlink(labels_path);
    st_teardown();
}

static size_t files_there(void)
{
    size_t n = 0;
    DIR *folder = opendir(st_folder);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(folder);
    return n;
}

/* The same rows, features and targets, to the bit; names may differ. */
static void same_values(const nudge_table *a, const nudge_table *b)
{
    size_t size = nu_element_size(a->element);
    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->features, b->features);
    ck_assert_uint_eq(a->outputs, b->outputs);
    ck_assert_uint_eq(a->pixel_rows, b->pixel_rows);
    ck_assert_int_eq(a->element, b->element);
    ck_assert_mem_eq(a->x, b->x, a->rows * a->features * size);
    ck_assert_int_eq(a->y != NULL, b->y != NULL);
    ck_assert_int_eq(a->classes != NULL, b->classes != NULL);
    if (a->y != NULL)
        ck_assert_mem_eq(a->y, b->y, a->rows * a->outputs * nu_element_size(a->y_element));
    if (a->classes != NULL)
        ck_assert_mem_eq(a->classes, b->classes, a->rows * sizeof *a->classes);
}

/* Rows that end inside a block of 64, and inside a chunk; numbers and classes; one feature; a
 * number of rows that the generator sets. */
static const char *const specs[] = {
    "synth:teacher,rows=20001,features=5,seed=7",
    "synth:teacher,rows=20001,features=5,classes=4,seed=7",
    "synth:linear,rows=100003,features=1",
    "synth:blobs,rows=63",
    "synth:line",
    "synth:parity,bits=9",
    "synth:or",
};

static nudge_table *generated(const char *spec, nudge_dtype dtype)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t = NULL;
    nudge_error err = {0};
    options.dtype = dtype;
    options.threads = 1;
    nudge_status status = nudge_table_read(&t, spec, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* Identity: the file read back = the table of the generator, for 1, 2, 3 and 7 threads, in both
 * formats and both types; and the bytes of the files do not depend on the threads. */
START_TEST(files_are_the_generator)
{
    static const int threads[] = {1, 2, 3, 7};
    const char *spec = specs[_i / 2];
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_table *made = generated(spec, dtype);
    unsigned char *first = NULL;
    size_t first_size = 0;
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        nudge_write_options options = nudge_write_defaults();
        nudge_written written;
        nudge_error err = {0};
        options.dtype = dtype;
        options.threads = threads[i];
        ck_assert_msg(nudge_synth_write(&written, spec, st_path, &options, &err) == NUDGE_OK, "%s",
                      err.text);
        size_t size;
        unsigned char *bytes = read_bytes(st_path, &size);
        ck_assert_uint_eq(written.rows, made->rows);
        ck_assert_uint_eq(written.features, made->features);
        ck_assert_uint_eq(written.targets, 1);
        ck_assert_uint_eq(written.bytes, size);
        nudge_table *t = read_good(st_path, NULL);
        same_values(made, t);
        ck_assert_uint_eq(made->n_classes, t->n_classes);
        ck_assert_str_eq(made->target_name, t->target_name);
        nudge_table_free(t);
        if (first == NULL) {
            first = bytes;
            first_size = size;
        } else {
            ck_assert_uint_eq(size, first_size);
            ck_assert_mem_eq(bytes, first, size);
            free(bytes);
        }

        options.labels = labels_path;
        ck_assert_msg(nudge_synth_write(&written, spec, npy_path, &options, &err) == NUDGE_OK,
                      "%s", err.text);
        t = read_good(npy_path, labels_path);
        same_values(made, t);
        nudge_table_free(t);
    }
    ck_assert_uint_eq(files_there(), 3);
    free(first);
    nudge_table_free(made);
}
END_TEST

/* Tables in memory to the same formats; images keep their shape. */
START_TEST(tables_are_written)
{
    nudge_error err = {0};
    nudge_table *tables[] = {
        generated("synth:teacher,rows=100,features=3", NUDGE_F32),
        generated("synth:blobs,rows=100", NUDGE_F64),
        read_good(test_file("good-images.idx"), test_file("good-labels.idx")),
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        ck_assert_msg(nudge_table_write(tables[i], st_path, &err) == NUDGE_OK, "%s", err.text);
        nudge_table *t = read_good(st_path, NULL);
        same_values(tables[i], t);
        nudge_table_free(t);
        ck_assert_msg(nudge_table_write(tables[i], npy_path, &err) == NUDGE_OK, "%s", err.text);
        ck_assert_msg(nudge_table_write_targets(tables[i], labels_path, &err) == NUDGE_OK, "%s",
                      err.text);
        t = read_good(npy_path, labels_path);
        same_values(tables[i], t);
        nudge_table_free(t);
        nudge_table_free(tables[i]);
    }
}
END_TEST

START_TEST(refused_tables)
{
    nudge_error err = {0};
    nudge_table *t = read_good(test_file("good-plain.csv"), NULL);
    ck_assert_int_eq(nudge_table_write(t, st_path, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "is written as .csv or .csv.gz"));
    ck_assert_int_eq(nudge_table_write_targets(t, labels_path, &err), NUDGE_EARGUMENT);
    nudge_table_free(t);
    t = read_good(test_file("good-images.idx"), NULL);
    ck_assert_int_eq(nudge_table_write_targets(t, labels_path, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "it has no targets"));
    ck_assert_int_eq(nudge_table_write_targets(t, "y.csv", &err), NUDGE_EARGUMENT);
    nudge_table_free(t);
    ck_assert_uint_eq(files_there(), 0);
}
END_TEST

/* ---- Writing that fails ---------------------------------------------------------------- */

static int stop_at_half(const nudge_write_progress *now, void *user)
{
    int *calls = user;
    ++*calls;
    ck_assert_uint_le(now->rows, now->all_rows);
    return now->rows >= now->all_rows / 2;
}

/* What was there stays, and nothing is beside it. */
START_TEST(stopped)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    int calls = 0;
    write_bytes(st_path, "before", 6);
    options.on_progress = stop_at_half;
    options.progress_seconds = 0;
    options.user = &calls;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=200000", st_path, &options, &err),
                     NUDGE_ESTOPPED);
    ck_assert_int_gt(calls, 0);
    size_t size;
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_assert_uint_eq(size, 6);
    ck_assert_mem_eq(bytes, "before", 6);
    free(bytes);
    ck_assert_uint_eq(files_there(), 1);
}
END_TEST

/* Text has no places: it is stopped between chunks. */
START_TEST(stopped_text)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    int calls = 0;
    char path[320];
    snprintf(path, sizeof path, "%s/x.csv.gz", st_folder);
    options.on_progress = stop_at_half;
    options.progress_seconds = 0;
    options.user = &calls;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=30000", path, &options, &err),
                     NUDGE_ESTOPPED);
    ck_assert_int_gt(calls, 1);
    ck_assert_uint_eq(files_there(), 0);
}
END_TEST

/* Chunk by chunk gives the bytes of the whole table, and a number of threads that no machine has
 * is none that is used. */
START_TEST(text_is_the_table)
{
    nudge_error err = {0};
    nudge_write_options options = nudge_write_defaults();
    nudge_written written;
    char one[320], other[320];
    size_t size[2];
    snprintf(one, sizeof one, "%s/1.csv", st_folder);
    snprintf(other, sizeof other, "%s/2.csv", st_folder);
    options.threads = 1 << 20;
    ck_assert_msg(nudge_synth_write(&written, "synth:blobs,rows=50001,features=3", one, &options,
                                    &err) == NUDGE_OK, "%s", err.text);
    ck_assert_uint_eq(written.rows, 50001);
    nudge_table *t = read_good("synth:blobs,rows=50001,features=3", NULL);
    ck_assert_msg(nudge_table_write(t, other, &err) == NUDGE_OK, "%s", err.text);
    unsigned char *a = read_bytes(one, &size[0]), *b = read_bytes(other, &size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_uint_eq(written.bytes, size[0]);
    ck_assert_mem_eq(a, b, size[0]);
    nudge_table_free(t);
    free(a);
    free(b);
    unlink(one);
    unlink(other);
}
END_TEST

/* No file may grow beyond 100 kB: the first file fits, the second does not, or the only one does
 * not. A limit is what can be had everywhere without a full disk. */
START_TEST(write_errors)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    struct rlimit limit = {100000, 100000};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=50000", st_path, &options, &err),
                     NUDGE_EIO);
    ck_assert_msg(strstr(err.text, strerror(EFBIG)) != NULL, "%s", err.text);
    options.labels = labels_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=50000,features=1", npy_path,
                                       &options, &err),
                     NUDGE_EIO);
    ck_assert_uint_eq(files_there(), 0);
}
END_TEST

/* A petabyte is refused at once. */
START_TEST(no_space)
{
    nudge_error err = {0};
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=4294967295,features=65536", st_path,
                                       NULL, &err),
                     NUDGE_EIO);
    ck_assert_msg(strstr(err.text, "is free there") != NULL, "%s", err.text);
    ck_assert_uint_eq(files_there(), 0);
}
END_TEST

START_TEST(refused_writes)
{
    nudge_error err = {0};
    nudge_write_options options = nudge_write_defaults();
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, NULL, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "the targets need an .npy file of their own"));
    options.labels = labels_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", st_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = st_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = npy_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = NULL;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", "x.txt", &options, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "line", st_path, &options, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:nosuch", st_path, &options, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", "no/such/x.safetensors", &options, &err),
                     NUDGE_EOPEN);
    ck_assert_uint_eq(files_there(), 0);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *data_files_suite(void)
{
    Suite *s = suite_create("data files");
    TCase *tc = tcase_create("safetensors");
    tcase_add_checked_fixture(tc, st_setup, st_teardown);
    tcase_add_test(tc, features_and_values);
    tcase_add_test(tc, bytes_and_classes);
    tcase_add_test(tc, count_of_classes);
    tcase_add_loop_test(tc, bad_files, 0, COUNT(bad));
    tcase_add_test(tc, not_finite);
    tcase_add_test(tc, cut_at_every_byte);
    tcase_add_test(tc, kinds_of_files);
    suite_add_tcase(s, tc);

    tc = tcase_create("writing");
    tcase_add_checked_fixture(tc, write_setup, write_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, files_are_the_generator, 0, 2 * COUNT(specs));
    tcase_add_test(tc, tables_are_written);
    tcase_add_test(tc, refused_tables);
    tcase_add_test(tc, stopped);
    tcase_add_test(tc, stopped_text);
    tcase_add_test(tc, text_is_the_table);
    tcase_add_test(tc, write_errors);
    tcase_add_test(tc, no_space);
    tcase_add_test(tc, refused_writes);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(data_files_suite)
