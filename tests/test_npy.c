/* NPY files: features, images, labels, and files that must be refused. The files are made here,
 * byte by byte as https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html says;
 * cli_data_files.sh reads some that numpy itself wrote. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "file_fixtures.h"
#include "npy_fixtures.h"
#include "read_fixtures.h"

static char x_path[300], y_path[300];

static void setup(void)
{
    st_setup();
    snprintf(x_path, sizeof x_path, "%s/x.npy", folder);
    snprintf(y_path, sizeof y_path, "%s/y.npy", folder);
}

static const float six[] = {1, 2, 3, 4, 5, 6};
#define F4(shape) NPY("<f4", shape)

/* ---- Features -------------------------------------------------------------------------- */

/* The same array in every way of writing its header, and in all versions. */
static const char *const headers[] = {
    F4("(3, 2)"),
    F4("(3, 2)") "          \n",
    "{'shape': (3, 2), 'descr': '<f4', 'fortran_order': False}",
    "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (3,2,)}",
    "{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 3L , 2L ) }",
};

START_TEST(matrices_are_read)
{
    unsigned char file[512];
    for (int major = 1; major <= 3; major++) {
        write_bytes(x_path, file, make_npy(file, major, headers[_i], six, sizeof six));
        nudge_table *t = read_good(x_path, NULL);
        nudge_table_info info = nudge_table_describe(t);
        ck_assert_str_eq(info.format, "npy");
        ck_assert_uint_eq(info.rows, 3);
        ck_assert_uint_eq(info.columns, 2);
        ck_assert_uint_eq(info.bytes, sizeof six);
        ck_assert(isnan(info.noise_floor));
        ck_assert_int_eq(t->element, NU_F32);
        ck_assert_mem_eq(t->x, six, sizeof six);
        ck_assert_uint_eq(t->pixel_rows, 0);
        nudge_table_free(t);
    }
}
END_TEST

/* Features that are whole numbers become floats, of the smallest type that holds them. */
START_TEST(whole_numbers_are_features)
{
    static const int32_t values[] = {1, -2, 3, 2147483647, 5, 6};
    write_npy(x_path, NPY("<i4", "(3, 2)"), values, sizeof values);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_int_eq(t->element, NU_F64);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(((double *)t->x)[i], values[i]);
    nudge_table_free(t);
}
END_TEST

START_TEST(doubles_in_one_column)
{
    static const double values[] = {0.1, -1e300, 3};
    write_npy(x_path, NPY("<f8", "(3,)"), values, sizeof values);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_uint_eq(t->rows, 3);
    ck_assert_uint_eq(t->features, 1);
    ck_assert_int_eq(t->element, NU_F64);
    ck_assert_mem_eq(t->x, values, sizeof values);
    nudge_table_free(t);
}
END_TEST

/* Bytes are pixels: rows of 12, images of 3 x 4, images of 3 x 2 with 2 channels. */
static const struct {
    const char *header;
    size_t pixel_rows, pixel_columns;
} images[] = {
    {NPY("|u1", "(2, 12)"), 1, 12},
    {NPY("|u1", "(2, 3, 4)"), 3, 4},
    {NPY("|u1", "(2, 3, 2, 2)"), 3, 4},
};

START_TEST(bytes_are_pixels)
{
    unsigned char pixels[24];
    for (int i = 0; i < 24; i++)
        pixels[i] = (unsigned char)(11 * i);
    write_npy(x_path, images[_i].header, pixels, sizeof pixels);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_int_eq(t->element, NU_U8);
    ck_assert_uint_eq(t->features, 12);
    ck_assert_uint_eq(t->pixel_rows, images[_i].pixel_rows);
    ck_assert_uint_eq(t->pixel_columns, images[_i].pixel_columns);
    ck_assert_mem_eq(t->x, pixels, sizeof pixels);
    nudge_table_free(t);
}
END_TEST

/* From 256 KB on pieces are read by several threads, from any place; the last one is short. */
START_TEST(many_pieces)
{
    enum { ROWS = 300001, FEATURES = 3 };
    size_t size = (size_t)ROWS * FEATURES * sizeof(float);
    float *values = malloc(size);
    unsigned char *file = malloc(size + 128);
    ck_assert(values != NULL && file != NULL);
    for (size_t i = 0; i < (size_t)ROWS * FEATURES; i++)
        values[i] = (float)i;
    write_bytes(x_path, file, make_npy(file, 1, F4("(300001, 3)"), values, size));
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_mem_eq(t->x, values, size);
    nudge_table_free(t);
    /* The first bad value is named, whoever comes to one first. */
    values[(size_t)290000 * FEATURES + 1] = NAN;
    values[(size_t)120000 * FEATURES + 2] = INFINITY;
    values[(size_t)200000 * FEATURES] = NAN;
    write_bytes(x_path, file, make_npy(file, 1, F4("(300001, 3)"), values, size));
    read_bad(x_path, NULL, NUDGE_EDATA, "value 3 of row 120001 is infinite; it must be finite");
    free(values);
    free(file);
}
END_TEST

