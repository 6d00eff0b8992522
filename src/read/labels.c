/* Labels in a file of their own. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/status.h"
#include "read/array.h"

/* An NPY file's targets, from an open file or from memory. */
static nudge_status take_npy(nudge_table *t, const char *path, int fd, const unsigned char *bytes,
                             uint64_t size, const char *source, nudge_error *err)
{
    nu_array a;
    NU_TRY(nu_npy_open(&a, path, fd, bytes, size, err));
    NU_TRY(nu_array_read_targets(t, &a, source, err));
    return t->classes != NULL ? nu_table_number_classes(t, err) : NUDGE_OK;
}

static nudge_status take_whole(nudge_table *t, const char *path, const char *source,
                               nudge_error *err)
{
    unsigned char *bytes;
    size_t size;
    NU_TRY(nu_read_file(path, &bytes, &size, err));
    nudge_status status;
    if (nu_npy_looks_like(bytes, size) || nu_is_npy_path(path))
        status = take_npy(t, path, -1, bytes, size, source, err);
    else if (nu_st_looks_like(bytes, size))
        status = nu_fail(err, NUDGE_EDATA, "%s: a safetensors file; labels are an IDX or NPY file, "
                         "or tensor y beside x in the file of the data", path);
    else
        status = nu_idx_labels(t, bytes, size, path, source, err);
    free(bytes);
    return status;
}

nudge_status nu_labels_read(nudge_table *t, const char *path, const char *source,
                            nudge_error *err)
{
    unsigned char head[9];
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int large = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
                pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
                nu_npy_looks_like(head, sizeof head);
    nudge_status status =
        large ? take_npy(t, path, fd, NULL, (uint64_t)about.st_size, source, err) : NUDGE_OK;
    if (fd >= 0)
        close(fd);
    return large ? status : take_whole(t, path, source, err);
}
