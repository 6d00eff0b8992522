/* Arrays to NPY and safetensors files, in blocks of rows at their places: the header says where, so
 * that all threads write at the same time. With pwrite(): a mapped new file took 4 s for 1.3 GB
 * on tmpfs and 0.9 to 1.0 s on ext4; pwrite() 0.2 s, and 0.2 and 2.0 s. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/array.h"
#include "model/safetensors.h"

#define NPY_HEADER 128 /* magic number, version and dictionary; elements are then aligned */

static nu_array_type type_of(nu_element element)
{
    return element == NU_U8 ? NU_A_U8 : element == NU_F32 ? NU_A_F32 : NU_A_F64;
}

static nu_array_type y_type(const nu_array_layout *l)
{
    return l->classes > 0 ? NU_A_I32 : type_of(l->y);
}

uint64_t nu_layout_x_row(const nu_array_layout *l)
{
    return l->features * nu_array_type_size(type_of(l->x));
}

uint64_t nu_layout_y_row(const nu_array_layout *l)
{
    return l->outputs * nu_array_type_size(y_type(l));
}

/* ---- Headers --------------------------------------------------------------------------- */

/* Version 1.0; `rest` is what follows the rows in the shape. */
static void npy_header(char text[NPY_HEADER], nu_array_type type, uint64_t rows,
                       const char *rest)
{
    static const char *const descr[] = {
        [NU_A_F32] = "<f4", [NU_A_F64] = "<f8", [NU_A_U8] = "|u1",  [NU_A_I8] = "|i1",
        [NU_A_I32] = "<i4", [NU_A_U32] = "<u4", [NU_A_I64] = "<i8", [NU_A_U64] = "<u8",
    };
    memcpy(text, "\x93NUMPY\x01\x00", 8);
    text[8] = NPY_HEADER - 10;
    text[9] = 0;
    size_t room = NPY_HEADER - 10; /* enough: the shape's product has at most 20 digits */
    int n = snprintf(text + 10, room,
                     "{'descr': '%s', 'fortran_order': False, 'shape': (%" PRIu64 ",%s), }",
                     descr[type], rows, rest);
    memset(text + 10 + n, ' ', room - (size_t)n);
    text[NPY_HEADER - 1] = '\n';
}

static const char *st_dtype(nu_array_type type)
{
    return type == NU_A_U8 ? "U8" : type == NU_A_I32 ? "I32" : type == NU_A_F32 ? "F32" : "F64";
}

/* What the tensors do not say: what the target is called, how many classes there are, what made
 * the rows. NULL without memory. */
static json_t *st_metadata(const nu_array_layout *l)
{
    char classes[24];
    snprintf(classes, sizeof classes, "%" PRIu64, l->classes);
    json_t *m = json_pack("{s:s}", "format", "nudge-data");
    int failed = m == NULL;
    if (l->outputs > 0 && l->target != NULL)
        failed |= json_object_set_new(m, "target", json_string(l->target)) != 0;
    if (l->classes > 0)
        failed |= json_object_set_new(m, "classes", json_string(classes)) != 0;
    if (l->origin != NULL)
        failed |= json_object_set_new(m, "origin", json_string(l->origin)) != 0;
    if (!failed)
        return m;
    json_decref(m);
    return NULL;
}

static char *st_header(const nu_array_layout *l, size_t *size)
{
    char x[] = "x", y[] = "y";
    uint64_t image = l->image_rows, y_shape[] = {l->rows, l->outputs};
    uint64_t x_shape[] = {l->rows, image > 0 ? image : l->features,
                          image > 0 ? l->features / image : 0};
    nu_st_tensor tensors[] = {
        {.name = x, .dtype = st_dtype(type_of(l->x)), .rank = image > 0 ? 3 : 2,
         .shape = x_shape},
        {.name = y, .dtype = st_dtype(y_type(l)), .rank = l->outputs > 1 ? 2 : 1,
         .shape = y_shape},
    };
    json_t *metadata = st_metadata(l);
    char *text = metadata != NULL ? nu_st_header(tensors, l->outputs > 0 ? 2 : 1, metadata, size)
                                  : NULL;
    json_decref(metadata);
    return text;
}

/* ---- Files ----------------------------------------------------------------------------- */

/* 0, or an errno. */
static int put_at(int fd, uint64_t at, const void *bytes, uint64_t size)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t n = pwrite(fd, from, size < SSIZE_MAX ? size : SSIZE_MAX, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        from += n;
        at += (uint64_t)n;
        size -= (uint64_t)n;
    }
    return 0;
}

