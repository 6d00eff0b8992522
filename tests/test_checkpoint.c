/* Checkpoints: going on with the same bits, and files that are refused. */
#include <fcntl.h>
#include <string.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

enum { ROWS = 70, BATCHES = 5, EPOCHS = 4 };

typedef struct fixture {
    nudge_dataset *data, *val;
    nudge_model *model;
    nudge_train_options options;
    nudge_trainer *trainer;
} fixture;

/* Cross-entropy, so that there is something to be counted right. */
static fixture fixture_start(nudge_dtype dtype, nudge_optimizer_kind kind, int threads)
{
    static const size_t widths[] = {6, 8, 3};
    fixture f = {.options = nudge_train_defaults()};
    f.data = made_data(NUDGE_CROSS_ENTROPY, dtype, ROWS, 6, 3, 1);
    f.val = made_data(NUDGE_CROSS_ENTROPY, dtype, 30, 6, 3, 2);
    f.model = made_model(NUDGE_CROSS_ENTROPY, dtype, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 1);
    f.options.optimizer = nudge_optimizer_defaults(kind);
    f.options.optimizer.momentum = kind == NUDGE_RMSPROP ? 0.5 : 0;
    f.options.optimizer.lr = 0.05;
    f.options.batch = ROWS;
    f.options.epochs = EPOCHS;
    if (!nudge_optimizer_takes_all_rows(kind)) {
        f.options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_PLATEAU);
        f.options.schedule.patience = 0;
        f.options.schedule.threshold = 0.5;
        f.options.batch = 16;
        f.options.clip_norm = 0.5;
    }
    static const double dropout[] = {0.25};
    f.options.dropout = kind % 2 == 0 && kind != NUDGE_LBFGS ? dropout : NULL;
    f.options.average = kind % 2 == 1 ? 0.9 : 0;
    if (kind % 3 > 0) /* it chooses, but does not stop */
        f.options.early_stop = (nudge_early_stop){EPOCHS, NUDGE_METRIC_ACCURACY, 0.01};
    f.options.keep_history = 1;
    f.options.threads = threads;
    f.options.oversubscribe = 1;
    return f;
}

static void make_trainer(fixture *f)
{
    nudge_error err;
    ck_ok(nudge_trainer_create(&f->trainer, f->model, f->data, f->val, &f->options, &err), &err);
}

static void fixture_end(fixture *f)
{
    nudge_trainer_free(f->trainer);
    nudge_dataset_free(f->data);
    nudge_dataset_free(f->val);
    nudge_model_free(f->model);
}

typedef struct outcome {
    uint64_t hash;
    nudge_epoch epochs[EPOCHS];
} outcome;

static outcome finish(fixture *f)
{
    outcome o = {0};
    nudge_error err;
    ck_ok(nudge_trainer_run(f->trainer, &err), &err);
    for (size_t i = 0; i < EPOCHS; i++)
        o.epochs[i] = *nudge_trainer_history(f->trainer, i);
    ck_assert_ptr_null(nudge_trainer_history(f->trainer, EPOCHS));
    o.hash = nudge_model_hash(f->model);
    fixture_end(f);
    return o;
}

static void assert_same(const outcome *a, const outcome *b)
{
    ck_assert_uint_eq(a->hash, b->hash);
    for (size_t i = 0; i < EPOCHS; i++) {
        const nudge_epoch *x = &a->epochs[i], *y = &b->epochs[i];
        ck_assert_uint_eq(x->epoch, y->epoch);
        ck_assert(x->train_loss == y->train_loss && x->val_loss == y->val_loss);
        ck_assert(x->train_accuracy == y->train_accuracy && x->val_accuracy == y->val_accuracy);
        ck_assert(x->lr == y->lr && x->has_val == y->has_val);
        ck_assert(isnan(x->val_rmse) && isnan(y->val_rmse));
    }
}

