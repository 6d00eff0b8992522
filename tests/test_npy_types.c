/* Arrays of every type, byte order and order of elements, from NPY and safetensors files, and
 * labels that are texts. The files are made here, byte by byte. */
#include <math.h>

#include "file_fixtures.h"
#include "model_fixtures.h"
#include "npy_fixtures.h"
#include "prep/prep.h"
#include "read_fixtures.h"

static char x_path[300], y_path[300];

static void setup(void)
{
    st_setup();
    snprintf(x_path, sizeof x_path, "%s/x.npy", folder);
    snprintf(y_path, sizeof y_path, "%s/y.npy", folder);
}

static size_t make_array(unsigned char *file, const char *type, int fortran, const char *shape,
                         const void *data, size_t size)
{
    char header[200];
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", type,
             fortran ? "True" : "False", shape);
    return make_npy(file, 1, header, data, size);
}

static void write_array(const char *path, const char *type, int fortran, const char *shape,
                        const void *data, size_t size)
{
    unsigned char file[4096];
    write_bytes(path, file, make_array(file, type, fortran, shape, data, size));
}

/* ---- Numbers --------------------------------------------------------------------------- */

/* 1, 0 and 100 in each type, little-endian, by hand from its definition. */
static const struct {
    nu_array_type type;
    unsigned char one[8], hundred[8];
} numbers[] = {
    {NU_A_F32, {[2] = 0x80, [3] = 0x3f}, {[2] = 0xc8, [3] = 0x42}},
    {NU_A_F64, {[6] = 0xf0, [7] = 0x3f}, {[6] = 0x59, [7] = 0x40}},
    {NU_A_F16, {[1] = 0x3c}, {0x40, 0x56}},
    {NU_A_BF16, {0x80, 0x3f}, {0xc8, 0x42}},
    {NU_A_U8, {1}, {100}},
    {NU_A_I8, {1}, {100}},
    {NU_A_U16, {1}, {100}},
    {NU_A_I16, {1}, {100}},
    {NU_A_U32, {1}, {100}},
    {NU_A_I32, {1}, {100}},
    {NU_A_U64, {1}, {100}},
    {NU_A_I64, {1}, {100}},
    {NU_A_BOOL, {1}, {1}},
};

enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* The matrix [[0, 1], [1, 100], [100, 0]], of numbers[_i], as bytes. */
static size_t make_matrix(unsigned char *to, int i, int big, int fortran)
{
    static const int rows[] = {0, 1, 1, 2, 2, 0}, columns[] = {0, 1, 2, 1, 2, 0};
    size_t size = nu_array_kinds[numbers[i].type].size;
    for (size_t e = 0; e < 6; e++)
        for (size_t k = 0; k < size; k++) {
            int which = (fortran ? columns : rows)[e];
            size_t from = big ? size - 1 - k : k;
            to[e * size + k] = which == 0 ? 0 : which == 1 ? numbers[i].one[from]
                                                           : numbers[i].hundred[from];
        }
    return 6 * size;
}

static void assert_matrix(const nudge_table *t, int i)
{
    double hundred = numbers[i].type == NU_A_BOOL ? 1 : 100;
    const double want[] = {0, 1, 1, hundred, hundred, 0};
    ck_assert_uint_eq(t->rows, 3);
    ck_assert_uint_eq(t->features, 2);
    ck_assert_int_eq(t->element, nu_array_kinds[numbers[i].type].element);
    for (size_t e = 0; e < 6; e++)
        ck_assert_double_eq(nu_value(t->x, t->element, e), want[e]);
}

START_TEST(npy_numbers)
{
    const struct nu_array_kind *kind = &nu_array_kinds[numbers[_i].type];
    unsigned char bytes[48];
    char type[8];
    for (int big = 0; big < 2 && kind->npy[0] != '\0'; big++)
        for (int fortran = 0; fortran < 2; fortran++) {
            snprintf(type, sizeof type, "%c%s", kind->size == 1 ? '|' : big ? '>' : '<', kind->npy);
            size_t size = make_matrix(bytes, _i, big, fortran);
            write_array(x_path, type, fortran, "(3, 2)", bytes, size);
            write_array(y_path, type, 0, "(3,)", bytes, size / 2);
            nudge_table *t = read_good(x_path, y_path);
            assert_matrix(t, _i);
            nudge_table_free(t);
        }
}
END_TEST

