/* Embeddings of numbers: gradients, PyTorch's training, threads, files, refusals. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "model_file_fixtures.h"
#include "suite.h"

enum { ROWS = 70, INPUTS = 5, NUMBERS = 3, OUTPUTS = 2, WIDE = 1500 };

static nudge_error err;

static const unsigned char is_number[INPUTS] = {1, 0, 1, 1, 0};

/* plr of 25 values, so that what the first layer takes is two panels, or pbld. */
static nudge_model *made_embedding(int is_plr, nudge_dtype dtype, size_t hidden, int factors)
{
    size_t widths[] = {INPUTS, hidden, OUTPUTS};
    nudge_activation activations[] = {NUDGE_TANH, NUDGE_IDENTITY};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    o.dtype = dtype;
    o.layers = 2;
    o.widths = widths;
    o.activations = activations;
    o.embed = is_plr ? NUDGE_EMBED_PLR : NUDGE_EMBED_PBLD;
    o.embed_size = is_plr ? 25 : 0;
    o.embed_frequencies = 6;
    o.embed_scale = 0.4;
    o.embed_inputs = is_number;
    o.input_factor = factors;
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    return m;
}

/* Gradients of all tensors against differences of the loss, in one block of rows and in several,
 * behind factors too. */
START_TEST(gradient)
{
    int is_plr = _i % 2, is_double = _i < 4, factors = _i % 4 / 2;
    nudge_dtype dtype = is_double ? NUDGE_F64 : NUDGE_F32;
    nudge_model *m = made_embedding(is_plr, dtype, factors ? 60 : 5, factors);
    nudge_dataset *data = made_data(NUDGE_MSE, dtype, ROWS, INPUTS, OUTPUTS, 1);
    nudge_gradcheck_result r;
    nudge_model_info info = nudge_model_describe(m);
    uint64_t own = is_plr ? NUMBERS * (6 + 12 * 25 + 25) : NUMBERS * (6 + 6 + 6 * 3 + 3);
    size_t in = NUMBERS * (is_plr ? 25 : 4) + 2, hidden = info.widths[1];
    ck_assert_uint_eq(info.embed_outputs, in);
    ck_assert_uint_eq(info.embed_numbers, NUMBERS);
    ck_assert_uint_eq(info.parameters,
                      (in + 1) * hidden + (hidden + 1) * OUTPUTS + own + (factors ? in : 0));
    ck_ok(nudge_gradcheck(m, data, 70, &r, &err), &err);
    ck_assert_uint_gt(r.checked, 30);
    ck_assert_uint_lt(r.skipped, 20);
    ck_assert_msg(r.max_error < (is_double ? 1e-6 : 1e-2), "%g of %zu[%zu]", r.max_error, r.layer,
                  r.index);
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

/* ---- PyTorch --------------------------------------------------------------------------- */

static double *numbers_of(const json_t *array)
{
    double *values = malloc(json_array_size(array) * sizeof *values);
    ck_assert_ptr_nonnull(values);
    for (size_t i = 0; i < json_array_size(array); i++)
        values[i] = json_number_value(json_array_get(array, i));
    return values;
}

static int keep_loss(const nudge_epoch *epoch, void *user)
{
    ((double *)user)[epoch->epoch - 1] = epoch->train_loss;
    return 0;
}

static nudge_model *torch_model(json_t *item)
{
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    const char *name;
    json_t *values;
    o.dtype = NUDGE_F64;
    o.layers = 2;
    o.widths = (size_t[]){3, 6, 1};
    o.activations = (nudge_activation[]){NUDGE_TANH, NUDGE_IDENTITY};
    ck_ok(nudge_embed_parse(&o.embed, json_string_value(json_object_get(item, "kind")), &err),
          &err);
    o.embed_size = (size_t)json_integer_value(json_object_get(item, "size"));
    o.embed_frequencies = (size_t)json_integer_value(json_object_get(item, "frequencies"));
    o.embed_inputs = (const unsigned char[]){1, 0, 1};
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    json_object_foreach(json_object_get(item, "initial"), name, values) {
        double *initial = numbers_of(values);
        ck_ok(nudge_model_set_tensor(m, name, initial, &err), &err);
        free(initial);
    }
    return m;
}

/* The losses of 4 epochs of adam, and all weights afterwards: made by scripts/embed-reference. */
START_TEST(torch)
{
    json_t *all = json_load_file(test_file("embed-reference.json"), 0, NULL), *values;
    ck_assert_ptr_nonnull(all);
    json_t *item = json_array_get(json_object_get(all, "cases"), (size_t)_i);
    double *x = numbers_of(json_object_get(all, "x")), *y = numbers_of(json_object_get(all, "y"));
    double losses[4], *expected = numbers_of(json_object_get(item, "epoch_losses"));
    nudge_dataset *data = NULL;
    nudge_model *m = torch_model(item);
    nudge_train_options o = nudge_train_defaults();
    const char *name;
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, 12, 3, 1, x, y, NULL, &err), &err);
    o.optimizer.lr = 0.01;
    o.batch = 5;
    o.epochs = 4;
    o.shuffle = 0;
    o.threads = 1;
    o.on_epoch = keep_loss;
    o.user = losses;
    ck_ok(nudge_train(m, data, NULL, &o, NULL, &err), &err);
    for (size_t e = 0; e < 4; e++)
        ck_assert_double_eq_tol(losses[e], expected[e], 1e-10 * expected[e]);
    json_object_foreach(json_object_get(item, "final"), name, values) {
        double ours[64], *theirs = numbers_of(values);
        size_t n = json_array_size(values);
        ck_assert_uint_le(n, 64);
        ck_ok(nudge_model_get_tensor(m, name, ours, &err), &err);
        for (size_t i = 0; i < n; i++)
            ck_assert_msg(fabs(ours[i] - theirs[i]) <= 1e-10 * fmax(fabs(theirs[i]), 1e-3),
                          "%s[%zu]: %.17g, PyTorch's %.17g", name, i, ours[i], theirs[i]);
        free(theirs);
    }
    free(x), free(y), free(expected);
    json_decref(all);
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