static int descriptor(const nu_array_files *f, int i)
{
    return fileno(f->out[i].stream);
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
    if (out->temporary == NULL || fstatvfs(fileno(out->stream), &fs) != 0 || fs.f_blocks == 0 ||
        __builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &have) ||
        size <= have)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EIO, "cannot write '%s': it needs %s; %s is free there", f->name[i],
                   nu_bytes_text(need_text, (double)size), nu_bytes_text(have_text, (double)have));
}

/* A file of `size` bytes with its header. */
static nudge_status start_file(nu_array_files *f, const char *path, const char *header,
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
    int fd = fileno(out->stream), error = put_at(fd, 0, header, header_size);
    if (error == 0 && out->temporary != NULL && ftruncate(fd, (off_t)size) != 0)
        error = errno;
    return error == 0 ? NUDGE_OK : cannot_write(f, i, error, err);
}


static nudge_status start_st(nu_array_files *f, const nu_array_layout *l, const char *path,
                             nudge_error *err)
{
    size_t size = 0;
    char *header = st_header(l, &size);
    if (header == NULL)
        return nu_no_memory(err, 4096, "a safetensors header");
    f->x_at = size;
    f->y_at = size + l->rows * nu_layout_x_row(l);
    nudge_status status = start_file(f, path, header, size,
                                     f->y_at + l->rows * nu_layout_y_row(l), err);
    free(header);
    f->x = 0;
    f->y = l->outputs > 0 ? 0 : -1;
    return status;
}

/* Whether two files to be made are one: the same name in the same folder. */
static int same_place(const char *a, const char *b)
{
    const char *a_base = strrchr(a, '/'), *b_base = strrchr(b, '/');
    struct stat a_folder, b_folder;
    if (strcmp(a_base != NULL ? a_base + 1 : a, b_base != NULL ? b_base + 1 : b) != 0)
        return 0;
    char *a_dir = a_base != NULL ? strndup(a, (size_t)(a_base - a) + 1) : strdup(".");
    char *b_dir = b_base != NULL ? strndup(b, (size_t)(b_base - b) + 1) : strdup(".");
    int same = a_dir == NULL || b_dir == NULL || /* without memory nothing is written anyway */
               (stat(a_dir, &a_folder) == 0 && stat(b_dir, &b_folder) == 0 &&
                a_folder.st_dev == b_folder.st_dev && a_folder.st_ino == b_folder.st_ino);
    free(a_dir);
    free(b_dir);
    return same;
}

static nudge_status start_npy_files(nu_array_files *f, const nu_array_layout *l, const char *path,
                                    const char *labels_path, nudge_error *err)
{
    char header[NPY_HEADER], rest[48] = "";
    f->x_at = f->y_at = NPY_HEADER;
    if (path != NULL) {
        if (l->image_rows > 0)
            snprintf(rest, sizeof rest, " %" PRIu64 ", %" PRIu64, l->image_rows,
                     l->features / l->image_rows);
        else
            snprintf(rest, sizeof rest, " %" PRIu64, l->features);
        npy_header(header, type_of(l->x), l->rows, rest);
        f->x = f->n;
        NU_TRY(start_file(f, path, header, NPY_HEADER,
                          NPY_HEADER + l->rows * nu_layout_x_row(l), err));
    }
    if (labels_path == NULL)
        return NUDGE_OK;
    rest[0] = '\0';
    if (l->outputs > 1)
        snprintf(rest, sizeof rest, " %" PRIu64, l->outputs);
    npy_header(header, y_type(l), l->rows, rest);
    f->y = f->n;
    NU_TRY(start_file(f, labels_path, header, NPY_HEADER,
                      NPY_HEADER + l->rows * nu_layout_y_row(l), err));
    if (f->n == 2 && same_place(f->out[0].path, f->out[1].path))
        return nu_fail(err, NUDGE_EARGUMENT, "features and targets cannot both go to '%s'",
                       labels_path);
    return NUDGE_OK;
}

/* Keeps every size in range: rows x (features + outputs) x 8 bytes, and the header. */
static int countable(const nu_array_layout *l)
{
    uint64_t row, all;
    return !__builtin_add_overflow(l->features, l->outputs, &row) &&
           !__builtin_mul_overflow(row, (uint64_t)8, &row) &&
           !__builtin_mul_overflow(row, l->rows, &all) && all < (uint64_t)INT64_MAX / 2;
}

