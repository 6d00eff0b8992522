/* nudge: trains multilayer perceptrons on CPUs.
 *
 * This is the whole public interface. Three nouns:
 *
 *   nudge_table    raw rows: a CSV, IDX, NPY or safetensors file, or a synthetic generator's
 *                  output
 *   nudge_dataset  the same rows packed for training: numbers only, imputed, encoded, scaled
 *   nudge_model    a network with its weights and the preprocessing that its inputs need
 *
 * Intended usage:
 *
 *   1. nudge_data_load() reads, splits and packs data (or nudge_dataset_from_arrays()).
 *   2. nudge_model_create() makes a network for it.
 *   3. nudge_train() changes the weights; nudge_evaluate() and nudge_predict() use them.
 *   4. nudge_model_save() and nudge_model_load() keep them in a safetensors file.
 *
 * Conventions:
 *   - Functions that can fail return a nudge_status and, through their last argument (which may
 *     be NULL), a message of one line for a person. On failure no output argument is changed.
 *   - Objects made by *_create, *_load, *_read, ... belong to the caller, who frees them with the
 *     matching *_free. Every *_free accepts NULL.
 *   - Matrices are row-major; a sample is a row. Weights are out x in, as in PyTorch's nn.Linear.
 *   - The library never prints and never exits. It keeps no state of its own between calls, so
 *     several models can be trained in one process, also at the same time from several threads,
 *     each with objects of its own. The one thing it sets for the whole process is OpenBLAS's
 *     thread count, to 1, because the parallelism here is OpenMP's.
 */
#ifndef NUDGE_H
#define NUDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NUDGE_API __attribute__((visibility("default")))
#define NUDGE_CHECKED __attribute__((warn_unused_result))
#else
#define NUDGE_API
#define NUDGE_CHECKED
#endif

/* The version of the library that runs, such as "0.1.0". */
NUDGE_API const char *nudge_version(void);

/* ---- Status ---------------------------------------------------------------------------- */

typedef enum nudge_status {
    /* It worked. */
    NUDGE_OK = 0,

    /* A value that the caller passed is out of range, or two of them contradict each other. */
    NUDGE_EARGUMENT,

    /* A file or array holds something that it must not: a ragged row, a wrong magic number,
     * a NaN, a header that lies. The message names the file and the place. */
    NUDGE_EDATA,

    /* Model and data do not fit: other columns, other shapes, other classes. */
    NUDGE_EMISMATCH,

    /* A file that the caller named cannot be opened or created. */
    NUDGE_EOPEN,

    /* The system failed to read, write, sync or rename a file that was open. */
    NUDGE_EIO,

    /* More memory is needed than there is. The message says how much of each. */
    NUDGE_EMEMORY,

    /* The training loss became infinite or NaN. */
    NUDGE_EDIVERGED,

    /* A callback asked to stop. */
    NUDGE_ESTOPPED
} nudge_status;

#define NUDGE_ERROR_SIZE 1024

/* What went wrong, for a person: one line, without a line end. Written by failures only. */
typedef struct nudge_error {
    nudge_status status;
    char text[NUDGE_ERROR_SIZE];
} nudge_error;

/* A short constant text for a status, such as "bad data". */
NUDGE_API const char *nudge_status_text(nudge_status status);

/* ---- Choices by name ------------------------------------------------------------------- */

/* Element type of weights, activations and gradients. */
typedef enum nudge_dtype { NUDGE_F32, NUDGE_F64 } nudge_dtype;

/* PyTorch's definitions with their default parameters: leaky-relu slope 0.01, elu alpha 1,
 * softplus beta 1 and threshold 20, gelu the exact one with erf.
 * https://pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity */
typedef enum nudge_activation {
    NUDGE_IDENTITY,
    NUDGE_RELU,
    NUDGE_LEAKY_RELU,
    NUDGE_ELU,
    NUDGE_TANH,
    NUDGE_SIGMOID,
    NUDGE_SOFTPLUS,
    NUDGE_GELU,
    NUDGE_SILU
} nudge_activation;

/* z is the last layer's output, t the target, d = z - t; B rows, n outputs.
 *   mse            mean over B*n elements of d^2
 *   mae            mean over elements of |d|
 *   huber          mean over elements of d^2/2 where |d| <= delta, else delta*(|d| - delta/2)
 *   cross-entropy  mean over rows of log(sum_k exp(z_k)) - z_t, t the class (softmax + NLL)
 *   bce            mean over elements of log(1 + exp(z)) - t*z, t in [0, 1] (sigmoid + BCE)
 *   poisson        mean over elements of exp(z) - t*z, t >= 0 (log link)
 * As PyTorch's MSELoss, L1Loss, HuberLoss, CrossEntropyLoss, BCEWithLogitsLoss and
 * PoissonNLLLoss: https://pytorch.org/docs/stable/nn.html#loss-functions
 * auto: cross-entropy for a target of classes, bce for a numeric target of zeros and ones only,
 * mse for any other numeric target. */
