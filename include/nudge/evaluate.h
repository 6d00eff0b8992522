/* Evaluation, prediction, and the check of gradients.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_EVALUATE_H
#define NUDGE_EVALUATE_H

#include "metric.h"
#include "model.h"

NUDGE_BEGIN

/* ---- Evaluation and prediction --------------------------------------------------------- */

enum { NUDGE_METRICS_ROOM = 32 }; /* for metrics to come, so that the structure stays as it is */

/* Rows, whatever their weights, that are of a class and predicted to be, that are of it alone, and
 * that are predicted to be of it alone. */
typedef struct nudge_class_counts {
    uint64_t true_positives, false_negatives, false_positives;
} nudge_class_counts;

enum { NUDGE_MATRIX_CLASSES = 1000 }; /* the most in a confusion matrix, which then has 8 MB */

typedef struct nudge_metrics {
    size_t rows, outputs;
    double value[NUDGE_METRICS_ROOM]; /* by nudge_metric. NaN: does not fit the model, was not asked
                                       * for, or is not defined on these rows */
    double *by_output;      /* NUDGE_METRICS x outputs: metric m of output j, or of class j against
                             * all others, at m * outputs + j; NaN where there is none. NULL for
                             * one output. Freed by nudge_metrics_free() */
    size_t classes;         /* losses of classes: outputs; bce with one output: 2; else 0, also if
                             * no metric was asked for that needs their counts */
    uint64_t *confusion;    /* classes x classes counts of rows whatever their weights, row: true
                             * class, column: predicted; NULL if classes is 0, or more than
                             * NUDGE_MATRIX_CLASSES. Freed by nudge_metrics_free() */
    nudge_class_counts *counts; /* classes; NULL if that is 0. Freed likewise */
} nudge_metrics;

/* All metrics that fit the model, of rows with the dataset's weights. threads as in
 * nudge_train_options; the values depend neither on it nor, but for rounding, on the order of rows.
 * NUDGE_EMISMATCH (also: data without targets), NUDGE_EDATA (all weights are 0), NUDGE_EMEMORY. */
NUDGE_FILLS(nudge_evaluate, metrics, (model, data, threads, metrics, err), const nudge_model *model,
            const nudge_dataset *data, int threads, nudge_metrics *metrics, nudge_error *err)
NUDGE_API void nudge_metrics_free(nudge_metrics *metrics);

/* out: rows x outputs, the caller's: predictions in the target's own units, class probabilities
 * for losses of classes (softmax) and bce (sigmoid), expected counts for poisson (exp).
 * NUDGE_EMISMATCH, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_predict(const nudge_model *model,
                                                   const nudge_dataset *data, int threads,
                                                   double *out, nudge_error *err);

/* Likewise, with threads bound to CPUs as nudge_train_options has them (NULL: not bound), and only
 * those metrics of a set that fit. What is not asked for costs nothing: roc-auc, average-precision
 * and median-absolute-error keep all predictions, 8 bytes each; balanced-accuracy, f1 and mcc need
 * counts of classes, with which there is a matrix; the others are sums. Also NUDGE_EARGUMENT. */
NUDGE_FILLS(nudge_evaluate_on, metrics, (model, data, threads, cpus, wanted, metrics, err),
            const nudge_model *model, const nudge_dataset *data, int threads, const int *cpus,
            uint64_t wanted, nudge_metrics *metrics, nudge_error *err)
NUDGE_API NUDGE_CHECKED nudge_status nudge_predict_on(const nudge_model *model,
                                                      const nudge_dataset *data, int threads,
                                                      const int *cpus, double *out,
                                                      nudge_error *err);

/* ---- Calibration ----------------------------------------------------------------------- */

typedef struct nudge_calibration {
    double temperature;   /* what the network's outputs were divided by; above 1: it had been too
                           * sure. 1: nothing was changed */
    double before, after; /* the log loss on these rows */
    int is_open;          /* 1: they do not tell a temperature from 1/20 to 20, as where all of them
                           * are right; nothing was changed */
} nudge_calibration;

/* Temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599) of a model with a log
 * loss: the temperature that makes it least on rows that it was not trained on. The weights and
 * biases of the last layer are divided by it, those of all members of a model of several networks,
 * so that whatever is made of the model has calibrated probabilities; what is most likely to a
 * network stays so.
 * NUDGE_EARGUMENT (a loss without probabilities); every status of nudge_evaluate(). */
NUDGE_FILLS(nudge_calibrate, result, (model, data, threads, result, err), nudge_model *model,
            const nudge_dataset *data, int threads, nudge_calibration *result, nudge_error *err)

/* ---- Prediction intervals -------------------------------------------------------------- */

/* Split conformal prediction with absolute residuals (Lei et al. 2018,
 * https://arxiv.org/abs/1604.04173): on n rows that the model was not trained on, the residual in
 * place ceil((n + 1) coverage) of each output becomes half the width of its intervals. Where the
 * target is transformed, residuals are those of the transform. Of rows that come from where these
 * came from, at least the part `coverage` then lies within, whatever the model is; less exactly so
 * where the same rows chose the epoch. Weights of rows are not looked at. It is kept in the model
 * and its file; training the model on, or setting its weights, forgets it.
 * NUDGE_EARGUMENT (a coverage that is not above 0 and below 1, a loss of classes or labels),
 * NUDGE_EDATA (fewer rows than nudge_interval_rows() says); every status of nudge_predict(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_interval_learn(nudge_model *model,
                                                          const nudge_dataset *data,
                                                          double coverage, int threads,
                                                          nudge_error *err);

/* The fewest rows that tell an interval with that coverage: 9 for 0.9. */
NUDGE_API size_t nudge_interval_rows(double coverage);

