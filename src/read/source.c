#include "read/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decompress.h"
#include "core/file.h"
#include "core/status.h"

int nu_source_open_plain(nu_source *s, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return 0; /* opening a pipe would take it from the one who reads it */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    unsigned char head[NU_CODEC_MAGIC];
    ssize_t n = 0;
    if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
        (n = pread(fd, head, sizeof head, 0)) >= 0 && nu_codec_of(head, (size_t)n) == NULL) {
        *s = (nu_source){.name = path, .fd = fd, .size = (uint64_t)about.st_size};
        return 1;
    }
    if (fd >= 0)
        close(fd);
    return 0;
}

nudge_status nu_source_open(nu_source *source, const char *path, nudge_error *err)
{
    if (nu_source_open_plain(source, path))
        return NUDGE_OK;
    nu_source s = {.name = path, .fd = -1};
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

size_t nu_source_head(const nu_source *s, unsigned char head[NU_HEAD])
{
    size_t size = s->size < NU_HEAD ? (size_t)s->size : NU_HEAD;
    return nu_source_fetch(s, 0, head, size) == 0 ? size : 0;
}
