#include <sys/stat.h>

#include "model/safetensors.h"
#include "file_fixtures.h"
#include "text.h"
#include "suite.h"

/* Two tensors, 24 bytes of data. */
static const char good[] =
    "{\"__metadata__\":{\"format\":\"pt\"},"
    "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]},"
    "\"a\":{\"dtype\":\"BF16\",\"shape\":[2,4],\"data_offsets\":[0,16]}}   ";
static const unsigned char data[24] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                       13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};

START_TEST(reads)
{
    nu_st_file f;
    nudge_error err;
    unsigned char bytes[8];
    char shape[NU_SHAPE_TEXT];
    write_st(good, data, sizeof data);
    ck_assert_msg(nu_st_open(&f, st_path, &err) == NUDGE_OK, "%s", err.text);
    ck_assert_uint_eq(f.n_tensors, 2);
    ck_assert_str_eq(nu_st_metadata(&f, "format"), "pt");
    ck_assert_ptr_null(nu_st_metadata(&f, "version"));
    const nu_st_tensor *a = nu_st_find(&f, "a"), *b = nu_st_find(&f, "b");
    ck_assert(a != NULL && b != NULL && nu_st_find(&f, "c") == NULL && nu_st_find(&f, "") == NULL);
    ck_assert_str_eq(a->dtype, "BF16");
    ck_assert_uint_eq(a->elements, 8);
    ck_assert_str_eq(nu_shape_text(shape, a->shape, a->rank), "[2, 4]");
    ck_assert_str_eq(nu_shape_text(shape, b->shape, b->rank), "[2]");
    ck_assert_int_eq(nu_st_read(&f, a, 4, 8, bytes, NULL), NUDGE_OK);
    ck_assert_mem_eq(bytes, data + 4, 8);
    ck_assert_int_eq(nu_st_read(&f, b, 0, 8, bytes, NULL), NUDGE_OK);
    ck_assert_mem_eq(bytes, data + 16, 8);
    ck_assert_int_eq(truncate(st_path, 30), 0);
    ck_assert_int_eq(nu_st_read(&f, b, 0, 8, bytes, &err), NUDGE_EDATA);
    nu_st_close(&f);
    nu_st_close(&f); /* harmless */
}
END_TEST

/* Allowed, if odd: no tensors, no elements, a scalar, types of part of a byte. */
START_TEST(reads_odd_but_right)
{
    static const struct {
        const char *header;
        size_t size;
    } cases[] = {
        {"{}", 0},
        {"{\"__metadata__\":{}}", 0},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[0,0]}}", 0},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
         "\"e\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
         8},
        {"{\"a\":{\"data_offsets\":[0,3],\"shape\":[2,3],\"dtype\":\"F4\"}}", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nu_st_file f;
        nudge_error err;
        write_st(cases[i].header, data, cases[i].size);
        ck_assert_msg(nu_st_open(&f, st_path, &err) == NUDGE_OK, "%s: %s", cases[i].header,
                      err.text);
        nu_st_close(&f);
    }
}
END_TEST

