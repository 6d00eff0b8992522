#include "core/decompress.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "core/memory.h"
#include "core/status.h"

/* Memory that an xz file may ask for: `xz -9` needs 65 MB, and it can lie. */
#define XZ_MEMORY ((uint64_t)1 << 30)

/* A stream being unpacked. The libraries of 1995 count in unsigned int. */
typedef struct stream {
    const unsigned char *in;
    unsigned char *out;
    size_t in_left, out_left;
    const char *why; /* it is damaged; or NULL */
    union {
        z_stream z;
        bz_stream bz;
        lzma_stream xz;
        ZSTD_DStream *zstd;
    };
} stream;

typedef enum progress { GOES_ON, ENDED, DAMAGED, NO_MEMORY } progress;

struct nu_codec {
    const char *name;
    size_t magic_size;           /* at most NU_CODEC_MAGIC */
    const char *magic;           /* '?' is any byte */
    int (*start)(stream *s);     /* 0: no memory */
    progress (*step)(stream *s); /* takes and gives what it can, and counts it */
    void (*end)(stream *s);
};

static unsigned piece(size_t n)
{
    return n < (size_t)1 << 30 ? (unsigned)n : 1u << 30;
}

static void advance(stream *s, size_t in, size_t out)
{
    s->in += in;
    s->in_left -= in;
    s->out += out;
    s->out_left -= out;
}

/* ---- zlib ------------------------------------------------------------------------------ */

static int start_gzip(stream *s)
{
    return inflateInit2(&s->z, 15 + 16) == Z_OK; /* 32 KB window; a gzip header */
}

static int start_deflate(stream *s)
{
    return inflateInit2(&s->z, -15) == Z_OK;
}

static progress step_zlib(stream *s)
{
    unsigned in = piece(s->in_left), out = piece(s->out_left);
    s->z.next_in = (unsigned char *)s->in; /* only read */
    s->z.avail_in = in;
    s->z.next_out = s->out;
    s->z.avail_out = out;
    int result = inflate(&s->z, Z_NO_FLUSH);
    advance(s, in - s->z.avail_in, out - s->z.avail_out);
    s->why = s->z.msg;
    return result == Z_STREAM_END                    ? ENDED
           : result == Z_MEM_ERROR                   ? NO_MEMORY
           : result == Z_OK || result == Z_BUF_ERROR ? GOES_ON
                                                     : DAMAGED;
}

static void end_zlib(stream *s)
{
    (void)inflateEnd(&s->z);
}

/* ---- bzip2 ----------------------------------------------------------------------------- */

static int start_bzip2(stream *s)
{
    s->bz = (bz_stream){0};
    return BZ2_bzDecompressInit(&s->bz, 0, 0) == BZ_OK;
}

static progress step_bzip2(stream *s)
{
    unsigned in = piece(s->in_left), out = piece(s->out_left);
    s->bz.next_in = (char *)s->in; /* only read */
    s->bz.avail_in = in;
    s->bz.next_out = (char *)s->out;
    s->bz.avail_out = out;
    int result = BZ2_bzDecompress(&s->bz);
    advance(s, in - s->bz.avail_in, out - s->bz.avail_out);
    return result == BZ_STREAM_END  ? ENDED
           : result == BZ_MEM_ERROR ? NO_MEMORY
           : result == BZ_OK        ? GOES_ON
                                    : DAMAGED;
}

static void end_bzip2(stream *s)
{
    (void)BZ2_bzDecompressEnd(&s->bz);
}

/* ---- xz -------------------------------------------------------------------------------- */

static int start_xz(stream *s)
{
    s->xz = (lzma_stream)LZMA_STREAM_INIT; /* all of it: a union is zeroed for its first member */
    return lzma_stream_decoder(&s->xz, XZ_MEMORY, 0) == LZMA_OK;
}

static progress step_xz(stream *s)
{
    s->xz.next_in = s->in;
    s->xz.avail_in = s->in_left;
    s->xz.next_out = s->out;
    s->xz.avail_out = s->out_left;
    lzma_ret result = lzma_code(&s->xz, LZMA_RUN);
    advance(s, s->in_left - s->xz.avail_in, s->out_left - s->xz.avail_out);
    s->why = result == LZMA_MEMLIMIT_ERROR ? "its window is above 1 GB" : NULL;
    return result == LZMA_STREAM_END                       ? ENDED
           : result == LZMA_MEM_ERROR                      ? NO_MEMORY
           : result == LZMA_OK || result == LZMA_BUF_ERROR ? GOES_ON
                                                           : DAMAGED;
}

