/* core/decompress.h: what libraries pack is unpacked; damage anywhere is refused, or harmless. */
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "core/decompress.h"
#include "core/file.h"
#include "folder_fixtures.h"
#include "suite.h"

#define TEXT 3000 /* bytes packed */
#define PACKED 4096

static unsigned char text[TEXT];

static void make_text(void)
{
    make_folder();
    for (size_t i = 0; i < TEXT; i++)
        text[i] = (unsigned char)("0123456789.,\n"[(i * i + i / 7) % 13]);
}

/* ---- Packing --------------------------------------------------------------------------- */

static size_t pack_zlib(unsigned char *out, int window)
{
    z_stream z = {.next_in = text, .avail_in = TEXT, .next_out = out, .avail_out = PACKED};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_int_eq(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static size_t pack_gzip(unsigned char *out)
{
    return pack_zlib(out, 15 + 16);
}

static size_t pack_bzip2(unsigned char *out)
{
    unsigned size = PACKED;
    ck_assert_int_eq(BZ2_bzBuffToBuffCompress((char *)out, &size, (char *)text, TEXT, 1, 0, 0),
                     BZ_OK);
    return size;
}

static size_t pack_xz(unsigned char *out)
{
    size_t size = 0;
    ck_assert_int_eq(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, text, TEXT, out, &size,
                                             PACKED), LZMA_OK);
    return size;
}

static size_t pack_zstd(unsigned char *out)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ck_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1)));
    size_t size = ZSTD_compress2(c, out, PACKED, text, TEXT);
    ck_assert(!ZSTD_isError(size));
    ZSTD_freeCCtx(c);
    return size;
}

static const struct {
    const char *name;
    size_t (*pack)(unsigned char *out);
    size_t magic;
} kinds[] = {{"gzip", pack_gzip, 2}, {"bzip2", pack_bzip2, 6}, {"xz", pack_xz, 6},
             {"zstd", pack_zstd, 4}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- Tests, of each kind --------------------------------------------------------------- */

static nudge_status unpack(const unsigned char *bytes, size_t size, nu_bytes *out, nudge_error *err)
{
    const nu_codec *codec = nu_codec_of(bytes, size);
    *out = (nu_bytes){0};
    ck_assert_ptr_nonnull(codec);
    return nu_decompress(codec, bytes, size, out, UINT64_MAX, "f", err);
}

START_TEST(one_stream_and_two)
{
    unsigned char packed[2 * PACKED];
    size_t n = kinds[_i].pack(packed);
    memcpy(packed + n, packed, n);
    for (size_t times = 1; times <= 2; times++) {
        nu_bytes out;
        ck_assert_int_eq(unpack(packed, times * n, &out, NULL), NUDGE_OK);
        ck_assert_uint_eq(out.size, times * TEXT);
        ck_assert_mem_eq(out.bytes, text, TEXT);
        ck_assert_mem_eq(out.bytes + (times - 1) * TEXT, text, TEXT);
        nu_bytes_free(&out);
    }
    write_bytes(in_folder("packed"), packed, n);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(nu_read_file(in_folder("packed"), &bytes, &size, NULL), NUDGE_OK);
    ck_assert_uint_eq(size, TEXT);
    ck_assert_mem_eq(bytes, text, TEXT);
    free(bytes);
}
END_TEST

START_TEST(cut_anywhere)
{
    unsigned char packed[PACKED];
    char why[64];
    size_t n = kinds[_i].pack(packed);
    snprintf(why, sizeof why, "f: the %s data is cut short", kinds[_i].name);
    for (size_t cut = kinds[_i].magic; cut < n; cut++) {
        unsigned char *exact = malloc(cut); /* reading beyond it is seen by sanitizers */
        nudge_error err = {0};
        nu_bytes out;
        memcpy(exact, packed, cut);
        ck_assert_int_eq(unpack(exact, cut, &out, &err), NUDGE_EDATA);
        ck_assert_str_eq(err.text, why);
        nu_bytes_free(&out);
        free(exact);
    }
}
END_TEST

/* Some bits mean nothing (a time, a name); then the text is what it was. */
START_TEST(every_byte_changed)
{
    unsigned char packed[PACKED];
    size_t n = kinds[_i].pack(packed), refused = 0;
    for (size_t i = kinds[_i].magic; i < n; i++) {
        nudge_error err = {0};
        nu_bytes out;
        packed[i] ^= (unsigned char)(1 + i % 255);
        if (unpack(packed, n, &out, &err) == NUDGE_OK) {
            ck_assert_uint_eq(out.size, TEXT);
            ck_assert_mem_eq(out.bytes, text, TEXT);
        } else {
            ck_assert_msg(strncmp(err.text, "f: ", 3) == 0, "%s", err.text);
            refused++;
        }
        nu_bytes_free(&out);
        packed[i] ^= (unsigned char)(1 + i % 255);
    }
    ck_assert_uint_gt(refused, n - 20);
}
END_TEST

START_TEST(something_behind)
{
    unsigned char packed[PACKED];
    char why[96];
    nudge_error err = {0};
    nu_bytes out;
    size_t n = kinds[_i].pack(packed);
    memcpy(packed + n, "behind", 6);
    snprintf(why, sizeof why, "f: 6 bytes that are no %s data follow the %s data", kinds[_i].name,
             kinds[_i].name);
    ck_assert_int_eq(unpack(packed, n + 6, &out, &err), NUDGE_EDATA);
    ck_assert_str_eq(err.text, why);
    nu_bytes_free(&out);
}
END_TEST

/* ---- Others ---------------------------------------------------------------------------- */

START_TEST(no_more_than_was_said)
{
    unsigned char packed[PACKED];
    nudge_error err = {0};
    nu_bytes out = {0};
    size_t n = pack_zlib(packed, -15);
    ck_assert_int_eq(nu_decompress(&nu_codec_deflate, packed, n, &out, TEXT, "f", &err), NUDGE_OK);
    ck_assert_uint_eq(out.size, TEXT);
    ck_assert_mem_eq(out.bytes, text, TEXT);
    nu_bytes_free(&out);
    ck_assert_int_eq(nu_decompress(&nu_codec_deflate, packed, n, &out, TEXT - 1, "f", &err),
                     NUDGE_EDATA);
    ck_assert_str_eq(err.text, "f: the deflate data is damaged (it is longer than is said of it)");
    nu_bytes_free(&out);
}
END_TEST

START_TEST(plain_text_is_not_compressed)
{
    ck_assert_ptr_null(nu_codec_of((const unsigned char *)"BZhong,x", 8));
    ck_assert_ptr_null(nu_codec_of((const unsigned char *)"\x1f", 1));
    ck_assert_ptr_null(nu_codec_of(text, 0));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("decompress");
    TCase *each = tcase_create("each kind"), *others = tcase_create("others");
    tcase_add_checked_fixture(each, make_text, remove_folder);
    tcase_add_checked_fixture(others, make_text, remove_folder);
    tcase_add_loop_test(each, one_stream_and_two, 0, KINDS);
    tcase_add_loop_test(each, cut_anywhere, 0, KINDS);
    tcase_add_loop_test(each, every_byte_changed, 0, KINDS);
    tcase_add_loop_test(each, something_behind, 0, KINDS);
    tcase_add_test(others, no_more_than_was_said);
    tcase_add_test(others, plain_text_is_not_compressed);
    suite_add_tcase(s, each);
    suite_add_tcase(s, others);
    return s;
}

SUITE_MAIN(make_suite)
