/* Preprocessing, and rows packed for training.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_DATASET_H
#define NUDGE_DATASET_H

#include "table.h"

NUDGE_BEGIN

/* ---- Preprocessing --------------------------------------------------------------------- */

/* How raw rows become network inputs and targets: columns used, what stands for missing values,
 * categories (one-hot), means and scales, class labels: a nudge_prep. Learned from training rows,
 * kept in the model and saved with it. */
typedef struct nudge_prep_options {
    size_t size;              /* of this structure: see nudge.h */
    nudge_scale scale;        /* of features */
    nudge_loss loss;          /* decides how the target is taken; NUDGE_LOSS_AUTO: the task does */
    nudge_task task;
    nudge_scale target_scale; /* of the target where the power of nudge_loss_describe() is not 0,
                               * whatever that of features: auto is standard; not robust */
    nudge_fill fill;          /* of missing numbers */
    int fill_indicator;       /* 1: a column of numbers of which some are missing in training rows
                               * has a second input, "age missing", of 0 and 1 */
    size_t min_count;         /* categories in fewer training rows than this share an input,
                               * "town other", with those that training rows do not have; 0 or 1:
                               * each has its own */
    nudge_transform target_transform; /* where target_scale can be: the network then learns the
                               * transform of the target, and losses are in its units; predictions
                               * and all other metrics are in those of the target */
    nudge_encode encode;      /* of numbers and dates */
    size_t bins;              /* piecewise: of each at most, 2 to 1024; or 0: nudge_prep_bins() */
    nudge_category_code category_code;
    size_t frequencies;       /* fourier: of each number, 1 to 512; or 0: the default */
    double frequency_scale;   /* their standard deviation, above 0; or 0: the default */
    uint64_t seed;            /* that they depend on */
    int scale_categories;     /* 1: inputs of categories are scaled as numbers are; of standard,
                               * minmax and robust scales; without categories there are none */
    int two_outputs;          /* 1: where loss is auto, a target of 0 and 1 is cross-entropy with an
                               * output for each, as other classes are, not bce */
    nudge_bin_edges bin_edges; /* piecewise */
} nudge_prep_options;

/* Everything auto; missing numbers become the median; no transform; no
 * encoding; bins by rows; 16 frequencies of scale 0.5. */
NUDGE_GIVES(nudge_prep_options, nudge_prep_defaults, it.size = sizeof it;)

/* Bins of each number at most, where options leave them open: one for 256 rows, a power of 2 from
 * 16 to 64. */
NUDGE_API size_t nudge_prep_bins(size_t training_rows);

/* Learns from `n` rows of the table, their numbers in `rows` (NULL: all rows).
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
    size_t classes;            /* class labels: losses of classes and two-class bce, else 0 */
    int pixels;                /* 1 if the features are the bytes of an image */
    size_t number_columns;     /* CSV columns that the features come from: numbers, */
    size_t category_columns;   /* and categories; 0 for other data */
    nudge_transform target_transform;
    nudge_encode encode;
    size_t encoded;            /* columns, or features of a matrix, that are encoded */
    size_t most_codes;         /* inputs that one of them has beside its number, at most */
    nudge_category_code category_code; /* not one-hot: of one column at least */
    int scale_categories;
} nudge_prep_info;

NUDGE_TELLS(nudge_prep_info, nudge_prep_describe, , (prep), const nudge_prep *prep)

/* The raw columns that a row has for it, target apart: those of its table, or the features of a
 * matrix. Column j < nudge_prep_columns(): its name, which belongs to the prep, and NUMBER, DATE or
 * CATEGORY. */
NUDGE_API size_t nudge_prep_columns(const nudge_prep *prep);
NUDGE_API const char *nudge_prep_column_name(const nudge_prep *prep, size_t j);
NUDGE_API nudge_column_kind nudge_prep_column_kind(const nudge_prep *prep, size_t j);

/* The text before (behind 0) or behind (1) the number in each cell of raw column j, or of target k,
 * in text files, such as "$" or " kg"; mostly "". It belongs to the prep. */
