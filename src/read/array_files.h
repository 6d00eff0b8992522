/* NPY and safetensors files being written, in blocks of rows at their places: the header says
 * where, so that all threads write at the same time. With pwrite(): a mapped new file took 4 s for
 * 1.3 GB on tmpfs and 0.9 to 1.0 s on ext4; pwrite() 0.2 s, and 0.2 and 2.0 s. */
#ifndef NUDGE_READ_ARRAY_FILES_H
#define NUDGE_READ_ARRAY_FILES_H

#include <stdint.h>

#include "core/file.h"
#include "read/array.h"

/* What is to be written. */
typedef struct nu_array_layout {
    uint64_t rows, features, outputs; /* outputs 0: no targets */
    uint64_t image_rows;              /* > 0: features are images of so many rows of pixels */
    nu_array_type x, y;
    uint64_t classes;                 /* > 0: the targets are their numbers, and y is I32 */
    const char *target;               /* its name, kept in safetensors files; may be NULL */
    const char *origin;               /* likewise what made the rows */
} nu_array_layout;

uint64_t nu_layout_x_row(const nu_array_layout *l); /* bytes */
uint64_t nu_layout_y_row(const nu_array_layout *l);

/* The shape of the features, [rows, features] or [rows, height, width]; returns its rank. */
size_t nu_layout_shape(uint64_t shape[3], const nu_array_layout *l);

/* One file with both x and y (safetensors), or x, y or both in files of their own (NPY). Zeros:
 * none yet. */
typedef struct nu_array_files {
    nu_output out[2];
    const char *name[2];        /* for messages: the paths as they were given; the caller's */
    int n;                      /* of out */
    nu_output *x, *y;           /* of out; NULL: not written */
    uint64_t x_at, y_at;        /* where the elements begin */
    uint64_t bytes;             /* of all files */
    int failed;                 /* which of out could not be written; atomic */
} nu_array_files;

/* Creates a file of `size` bytes that begins with a header. NUDGE_EOPEN (also for a pipe),
 * NUDGE_EIO (also: less space than needed), NUDGE_EMEMORY. */
nudge_status nu_array_files_add(nu_array_files *f, const char *path, const char *header,
                                size_t header_size, uint64_t size, nudge_error *err);

/* Rows from `first` on, by any thread, in any order; x and y are looked at where they are written.
 * Returns 0, or the errno of what failed. */
int nu_array_files_put(nu_array_files *f, const nu_array_layout *l, uint64_t first,
                       uint64_t rows, const void *x, const void *y);

/* Finishes the files: they appear whole. Those that are not finished are abandoned in the end. */
nudge_status nu_array_files_commit(nu_array_files *f, nudge_error *err);
void nu_array_files_abandon(nu_array_files *f);

/* A failed put, with its errno, as a message. */
nudge_status nu_array_files_failed(const nu_array_files *f, int error, nudge_error *err);

#endif
