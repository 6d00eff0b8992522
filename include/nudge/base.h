/* Status codes, what can be chosen by name, threads and the machine.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_BASE_H
#define NUDGE_BASE_H

#include <stddef.h>
#include <stdint.h>

/* Around the declarations: for C++. */
#ifdef __cplusplus
#define NUDGE_BEGIN extern "C" {
#define NUDGE_END }
#else
#define NUDGE_BEGIN
#define NUDGE_END
#endif

#if defined(__GNUC__)
#define NUDGE_API __attribute__((visibility("default")))
#define NUDGE_CHECKED __attribute__((warn_unused_result))
#else
#define NUDGE_API
#define NUDGE_CHECKED
#endif

/* The version of this header; larger numbers are later versions. */
#define NUDGE_VERSION_MAJOR 0
#define NUDGE_VERSION_MINOR 1
#define NUDGE_VERSION_PATCH 0
#define NUDGE_VERSION_NUMBER \
    (NUDGE_VERSION_MAJOR * 1000000 + NUDGE_VERSION_MINOR * 1000 + NUDGE_VERSION_PATCH)

#include "sized.h"

NUDGE_BEGIN

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
    const char *setting; /* the one that decides otherwise, by its name in a structure of options,
                          * such as "target"; constant text. NULL: none in particular */
    char text[NUDGE_ERROR_SIZE];
} nudge_error;

/* A short constant text for a status, such as "bad data". */
NUDGE_API const char *nudge_status_text(nudge_status status);

/* ---- Choices by name ------------------------------------------------------------------- */

/* Element type of weights, activations and gradients. */
typedef enum nudge_dtype { NUDGE_F32, NUDGE_F64 } nudge_dtype;

/* PyTorch's definitions with their default parameters: leaky-relu slope 0.01, elu alpha 1,
 * softplus beta 1 and threshold 20, gelu the exact one with erf; selu has the alpha and scale that
 * keep mean 0 and variance 1.
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
    NUDGE_SILU,
    NUDGE_SELU,
    NUDGE_MISH,
    NUDGE_SOFTSIGN
} nudge_activation;

/* z is the last layer's output, t the target, d = z - t; B rows, n outputs.
 *   mse            mean over B*n elements of d^2
 *   mae            mean over elements of |d|
 *   huber          mean over elements of d^2/2 where |d| <= delta, else delta*(|d| - delta/2)
 *   cross-entropy  mean over rows of log(sum_k exp(z_k)) - z_t, t the class (softmax + NLL)
 *   bce            mean over elements of log(1 + exp(z)) - t*z, t in [0, 1] (sigmoid + BCE)
 *   poisson        mean over elements of exp(z) - t*z, t >= 0 (log link)
 *   quantile       mean over elements of max(-q*d, (1 - q)*d): the pinball loss, whose best
 *                  prediction is the quantile q (Koenker and Bassett 1978)
 *   log-cosh       mean over elements of log(cosh(d))
 *   focal          mean over rows of -(1 - p)^gamma log(p), p the softmax of the class t (Lin et
 *                  al. 2017, https://arxiv.org/abs/1708.02002)
 * As PyTorch's MSELoss, L1Loss, HuberLoss, CrossEntropyLoss, BCEWithLogitsLoss and
 * PoissonNLLLoss: https://pytorch.org/docs/stable/nn.html#loss-functions; cross-entropy with its
 * label_smoothing s: the target is 1 - s for the class and s/n more for each.
 * auto: cross-entropy for a target of classes, bce for a numeric target of zeros and ones only,
 * mse for any other numeric target. */
typedef enum nudge_loss {
    NUDGE_LOSS_AUTO,
    NUDGE_MSE,
    NUDGE_MAE,
    NUDGE_HUBER,
    NUDGE_CROSS_ENTROPY,
    NUDGE_BCE,
    NUDGE_POISSON,
    NUDGE_QUANTILE,
    NUDGE_LOG_COSH,
    NUDGE_FOCAL
} nudge_loss;

/* What a loss takes as target. */
typedef enum nudge_target {
    NUDGE_NUMBERS,
    NUDGE_PROBABILITIES, /* numbers from 0 to 1; or one of two classes */
    NUDGE_COUNTS,        /* numbers from 0 up */
    NUDGE_CLASSES
} nudge_target;

