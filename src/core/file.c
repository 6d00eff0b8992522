#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Output ---------------------------------------------------------------------------- */

static nudge_status cannot_create(nudge_error *err, const char *path, int error)
{
    if (error == 0)
        return NUDGE_OK;
    if (path[0] == '\0')
        return nu_fail(err, NUDGE_EOPEN, "the name of the output file is empty");
    return nu_fail(err, NUDGE_EOPEN, "cannot create '%s': %s", path, strerror(error));
}

nudge_status nu_output_open(nu_output *out, const char *path, nudge_error *err)
{
    return cannot_create(err, path, nu_atomic_open(out, path));
}

nudge_status nu_output_commit(nu_output *out, nudge_error *err)
{
    char path[NUDGE_ERROR_SIZE];
    snprintf(path, sizeof path, "%s", out->path); /* committing forgets it */
    int error = nu_atomic_commit(out);
    return error == 0 ? NUDGE_OK
                      : nu_fail(err, NUDGE_EIO, "cannot write '%s': %s", path, strerror(error));
}

nudge_status nudge_check_output(const char *path, nudge_error *err)
{
    if (path == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no path of an output file was given");
    return cannot_create(err, path, nu_atomic_check(path));
}

/* ---- Input ----------------------------------------------------------------------------- */

/* Bytes that grow at their end. */
typedef struct buffer {
    unsigned char *bytes;
    size_t size, room;
} buffer;

/* Below this nobody asks how much memory there is. */
#define SMALL ((size_t)64 << 20)

/* Room for `room` bytes and a NUL. */
static nudge_status buffer_reserve(buffer *b, size_t room, const char *path, nudge_error *err)
{
    if (room > SMALL)
        NU_TRY(nu_memory_check(room - b->room, path, err));
    unsigned char *grown = room < SIZE_MAX ? realloc(b->bytes, room + 1) : NULL;
    NU_NEED(grown != NULL, room, path, err);
    b->bytes = grown;
    b->room = room;
    return NUDGE_OK;
}

static nudge_status buffer_grow(buffer *b, const char *path, nudge_error *err)
{
    return buffer_reserve(b, b->room > SIZE_MAX / 2 ? SIZE_MAX : b->room * 2, path, err);
}

static void buffer_free(buffer *b)
{
    free(b->bytes);
}

/* Everything from fd, which may be a pipe or a file that changes in size. */
static nudge_status read_all(int fd, buffer *b, const char *path, nudge_error *err)
{
    for (;;) {
        if (b->size == b->room)
            NU_TRY(buffer_grow(b, path, err));
        size_t want = b->room - b->size;
        ssize_t n = read(fd, b->bytes + b->size, want < SSIZE_MAX ? want : SSIZE_MAX);
        if (n == 0)
            return NUDGE_OK;
        if (n > 0)
            b->size += (size_t)n;
        else if (errno != EINTR)
            return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
    }
}

static int is_gzip(const unsigned char *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* zlib counts in unsigned int. */
static uInt piece(size_t n)
{
    return n < (size_t)1 << 30 ? (uInt)n : (uInt)1 << 30;
}

static void end_inflate(z_stream *z)
{
    (void)inflateEnd(z); /* one that never began is no stream, which it says */
}

/* Inflates one gzip file, of one or more members, from `in` into `out`. */
static nudge_status inflate_members(z_stream *z, const buffer *in, buffer *out, const char *path,
                                    nudge_error *err)
{
    z->next_in = in->bytes;
    for (;;) {
        if (out->size == out->room)
            NU_TRY(buffer_grow(out, path, err));
        size_t left = in->size - (size_t)(z->next_in - in->bytes);
        uInt space = piece(out->room - out->size);
        z->avail_in = piece(left);
        z->next_out = out->bytes + out->size;
        z->avail_out = space;
        int result = inflate(z, Z_NO_FLUSH);
        out->size += space - z->avail_out;
        left = in->size - (size_t)(z->next_in - in->bytes);
        if (result == Z_STREAM_END) {
            if (left == 0)
                return NUDGE_OK;
            if (!is_gzip(z->next_in, left))
                return nu_fail(err, NUDGE_EDATA, "%s: %zu bytes that are no gzip data follow "
                               "the gzip data", path, left);
            inflateReset(z);
        } else if (result == Z_MEM_ERROR) {
            return nu_no_memory(err, 65536, path);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return nu_fail(err, NUDGE_EDATA, "%s: the gzip data is damaged (%s)", path,
                           z->msg != NULL ? z->msg : "zlib");
        } else if (left == 0 && z->avail_out > 0) {
            return nu_fail(err, NUDGE_EDATA, "%s: the gzip data is cut short, after %zu bytes",
                           path, in->size);
        }
    }
}

static nudge_status decompress(const buffer *in, buffer *out, const char *path, nudge_error *err)
{
    z_stream z NU_SCOPED(end_inflate) = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK) /* 32 KB window; a gzip header */
        return nu_no_memory(err, 65536, path);
    NU_TRY(buffer_reserve(out, in->size < SIZE_MAX / 8 ? in->size * 4 + 64 : in->size, path, err));
    return inflate_members(&z, in, out, path, err);
}

static nudge_status read_descriptor(int fd, buffer *b, const char *path, nudge_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return nu_fail(err, NUDGE_EOPEN, "cannot read '%s': it is a directory; a file was expected",
                       path);
    /* A file of the expected size ends before the last byte. */
    size_t room = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size + 1 : 65536;
    NU_TRY(buffer_reserve(b, room, path, err));
    return read_all(fd, b, path, err);
}

nudge_status nu_read_file(const char *path, unsigned char **bytes, size_t *size, nudge_error *err)
{
    buffer file NU_SCOPED(buffer_free) = {0}, plain NU_SCOPED(buffer_free) = {0}, *b = &file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return nu_fail(err, NUDGE_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    nudge_status status = read_descriptor(fd, &file, path, err);
    close(fd);
    NU_TRY(status);
    if (is_gzip(file.bytes, file.size)) {
        NU_TRY(decompress(&file, &plain, path, err));
        b = &plain;
    }
    unsigned char *fitted = realloc(b->bytes, b->size + 1); /* hands back what was too much */
    *bytes = fitted != NULL ? fitted : b->bytes;
    *size = b->size;
    (*bytes)[*size] = '\0';
    b->bytes = NULL;
    return NUDGE_OK;
}

/* ---- At any place ---------------------------------------------------------------------- */

int nu_read_at(int fd, uint64_t at, void *out, size_t size)
{
    for (unsigned char *to = out; size > 0;) {
        ssize_t n = pread(fd, to, size < SSIZE_MAX ? size : SSIZE_MAX, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : -1;
        to += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

int nu_write_at(int fd, uint64_t at, const void *bytes, size_t size)
{
    for (const unsigned char *from = bytes; size > 0;) {
        ssize_t n = pwrite(fd, from, size < SSIZE_MAX ? size : SSIZE_MAX, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        from += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}
