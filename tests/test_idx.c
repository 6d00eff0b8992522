/* IDX files: images, labels, other element types, and files that must be refused. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "read_fixtures.h"

/* 5 images of 2x3 whose pixels count up by 8; labels 0, 1, 2, 1, 4. Plain and gzip. */
START_TEST(images_and_labels)
{
    static const char *const files[] = {"good-images.idx", "good-images.idx.gz"};
    static const float labels[] = {0, 1, 2, 1, 4};
    nudge_table *t = read_good(test_file(files[_i]), test_file("good-labels.idx"));
    nudge_table_info info = nudge_table_describe(t);
    ck_assert_str_eq(info.format, "idx");
    ck_assert_uint_eq(info.rows, 5);
    ck_assert(isnan(info.noise_floor));
    ck_assert_int_eq(t->element, NU_U8);
    ck_assert_uint_eq(t->features, 6);
    ck_assert_uint_eq(t->pixel_rows, 2);
    ck_assert_uint_eq(t->pixel_columns, 3);
    for (size_t i = 0; i < 30; i++)
        ck_assert_uint_eq(((unsigned char *)t->x)[i], 8 * i);
    ck_assert_uint_eq(t->outputs, 1);
    ck_assert_int_eq(t->y_element, NU_F32);
    ck_assert_mem_eq(t->y, labels, sizeof labels);
    ck_assert_str_eq(t->target_name, "label");
    nudge_table_free(t);
}
END_TEST

START_TEST(images_without_labels)
{
    nudge_table *t = read_good(test_file("good-images.idx"), NULL);
    ck_assert_uint_eq(t->outputs, 0);
    ck_assert_ptr_null(t->classes);
    ck_assert_ptr_null(t->y);
    nudge_table_free(t);
}
END_TEST

/* As in NPY files: whole numbers are classes, others values. */
START_TEST(labels_can_be_numbers)
{
    static const float values[] = {0, 1, 2, 1, 0};
    nudge_table *t = read_good(test_file("good-images.idx"), test_file("good-float-labels.idx"));
    ck_assert_ptr_null(t->classes);
    ck_assert_uint_eq(t->outputs, 1);
    ck_assert_mem_eq(t->y, values, sizeof values);
    nudge_table_free(t);
}
END_TEST

/* ---- Other element types --------------------------------------------------------------- */

static const struct {
    unsigned char type;
    size_t size;
    nu_element element;
    unsigned char bytes[16]; /* two values */
    double value[2];
} types[] = {
    {0x09, 1, NU_F32, {0x80, 0x7f}, {-128, 127}},
    {0x0b, 2, NU_F32, {0x80, 0x00, 0x01, 0x02}, {-32768, 258}},
    {0x0c, 4, NU_F64, {0xff, 0xff, 0xff, 0xfe, 0x7f, 0xff, 0xff, 0xff}, {-2, 2147483647}},
    {0x0d, 4, NU_F32, {0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0}, {1, -2.5}},
    {0x0e, 8, NU_F64, {0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0}, {1, -2.5}},
};

START_TEST(other_types_become_numbers)
{
    unsigned char file[64] = {0, 0, types[_i].type, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    memcpy(file + 12, types[_i].bytes, 2 * types[_i].size);
    char path[] = "/tmp/nudge-idx-XXXXXX";
    int fd = mkstemp(path);
    ssize_t size = (ssize_t)(12 + 2 * types[_i].size);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, file, (size_t)size), size);
    close(fd);
    nudge_table *t = read_good(path, NULL);
    unlink(path);
    ck_assert_int_eq(t->element, types[_i].element);
    ck_assert_uint_eq(t->rows, 1);
    ck_assert_uint_eq(t->features, 2);
    ck_assert_uint_eq(t->pixel_rows, 0);
    for (int k = 0; k < 2; k++) {
        double value = t->element == NU_F32 ? ((float *)t->x)[k] : ((double *)t->x)[k];
        ck_assert_double_eq(value, types[_i].value[k]);
    }
    nudge_table_free(t);
}
END_TEST

/* ---- Files that must be refused -------------------------------------------------------- */