typedef enum nudge_loss {
    NUDGE_LOSS_AUTO,
    NUDGE_MSE,
    NUDGE_MAE,
    NUDGE_HUBER,
    NUDGE_CROSS_ENTROPY,
    NUDGE_BCE,
    NUDGE_POISSON
} nudge_loss;

/* As in torch.optim: https://pytorch.org/docs/stable/optim.html#algorithms */
typedef enum nudge_optimizer_kind {
    NUDGE_SGD,
    NUDGE_ADAM,
    NUDGE_ADAMW,
    NUDGE_RMSPROP,
    NUDGE_ADAGRAD
} nudge_optimizer_kind;

/* pytorch: weights and biases uniform in +-1/sqrt(in), nn.Linear's default.
 * he:      weights normal with variance 2/in (He et al. 2015), biases 0.
 * glorot:  weights uniform in +-sqrt(6/(in+out)) (Glorot and Bengio 2010), biases 0.
 * zeros:   everything 0. */
typedef enum nudge_init {
    NUDGE_INIT_PYTORCH,
    NUDGE_INIT_HE,
    NUDGE_INIT_GLOROT,
    NUDGE_INIT_ZEROS
} nudge_init;

/* How features (and a regression target) are scaled.
 * standard: (x - mean) / standard deviation; minmax: to [0, 1]; none: as they are.
 * auto: standard for tables and synthetic data, bytes (pixels) / 255. */
typedef enum nudge_scale {
    NUDGE_SCALE_AUTO,
    NUDGE_SCALE_STANDARD,
    NUDGE_SCALE_MINMAX,
    NUDGE_SCALE_NONE
} nudge_scale;

/* The names used in options and files: "f32", "leaky-relu", "cross-entropy", ... */
NUDGE_API const char *nudge_dtype_name(nudge_dtype v);
NUDGE_API const char *nudge_activation_name(nudge_activation v);
NUDGE_API const char *nudge_loss_name(nudge_loss v);
NUDGE_API const char *nudge_optimizer_name(nudge_optimizer_kind v);
NUDGE_API const char *nudge_init_name(nudge_init v);
NUDGE_API const char *nudge_scale_name(nudge_scale v);

/* The value for a name. NUDGE_EARGUMENT for another name; the message lists the right ones. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dtype_parse(nudge_dtype *v, const char *name,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_activation_parse(nudge_activation *v, const char *name,
                                                            nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_loss_parse(nudge_loss *v, const char *name,
                                                      nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_optimizer_parse(nudge_optimizer_kind *v,
                                                           const char *name, nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_init_parse(nudge_init *v, const char *name,
                                                      nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_scale_parse(nudge_scale *v, const char *name,
                                                       nudge_error *err);

/* ---- Threads and machine --------------------------------------------------------------- */

typedef struct nudge_machine {
    int cores;                  /* cores that this process may use (affinity and cgroup limit) */
    uint64_t memory_available;  /* bytes that can be had without swapping */
    int openmp;                 /* 1 if built with OpenMP, 0 if not */
    const char *blas_config;    /* OpenBLAS's own description, constant text */
    const char *blas_core;      /* the kernel set it chose, such as "SkylakeX", constant text */
    int blas_parallel;          /* 0 serial build, 1 pthread build, 2 OpenMP build */
} nudge_machine;

/* What this machine and its libraries offer. Cannot fail. */
NUDGE_API nudge_machine nudge_machine_info(void);

/* The threads that training will use when `requested` are asked for: 0 means all cores of this
 * process, and so does a larger number than that; without OpenMP, or with the serial build of
 * OpenBLAS (not safe to call from several threads), always 1. Where they are fewer than asked for,
 * *why (may be NULL) is set to a constant one-line reason, otherwise to NULL. */
NUDGE_API int nudge_threads(int requested, const char **why);

/* ---- Tables: raw data ------------------------------------------------------------------ */

typedef struct nudge_table nudge_table;
typedef struct nudge_prep nudge_prep; /* see "Preprocessing" below */

typedef struct nudge_read_options {
    const nudge_prep *like; /* CSV: a model's preprocessing. Its columns, their kinds and its
                             * target (if the file has it) are taken instead of found out, other
                             * columns are skipped, and target, ignore, category are not used */
    const char *target;    /* CSV: the target column's name, or several separated by commas
                            * (regression with several outputs); NULL: no target */
    const char *labels;    /* IDX, NPY, safetensors without y: path of the file of labels, IDX or
                            * NPY; NULL: none */
    const char *ignore;    /* CSV: names of columns to leave out, separated by commas; or NULL */
    const char *category;  /* CSV: names of numeric columns to take as categories; or NULL */
    int header;            /* CSV: 1 the first row holds names, 0 it does not (columns are then
                            * c1, c2, ...), -1 find out */
    nudge_dtype dtype;     /* synthetic data: element type */
    uint64_t seed;         /* synthetic data: used where the spec has no seed= of its own */
    int threads;           /* synthetic data: threads to generate with; 0: all cores */
} nudge_read_options;