/* In `good` replace `from` by `to`, and the message says `said`. */
static const struct lie {
    const char *from, *to, *said;
} lies[] = {
    {"[2,4]", "[2,5]", "does not fill the 16 bytes"},
    {"[2,4]", "[2,4,4611686018427387904,4]", "overflows"},
    {"[2,4]", "[2305843009213693952]", "does not fill"}, /* in bits it overflows */
    {"[2,4]", "[2,-4]", "non-negative integers"},
    {"[2,4]", "[-2,-4]", "non-negative integers"},
    {"[2,4]", "[2,4.0]", "non-negative integers"},
    {"[2,4]", "[2,\"4\"]", "non-negative integers"},
    {"[2,4]", "[2,99999999999999999999]", "no valid JSON"},
    {"[2,4]", "8", "'shape' must be an array"},
    {"[2,4]", "null", "'shape' must be an array"},
    {"[16,24]", "[15,23]", "begins at byte 15 of the data, inside the one before it"},
    {"[16,24]", "[0,8]", "begins at byte 0 of the data, inside"},
    {"[16,24]", "[17,25]", "after a hole from 16"},
    {"[16,24]", "[24,32]", "after a hole from 16"},
    {"[16,24]", "[9007199254740992,9007199254741000]", "after a hole"},
    {"[16,24]", "[24,16]", "0 <= begin <= end"},
    {"[16,24]", "[-8,0]", "0 <= begin <= end"},
    {"[16,24]", "[16.0,24.0]", "0 <= begin <= end"},
    {"[16,24]", "[16]", "two integers"},
    {"[16,24]", "[16,20,24]", "two integers"},
    {"[16,24]", "{}", "two integers"},
    {"[0,16]", "[0,12]", "does not fill the 12 bytes"},
    {"\"F32\"", "\"F33\"", "dtype 'F33' is unknown"},
    {"\"F32\"", "\"f32\"", "dtype 'f32' is unknown"},
    {"\"F32\"", "32", "'dtype' must be a string"},
    {"\"F32\"", "\"F64\"", "shape [2] of F64 does not fill"},
    {"\"F32\",", "\"F32\",\"extra\":1,", "alone"},
    {"\"dtype\":\"F32\",", "", "alone"},
    {"\"dtype\":\"F32\"", "\"type\":\"F32\"", "'dtype' must be a string"},
    {"\"b\":", "\"a\":", "duplicate"},
    {"\"shape\":[2],", "\"shape\":[2],\"shape\":[2],", "duplicate"},
    {"{\"format\":\"pt\"}", "{\"format\":\"pt\",\"format\":\"pt\"}", "duplicate"},
    {"{\"format\":\"pt\"}", "{\"format\":1}", "__metadata__ 'format' must be a string"},
    {"{\"format\":\"pt\"}", "[]", "__metadata__ must be an object"},
    {"{\"__metadata__\"", " {\"__metadata__\"", "must begin with {"},
    {"\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}", "\"b\":3", "alone"},
    {"\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]},", "",
     "describes 16 bytes of data; the file has 24"},
    {"}}   ", "}}   x", "no valid JSON"},
    {"}}   ", "}", "no valid JSON"},
    {"\"pt\"", "\"p\xff\"", "no valid JSON"},
    {"\"pt\"", "\"p\\u0000\"", "no valid JSON"},
    {"\"pt\"", "NaN", "no valid JSON"},
};

START_TEST(refuses_lie)
{
    const struct lie *lie = &lies[_i];
    char *header = replaced(good, lie->from, lie->to);
    nudge_error err;
    nu_st_file f = {.n_tensors = 77};
    write_st(header, data, sizeof data);
    nudge_status status = nu_st_open(&f, st_path, &err);
    ck_assert_msg(status == NUDGE_EDATA, "%s: %s", header, nudge_status_text(status));
    ck_assert_msg(strstr(err.text, lie->said) != NULL, "%s: \"%s\", not \"%s\"", header, err.text,
                  lie->said);
    ck_assert_uint_eq(f.n_tensors, 77);
    free(header);
}
END_TEST

static void header_refused(const char *path, nudge_status expected, const char *said)
{
    nu_st_file f;
    nudge_error err;
    nudge_status status = nu_st_open(&f, path, &err);
    ck_assert_int_eq(status, expected);
    ck_assert_msg(strstr(err.text, said) != NULL, "\"%s\", not \"%s\"", err.text, said);
}

START_TEST(refuses_length)
{
    unsigned char bytes[64] = {0};
    memcpy(bytes + 8, "{}", 2);
    write_bytes(st_path, bytes, 0);
    header_refused(st_path, NUDGE_EDATA, "it has 0 bytes");
    write_bytes(st_path, bytes, 8); /* length 0 */
    header_refused(st_path, NUDGE_EDATA, "must begin with {");
    bytes[0] = 3;
    write_bytes(st_path, bytes, 10);
    header_refused(st_path, NUDGE_EDATA, "header would have 3 bytes; the file has 10");
    memset(bytes, 0xff, 8);
    write_bytes(st_path, bytes, 64);
    header_refused(st_path, NUDGE_EDATA, "header would have 18446744073709551615 bytes");
    write_bytes(st_path, "age,price\n1,2\n", 14); /* another format */
    header_refused(st_path, NUDGE_EDATA, "is no safetensors file");

    /* Too long a header in a file that is as long (sparse). */
    uint64_t length = 100000001;
    write_bytes(st_path, &length, 8);
    ck_assert_int_eq(truncate(st_path, 100000100), 0);
    header_refused(st_path, NUDGE_EDATA, "at most 100000000 are allowed");
}
END_TEST

