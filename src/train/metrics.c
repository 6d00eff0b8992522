#include "train/metrics.h"

#include <math.h>

/* ---- Classes and probabilities --------------------------------------------------------- */

static double loss(const nu_scores *s)
{
    return s->loss / s->weight;
}

static double accuracy(const nu_scores *s)
{
    return s->correct / (s->weight * (double)s->parts);
}

static double top_3(const nu_scores *s)
{
    return s->top[0] / s->weight;
}

static double top_5(const nu_scores *s)
{
    return s->top[1] / s->weight;
}

static double per_row(const nu_scores *s, nu_sum sum, size_t part)
{
    return s->sum[sum][part] / s->weight;
}

static double log_loss(const nu_scores *s, size_t part)
{
    return per_row(s, NU_LOG, part);
}

/* The two classes of a row have the same error, which counts once. */
static double brier(const nu_scores *s, size_t part)
{
    return per_row(s, NU_BRIER, part) / (s->has_classes && s->outputs == 2 ? 2 : 1);
}

/* Rows that are of class k of a part, and those that are predicted to be. */
typedef struct counts {
    double right, truly, predicted;
} counts;

static counts counts_of(const nu_scores *s, size_t part, size_t k)
{
    const nudge_class_counts *c = &s->counts[part * s->classes + k];
    return (counts){(double)c->true_positives, (double)(c->true_positives + c->false_negatives),
                    (double)(c->true_positives + c->false_positives)};
}

static double part_accuracy(const nu_scores *s, size_t part)
{
    double right = 0, rows = 0;
    if (s->counts == NULL)
        return NAN;
    for (size_t k = 0; k < s->classes; k++) {
        counts c = counts_of(s, part, k);
        right += c.right;
        rows += c.truly;
    }
    return right / rows;
}

static double balanced_accuracy(const nu_scores *s, size_t part)
{
    double recalls = 0, there = 0;
    for (size_t k = 0; k < s->classes; k++) {
        counts c = counts_of(s, part, k);
        if (c.truly > 0) {
            recalls += c.right / c.truly;
            there++;
        }
    }
    return recalls / there;
}

/* Gorodkin 2004, which for two classes is Matthews' coefficient. */
static double mcc(const nu_scores *s, size_t part)
{
    double rows = 0, right = 0, both = 0, truly2 = 0, predicted2 = 0;
    for (size_t k = 0; k < s->classes; k++) {
        counts c = counts_of(s, part, k);
        rows += c.truly;
        right += c.right;
        both += c.truly * c.predicted;
        truly2 += c.truly * c.truly;
        predicted2 += c.predicted * c.predicted;
    }
    double spread = (rows * rows - truly2) * (rows * rows - predicted2);
    return spread > 0 ? (right * rows - both) / sqrt(spread) : 0;
}

/* A probability's second class is its true one. */
static double f1(const nu_scores *s, size_t output)
{
    counts c = s->has_classes ? counts_of(s, 0, output) : counts_of(s, output, 1);
    return 2 * c.right / (c.truly + c.predicted);
}

static double roc_auc(const nu_scores *s, size_t output)
{
    return s->areas[output].roc;
}

static double average_precision(const nu_scores *s, size_t output)
{
    return s->areas[output].average_precision;
}

/* ---- Numbers --------------------------------------------------------------------------- */

static double part_rmse(const nu_scores *s, size_t j)
{
    return sqrt(per_row(s, NU_SQUARED, j)) * fabs(s->unit[j]);
}

static double rmse(const nu_scores *s)
{
    double sum = 0;
    for (size_t j = 0; j < s->outputs; j++)
        sum += s->sum[NU_SQUARED][j] * s->unit[j] * s->unit[j];
    return sqrt(sum / (s->weight * (double)s->outputs));
}

static double mae(const nu_scores *s, size_t j)
{
    return per_row(s, NU_ABSOLUTE, j) * fabs(s->unit[j]);
}

static double r2(const nu_scores *s, size_t j)
{
    double sum = s->sum[NU_TARGET][j], spread = s->sum[NU_TARGET2][j] - sum * sum / s->weight;
    return spread > 0 ? 1 - s->sum[NU_SQUARED][j] / spread : NAN;
}

static double mape(const nu_scores *s, size_t j)
{
    return per_row(s, NU_RELATIVE, j);
}

static double median_absolute_error(const nu_scores *s, size_t j)
{
    return s->median[j] * fabs(s->unit[j]);
}

/* Above and below a target errors have the weights 1 - q and q. */
static double pinball(const nu_scores *s, size_t j)
{
    return mae(s, j) / 2 + (0.5 - s->quantile) * per_row(s, NU_SIGNED, j) * s->unit[j];
}

/* ---- The table ------------------------------------------------------------------------- */

