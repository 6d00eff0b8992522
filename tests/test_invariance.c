/* What must not change the result: the number of threads (not one bit), the order of a batch's
 * rows and its division (up to rounding). */
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"

/* ---- Threads: equal bits ---- */

typedef struct shape {
    const char *name;
    size_t layers, widths[13], rows, batch;
    nudge_loss loss;
    nudge_activation hidden;
} shape;

static const shape shapes[] = {
    {"tiny", 2, {2, 3, 1}, 4, 4, NUDGE_MSE, NUDGE_RELU},
    {"image", 2, {784, 128, 10}, 320, 64, NUDGE_CROSS_ENTROPY, NUDGE_RELU},
    {"wide", 2, {100, 1500, 10}, 288, 96, NUDGE_CROSS_ENTROPY, NUDGE_GELU},
    {"deep", 12, {24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24}, 320, 32, NUDGE_HUBER,
     NUDGE_SILU},
    {"batch of one", 2, {13, 31, 3}, 101, 1, NUDGE_POISSON, NUDGE_TANH},
    {"batch of one, wide", 2, {300, 700, 10}, 20, 1, NUDGE_CROSS_ENTROPY, NUDGE_RELU},
    {"short last batch", 3, {40, 50, 30, 5}, 1003, 64, NUDGE_BCE, NUDGE_ELU},
    {"small, large batch", 3, {16, 64, 64, 1}, 2048, 256, NUDGE_MSE, NUDGE_SOFTPLUS},
    {"whole set at once", 2, {9, 17, 2}, 1500, 1500, NUDGE_MAE, NUDGE_SIGMOID},
    {"wide, then narrow", 4, {90, 700, 300, 40, 3}, 300, 128, NUDGE_HUBER, NUDGE_RELU},
    {"narrow around wide", 3, {13, 256, 256, 3}, 600, 512, NUDGE_CROSS_ENTROPY, NUDGE_RELU},
    {"linear", 1, {50, 7}, 700, 300, NUDGE_MSE, NUDGE_IDENTITY},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static size_t accumulated; /* batches for an update; 0: one, and no clipping */

/* The last two are more than most steps have work for. */
static const int threads_tried[] = {1, 2, 3, 4, 7, 16, 64};
enum { FEW = 5, ALL = 7 };

/* What a run leaves. */
typedef struct outcome {
    uint64_t hash;
    double train_loss, val_loss, loss;
    uint64_t metric_bits;     /* of all metrics, mixed */
    uint64_t prediction_bits; /* of all predictions, mixed */
} outcome;

static uint64_t mix(uint64_t bits, double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return (bits ^ word) * 0x100000001b3u;
}

static outcome run(const shape *s, nudge_dtype dtype, nudge_optimizer_kind kind, int threads)
{
    size_t inputs = s->widths[0], outputs = s->widths[s->layers];
    nudge_dataset *data = made_data(s->loss, dtype, s->rows, inputs, outputs, 11);
    nudge_dataset *val = made_data(s->loss, dtype, 77, inputs, outputs, 12);
    /* A normalised layer goes over rows: one shape is left that adds in tiles. */
    int layer_norm = accumulated > 0 && s->layers > 1 && s->batch < 512;
    int residual = accumulated > 0 && s->layers > 2 && s->widths[1] == s->widths[2];
    nudge_model *model = made_model_with(layer_norm, residual, s->loss, dtype, s->layers,
                                         s->widths, s->hidden, NUDGE_IDENTITY, 13);
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = nudge_optimizer_defaults(kind);
    options.optimizer.lr = 0.003;
    options.optimizer.momentum = s->rows % 2 == 0 ? 0 : 0.5; /* sgd: two ways to update */
    options.optimizer.weight_decay = 0.001;
    options.batch = s->batch;
    if (nudge_optimizer_takes_all_rows(kind)) {
        options.batch = s->rows;
    } else {
        options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_ONE_CYCLE);
        options.schedule.warmup = 0.5;
    }
    const double dropout[12] = {0.3, 0, 0.5};
    if (accumulated > 0) {
        options.accumulate = accumulated;
        options.clip_norm = 0.05;
        options.clip_value = 0.01;
        options.max_norm = 0.3;
        options.average = 0.9;
        options.dropout = dropout;
    }
    options.epochs = 2;
    options.threads = threads;
    options.oversubscribe = 1; /* so that 3, 4 and 7 are real on two cores too */
    nudge_train_result result;
    nudge_error err;
    ck_ok(nudge_train(model, data, val, &options, &result, &err), &err);
    outcome o;
    memset(&o, 0, sizeof o);
    o.hash = nudge_model_hash(model);
    o.train_loss = result.last.train_loss;
    o.val_loss = result.last.val_loss;
    nudge_metrics metrics;
    ck_ok(nudge_evaluate(model, data, threads, &metrics, &err), &err);
    o.loss = value_of(metrics, LOSS);
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        o.metric_bits = mix(o.metric_bits, metrics.value[i]);
    nudge_metrics_free(&metrics);
    double *predictions = malloc(s->rows * outputs * sizeof *predictions);
    ck_assert_ptr_nonnull(predictions);
    ck_ok(nudge_predict(model, data, threads, predictions, &err), &err);
    for (size_t i = 0; i < s->rows * outputs; i++)
        o.prediction_bits = mix(o.prediction_bits, predictions[i]);
    free(predictions);
    nudge_model_free(model);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
    return o;
}