/* ---- Threads and checkpoints ----------------------------------------------------------- */

static uint64_t trained_hash(size_t hidden, int is_plr, int threads, int parts)
{
    nudge_model *m = made_embedding(is_plr, NUDGE_F32, hidden, 0);
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, 150, INPUTS, OUTPUTS, 1);
    nudge_train_options o = small_options();
    o.batch = 64;
    o.epochs = 3;
    o.threads = threads;
    o.oversubscribe = 1;
    o.average = 0.9;
    if (is_plr)
        o.clip_norm = 0.1;
    else
        o.accumulate = 2;
    train_in_parts(m, data, &o, parts, 4);
    uint64_t hash = nudge_model_hash(m);
    nudge_dataset_free(data);
    nudge_model_free(m);
    return hash;
}

/* The same bits on any number of threads and after a checkpoint; narrow layers, and wide ones whose
 * embedding has a stage of its own. */
START_TEST(same_bits)
{
    size_t hidden = _i < 2 ? 60 : WIDE;
    uint64_t hash = trained_hash(hidden, _i != 1, 1, 0);
    ck_assert_uint_eq(trained_hash(hidden, _i != 1, 2, 0), hash);
    ck_assert_uint_eq(trained_hash(hidden, _i != 1, 3, 1), hash);
}
END_TEST

/* A batch of 64 rows through a wide layer is an update as two halves are, which are not wide. */
START_TEST(wide_as_narrow)
{
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, 64, INPUTS, OUTPUTS, 1);
    double weight[2][NUMBERS * 12 * 25], frequency[2][NUMBERS * 6];
    for (size_t i = 0; i < 2; i++) {
        nudge_model *m = made_embedding(1, NUDGE_F64, WIDE, 1);
        nudge_train_options o = small_options();
        o.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
        o.optimizer.lr = 0.1;
        o.batch = 64 >> i;
        o.accumulate = 1 + i;
        o.epochs = 2;
        o.threads = 1;
        o.shuffle = 0;
        ck_ok(nudge_train(m, data, NULL, &o, NULL, &err), &err);
        ck_ok(nudge_model_get_tensor(m, "embedding.weight", weight[i], &err), &err);
        ck_ok(nudge_model_get_tensor(m, "embedding.frequencies", frequency[i], &err), &err);
        nudge_model_free(m);
    }
    for (size_t j = 0; j < NUMBERS * 12 * 25; j++)
        ck_assert_double_eq_tol(weight[0][j], weight[1][j], 1e-13);
    for (size_t j = 0; j < NUMBERS * 6; j++)
        ck_assert_double_eq_tol(frequency[0][j], frequency[1][j], 1e-13);
    nudge_dataset_free(data);
}
END_TEST

