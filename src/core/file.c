#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decompress.h"
#include "core/memory.h"
#include "core/status.h"
#include "temporary.h"

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

void nudge_drop_unfinished(void)
{
    nu_temporary_drop_all();
}

/* ---- Input ----------------------------------------------------------------------------- */

/* Everything from fd, which may be a pipe or a file that changes in size. */
static nudge_status read_all(int fd, nu_bytes *b, const char *path, nudge_error *err)
{
    for (;;) {
        if (b->size == b->room)
            NU_TRY(nu_bytes_grow(b, path, err));
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

static nudge_status read_descriptor(int fd, nu_bytes *b, const char *path, nudge_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return nu_fail(err, NUDGE_EOPEN, "cannot read '%s': it is a directory; a file was expected",
                       path);
    /* A file of the expected size ends before the last byte. */
    size_t room = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size + 1 : 65536;
    NU_TRY(nu_bytes_reserve(b, room, path, err));
    return read_all(fd, b, path, err);
}

nudge_status nu_read_file(const char *path, unsigned char **bytes, size_t *size, nudge_error *err)
{
    nu_bytes file NU_SCOPED(nu_bytes_free) = {0}, plain NU_SCOPED(nu_bytes_free) = {0}, *b = &file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return nu_fail(err, NUDGE_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    nudge_status status = read_descriptor(fd, &file, path, err);
    close(fd);
    NU_TRY(status);
    const nu_codec *codec = nu_codec_of(file.bytes, file.size);
    if (codec != NULL) {
        size_t room = file.size < SIZE_MAX / 8 ? file.size * 4 + 64 : file.size; /* about */
        NU_TRY(nu_bytes_reserve(&plain, room, path, err));
        NU_TRY(nu_decompress(codec, file.bytes, file.size, &plain, UINT64_MAX, path, err));
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
