#include "read/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decompress.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"

nudge_status nu_source_open_plain(nu_source *source, const char *path, nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.name = path, .fd = -1};
    unsigned char head[NU_CODEC_MAGIC];
    struct stat about;
    *source = s;
    int failed = stat(path, &about) != 0;
    if (!failed && !S_ISREG(about.st_mode))
        return NUDGE_OK; /* opening a pipe would take it from the one who reads it */
    if (failed || (s.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
        return nu_fail(err, NUDGE_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    if (fstat(s.fd, &about) != 0)
        return nu_fetch_failed(path, errno, err);
    if (!S_ISREG(about.st_mode))
        return NUDGE_OK;
    s.size = (uint64_t)about.st_size;
    size_t n = s.size < sizeof head ? (size_t)s.size : sizeof head;
    int error = nu_read_at(s.fd, 0, head, n);
    if (error != 0)
        return nu_fetch_failed(path, error, err);
    if (nu_codec_of(head, n) == NULL) {
        *source = s;
        s.fd = -1;
    }
    return NUDGE_OK;
}

nudge_status nu_source_open(nu_source *source, const char *path, nudge_error *err)
{
    nu_source s = {.name = path, .fd = -1};
    if (strcmp(path, "-") != 0)
        NU_TRY(nu_source_open_plain(&s, path, err));
    if (s.fd < 0)
        NU_TRY(nu_source_load(&s, err));
    *source = s;
    return NUDGE_OK;
}

void nu_source_close(nu_source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    free(s->bytes);
    *s = (nu_source){.fd = -1};
}

nudge_status nu_source_load(nu_source *s, nudge_error *err)
{
    size_t size;
    if (s->bytes != NULL)
        return NUDGE_OK;
    const char *path = strcmp(s->name, "-") == 0 ? "/dev/stdin" : s->name;
    NU_TRY(nu_read_file(path, &s->bytes, &size, err));
    s->size = size;
    return NUDGE_OK;
}

int nu_source_fetch(const nu_source *s, uint64_t at, void *out, size_t size)
{
    if (s->bytes == NULL)
        return nu_read_at(s->fd, at, out, size);
    if (at > s->size || size > s->size - at)
        return -1;
    memcpy(out, s->bytes + at, size);
    return 0;
}

nudge_status nu_fetch_failed(const char *name, int error, nudge_error *err)
{
    if (error < 0)
        return nu_fail(err, NUDGE_EDATA, "%s: it became shorter while it was read", name);
    return nu_fail(err, NUDGE_EIO, "%s: cannot read: %s", name, strerror(error));
}

nudge_status nu_source_head(const nu_source *s, unsigned char head[NU_HEAD], size_t *size,
                            nudge_error *err)
{
    *size = s->size < NU_HEAD ? (size_t)s->size : NU_HEAD;
    int error = nu_source_fetch(s, 0, head, *size);
    return error == 0 ? NUDGE_OK : nu_fetch_failed(s->name, error, err);
}
