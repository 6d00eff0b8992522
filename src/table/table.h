/* The raw table: columns of a CSV file, or one matrix (images, synthetic rows). */
#ifndef NUDGE_TABLE_TABLE_H
#define NUDGE_TABLE_TABLE_H

#include "nudge.h"

/* Rows of a chunk of a columns table: small enough to stay in cache while it is converted. */
#define NU_CHUNK_ROWS 4096

typedef enum nu_element { NU_U8, NU_F32, NU_F64 } nu_element;

typedef struct nu_column {
    char *name;
    nudge_column_kind kind; /* NUMBER or CATEGORY */
    int is_target;
    size_t missing;
    size_t first_missing;  /* row of the first missing cell, valid if missing > 0 */
    double min, max, sum;  /* of a NUMBER column's values */
    char **categories;     /* of a CATEGORY column, sorted by byte value: cells hold their index */
    size_t n_categories;
} nu_column;

struct nudge_table {
    char *source;
    const char *format;
    size_t rows;
    double noise_floor;
    uint64_t read_bytes;  /* memory in use when reading ended, the file's bytes included; or 0 */

    /* A columns table (n_columns > 0). Cells are doubles: the number, the index of the category,
     * or NaN for a missing one. chunks[c] is n_columns x NU_CHUNK_ROWS, column-major, so that the
     * cell of row r and column j is
     * chunks[r / NU_CHUNK_ROWS][j * NU_CHUNK_ROWS + r % NU_CHUNK_ROWS]. */
    size_t n_columns;
    nu_column *columns;
    double **chunks;
    size_t n_chunks;

    /* A matrix table (n_columns == 0). Either y or classes holds targets, or neither. */
    size_t features;
    nu_element element;
    void *x;              /* rows x features of `element` */
    size_t pixel_rows, pixel_columns; /* of an image, else 0 */
    size_t outputs;       /* columns of y, or 1 with classes, or 0 */
    void *y;              /* rows x outputs of y_element (never NU_U8) */
    nu_element y_element;
    int32_t *classes;     /* rows */
    size_t n_classes;
    char **class_labels;  /* n_classes */
    char **feature_names; /* features, or NULL: x1, x2, ... (pixels: p1, p2, ...) */
    char *target_name;    /* "y" or "label" */
    char **names;         /* of the columns that nudge_table_column() describes: features (an
                           * image is one) and outputs. Made by nudge_table_read() */
    size_t n_names;
};

static inline double nu_table_cell(const struct nudge_table *t, size_t row, size_t column)
{
    return t->chunks[row / NU_CHUNK_ROWS][column * NU_CHUNK_ROWS + row % NU_CHUNK_ROWS];
}

static inline size_t nu_element_size(nu_element e)
{
    return e == NU_U8 ? 1 : e == NU_F32 ? sizeof(float) : sizeof(double);
}

/* Labels "0", "1", ... for a matrix table's n_classes classes. NUDGE_EMEMORY. */
nudge_status nu_table_number_classes(nudge_table *t, nudge_error *err);

/* Readers, one per format. The bytes are a whole file, decompressed; `source` is its name. */
nudge_status nu_csv_read(nudge_table **table, const char *source, const char *bytes, size_t size,
                         const nudge_read_options *options, nudge_error *err);
nudge_status nu_idx_read(nudge_table **table, const char *source, unsigned char **bytes,
                         size_t size, const nudge_read_options *options, nudge_error *err);
nudge_status nu_synth_read(nudge_table **table, const char *spec,
                           const nudge_read_options *options, nudge_error *err);

/* 1 if the bytes begin as an IDX file does: two zero bytes, a type that IDX has (0x08 bytes, 0x09,
 * 0x0B, 0x0C integers, 0x0D, 0x0E floating point), and a rank of 1 to 4. */
int nu_idx_looks_like(const unsigned char *bytes, size_t size);

#endif