static void same_bits(const shape *s, nudge_dtype dtype, nudge_optimizer_kind kind, size_t counts)
{
    outcome first = run(s, dtype, kind, threads_tried[0]);
    for (size_t t = 1; t < counts; t++) {
        outcome other = run(s, dtype, kind, threads_tried[t]);
        const char *differs = other.hash != first.hash                 ? "weights"
            : memcmp(&other.train_loss, &first.train_loss, 8) != 0     ? "training loss"
            : memcmp(&other.val_loss, &first.val_loss, 8) != 0         ? "validation loss"
            : memcmp(&other.loss, &first.loss, 8) != 0                 ? "evaluated loss"
            : other.metric_bits != first.metric_bits                   ? "metrics"
            : other.prediction_bits != first.prediction_bits           ? "predictions"
                                                                       : NULL;
        ck_assert_msg(differs == NULL, "%s, %s, %s: %s differ between 1 and %d threads (losses "
                      "%.17g and %.17g)", s->name, nudge_dtype_name(dtype),
                      nudge_optimizer_name(kind), differs, threads_tried[t], first.train_loss,
                      other.train_loss);
    }
}

/* The optimizer changes with the shape, so that all are met. */
START_TEST(threads_f32)
{
    int is_wide = shapes[_i].widths[1] > 100;
    same_bits(&shapes[_i], NUDGE_F32, (nudge_optimizer_kind)(_i % (NUDGE_LBFGS + 1)),
              is_wide ? ALL : FEW);
}
END_TEST

START_TEST(threads_f64)
{
    same_bits(&shapes[_i], NUDGE_F64, (nudge_optimizer_kind)((_i + 1) % (NUDGE_LBFGS + 1)),
              FEW);
}
END_TEST

START_TEST(threads_optimizers)
{
    const shape small = {"optimizers", 3, {30, 70, 40, 4}, 500, 128, NUDGE_CROSS_ENTROPY,
                         NUDGE_LEAKY_RELU};
    same_bits(&small, NUDGE_F32, (nudge_optimizer_kind)_i, FEW);
}
END_TEST

/* Gradients kept before the update: added up over batches, clipped. */
START_TEST(threads_kept_gradients)
{
    accumulated = 3;
    same_bits(&shapes[_i], NUDGE_F32, NUDGE_ADAMW, FEW);
    accumulated = 1;
    same_bits(&shapes[_i], NUDGE_F64, NUDGE_SGD, FEW);
    accumulated = 0;
}
END_TEST

/* Twice the same run in one process. */
START_TEST(twice)
{
    outcome one = run(&shapes[1], NUDGE_F32, NUDGE_ADAM, 0);
    outcome two = run(&shapes[1], NUDGE_F32, NUDGE_ADAM, 0);
    ck_assert_uint_eq(one.hash, two.hash);
    ck_assert_uint_eq(one.prediction_bits, two.prediction_bits);
}
END_TEST

/* ---- Rows of a batch ---- */

/* The gradient of all rows of `data` as one batch: what an sgd step with lr 1 takes off. For
 * free(). */
static double *gradient(const nudge_dataset *data, nudge_loss loss, size_t layers,
                        const size_t *widths, double *value)
{
    nudge_model *model = made_model(loss, NUDGE_F64, layers, widths, NUDGE_TANH, NUDGE_IDENTITY, 3);
    double *before = made_weights(model);
    nudge_train_options options = nudge_train_defaults();
    options.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    options.optimizer.lr = 1;
    options.batch = nudge_dataset_describe(data).rows;
    options.epochs = 1;
    nudge_train_result result;
    nudge_error err;
    ck_ok(nudge_train(model, data, NULL, &options, &result, &err), &err);
    double *after = made_weights(model);
    for (size_t i = 0; i < nudge_model_describe(model).parameters; i++)
        before[i] -= after[i];
    *value = result.last.train_loss;
    free(after);
    nudge_model_free(model);
    return before;
}

