/* Models of several networks: averages, files, trainers that run at the same time. */
#include <string.h>

#include "model_file_fixtures.h"
#include "suite.h"

enum { ROWS = 300, MEMBERS = 3 };

static nudge_error err;

/* ---- Averages ---------------------------------------------------------------------------- */

static const size_t widths[] = {5, 7, 3}, wider[] = {5, 70, 9, 3};

/* Members with different initial weights, the last of another shape, all of them times `scale`. */
static nudge_model *made_member(nudge_loss loss, nudge_dtype dtype, size_t k, double scale)
{
    int last = k == MEMBERS - 1;
    nudge_model *m = made_model_with(last, 0, loss, dtype, last ? 3 : 2, last ? wider : widths,
                                     last ? NUDGE_TANH : NUDGE_RELU, NUDGE_IDENTITY, 40 + k);
    double *w = made_weights(m);
    for (size_t i = 0; i < nudge_model_describe(m).parameters; i++)
        w[i] *= scale;
    made_set_weights(m, w);
    free(w);
    return m;
}

static nudge_model *made_members(nudge_loss loss, nudge_dtype dtype, double scale)
{
    nudge_model *all = made_member(loss, dtype, 0, scale);
    for (size_t k = 1; k < MEMBERS; k++) {
        nudge_model *one = made_member(loss, dtype, k, scale);
        ck_ok(nudge_model_add_members(all, one, &err), &err);
        nudge_model_free(one);
    }
    ck_assert_uint_eq(nudge_model_describe(all).members, MEMBERS);
    return all;
}

static double *predictions(const nudge_model *m, const nudge_dataset *data)
{
    double *out = malloc(ROWS * 3 * sizeof *out);
    ck_assert_ptr_nonnull(out);
    ck_ok(nudge_predict(m, data, 2, out, &err), &err);
    return out;
}

/* A prediction is the mean, in double, of the members' predictions; to 1e-6 of the
 * largest of these, or of 1. With large weights probabilities are 0 and 1, or 0 for all members;
 * rates keep within range. */
START_TEST(average)
{
    nudge_loss loss = (nudge_loss)(_i / 4 + NUDGE_MSE);
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    double scale = _i / 2 % 2 == 0 ? 1.5 : loss == NUDGE_POISSON ? 3 : 30, most = 0;
    double tolerance = dtype == NUDGE_F32 ? 1e-6 : 1e-14;
    nudge_dataset *data = made_data(loss, dtype, ROWS, 5, 3, 1);
    nudge_model *all = made_members(loss, dtype, scale);
    double *mean = calloc(ROWS * 3, sizeof *mean), *size = calloc(ROWS * 3, sizeof *size);
    for (size_t k = 0; k < MEMBERS; k++) {
        nudge_model *one = NULL;
        ck_ok(nudge_model_member(&one, all, k, &err), &err);
        ck_assert_uint_eq(nudge_model_describe(one).members, 1);
        double *p = predictions(one, data);
        for (size_t i = 0; i < ROWS * 3; i++) {
            mean[i] += p[i] / MEMBERS;
            size[i] = fmax(size[i], fabs(p[i]));
        }
        free(p);
        nudge_model_free(one);
    }
    double *p = predictions(all, data);
    for (size_t i = 0; i < ROWS * 3; i++)
        most = fmax(most, fabs(p[i] - mean[i]) / fmax(1, size[i]));
    ck_assert_msg(most <= tolerance, "%s: %g", nudge_loss_name(loss), most);
    nudge_metrics m;
    ck_ok(nudge_evaluate(all, data, 2, &m, &err), &err);
    ck_assert(isfinite(value_of(m, LOSS)));
    nudge_metrics_free(&m);
    free(p);
    free(mean);
    free(size);
    nudge_dataset_free(data);
    nudge_model_free(all);
}
END_TEST

/* Loss, accuracy and Brier score of the average follow from its predictions; a row alone gives what
 * it gives among others. */
