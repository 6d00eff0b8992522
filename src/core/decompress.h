/* Compressed bytes to plain ones: gzip, bzip2, xz, zstd, each by its own library, which checks
 * the sums of what it unpacks. (libarchive has all of them, but takes a gzip file whose sum is
 * wrong for a good one, and its libraries cost 13 ms of every start.) */
#ifndef NUDGE_CORE_DECOMPRESS_H
#define NUDGE_CORE_DECOMPRESS_H

#include <stdint.h>

#include "core/bytes.h"

#define NU_CODEC_MAGIC 6 /* bytes that tell the compression */

typedef struct nu_codec nu_codec;

/* How bytes that begin so are compressed, or NULL: not at all. */
const nu_codec *nu_codec_of(const unsigned char *head, size_t size);

/* DEFLATE without any header, as zip archives have it. */
extern const nu_codec nu_codec_deflate;

/* Appends what `size` bytes unpack to, of one stream or of several in a row, to `out`; at most
 * `most` bytes. NUDGE_EDATA (damaged, cut short, followed by something else, more than `most`),
 * NUDGE_EMEMORY. */
nudge_status nu_decompress(const nu_codec *codec, const unsigned char *bytes, size_t size,
                           nu_bytes *out, uint64_t most, const char *what, nudge_error *err);

#endif
