/* The raw table: columns of a CSV file, or one matrix (images, synthetic rows). */
#ifndef NUDGE_TABLE_TABLE_H
#define NUDGE_TABLE_TABLE_H

#include "core/element.h"
#include "nudge.h"
#include "table/notes.h"

/* Rows of a chunk of a columns table: small enough to stay in cache while it is converted. */
#define NU_CHUNK_BITS 12
#define NU_CHUNK_ROWS ((size_t)1 << NU_CHUNK_BITS)

/* A target of more different numbers is never taken as classes. */
#define NU_NUMERIC_CLASSES 1000

/* Why a column that nobody asked for is not used. */
typedef enum nu_left_out {
    NU_USED,
    NU_ROW_NAMES, /* it has no name, and counts or names the rows */
    NU_COUNTS,    /* each number is the one before and 1 */
    NU_TEXTS,     /* more than 20 texts, on fewer than 2 rows each (mean) */
    NU_CONSTANT,
    NU_EMPTY,
    NU_LEFT_OUTS
} nu_left_out;

/* "counts up by one"; NULL for NU_USED. */
const char *nu_left_out_text(nu_left_out why);

/* Text around the number in each cell of a column: "$", "%", " kg". */
#define NU_AROUND_TEXT 16
typedef struct nu_around {
    char before[NU_AROUND_TEXT], after[NU_AROUND_TEXT];
} nu_around;

static inline int nu_has_around(const nu_around *a)
{
    return a->before[0] != '\0' || a->after[0] != '\0';
}

typedef struct nu_column {
    char *name;
    nudge_column_kind kind; /* NUMBER, CATEGORY or DATE, whose values are days since 1970-01-01 */
    int is_target;
    size_t missing;
    size_t first_missing;  /* row of the first missing cell, valid if missing > 0 */
    double min, max, sum;  /* of a NUMBER column's values */
    char **categories;     /* of a CATEGORY column, sorted by byte value: cells hold their index */
    size_t n_categories;
    size_t place;          /* of a target: among the targets, as they were asked for */
    nu_left_out left_out;  /* no feature, and why */
    int is_kept;           /* text for nudge_table_text() alone: neither feature nor target */
    nu_around around;      /* of a NUMBER column: what was taken off its cells */
    double *values;        /* of a target of at most NU_NUMERIC_CLASSES different numbers: cells
                            * hold the index of one of `categories`, which are the numbers as they
                            * are written, sorted by value; or NULL */
} nu_column;

static inline int nu_column_is_feature(const nu_column *c)
{
    return !c->is_target && !c->is_kept && c->left_out == NU_USED;
}

/* A file in memory; base NULL: none. */
typedef struct nu_mapping {
    void *base;
    size_t size;
} nu_mapping;

/* Frees features: they are in the mapping, or a block of their own. */
void nu_features_free(void *x, nu_mapping map);

struct nudge_table {
    char *source;
    const char *format;
    size_t rows;
    double noise_floor;
    double *weights;      /* rows, >= 0 and not all 0; NULL: none. No column of the table */
    nu_notes notes;       /* on how it was read */
    nudge_dialect dialect;   /* of the text file that it comes from, or zeros */
    uint64_t read_bytes;  /* memory in use when reading ended, the file's bytes included; or 0 */

    /* A columns table (n_columns > 0). Cells are doubles: the number, the index of the category,
     * or NaN for a missing one. chunks[c] is n_columns x nu_chunk_rows(), column-major:
     * nu_cell_at() is where row and column are. */
    size_t n_columns;
    size_t column_room;   /* of a table that grows by columns: so many have room in a chunk */
    nu_column *columns;
    double **chunks;
    size_t n_chunks;
    unsigned halvings;    /* of NU_CHUNK_ROWS; for few rows, as there may be many columns */
    size_t chunk_bytes;   /* chunks are mappings of so many bytes; 0: blocks for free() */