/* ---- Targets --------------------------------------------------------------------------- */

/* Labels 2, 0, 1 in every type. */
static const struct {
    const char *header;
    size_t size;
    unsigned char bytes[24];
} labels[] = {
    {NPY("|u1", "(3,)"), 1, {2, 0, 1}},
    {NPY("|i1", "(3,)"), 1, {2, 0, 1}},
    {NPY("<i4", "(3,)"), 4, {2, 0, 0, 0, 0, 0, 0, 0, 1}},
    {NPY("<u4", "(3, 1)"), 4, {2, 0, 0, 0, 0, 0, 0, 0, 1}},
    {NPY("<i8", "(3,)"), 8, {2, [16] = 1}},
    {NPY("<u8", "(3,)"), 8, {2, [16] = 1}},
};

START_TEST(integers_are_numbers)
{
    write_npy(x_path, F4("(3, 2)"), six, sizeof six);
    write_npy(y_path, labels[_i].header, labels[_i].bytes, 3 * labels[_i].size);
    nudge_table *t = read_good(x_path, y_path);
    ck_assert_uint_eq(t->outputs, 1);
    ck_assert_ptr_null(t->classes); /* preprocessing decides what they are */
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(nu_value(t->y, t->y_element, i), (double)((i + 2) % 3));
    ck_assert_str_eq(t->target_name, "label");
    nudge_table_free(t);
}
END_TEST

