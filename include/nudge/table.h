/* Tables: raw rows, read from files or made by a generator.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_TABLE_H
#define NUDGE_TABLE_H

#include "base.h"

NUDGE_BEGIN

typedef struct nudge_table nudge_table;
typedef struct nudge_prep nudge_prep; /* see dataset.h */

typedef struct nudge_read_options {
    size_t size;           /* of this structure: see nudge.h */
    const nudge_prep *like; /* CSV: a model's preprocessing. Its columns, their kinds and its
                             * target (if the file has it) are taken instead of found out, other
                             * columns are skipped, and target, features, ignore, category,
                             * number, missing and thousands are not used */
    const char *target;    /* CSV: the target column; or several (several outputs, in the order in
                            * which they are named: numbers, or labels of 0 and 1, which are
                            * independent); NULL: no target. Columns are named in a list with
                            * commas: by name; by name in double quotes; by position from 1, N, N-M
                            * or N-; by a pattern with *, ? or [...]. Names go before the others */
    const char *labels;    /* IDX, NPY, safetensors without y: path of the file of labels, IDX or
                            * NPY; NULL: none */
    const char *weight;    /* CSV: name of the column with the weights of rows, which is no feature;
                            * IDX, NPY, safetensors: path of a file with one for each row, IDX or
                            * NPY; NULL: none. Numbers from 0, one at least above. Not written by
                            * nudge_table_write() */
    const char *ignore;    /* CSV: columns to leave out; or NULL */
    const char *category;  /* CSV: columns to take as categories, whatever they hold; or NULL */
    int header;            /* CSV: 1 the first row holds names, 0 it does not (columns are then
                            * c1, c2, ...), -1 find out */
    char delimiter;        /* CSV: between cells; ' ' for runs of blanks and tabs; 0: find out */
    char decimal;          /* CSV: of numbers, '.' or ','; 0: find out */
    const char *encoding;  /* CSV: as iconv has it, such as "latin1"; a byte order mark goes before
                            * it. NULL: UTF-8 */
    size_t skip_rows;      /* CSV: lines to leave out at the beginning, */
    size_t skip_after_header; /* and below the header; SIZE_MAX: as many as in the data of `like`,
                            * with a note, or none */
    int stream;            /* NPY, safetensors: 1: the features stay in their file, which must not
                            * change meanwhile, and are read batch by batch: little-endian F32, F64
                            * or U8, row by row, not compressed. Same results as in memory. 0: only
                            * if memory has no room for them */
    nudge_dtype dtype;     /* synthetic data: element type */
    uint64_t seed;         /* synthetic data: used where the spec has no seed= of its own */
    int threads;           /* to read CSV and to generate synthetic data with; 0, or more than
                            * there are: all cores */
    const char *features;  /* CSV: the columns that are features, and no others; or NULL: all but
                            * the target and those that the reader leaves out, with a note: which
                            * count or name the rows, hold one value only, or texts that are
                            * different in most rows. One that this, category or number names is
                            * not left out */
    const char *number;    /* CSV: columns to take as numbers, with the same text before and behind
                            * each taken off: "$", " kg"; or NULL */
    const char *missing;   /* CSV: what stands for a missing value, texts separated by commas, each
                            * in double quotes where it has a comma: instead of nothing and pandas'
                            * list (NA, N/A, n/a, NaN, null, None, ...) and ?; "": only nothing.
                            * NULL: that list */
    const char *keep;      /* CSV: columns to keep as text, too, for nudge_table_text(); or NULL */
    char thousands;        /* CSV: between the thousands of numbers, as "," in 1,234; 0: none */
    int without_target;    /* 1: with `like`, the target is not read, whatever stands there */
} nudge_read_options;

/* header -1, skip_rows and skip_after_header SIZE_MAX, dtype NUDGE_F32, seed 1, everything else
 * NULL or 0. */
NUDGE_GIVES(nudge_read_options, nudge_read_defaults, it.size = sizeof it;)