static void end_xz(stream *s)
{
    lzma_end(&s->xz);
}

/* ---- zstd ------------------------------------------------------------------------------ */

static int start_zstd(stream *s)
{
    return (s->zstd = ZSTD_createDStream()) != NULL;
}

static progress step_zstd(stream *s)
{
    ZSTD_inBuffer in = {s->in, s->in_left, 0};
    ZSTD_outBuffer out = {s->out, s->out_left, 0};
    size_t result = ZSTD_decompressStream(s->zstd, &out, &in);
    advance(s, in.pos, out.pos);
    s->why = ZSTD_isError(result) ? ZSTD_getErrorName(result) : NULL;
    return ZSTD_isError(result) ? DAMAGED : result == 0 ? ENDED : GOES_ON;
}

static void end_zstd(stream *s)
{
    ZSTD_freeDStream(s->zstd);
}

/* ---- All of them ----------------------------------------------------------------------- */

static const nu_codec codecs[] = {
    {"gzip", 2, "\x1f\x8b", start_gzip, step_zlib, end_zlib},
    {"bzip2", 6, "BZh?1A", start_bzip2, step_bzip2, end_bzip2},
    {"xz", 6, "\xfd" "7zXZ\0", start_xz, step_xz, end_xz},
    {"zstd", 4, "\x28\xb5\x2f\xfd", start_zstd, step_zstd, end_zstd},
};

const nu_codec nu_codec_deflate = {"deflate", 0, "", start_deflate, step_zlib, end_zlib};

static int begins_with(const unsigned char *head, size_t size, const nu_codec *codec)
{
    for (size_t i = 0; i < codec->magic_size; i++)
        if (i == size || ((char)head[i] != codec->magic[i] && codec->magic[i] != '?'))
            return 0;
    return 1;
}

const nu_codec *nu_codec_of(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (begins_with(head, size, &codecs[i]))
            return &codecs[i];
    return NULL;
}

/* One stream, from where `s` stands. */
static nudge_status unpack(const nu_codec *c, stream *s, nu_bytes *out, uint64_t most,
                           const char *what, nudge_error *err)
{
    for (progress now = GOES_ON; now != ENDED;) {
        if (out->size == out->room)
            NU_TRY(nu_bytes_grow(out, what, err));
        s->out = out->bytes + out->size;
        s->out_left = out->room - out->size;
        size_t in = s->in_left, room = s->out_left;
        now = c->step(s);
        size_t made = room - s->out_left;
        out->size += made;
        if (now == NO_MEMORY)
            return nu_no_memory(err, 65536, what);
        if (now == DAMAGED)
            return nu_fail(err, NUDGE_EDATA, "%s: the %s data is damaged%s%s%s", what, c->name,
                           s->why != NULL ? " (" : "", s->why != NULL ? s->why : "",
                           s->why != NULL ? ")" : "");
        if (out->size > most)
            return nu_fail(err, NUDGE_EDATA, "%s: the %s data is damaged (it is longer than is "
                           "said of it)", what, c->name);
        if (now == GOES_ON && s->in_left == 0 && (s->out_left > 0 || (in == 0 && made == 0)))
            return nu_fail(err, NUDGE_EDATA, "%s: the %s data is cut short", what, c->name);
    }
    return NUDGE_OK;
}

nudge_status nu_decompress(const nu_codec *c, const unsigned char *bytes, size_t size,
                           nu_bytes *out, uint64_t most, const char *what, nudge_error *err)
{
    const unsigned char *in = bytes, *end = bytes + size;
    do {
        stream s = {.in = in, .in_left = (size_t)(end - in)};
        if (!c->start(&s))
            return nu_no_memory(err, 65536, what);
        nudge_status status = unpack(c, &s, out, most, what, err);
        c->end(&s);
        NU_TRY(status);
        in = s.in;
    } while (in < end && c->magic_size > 0 && begins_with(in, (size_t)(end - in), c));
    if (in < end)
        return nu_fail(err, NUDGE_EDATA, "%s: %zu bytes that are no %s data follow the %s data",
                       what, (size_t)(end - in), c->name, c->name);
    return NUDGE_OK;
}