/* A checkpoint after so many updates. */
static const char *checkpoint_at(nudge_dtype dtype, nudge_optimizer_kind kind, size_t updates,
                                 int threads)
{
    const char *path = in_folder("run.checkpoint");
    nudge_error err;
    fixture f = fixture_start(dtype, kind, threads);
    make_trainer(&f);
    while (nudge_trainer_where(f.trainer).updates < updates) {
        uint64_t left = updates - nudge_trainer_where(f.trainer).updates;
        ck_ok(nudge_trainer_updates(f.trainer, left, &err), &err);
    }
    ck_ok(nudge_trainer_save(f.trainer, path, "a note", &err), &err);
    fixture_end(&f);
    return path;
}

/* Identity: every bit of weights and records of a run that is saved after any update and goes on in
 * a new trainer with another number of threads. */
START_TEST(resumed_anywhere)
{
    static const nudge_optimizer_kind kinds[] = {NUDGE_SGD, NUDGE_ADAM, NUDGE_ADAMW, NUDGE_RMSPROP,
                                                 NUDGE_ADAGRAD, NUDGE_RPROP, NUDGE_LBFGS};
    nudge_optimizer_kind kind = kinds[_i / 2];
    size_t batches = nudge_optimizer_takes_all_rows(kind) ? 1 : BATCHES;
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_error err;
    fixture whole = fixture_start(dtype, kind, 1);
    make_trainer(&whole);
    outcome want = finish(&whole);
    for (size_t updates = 0; updates <= batches * EPOCHS; updates++) {
        const char *path = checkpoint_at(dtype, kind, updates, 1 + (int)updates % 3);
        fixture f = fixture_start(dtype, kind, 1 + (int)(updates + 1) % 3);
        make_trainer(&f);
        ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
        ck_assert_uint_eq(nudge_trainer_where(f.trainer).updates, updates);
        outcome got = finish(&f);
        assert_same(&want, &got);
    }
}
END_TEST

/* L-BFGS with more iterations than it keeps pairs of: the oldest are replaced, in the file too. */
START_TEST(many_pairs)
{
    enum { ALL = 24 };
    nudge_error err;
    const char *path = in_folder("run.checkpoint");
    fixture f = fixture_start((nudge_dtype)_i, NUDGE_LBFGS, 1);
    f.options.epochs = ALL;
    f.options.early_stop.patience = 0;
    make_trainer(&f);
    ck_ok(nudge_trainer_run(f.trainer, &err), &err);
    uint64_t want = nudge_model_hash(f.model);
    fixture_end(&f);
    for (size_t epochs = 8; epochs < ALL; epochs += 3) {
        f = fixture_start((nudge_dtype)_i, NUDGE_LBFGS, 2);
        f.options.epochs = ALL;
        f.options.early_stop.patience = 0;
        make_trainer(&f);
        ck_ok(nudge_trainer_updates(f.trainer, 1, &err), &err);
        for (size_t e = 1; e < epochs; e++)
            ck_ok(nudge_trainer_epoch(f.trainer, NULL, &err), &err);
        ck_ok(nudge_trainer_save(f.trainer, path, NULL, &err), &err);
        fixture_end(&f);
        f = fixture_start((nudge_dtype)_i, NUDGE_LBFGS, 3);
        f.options.epochs = ALL;
        f.options.early_stop.patience = 0;
        make_trainer(&f);
        ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
        ck_ok(nudge_trainer_run(f.trainer, &err), &err);
        ck_assert_uint_eq(nudge_model_hash(f.model), want);
        fixture_end(&f);
    }
}
END_TEST

/* A trainer that is elsewhere, even diverged, goes back to the checkpoint. */
START_TEST(loaded_into_a_used_trainer)
{
    nudge_error err;
    fixture whole = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
    make_trainer(&whole);
    outcome want = finish(&whole);
    for (size_t updates = 7; updates <= 10; updates += 3) { /* within an epoch, and between two */
        const char *path = checkpoint_at(NUDGE_F32, NUDGE_ADAM, updates, 1);
        fixture f = fixture_start(NUDGE_F32, NUDGE_ADAM, 2);
        make_trainer(&f);
        ck_ok(nudge_trainer_updates(f.trainer, 3, &err), &err);
        ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
        nudge_train_options o = f.options;
        o.optimizer.lr = 1e39; /* infinite in f32 */
        ck_ok(nudge_trainer_set_options(f.trainer, &o, &err), &err);
        ck_status(nudge_trainer_run(f.trainer, &err), NUDGE_EDIVERGED, &err);
        ck_ok(nudge_trainer_set_options(f.trainer, &f.options, &err), &err);
        ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
        outcome got = finish(&f);
        assert_same(&want, &got);
    }
}
END_TEST