START_TEST(asked_of_the_average)
{
    nudge_dataset *data = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F64, ROWS, 5, 3, 1);
    nudge_model *all = made_members(NUDGE_CROSS_ENTROPY, NUDGE_F64, 2);
    double *p = predictions(all, data), *x = made_array(ROWS * 5, 1, 1), loss = 0, brier = 0;
    double *y = made_array(ROWS * 3, 1, 2), row[3];
    size_t right = 0;
    nudge_predictor *predictor = NULL;
    ck_ok(nudge_predictor_create(&predictor, all, &err), &err);
    for (size_t i = 0; i < ROWS; i++) {
        size_t truth = (size_t)((y[i * 3] + 1) / 2 * 3), best = 0;
        loss -= log(p[i * 3 + truth]) / ROWS;
        for (size_t k = 0; k < 3; k++) {
            double d = p[i * 3 + k] - (k == truth);
            brier += d * d / ROWS;
            best = p[i * 3 + k] > p[i * 3 + best] ? k : best;
        }
        right += best == truth;
        ck_ok(nudge_predict_row(predictor, x + i * 5, NULL, row, &err), &err);
        for (size_t k = 0; k < 3; k++)
            ck_assert_double_eq_tol(row[k], p[i * 3 + k], 1e-14);
    }
    nudge_metrics m;
    ck_ok(nudge_evaluate(all, data, 1, &m, &err), &err);
    ck_assert_double_eq_tol(value_of(m, LOSS), loss, 1e-13);
    ck_assert_double_eq_tol(value_of(m, BRIER), brier, 1e-13);
    ck_assert_double_eq_tol(value_of(m, ACCURACY), (double)right / ROWS, 1e-13);
    nudge_metrics_free(&m);
    nudge_predictor_free(predictor);
    free(p);
    free(x);
    free(y);
    nudge_dataset_free(data);
    nudge_model_free(all);
}
END_TEST

/* ---- Members ----------------------------------------------------------------------------- */