/* header -1, dtype NUDGE_F32, seed 1, everything else NULL or 0. */
NUDGE_API nudge_read_options nudge_read_defaults(void);

/* Reads `spec`, a path (plain or gzip; the format is found from the content: IDX and NPY by their
 * magic numbers, safetensors by its header, otherwise CSV; a damaged beginning is forgiven where
 * the name ends in .npy or .safetensors, so that the message is about that format) or
 * "synth:NAME,key=value,...". See nudge_synth_list() for the names.
 *
 * CSV: RFC 4180, comma separated, quotes, LF or CRLF, UTF-8. A column is numeric when all its
 * cells are finite numbers or missing, a category column when none is a number; a column in
 * between is an error that names the first odd cell. Missing: an empty cell, NA, N/A, null, ?.
 *
 * NPY (versions 1.0, 2.0, 3.0; little-endian, C order): features are float32, float64 or uint8,
 * of shape (rows, features), (rows,) or (rows, height, width[, channels]); uint8 are pixels, as in
 * IDX. Labels are int8, uint8, int32, uint32, int64 or uint64 for classes, numbered from 0 to
 * 65535; float32 and float64 are numeric targets, of shape (rows,) or (rows, outputs).
 * safetensors (never compressed): tensor x of F32, F64 or U8 is the features, and y, if it is
 * there, the targets: F32 and F64 numbers, I32, I64 and U8 classes. Shapes as above. Both are
 * read straight into the table, on all cores.
 *
 * NUDGE_EARGUMENT (bad synthetic spec, unknown column named), NUDGE_EOPEN, NUDGE_EIO,
 * NUDGE_EDATA, NUDGE_EMEMORY. options may be NULL for the defaults. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_table_read(nudge_table **table, const char *spec,
                                                      const nudge_read_options *options,
                                                      nudge_error *err);
NUDGE_API void nudge_table_free(nudge_table *table);

typedef enum nudge_column_kind {
    NUDGE_COLUMN_NUMBER,
    NUDGE_COLUMN_CATEGORY,
    NUDGE_COLUMN_PIXELS /* one entry for all bytes of an image */
} nudge_column_kind;

typedef struct nudge_column_info {
    const char *name;       /* belongs to the table */
    nudge_column_kind kind;
    int is_target;
    size_t missing;         /* cells without a value */
    size_t categories;      /* different values of a category column, else 0 */
    size_t width;           /* values per row: 1, or the pixels of an image */
    double min, max, mean;  /* over the cells that have a value; 0 for categories */
} nudge_column_info;

typedef struct nudge_table_info {
    const char *source;   /* the spec it was read from; belongs to the table */
    const char *format;   /* "csv", "idx", "npy", "safetensors" or "synth", constant text */
    size_t rows;
    size_t columns;       /* described by nudge_table_column(), targets included */
    uint64_t bytes;       /* memory the table holds */
    double noise_floor;   /* synthetic data: the lowest expected loss any model can reach (mean
                           * squared error for a numeric target, cross-entropy in nats for
                           * classes); NaN where it is not known */
} nudge_table_info;

NUDGE_API nudge_table_info nudge_table_describe(const nudge_table *table);

/* Column j < columns. */
NUDGE_API nudge_column_info nudge_table_column(const nudge_table *table, size_t j);

/* Category k < categories of column j; belongs to the table. */
NUDGE_API const char *nudge_table_category(const nudge_table *table, size_t j, size_t k);

/* Writes all rows as a file that nudge_table_read() reads back to the same values: ".csv"
 * (shortest decimal numbers that read back exactly) or ".csv.gz", target included; ".safetensors",
 * tensors x and y; ".npy", the features alone, because such a file holds one array. A table of
 * named columns (from CSV) is written as CSV only. Atomic: the path holds either the whole new
 * file or what was there before.
 * NUDGE_EARGUMENT (another ending; a CSV table), NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
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
    nudge_dtype dtype;        /* of numbers; classes are int32 in NPY and safetensors files */
    uint64_t seed;            /* used where the spec has no seed= of its own */
    int threads;              /* 0: all cores */
    const char *labels;       /* ".npy": path of the file of targets, also ".npy"; otherwise NULL */
    /* Called on the calling thread about every progress_seconds, more often where that is 0; may
     * be NULL. Non-zero stops. Not called for CSV. */
    int (*on_progress)(const nudge_write_progress *now, void *user);
    double progress_seconds;
    void *user;
} nudge_write_options;

/* f32, seed 1, progress_seconds 0.2, everything else NULL or 0. */
NUDGE_API nudge_write_options nudge_write_defaults(void);

