/* Choices by name: one table per enum, in the enum's order. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/status.h"
#include "nudge.h"
#include "spell.h"

#define MOST 12 /* names of a choice */

typedef struct choice {
    const char *what;            /* with its article, for messages */
    const char *names[MOST + 1]; /* in the enum's order; NULL after the last */
    const char *(*name)(size_t); /* instead of names, where rows have more than a name */
} choice;

static const choice dtypes = {
    "an element type",
    .names = {[NUDGE_F32] = "f32", [NUDGE_F64] = "f64"},
};

static const choice activations = {
    "an activation",
    .names = {[NUDGE_IDENTITY] = "identity", [NUDGE_RELU] = "relu",
              [NUDGE_LEAKY_RELU] = "leaky-relu", [NUDGE_ELU] = "elu", [NUDGE_TANH] = "tanh",
              [NUDGE_SIGMOID] = "sigmoid", [NUDGE_SOFTPLUS] = "softplus", [NUDGE_GELU] = "gelu",
              [NUDGE_SILU] = "silu", [NUDGE_SELU] = "selu", [NUDGE_MISH] = "mish",
              [NUDGE_SOFTSIGN] = "softsign"},
};

/* Everything about a loss but its arithmetic, which net/loss.c has. */
#define ANY_NUMBERS NUDGE_NUMBERS, "numbers", -INFINITY, INFINITY, .is_regression = 1
#define PARAMETER(name, takes, usual, least, most, above_least)                       \
    .parameter = (name), .parameter_takes = (takes), .parameter_default = (usual),    \
    .parameter_least = (least), .parameter_most = (most), .parameter_above_least = (above_least)
static const nudge_loss_info loss_rows[] = {
    [NUDGE_LOSS_AUTO] = {"auto", ANY_NUMBERS},
    [NUDGE_MSE] = {"mse", ANY_NUMBERS, .power = 2, .is_power = 1},
    [NUDGE_MAE] = {"mae", ANY_NUMBERS, .power = 1, .is_power = 1},
    [NUDGE_HUBER] = {"huber", ANY_NUMBERS, .power = 2,
                     PARAMETER("huber_delta", "a positive number", 1, 0, INFINITY, 1)},
    [NUDGE_CROSS_ENTROPY] = {"cross-entropy", NUDGE_CLASSES, "classes",
                             PARAMETER("label_smoothing", "a number from 0 up and below 1", 0, 0, 1,
                                       0)},
    [NUDGE_BCE] = {"bce", NUDGE_PROBABILITIES, "numbers from 0 to 1", .most = 1},
    [NUDGE_POISSON] = {"poisson", NUDGE_COUNTS, "numbers from 0 up", .most = INFINITY,
                       .is_regression = 1},
    [NUDGE_QUANTILE] = {"quantile", ANY_NUMBERS, .power = 1,
                        PARAMETER("quantile", "a number above 0 and below 1", 0.5, 0, 1, 1)},
    [NUDGE_LOG_COSH] = {"log-cosh", ANY_NUMBERS, .power = 2},
    [NUDGE_FOCAL] = {"focal", NUDGE_CLASSES, "classes",
                     PARAMETER("focal_gamma", "a number from 0 up", 2, 0, INFINITY, 0)},
};

nudge_loss_info nudge_loss_describe(nudge_loss v)
{
    size_t i = (size_t)v;
    return i < sizeof loss_rows / sizeof *loss_rows ? loss_rows[i] : (nudge_loss_info){0};
}

static const char *loss_name(size_t i)
{
    return nudge_loss_describe((nudge_loss)i).name;
}

static const choice losses = {"a loss", .name = loss_name};