START_TEST(refused)
{
    nudge_model *all = made_members(NUDGE_MSE, NUDGE_F64, 1), *out = NULL;
    const size_t other[] = {6, 7, 3}, fewer[] = {5, 7, 2};
    nudge_model *wrong[] = {
        made_model(NUDGE_MSE, NUDGE_F32, 2, widths, NUDGE_RELU, NUDGE_IDENTITY, 1),
        made_model(NUDGE_MAE, NUDGE_F64, 2, widths, NUDGE_RELU, NUDGE_IDENTITY, 1),
        made_model(NUDGE_MSE, NUDGE_F64, 2, other, NUDGE_RELU, NUDGE_IDENTITY, 1),
        made_model(NUDGE_MSE, NUDGE_F64, 2, fewer, NUDGE_RELU, NUDGE_IDENTITY, 1),
    };
    const char *words[] = {"the model is f64; the member is f32",
                           "the model's loss is mse; the member's is mae",
                           "takes 5 inputs and gives 3 outputs; the member 6 and 3",
                           "takes 5 inputs and gives 3 outputs; the member 5 and 2"};
    uint64_t hash = nudge_model_hash(all);
    for (size_t i = 0; i < 4; i++) {
        ck_status(nudge_model_add_members(all, wrong[i], &err), NUDGE_EMISMATCH, &err);
        ck_assert_ptr_nonnull(strstr(err.text, words[i]));
        nudge_model_free(wrong[i]);
    }
    ck_status(nudge_model_member(&out, all, MEMBERS, &err), NUDGE_EARGUMENT, &err);
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F64, 20, 5, 3, 1);
    nudge_gradcheck_result result;
    ck_status(nudge_gradcheck(all, data, 0, &result, &err), NUDGE_EARGUMENT, &err);
    nudge_train_options o = small_options();
    o.member = MEMBERS;
    ck_status(nudge_train(all, data, NULL, &o, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_assert_uint_eq(nudge_model_hash(all), hash);
    nudge_dataset_free(data);
    nudge_model_free(all);
}
END_TEST

/* A model may be added to itself; a copy has all members, and weights of its own. */
START_TEST(copies)
{
    nudge_model *all = made_members(NUDGE_MSE, NUDGE_F64, 1), *copy = NULL;
    ck_ok(nudge_model_add_members(all, all, &err), &err);
    ck_assert_uint_eq(nudge_model_describe(all).members, 2 * MEMBERS);
    ck_ok(nudge_model_copy(&copy, all, &err), &err);
    uint64_t hash = nudge_model_hash(all);
    ck_assert_uint_eq(nudge_model_hash(copy), hash);
    double weights[5 * 7] = {0};
    ck_ok(nudge_model_set_layer(copy, 0, weights, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(all), hash);
    ck_assert_uint_ne(nudge_model_hash(copy), hash);
    nudge_model_free(all);
    nudge_model_free(copy);
}
END_TEST

/* ---- Files ------------------------------------------------------------------------------- */

/* What is loaded has all members, and is saved with the same bytes. */
START_TEST(round_trip)
{
    nudge_dtype dtype = _i == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_model *a = made_members(NUDGE_BCE, dtype, 1), *b = NULL;
    size_t size, again_size;
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    ck_assert_uint_eq(nudge_model_describe(b).members, MEMBERS);
    ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
    ck_ok(nudge_model_save(b, st_path, &err), &err);
    unsigned char *again = read_bytes(st_path, &again_size);
    ck_assert_uint_eq(size, again_size);
    ck_assert_mem_eq(bytes, again, size);
    ck_assert_ptr_nonnull(memmem(bytes, size, "members.2.layers.2.bias", 23));
    free(bytes);
    free(again);
    nudge_model_free(a);
    nudge_model_free(b);
}
END_TEST

/* Weights of as many members go each into its place, those of one network into all. */
START_TEST(warm_start)
{
    nudge_model *a = made_members(NUDGE_MSE, NUDGE_F64, 1), *b = NULL, *one = NULL;
    uint64_t hash = nudge_model_hash(a);
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    b = made_members(NUDGE_MSE, NUDGE_F64, 2);
    ck_ok(nudge_model_load_weights(b, st_path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(b), hash);
    ck_ok(nudge_model_member(&one, a, 0, &err), &err);
    ck_status(nudge_model_load_weights(one, st_path, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "has the weights of 3 members; the model has 1"));
    ck_ok(nudge_model_save(one, st_path, &err), &err);
    nudge_model_free(b);
    ck_ok(nudge_model_copy(&b, one, &err), &err);
    ck_ok(nudge_model_add_members(b, one, &err), &err);
    uint64_t twice = nudge_model_hash(b);
    double *zeros = calloc(nudge_model_describe(one).parameters, sizeof *zeros);
    made_set_weights(b, zeros);
    ck_ok(nudge_model_load_weights(b, st_path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(b), twice);
    free(zeros);
    nudge_model_free(a);
    nudge_model_free(b);
    nudge_model_free(one);
}
END_TEST

/* ---- Trainers ---------------------------------------------------------------------------- */

typedef struct training {
    nudge_model *model;
    nudge_dataset *data, *val;
    nudge_trainer *trainers[MEMBERS];
    size_t calls, stop_at, inside;
} training;

/* One at a time, on whatever thread. */
static int on_epoch(const nudge_epoch *e, void *user)
{
    training *t = user;
    (void)e;
    ck_assert_uint_eq(t->inside++, 0);
    int stop = ++t->calls == t->stop_at;
    t->inside--;
    return stop;
}

static int on_progress(const nudge_progress *p, void *user)
{
    training *t = user;
    (void)p;
    ck_assert_uint_eq(t->inside++, 0);
    int stop = t->stop_at == SIZE_MAX && ++t->calls % 7 == 0;
    t->inside--;
    return stop;
}

static nudge_train_options options_of(size_t k, int threads)
{
    nudge_train_options o = small_options();
    o.epochs = 4;
    o.member = k;
    o.seed = 100 + k;
    o.early_stop.patience = 2;
    o.batch = 16; /* 7 batches */
    o.average = k == 1 ? 0.9 : 0; /* so that trainers have different state */
    o.threads = threads;
    o.oversubscribe = 1;
    o.keep_history = 1;
    o.progress_seconds = 0;
    return o;
}

static void start_training(training *t, int threads)
{
    *t = (training){.model = small_model(), .data = small_data(100, 1), .val = small_data(40, 5)};
    for (size_t k = 1; k < MEMBERS; k++) {
        nudge_model *one = made_model(NUDGE_MSE, NUDGE_F64, 2, small_widths, NUDGE_TANH,
                                      NUDGE_IDENTITY, 1 + k);
        ck_ok(nudge_model_add_members(t->model, one, &err), &err);
        nudge_model_free(one);
    }
    for (size_t k = 0; k < MEMBERS; k++) {
        nudge_train_options o = options_of(k, threads);
        o.on_epoch = on_epoch;
        o.on_progress = on_progress;
        o.user = t;
        ck_ok(nudge_trainer_create(&t->trainers[k], t->model, t->data, t->val, &o, &err), &err);
    }
}

static void end_training(training *t)
{
    for (size_t k = 0; k < MEMBERS; k++)
        nudge_trainer_free(t->trainers[k]);
    nudge_model_free(t->model);
    nudge_dataset_free(t->data);
    nudge_dataset_free(t->val);
}

/* The hash of what members that are trained alone, one after the other, come to. */
static uint64_t trained_alone(void)
{
    training t;
    start_training(&t, 1);
    nudge_model *all = NULL;
    for (size_t k = 0; k < MEMBERS; k++) {
        nudge_model *one = NULL;
        nudge_train_options o = options_of(k, 1);
        o.member = 0;
        ck_ok(nudge_model_member(&one, t.model, k, &err), &err);
        ck_ok(nudge_train(one, t.data, t.val, &o, NULL, &err), &err);
        if (all != NULL)
            ck_ok(nudge_model_add_members(all, one, &err), &err);
        nudge_model_free(all == NULL ? NULL : one);
        all = all == NULL ? one : all;
    }
    uint64_t hash = nudge_model_hash(all);
    nudge_model_free(all);
    end_training(&t);
    return hash;
}

/* Each member has the bits that it has alone, with any number at once and of threads. */
START_TEST(same_bits)
{
    static const struct {
        size_t at_once;
        int threads;
    } ways[] = {{1, 1}, {2, 1}, {8, 1}, {2, 2}};
    uint64_t hash = trained_alone();
    training t;
    start_training(&t, ways[_i].threads);
    ck_ok(nudge_trainers_run(t.trainers, MEMBERS, ways[_i].at_once, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(t.model), hash);
    size_t epochs = 0;
    for (size_t k = 0; k < MEMBERS; k++)
        epochs += nudge_trainer_where(t.trainers[k]).epochs;
    ck_assert_uint_eq(t.calls, epochs);
    ck_ok(nudge_trainers_run(t.trainers, MEMBERS, 2, &err), &err); /* nothing is left */
    end_training(&t);
}
END_TEST

/* Stopped again and again, and each time another program goes on from the file: no bit is lost. */
START_TEST(resumed)
{
    uint64_t hash = trained_alone();
    nudge_status status = NUDGE_ESTOPPED;
    char *note = NULL;
    training t;
    start_training(&t, 1);
    for (int i = 0; i < 500 && status == NUDGE_ESTOPPED; i++) {
        t.stop_at = SIZE_MAX;
        status = nudge_trainers_run(t.trainers, MEMBERS, 2, &err);
        ck_ok(nudge_trainers_save(t.trainers, MEMBERS, st_path, "a note", &err), &err);
        end_training(&t);
        start_training(&t, 1 + i % 2);
        ck_ok(nudge_trainers_load(t.trainers, MEMBERS, st_path, &err), &err);
    }
    ck_assert_int_eq(status, NUDGE_OK);
    ck_assert_uint_eq(nudge_model_hash(t.model), hash);
    ck_assert_ptr_nonnull(nudge_trainer_history(t.trainers[2], 0));
    ck_ok(nudge_checkpoint_note(&note, st_path, &err), &err);
    ck_assert_str_eq(note, "a note");
    free(note);
    nudge_model *loaded = NULL;
    ck_ok(nudge_model_load(&loaded, st_path, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(loaded), hash);
    nudge_model_free(loaded);
    ck_status(nudge_trainers_load(t.trainers, 2, st_path, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "has the training of 3 members; here it is of 2"));
    end_training(&t);
}
END_TEST

START_TEST(trainers_refused)
{
    training t, other;
    start_training(&t, 1);
    start_training(&other, 1);
    nudge_trainer *twice[] = {t.trainers[0], t.trainers[0]};
    nudge_trainer *mixed[] = {t.trainers[0], other.trainers[1]};
    ck_status(nudge_trainers_run(twice, 2, 1, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_trainers_run(mixed, 2, 1, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_trainers_save(mixed, 2, st_path, NULL, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_trainers_run(t.trainers, MEMBERS, 0, &err), NUDGE_EARGUMENT, &err);
    t.stop_at = 2; /* epochs */
    ck_status(nudge_trainers_run(t.trainers, MEMBERS, 2, &err), NUDGE_ESTOPPED, &err);
    t.stop_at = t.calls + 1;
    ck_assert_int_eq(nudge_trainers_run(t.trainers, MEMBERS, 2, NULL), NUDGE_ESTOPPED);
    end_training(&t);
    end_training(&other);
}
END_TEST

static Suite *members_suite(void)
{
    Suite *s = suite_create("members");
    TCase *tc = tcase_create("members");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_loop_test(tc, average, 0, 4 * (NUDGE_FOCAL - NUDGE_MSE + 1));
    tcase_add_test(tc, asked_of_the_average);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, copies);
    tcase_add_loop_test(tc, round_trip, 0, 2);
    tcase_add_test(tc, warm_start);
    tcase_add_loop_test(tc, same_bits, 0, 4);
    tcase_add_test(tc, resumed);
    tcase_add_test(tc, trainers_refused);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(members_suite)
