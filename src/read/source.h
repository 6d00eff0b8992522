/* A file of data, open for reading. */
#ifndef NUDGE_READ_SOURCE_H
#define NUDGE_READ_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "nudge.h"

#define NU_HEAD 4096 /* bytes that tell every format */

typedef struct nu_source {
    const char *name;     /* the path, for messages; the caller's */
    int fd;               /* a plain file, to be read at any place; -1 where it is compressed, or a
                           * pipe. Then */
    unsigned char *bytes; /* are all that it holds, decompressed; for free(). A reader that keeps
                           * them sets this to NULL */
    uint64_t size;
    struct nu_file_parts *parts; /* which this is the first of; NULL: it is all */
} nu_source;

/* Opens a path; "-" is standard input. Followed by nu_source_close() if it succeeds.
 * NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA (damaged gzip), NUDGE_EMEMORY. */
nudge_status nu_source_open(nu_source *s, const char *path, nudge_error *err);
void nu_source_close(nu_source *s);

/* Likewise, but opens nothing, and leaves fd -1, where `path` is compressed or no plain file. */
nudge_status nu_source_open_plain(nu_source *s, const char *path, nudge_error *err);

/* Sees to it that `bytes` are there. */
nudge_status nu_source_load(nu_source *s, nudge_error *err);

/* `size` bytes from byte `at` on. 0, or an errno; -1: the file has ended. */
int nu_source_fetch(const nu_source *s, uint64_t at, void *out, size_t size);

/* A failed fetch as a message; `name` is what was read. NUDGE_EDATA, NUDGE_EIO. */
nudge_status nu_fetch_failed(const char *name, int error, nudge_error *err);

/* The first bytes, *size of them, at most NU_HEAD. NUDGE_EDATA, NUDGE_EIO. */
nudge_status nu_source_head(const nu_source *s, unsigned char head[NU_HEAD], size_t *size,
                            nudge_error *err);

#endif
