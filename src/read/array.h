/* Arrays in files (an NPY or IDX file's, a tensor), read straight into a table. */
#ifndef NUDGE_READ_ARRAY_H
#define NUDGE_READ_ARRAY_H

#include <stdint.h>

#include "core/element.h"
#include "read/source.h"
#include "table/table.h"

#define NU_ARRAY_RANK 4
#define NU_MOST_CLASSES 65536 /* a label above is no class number, and would need as many outputs */

typedef enum nu_array_type {
    NU_A_F32,
    NU_A_F64,
    NU_A_U8,
    NU_A_I8,
    NU_A_I16,
    NU_A_I32,
    NU_A_U16,
    NU_A_U32,
    NU_A_I64,
    NU_A_U64,
    NU_A_F16,
    NU_A_BF16,
    NU_A_BOOL,
    NU_A_UTF32, /* texts of characters of 4 bytes, */
    NU_A_BYTES, /* and of 1 byte; NPY alone has them */
    NU_A_TYPES
} nu_array_type;

extern const struct nu_array_kind {
    size_t size;              /* bytes of an element; of a text's character */
    const char *npy, *tensor; /* what the type is called, "f4", "F32"; "": it is not there */
    unsigned char idx;        /* likewise in IDX files; 0: it is not there */
    nu_element element;       /* what features of it become: the smallest that holds them */
    int whole;
} nu_array_kinds[NU_A_TYPES];

/* An array whose header has been checked: all its bytes are there. */
typedef struct nu_array {
    const char *name;           /* for messages: "x.npy", "d.safetensors: tensor x" */
    nu_array_type type;
    int big_endian;
    size_t characters;          /* of an element that is a text, NULs behind it included; or 0 */
    int by_columns;             /* the first dimension runs fastest (Fortran), not the last */
    size_t rank;                /* from 1 to NU_ARRAY_RANK */
    size_t dim[NU_ARRAY_RANK];  /* none is 0 */
    size_t width;               /* elements of a row: the product of dim[1 ..] */
    nu_source *source;
    uint64_t at;                /* where in it the elements begin */
} nu_array;

static inline int nu_array_has_texts(const nu_array *a)
{
    return a->type == NU_A_UTF32 || a->type == NU_A_BYTES;
}

/* Takes the shape; the array must fill `have` bytes exactly. NUDGE_EDATA. */
nudge_status nu_array_shape(nu_array *a, const uint64_t *dim, size_t rank, uint64_t have,
                            nudge_error *err);

/* Reads features: sets rows, features, element, pixel_* and x. Bytes are pixels, of images where
 * the rank is 3 or 4 (channels count as columns). On all cores; the array is in memory once (bytes
 * in memory are taken over). NUDGE_EDATA (NaN or infinity, with row and column), NUDGE_EIO,
 * NUDGE_EMEMORY. */
nudge_status nu_array_read_features(nudge_table *t, const nu_array *a, nudge_error *err);

/* Reads targets for each of t->rows rows, numbers in one or more columns, or classes from texts
 * (array_texts.c). As above. */
nudge_status nu_array_read_targets(nudge_table *t, const nu_array *a, nudge_error *err);

/* Its parts: whether the shape is that of targets; numbers. */
nudge_status nu_array_check_targets(const nudge_table *t, const nu_array *a, nudge_error *err);
nudge_status nu_array_read_numbers(nudge_table *t, const nu_array *a, nudge_error *err);

/* After numbers: whole ones of which some are beyond 2^53, where doubles are rounded, and which
 * could be classes, are kept as labels, too (array_labels.c). NUDGE_EIO, NUDGE_EMEMORY. */
nudge_status nu_array_keep_labels(nudge_table *t, const nu_array *a, nudge_error *err);

/* Likewise the number of a class, below NU_MOST_CLASSES, where a file says that they are these. */
nudge_status nu_array_read_classes(nudge_table *t, const nu_array *a, nudge_error *err);

/* Reads a weight for each of t->rows rows: a number from 0, not all of them 0. As above. */
nudge_status nu_array_read_weights(nudge_table *t, const nu_array *a, nudge_error *err);

/* What nu_array_read_features() sets but x. */
void nu_array_describe_features(nudge_table *t, const nu_array *a);

/* The first of n values that is NaN or infinite, or n. */
size_t nu_array_first_bad(const void *values, nu_element type, size_t n);

/* Value `at` is not finite, as a message: NUDGE_EDATA. */
nudge_status nu_array_not_finite(const nu_array *a, size_t at, double value, nudge_error *err);

#endif