NUDGE_API const char *nudge_prep_column_around(const nudge_prep *prep, size_t j, int behind);
NUDGE_API const char *nudge_prep_target_around(const nudge_prep *prep, size_t k, int behind);

/* The lambda of target k's Box-Cox transform; NaN for others. */
NUDGE_API double nudge_prep_target_lambda(const nudge_prep *prep, size_t k);

/* Notes on what was chosen while learning, as nudge_table_notes(); none of a loaded model's. */
NUDGE_API const nudge_note *nudge_prep_notes(const nudge_prep *prep, size_t *n);

/* Names that belong to the prep: network input j, target k < outputs (losses of classes: k == 0
 * only), class k < classes. */
NUDGE_API const char *nudge_prep_feature_name(const nudge_prep *prep, size_t j);
NUDGE_API const char *nudge_prep_target_name(const nudge_prep *prep, size_t k);
NUDGE_API const char *nudge_prep_class_label(const nudge_prep *prep, size_t k);

/* As nudge_table_dialect(), of the table that the prep was learned from. */
NUDGE_API const nudge_dialect *nudge_prep_dialect(const nudge_prep *prep);

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
 * y (rows x outputs) for losses of numbers, or classes (rows values in [0, outputs)),
 * the other one NULL; both NULL: no targets.
 * NUDGE_EARGUMENT (rows, features or outputs 0, a class out of range, both y and classes),
 * NUDGE_EDATA (NaN or infinity, with its place), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_from_arrays(nudge_dataset **data,
                                                               nudge_dtype dtype, size_t rows,
                                                               size_t features, size_t outputs,
                                                               const double *x, const double *y,
                                                               const int32_t *classes,
                                                               nudge_error *err);

/* Likewise, leaving the table as it is: for several datasets of one table. Memory for both is
 * needed at once; bytes (pixels) are shared, so that the table must live longer. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_pack_copy(nudge_dataset **data,
                                                             const nudge_table *table,
                                                             const nudge_prep *prep,
                                                             nudge_dtype dtype, size_t *unknown,
                                                             nudge_error *err);

/* Arrays that a dataset uses where they are. */
typedef struct nudge_arrays {
    size_t size;                    /* sizeof(nudge_arrays): see nudge.h */
    nudge_dtype dtype;              /* float: NUDGE_F32, double: NUDGE_F64 */
    size_t rows, features, outputs; /* outputs: of y, or the number of classes; or 0 */
    const void *x;                  /* rows x features, of dtype, or bytes (uint8_t): */
    int bytes;                      /* 1: inputs are x / 255 */
    const void *y;                  /* rows x outputs, of dtype; NULL: classes, or no targets */
    const int32_t *classes;         /* rows, in [0, outputs); or NULL */
} nudge_arrays;

/* A dataset of the caller's arrays, which are read once, not copied and never freed: they must stay
 * as they are as long as the dataset and its subsets. nudge_dataset_info.bytes counts them.
 * Statuses of nudge_dataset_from_arrays(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_borrow(nudge_dataset **data,
                                                          const nudge_arrays *arrays,
                                                          nudge_error *err);

/* Says that the arrays of a dataset made by one of the two above are network inputs and targets as
 * the preprocessing of a model makes them. Raw rows are not: a model with preprocessing refuses
 * arrays without this, and takes rows from a table (nudge_table_create(), nudge_dataset_pack()), or
 * one at a time (nudge_predict_row()). For its subsets too. */
NUDGE_API void nudge_dataset_inputs_ready(nudge_dataset *data);

/* A dataset that is only a shape, without values, for nudge_train_plan_make() and
 * nudge_train_forecast(): it takes no memory, however many rows it has. Others refuse it with
 * NUDGE_EARGUMENT. Arguments as in nudge_dataset_random(). NUDGE_EARGUMENT (a zero size, more than
 * UINT32_MAX rows), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_shape(nudge_dataset **data, nudge_dtype dtype,
                                                         size_t rows, size_t features,
                                                         size_t outputs, int has_classes,
                                                         int pixels, nudge_error *err);

/* Each feature of such a shape has so many network inputs beside itself, as an encoding gives it:
 * nudge_prep_info.most_codes. */