/* Everything about a metric but its arithmetic, which train/metrics.c has. */
#define OF(kind) (1u << (kind))
#define LABELS .targets = OF(NUDGE_CLASSES) | OF(NUDGE_PROBABILITIES)
#define NUMBERS .targets = OF(NUDGE_NUMBERS) | OF(NUDGE_COUNTS)
static const nudge_metric_info metric_rows[NUDGE_METRICS] = {
    [NUDGE_METRIC_LOSS] = {"loss", "loss", "%.6g", .targets = ~0u, .is_main = 1},
    [NUDGE_METRIC_ACCURACY] = {"accuracy", "accuracy", "%.4f", 1, LABELS, .is_main = 1},
    [NUDGE_METRIC_BALANCED_ACCURACY] = {"balanced-accuracy", "balanced accuracy", "%.4f", 1, LABELS,
                                        .is_main = 1},
    [NUDGE_METRIC_LOG_LOSS] = {"log-loss", "log loss", "%.6g", 0, LABELS,
                               OF(NUDGE_CROSS_ENTROPY) | OF(NUDGE_BCE)},
    [NUDGE_METRIC_ROC_AUC] = {"roc-auc", "ROC AUC", "%.4f", 1, LABELS},
    [NUDGE_METRIC_AVERAGE_PRECISION] = {"average-precision", "average precision", "%.4f", 1,
                                        LABELS},
    [NUDGE_METRIC_F1] = {"f1", "F1", "%.4f", 1, LABELS, .is_main = 1},
    [NUDGE_METRIC_MCC] = {"mcc", "MCC", "%.4f", 1, LABELS},
    [NUDGE_METRIC_BRIER] = {"brier", "Brier score", "%.6g", 0, LABELS},
    [NUDGE_METRIC_TOP_3] = {"top-3", "top-3 accuracy", "%.4f", 1, OF(NUDGE_CLASSES),
                            .more_outputs = 3},
    [NUDGE_METRIC_TOP_5] = {"top-5", "top-5 accuracy", "%.4f", 1, OF(NUDGE_CLASSES),
                            .more_outputs = 5},
    [NUDGE_METRIC_RMSE] = {"rmse", "RMSE", "%.6g", 0, NUMBERS, .is_main = 1, .in_units = 1},
    [NUDGE_METRIC_MAE] = {"mae", "MAE", "%.6g", 0, NUMBERS, OF(NUDGE_MAE), .is_main = 1,
                          .in_units = 1},
    [NUDGE_METRIC_R2] = {"r2", "R2", "%.4f", 1, NUMBERS, .is_main = 1},
    [NUDGE_METRIC_MAPE] = {"mape", "MAPE", "%.6g", 0, NUMBERS},
    [NUDGE_METRIC_MEDIAN_ABSOLUTE_ERROR] = {"median-absolute-error", "median absolute error",
                                            "%.6g", 0, NUMBERS, .in_units = 1},
    [NUDGE_METRIC_PINBALL] = {"pinball", "pinball loss", "%.6g", 0, NUMBERS, OF(NUDGE_QUANTILE),
                              .in_units = 1},
};

nudge_metric_info nudge_metric_describe(nudge_metric metric)
{
    return (size_t)metric < NUDGE_METRICS ? metric_rows[metric] : (nudge_metric_info){0};
}

int nudge_metric_fits(nudge_metric metric, nudge_loss loss, size_t outputs)
{
    nudge_metric_info m = nudge_metric_describe(metric);
    return (m.targets & OF(nudge_loss_describe(loss).target)) != 0 && outputs > m.more_outputs;
}

static const char *metric_name(size_t i)
{
    return nudge_metric_describe((nudge_metric)i).name;
}

static const choice metrics = {"a metric", .name = metric_name};

static const choice optimizers = {
    "an optimizer",
    .names = {[NUDGE_SGD] = "sgd", [NUDGE_ADAM] = "adam", [NUDGE_ADAMW] = "adamw",
              [NUDGE_RMSPROP] = "rmsprop", [NUDGE_ADAGRAD] = "adagrad",
              [NUDGE_RADAM] = "radam", [NUDGE_LION] = "lion",
              [NUDGE_RPROP] = "rprop", [NUDGE_LBFGS] = "lbfgs"},
};