START_TEST(tensors)
{
    unsigned char bytes[48];
    char header[200];
    size_t size = make_matrix(bytes, _i, 0, 0);
    snprintf(header, sizeof header,
             "{\"x\":{\"dtype\":\"%s\",\"shape\":[3,2],\"data_offsets\":[0,%zu]}}",
             nu_array_kinds[numbers[_i].type].tensor, size);
    write_st(header, bytes, size);
    nudge_table *t = read_good(st_path, NULL);
    assert_matrix(t, _i);
    nudge_table_free(t);
}
END_TEST

/* Half precision: the least and the largest of each kind. */
START_TEST(halves)
{
    static const unsigned char bytes[] = {1, 0, 0xff, 3, 0, 4, 0xff, 0x7b, 0, 0x80, 0xff, 0xbb};
    static const float want[] = {0x1p-24f, 0x1.ff8p-15f, 0x1p-14f, 65504, -0.0f, -0x1.ffcp-1f};
    static const unsigned char infinite[] = {0, 0x7c, 1, 0x7c};
    write_array(x_path, "<f2", 0, "(3, 2)", bytes, sizeof bytes);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_mem_eq(t->x, want, sizeof want);
    nudge_table_free(t);
    write_array(x_path, "<f2", 0, "(1, 2)", infinite, 4);
    read_bad(x_path, NULL, NUDGE_EDATA, "value 1 of row 1 is infinite");
    write_array(x_path, "<f2", 0, "(1,)", infinite + 2, 2);
    read_bad(x_path, NULL, NUDGE_EDATA, "value 1 of row 1 is NaN");
}
END_TEST

/* Element [r][i][j] of 2 images of 3 x 4 is 12 r + 4 i + j; in Fortran's order r runs fastest. */
START_TEST(images_by_columns)
{
    unsigned char bytes[24], want[24];
    for (size_t e = 0; e < 24; e++) {
        bytes[e] = (unsigned char)(12 * (e % 2) + 4 * (e / 2 % 3) + e / 6);
        want[e] = (unsigned char)e;
    }
    write_array(x_path, "|u1", 1, "(2, 3, 4)", bytes, sizeof bytes);
    nudge_table *t = read_good(x_path, NULL);
    ck_assert_uint_eq(t->pixel_rows, 3);
    ck_assert_mem_eq(t->x, want, sizeof want);
    nudge_table_free(t);
    unsigned char file[512];
    nudge_error err = {0};
    size_t size = make_array(file, "|u1", 1, "(2, 3, 4)", bytes, sizeof bytes);
    ck_assert_int_eq(read_memory(&t, &nu_npy_format, "m", file, size, NULL, &err), NUDGE_OK);
    ck_assert_mem_eq(t->x, want, sizeof want);
    nudge_table_free(t);
}
END_TEST

/* Several threads, blocks that end anywhere, and the first bad value by rows. */
START_TEST(many_columns)
{
    enum { ROWS = 70001, COLUMNS = 5 };
    size_t count = (size_t)ROWS * COLUMNS;
    float *values = malloc(count * sizeof *values);
    unsigned char *file = malloc(count * sizeof *values + 200);
    ck_assert(values != NULL && file != NULL);
    for (size_t e = 0; e < count; e++)
        values[e] = (float)(e % ROWS * COLUMNS + e / ROWS);
    write_bytes(x_path, file, make_array(file, "<f4", 1, "(70001, 5)", values, count * 4));
    nudge_table *t = read_good(x_path, NULL);
    for (size_t e = 0; e < count; e++)
        ck_assert_float_eq(((float *)t->x)[e], (float)e);
    nudge_table_free(t);
    values[4 * ROWS + 50000] = NAN;
    values[1 * ROWS + 60000] = NAN;
    write_bytes(x_path, file, make_array(file, "<f4", 1, "(70001, 5)", values, count * 4));
    read_bad(x_path, NULL, NUDGE_EDATA, "value 5 of row 50001 is NaN");
    free(values);
    free(file);
}
END_TEST

/* ---- Texts ----------------------------------------------------------------------------- */

static const struct {
    const char *type;
    unsigned char bytes[36];
    size_t size;
} texts[] = {
    {"|S3", "ox\0ape\xc3\xa9\0", 9},
    {"<U3", {'o', 0, 0, 0, 'x', 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 'p', 0, 0, 0, 'e', 0, 0, 0,
             0xe9}, 36},
    {">U3", {0, 0, 0, 'o', 0, 0, 0, 'x', 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 'p', 0, 0, 0, 'e',
             0, 0, 0, 0xe9}, 36},
};