typedef struct nudge_loss_info {
    const char *name;   /* NULL for a loss that does not exist */
    nudge_target target;
    const char *takes;  /* in words: "numbers from 0 to 1" */
    double least, most; /* of numbers, both allowed */
    int is_regression;  /* judged by rmse, mae and r2; otherwise by accuracy */
    int power;          /* of the target's unit in the loss: d^2 has 2. 0: a prediction is a
                         * function of z, so the target is not scaled and the last activation is
                         * identity */
    int is_power;       /* the loss of an element is |d| to the power: mse, mae */
    const char *parameter;       /* a loss may have one: "huber_delta"; NULL: it has none */
    const char *parameter_takes; /* in words: "a positive number" */
    double parameter_default, parameter_least, parameter_most; /* the most is not allowed, nor is */
    int parameter_above_least;                                 /* the least where this is 1 */
} nudge_loss_info;

NUDGE_TELLS(nudge_loss_info, nudge_loss_describe, , (v), nudge_loss v)

/* As in torch.optim: https://pytorch.org/docs/stable/optim.html#algorithms; lion is Algorithm 2 of
 * Chen et al. 2023, https://arxiv.org/abs/2302.06675. rprop is iRPROP- of Igel and Huesken 2003, as
 * torch.optim.Rprop has it. lbfgs is L-BFGS with 10 pairs and a line search for the strong Wolfe
 * conditions, as torch.optim.LBFGS(max_iter=1, history_size=10, line_search_fn='strong_wolfe'). */
typedef enum nudge_optimizer_kind {
    NUDGE_SGD,
    NUDGE_ADAM,
    NUDGE_ADAMW,
    NUDGE_RMSPROP,
    NUDGE_ADAGRAD,
    NUDGE_RADAM,
    NUDGE_LION,
    NUDGE_RPROP,
    NUDGE_LBFGS
} nudge_optimizer_kind;

/* How the learning rate changes: the formulas are with nudge_schedule. */
typedef enum nudge_schedule_kind {
    NUDGE_SCHEDULE_CONSTANT,
    NUDGE_SCHEDULE_STEP,
    NUDGE_SCHEDULE_EXPONENTIAL,
    NUDGE_SCHEDULE_COSINE,
    NUDGE_SCHEDULE_ONE_CYCLE,
    NUDGE_SCHEDULE_INVSCALING,
    NUDGE_SCHEDULE_COSLOG4,
    NUDGE_SCHEDULE_FLAT_COSINE,
    NUDGE_SCHEDULE_PLATEAU
} nudge_schedule_kind;

/* pytorch: weights and biases uniform in +-1/sqrt(in), nn.Linear's default.
 * he:      weights normal with variance 2/in (He et al. 2015), biases 0.
 * glorot:  weights uniform in +-sqrt(6/(in+out)) (Glorot and Bengio 2010), biases 0.
 * zeros:   everything 0.
 * ntk:     weights normal with variance 1/in, biases normal with variance 1; the last layer 0: for
 *          the ntk of nudge_train_options, as RealMLP begins (Holzmueller et al. 2024,
 *          https://arxiv.org/abs/2407.04491). */
typedef enum nudge_init {
    NUDGE_INIT_PYTORCH,
    NUDGE_INIT_HE,
    NUDGE_INIT_GLOROT,
    NUDGE_INIT_ZEROS,
    NUDGE_INIT_NTK
} nudge_init;

/* How features or a regression target are scaled.
 * standard: (x - mean) / standard deviation; minmax: to [0, 1]; none: as they are; robust (features
 * alone): z = (x - median) / interquartile range, then z / sqrt(1 + (z / 3)^2), which leaves small
 * values as they are and holds outliers within +-3 (Holzmueller et al. 2024,
 * https://arxiv.org/abs/2407.04491, where a range of 0 is replaced by half of that from the least
 * to the most); quantile (features alone): the part of the training rows that are below x, by 1000
 * quantiles at most and straight lines between them, as the standard normal distribution has it,
 * from -5.2 to 5.2 (scikit-learn's QuantileTransformer); not for data that stays in its file.
 * auto: standard for tables and synthetic data, bytes (pixels) / 255. What differs by no more than
 * rounding is a constant, and not scaled; robust makes it 0 in any row. */
typedef enum nudge_scale {
    NUDGE_SCALE_AUTO,
    NUDGE_SCALE_STANDARD,
    NUDGE_SCALE_MINMAX,
    NUDGE_SCALE_NONE,
    NUDGE_SCALE_ROBUST,
    NUDGE_SCALE_QUANTILE
} nudge_scale;

