/* IDX, the format of MNIST: a magic number that gives type and rank, big-endian 32-bit
 * dimensions, then the elements, big-endian. http://yann.lecun.com/exdb/mnist/ */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/array.h"

#define MAX_RANK 4
#define DIMS_TEXT 64

enum idx_type {
    IDX_U8 = 0x08,
    IDX_I8 = 0x09,
    IDX_I16 = 0x0B,
    IDX_I32 = 0x0C,
    IDX_F32 = 0x0D,
    IDX_F64 = 0x0E
};

typedef struct idx {
    unsigned type;
    unsigned rank;
    size_t dim[MAX_RANK];
    size_t width;             /* elements per item: the product of dim[1 ..] */
    size_t header;            /* bytes before the elements */
    size_t element;           /* bytes of one */
    const unsigned char *data;
} idx;

static size_t element_bytes(unsigned type)
{
    switch (type) {
    case IDX_U8: case IDX_I8: return 1;
    case IDX_I16: return 2;
    case IDX_I32: case IDX_F32: return 4;
    case IDX_F64: return 8;
    default: return 0;
    }
}

int nu_idx_looks_like(const unsigned char *bytes, size_t size)
{
    return size >= 4 && bytes[0] == 0 && bytes[1] == 0 && element_bytes(bytes[2]) > 0 &&
           bytes[3] >= 1 && bytes[3] <= MAX_RANK;
}

