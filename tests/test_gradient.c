/* Analytic against numeric gradients: every activation with every loss. */
#include "model_fixtures.h"
#include "suite.h"

#define ACTIVATIONS (NUDGE_SOFTSIGN + 1)
#define LOSSES NUDGE_FOCAL

/* max |analytic - numeric| / max(|analytic|, |numeric|, 1e-3 * the largest gradient). In f32 the
 * analytic gradient carries rounding errors of 6e-8 * a few, relative to its largest terms; the
 * 1e-3 floor of the measure raises that to about 1e-3. */
#define TOLERANCE_F64 1e-6
#define TOLERANCE_F32 2e-3

/* How many parameters are compared: numeric gradients of f32 are made in more digits, slowly. */
static size_t most_of(nudge_dtype dtype, size_t parameters)
{
    size_t most = parameters > 10000 ? 30 : dtype == NUDGE_F32 ? 150 : parameters;
    return most < parameters ? most : parameters;
}

static void check_with(int layer_norm, int residual, nudge_dtype dtype, nudge_loss loss,
                       nudge_activation hidden, nudge_activation output, size_t layers,
                       const size_t *widths, size_t rows, uint64_t seed)
{
    nudge_dataset *data = made_data(loss, dtype, rows, widths[0], widths[layers], seed);
    nudge_model *model = made_model_with(layer_norm, residual, loss, dtype, layers, widths, hidden,
                                         output, seed + 7);
    uint64_t hash = nudge_model_hash(model);
    nudge_gradcheck_result result;
    nudge_error err;
    size_t parameters = nudge_model_describe(model).parameters, most = most_of(dtype, parameters);
    ck_ok(nudge_gradcheck(model, data, most, &result, &err), &err);
    double tolerance = dtype == NUDGE_F64 ? TOLERANCE_F64 : TOLERANCE_F32;
    /* Written so that a NaN fails. */
    ck_assert_msg(result.max_error <= tolerance,
                  "%s, %s, hidden %s, output %s, %zu layers, %zu rows: layer %zu, %s %zu: "
                  "analytic %.17g, numeric %.17g, error %g",
                  nudge_dtype_name(dtype), nudge_loss_name(loss), nudge_activation_name(hidden),
                  nudge_activation_name(output), layers, rows, result.layer,
                  result.is_bias ? "bias" : "weight", result.index, result.analytic,
                  result.numeric, result.max_error);
    ck_assert_uint_le(result.checked + result.skipped, most);
    ck_assert_uint_ge(result.checked + result.skipped, parameters == most ? parameters : most / 2);
    ck_assert_msg(result.skipped * 5 <= result.checked, "%s, %s: %d of %d parameters skipped",
                  nudge_loss_name(loss), nudge_activation_name(hidden), (int)result.skipped,
                  (int)(result.checked + result.skipped));
    ck_assert_uint_eq(nudge_model_hash(model), hash);
    nudge_model_free(model);
    nudge_dataset_free(data);
}

static void check(nudge_dtype dtype, nudge_loss loss, nudge_activation hidden,
                  nudge_activation output, size_t layers, const size_t *widths, size_t rows,
                  uint64_t seed)
{
    check_with(0, 0, dtype, loss, hidden, output, layers, widths, rows, seed);
}

typedef struct shape {
    size_t layers, widths[5], rows;
} shape;

static const shape shapes[] = {
    {1, {4, 3}, 6},
    {2, {3, 5, 2}, 1},
    {3, {4, 6, 5, 3}, 7},
    {4, {2, 4, 4, 4, 2}, 5},
    {2, {20, 17, 4}, 70},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static void check_losses(nudge_dtype dtype, nudge_activation hidden)
{
    for (size_t s = 0; s < SHAPES; s++)
        for (int loss = NUDGE_MSE; loss <= (int)LOSSES; loss++)
            check(dtype, (nudge_loss)loss, hidden, NUDGE_IDENTITY, shapes[s].layers,
                  shapes[s].widths, shapes[s].rows, 100 * s + (uint64_t)loss);
}

START_TEST(activations_and_losses_f64)
{
    check_losses(NUDGE_F64, (nudge_activation)_i);
}
END_TEST

START_TEST(activations_and_losses_f32)
{
    check_losses(NUDGE_F32, (nudge_activation)_i);
}
END_TEST

/* An activation of the output layer, with the losses that allow one. */
START_TEST(output_activations)
{
    static const nudge_loss losses[] = {NUDGE_MSE, NUDGE_MAE, NUDGE_HUBER};
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t l = 0; l < 3; l++)
            check(NUDGE_F64, losses[l], NUDGE_TANH, (nudge_activation)_i, shapes[s].layers,
                  shapes[s].widths, shapes[s].rows, 50 + s);
}
END_TEST