static nudge_dataset *subset(const nudge_dataset *of, const uint32_t *rows, size_t n)
{
    nudge_dataset *data = NULL;
    nudge_error err;
    ck_ok(nudge_dataset_subset(&data, of, rows, n, &err), &err);
    return data;
}

/* max |a - b| <= 1e-12 * max(1, largest |a|): the subtraction of weights of about 1 alone costs
 * 1e-16. */
static void compare(const char *what, const double *a, const double *b, size_t n)
{
    double largest = 0, worst = 0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(a[i]));
        worst = fmax(worst, fabs(a[i] - b[i]));
    }
    ck_assert_msg(largest > 1e-3, "%s: no gradient to compare", what);
    ck_assert_msg(worst <= 1e-12 * fmax(1, largest), "%s: differs by %g of %g", what, worst,
                  largest);
}

#define ROWS 600
static const size_t row_widths[] = {10, 20, 15, 4};
#define PARAMETERS (10 * 20 + 20 + 20 * 15 + 15 + 15 * 4 + 4)

/* The gradient of a batch does not depend on the order of its rows. */
START_TEST(permuted_rows)
{
    nudge_loss loss = (nudge_loss)_i;
    nudge_dataset *data = made_data(loss, NUDGE_F64, ROWS, 10, 4, 5);
    uint32_t rows[ROWS];
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i] = (i * 7 + 3) % ROWS; /* 7 and 600 have no common factor */
    nudge_dataset *permuted = subset(data, rows, ROWS);
    double value, permuted_value;
    double *g = gradient(data, loss, 3, row_widths, &value);
    double *h = gradient(permuted, loss, 3, row_widths, &permuted_value);
    compare(nudge_loss_name(loss), g, h, PARAMETERS);
    ck_assert_double_eq_tol(value, permuted_value, 1e-12 * fabs(value));
    free(h);
    free(g);
    nudge_dataset_free(permuted);
    nudge_dataset_free(data);
}
END_TEST

/* The gradient of a batch is the mean of its parts' gradients, weighted with their rows. */
static void divided(nudge_loss loss, const size_t widths[4])
{
    size_t parameters = 0;
    for (size_t l = 0; l < 3; l++)
        parameters += (widths[l] + 1) * widths[l + 1];
    nudge_dataset *data = made_data(loss, NUDGE_F64, ROWS, 10, 4, 5);
    static const size_t cuts[] = {ROWS / 2, 1, 577};
    for (size_t c = 0; c < 3; c++) {
        size_t cut = cuts[c];
        uint32_t rows[ROWS];
        for (uint32_t i = 0; i < ROWS; i++)
            rows[i] = i;
        nudge_dataset *head = subset(data, rows, cut);
        nudge_dataset *tail = subset(data, rows + cut, ROWS - cut);
        double value, head_value, tail_value;
        double *whole = gradient(data, loss, 3, widths, &value);
        double *a = gradient(head, loss, 3, widths, &head_value);
        double *b = gradient(tail, loss, 3, widths, &tail_value);
        double part = (double)cut / ROWS;
        for (size_t i = 0; i < parameters; i++)
            a[i] = part * a[i] + (1 - part) * b[i];
        compare(nudge_loss_name(loss), whole, a, parameters);
        ck_assert_double_eq_tol(value, part * head_value + (1 - part) * tail_value,
                                1e-12 * fabs(value));
        free(b);
        free(a);
        free(whole);
        nudge_dataset_free(tail);
        nudge_dataset_free(head);
    }
    nudge_dataset_free(data);
}

START_TEST(divided_batch)
{
    divided((nudge_loss)_i, row_widths);
}
END_TEST

/* Narrow layers before and behind a wide one have partial gradients, from two stages. */
START_TEST(divided_batch_wide)
{
    divided(NUDGE_MSE, (const size_t[]){10, 256, 256, 4});
}
END_TEST

static Suite *invariance_suite(void)
{
    Suite *suite = suite_create("invariance");
    TCase *tc = tcase_create("threads");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, threads_f32, 0, SHAPES);
    tcase_add_loop_test(tc, threads_f64, 0, SHAPES);
    tcase_add_loop_test(tc, threads_kept_gradients, 1, 4);
    tcase_add_loop_test(tc, threads_optimizers, NUDGE_SGD, NUDGE_LBFGS + 1);
    tcase_add_test(tc, twice);
    suite_add_tcase(suite, tc);
    tc = tcase_create("rows");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, permuted_rows, NUDGE_MSE, NUDGE_POISSON + 1);
    tcase_add_loop_test(tc, divided_batch, NUDGE_MSE, NUDGE_POISSON + 1);
    tcase_add_test(tc, divided_batch_wide);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(invariance_suite)