/* Reads `spec`: "synth:NAME,key=value,..." (see nudge_synth_list() for the names), or a path; "-"
 * is standard input. gzip, bzip2, xz, zstd and the format are found from the content: NPY, NPZ and
 * IDX by their magic numbers, safetensors by its header, otherwise CSV; a damaged beginning is
 * forgiven where the name ends in .npy or .safetensors: the message is then about that format.
 * "FILE.zip:NAME" is a file in a zip archive, whose only file needs no name. A pattern of glob(7),
 * "part-*.csv", is all CSV files that fit, in the order of their names' bytes, unless a file has
 * that very name; the first tells how all are written and which columns they must have.
 *
 * CSV: RFC 4180 with any line ends and any delimiter of cells. What is not said in the options is
 * found out where it can be told, with a note (nudge_table_notes()): the delimiter, a decimal
 * comma, the header, Excel's first line "sep=;", lines that begin with '#' above the table, rows
 * of empty cells, columns of the same name, which then have .1, .2, ... behind it. A column is
 * numbers, dates (ISO 8601) or texts, which are categories; a cell of another kind is an error that
 * names it, and so are texts that are numbers with something around them. Rows without a target
 * are left out, with a note. nudge_column_info.left_out has the columns that are no features.
 *
 * NPY (versions 1.0, 2.0, 3.0): features are floats (of 2, 4 or 8 bytes), whole numbers or bool, of
 * shape (rows, features), (rows,) or (rows, height, width[, channels]); uint8 are pixels, as in
 * IDX, others become float32 or float64, whichever holds them. Labels: texts, which are classes, or
 * numbers of shape (rows,) or (rows, outputs), of which nudge_task says what they are. NPZ: arrays
 * x and, if it is there, y; "FILE.npz:NAME" is one array. safetensors (never compressed): tensor x
 * is the features, and y, if it is there, the targets. Types and shapes as above. All are read
 * straight into the table, on all cores.
 *
 * LIBSVM (a target and INDEX:VALUE pairs in a line; also SVMlight's) and FANN's training files:
 * numbers, known by their first lines or by names that end in .svm, .libsvm and .fann. ARFF:
 * columns as in CSV, of the kinds that are declared; the options that choose columns, and encoding,
 * hold for it.
 *
 * NUDGE_EARGUMENT (bad synthetic spec, unknown column named), NUDGE_EOPEN, NUDGE_EIO,
 * NUDGE_EDATA, NUDGE_EMEMORY. options may be NULL for the defaults. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_read(nudge_table **table, const char *spec,
                                                      const nudge_read_options *options,
                                                      nudge_error *err);
NUDGE_API void nudge_table_free(nudge_table *table);

/* A table of a program's own rows, as from a file: made without columns, which are added one by
 * one. numbers: `rows` of them, NaN for a missing one. texts: `rows` of them, NULL for a missing
 * one; they become a category column. All are copied. A target is a column that was added; call it
 * again for several. Nothing is inferred: a column is what it was added as.
 * NUDGE_EARGUMENT (no rows or more than UINT32_MAX; no name, or one that is there already; no such
 * column), NUDGE_EDATA (an infinite number), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_create(nudge_table **table, size_t rows,
                                                        nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_add_numbers(nudge_table *table, const char *name,
                                                             const double *numbers,
                                                             nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_add_texts(nudge_table *table, const char *name,
                                                           const char *const *texts,
                                                           nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_set_target(nudge_table *table, const char *name,
                                                            nudge_error *err);

typedef enum nudge_column_kind {
    NUDGE_COLUMN_NUMBER,
    NUDGE_COLUMN_CATEGORY,
    NUDGE_COLUMN_PIXELS, /* one entry for all bytes of an image */
    NUDGE_COLUMN_DATE    /* numbers: days since 1970-01-01 */
} nudge_column_kind;

/* "number", "category", "pixels", "date", as the names of base.h. */
NUDGE_API const char *nudge_column_kind_name(nudge_column_kind v);
NUDGE_API NUDGE_CHECKED nudge_status nudge_column_kind_parse(nudge_column_kind *v, const char *name,
                                                             nudge_error *err);

