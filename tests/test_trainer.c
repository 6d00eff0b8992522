/* The trainer as an object: parts make the whole, options that change, history. */
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"

enum { ROWS = 230, EPOCHS = 6 };

typedef struct fixture {
    nudge_dataset *data, *val;
    nudge_model *model;
    nudge_train_options options;
} fixture;

static fixture fixture_start(void)
{
    fixture f = {.data = small_data(ROWS, 1), .val = small_data(40, 5), .model = small_model(),
                 .options = small_options()};
    f.options.batch = 16; /* 15 batches, 8 updates an epoch */
    f.options.accumulate = 2;
    f.options.epochs = EPOCHS;
    f.options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_PLATEAU);
    f.options.schedule.patience = 0;
    f.options.schedule.threshold = 0.5; /* so that the learning rate does fall */
    f.options.keep_history = 1;
    return f;
}

static void fixture_end(fixture *f)
{
    nudge_dataset_free(f->data);
    nudge_dataset_free(f->val);
    nudge_model_free(f->model);
}

static nudge_trainer *trainer_of(fixture *f)
{
    nudge_trainer *t = NULL;
    nudge_error err;
    ck_ok(nudge_trainer_create(&t, f->model, f->data, f->val, &f->options, &err), &err);
    return t;
}

/* What a run in one call leaves: its weights, its epochs. */
static uint64_t whole_run(nudge_epoch epochs[EPOCHS])
{
    fixture f = fixture_start();
    nudge_trainer *t = trainer_of(&f);
    nudge_error err;
    size_t n;
    ck_ok(nudge_trainer_run(t, &err), &err);
    const nudge_epoch *history = nudge_trainer_history(t, &n);
    ck_assert_uint_eq(n, EPOCHS);
    memcpy(epochs, history, EPOCHS * sizeof *epochs);
    ck_assert_uint_eq(nudge_trainer_where(t).updates, EPOCHS * 8);
    ck_ok(nudge_trainer_run(t, &err), &err); /* nothing is left */
    ck_status(nudge_trainer_epoch(t, NULL, &err), NUDGE_EARGUMENT, &err);
    uint64_t hash = nudge_model_hash(f.model);
    nudge_trainer_free(t);
    fixture_end(&f);
    return hash;
}

static void assert_same_history(nudge_trainer *t, const nudge_epoch *want)
{
    size_t n;
    const nudge_epoch *got = nudge_trainer_history(t, &n);
    ck_assert_uint_eq(n, EPOCHS);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_eq(got[i].epoch, i + 1);
        ck_assert(got[i].train_loss == want[i].train_loss && got[i].val_loss == want[i].val_loss);
        ck_assert(got[i].val_rmse == want[i].val_rmse && got[i].lr == want[i].lr);
    }
}

/* Identity: every bit of weights and losses, where a run is cut into epochs, updates and stops. */
START_TEST(parts)
{
    nudge_epoch whole[EPOCHS], e = {0};
    uint64_t hash = whole_run(whole);
    ck_assert(whole[EPOCHS - 1].lr < whole[0].lr);
    fixture f = fixture_start();
    nudge_trainer *t = trainer_of(&f);
    nudge_error err;
    ck_ok(nudge_trainer_epoch(t, &e, &err), &err);
    ck_assert_uint_eq(e.epoch, 1);
    ck_ok(nudge_trainer_updates(t, 3, &err), &err);
    ck_assert_uint_eq(nudge_trainer_where(t).batch, 6);
    ck_assert_uint_eq(nudge_trainer_where(t).updates, 8 + 3);
    ck_ok(nudge_trainer_updates(t, 1, &err), &err);
    ck_ok(nudge_trainer_updates(t, 1000, &err), &err);
    ck_assert_uint_eq(nudge_trainer_where(t).epochs, 2);
    ck_ok(nudge_trainer_updates(t, 7, &err), &err);
    ck_ok(nudge_trainer_epoch(t, &e, &err), &err);
    ck_assert_uint_eq(e.epoch, 3);
    ck_ok(nudge_trainer_run(t, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), hash);
    assert_same_history(t, whole);
    ck_assert_uint_eq(nudge_trainer_result(t).epochs, EPOCHS);
    nudge_trainer_free(t);
    fixture_end(&f);
}
END_TEST

static int stop_now(const nudge_progress *p, void *user)
{
    (void)p;
    ++*(size_t *)user;
    return 1;
}