/* The learning rate of an embedding is its own: with 0 it stays. */
START_TEST(lr_factor)
{
    double before[NUMBERS * 6], after[NUMBERS * 6], factors[] = {1, 1, 0};
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, ROWS, INPUTS, OUTPUTS, 1);
    nudge_model *m = made_embedding(0, NUDGE_F64, 5, 0);
    nudge_train_options o = small_options();
    ck_ok(nudge_model_get_tensor(m, "embedding.phases", before, &err), &err);
    for (int trained = 0; trained < 2; trained++) {
        o.lr_factors = trained ? NULL : factors;
        ck_ok(nudge_train(m, data, NULL, &o, NULL, &err), &err);
        ck_ok(nudge_model_get_tensor(m, "embedding.phases", after, &err), &err);
        for (size_t i = 0; i < NUMBERS * 6; i++)
            ck_assert_int_eq(after[i] != before[i], trained);
    }
    nudge_dataset_free(data);
    nudge_model_free(m);
}
END_TEST

/* One row after another is predicted as many at a time are, by several members too. */
START_TEST(rows)
{
    nudge_model *m = made_embedding(1, NUDGE_F64, 5, 1), *other = made_embedding(0, NUDGE_F64, 9, 0);
    double *x = made_array(ROWS * INPUTS, 1, 5), p[ROWS * OUTPUTS], row[OUTPUTS];
    nudge_dataset *data = NULL;
    nudge_predictor *one = NULL;
    ck_ok(nudge_model_add_members(m, other, &err), &err);
    ck_ok(nudge_dataset_from_arrays(&data, NUDGE_F64, ROWS, INPUTS, 0, x, NULL, NULL, &err), &err);
    ck_ok(nudge_predict(m, data, 2, p, &err), &err);
    ck_ok(nudge_predictor_create(&one, m, &err), &err);
    for (size_t i = 0; i < ROWS; i++) {
        ck_ok(nudge_predict_row(one, x + i * INPUTS, NULL, row, &err), &err);
        for (size_t j = 0; j < OUTPUTS; j++)
            ck_assert_double_eq_tol(row[j], p[i * OUTPUTS + j], 1e-12);
    }
    free(x);
    nudge_predictor_free(one);
    nudge_dataset_free(data);
    nudge_model_free(other);
    nudge_model_free(m);
}
END_TEST

/* ---- Files and refusals ---------------------------------------------------------------- */