START_TEST(refuses_nesting)
{
    enum { DEPTH = 100000 };
    char *header = malloc(DEPTH + 64);
    ck_assert_ptr_nonnull(header);
    strcpy(header, "{\"a\":");
    memset(header + 5, '[', DEPTH);
    header[5 + DEPTH] = '\0';
    write_st(header, NULL, 0);
    header_refused(st_path, NUDGE_EDATA, "maximum parsing depth");
    free(header);
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
    header_refused(folder, NUDGE_EOPEN, "is a directory");
    header_refused("/dev/null", NUDGE_EOPEN, "is no regular file");
    header_refused(st_path, NUDGE_EOPEN, "cannot open: No such file");
    ck_assert_int_eq(mkfifo(st_path, 0600), 0);
    header_refused(st_path, NUDGE_EOPEN, "is no regular file");
}
END_TEST

/* What nu_st_header() writes, nu_st_open() reads; the data begin at a multiple of 8 bytes and the
 * header's bytes do not depend on anything else. */
START_TEST(writes)
{
    uint64_t shape[] = {3, 2};
    nu_st_tensor tensors[] = {
        {.name = "w", .dtype = "F64", .rank = 2, .shape = shape},
        {.name = "b", .dtype = "F32", .rank = 1, .shape = shape},
        {.name = "s", .dtype = "U8", .rank = 0, .shape = shape},
    };
    unsigned char contents[48 + 12 + 1] = {0};
    for (int pad = 0; pad < 9; pad++) {
        char note[16] = "";
        memset(note, 'x', (size_t)pad);
        json_t *metadata = json_pack("{s:s}", "note", note);
        size_t size, whole;
        char *header = nu_st_header(tensors, 3, metadata, &size);
        ck_assert_ptr_nonnull(header);
        ck_assert_uint_eq(size % 8, 0);
        unsigned char *bytes = malloc(size + sizeof contents);
        memcpy(bytes, header, size);
        memcpy(bytes + size, contents, sizeof contents);
        whole = size + sizeof contents;
        write_bytes(st_path, bytes, whole);
        free(bytes);
        free(header);
        json_decref(metadata);

        nu_st_file f;
        nudge_error err;
        ck_assert_msg(nu_st_open(&f, st_path, &err) == NUDGE_OK, "%s", err.text);
        ck_assert_uint_eq(f.data_at, size);
        ck_assert_str_eq(nu_st_metadata(&f, "note"), note);
        ck_assert_uint_eq(nu_st_find(&f, "w")->end, 48);
        ck_assert_uint_eq(nu_st_find(&f, "b")->begin, 48);
        ck_assert_uint_eq(nu_st_find(&f, "s")->end, 61);
        nu_st_close(&f);
    }
    size_t size;
    char *header = nu_st_header(tensors, 1, NULL, &size);
    ck_assert_uint_eq(size, 8 + 64);
    ck_assert_int_eq(
        memcmp(header, "\x40\0\0\0\0\0\0\0"
                       "{\"w\":{\"dtype\":\"F64\",\"shape\":[3,2],\"data_offsets\":[0,48]}}       ",
               size),
        0);
    free(header);
}
END_TEST

START_TEST(long_shapes_are_cut)
{
    uint64_t shape[40];
    char text[NU_SHAPE_TEXT];
    for (size_t i = 0; i < 40; i++)
        shape[i] = UINT64_MAX;
    ck_assert_str_eq(nu_shape_text(text, shape, 40),
                     "[18446744073709551615, 18446744073709551615, 18446744073709551615, "
                     "18446744073709551615, ...]");
    ck_assert_str_eq(nu_shape_text(text, shape, 0), "[]");
}
END_TEST

static Suite *safetensors_suite(void)
{
    Suite *s = suite_create("safetensors");
    TCase *tc = tcase_create("safetensors");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, reads);
    tcase_add_test(tc, reads_odd_but_right);
    tcase_add_loop_test(tc, refuses_lie, 0, sizeof lies / sizeof *lies);
    tcase_add_test(tc, refuses_length);
    tcase_add_test(tc, refuses_nesting);
    tcase_add_test(tc, refuses_what_is_no_file);
    tcase_add_test(tc, writes);
    tcase_add_test(tc, long_shapes_are_cut);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(safetensors_suite)