/* A callback stops it at every chance: no bit is lost. */
START_TEST(stopped)
{
    nudge_epoch whole[EPOCHS];
    uint64_t hash = whole_run(whole);
    fixture f = fixture_start();
    size_t stops = 0;
    f.options.on_progress = stop_now;
    f.options.progress_seconds = 0;
    f.options.user = &stops;
    f.options.threads = 3;
    f.options.oversubscribe = 1;
    nudge_trainer *t = trainer_of(&f);
    nudge_error err;
    for (nudge_status status = NUDGE_ESTOPPED; status != NUDGE_OK;) {
        uint64_t before = nudge_trainer_where(t).updates;
        status = nudge_trainer_run(t, &err);
        ck_assert(status == NUDGE_OK || status == NUDGE_ESTOPPED);
        /* An update is two batches; an epoch's last, of one, is not asked about. */
        ck_assert_uint_gt(nudge_trainer_where(t).updates, before);
        ck_assert_uint_le(nudge_trainer_where(t).updates, before + 2);
    }
    ck_assert_uint_ge(stops, EPOCHS * 7);
    ck_assert_uint_eq(nudge_model_hash(f.model), hash);
    assert_same_history(t, whole);
    nudge_trainer_free(t);
    fixture_end(&f);
}
END_TEST

/* Options that may change do, the others are refused by name and change nothing. */
START_TEST(changes)
{
    fixture f = fixture_start();
    nudge_trainer *t = trainer_of(&f);
    nudge_error err;
    nudge_epoch e;
    nudge_train_options o = nudge_trainer_get_options(t);
    o.epochs = 2;
    o.optimizer.lr = 0.25;
    o.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_CONSTANT);
    ck_ok(nudge_trainer_set_options(t, &o, &err), &err);
    ck_ok(nudge_trainer_epoch(t, &e, &err), &err);
    ck_assert(e.lr == 0.25 && e.epochs == 2);
    nudge_train_options bad = o;
    bad.batch = 17;
    ck_status(nudge_trainer_set_options(t, &bad, &err), NUDGE_EARGUMENT, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "batch"));
    bad = o;
    bad.optimizer.lr = -1;
    ck_status(nudge_trainer_set_options(t, &bad, &err), NUDGE_EARGUMENT, &err);
    bad = o;
    bad.clip_norm = 1;
    ck_status(nudge_trainer_set_options(t, &bad, &err), NUDGE_EARGUMENT, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "clip_norm"));
    ck_ok(nudge_trainer_epoch(t, &e, &err), &err);
    ck_assert(e.epoch == 2 && e.lr == 0.25);
    ck_status(nudge_trainer_epoch(t, &e, &err), NUDGE_EARGUMENT, &err);
    o.epochs = 3; /* more of them */
    ck_ok(nudge_trainer_set_options(t, &o, &err), &err);
    ck_ok(nudge_trainer_run(t, &err), &err);
    ck_assert_uint_eq(nudge_trainer_where(t).epochs, 3);
    nudge_trainer_free(t);
    fixture_end(&f);
}
END_TEST

/* A smaller clip from one epoch to the next changes what follows. */
START_TEST(clip_changes)
{
    uint64_t hash[2];
    for (int change = 0; change < 2; change++) {
        fixture f = fixture_start();
        nudge_error err;
        f.options.clip_norm = 1e-3;
        nudge_trainer *t = trainer_of(&f);
        ck_ok(nudge_trainer_epoch(t, NULL, &err), &err);
        nudge_train_options o = nudge_trainer_get_options(t);
        o.clip_norm = change ? 1e-4 : 1e-3;
        ck_ok(nudge_trainer_set_options(t, &o, &err), &err);
        ck_ok(nudge_trainer_epoch(t, NULL, &err), &err);
        hash[change] = nudge_model_hash(f.model);
        nudge_trainer_free(t);
        fixture_end(&f);
    }
    ck_assert(hash[0] != hash[1]);
}
END_TEST

static Suite *trainer_suite(void)
{
    Suite *suite = suite_create("trainer");
    TCase *tc = tcase_create("trainer");
    tcase_add_test(tc, parts);
    tcase_add_test(tc, stopped);
    tcase_add_test(tc, changes);
    tcase_add_test(tc, clip_changes);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(trainer_suite)
