#include "read/array_files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/status.h"

uint64_t nu_layout_x_row(const nu_array_layout *l)
{
    return l->features * nu_array_kinds[l->x].size;
}

uint64_t nu_layout_y_row(const nu_array_layout *l)
{
    return l->outputs * nu_array_kinds[l->y].size;
}

size_t nu_layout_shape(uint64_t shape[3], const nu_array_layout *l)
{
    shape[0] = l->rows;
    shape[1] = l->image_rows > 0 ? l->image_rows : l->features;
    shape[2] = l->image_rows > 0 ? l->features / l->image_rows : 0;
    return l->image_rows > 0 ? 3 : 2;
}

static nudge_status cannot_write(const nu_array_files *f, int i, int error, nudge_error *err)
{
    return nu_fail(err, NUDGE_EIO, "cannot write '%s': %s", f->name[i], strerror(error));
}

nudge_status nu_array_files_failed(const nu_array_files *f, int error, nudge_error *err)
{
    return cannot_write(f, f->failed, error, err);
}

/* Less space than `size` bytes need is seen before hours are spent on them. */
static nudge_status check_space(const nu_array_files *f, int i, uint64_t size, nudge_error *err)
{
    const nu_output *out = &f->out[i];
    struct statvfs fs;
    uint64_t have;
    char need_text[NU_TEXT], have_text[NU_TEXT];
    if (!out->replaces || fstatvfs(fileno(out->stream), &fs) != 0 || fs.f_blocks == 0 ||
        __builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &have) ||
        size <= have)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EIO, "cannot write '%s': it needs %s; %s is free there", f->name[i],
                   nu_bytes_text(need_text, (double)size), nu_bytes_text(have_text, (double)have));
}

nudge_status nu_array_files_add(nu_array_files *f, const char *path, const char *header,
                                size_t header_size, uint64_t size, nudge_error *err)
{
    struct stat about;
    if (stat(path, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode)))
        return nu_fail(err, NUDGE_EOPEN, "cannot create '%s': it is a pipe; .npy and .safetensors "
                       "files are not written from beginning to end", path);
    int i = f->n;
    nu_output *out = &f->out[i];
    NU_TRY(nu_output_open(out, path, err));
    f->name[i] = path;
    f->n++;
    f->bytes += size;
    NU_TRY(check_space(f, i, size, err));
    int fd = fileno(out->stream), error = nu_write_at(fd, 0, header, header_size);
    if (error == 0 && out->replaces && ftruncate(fd, (off_t)size) != 0)
        error = errno;
    return error == 0 ? NUDGE_OK : cannot_write(f, i, error, err);
}

/* To one of the files. */
static int put(nu_array_files *f, const nu_output *out, uint64_t at, const void *bytes,
               uint64_t size)
{
    int error = nu_write_at(fileno(out->stream), at, bytes, size);
    if (error != 0)
        __atomic_store_n(&f->failed, (int)(out - f->out), __ATOMIC_RELAXED);
    return error;
}

int nu_array_files_put(nu_array_files *f, const nu_array_layout *l, uint64_t first,
                       uint64_t rows, const void *x, const void *y)
{
    uint64_t x_row = nu_layout_x_row(l), y_row = nu_layout_y_row(l);
    int error = f->x != NULL ? put(f, f->x, f->x_at + first * x_row, x, rows * x_row) : 0;
    if (error == 0 && f->y != NULL)
        error = put(f, f->y, f->y_at + first * y_row, y, rows * y_row);
    return error;
}

/* Both files are on the disk before the first gets its name, so that what is left to fail between
 * the two is a rename. */
nudge_status nu_array_files_commit(nu_array_files *f, nudge_error *err)
{
    for (int i = 0; i < f->n; i++)
        if (f->out[i].replaces && fsync(fileno(f->out[i].stream)) != 0)
            return cannot_write(f, i, errno, err);
    for (int i = 0; i < f->n; i++)
        NU_TRY(nu_output_commit(&f->out[i], err));
    return NUDGE_OK;
}

void nu_array_files_abandon(nu_array_files *f)
{
    for (int i = 0; i < f->n; i++)
        nu_atomic_abandon(&f->out[i]);
}
