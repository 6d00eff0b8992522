/* The safetensors container: a JSON header that names tensors, then their bytes.
 * https://huggingface.co/docs/safetensors (the layout: 8 bytes, little-endian: length N of the
 * header; N bytes of JSON, padded with spaces; the data, without holes or overlaps). */
#ifndef NUDGE_MODEL_SAFETENSORS_H
#define NUDGE_MODEL_SAFETENSORS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "nudge.h"

typedef struct nu_st_tensor {
    char *name;
    const char *dtype; /* constant text: "F32", "BF16", ... */
    size_t rank;
    uint64_t *shape;   /* rank values */
    uint64_t elements;
    uint64_t begin, end; /* bytes of the data */
} nu_st_tensor;

/* A file open for reading whose header has been checked against the format and its own size. */
typedef struct nu_st_file {
    int fd;
    uint64_t data_at; /* where the data begin */
    size_t n_tensors;
    nu_st_tensor *tensors; /* sorted by name */
    json_t *metadata;      /* an object of strings, or NULL */
} nu_st_file;

/* NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA, NUDGE_EMEMORY. Messages of this file do not name the file:
 * the caller, who has its path, puts it in front. */
nudge_status nu_st_open(nu_st_file *file, const char *path, nudge_error *err);
void nu_st_close(nu_st_file *file);

/* Calls take() with the open file; what it says gets the path in front. Statuses of both. */
nudge_status nu_st_use(const char *path, nudge_status (*take)(void *to, const nu_st_file *file,
                                                              nudge_error *err),
                       void *to, nudge_error *err);

/* NULL if it is not there. */
const nu_st_tensor *nu_st_find(const nu_st_file *file, const char *name);
const char *nu_st_metadata(const nu_st_file *file, const char *key);

/* `size` bytes of a tensor from its byte `from` on. NUDGE_EIO, NUDGE_EDATA (the file has become
 * shorter). */
nudge_status nu_st_read(const nu_st_file *file, const nu_st_tensor *tensor, uint64_t from,
                        size_t size, void *out, nudge_error *err);

/* What a file begins with, the length included, for `n` tensors whose bytes follow in this order;
 * begin and end are not looked at. metadata may be NULL. For free(); NULL without memory. */
char *nu_st_header(const nu_st_tensor *tensors, size_t n, json_t *metadata, size_t *size);

#endif