/* A checkpoint is a model with the weights of that moment, and holds the note; the one before is
 * kept. */
START_TEST(a_model_too)
{
    nudge_error err;
    nudge_model *model = NULL, *before = NULL;
    char *note = NULL;
    const char *path = checkpoint_at(NUDGE_F32, NUDGE_ADAM, 7, 1);
    ck_ok(nudge_model_load(&before, path, &err), &err);
    checkpoint_at(NUDGE_F32, NUDGE_ADAM, 8, 1);
    ck_ok(nudge_model_load(&model, path, &err), &err);
    ck_assert(nudge_model_hash(model) != nudge_model_hash(before));
    fixture f = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
    make_trainer(&f);
    ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), nudge_model_hash(model));
    ck_ok(nudge_trainer_load(f.trainer, in_folder("run.checkpoint.previous"), &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), nudge_model_hash(before));
    ck_ok(nudge_model_load_weights(f.model, path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), nudge_model_hash(model));
    ck_ok(nudge_checkpoint_note(&note, path, &err), &err);
    ck_assert_str_eq(note, "a note");
    free(note);
    fixture_end(&f);
    nudge_model_free(model);
    nudge_model_free(before);
}
END_TEST

/* ---- Refused ---- */

static void assert_refused(fixture *f, nudge_status status, const char *says)
{
    nudge_error err;
    uint64_t hash = nudge_model_hash(f->model);
    ck_status(nudge_trainer_load(f->trainer, in_folder("run.checkpoint"), &err), status, &err);
    ck_assert_msg(strstr(err.text, says) != NULL, "'%s' lacks '%s'", err.text, says);
    ck_assert_ptr_nonnull(strstr(err.text, "run.checkpoint: "));
    ck_assert_uint_eq(nudge_model_hash(f->model), hash);
    ck_assert_uint_eq(nudge_trainer_where(f->trainer).updates, 0);
}

/* With any one byte changed, or cut short anywhere: refused, and the trainer as it was. */
START_TEST(damaged)
{
    const char *path = checkpoint_at(NUDGE_F32, NUDGE_ADAM, 7, 1);
    nudge_error err;
    fixture f = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
    make_trainer(&f);
    int fd = open(path, O_RDWR), is_cut = _i == 1;
    ck_assert_int_ge(fd, 0);
    for (off_t size = lseek(fd, 0, SEEK_END), i = size; i-- > 0;) {
        unsigned char was, changed;
        ck_assert_int_eq(pread(fd, &was, 1, i), 1);
        changed = (unsigned char)(was ^ (1 + i % 127));
        if (is_cut)
            ck_assert_int_eq(ftruncate(fd, i), 0);
        else
            ck_assert_int_eq(pwrite(fd, &changed, 1, i), 1);
        nudge_status status = nudge_trainer_load(f.trainer, path, &err);
        ck_assert_msg(status == NUDGE_EDATA || status == NUDGE_EMISMATCH, "byte %d of %d: %s",
                      (int)i, (int)size, nudge_status_text(status));
        ck_assert_uint_eq(nudge_trainer_where(f.trainer).updates, 0);
        if (!is_cut)
            ck_assert_int_eq(pwrite(fd, &was, 1, i), 1);
    }
    if (!is_cut)
        ck_ok(nudge_trainer_load(f.trainer, path, &err), &err);
    close(fd);
    fixture_end(&f);
}
END_TEST

/* A model is no checkpoint. */
START_TEST(plain_model)
{
    fixture f = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
    nudge_error err;
    make_trainer(&f);
    ck_ok(nudge_model_save(f.model, in_folder("run.checkpoint"), &err), &err);
    assert_refused(&f, NUDGE_EDATA, "no checkpoint");
    fixture_end(&f);
}
END_TEST