/* Of a type of their own: doubles beside floats, floats beside pixels. */
START_TEST(floats_are_values)
{
    static const double y[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    write_npy(x_path, F4("(3, 2)"), six, sizeof six);
    write_npy(y_path, NPY("<f8", "(3, 2)"), y, sizeof y);
    nudge_table *t = read_good(x_path, y_path);
    ck_assert_uint_eq(t->outputs, 2);
    ck_assert_int_eq(t->y_element, NU_F64);
    ck_assert_mem_eq(t->y, y, sizeof y);
    ck_assert_ptr_null(t->classes);
    nudge_column_info c = nudge_table_column(t, 3);
    ck_assert_str_eq(c.name, "y2");
    ck_assert_int_eq(c.is_target, 1);
    ck_assert_double_eq_tol(c.mean, 0.4, 1e-15);
    ck_assert_double_eq(c.max, 0.6);
    nudge_table_free(t);

    static const unsigned char pixels[] = {0, 255, 1, 254, 2, 253};
    write_npy(x_path, NPY("|u1", "(3, 2)"), pixels, sizeof pixels);
    write_npy(y_path, F4("(3,)"), six, 3 * sizeof *six);
    t = read_good(x_path, y_path);
    ck_assert_int_eq(t->element, NU_U8);
    ck_assert_int_eq(t->y_element, NU_F32);
    ck_assert_mem_eq(t->y, six, 3 * sizeof *six);
    ck_assert_double_eq(nudge_table_column(t, 1).mean, 2);
    nudge_table_free(t);
}
END_TEST

/* Numeric targets of pixels train: the dataset holds them in its own type. */
START_TEST(values_of_pixels_are_packed)
{
    static const unsigned char pixels[] = {0, 255, 1, 254, 2, 253};
    static const float y[] = {1.5f, -2, 4};
    nudge_data_options options = nudge_data_defaults();
    nudge_data data;
    nudge_error err = {0};
    write_npy(x_path, NPY("|u1", "(3, 2)"), pixels, sizeof pixels);
    write_npy(y_path, F4("(3,)"), y, sizeof y);
    options.data = x_path;
    options.read.labels = y_path;
    options.prep.scale = NUDGE_SCALE_NONE;
    nudge_status status = nudge_data_load(&data, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    nudge_dataset_info info = nudge_dataset_describe(data.train);
    ck_assert_uint_eq(info.outputs, 1);
    ck_assert_int_eq(info.has_classes, 0);
    nudge_data_free(&data);
}
END_TEST

/* IDX labels beside NPY features, NPY labels beside IDX images. */
START_TEST(formats_mix)
{
    static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1};
    write_npy(x_path, F4("(3, 2)"), six, sizeof six);
    char idx_path[320];
    snprintf(idx_path, sizeof idx_path, "%s/labels", folder);
    write_bytes(idx_path, idx, sizeof idx);
    nudge_table *t = read_good(x_path, idx_path);
    ck_assert_double_eq(nu_value(t->y, t->y_element, 2), 1);
    nudge_table_free(t);

    static const unsigned char five[] = {4, 3, 2, 1, 0};
    write_npy(y_path, NPY("|u1", "(5,)"), five, sizeof five);
    nudge_read_options options = nudge_read_defaults();
    options.labels = y_path;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, test_file("good-images.idx"), &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    ck_assert_double_eq(nu_value(t->y, t->y_element, 0), 4);
    nudge_table_free(t);
}
END_TEST

/* An array of one dimension is the same in either order. */
START_TEST(order_of_one_dimension)
{
    write_npy(x_path, "{'descr': '<f4', 'fortran_order': True, 'shape': (6,)}\n", six, sizeof six);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_uint_eq(t->rows, 6);
    ck_assert_uint_eq(t->features, 1);
    ck_assert_mem_eq(t->x, six, sizeof six);
    nudge_table_free(t);
}
END_TEST

/* ---- Files that must be refused -------------------------------------------------------- */

static const float not_finite[] = {1, 2, 3, NAN, 5, INFINITY};

static const struct {
    const char *header;
    const void *data;
    size_t size;
    const char *text;
} bad[] = {
    {NPY("<c8", "(3,)"), six, 24, "numbers of type '<c8'; floats of 2, 4 or 8 bytes"},
    {NPY("f4", "(3, 2)"), six, 24, "numbers of type 'f4'"},
    {NPY("<f", "(3, 2)"), six, 24, "numbers of type '<f'"},
    {NPY("<U0", "(3, 2)"), six, 24, "numbers of type '<U0'"},
    {NPY("|O", "(3,)"), six, 24, "Python objects"},
    {NPY("<U1", "(3, 2)"), six, 24, "texts; they can be labels, nothing else"},
    {NPY("|S4294967295", "(4294967295, 4294967295)"), six, 24, "more bytes than can be counted"},
    {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", six, 24, "records"},
    {F4("()"), six, 4, "an array of 0 dimensions"},
    {F4("(1, 1, 1, 3, 2)"), six, 24, "an array of 5 dimensions"},
    {F4("(0, 2)"), six, 0, "dimension 1 of shape [0, 2] is 0"},
    {F4("(3, 0)"), six, 0, "dimension 2 of shape [3, 0] is 0"},
    {F4("(4, 2)"), six, 24, "cut short: shape [4, 2] takes 32 bytes, 24 follow the header"},
    {F4("(2, 2)"), six, 24, "too long: shape [2, 2] takes 16 bytes, 24 follow the header"},
    {F4("(9223372036854775807, 2)"), six, 24, "more bytes than can be counted"},
    {F4("(4611686018427387904, 4)"), six, 24, "more bytes than can be counted"},
    {F4("(2, 4611686018427387904, 2)"), six, 24, "more bytes than can be counted"},
    {F4("(99999999999999999999, 2)"), six, 24, "the NPY header is damaged"},
    {F4("(-3, 2)"), six, 24, "'shape' holds something else than whole numbers"},
    {F4("(3.0, 2)"), six, 24, "'shape' holds something else than whole numbers"},
    {F4("6"), six, 24, "'shape' is no tuple"},
    {F4("(3, 2"), six, 24, "the NPY header is damaged"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)", six, 24, "damaged"},
    {"{'descr': '<f4', 'fortran_order': False}", six, 24, "shape"},
    {"{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}", six, 24, "damaged"},
    {"{'descr': '<f4', 'descr': '<f4'}", six, 24, "damaged"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'colour': 'red'}", six, 24,
     "colour"},
    {"{'descr': 7}", six, 24, "damaged"},
    {"{'descr': '<f4}", six, 24, "damaged"},
    {"['descr', '<f4']", six, 24, "damaged"},
    {"", six, 24, "damaged"},
    {F4("(3, 2)") " and more", six, 24, "damaged"},
    {F4("(3, 2)"), not_finite, 24, "value 2 of row 2 is NaN; it must be finite"},
    {F4("(1, 6)"), not_finite, 24, "value 4 of row 1 is NaN"},
};

START_TEST(bad_features)
{
    write_npy(x_path, bad[_i].header, bad[_i].data, bad[_i].size);
    read_bad(x_path, NULL, NUDGE_EDATA, bad[_i].text);
}
END_TEST

static const struct {
    const char *header;
    unsigned char bytes[24];
    size_t size;
    const char *text;
} bad_targets[] = {
    {NPY("|u1", "(3, 1, 2)"), {0}, 6, "an array of 3 dimensions; targets are"},
    {NPY("<f4", "(3, 1, 1)"), {0}, 12, "3 dimensions; targets are (rows,) or (rows, outputs)"},
    {NPY("|u1", "(4,)"), {0}, 4, "has 4 rows, but"},
    {NPY("<f4", "(3,)"), {0, 0, 0, 0, 0, 0, 0xc0, 0x7f}, 12, "value 1 of row 2 is NaN"},
};

START_TEST(bad_labels)
{
    write_npy(x_path, F4("(3, 2)"), six, sizeof six);
    write_npy(y_path, bad_targets[_i].header, bad_targets[_i].bytes, bad_targets[_i].size);
    read_bad(x_path, y_path, NUDGE_EDATA, bad_targets[_i].text);
}
END_TEST

START_TEST(bad_versions)
{
    unsigned char file[512];
    size_t size = make_npy(file, 1, F4("(3, 2)"), six, sizeof six);
    file[6] = 4;
    write_bytes(x_path, file, size);
    read_bad(x_path, NULL, NUDGE_EDATA, "NPY version 4.0; versions 1.0, 2.0 and 3.0 are read");
    size = make_npy(file, 2, F4("(3, 2)"), six, sizeof six);
    file[10] = 1; /* the header's length: 65536 and more */
    write_bytes(x_path, file, size);
    read_bad(x_path, NULL, NUDGE_EDATA, "cut short: its NPY header would have 65");
    memset(file + 8, 0xff, 4);
    write_bytes(x_path, file, size);
    read_bad(x_path, NULL, NUDGE_EDATA, "cut short: its NPY header would have 4294967295 bytes");
    static unsigned char wide[70012];
    memset(wide, ' ', sizeof wide);
    memcpy(wide, "\x93NUMPY\x02\x00\x70\x11\x01\x00", 12);
    write_bytes(x_path, wide, sizeof wide);
    read_bad(x_path, NULL, NUDGE_EDATA, "an NPY header of 70000 bytes; an array of numbers has a");
}
END_TEST

/* Cut at every byte, as features and as labels, from a file and from memory (the block is as long
 * as what is left, so that the sanitizer build sees any reading beyond). */
START_TEST(npy_cut_at_every_byte)
{
    unsigned char whole[512];
    size_t full = make_npy(whole, 1, F4("(6,)"), six, sizeof six);
    for (size_t size = 0; size < full; size++) {
        nudge_table *t = NULL;
        nudge_error err = {0};
        write_bytes(x_path, whole, size);
        ck_assert_int_eq(nudge_table_read(&t, x_path, NULL, &err), NUDGE_EDATA);
        ck_assert_ptr_null(t);

        ck_assert_int_eq(read_memory(&t, &nu_npy_format, "cut", whole, size, NULL, &err),
                         NUDGE_EDATA);

        write_npy(x_path, F4("(6,)"), six, sizeof six);
        write_bytes(y_path, whole, size);
        read_bad(x_path, y_path, NUDGE_EDATA, "y.npy");
    }
    write_bytes(y_path, whole, full);
    nudge_table *t = read_good(x_path, y_path);
    nudge_table_free(t);
}
END_TEST

START_TEST(npy_without_labels)
{
    write_npy(x_path, F4("(3, 2)"), six, sizeof six);
    nudge_read_options options = nudge_read_defaults();
    options.labels = y_path; /* not there */
    nudge_table *t = NULL;
    nudge_error err = {0};
    ck_assert_int_eq(nudge_table_read(&t, x_path, &options, &err), NUDGE_EOPEN);
    ck_assert_ptr_null(t);
    ck_assert_ptr_nonnull(strstr(err.text, y_path));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *npy_suite(void)
{
    Suite *s = suite_create("npy");
    TCase *tc = tcase_create("good");
    tcase_add_checked_fixture(tc, setup, remove_folder);
    tcase_add_loop_test(tc, matrices_are_read, 0, COUNT(headers));
    tcase_add_test(tc, whole_numbers_are_features);
    tcase_add_test(tc, doubles_in_one_column);
    tcase_add_loop_test(tc, bytes_are_pixels, 0, COUNT(images));
    tcase_add_test(tc, many_pieces);
    tcase_add_loop_test(tc, integers_are_numbers, 0, COUNT(labels));
    tcase_add_test(tc, floats_are_values);
    tcase_add_test(tc, values_of_pixels_are_packed);
    tcase_add_test(tc, formats_mix);
    tcase_add_test(tc, order_of_one_dimension);
    suite_add_tcase(s, tc);

    tc = tcase_create("bad");
    tcase_add_checked_fixture(tc, setup, remove_folder);
    tcase_add_loop_test(tc, bad_features, 0, COUNT(bad));
    tcase_add_loop_test(tc, bad_labels, 0, COUNT(bad_targets));
    tcase_add_test(tc, bad_versions);
    tcase_add_test(tc, npy_cut_at_every_byte);
    tcase_add_test(tc, npy_without_labels);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(npy_suite)