static const float three[] = {1, 2, 3};

START_TEST(texts_are_classes)
{
    static const int32_t want[] = {1, 0, 2};
    write_array(x_path, "<f4", 0, "(3,)", three, sizeof three);
    write_array(y_path, texts[_i].type, 0, "(3,)", texts[_i].bytes, texts[_i].size);
    nudge_table *t = read_good(x_path, y_path);
    ck_assert_uint_eq(t->n_classes, 3);
    ck_assert_str_eq(t->class_labels[0], "ape");
    ck_assert_str_eq(t->class_labels[1], "ox");
    ck_assert_str_eq(t->class_labels[2], "é");
    ck_assert_mem_eq(t->classes, want, sizeof want);
    ck_assert_uint_eq(t->outputs, 1);
    nudge_table_free(t);
}
END_TEST

static const struct {
    const char *type, *shape;
    unsigned char bytes[24];
    size_t size;
    const char *why;
} bad_texts[] = {
    {"|S1", "(3,)", {'a', 0, 'b'}, 3, "label 2 is empty"},
    {"|S3", "(3,)", {'a', 0, 'b', 'a', 0, 0, 'b'}, 9, "label 1 is no text"},
    {"|S1", "(3,)", {'a', 'b', 0xe9}, 3, "label 3 is no text: it must be UTF-8"},
    {"<U1", "(3,)", {'a', [5] = 0xd8, [8] = 'b'}, 12, "label 2 is no text"},
    {"<U1", "(3,)", {'a', [4] = 'a', [10] = 0x11}, 12, "label 3 is no text"},
    {"|S1", "(3, 2)", {'a', 'b', 'c', 'd', 'e', 'f'}, 6, "texts in 2 columns"},
    {"|S1", "(4,)", {'a', 'b', 'c', 'd'}, 4, "has 4 rows, but"},
};

START_TEST(texts_refused)
{
    write_array(x_path, "<f4", 0, "(3,)", three, sizeof three);
    write_array(y_path, bad_texts[_i].type, 0, bad_texts[_i].shape, bad_texts[_i].bytes,
                bad_texts[_i].size);
    read_bad(x_path, y_path, NUDGE_EDATA, bad_texts[_i].why);
}
END_TEST

/* ---- Damage ---------------------------------------------------------------------------- */

/* Loop: labels that are texts, features by columns. Cut anywhere they are refused. */
static size_t make_either(unsigned char *file, int which)
{
    return which == 0 ? make_array(file, "<U3", 0, "(3,)", texts[1].bytes, 36)
                      : make_array(file, "<f4", 1, "(3, 1)", three, sizeof three);
}

START_TEST(cut_anywhere)
{
    unsigned char file[512];
    size_t size = make_either(file, _i);
    write_array(x_path, "<f4", 0, "(3,)", three, sizeof three);
    for (size_t cut = 0; cut < size; cut++) {
        write_bytes(_i == 0 ? y_path : x_path, file, cut);
        read_bad(x_path, _i == 0 ? y_path : NULL, NUDGE_EDATA, "");
    }
}
END_TEST