nudge_status nu_array_files_open(nu_array_files *files, const nu_array_layout *l, const char *path,
                                 const char *labels_path, nudge_error *err)
{
    nu_array_files f = {.x = -1, .y = -1};
    if (!countable(l))
        return nu_fail(err, NUDGE_EARGUMENT, "%" PRIu64 " rows of %" PRIu64 " values are more "
                       "bytes than can be counted", l->rows, l->features + l->outputs);
    nudge_status status = path != NULL && nu_is_st_path(path)
                              ? start_st(&f, l, path, err)
                              : start_npy_files(&f, l, path, labels_path, err);
    if (status != NUDGE_OK) {
        nu_array_files_abandon(&f);
        return status;
    }
    *files = f;
    return NUDGE_OK;
}

int nu_array_files_put(nu_array_files *f, const nu_array_layout *l, uint64_t first,
                       uint64_t rows, const void *x, const void *y)
{
    uint64_t x_row = nu_layout_x_row(l), y_row = nu_layout_y_row(l);
    int error = 0, file = f->x;
    if (f->x >= 0)
        error = put_at(descriptor(f, f->x), f->x_at + first * x_row, x, rows * x_row);
    if (error == 0 && f->y >= 0) {
        file = f->y;
        error = put_at(descriptor(f, f->y), f->y_at + first * y_row, y, rows * y_row);
    }
    if (error != 0)
        __atomic_store_n(&f->failed, file, __ATOMIC_RELAXED);
    return error;
}

/* Both files are on the disk before the first gets its name, so that what is left to fail between
 * the two is a rename. */
nudge_status nu_array_files_commit(nu_array_files *f, nudge_error *err)
{
    for (int i = 0; i < f->n; i++)
        if (f->out[i].temporary != NULL && fsync(descriptor(f, i)) != 0) {
            nudge_status status = cannot_write(f, i, errno, err);
            nu_array_files_abandon(f);
            return status;
        }
    nudge_status status = NUDGE_OK;
    int i = 0;
    for (; i < f->n && status == NUDGE_OK; i++)
        status = nu_output_commit(&f->out[i], err);
    for (; i < f->n; i++)
        nu_output_abandon(&f->out[i]);
    f->n = 0;
    return status;
}

void nu_array_files_abandon(nu_array_files *f)
{
    for (int i = 0; i < f->n; i++)
        nu_output_abandon(&f->out[i]);
    f->n = 0;
}

/* ---- Tables ---------------------------------------------------------------------------- */

static nu_array_layout layout_of(const nudge_table *t)
{
    return (nu_array_layout){
        .rows = t->rows, .features = t->features, .outputs = t->outputs, .x = t->element,
        .image_rows = t->pixel_rows > 1 ? t->pixel_rows : 0,
        .y = t->y_element, .classes = t->n_classes, .target = t->target_name, .origin = t->source,
    };
}

static nudge_status write_all(const nudge_table *t, const char *path, const char *labels_path,
                              nudge_error *err)
{
    nu_array_layout l = layout_of(t);
    nu_array_files f;
    const void *y = t->classes != NULL ? (const void *)t->classes : t->y;
    NU_TRY(nu_array_files_open(&f, &l, path, labels_path, err));
    int error = nu_array_files_put(&f, &l, 0, l.rows, t->x, y);
    if (error == 0)
        return nu_array_files_commit(&f, err);
    nudge_status status = nu_array_files_failed(&f, error, err);
    nu_array_files_abandon(&f);
    return status;
}

nudge_status nu_table_write_arrays(const nudge_table *t, const char *path, nudge_error *err)
{
    if (t->n_columns > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a table with named columns and texts is written "
                       "as .csv or .csv.gz, not to '%s'", t->source, path);
    return write_all(t, path, NULL, err);
}

nudge_status nudge_table_write_targets(const nudge_table *table, const char *path,
                                       nudge_error *err)
{
    if (path == NULL || !nu_is_npy_path(path))
        return nu_fail(err, NUDGE_EARGUMENT, "the name of the file of targets, '%s', must end in "
                       ".npy", path != NULL ? path : "");
    if (table->n_columns > 0 || table->outputs == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: %s", table->source,
                       table->outputs == 0 && table->n_columns == 0
                           ? "it has no targets"
                           : "a table with named columns has its targets among them");
    return write_all(table, NULL, path, err);
}