static const struct {
    const char *file, *labels, *text; /* text: what the message says after the file's name */
} bad[] = {
    {"bad-short.idx", NULL, "cut short: shape [5, 2, 3] takes 30 bytes, 20 follow the header"},
    {"bad-long.idx", NULL, "too long: shape [5, 2, 3] takes 30 bytes, 33 follow the header"},
    {"bad-header.idx", NULL, "cut short: an IDX header of rank 3 has 16 bytes, the file 9"},
    {"bad-zero.idx", NULL, "dimension 1 of shape [0, 2, 3] is 0"},
    {"bad-huge.idx", NULL, "more bytes than can be counted"},
    {"bad-magic.idx", NULL, ""},
    {"bad-cut.idx.gz", NULL, "cut short"},
    {"bad-nan.idx", NULL, "value 2 of row 2 is NaN"},
    {"bad-infinity.idx", NULL, "value 3 of row 1 is infinite"},
    {"good-labels.idx", NULL, "the data is the file of the images"},
    {"bad-count-labels.idx", "", " has 4 rows, but "},
    {"bad-magic.idx", "", "wrong magic number 0x00000703"},
    {"good-images.idx", "", "an array of 3 dimensions; targets are"},
};

/* With labels "" the bad file is the one of the labels, of good images. */
START_TEST(bad_idx_files)
{
    const char *path = test_file(bad[_i].file);
    if (bad[_i].labels != NULL)
        read_bad(test_file("good-images.idx"), path, NUDGE_EDATA, bad[_i].text);
    else
        read_bad(path, NULL, NUDGE_EDATA, bad[_i].text);
}
END_TEST

START_TEST(idx_without_labels)
{
    nudge_read_options options = nudge_read_defaults();
    options.labels = test_file("no-such-file.idx");
    nudge_table *t = NULL;
    nudge_error err = {0};
    ck_assert_int_eq(nudge_table_read(&t, test_file("good-images.idx"), &options, &err),
                     NUDGE_EOPEN);
    ck_assert_msg(strstr(err.text, "no-such-file.idx") != NULL, "%s", err.text);
}
END_TEST

/* A good file cut at every byte is refused. */
START_TEST(idx_cut_at_every_byte)
{
    static const unsigned char whole[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1,
                                          0, 0, 0, 2, 1, 2, 3, 4};
    for (size_t size = 0; size <= sizeof whole; size++) {
        ck_assert_int_eq(nu_idx_format.looks_like(whole, size), size >= 4);
        nudge_table *t = NULL;
        nudge_error err = {0};
        nudge_status status = read_memory(&t, &nu_idx_format, "cut", whole, size, NULL, &err);
        ck_assert_int_eq(status, size == sizeof whole ? NUDGE_OK : NUDGE_EDATA);
        nudge_table_free(t);
    }
}
END_TEST

/* Pixels in memory are kept, not copied. */
START_TEST(bytes_are_taken_over)
{
    static const unsigned char whole[] = {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9};
    nudge_read_options options = nudge_read_defaults();
    nu_source s = {.name = "x", .fd = -1, .bytes = malloc(sizeof whole), .size = sizeof whole};
    memcpy(s.bytes, whole, sizeof whole);
    nudge_table *t = NULL;
    ck_assert_int_eq(nu_read_source(&t, &s, &nu_idx_format, &options, NULL), NUDGE_OK);
    ck_assert_ptr_null(s.bytes);
    ck_assert_uint_eq(((unsigned char *)t->x)[1], 9);
    nudge_table_free(t);
}
END_TEST

static Suite *idx_suite(void)
{
    Suite *s = suite_create("idx");
    TCase *tc = tcase_create("good");
    tcase_add_loop_test(tc, images_and_labels, 0, 2);
    tcase_add_test(tc, images_without_labels);
    tcase_add_test(tc, labels_can_be_numbers);
    tcase_add_test(tc, bytes_are_taken_over);
    tcase_add_loop_test(tc, other_types_become_numbers, 0, sizeof types / sizeof *types);
    suite_add_tcase(s, tc);

    tc = tcase_create("bad");
    tcase_add_loop_test(tc, bad_idx_files, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, idx_without_labels);
    tcase_add_test(tc, idx_cut_at_every_byte);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(idx_suite)