NUDGE_API void nudge_dataset_encode_shape(nudge_dataset *shape, size_t codes);

/* `n` rows of a dataset by number, in that order, without copying them: the new dataset and `of`
 * share their values, and may be freed in either order. rows is copied.
 * NUDGE_EARGUMENT (n == 0 or a row number too large), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_subset(nudge_dataset **data,
                                                          const nudge_dataset *of,
                                                          const uint32_t *rows, size_t n,
                                                          nudge_error *err);

/* Part k of `parts` random ones as *held, and all other rows as *train, both ascending and as
 * subsets are. Which rows are in which part depends on (seed, rows, classes) alone; sizes differ by
 * 1 at most, and so do the rows of each class in them (of targets 0 and 1, too), but for classes of
 * one row. For networks that are trained beside each other: each is validated on rows that it does
 * not know, and together they know all.
 * NUDGE_EARGUMENT (parts < 2 or more than rows, k >= parts, only a shape), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_hold_out(nudge_dataset **train,
                                                            nudge_dataset **held,
                                                            const nudge_dataset *data, size_t k,
                                                            size_t parts, uint64_t seed,
                                                            nudge_error *err);
NUDGE_API void nudge_dataset_free(nudge_dataset *data);

/* A weight w_i >= 0 for each row, which are copied; NULL: none, as it is from the beginning unless
 * the table had some. The loss and gradient of a batch (of an update, where it takes several) are
 * then sum w_i l_i / sum w_i over its rows, PyTorch's weighted mean; where all weights are 0 both
 * are 0. Reported losses, accuracies and metrics are weighted alike, as scikit-learn's with
 * sample_weight; counts of rows are not. A subset has the weights that its rows had when it was
 * made; those of one dataset are nothing to another. Not while a trainer uses the dataset.
 * NUDGE_EARGUMENT (a weight that is negative or not finite), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_set_weights(nudge_dataset *data,
                                                               const double *weights,
                                                               nudge_error *err);

/* Multiplies each row's weight by that of its class, one for each output; for a single output whose
 * targets are 0 and 1, two. NULL: balanced, rows / (classes * rows of the class), where classes
 * that no row has do not count, as scikit-learn has it: all classes then weigh the same. For
 * training data: a loss on other rows is comparable without.
 * NUDGE_EARGUMENT (no classes; a weight that is negative or not finite), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dataset_weigh_classes(nudge_dataset *data,
                                                                 const double *weights,
                                                                 nudge_error *err);

typedef struct nudge_dataset_info {
    size_t rows, features, outputs; /* outputs 0: no targets */
    int has_classes;                /* 1: targets are class numbers, 0: values */
    uint64_t bytes;                 /* values and targets (shared ones too), row numbers, weights */
    int has_weights;                /* 1: rows have weights */
} nudge_dataset_info;

NUDGE_TELLS(nudge_dataset_info, nudge_dataset_describe, , (data), const nudge_dataset *data)

typedef enum nudge_split_order {
    NUDGE_SPLIT_RANDOM, /* which rows go where depends on (seed, rows) alone, and where
 * stratified on the classes */
    NUDGE_SPLIT_LAST    /* the last rows are held out: for time series, or files in random order */
} nudge_split_order;