/* The intervals of predictions that nudge_predict() or nudge_predict_row() gave: rows x outputs
 * each, low and high the caller's. No count is below 0. NUDGE_EARGUMENT: the model has none. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_interval(const nudge_model *model,
                                                    const double *predictions, size_t rows,
                                                    double *low, double *high, nudge_error *err);

/* ---- Importance of columns -------------------------------------------------------------- */

/* How much worse a model gets where the cells of a raw column are shuffled among rows, so that they
 * say nothing any more: Breiman 2001, https://doi.org/10.1023/A:1010933404324; as scikit-learn's
 * permutation_importance(). Of columns that say the same each alone may matter little. */
typedef struct nudge_importance_options {
    size_t size;      /* of this structure: see nudge.h */
    size_t repeats;   /* shuffles of each column: >= 1 */
    uint64_t seed;    /* of the shuffles, which depend on it, column and repeat alone */
    uint64_t wanted;  /* a set of metrics */
    int threads;      /* as in nudge_train_options */
    int (*on_column)(size_t column, size_t columns, void *user); /* before each; other than 0
                       * stops. NULL: none */
    void *user;
} nudge_importance_options;

/* 5 repeats, seed 1, the loss, all threads. */
NUDGE_GIVES(nudge_importance_options, nudge_importance_defaults, it.size = sizeof it;)

/* mean and deviation, the caller's: NUDGE_METRICS x nudge_prep_columns() each; of metric m and
 * column j, at m * columns + j, over the repeats: the mean of what it is worse by (of a loss how
 * much higher, of an accuracy how much lower it is), and the standard deviation (over repeats); NaN
 * where the metric has no value. The table has targets; it is changed and back as it was when this
 * returns. Memory for a dataset of it is needed beside it.
 * NUDGE_ESTOPPED; NUDGE_EARGUMENT (also: data that is left in its file, the setting "stream");
 * every status of nudge_dataset_pack_copy() and nudge_evaluate_on(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_importance(const nudge_model *model, nudge_table *table,
                                                      const nudge_importance_options *options,
                                                      double *mean, double *deviation,
                                                      nudge_error *err);

/* ---- One row after another ------------------------------------------------------------- */

/* For programs that answer requests: room for one row, made once. It uses the weights that the
 * model has at the time of the call; the model must live longer. For one thread at a time. */
typedef struct nudge_predictor nudge_predictor;

/* NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_predictor_create(nudge_predictor **predictor,
                                                            const nudge_model *model,
                                                            nudge_error *err);
NUDGE_API void nudge_predictor_free(nudge_predictor *predictor);

/* A row as it comes: numbers[j] (NaN: missing) and texts[j] (NULL: missing) of column j <
 * nudge_prep_columns(), whichever its kind is; of a date the days since 1970-01-01 or, where that
 * is NaN, its text; texts may be NULL where all are numbers. Missing
 * values and texts that the model does not know are dealt with as in a table. Without
 * preprocessing: numbers are the network's inputs. out: as nudge_predict() has it, but for the last
 * bits. Allocates nothing.
 * NUDGE_EDATA: an infinite number, a missing one where the model has nothing in its place, or one
 * that is too large. NUDGE_EARGUMENT: the model has got more members since. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_predict_row(nudge_predictor *predictor,
                                                       const double *numbers,
                                                       const char *const *texts, double *out,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_predict_row_f32(nudge_predictor *predictor,
                                                           const float *numbers,
                                                           const char *const *texts, float *out,
                                                           nudge_error *err);

/* What predictions are compared with. out, the caller's: rows x outputs targets in their own units;
 * for losses of classes rows class numbers. NUDGE_EMISMATCH (also: data without targets). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_targets(const nudge_model *model,
                                                   const nudge_dataset *data, double *out,
                                                   nudge_error *err);

/* ---- Gradient check -------------------------------------------------------------------- */

typedef struct nudge_gradcheck_result {
    uint64_t checked;        /* parameters compared */
    uint64_t skipped;        /* parameters where the loss has a kink (relu at 0, ...) */
    double max_error;        /* largest |analytic - numeric| / max(|analytic|, |numeric|, f),
                              * f = 1e-3 * the largest gradient */
    size_t layer;            /* where that was: layer (their number and more: other tensors), */
    int is_bias;             /* weight or bias, */
    size_t index;            /* element in out x in order */
    double analytic, numeric;
    char tensor[64];         /* the name in files of what the layer and is_bias say */
} nudge_gradcheck_result;

/* Compares the gradient that a training step uses with fourth-order central differences of the
 * loss, evaluated in f64, over the whole dataset as one batch and at most `limit` parameters
 * (0: all; otherwise evenly spread). The model is unchanged.
 * NUDGE_EMISMATCH, NUDGE_EMEMORY, NUDGE_EARGUMENT (also: a model of several members). */
NUDGE_FILLS(nudge_gradcheck, result, (model, data, limit, result, err), const nudge_model *model,
            const nudge_dataset *data, uint64_t limit, nudge_gradcheck_result *result,
            nudge_error *err)

NUDGE_END

#endif