/* What was written. */
typedef struct nudge_written {
    uint64_t rows, features;
    uint64_t targets;         /* values or class numbers per row */
    uint64_t bytes;           /* of the files */
    double seconds;           /* generating, writing, syncing */
} nudge_written;

/* Writes the rows that nudge_table_read() makes of "synth:NAME,key=value,...", to the bit, whatever
 * the number of threads. ".npy" and ".safetensors" (format as in nudge_table_read()) are made in
 * blocks of rows by all threads at once and may be larger than memory; ".csv" and ".csv.gz" are
 * made from a table in memory. Atomic: each path holds either the whole new file or what was there
 * before; after a failure or a stop nothing is left behind. Devices are written directly, pipes
 * refused (but for CSV). *written and options may be NULL.
 * NUDGE_EARGUMENT (a bad spec; another ending; labels missing, not wanted, not ".npy" or the same
 * path), NUDGE_EOPEN, NUDGE_EIO (no space, which is also asked for before), NUDGE_EMEMORY,
 * NUDGE_ESTOPPED. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_synth_write(nudge_written *written, const char *spec,
                                                       const char *path,
                                                       const nudge_write_options *options,
                                                       nudge_error *err);

/* What "synth:NAME,key=value,..." would make, without making it. */
typedef struct nudge_synth_shape {
    size_t rows, features;
    size_t classes; /* 0: a numeric target */
} nudge_synth_shape;

/* NUDGE_EARGUMENT as nudge_table_read(), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_synth_measure(nudge_synth_shape *shape,
                                                         const char *spec, nudge_error *err);

/* ---- Preprocessing --------------------------------------------------------------------- */

/* How raw rows become network inputs and targets: columns used, medians for missing values,
 * categories (one-hot), means and scales, class labels: a nudge_prep. Learned from training rows,
 * kept in the model and saved with it. */
typedef struct nudge_prep_options {
    nudge_scale scale;
    nudge_loss loss;     /* decides how the target is taken; NUDGE_LOSS_AUTO chooses */
} nudge_prep_options;

/* Learns from `n` rows of the table, their numbers in `rows` (NULL: all rows). With scale
 * standard a target for mse, mae or huber is standardised too.
 * NUDGE_EARGUMENT (loss and target do not go together, no target, n == 0),
 * NUDGE_EDATA (missing or single-valued target, ...), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_prep_fit(nudge_prep **prep, const nudge_table *table,
                                                    const uint32_t *rows, size_t n,
                                                    const nudge_prep_options *options,
                                                    nudge_error *err);
NUDGE_API void nudge_prep_free(nudge_prep *prep);

typedef struct nudge_prep_info {
    nudge_loss loss;           /* never NUDGE_LOSS_AUTO */
    nudge_scale scale;         /* never NUDGE_SCALE_AUTO, but NUDGE_SCALE_NONE for pixels / 255 */
    size_t features;           /* network inputs */
    size_t outputs;            /* network outputs */
    size_t classes;            /* class labels: cross-entropy and two-class bce, else 0 */
    int pixels;                /* 1 if the features are the bytes of an image */
    size_t number_columns;     /* CSV columns that the features come from: numbers, */
    size_t category_columns;   /* and categories (one-hot); 0 for other data */
} nudge_prep_info;

NUDGE_API nudge_prep_info nudge_prep_describe(const nudge_prep *prep);

/* Names that belong to the prep: network input j, target k < outputs (cross-entropy: k == 0 only),
 * class k < classes. */
NUDGE_API const char *nudge_prep_feature_name(const nudge_prep *prep, size_t j);
NUDGE_API const char *nudge_prep_target_name(const nudge_prep *prep, size_t k);
NUDGE_API const char *nudge_prep_class_label(const nudge_prep *prep, size_t k);

/* ---- Datasets: packed data ------------------------------------------------------------- */

typedef struct nudge_dataset nudge_dataset;

