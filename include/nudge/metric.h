/* Metrics: what a model is judged by.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_METRIC_H
#define NUDGE_METRIC_H

#include "base.h"

NUDGE_BEGIN

/* scikit-learn's definitions: https://scikit-learn.org/stable/modules/model_evaluation.html
 *
 * Rows with weights count by them in each, as with sample_weight; a median then has half of the
 * weight on each side, as in scikit-learn since 1.7.
 * p is a prediction as nudge_predict() gives it, t a target, both in the target's own units.
 *   loss               of the model, as nudge_train() reports it
 * Classes (cross-entropy, focal), and probabilities (bce; t > 0.5 is true, p > 0.5 predicts it):
 *   accuracy           the part that is right, of all elements
 *   balanced-accuracy  mean recall of the classes that occur
 *   log-loss           mean of -log of the probability given to what is true, from the network's
 *                      output before rounding to a probability: it needs no clipping
 *   roc-auc            area under the ROC curve
 *   average-precision  sum over thresholds of precision times the recall gained
 *   f1                 2 TP / (2 TP + FP + FN)
 *   mcc                Matthews' correlation coefficient; 0 where all rows or all predictions are
 *                      of one class
 *   brier              mean of (p - t)^2; beyond two classes summed over the classes
 *   top-3, top-5       the part of rows whose class is among the 3 or 5 most likely; among equals
 *                      the later class is taken first. Only for more classes than that
 * Numbers and counts (mse, mae, huber, quantile, log-cosh, poisson):
 *   rmse, mae          over all elements
 *   r2                 1 - sum (p - t)^2 / sum (t - mean)^2; not defined for a constant target
 *   mape               mean of |p - t| / max(|t|, 2^-52)
 *   median-absolute-error
 *   pinball            mean of q max(t - p, 0) + (1 - q) max(p - t, 0); the quantile q is that of
 *                      the loss if it has one, otherwise 0.5
 *
 * roc-auc, average-precision and f1 are of the second of two classes; beyond two, the mean over
 * classes, each against all others. Where a model has several outputs (but for classes), all but
 * rmse are means over the outputs. A class or output without a value is left out of a mean: roc-auc
 * needs rows of both kinds, average-precision rows that are true, f1 rows that are true or
 * predicted to be. */
typedef enum nudge_metric {
    NUDGE_METRIC_LOSS,
    NUDGE_METRIC_ACCURACY,
    NUDGE_METRIC_BALANCED_ACCURACY,
    NUDGE_METRIC_LOG_LOSS,
    NUDGE_METRIC_ROC_AUC,
    NUDGE_METRIC_AVERAGE_PRECISION,
    NUDGE_METRIC_F1,
    NUDGE_METRIC_MCC,
    NUDGE_METRIC_BRIER,
    NUDGE_METRIC_TOP_3,
    NUDGE_METRIC_TOP_5,
    NUDGE_METRIC_RMSE,
    NUDGE_METRIC_MAE,
    NUDGE_METRIC_R2,
    NUDGE_METRIC_MAPE,
    NUDGE_METRIC_MEDIAN_ABSOLUTE_ERROR,
    NUDGE_METRIC_PINBALL,
    NUDGE_METRICS           /* so many there are */
} nudge_metric;

/* A set of metrics: the sum of NUDGE_METRIC_SET of each. */
#define NUDGE_METRIC_SET(metric) (UINT64_C(1) << (metric))
#define NUDGE_METRICS_ALL UINT64_MAX

typedef struct nudge_metric_info {
    const char *name;       /* in options: "roc-auc"; NULL for a metric that does not exist */
    const char *title;      /* for people: "ROC AUC" */
    const char *format;     /* of a value, for printf */
    int higher_is_better;
    unsigned targets;       /* kinds that it is for: the sum of 1 << nudge_target */
    unsigned losses;        /* whose mean it is, where a loss that has a parameter has its default:
                             * the sum of 1 << nudge_loss */
    size_t more_outputs;    /* it needs more outputs than that */
    int is_main;            /* one of the few for a short report */
    int in_units;           /* it is in the unit of the target: of several outputs, each of which
                             * has its own unit, only the values by output say something */
} nudge_metric_info;

NUDGE_TELLS(nudge_metric_info, nudge_metric_describe, , (metric), nudge_metric metric)

/* 1 if models of this loss, with so many outputs, are judged by it. */
NUDGE_API int nudge_metric_fits(nudge_metric metric, nudge_loss loss, size_t outputs);

/* As the other families in base.h have them. */
NUDGE_API const char *nudge_metric_name(nudge_metric metric);
NUDGE_API NUDGE_CHECKED nudge_status nudge_metric_parse(nudge_metric *metric, const char *name,
                                                        nudge_error *err);

NUDGE_END

#endif