/* Layer normalisation, residual connections, both; in the last shape they have several panels, the
 * wide layers in tiles where nothing is normalised. */
START_TEST(between_layers)
{
    static const shape equal[] = {
        {3, {4, 6, 6, 3}, 7}, {4, {5, 5, 5, 5, 2}, 1}, {4, {3, 9, 9, 4, 2}, 20},
        {3, {30, 300, 300, 2}, 64}};
    static const nudge_activation hidden[] = {NUDGE_IDENTITY, NUDGE_TANH, NUDGE_GELU};
    for (size_t s = 0; s < sizeof equal / sizeof *equal; s++)
        for (int with = 1; with < 4; with++)
            check_with(with & 1, with >> 1, (nudge_dtype)_i,
                       s % 2 == 0 ? NUDGE_MSE : NUDGE_CROSS_ENTROPY, hidden[with - 1],
                       NUDGE_IDENTITY, equal[s].layers, equal[s].widths, equal[s].rows, 30 + s);
}
END_TEST

/* `limit` parameters at most are compared. */
START_TEST(limit)
{
    const size_t widths[] = {4, 6, 3};
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, 5, 4, 3, 1);
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 1);
    nudge_gradcheck_result result;
    nudge_error err;
    ck_ok(nudge_gradcheck(model, data, 10, &result, &err), &err);
    ck_assert_uint_gt(result.checked, 0);
    ck_assert_uint_le(result.checked + result.skipped, 10);
    ck_ok(nudge_gradcheck(model, data, 1000000, &result, &err), &err);
    ck_assert_uint_eq(result.checked + result.skipped, 4 * 6 + 6 + 6 * 3 + 3);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Data that does not fit is refused, and the result is untouched. */
START_TEST(mismatch)
{
    const size_t widths[] = {4, 6, 3};
    nudge_model *model = made_model(NUDGE_MSE, NUDGE_F64, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 1);
    nudge_gradcheck_result result = {.checked = 12345};
    nudge_error err;
    nudge_dataset *features = made_data(NUDGE_MSE, NUDGE_F64, 5, 5, 3, 1);
    nudge_dataset *outputs = made_data(NUDGE_MSE, NUDGE_F64, 5, 4, 2, 1);
    nudge_dataset *classes = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F64, 5, 4, 3, 1);
    nudge_dataset *none = NULL;
    const double x[4] = {0};
    ck_ok(nudge_dataset_from_arrays(&none, NUDGE_F64, 1, 4, 3, x, NULL, NULL, &err), &err);
    ck_status(nudge_gradcheck(model, features, 0, &result, &err), NUDGE_EMISMATCH, &err);
    ck_status(nudge_gradcheck(model, outputs, 0, &result, &err), NUDGE_EMISMATCH, &err);
    ck_status(nudge_gradcheck(model, classes, 0, &result, &err), NUDGE_EMISMATCH, &err);
    ck_status(nudge_gradcheck(model, none, 0, &result, &err), NUDGE_EMISMATCH, &err);
    ck_assert_uint_eq(result.checked, 12345);
    nudge_dataset_free(none);
    nudge_dataset_free(classes);
    nudge_dataset_free(outputs);
    nudge_dataset_free(features);
    nudge_model_free(model);
}
END_TEST

static Suite *gradient_suite(void)
{
    Suite *suite = suite_create("gradient");
    TCase *tc = tcase_create("gradcheck");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, activations_and_losses_f64, 0, ACTIVATIONS);
    tcase_add_loop_test(tc, activations_and_losses_f32, 0, ACTIVATIONS);
    tcase_add_loop_test(tc, output_activations, 0, ACTIVATIONS);
    tcase_add_loop_test(tc, between_layers, NUDGE_F32, NUDGE_F64 + 1);
    tcase_add_test(tc, limit);
    tcase_add_test(tc, mismatch);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(gradient_suite)