/* Packs a table. Consumes it: *table is freed as its rows are converted (so that both are never
 * whole in memory at once) and set to NULL, also on failure. Columns are matched by name; a table
 * without the target column gives a dataset without targets, good for nudge_predict() only.
 * Categories that the prep does not know become all zeros; *unknown (may be NULL) counts them.
 * NUDGE_EMISMATCH, NUDGE_EDATA, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_pack(nudge_dataset **data, nudge_table **table,
                                                        const nudge_prep *prep, nudge_dtype dtype,
                                                        size_t *unknown, nudge_error *err);

/* A dataset from the caller's arrays, which are copied: x is rows x features; targets either
 * y (rows x outputs) for every loss but cross-entropy, or classes (rows values in [0, outputs)),
 * the other one NULL; both NULL: no targets.
 * NUDGE_EARGUMENT (rows, features or outputs 0, a class out of range, both y and classes),
 * NUDGE_EDATA (NaN or infinity, with its place), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_from_arrays(nudge_dataset **data,
                                                               nudge_dtype dtype, size_t rows,
                                                               size_t features, size_t outputs,
                                                               const double *x, const double *y,
                                                               const int32_t *classes,
                                                               nudge_error *err);

/* A dataset that is only a shape, without values, for nudge_train_plan_make() and
 * nudge_train_forecast(): it takes no memory, however many rows it has. Others refuse it with
 * NUDGE_EARGUMENT. Arguments as in nudge_dataset_random(). NUDGE_EARGUMENT (a zero size, more than
 * UINT32_MAX rows), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_shape(nudge_dataset **data, nudge_dtype dtype,
                                                         size_t rows, size_t features,
                                                         size_t outputs, int has_classes,
                                                         int pixels, nudge_error *err);

/* `n` rows of a dataset by number, in that order, without copying them: the new dataset and `of`
 * share their values, and may be freed in either order. rows is copied.
 * NUDGE_EARGUMENT (n == 0 or a row number too large), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_subset(nudge_dataset **data,
                                                          const nudge_dataset *of,
                                                          const uint32_t *rows, size_t n,
                                                          nudge_error *err);
NUDGE_API void nudge_dataset_free(nudge_dataset *data);

typedef struct nudge_dataset_info {
    size_t rows, features, outputs; /* outputs 0: no targets */
    int has_classes;                /* 1: targets are class numbers, 0: values */
    uint64_t bytes;                 /* values and targets (shared ones too), and row numbers */
} nudge_dataset_info;

NUDGE_API nudge_dataset_info nudge_dataset_describe(const nudge_dataset *data);

typedef enum nudge_split_order {
    NUDGE_SPLIT_RANDOM, /* which rows go where depends on (seed, rows) alone */
    NUDGE_SPLIT_LAST    /* the last rows are held out: for time series, or files in random order */
} nudge_split_order;

/* One call for the usual way from files to datasets. */
typedef struct nudge_data_options {
    const char *data;               /* spec of the training data */
    const char *val, *val_labels;   /* spec of the validation data, or NULL */
    const char *test, *test_labels; /* spec of the test data, or NULL */
    double val_split, test_split;   /* parts of `data` to hold out, in [0, 1); 0: none */
    nudge_split_order split_order;
    nudge_read_options read;        /* for every file; its labels and threads are for `data` */
    nudge_prep_options prep;
    uint64_t seed;                  /* for the random split */
} nudge_data_options;

/* Everything NULL or 0, seed 1, read defaults. */
NUDGE_API nudge_data_options nudge_data_defaults(void);

typedef struct nudge_data {
    nudge_prep *prep;          /* learned from the training rows; nudge_model_create() copies it */
    nudge_dataset *train;
    nudge_dataset *val, *test; /* NULL where none was asked for */
    double noise_floor;        /* as in nudge_table_info, for `data` */
    uint64_t load_bytes;       /* most memory that was in use while loading */
    size_t unknown;            /* cells of val and test whose category training did not have */
} nudge_data;

/* Reads, splits, fits the preprocessing on the training rows, packs. On success the caller frees
 * with nudge_data_free(). Test rows are taken first, then validation rows from the rest; both
 * parts are fractions of all rows, rounded to the nearest row, at least 1.
 * Every status of nudge_table_read(), nudge_prep_fit() and nudge_dataset_pack(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_data_load(nudge_data *data,
                                                     const nudge_data_options *options,
                                                     nudge_error *err);
NUDGE_API void nudge_data_free(nudge_data *data);

/* ---- Models ---------------------------------------------------------------------------- */

typedef struct nudge_model nudge_model;

typedef struct nudge_model_options {
    nudge_dtype dtype;
    size_t layers;                        /* dense layers, hidden ones and the last: >= 1 */
    const size_t *widths;                 /* layers + 1 values: inputs, hidden units..., outputs */
    const nudge_activation *activations;  /* layers values, the last for the output layer, which
                                           * must be NUDGE_IDENTITY unless loss is mse, mae, huber;
                                           * NULL: relu, and identity for the last */
    nudge_loss loss;                      /* not NUDGE_LOSS_AUTO */
    double huber_delta;                   /* > 0, used by huber */
    nudge_init init;
    uint64_t seed;                        /* of the initial weights */
} nudge_model_options;

/* f32, mse, huber_delta 1, init pytorch, seed 1; layers and widths are the caller's to fill. */
NUDGE_API nudge_model_options nudge_model_defaults(void);

