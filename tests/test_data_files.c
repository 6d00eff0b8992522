/* Data in safetensors files. */
#include <math.h>
#include <zlib.h>

#include "file_fixtures.h"
#include "read_fixtures.h"

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
    ck_assert_ptr_null(t->classes); /* no metadata says so */
    ck_assert_double_eq(nu_value(t->y, t->y_element, 0), 1);
    ck_assert_double_eq(nu_value(t->y, t->y_element, 1), 3);
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
    {"{" TENSOR("x", "F8_E4M3", "[12,2]", 0, 24) "}", "tensor x is of type F8_E4M3; F16, "},
    {"{" TENSOR("x", "F32", "[4,2]", 0, 24) "}", "does not fill"},
    {"{" TENSOR("x", "F32", "[1,1,1,3,2]", 0, 24) "}", "an array of 5 dimensions"},
    {"{" TENSOR("x", "F32", "[]", 0, 4) "," TENSOR("z", "F32", "[5]", 4, 24) "}",
     "an array of 0 dimensions"},
    {"{" TENSOR("x", "F32", "[0,2]", 0, 0) "," TENSOR("z", "F32", "[6]", 0, 24) "}", "is 0"},
    {"{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "F32", "[1,2]", 16, 24) "}",
     "tensor y has 1 rows, but"},
    {"{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "F8_E5M2", "[8]", 16, 24) "}",
     "tensor y is of type F8_E5M2; F16, "},
    {"{\"__metadata__\":{\"classes\":\"3\"}," TENSOR("x", "F32", "[2,2]", 0, 16) ","
     TENSOR("y", "I32", "[2]", 16, 24) "}", "label 1 is 1084227584"},
    {"{\"__metadata__\":{\"classes\":\"3\"}," TENSOR("x", "F32", "[2,2]", 0, 16) ","
     TENSOR("y", "U8", "[2,4]", 16, 24) "}", "tensor y: whole numbers in 4 columns; labels are"},
    {"{\"__metadata__\":{\"format\":\"nudge\",\"version\":\"1\",\"network\":\"{}\"},"
     TENSOR("x", "F32", "[3,2]", 0, 24) "}", "it is a model; data are"},
};

START_TEST(bad_safetensors_files)
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

START_TEST(safetensors_cut_at_every_byte)
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
    ck_assert_int_eq(nudge_file_is_model("no such.csv"), 0);
    ck_assert_int_eq(nudge_file_is_model("no such.safetensors"), 1);
    ck_assert_int_eq(nudge_file_is_model(NULL), 0);
    write_st("{" TENSOR("x", "F32", "[7,2]", 0, 24) "}", six, sizeof six); /* damaged */
    ck_assert_int_eq(nudge_file_is_model(st_path), 1);
}
END_TEST

/* What is asked for, and is not for such files; the setting. */
START_TEST(options_refused)
{
    static const struct {
        const char *data, *labels, *weight, *target, *words, *setting;
    } cases[] = {
        {"d.safetensors", "y.npy", NULL, NULL, "holds targets, tensor y; it cannot have others in "
         "'y.npy'", NULL},
        {"d.safetensors", NULL, NULL, "z", "safetensors data has no columns to choose by name",
         "target"},
        {"d.safetensors", NULL, "w.csv", NULL, "w.csv: a libsvm file; weights of safetensors data "
         "are an IDX or NPY file", "weight"},
        {"synth:moons", NULL, "w.npy", NULL, "synthetic rows have no weights", "weight"},
        {"d.gz", NULL, NULL, NULL, "a safetensors file that is compressed, or a pipe; it must be a "
         "plain file", NULL},
        {"none-*.csv", NULL, NULL, NULL, "no file has that name, and none fits it as a pattern",
         NULL},
    };
    size_t size;
    snprintf(st_path, sizeof st_path, "%s/d.safetensors", folder);
    write_st("{" TENSOR("x", "F32", "[2,2]", 0, 16) "," TENSOR("y", "F32", "[2]", 16, 24) "}", six,
             sizeof six);
    write_in_folder("w.csv", "1 1:2\n2 1:3\n");
    unsigned char *plain = read_bytes(st_path, &size);
    gzFile gz = gzopen(in_folder("d.gz"), "wb");
    ck_assert_int_eq(gzwrite(gz, plain, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    free(plain);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nudge_read_options o = nudge_read_defaults();
        nudge_table *t = NULL;
        nudge_error err = {0};
        const char *data = cases[i].data;
        o.labels = cases[i].labels;
        o.weight = cases[i].weight != NULL ? in_folder(cases[i].weight) : NULL;
        o.target = cases[i].target;
        data = strchr(data, ':') != NULL ? data : in_folder(data);
        ck_assert_int_ne(nudge_table_read(&t, data, &o, &err), NUDGE_OK);
        ck_assert_ptr_null(t);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "%s", err.text);
        if (cases[i].setting != NULL)
            ck_assert_str_eq(err.setting, cases[i].setting);
    }
}
END_TEST

/* ---- Files that fit a pattern ---------------------------------------------------------- */

START_TEST(patterns)
{
    char name[40];
    nudge_table *t = NULL;
    nudge_error err = {0};
    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "part-%d.csv", i);
        write_in_folder(name, i == 0 ? "a,b\n1,2\n" : "a,b\n1,2\n3,4\n");
    }
    t = read_good(in_folder("part-?.csv"), NULL);
    size_t n;
    const char *said = nudge_table_notes(t, &n)[0].text;
    ck_assert_uint_eq(t->rows, 15);
    ck_assert_uint_eq(n, 1);
    ck_assert_msg(strncmp(said, "15 rows of 8 files: ", 20) == 0, "%s", said);
    ck_assert_ptr_nonnull(strstr(said, "part-0.csv (1 row), "));
    ck_assert_ptr_nonnull(strstr(said, "part-5.csv (2 rows), ..."));
    nudge_table_free(t);
    t = read_good(in_folder("part-[3].csv"), NULL);
    said = nudge_table_notes(t, &n)[0].text;
    ck_assert_msg(strncmp(said, "2 rows of 1 file: ", 18) == 0, "%s", said);
    nudge_table_free(t);

    ck_assert_int_eq(mkdir(in_folder("closed"), 0), 0);
    t = NULL;
    become_nobody(folder);
    ck_assert_int_eq(nudge_table_read(&t, in_folder("closed/*.csv"), NULL, &err), NUDGE_EOPEN);
    leave_nobody();
    ck_assert_msg(strstr(err.text, "closed/*.csv: a folder of the pattern cannot be read") != NULL,
                  "%s", err.text);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *data_files_suite(void)
{
    Suite *s = suite_create("data files");
    TCase *tc = tcase_create("safetensors");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_test(tc, features_and_values);
    tcase_add_test(tc, bytes_and_classes);
    tcase_add_test(tc, count_of_classes);
    tcase_add_loop_test(tc, bad_safetensors_files, 0, COUNT(bad));
    tcase_add_test(tc, not_finite);
    tcase_add_test(tc, safetensors_cut_at_every_byte);
    tcase_add_test(tc, kinds_of_files);
    tcase_add_test(tc, options_refused);
    tcase_add_test(tc, patterns);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(data_files_suite)