static uint32_t big_endian_32(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* "10 images of 28x28", "10 labels". */
static const char *dims_text(char text[DIMS_TEXT], const idx *f)
{
    int n = snprintf(text, DIMS_TEXT, "%zu %s", f->dim[0],
                     f->rank == 1 ? "values" : f->rank == 2 ? "rows of " : "images of ");
    for (unsigned k = 1; k < f->rank; k++)
        n += snprintf(text + n, (size_t)(DIMS_TEXT - n), k > 1 ? "x%zu" : "%zu", f->dim[k]);
    return text;
}

/* Checks that the file holds exactly what its header says. */
static nudge_status read_header(idx *f, const char *source, const unsigned char *bytes,
                                size_t size, nudge_error *err)
{
    if (size < 4)
        return nu_fail(err, NUDGE_EDATA, "%s: not an IDX file: %zu bytes, too few for a header",
                       source, size);
    if (!nu_idx_looks_like(bytes, size))
        return nu_fail(err, NUDGE_EDATA,
                       "%s: wrong magic number 0x%08" PRIx32 "; an IDX file begins with 0x00000801 "
                       "(labels) or 0x00000803 (images)",
                       source, big_endian_32(bytes));
    *f = (idx){.type = bytes[2], .rank = bytes[3], .width = 1};
    f->element = element_bytes(f->type);
    f->header = 4 + 4 * (size_t)f->rank;
    if (size < f->header)
        return nu_fail(err, NUDGE_EDATA,
                       "%s: cut short: an IDX header of rank %u has %zu bytes, the file %zu",
                       source, f->rank, f->header, size);
    int fits = 1;
    for (unsigned k = 0; k < f->rank; k++) {
        f->dim[k] = big_endian_32(bytes + 4 + 4 * k);
        if (f->dim[k] == 0)
            return nu_fail(err, NUDGE_EDATA, "%s: dimension %u of %u is 0: the file holds no data",
                           source, k + 1, f->rank);
        if (k > 0)
            fits &= nu_mul(f->width, f->dim[k], &f->width);
    }
    size_t need, have = size - f->header;
    char text[DIMS_TEXT];
    dims_text(text, f);
    if (!fits || !nu_mul(f->width, f->dim[0], &need) || !nu_mul(need, f->element, &need))
        return nu_fail(err, NUDGE_EDATA, "%s: header says %s, more bytes than can be counted",
                       source, text);
    if (have != need)
        return nu_fail(err, NUDGE_EDATA, "%s: %s: header says %s (%zu bytes), %zu bytes follow",
                       source, have < need ? "cut short" : "too long", text, need, have);
    f->data = bytes + f->header;
    return NUDGE_OK;
}

/* Element i as a double, which holds every one of the types exactly. */
static double element_at(const idx *f, size_t i)
{
    const unsigned char *b = f->data + i * f->element;
    switch (f->type) {
    case IDX_U8: return b[0];
    case IDX_I8: return (int8_t)b[0];
    case IDX_I16: return (int16_t)(b[0] << 8 | b[1]);
    case IDX_I32: return (int32_t)big_endian_32(b);
    case IDX_F32: {
        uint32_t bits = big_endian_32(b);
        float value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    default: {
        uint64_t bits = (uint64_t)big_endian_32(b) << 32 | big_endian_32(b + 4);
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    }
}

/* ---- Labels ---------------------------------------------------------------------------- */

static nudge_status read_classes(nudge_table *t, const idx *f, const char *path, nudge_error *err)
{
    t->classes = nu_alloc(f->dim[0], sizeof *t->classes);
    if (t->classes == NULL)
        return nu_no_memory(err, f->dim[0] * sizeof *t->classes, "labels");
    for (size_t i = 0; i < f->dim[0]; i++) {
        int32_t label = (int32_t)element_at(f, i);
        if (label < 0 || label >= NU_MOST_CLASSES)
            return nu_fail(err, NUDGE_EDATA,
                           "%s: label %zu is %" PRId32 "; labels are class numbers from 0 to %d",
                           path, i + 1, label, NU_MOST_CLASSES - 1);
        t->classes[i] = label;
        if ((size_t)label >= t->n_classes)
            t->n_classes = (size_t)label + 1;
    }
    return NUDGE_OK;
}

nudge_status nu_idx_labels(nudge_table *t, const unsigned char *bytes, size_t size,
                           const char *path, const char *source, nudge_error *err)
{
    idx f;
    NU_TRY(read_header(&f, path, bytes, size, err));
    if (f.rank != 1)
        return nu_fail(err, NUDGE_EDATA, "%s: an IDX file of rank %u; labels are of rank 1%s", path,
                       f.rank, f.rank == 3 ? " (are these the images?)" : "");
    if (f.type != IDX_U8 && f.type != IDX_I32)
        return nu_fail(err, NUDGE_EDATA,
                       "%s: labels of IDX type 0x%02x; they must be 0x08 (bytes) or 0x0c (32-bit "
                       "integers)",
                       path, f.type);
    if (f.dim[0] != t->rows)
        return nu_fail(err, NUDGE_EDATA, "%s has %zu labels, but %s has %zu images", path, f.dim[0],
                       source, t->rows);
    NU_TRY(read_classes(t, &f, path, err));
    t->outputs = 1;
    t->target_name = strdup("label");
    if (t->target_name == NULL)
        return nu_no_memory(err, sizeof "label", "a name");
    return nu_table_number_classes(t, err);
}

/* ---- Features -------------------------------------------------------------------------- */

/* Numbers other than bytes become a matrix of the smallest float type that holds them. */
static nudge_status convert(nudge_table *t, const idx *f, const char *source, nudge_error *err)
{
    t->element = f->type == IDX_I32 || f->type == IDX_F64 ? NU_F64 : NU_F32;
    size_t count = t->rows * t->features, bytes;
    if (!nu_mul(count, nu_element_size(t->element), &bytes))
        return nu_no_memory(err, SIZE_MAX, source);
    NU_TRY(nu_memory_check(bytes, source, err));
    t->x = nu_alloc(count, nu_element_size(t->element));
    if (t->x == NULL)
        return nu_no_memory(err, bytes, source);
    for (size_t i = 0; i < count; i++) {
        double value = element_at(f, i);
        if (!isfinite(value))
            return nu_fail(err, NUDGE_EDATA, "%s: value %zu of row %zu is %s; it must be finite",
                           source, i % t->features + 1, i / t->features + 1,
                           isnan(value) ? "NaN" : "infinite");
        if (t->element == NU_F64)
            ((double *)t->x)[i] = value;
        else
            ((float *)t->x)[i] = (float)value;
    }
    return NUDGE_OK;
}

/* The file's own block becomes the pixels: they are the bulk of the memory, and are kept once. */
static void keep_bytes(nudge_table *t, const idx *f, unsigned char **bytes)
{
    size_t count = t->rows * t->features;
    t->element = NU_U8;
    t->pixel_rows = f->rank == 2 ? 1 : f->dim[1];
    t->pixel_columns = t->features / t->pixel_rows; /* channels count as columns */
    memmove(*bytes, f->data, count);
    void *smaller = realloc(*bytes, count);
    t->x = smaller != NULL ? smaller : *bytes;
    *bytes = NULL;
}

static nudge_status read_table(nudge_table *t, const char *source, unsigned char **bytes,
                               size_t size, const nudge_read_options *options, nudge_error *err)
{
    idx f;
    NU_TRY(read_header(&f, source, *bytes, size, err));
    if (f.rank == 1)
        return nu_fail(err, NUDGE_EDATA,
                       "%s: an IDX file of rank 1, which is labels: give it with --labels, and the "
                       "file of the images with --data", source);
    t->rows = f.dim[0];
    t->features = f.width;
    t->source = strdup(source);
    if (t->source == NULL)
        return nu_no_memory(err, strlen(source), "a name");
    if (options->labels != NULL)
        NU_TRY(nu_labels_read(t, options->labels, source, err));
    if (f.type != IDX_U8)
        return convert(t, &f, source, err);
    keep_bytes(t, &f, bytes);
    return NUDGE_OK;
}

nudge_status nu_idx_read(nudge_table **table, const char *source, unsigned char **bytes,
                         size_t size, const nudge_read_options *options, nudge_error *err)
{
    nudge_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return nu_no_memory(err, sizeof *t, "a table");
    t->format = "idx";
    t->noise_floor = NAN;
    nudge_status status = read_table(t, source, bytes, size, options, err);
    if (status != NUDGE_OK) {
        nudge_table_free(t);
        return status;
    }
    *table = t;
    return NUDGE_OK;
}