/* One call for the usual way from files to datasets. */
typedef struct nudge_data_options {
    size_t size;                    /* of this structure: see nudge.h */
    const char *data;               /* spec of the training data */
    const char *val, *val_labels;   /* spec of the validation data, or NULL */
    const char *test, *test_labels; /* spec of the test data, or NULL */
    double val_split, test_split;   /* parts of `data` to hold out, in [0, 1); 0: none */
    nudge_split_order split_order;
    int stratify;                   /* 1: each class has its share in each part */
    NUDGE_ROOM(nudge_read_options, read); /* for every file; its labels, threads and, where that is
                                     * a file, its weight are for `data` */
    NUDGE_ROOM(nudge_prep_options, prep);
    const char *class_weight;       /* weights of classes, for training rows alone: "balanced" or
                                     * "LABEL=2,OTHER=0.5", others 1, as
                                     * nudge_dataset_weigh_classes() has it; NULL: none. They
                                     * multiply read.weight */
    uint64_t seed;                  /* for the random split */
} nudge_data_options;

/* Everything NULL or 0, seed 1, read defaults. */
NUDGE_GIVES(nudge_data_options, nudge_data_defaults, it.size = sizeof it;
            it.read.size = sizeof it.read; it.prep.size = sizeof it.prep;)

typedef struct nudge_data {
    nudge_prep *prep;          /* learned from the training rows; nudge_model_create() shares it */
    nudge_dataset *train;
    nudge_dataset *val, *test; /* NULL where none was asked for */
    double noise_floor;        /* as in nudge_table_info, for `data` */
    uint64_t load_bytes;       /* most memory that was in use while loading */
    size_t unknown;            /* cells of val and test whose category has no input */
    nudge_note *notes;         /* n_notes: on how the data, val and test were read */
    size_t n_notes;
} nudge_data;

/* Reads, splits, fits the preprocessing on the training rows, packs. On success the caller frees
 * with nudge_data_free(). Test rows are taken first, then validation rows from the rest; both
 * parts are fractions of all rows, rounded to the nearest row, at least 1. Stratified, a class's
 * share of a part is rounded down, and the rows then lacking come from the classes with the largest
 * remainders; every class must have rows to train on, and the target must be one of classes.
 * Every status of nudge_table_read(), nudge_prep_fit() and nudge_dataset_pack(). */
NUDGE_FILLS(nudge_data_load, data, (data, options, err), nudge_data *data,
            const nudge_data_options *options, nudge_error *err)
NUDGE_API void nudge_data_free(nudge_data *data);

/* ---- Folds: for cross-validation -------------------------------------------------------- */

/* A table whose rows are in `folds` parts of sizes that differ by 1 at most. */
typedef struct nudge_folds nudge_folds;

typedef struct nudge_folds_info {
    size_t folds, rows;
    int stratified;        /* 1: the rows of each class differ by 1 at most between folds */
    uint64_t bytes;        /* of the table and the rows' folds */
} nudge_folds_info;

/* Reads options->data once. Which rows are in which fold depends on the seed, the number of rows
 * and, for a target of classes, which is stratified, the rows' classes; options->stratify asks for
 * one. options->val_split is a part of each fold's training rows, held out of them in turn,
 * stratified too. Other held-out data must not be asked for.
 * NUDGE_EARGUMENT (folds < 2 or more than rows, ...), NUDGE_EDATA (a class of one row, ...), and as
 * nudge_table_read(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_folds_load(nudge_folds **folds, size_t n,
                                                      const nudge_data_options *options,
                                                      nudge_error *err);
NUDGE_TELLS(nudge_folds_info, nudge_folds_describe, , (folds), const nudge_folds *folds)

/* As nudge_table_notes(), of the table. */
NUDGE_API const nudge_note *nudge_folds_notes(const nudge_folds *folds, size_t *n);

/* Fold i held out as data->test, and the others as data->train, whose rows alone the preprocessing
 * is learned from, and data->val (NULL without a val_split). For nudge_data_free(), before the
 * folds are freed. NUDGE_EARGUMENT (i >= folds), and as nudge_prep_fit() and
 * nudge_dataset_pack(). */
NUDGE_FILLS(nudge_folds_data, data, (data, folds, i, err), nudge_data *data,
            const nudge_folds *folds, size_t i, nudge_error *err)
NUDGE_API void nudge_folds_free(nudge_folds *folds);

NUDGE_END

#endif