/* What is learned of a target: classes, or numbers. Auto: text is classes. Whole numbers are
 * classes where few of them are different: 0 and 1; others where there are at most 20 and 10 rows
 * for each (mean); labels of images in any case. All else is numbers. */
typedef enum nudge_task {
    NUDGE_TASK_AUTO,
    NUDGE_CLASSIFICATION,
    NUDGE_REGRESSION
} nudge_task;

/* What becomes of a target t of numbers before it is scaled: nothing; log(t), of numbers above 0;
 * log(1 + t), of numbers from 0 up; (t^lambda - 1) / lambda (Box and Cox 1964), of numbers above 0,
 * with the lambda from -5 to 5 that makes the training targets likeliest to be normal, as
 * scipy.stats.boxcox, or its limit log(t) where that is 0. */
typedef enum nudge_transform {
    NUDGE_TRANSFORM_NONE,
    NUDGE_TRANSFORM_LOG,
    NUDGE_TRANSFORM_LOG1P,
    NUDGE_TRANSFORM_BOX_COX
} nudge_transform;

/* What stands for a missing number: a statistic of the training rows that have one, or 0. */
typedef enum nudge_fill { NUDGE_FILL_MEDIAN, NUDGE_FILL_MEAN, NUDGE_FILL_ZERO } nudge_fill;

/* What a category becomes. one-hot: an input for each, of 0 and 1; missing and unknown ones are 0
 * in all. ordinal: one input, its number among the sorted categories (0, 1, ...; all others, where
 * they share one, come last), and -1 for missing and unknown ones; scaled as numbers are. signed:
 * as one-hot, but two categories are one input: 1 for the first, -1 for the second, and 0 for
 * missing and unknown ones. */
typedef enum nudge_category_code {
    NUDGE_ONE_HOT,
    NUDGE_ORDINAL,
    NUDGE_SIGNED
} nudge_category_code;

/* What numbers become beside themselves, for the network to tell their ranges apart (Gorishniy et
 * al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning",
 * https://arxiv.org/abs/2203.05556).
 * piecewise: the place in each of their bins, clamp((x - lower) / (upper - lower), 0, 1) of the
 * scaled number and the scaled edges. Of the edges, half are quantiles of the training rows that
 * have a number, half of their different values; where these are few, each is an edge. A number
 * with at most two values has no bins.
 * fourier: cos(2 pi c x) and sin(2 pi c x) of the scaled number, for each of its own frequencies c,
 * which are drawn from a normal distribution and stay as they are.
 * auto: piecewise; but none where there are 16 numbers or more with bins, of which at least three
 * quarters are whole in all training rows, all whole ones lie in one range of 256, and at least
 * half of these fill half of that range or more, as counts and pixels do: bins harm those. */
typedef enum nudge_encode {
    NUDGE_ENCODE_NONE,
    NUDGE_ENCODE_PIECEWISE,
    NUDGE_ENCODE_FOURIER,
    NUDGE_ENCODE_AUTO
} nudge_encode;

/* Where bins end. quantile: see above. tree: where a decision tree of that number alone splits, as
 * scikit-learn's DecisionTreeClassifier (Gini) or DecisionTreeRegressor (squared error, of targets
 * as the network learns them) with as many leaves as bins, at most, and a quarter of a bin's share
 * of rows in each leaf, at least. It has seen the targets of all training rows, also of those that
 * a member holds out. */
typedef enum nudge_bin_edges { NUDGE_EDGES_QUANTILE, NUDGE_EDGES_TREE } nudge_bin_edges;

/* What a network makes of a number x before its first layer, trained as that is, each number with
 * parameters of its own.
 * plr: relu(W v + b) of v = [cos(2 pi c x), sin(2 pi c x)] for frequencies c (Gorishniy et al.,
 * as above).
 * pbld: x itself and W v + b of v = cos(2 pi c x + phase) (Holzmueller et al. 2024, "Better by
 * Default", https://arxiv.org/abs/2407.04491).
 * Frequencies begin normal with a standard deviation of `scale`, phases uniform between -pi and pi,
 * W and b uniform within 1 / sqrt(inputs of W). */
typedef enum nudge_embed { NUDGE_EMBED_NONE, NUDGE_EMBED_PLR, NUDGE_EMBED_PBLD } nudge_embed;