typedef struct nudge_column_info {
    const char *name;       /* belongs to the table */
    nudge_column_kind kind;
    int is_target;
    size_t missing;         /* cells without a value */
    size_t categories;      /* different values of a category column, else 0 */
    size_t width;           /* values per row: 1, or the pixels of an image */
    double min, max, mean;  /* over the cells that have a value; 0 for categories */
    const char *left_out;   /* why it is no feature: "counts the rows", ...; constant text. NULL: it
                             * is one, or the target, or kept */
    int is_kept;            /* nudge_read_options.keep asked for it: text */
} nudge_column_info;

typedef struct nudge_table_info {
    const char *source;   /* the spec it was read from; belongs to the table */
    const char *format;   /* "csv", "idx", "npy", "npz", "safetensors", "libsvm", "fann", "memory",
                           * "arff" or "synth", constant text */
    size_t rows;
    size_t columns;       /* described by nudge_table_column(), targets included */
    uint64_t bytes;       /* memory the table holds: added up anew by each call, over all columns
                           * and categories */
    double noise_floor;   /* synthetic data: the lowest expected loss any model can reach (mean
                           * squared error for a numeric target, cross-entropy in nats for
                           * classes); NaN where it is not known */
} nudge_table_info;

NUDGE_TELLS(nudge_table_info, nudge_table_describe, , (table), const nudge_table *table)

/* How a text file is written: what was said or found out when it was read. Kept with what is
 * learned from it, so that others are read alike. */
#define NUDGE_ENCODING_SIZE 32
#define NUDGE_MISSING_SIZE 256
typedef struct nudge_dialect {
    char delimiter, decimal;            /* as in nudge_read_options, but never 0 */
    char encoding[NUDGE_ENCODING_SIZE]; /* likewise; "": UTF-8, or what the file begins with says */
    size_t skip_rows, skip_after_header;
    int zero_based;                     /* LIBSVM: the first feature has index 0, not 1 */
    char thousands;                     /* as in nudge_read_options */
    int has_missing;                    /* 1: `missing` is as there; 0: the usual ones */
    char missing[NUDGE_MISSING_SIZE];
} nudge_dialect;

/* Of the file that a table was read from; belongs to the table. NULL: it was no CSV file. */
NUDGE_API const nudge_dialect *nudge_table_dialect(const nudge_table *table);

/* One thing that was not said but found out, or left out, while data was read: a line for a
 * person. */
typedef struct nudge_note {
    const char *source;  /* the spec of the data */
    const char *text;    /* without a line end */
    const char *setting; /* what decides otherwise, by its name in a structure of options, such as
                          * "header"; constant text. NULL: none in particular */
} nudge_note;

/* All notes on a table, *n of them, in the order in which they came; they belong to the table. */
NUDGE_API const nudge_note *nudge_table_notes(const nudge_table *table, size_t *n);

/* Column j < columns. */
NUDGE_TELLS(nudge_column_info, nudge_table_column, , (table, j), const nudge_table *table, size_t j)

/* The cell in a row (below rows) of column j as text: a category, a cell that is kept, a number
 * (the shortest that is read back exactly), a date. It belongs to the table, or is in buf. NULL: it
 * has no value, or is an image. */
#define NUDGE_CELL_SIZE 40
NUDGE_API const char *nudge_table_text(const nudge_table *table, size_t row, size_t j,
                                       char buf[NUDGE_CELL_SIZE]);

/* Category k < categories of column j; belongs to the table. */
NUDGE_API const char *nudge_table_category(const nudge_table *table, size_t j, size_t k);