/* A network with initial weights: weight and bias j of a layer depend on (seed, layer, j) alone.
 * prep is copied; NULL for a model used on datasets made by nudge_dataset_from_arrays().
 * NUDGE_EARGUMENT (a zero width, a parameter count that overflows, ...), NUDGE_EMISMATCH (widths
 * or loss against prep), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_create(nudge_model **model,
                                                        const nudge_model_options *options,
                                                        const nudge_prep *prep, nudge_error *err);
NUDGE_API void nudge_model_free(nudge_model *model);

typedef struct nudge_model_info {
    nudge_dtype dtype;
    size_t layers;
    const size_t *widths;                /* layers + 1 values; belong to the model */
    const nudge_activation *activations; /* layers values; belong to the model */
    nudge_loss loss;
    double huber_delta;
    uint64_t parameters;                 /* weights and biases, without padding */
    const nudge_prep *prep;              /* NULL if it has none; belongs to the model */
} nudge_model_info;

NUDGE_API nudge_model_info nudge_model_describe(const nudge_model *model);

/* Copies one layer's weights (out x in) and biases (out) from or to doubles; either may be NULL.
 * NUDGE_EARGUMENT for layer >= layers; set: NUDGE_EDATA for a NaN or infinity. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_get_layer(const nudge_model *model, size_t layer,
                                                           double *weight, double *bias,
                                                           nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_set_layer(nudge_model *model, size_t layer,
                                                           const double *weight,
                                                           const double *bias, nudge_error *err);

/* XXH64 of all weights' bits in file order: equal for equal weights. */
NUDGE_API uint64_t nudge_model_hash(const nudge_model *model);

/* Writes a safetensors file: tensors layers.N.weight [out, in] and layers.N.bias [out], F32 or
 * F64, and in __metadata__ everything that nudge_model_load() needs. Atomic: a temporary file in
 * the same directory, fsync, rename.
 * NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_save(const nudge_model *model, const char *path,
                                                      nudge_error *err);

/* Reads what nudge_model_save() wrote. Nothing in the file is trusted.
 * NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_load(nudge_model **model, const char *path,
                                                      nudge_error *err);

/* Takes the weights of a safetensors file, from here or elsewhere (tensors layers.N.weight and
 * layers.N.bias, F32 or F64; metadata is not needed), into a model of the same shapes.
 * NUDGE_EMISMATCH names the tensor and both shapes; and as nudge_model_load(). On failure the
 * model is unchanged. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_load_weights(nudge_model *model, const char *path,
                                                              nudge_error *err);

/* Checks that a file can be created at `path` later (its directory exists and is writable, it is
 * no directory itself), without touching what is there. NUDGE_EOPEN. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_check_output(const char *path, nudge_error *err);

/* ---- Training -------------------------------------------------------------------------- */

/* Parameters named as in torch.optim. An optimizer ignores those it does not have. */
typedef struct nudge_optimizer {
    nudge_optimizer_kind kind;
    double lr;           /* learning rate, > 0 */
    double momentum;     /* sgd, rmsprop: >= 0 */
    int nesterov;        /* sgd: needs momentum > 0 */
    double weight_decay; /* >= 0; L2, or decoupled in adamw */
    double beta1, beta2; /* adam, adamw: in [0, 1) */
    double alpha;        /* rmsprop: smoothing constant, in [0, 1) */
    double eps;          /* adam, adamw, rmsprop, adagrad: > 0 */
} nudge_optimizer;

/* PyTorch's defaults for `kind` (adamw: weight_decay 0.01), but lr 0.001 for all. */
NUDGE_API nudge_optimizer nudge_optimizer_defaults(nudge_optimizer_kind kind);

/* Where the time of a training run went: seconds, summed over its threads, so that the sum of all
 * is about threads times the time of the epochs. */
typedef struct nudge_phases {
    double pack;     /* order of samples, gathering and converting a batch */
    double forward;
    double loss;     /* loss and its gradient */
    double backward; /* activations' gradients, and partial gradients of weights */
    double update;   /* gradients of weights over a batch, sums of partials, optimizer */
    double wait;     /* for other threads, at barriers */
} nudge_phases;

/* One finished epoch. */
typedef struct nudge_epoch {
    size_t epoch;           /* 1 for the first */
    size_t epochs;          /* asked for */
    double train_loss;      /* mean over samples of the loss each batch had before its update,
                             * in the target's own units (see nudge_train) */
    double train_accuracy;  /* likewise the part classified right; NaN unless cross-entropy */
    int has_val;
    double val_loss;        /* after the epoch; NaN without validation data */
    double val_accuracy;    /* NaN unless the model classifies */
    double val_rmse;        /* NaN unless the loss is mse, mae or huber */
    double seconds;         /* of training; validation not counted */
    double samples_per_s;
} nudge_epoch;

/* Where an epoch is, for a progress display. */
typedef struct nudge_progress {
    size_t epoch, epochs;   /* 1 for the first */
    size_t batch, batches;  /* batches of this epoch that are done */
    double loss;            /* mean over the samples of this epoch so far */
    double seconds;         /* since nudge_train() was called */
    double samples_per_s;   /* of this epoch so far */
} nudge_progress;

