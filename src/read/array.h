/* Arrays in files: NPY files and the tensors of safetensors data, read straight into a table and
 * written block by block. */
#ifndef NUDGE_READ_ARRAY_H
#define NUDGE_READ_ARRAY_H

#include <stdint.h>

#include "core/file.h"
#include "table/table.h"

#define NU_ARRAY_RANK 4
#define NU_MOST_CLASSES 65536 /* a label above is no class number, and would need as many outputs */

/* Element types: what NPY calls '<f4', ... and safetensors F32, ... */
typedef enum nu_array_type {
    NU_A_F32,
    NU_A_F64,
    NU_A_U8,
    NU_A_I8,
    NU_A_I32,
    NU_A_U32,
    NU_A_I64,
    NU_A_U64
} nu_array_type;

size_t nu_array_type_size(nu_array_type type);

/* ---- Reading --------------------------------------------------------------------------- */

/* A row-major, little-endian array whose header has been checked: all its bytes are there. */
typedef struct nu_array {
    const char *name;           /* for messages: "x.npy", "d.safetensors: tensor 'x'" */
    nu_array_type type;
    size_t rank;                /* from 1 to NU_ARRAY_RANK */
    size_t dim[NU_ARRAY_RANK];  /* none is 0 */
    size_t width;               /* elements of a row: the product of dim[1 ..] */
    int fd;                     /* where its elements are: */
    uint64_t at;                /* in the file, from this byte on; */
    const unsigned char *bytes; /* or in memory, where this is not NULL */
} nu_array;

/* Takes the shape; the array must fill `have` bytes exactly. NUDGE_EDATA. */
nudge_status nu_array_shape(nu_array *a, const uint64_t *dim, size_t rank, uint64_t have,
                            nudge_error *err);

/* Reads features: sets rows, features, element, pixel_* and x. Bytes are pixels, of images where
 * the rank is 3 or 4 (channels count as columns); F32 and F64 are numbers. On all cores; the array
 * is in memory once. NUDGE_EDATA (another type; NaN or infinity, with row and column), NUDGE_EIO,
 * NUDGE_EMEMORY. */
nudge_status nu_array_read_features(nudge_table *t, const nu_array *a, nudge_error *err);

/* Reads a target for each of t->rows rows, with its names: whole numbers are classes, F32 and F64
 * values, in one or more columns. `source` names the features in messages. As above. */
nudge_status nu_array_read_targets(nudge_table *t, const nu_array *a, const char *source,
                                   nudge_error *err);

/* Labels in a file of their own, IDX or NPY. Adds NUDGE_EOPEN. */
nudge_status nu_labels_read(nudge_table *t, const char *path, const char *source,
                            nudge_error *err);

/* An IDX file's labels; the bytes are the whole file. */
nudge_status nu_idx_labels(nudge_table *t, const unsigned char *bytes, size_t size,
                           const char *path, const char *source, nudge_error *err);

/* Which format the first bytes of a file are of; `size` of them, 9 or more unless it is shorter. */
int nu_npy_looks_like(const unsigned char *bytes, size_t size);
int nu_st_looks_like(const unsigned char *bytes, size_t size);

/* Checks an NPY header: of an open file of `size` bytes, or in memory. NUDGE_EDATA, NUDGE_EIO,
 * NUDGE_EMEMORY. */
nudge_status nu_npy_open(nu_array *a, const char *path, int fd, const unsigned char *bytes,
                         uint64_t size, nudge_error *err);

/* Reads NPY features of an open file, or in memory, with options->labels. */
nudge_status nu_npy_read(nudge_table **table, const char *path, int fd,
                         const unsigned char *bytes, uint64_t size,
                         const nudge_read_options *options, nudge_error *err);

/* Reads tensors x and y. */
nudge_status nu_st_data_read(nudge_table **table, const char *path,
                             const nudge_read_options *options, nudge_error *err);

/* If the file at `path` is NPY or safetensors, uncompressed, by its content or its ending: reads it
 * and sets *done to 1. */
nudge_status nu_array_file_read(nudge_table **table, const char *path,
                                const nudge_read_options *options, int *done, nudge_error *err);

/* ---- Writing --------------------------------------------------------------------------- */

/* 1 if the path ends in .npy or .safetensors. */
int nu_is_npy_path(const char *path);
int nu_is_st_path(const char *path);

/* What is to be written. */
typedef struct nu_array_layout {
    uint64_t rows, features, outputs; /* outputs 0: no targets */
    uint64_t image_rows;              /* > 0: features are images of so many rows of pixels */
    nu_element x, y;
    uint64_t classes;                 /* > 0: the targets are their numbers, as I32 */
    const char *target;               /* its name, kept in safetensors files; may be NULL */
    const char *origin;               /* likewise what made the rows */
} nu_array_layout;

uint64_t nu_layout_x_row(const nu_array_layout *l); /* bytes */
uint64_t nu_layout_y_row(const nu_array_layout *l);

/* Files being written: one with both x and y (safetensors), or x, y or both in NPY files. */
typedef struct nu_array_files {
    nu_output out[2];
    const char *name[2];   /* for messages: the paths as they were given; the caller's */
    int n;                 /* of out */
    int x, y;              /* which of out; -1: not written */
    uint64_t x_at, y_at;   /* where the elements begin */
    uint64_t bytes;        /* of all files */
    int failed;            /* which of out could not be written; atomic */
} nu_array_files;

/* Creates the files and writes their headers. A path is NULL where there is no such file;
 * safetensors: labels_path must be. Any thread may then write rows, in any order.
 * NUDGE_EARGUMENT, NUDGE_EOPEN, NUDGE_EIO (also: less space than needed), NUDGE_EMEMORY. */
nudge_status nu_array_files_open(nu_array_files *f, const nu_array_layout *l, const char *path,
                                 const char *labels_path, nudge_error *err);

/* Rows from `first` on; x and y are looked at where they are written. Returns 0, or the errno of
 * what failed. */
int nu_array_files_put(nu_array_files *f, const nu_array_layout *l, uint64_t first,
                       uint64_t rows, const void *x, const void *y);

/* Finishes the files: they appear whole, or on failure not at all. */
nudge_status nu_array_files_commit(nu_array_files *f, nudge_error *err);
void nu_array_files_abandon(nu_array_files *f);

/* A failed put, with its errno, as a message. */
nudge_status nu_array_files_failed(const nu_array_files *f, int error, nudge_error *err);

/* Refuses an ending that nudge_table_write() does not know. NUDGE_EARGUMENT. */
nudge_status nu_check_ending(const char *path, nudge_error *err);

/* nudge_table_write() for .npy and .safetensors. */
nudge_status nu_table_write_arrays(const nudge_table *table, const char *path, nudge_error *err);

#endif