/* Writes all rows as a file that nudge_table_read() reads back to the same values: ".csv"
 * (shortest decimal numbers that read back exactly) or ".csv.gz", target included; ".safetensors",
 * tensors x and y; ".npy", the features alone, because such a file holds one array. A table of
 * named columns is written as CSV or, with its kinds, labels and dialect, as safetensors, but for
 * columns that are left out or kept; the target is then the one of the file that is read, unless
 * the options say otherwise. CSV has no kinds: a column of categories that look like numbers has to
 * be named in nudge_read_options.category. Atomic: the path holds either the whole new file or what
 * was there before.
 * NUDGE_EARGUMENT (another ending; named columns as NPY), NUDGE_EDATA (all columns are left out; a
 * text with a byte that no CSV file holds), NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_write(const nudge_table *table, const char *path,
                                                       nudge_error *err);

/* Writes the targets of a table that is no CSV table as an ".npy" file, for
 * nudge_read_options.labels: class numbers as int32, others as they are. Atomic.
 * NUDGE_EARGUMENT (another ending, no targets, a CSV table), NUDGE_EOPEN, NUDGE_EIO,
 * NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_write_targets(const nudge_table *table,
                                                               const char *path,
                                                               nudge_error *err);

/* 1 if the file at `path` is to be read as a model: a safetensors file, by its content or its
 * ending, that says so or has no tensor x. 0: as data. Whether it can be read is not asked. */
NUDGE_API int nudge_file_is_model(const char *path);

/* One synthetic generator: its name, its parameters and a line about it; constant texts. */
typedef struct nudge_synth_info {
    const char *name;     /* "teacher" */
    const char *params;   /* "rows=N,features=32,hidden=64,noise=0.1,seed=1" with the defaults */
    const char *about;
} nudge_synth_info;

/* Generator i, or NULL when there are no more. */
NUDGE_API const nudge_synth_info *nudge_synth_list(size_t i);

/* How far nudge_synth_write() is. */
typedef struct nudge_write_progress {
    uint64_t rows, all_rows;  /* written, and to be written */
    double seconds;           /* since the call */
} nudge_write_progress;

typedef struct nudge_write_options {
    size_t size;              /* of this structure: see nudge.h */
    nudge_dtype dtype;        /* of numbers; classes are int32 in NPY and safetensors files */
    uint64_t seed;            /* used where the spec has no seed= of its own */
    int threads;              /* 0: all cores, and so is a larger number than they are */
    const char *labels;       /* ".npy": path of the file of targets, also ".npy"; otherwise NULL */
    /* Called on the calling thread about every progress_seconds, more often where that is 0; may
     * be NULL. Non-zero stops. */
    int (*on_progress)(const nudge_write_progress *now, void *user);
    double progress_seconds;
    void *user;
} nudge_write_options;

/* f32, seed 1, progress_seconds 0.2, everything else NULL or 0. */
NUDGE_GIVES(nudge_write_options, nudge_write_defaults, it.size = sizeof it;)

/* What was written. */
typedef struct nudge_written {
    uint64_t rows, features;
    uint64_t targets;         /* values or class numbers per row */
    uint64_t bytes;           /* of the files */
    double seconds;           /* generating, writing, syncing */
} nudge_written;

/* Writes the rows that nudge_table_read() makes of "synth:NAME,key=value,...", to the bit, whatever
 * the number of threads, in blocks: files may be larger than memory. ".npy" and ".safetensors"
 * (format as in nudge_table_read()) are written by all threads at once, ".csv" and ".csv.gz" from
 * beginning to end. Atomic: each path holds either the whole new file or what was there
 * before; after a failure or a stop nothing is left behind. Devices are written directly, pipes
 * refused (but for CSV). *written and options may be NULL.
 * NUDGE_EARGUMENT (a bad spec; another ending; labels missing, not wanted, not ".npy" or the same
 * path), NUDGE_EOPEN, NUDGE_EIO (no space, which is also asked for before), NUDGE_EMEMORY,
 * NUDGE_ESTOPPED. */
NUDGE_FILLS(nudge_synth_write, written, (written, spec, path, options, err), nudge_written *written,
            const char *spec, const char *path, const nudge_write_options *options,
            nudge_error *err)

/* What "synth:NAME,key=value,..." would make, without making it. */
typedef struct nudge_synth_shape {
    size_t rows, features;
    size_t classes; /* 0: a numeric target */
} nudge_synth_shape;

/* NUDGE_EARGUMENT as nudge_table_read(), NUDGE_EMEMORY. */
NUDGE_FILLS(nudge_synth_measure, shape, (shape, spec, err), nudge_synth_shape *shape,
            const char *spec, nudge_error *err)

NUDGE_END

#endif