static const choice schedules = {
    "a schedule",
    .names = {[NUDGE_SCHEDULE_CONSTANT] = "constant", [NUDGE_SCHEDULE_STEP] = "step",
              [NUDGE_SCHEDULE_EXPONENTIAL] = "exponential", [NUDGE_SCHEDULE_COSINE] = "cosine",
              [NUDGE_SCHEDULE_ONE_CYCLE] = "one-cycle",
              [NUDGE_SCHEDULE_INVSCALING] = "invscaling", [NUDGE_SCHEDULE_COSLOG4] = "coslog4",
              [NUDGE_SCHEDULE_FLAT_COSINE] = "flat-cosine",
              [NUDGE_SCHEDULE_PLATEAU] = "plateau"},
};

static const choice inits = {
    "an initialisation",
    .names = {[NUDGE_INIT_PYTORCH] = "pytorch", [NUDGE_INIT_HE] = "he",
              [NUDGE_INIT_GLOROT] = "glorot", [NUDGE_INIT_ZEROS] = "zeros",
              [NUDGE_INIT_NTK] = "ntk"},
};

static const choice scales = {
    "a scaling",
    .names = {[NUDGE_SCALE_AUTO] = "auto", [NUDGE_SCALE_STANDARD] = "standard",
              [NUDGE_SCALE_MINMAX] = "minmax", [NUDGE_SCALE_NONE] = "none",
              [NUDGE_SCALE_ROBUST] = "robust", [NUDGE_SCALE_QUANTILE] = "quantile"},
};

static const choice fills = {
    "what stands for a missing number",
    .names = {[NUDGE_FILL_MEDIAN] = "median", [NUDGE_FILL_MEAN] = "mean",
              [NUDGE_FILL_ZERO] = "zero"},
};

static const choice transforms = {
    "a transform",
    .names = {[NUDGE_TRANSFORM_NONE] = "none", [NUDGE_TRANSFORM_LOG] = "log",
              [NUDGE_TRANSFORM_LOG1P] = "log1p", [NUDGE_TRANSFORM_BOX_COX] = "box-cox"},
};

static const choice category_codes = {
    "a code of categories",
    .names = {[NUDGE_ONE_HOT] = "one-hot", [NUDGE_ORDINAL] = "ordinal",
              [NUDGE_SIGNED] = "signed"},
};

static const choice encodes = {
    "an encoding",
    .names = {[NUDGE_ENCODE_NONE] = "none", [NUDGE_ENCODE_PIECEWISE] = "piecewise",
              [NUDGE_ENCODE_FOURIER] = "fourier", [NUDGE_ENCODE_AUTO] = "auto"},
};

static const choice bin_edges = {
    "edges of bins",
    .names = {[NUDGE_EDGES_QUANTILE] = "quantile", [NUDGE_EDGES_TREE] = "tree"},
};

static const choice embeds = {
    "an embedding",
    .names = {[NUDGE_EMBED_NONE] = "none", [NUDGE_EMBED_PLR] = "plr", [NUDGE_EMBED_PBLD] = "pbld"},
};

static const choice column_kinds = {
    "a kind of columns",
    .names = {[NUDGE_COLUMN_NUMBER] = "number", [NUDGE_COLUMN_CATEGORY] = "category",
              [NUDGE_COLUMN_PIXELS] = "pixels", [NUDGE_COLUMN_DATE] = "date"},
};

static const choice phases = {
    "a phase",
    .names = {[NUDGE_PACK] = "pack", [NUDGE_FORWARD] = "forward", [NUDGE_LOSS] = "loss",
              [NUDGE_BACKWARD] = "backward", [NUDGE_UPDATE] = "update", [NUDGE_WAIT] = "wait"},
};

static const choice languages = {
    "a language",
    .names = {[NUDGE_LANGUAGE_AUTO] = "auto", [NUDGE_LANGUAGE_C] = "c", [NUDGE_LANGUAGE_JS] = "js",
              [NUDGE_LANGUAGE_PYTHON] = "python", [NUDGE_LANGUAGE_JSON] = "json",
              [NUDGE_LANGUAGE_C_HEADER] = "c-header", [NUDGE_LANGUAGE_HTML] = "html",
              [NUDGE_LANGUAGE_ONNX] = "onnx"},
};

static const char *name_of(const choice *c, size_t i)
{
    return c->name != NULL ? c->name(i) : i < MOST ? c->names[i] : NULL;
}