/* The names used in options and files: "f32", "leaky-relu", "cross-entropy", ... NULL for a value
 * that does not exist: the names of a family are those of 0, 1, ... up to the first NULL. */
NUDGE_API const char *nudge_dtype_name(nudge_dtype v);
NUDGE_API const char *nudge_activation_name(nudge_activation v);
NUDGE_API const char *nudge_loss_name(nudge_loss v);
NUDGE_API const char *nudge_optimizer_name(nudge_optimizer_kind v);
NUDGE_API const char *nudge_schedule_name(nudge_schedule_kind v);
NUDGE_API const char *nudge_init_name(nudge_init v);
NUDGE_API const char *nudge_scale_name(nudge_scale v);
NUDGE_API const char *nudge_fill_name(nudge_fill v);
NUDGE_API const char *nudge_transform_name(nudge_transform v);
NUDGE_API const char *nudge_encode_name(nudge_encode v);
NUDGE_API const char *nudge_bin_edges_name(nudge_bin_edges v);
NUDGE_API const char *nudge_embed_name(nudge_embed v);
NUDGE_API const char *nudge_category_code_name(nudge_category_code v);

/* The value for a name. NUDGE_EARGUMENT for another name; the message lists the right ones. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_dtype_parse(nudge_dtype *v, const char *name,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_activation_parse(nudge_activation *v, const char *name,
                                                            nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_loss_parse(nudge_loss *v, const char *name,
                                                      nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_optimizer_parse(nudge_optimizer_kind *v,
                                                           const char *name, nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_schedule_parse(nudge_schedule_kind *v,
                                                          const char *name, nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_init_parse(nudge_init *v, const char *name,
                                                      nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_scale_parse(nudge_scale *v, const char *name,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_fill_parse(nudge_fill *v, const char *name,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_transform_parse(nudge_transform *v, const char *name,
                                                           nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_encode_parse(nudge_encode *v, const char *name,
                                                        nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_bin_edges_parse(nudge_bin_edges *v, const char *name,
                                                           nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_embed_parse(nudge_embed *v, const char *name,
                                                       nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_category_code_parse(nudge_category_code *v,
                                                               const char *name, nudge_error *err);

/* ---- Threads and machine --------------------------------------------------------------- */

typedef struct nudge_machine {
    int cores;                  /* that this process may use: its affinity mask, or the limit
                                 * below, rounded up, if that is less. At least 1 */
    double core_limit;          /* cores' worth of time that the control groups of this process
                                 * (containers, batch systems) allow: the tightest; 0: no limit */
    double throttled_seconds;   /* that such limits stopped these groups so far; NaN: not told */
    uint64_t memory_available;  /* bytes that can be had without swapping, within the limit below */
    uint64_t memory_limit;      /* bytes that the control groups allow: the tightest; 0: no limit */
    int openmp;                 /* 1 if built with OpenMP, 0 if not */
    const char *blas_config;    /* OpenBLAS's own description, constant text */
    const char *blas_core;      /* the kernel set it chose, such as "SkylakeX", constant text */
    const char *blas_better;    /* a kernel set that this CPU can run and OpenBLAS, being older than
                                 * the CPU, did not choose; for the environment variable
                                 * OPENBLAS_CORETYPE; NULL: there is none */
    int blas_parallel;          /* 0 serial build, 1 pthread build, 2 OpenMP build */
} nudge_machine;

/* What this machine and its libraries offer. Cannot fail. */
NUDGE_GIVES(nudge_machine, nudge_machine_info, )

/* The threads that training will use when `requested` are asked for: 0 means all cores of this
 * process, or fewer if OMP_NUM_THREADS or the program's omp_set_num_threads() asks for fewer; a
 * larger number than there are cores means all of them, and none is larger than OMP_THREAD_LIMIT.
 * Always 1 without OpenMP, with the serial build of OpenBLAS (not safe to call from several
 * threads), and in a child of a process that has used several (OpenMP does not survive a fork).
 * Where the system gives fewer, it is asked for no more than those until the process ends.
 * Where they are fewer than asked for, *why (may be NULL) is set to a constant one-line reason,
 * otherwise to NULL.
 *
 * OpenMP's number of threads is, after every call of this library, what it was before. OpenBLAS is
 * left with one thread a call, for the whole program. */
NUDGE_API int nudge_threads(int requested, const char **why);

NUDGE_END

#endif