/* Every byte changed: refused in one line that names the file, or read. */
START_TEST(every_byte_changed)
{
    unsigned char file[512];
    size_t size = make_either(file, _i);
    nudge_read_options options = nudge_read_defaults();
    options.labels = _i == 0 ? y_path : NULL;
    write_array(x_path, "<f4", 0, "(3,)", three, sizeof three);
    for (size_t at = 0; at < size; at++) {
        nudge_table *t = NULL;
        nudge_error err = {0};
        file[at] ^= (unsigned char)(1 + at * 7 % 255);
        write_bytes(_i == 0 ? y_path : x_path, file, size);
        if (nudge_table_read(&t, x_path, &options, &err) != NUDGE_OK)
            ck_assert_ptr_nonnull(strstr(err.text, ".npy"));
        nudge_table_free(t);
        file[at] ^= (unsigned char)(1 + at * 7 % 255);
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* ---- Labels beyond 2^53 ---------------------------------------------------------------- */

static const struct large {
    const char *type;
    uint64_t label[3];
    const char *text[3]; /* in order of their values */
} large[] = {
    {"<i8", {(1ull << 53) + 1, 1ull << 53, -(1ull << 53) - 1},
     {"-9007199254740993", "9007199254740992", "9007199254740993"}},
    {"<i8", {INT64_MAX, 3, -5}, {"-5", "3", "9223372036854775807"}}, /* 2^63 as a double */
    {">i8", {(1ull << 53) + 1, 1ull << 53, -(1ull << 53) - 1},
     {"-9007199254740993", "9007199254740992", "9007199254740993"}},
    {"<u8", {(1ull << 53) + 1, 7, 1ull << 60},
     {"7", "9007199254740993", "1152921504606846976"}}, /* written as i8 */
    {"<u8", {UINT64_MAX, 7, UINT64_MAX - 1}, {"7", "18446744073709551614", "18446744073709551615"}},
};

/* 30 rows with the labels in turn; read, fitted, written as they are read, and read again. */
START_TEST(labels_beyond_doubles)
{
    const struct large *l = &large[_i];
    float x[30] = {0};
    uint64_t y[30], in_file[30];
    nudge_error err = {0};
    nudge_prep *prep = NULL;
    char buf[NUDGE_CELL_SIZE], first[NUDGE_CELL_SIZE];
    for (size_t r = 0; r < 30; r++) {
        x[r] = (float)r;
        y[r] = l->label[r % 3];
        in_file[r] = l->type[0] == '>' ? __builtin_bswap64(y[r]) : y[r];
    }
    write_array(x_path, "<f4", 0, "(30, 1)", x, sizeof x);
    write_array(y_path, l->type, 0, "(30,)", in_file, sizeof in_file);
    for (int again = 0; again < 2; again++) {
        nudge_table *t = read_good(x_path, y_path);
        for (size_t r = 0; r < 30; r++) {
            snprintf(first, sizeof first, l->type[1] == 'i' ? "%lld" : "%llu", (long long)y[r]);
            ck_assert_str_eq(nudge_table_text(t, r, 1, buf), first);
        }
        ck_ok(nudge_prep_fit(&prep, t, NULL, 0, NULL, &err), &err);
        ck_assert_uint_eq(prep->n_classes, 3);
        for (size_t k = 0; k < 3; k++)
            ck_assert_str_eq(prep->class_labels[k], l->text[k]);
        nudge_prep_free(prep);
        ck_ok(nudge_table_write_targets(t, y_path, &err), &err);
        nudge_table_free(t);
    }
}
END_TEST

/* As numbers they are what doubles hold. */
START_TEST(large_numbers)
{
    static const float x[] = {1, 2};
    static const uint64_t y[] = {(1ull << 53) + 1, 4};
    nudge_prep_options o = nudge_prep_defaults();
    nudge_error err = {0};
    nudge_prep *prep = NULL;
    write_array(x_path, "<f4", 0, "(2, 1)", x, sizeof x);
    write_array(y_path, "<i8", 0, "(2,)", y, sizeof y);
    nudge_table *t = read_good(x_path, y_path);
    o.task = NUDGE_REGRESSION;
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &o, &err), &err);
    ck_assert_double_eq(prep->target_shift[0], 0x1p52 + 2);
    ck_assert_int_eq(nudge_table_column(t, 1).kind, NUDGE_COLUMN_NUMBER);
    nudge_prep_free(prep);
    nudge_table_free(t);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("npy types");
    TCase *tc = tcase_create("numbers");
    tcase_add_checked_fixture(tc, setup, remove_folder);
    tcase_add_loop_test(tc, npy_numbers, 0, NUMBERS);
    tcase_add_loop_test(tc, tensors, 0, NUMBERS);
    tcase_add_test(tc, halves);
    tcase_add_test(tc, images_by_columns);
    tcase_add_test(tc, many_columns);
    suite_add_tcase(s, tc);

    tc = tcase_create("texts");
    tcase_add_checked_fixture(tc, setup, remove_folder);
    tcase_add_loop_test(tc, texts_are_classes, 0, COUNT(texts));
    tcase_add_loop_test(tc, texts_refused, 0, COUNT(bad_texts));
    tcase_add_loop_test(tc, cut_anywhere, 0, 2);
    tcase_add_loop_test(tc, every_byte_changed, 0, 2);
    suite_add_tcase(s, tc);

    tc = tcase_create("labels beyond doubles");
    tcase_add_checked_fixture(tc, setup, remove_folder);
    tcase_add_loop_test(tc, labels_beyond_doubles, 0, COUNT(large));
    tcase_add_test(tc, large_numbers);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(make_suite)