static const char *name_at(const void *of, size_t i)
{
    return name_of(of, i);
}

static nudge_status not_found(const choice *c, const char *name, nudge_error *err)
{
    char list[256] = "", hint[64] = "";
    size_t used = 0;
    for (size_t i = 0; name_of(c, i) != NULL && used < sizeof list; i++) {
        const char *between = i == 0 ? "" : name_of(c, i + 1) != NULL ? ", " : " or ";
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", between, name_of(c, i));
    }
    const char *meant = nu_closest(name, name_at, c);
    if (meant != NULL)
        snprintf(hint, sizeof hint, " (did you mean '%s'?)", meant);
    return nu_fail(err, NUDGE_EARGUMENT, "'%.60s' is not %s: it must be %s%s", name, c->what, list,
                   hint);
}

/* The value of an enum, which GCC and Clang keep as an unsigned int where none is negative. */
static nudge_status find(const choice *c, const char *name, unsigned *value, nudge_error *err)
{
    if (name == NULL)
        name = "";
    for (size_t i = 0; name_of(c, i) != NULL; i++)
        if (strcmp(name, name_of(c, i)) == 0) {
            *value = (unsigned)i;
            return NUDGE_OK;
        }
    return not_found(c, name, err);
}

#define NAME_OF(function, type, choice)      \
    const char *function(type v)              \
    {                                         \
        return name_of(&(choice), (size_t)v); \
    }

NAME_OF(nudge_dtype_name, nudge_dtype, dtypes)
NAME_OF(nudge_phase_name, nudge_phase, phases)
NAME_OF(nudge_activation_name, nudge_activation, activations)
NAME_OF(nudge_loss_name, nudge_loss, losses)
NAME_OF(nudge_metric_name, nudge_metric, metrics)
NAME_OF(nudge_optimizer_name, nudge_optimizer_kind, optimizers)
NAME_OF(nudge_schedule_name, nudge_schedule_kind, schedules)
NAME_OF(nudge_init_name, nudge_init, inits)
NAME_OF(nudge_scale_name, nudge_scale, scales)
NAME_OF(nudge_fill_name, nudge_fill, fills)
NAME_OF(nudge_transform_name, nudge_transform, transforms)
NAME_OF(nudge_encode_name, nudge_encode, encodes)
NAME_OF(nudge_bin_edges_name, nudge_bin_edges, bin_edges)
NAME_OF(nudge_embed_name, nudge_embed, embeds)
NAME_OF(nudge_category_code_name, nudge_category_code, category_codes)
NAME_OF(nudge_column_kind_name, nudge_column_kind, column_kinds)
NAME_OF(nudge_language_name, nudge_language, languages)

#define PARSE(function, type, choice)                                  \
    nudge_status function(type *v, const char *name, nudge_error *err) \
    {                                                                  \
        return find(&(choice), name, v, err);                          \
    }

PARSE(nudge_dtype_parse, nudge_dtype, dtypes)
PARSE(nudge_activation_parse, nudge_activation, activations)
PARSE(nudge_loss_parse, nudge_loss, losses)
PARSE(nudge_metric_parse, nudge_metric, metrics)
PARSE(nudge_optimizer_parse, nudge_optimizer_kind, optimizers)
PARSE(nudge_schedule_parse, nudge_schedule_kind, schedules)
PARSE(nudge_init_parse, nudge_init, inits)
PARSE(nudge_scale_parse, nudge_scale, scales)
PARSE(nudge_fill_parse, nudge_fill, fills)
PARSE(nudge_transform_parse, nudge_transform, transforms)
PARSE(nudge_encode_parse, nudge_encode, encodes)
PARSE(nudge_bin_edges_parse, nudge_bin_edges, bin_edges)
PARSE(nudge_embed_parse, nudge_embed, embeds)
PARSE(nudge_category_code_parse, nudge_category_code, category_codes)
PARSE(nudge_column_kind_parse, nudge_column_kind, column_kinds)
PARSE(nudge_language_parse, nudge_language, languages)