typedef struct nudge_train_options {
    nudge_optimizer optimizer;
    size_t batch;     /* samples per update, >= 1; more than there are rows: all rows */
    size_t epochs;    /* >= 1 */
    uint64_t seed;    /* of the order of samples: it depends on (seed, epoch, rows) alone */
    int shuffle;      /* 1: a new order every epoch; 0: rows in order. One batch of all rows is
                       * never shuffled: its gradient does not depend on the order */
    int threads;      /* 0: all cores of this process */
    int oversubscribe; /* 1: as many threads as asked for, even if there are fewer cores: slower,
                        * with the same result; for tests and experiments */

    /* Called on the calling thread after every epoch; may be NULL. Non-zero stops the training. */
    int (*on_epoch)(const nudge_epoch *epoch, void *user);
    /* Called on the calling thread during an epoch about every progress_seconds; may be NULL. */
    int (*on_progress)(const nudge_progress *progress, void *user);
    double progress_seconds;
    void *user;
    int profile;      /* 1: measure phases; costs a few clock readings per block of rows */
} nudge_train_options;

/* adam, batch 64, epochs 10, seed 1, shuffle 1, threads 0, no callbacks, progress every 0.1 s. */
NUDGE_API nudge_train_options nudge_train_defaults(void);

/* Memory and work of a training run, known before it starts. All sizes in bytes. */
typedef struct nudge_train_plan {
    int threads;             /* that will be used */
    const char *threads_why; /* why not those asked for; constant text or NULL */
    size_t batch, batches;   /* samples per update, updates per epoch */
    uint64_t parameters;
    double flops_per_epoch;  /* 6 * rows * sum(in * out) - 2 * rows * in_0 * out_0 */
    uint64_t dataset, weights, optimizer_state;
    uint64_t gradients;      /* partial sums, tiles under way, transposed weights for backward */
    uint64_t snapshot;       /* the weights after the last good epoch */
    uint64_t activations;    /* activations, their gradients, packed batches, of one batch */
    uint64_t evaluation;     /* buffers for validation */
    uint64_t total;          /* sum of the above */
    char explain[512];       /* the engine's arrangement for these shapes and why: one to three
                              * lines separated by '\n' */
} nudge_train_plan;

/* NUDGE_EARGUMENT, NUDGE_EMISMATCH as nudge_train(). val may be NULL. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_train_plan_make(nudge_train_plan *plan,
                                                           const nudge_model *model,
                                                           const nudge_dataset *train,
                                                           const nudge_dataset *val,
                                                           const nudge_train_options *options,
                                                           nudge_error *err);

typedef struct nudge_train_result {
    size_t epochs;          /* epochs finished */
    nudge_epoch last;       /* the last of them; zeros if none */
    double seconds;         /* whole call, validation included */
    double train_seconds;   /* epochs alone */
    double samples_per_s;   /* over train_seconds */
    double gflops;          /* flops_per_epoch over the time of an epoch, 1e9 / s */
    nudge_phases phases;    /* zeros unless options.profile */
    size_t diverged_epoch;  /* NUDGE_EDIVERGED: where the loss became non-finite, from 1; else 0 */
    size_t diverged_batch;
} nudge_train_result;

/* Trains in place. A batch's gradient is the mean over its rows; a short last batch is trained on.
 * The same options, data and seed give the same bits in every weight for any number of threads.
 * Losses are in the target's own units: where the prep standardised a target with scale s, mse and
 * huber are reported times s^2 and mae times s.
 *
 * val may be NULL. result may be NULL; it is filled on NUDGE_OK, NUDGE_ESTOPPED (a callback
 * returned non-zero; the weights are those after the last update) and NUDGE_EDIVERGED (the weights
 * are those after the last finished epoch, or the initial ones).
 * Also NUDGE_EARGUMENT, NUDGE_EMISMATCH (widths, kind of target), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_train(nudge_model *model, const nudge_dataset *train,
                                                 const nudge_dataset *val,
                                                 const nudge_train_options *options,
                                                 nudge_train_result *result, nudge_error *err);

/* ---- Evaluation and prediction --------------------------------------------------------- */

typedef struct nudge_metrics {
    size_t rows;
    double loss;            /* in the target's own units, as nudge_train() reports it */
    double accuracy;        /* cross-entropy, and bce with the threshold 0.5; else NaN */
    double rmse, mae, r2;   /* mse, mae, huber, poisson, over all elements in the target's own
                             * units (r2: mean over outputs); else NaN. r2 is NaN when the target
                             * is constant */
    size_t classes;         /* cross-entropy: outputs; bce with one output: 2; else 0 */
    uint64_t *confusion;    /* classes x classes counts, row: true class, column: predicted; NULL
                             * if classes is 0. Freed by nudge_metrics_free() */
} nudge_metrics;