START_TEST(files)
{
    nudge_model *a = made_embedding(_i, NUDGE_F32, 5, 0), *b = NULL;
    nudge_model *other = made_embedding(!_i, NUDGE_F32, 5, 0);
    ck_ok(nudge_model_add_members(a, other, &err), &err);
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    nudge_model_info s = nudge_model_describe(a), t = nudge_model_describe(b);
    ck_assert_int_eq(t.embed, s.embed);
    ck_assert_uint_eq(t.embed_size, s.embed_size);
    ck_assert_uint_eq(t.embed_frequencies, 6);
    ck_assert_uint_eq(t.embed_outputs, s.embed_outputs);
    ck_assert_uint_eq(t.parameters, s.parameters);
    ck_assert_uint_eq(nudge_model_hash(b), nudge_model_hash(a));
    nudge_model_free(b);
    ck_ok(nudge_model_copy(&b, a, &err), &err);
    double bias[NUMBERS * 25] = {0}; /* one that differs takes the file's weights */
    ck_ok(nudge_model_set_tensor(b, "embedding.bias", bias, &err), &err);
    ck_assert_uint_ne(nudge_model_hash(b), nudge_model_hash(a));
    ck_ok(nudge_model_load_weights(b, st_path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(b), nudge_model_hash(a));
    ck_status(nudge_model_set_tensor(a, "embedding.scale", bias, &err), NUDGE_EARGUMENT, &err);
    bias[1] = NAN;
    ck_status(nudge_model_set_tensor(a, "embedding.bias", bias, &err), NUDGE_EDATA, &err);
    nudge_model_free(a);
    nudge_model_free(b);
    nudge_model_free(other);
}
END_TEST

/* Weights of a network whose embedding is another's are none of one that has none. */
START_TEST(foreign_weights)
{
    nudge_model *a = made_embedding(0, NUDGE_F64, 5, 0);
    nudge_model *plain = made_model(NUDGE_MSE, NUDGE_F64, 2, (const size_t[]){NUMBERS * 4 + 2, 5, 2},
                                    NUDGE_TANH, NUDGE_IDENTITY, 1);
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_status(nudge_model_load_weights(plain, st_path, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "'embedding.bias' is none of the network's"));
    nudge_model_free(a);
    nudge_model_free(plain);
}
END_TEST

START_TEST(refused)
{
    static const unsigned char none[3] = {0};
    const struct {
        nudge_embed kind;
        size_t size, frequencies;
        double scale;
        const unsigned char *inputs;
        const char *says;
    } wrong[] = {
        {(nudge_embed)7, 0, 0, 0, NULL, "embedding 7 does not exist"},
        {NUDGE_EMBED_PLR, 257, 0, 0, NULL, "from 1 to 256"},
        {NUDGE_EMBED_PLR, 0, 513, 0, NULL, "from 1 to 512"},
        {NUDGE_EMBED_PBLD, 0, 0, NAN, NULL, "no scale of frequencies"},
        {NUDGE_EMBED_PBLD, 0, 0, -1, NULL, "no scale of frequencies"},
        {NUDGE_EMBED_PLR, 0, 0, 0, none, "no input is a number to embed"},
    };
    nudge_model *m = NULL;
    nudge_model_options o = nudge_model_defaults();
    o.layers = 1;
    o.widths = (size_t[]){3, 1};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o.embed = wrong[i].kind;
        o.embed_size = wrong[i].size;
        o.embed_frequencies = wrong[i].frequencies;
        o.embed_scale = wrong[i].scale;
        o.embed_inputs = wrong[i].inputs;
        ck_status(nudge_model_create(&m, &o, NULL, &err), NUDGE_EARGUMENT, &err);
        ck_assert_msg(strstr(err.text, wrong[i].says) != NULL, "%s", err.text);
    }
}
END_TEST

/* Without a word on inputs they are the numbers of the preprocessing. */
START_TEST(numbers_of_prep)
{
    nudge_model *m = NULL;
    nudge_model_options o = nudge_model_defaults();
    o.layers = 1;
    o.widths = (size_t[]){3, 1};
    o.loss = NUDGE_HUBER;
    o.embed = NUDGE_EMBED_PLR;
    ck_ok(nudge_model_create(&m, &o, file_prep(), &err), &err);
    nudge_model_info info = nudge_model_describe(m);
    ck_assert_uint_eq(info.embed_numbers, 1);
    ck_assert_uint_eq(info.embed_size, 16);
    ck_assert_uint_eq(info.embed_frequencies, 32);
    ck_assert_uint_eq(info.embed_outputs, 16 + 2);
    nudge_model_free(m);
}
END_TEST

static Suite *embed_suite(void)
{
    Suite *s = suite_create("embed");
    TCase *tc = tcase_create("embed");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_loop_test(tc, gradient, 0, 8);
    tcase_add_loop_test(tc, torch, 0, 2);
    tcase_add_loop_test(tc, same_bits, 0, 3);
    tcase_add_test(tc, wide_as_narrow);
    tcase_add_test(tc, lr_factor);
    tcase_add_test(tc, rows);
    tcase_add_loop_test(tc, files, 0, 2);
    tcase_add_test(tc, foreign_weights);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, numbers_of_prep);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(embed_suite)