    /* A matrix table (n_columns == 0). Either y or classes holds targets, or neither; or y numbers
     * beyond 2^53, which it rounds, and classes the labels that they have in the file. */
    size_t features;
    nu_element element;
    void *x;              /* rows x features of `element`; */
    nu_mapping map;       /* where they are in, if anywhere */
    size_t pixel_rows, pixel_columns; /* of an image, else 0 */
    size_t outputs;       /* columns of y, or 1 with classes, or 0 */
    void *y;              /* rows x outputs of y_element (never NU_U8) */
    nu_element y_element;
    int32_t *classes;     /* rows */
    size_t n_classes;
    char **class_labels;  /* n_classes */
    double *class_values; /* n_classes numbers in order, where y has them too; or NULL */
    char *target_name;    /* "y" or "label" */
    char **names;         /* of the columns that nudge_table_column() describes: features (an
                           * image is one) and outputs. Made by nu_table_finish() */
    size_t n_names;
};

/* Of a matrix: its targets are classes, not numbers. */
static inline int nu_table_has_classes(const struct nudge_table *t)
{
    return t->classes != NULL && t->class_values == NULL;
}

static inline size_t nu_chunk_rows(const struct nudge_table *t)
{
    return NU_CHUNK_ROWS >> t->halvings;
}

static inline double *nu_cell_at(const struct nudge_table *t, size_t row, size_t column)
{
    unsigned bits = NU_CHUNK_BITS - t->halvings;
    return &t->chunks[row >> bits][(column << bits) + (row & (((size_t)1 << bits) - 1))];
}

static inline double nu_table_cell(const struct nudge_table *t, size_t row, size_t column)
{
    return *nu_cell_at(t, row, column);
}

/* Before it has chunks, of a table of so many rows: one that is no larger than they need. */
static inline void nu_choose_chunks(struct nudge_table *t, size_t rows)
{
    while (nu_chunk_rows(t) > 8 && rows <= nu_chunk_rows(t) / 2)
        t->halvings++;
}

/* Likewise the number that a column of numbers has there. */
static inline double nu_table_number(const struct nudge_table *t, size_t row, size_t column)
{
    double cell = nu_table_cell(t, row, column);
    const double *values = t->columns[column].values;
    return values != NULL && cell >= 0 ? values[(size_t)cell] : cell; /* NaN is missing */
}

/* Ends chunk c, if there still is one. */
void nu_chunk_free(nudge_table *t, size_t c);

/* For NU_SCOPED. */
static inline void nu_table_drop(nudge_table **table)
{
    nudge_table_free(*table);
}

/* Gives a table that was just made the names that it lacks: of a matrix's target ("y", "label"), of
 * its classes ("0", "1", ...), and of the columns that nudge_table_column() describes.
 * NUDGE_EMEMORY. */
nudge_status nu_table_finish(nudge_table *t, nudge_error *err);

/* The shortest decimal number that is read back as v, in the precision of its type; by the locale.
 * With DBL_DIG (FLT_DIG) digits, printf's %g drops the zeros at the end, so that shorter ones need no
 * trial. Returns buf. */
const char *nu_number_text(char buf[NUDGE_CELL_SIZE], double v, nu_element type);

/* The column of that name, looked for from column `hint` on; SIZE_MAX: there is none. */
size_t nu_table_find(const nudge_table *t, const char *name, size_t hint);

/* Name of feature j (from 0) of a matrix: "x1", or of a pixel "p1"; returns text. */
#define NU_NAME_TEXT 24
const char *nu_matrix_name(char text[NU_NAME_TEXT], int pixels, size_t j);

/* Arrays of strings, each with its own memory. Makes one of n >= 0, item(of, i) each (NULL without
 * memory; asked for in this order), into *strings and *count, or changes neither: NUDGE_EMEMORY.
 * `what` as for nu_no_memory(). */
typedef char *nu_string_item(const void *of, size_t i);
nudge_status nu_strings_make(char ***strings, size_t *count, size_t n, nu_string_item *item,
                             const void *of, const char *what, nudge_error *err);
nu_string_item nu_string_copy;   /* of an array of strings */
nu_string_item nu_string_number; /* of nothing: "0", "1", ... */
void nu_strings_free(char **strings, size_t n);

#endif