/* How a metric is made. The value of all is `whole`; otherwise the mean over parts, or over
 * outputs, for which classes are taken one by one against the others. */
typedef struct arithmetic {
    unsigned needs;
    double (*whole)(const nu_scores *s);
    double (*part)(const nu_scores *s, size_t part);
    double (*output)(const nu_scores *s, size_t output);
} arithmetic;

static const arithmetic metrics[NUDGE_METRICS] = {
    [NUDGE_METRIC_LOSS] = {.whole = loss},
    [NUDGE_METRIC_ACCURACY] = {.whole = accuracy, .part = part_accuracy},
    [NUDGE_METRIC_BALANCED_ACCURACY] = {NU_NEEDS_COUNTS, .part = balanced_accuracy},
    [NUDGE_METRIC_LOG_LOSS] = {NU_NEEDS(NU_LOG), .part = log_loss},
    [NUDGE_METRIC_ROC_AUC] = {NU_NEEDS_KEPT, .output = roc_auc},
    [NUDGE_METRIC_AVERAGE_PRECISION] = {NU_NEEDS_KEPT, .output = average_precision},
    [NUDGE_METRIC_F1] = {NU_NEEDS_COUNTS, .output = f1},
    [NUDGE_METRIC_MCC] = {NU_NEEDS_COUNTS, .part = mcc},
    [NUDGE_METRIC_BRIER] = {NU_NEEDS(NU_BRIER), .part = brier},
    [NUDGE_METRIC_TOP_3] = {NU_NEEDS_TOP, .whole = top_3},
    [NUDGE_METRIC_TOP_5] = {NU_NEEDS_TOP, .whole = top_5},
    [NUDGE_METRIC_RMSE] = {NU_NEEDS(NU_SQUARED), .whole = rmse, .part = part_rmse},
    [NUDGE_METRIC_MAE] = {NU_NEEDS(NU_ABSOLUTE), .part = mae},
    [NUDGE_METRIC_R2] = {NU_NEEDS(NU_SQUARED) | NU_NEEDS(NU_TARGET) | NU_NEEDS(NU_TARGET2),
                         .part = r2},
    [NUDGE_METRIC_MAPE] = {NU_NEEDS(NU_RELATIVE), .part = mape},
    [NUDGE_METRIC_MEDIAN_ABSOLUTE_ERROR] = {NU_NEEDS_KEPT, .part = median_absolute_error},
    [NUDGE_METRIC_PINBALL] = {NU_NEEDS(NU_ABSOLUTE) | NU_NEEDS(NU_SIGNED), .part = pinball},
};

unsigned nu_metrics_need(uint64_t wanted, nudge_loss of, size_t outputs)
{
    unsigned needs = 0;
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        if ((wanted & NUDGE_METRIC_SET(i)) && nudge_metric_fits((nudge_metric)i, of, outputs))
            needs |= metrics[i].needs;
    return needs;
}

/* The mean of those of n values that are there. */
static double mean_of(const nu_scores *s, size_t n, double (*value)(const nu_scores *s, size_t i))
{
    double sum = 0, there = 0;
    for (size_t i = 0; i < n; i++) {
        double x = value(s, i);
        if (!isnan(x)) {
            sum += x;
            there++;
        }
    }
    return sum / there;
}

static double value_of(const arithmetic *a, const nu_scores *s)
{
    if (a->whole != NULL)
        return a->whole(s);
    if (a->part != NULL)
        return mean_of(s, s->parts, a->part);
    return s->has_classes && s->outputs == 2 ? a->output(s, 1)
                                             : mean_of(s, s->outputs, a->output);
}

static double value_of_output(const arithmetic *a, const nu_scores *s, size_t output)
{
    if (a->output != NULL)
        return a->output(s, output);
    return a->part != NULL && s->parts == s->outputs ? a->part(s, output) : NAN;
}

/* Without a loss there are predictions that are no numbers: means would leave them out. */
void nu_metrics_set(nudge_metrics *m, uint64_t wanted, nudge_loss of, const nu_scores *s)
{
    if (isnan(s->loss))
        wanted = 0;
    for (size_t i = 0; i < NUDGE_METRICS_ROOM; i++) {
        int is_there = i < NUDGE_METRICS && (wanted & NUDGE_METRIC_SET(i)) != 0 &&
                       nudge_metric_fits((nudge_metric)i, of, s->outputs);
        m->value[i] = is_there ? value_of(&metrics[i], s) : NAN;
        if (m->by_output == NULL || i >= NUDGE_METRICS)
            continue;
        for (size_t j = 0; j < s->outputs; j++)
            m->by_output[i * s->outputs + j] = is_there ? value_of_output(&metrics[i], s, j) : NAN;
    }
}