/* threads as in nudge_train_options; the values do not depend on it.
 * NUDGE_EMISMATCH (also: data without targets), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_evaluate(const nudge_model *model,
                                                    const nudge_dataset *data, int threads,
                                                    nudge_metrics *metrics, nudge_error *err);
NUDGE_API void nudge_metrics_free(nudge_metrics *metrics);

/* out: rows x outputs, the caller's: predictions in the target's own units, class probabilities
 * for cross-entropy (softmax) and bce (sigmoid), expected counts for poisson (exp).
 * NUDGE_EMISMATCH, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_predict(const nudge_model *model,
                                                   const nudge_dataset *data, int threads,
                                                   double *out, nudge_error *err);

/* ---- Gradient check -------------------------------------------------------------------- */

typedef struct nudge_gradcheck_result {
    uint64_t checked;        /* parameters compared */
    uint64_t skipped;        /* parameters where the loss has a kink (relu at 0, ...) */
    double max_error;        /* largest |analytic - numeric| / max(|analytic|, |numeric|, f),
                              * f = 1e-3 * the largest gradient */
    size_t layer;            /* where that was: layer, */
    int is_bias;             /* weight or bias, */
    size_t index;            /* element in out x in order */
    double analytic, numeric;
} nudge_gradcheck_result;

/* Compares the gradient that a training step uses with fourth-order central differences of the
 * loss, evaluated in f64, over the whole dataset as one batch and at most `limit` parameters
 * (0: all; otherwise evenly spread). The model is unchanged.
 * NUDGE_EMISMATCH, NUDGE_EMEMORY, NUDGE_EARGUMENT. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_gradcheck(const nudge_model *model,
                                                     const nudge_dataset *data, uint64_t limit,
                                                     nudge_gradcheck_result *result,
                                                     nudge_error *err);

/* ---- Benchmarks ------------------------------------------------------------------------ */

/* A dataset of random values for measuring: features uniform in [0, 1) of dtype, or random bytes
 * scaled by 1/255 if pixels is 1; targets uniform in [0, 1), or, if has_classes is 1, classes in
 * [0, outputs). Row i depends on (seed, i) alone. NUDGE_EARGUMENT (a zero size), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_random(nudge_dataset **data, nudge_dtype dtype,
                                                          size_t rows, size_t features,
                                                          size_t outputs, int has_classes,
                                                          int pixels, uint64_t seed,
                                                          nudge_error *err);

/* Repeated measurements of one thing. */
typedef struct nudge_measurement {
    size_t repeats;
    double median, low, high; /* of the repeats: the middle one, the 1st and 3rd quartiles */
    double best;              /* the fastest */
} nudge_measurement;

/* How an engine product is laid out: C (m x n) = A B, A B^T, A^T B. */
typedef enum nudge_gemm_kind { NUDGE_GEMM_NN, NUDGE_GEMM_NT, NUDGE_GEMM_TN } nudge_gemm_kind;

/* The rate of a product in flops/s (2*m*n*k per product), `threads` of them at the same time on
 * separate matrices, each by the engine's own routine, for about `seconds` after a warm-up.
 * NUDGE_EARGUMENT, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_bench_gemm(nudge_measurement *rate, nudge_dtype dtype,
                                                      nudge_gemm_kind kind, size_t m, size_t n,
                                                      size_t k, int threads, double seconds,
                                                      nudge_error *err);

/* Name of elementwise kernel i ("copy" is the first, to compare with), or NULL when there are no
 * more: activations, their gradients, losses, optimizer updates, packing. */
NUDGE_API const char *nudge_bench_kernel_name(size_t i);

/* The rate of kernel i in bytes/s (bytes it must read and write once), over `count` elements per
 * thread, likewise. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_bench_kernel(nudge_measurement *rate, size_t i,
                                                        nudge_dtype dtype, size_t count,
                                                        int threads, double seconds,
                                                        nudge_error *err);

/* What a training step is expected to take: the engine's decomposition, piece by piece, with rates
 * of the pieces measured on this machine in a moment. */
typedef struct nudge_forecast {
    int threads;          /* that the step is cut for: those asked for, or all that have work */
    int cores;            /* of this process; where threads are more, the forecast is for a machine
                           * with so many cores like these */
    double step;          /* seconds of a full batch */
    nudge_phases phases;  /* seconds of a step, summed over threads: threads * step in all */
} nudge_forecast;

/* Each different piece is measured for about `seconds`, in at least 5 repeats; a usual network has
 * about ten. options->threads: 0 means all cores of this process.
 * NUDGE_EARGUMENT, NUDGE_EMISMATCH as nudge_train(), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_train_forecast(nudge_forecast *forecast,
                                                          const nudge_model *model,
                                                          const nudge_dataset *train,
                                                          const nudge_train_options *options,
                                                          double seconds, nudge_error *err);

#ifdef __cplusplus
}
#endif

#endif