/* Another setting: named with both values. */
START_TEST(other_settings)
{
    checkpoint_at(NUDGE_F32, NUDGE_ADAM, 7, 1);
    static const char *const says[] = {
        "options.lr is 0.05 in the checkpoint and 0.06 here", "options.batch is 16",
        "options.seed is \"1\"", "options.optimizer is \"adam\"", "options.clip_norm",
        "data.content", "val.rows is 30", "network: activations[0] is \"tanh\"", "dtype",
        "is in epoch 2", "data.rows", "options.l1 is 0.0", "options.lr_factors is []",
    };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
        static const size_t widths[] = {6, 8, 3};
        fixture f = fixture_start(i == 8 ? NUDGE_F64 : NUDGE_F32,
                                  i == 3 ? NUDGE_ADAMW : NUDGE_ADAM, 1);
        nudge_dataset *other = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, i == 10 ? ROWS + 1 : ROWS,
                                         6, 3, 9);
        f.options.optimizer.lr += i == 0 ? 0.01 : 0;
        f.options.batch += i == 1;
        f.options.seed += i == 2;
        f.options.clip_norm += i == 4;
        f.options.optimizer.l1 += i == 11;
        f.options.lr_factors = i == 12 ? (const double[]){1, 1} : NULL;
        f.options.epochs = i == 9 ? 1 : EPOCHS;
        if (i == 5 || i == 10) {
            nudge_dataset_free(f.data);
            f.data = other;
            other = NULL;
        } else if (i == 6) {
            nudge_dataset_free(f.val);
            f.val = made_data(NUDGE_CROSS_ENTROPY, NUDGE_F32, 31, 6, 3, 2);
        } else if (i == 7) {
            nudge_model_free(f.model);
            f.model = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F32, 2, widths, NUDGE_RELU,
                                 NUDGE_IDENTITY, 1);
        }
        make_trainer(&f);
        assert_refused(&f, NUDGE_EMISMATCH, says[i]);
        fixture_end(&f);
        nudge_dataset_free(other);
    }
}
END_TEST

/* Epochs may become more, but not where the learning rate would have been another one. */
START_TEST(more_epochs)
{
    nudge_error err;
    for (int cosine = 0; cosine < 2; cosine++) {
        fixture f = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
        f.options.early_stop.patience = EPOCHS + 2;
        if (cosine)
            f.options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_COSINE);
        make_trainer(&f);
        ck_ok(nudge_trainer_run(f.trainer, &err), &err);
        ck_ok(nudge_trainer_save(f.trainer, in_folder("run.checkpoint"), NULL, &err), &err);
        fixture_end(&f);
        f = fixture_start(NUDGE_F32, NUDGE_ADAM, 1);
        f.options.early_stop.patience = EPOCHS + 2;
        if (cosine)
            f.options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_COSINE);
        f.options.epochs = EPOCHS + 2;
        make_trainer(&f);
        if (cosine) {
            assert_refused(&f, NUDGE_EMISMATCH, "options.epochs is 4");
        } else {
            ck_ok(nudge_trainer_load(f.trainer, in_folder("run.checkpoint"), &err), &err);
            ck_ok(nudge_trainer_run(f.trainer, &err), &err);
            ck_assert_uint_eq(nudge_trainer_where(f.trainer).epochs, EPOCHS + 2);
        }
        fixture_end(&f);
    }
}
END_TEST

static Suite *checkpoint_suite(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tc = tcase_create("checkpoint");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, resumed_anywhere, 0, 2 * 7);
    tcase_add_loop_test(tc, many_pairs, NUDGE_F32, NUDGE_F64 + 1);
    tcase_add_test(tc, loaded_into_a_used_trainer);
    tcase_add_test(tc, a_model_too);
    tcase_add_loop_test(tc, damaged, 0, 2);
    tcase_add_test(tc, plain_model);
    tcase_add_test(tc, other_settings);
    tcase_add_test(tc, more_epochs);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(checkpoint_suite)
