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
    ck_ok(nudge_trainer_run(t, &err), &err);
    for (size_t i = 0; i < EPOCHS; i++)
        epochs[i] = *nudge_trainer_history(t, i);
    ck_assert_ptr_null(nudge_trainer_history(t, EPOCHS));
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
    for (size_t i = 0; i < EPOCHS; i++) {
        const nudge_epoch *got = nudge_trainer_history(t, i);
        ck_assert_uint_eq(got->epoch, i + 1);
        ck_assert(got->train_loss == want[i].train_loss && got->val_loss == want[i].val_loss);
        ck_assert(got->val_rmse == want[i].val_rmse && got->lr == want[i].lr);
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

/* A stop that is asked for within the only update of an epoch comes after it; more batches to an
 * update than there are make one of all. */
START_TEST(stopped_within_an_update)
{
    uint64_t hash[2];
    for (int huge = 0; huge < 2; huge++) {
        fixture f = fixture_start();
        size_t stops = 0;
        nudge_error err;
        f.options.accumulate = huge ? SIZE_MAX : 15;
        f.options.on_progress = stop_now;
        f.options.progress_seconds = 0;
        f.options.user = &stops;
        nudge_trainer *t = trainer_of(&f);
        for (size_t i = 1; i <= 3; i++) {
            ck_status(nudge_trainer_run(t, &err), NUDGE_ESTOPPED, &err);
            ck_assert_uint_eq(nudge_trainer_where(t).epochs, i);
            ck_assert_uint_eq(nudge_trainer_where(t).updates, i);
        }
        hash[huge] = nudge_model_hash(f.model);
        nudge_trainer_free(t);
        fixture_end(&f);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
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

/* a = d a + (1 - d) w after each update, d being 0.8 or, after k earlier ones, k / (k + 5), from the
 * weights of a run without an average; 1e-14 relative, as sums are rounded once more here. */
START_TEST(average)
{
    enum { UPDATES = 30 };
    fixture plain = fixture_start(), averaged = fixture_start();
    averaged.options.average = 0.8;
    nudge_trainer *t = trainer_of(&plain), *a = trainer_of(&averaged);
    nudge_error err;
    double *want = NULL;
    size_t n = nudge_model_describe(plain.model).parameters;
    for (size_t k = 0; k < UPDATES; k++) {
        ck_ok(nudge_trainer_updates(t, 1, &err), &err);
        ck_ok(nudge_trainer_updates(a, 1, &err), &err);
        double *w = made_weights(plain.model), *got = made_weights(averaged.model);
        double d = fmin(0.8, (double)k / ((double)k + 5));
        for (size_t i = 0; k > 0 && i < n; i++)
            w[i] = d * want[i] + (1 - d) * w[i];
        for (size_t i = 0; i < n; i++)
            ck_assert_double_eq_tol(got[i], w[i], 1e-14 * fmax(fabs(w[i]), 1e-3));
        free(got);
        free(want);
        want = w;
    }
    nudge_metrics m;
    nudge_epoch e;
    ck_ok(nudge_trainer_epoch(a, &e, &err), &err); /* it is the average that is validated */
    ck_ok(nudge_evaluate(averaged.model, averaged.val, 0, &m, &err), &err);
    ck_assert_double_eq_tol(e.val_loss, m.value[NUDGE_METRIC_LOSS], 1e-12 * e.val_loss);
    nudge_metrics_free(&m);
    free(want);
    nudge_trainer_free(t);
    nudge_trainer_free(a);
    fixture_end(&plain);
    fixture_end(&averaged);
}
END_TEST

/* ---- Early stopping ---- */

enum { LONG = 200 };

/* Few rows and a high learning rate: validation gets worse soon. */
static fixture overfitted(size_t patience, double min_change, size_t epochs)
{
    fixture f = fixture_start();
    nudge_dataset_free(f.data);
    f.data = small_data(24, 3);
    f.options.schedule = nudge_schedule_defaults(NUDGE_SCHEDULE_CONSTANT);
    f.options.optimizer.lr = 0.02;
    f.options.average = 0.5;
    f.options.epochs = epochs;
    f.options.early_stop = (nudge_early_stop){patience, NUDGE_METRIC_RMSE, min_change};
    return f;
}

/* It ends where the rule, applied to the validation of a run that does not stop, says; with the
 * weights, to the bit, of a run of so many epochs as the best one has. Also where it is cut into
 * epochs; and it goes on where patience grows. */
START_TEST(early_stop)
{
    static const double min_changes[] = {0, 0, 0.05};
    static const size_t patiences[] = {1, 8, 8};
    nudge_error err;
    size_t best = 0, mark = 0, stop = LONG;
    fixture whole = overfitted(LONG, 0, LONG);
    nudge_trainer *t = trainer_of(&whole);
    ck_ok(nudge_trainer_run(t, &err), &err);
    const nudge_epoch *e;
    for (size_t i = 0; (e = nudge_trainer_history(t, i)) != NULL && stop == LONG; i++) {
        if (e->val_rmse <= nudge_trainer_history(t, best)->val_rmse)
            best = i;
        if (i == 0 || e->val_rmse < nudge_trainer_history(t, mark)->val_rmse - min_changes[_i])
            mark = i;
        if (i - mark >= patiences[_i])
            stop = i + 1;
        ck_assert(e->val_stop == e->val_rmse);
    }
    ck_assert_uint_lt(stop, LONG);

    fixture f = overfitted(patiences[_i], min_changes[_i], LONG);
    nudge_trainer *s = trainer_of(&f);
    for (nudge_status status = NUDGE_OK; status == NUDGE_OK && _i == 1;) /* until there is no more */
        status = nudge_trainer_epoch(s, NULL, &err);
    ck_ok(nudge_trainer_run(s, &err), &err);
    nudge_train_result r = nudge_trainer_result(s);
    ck_assert_uint_eq(r.epochs, stop);
    ck_assert_uint_eq(r.best_epoch, best + 1);
    ck_assert(r.best_value == nudge_trainer_history(t, best)->val_rmse && r.stopped_early);
    fixture shorter = overfitted(0, 0, best + 1);
    nudge_trainer *b = trainer_of(&shorter);
    ck_ok(nudge_trainer_run(b, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), nudge_model_hash(shorter.model));

    f.options.early_stop.patience = LONG;
    f.options.early_stop.min_change = 0;
    ck_ok(nudge_trainer_set_options(s, &f.options, &err), &err);
    ck_ok(nudge_trainer_run(s, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(f.model), nudge_model_hash(whole.model));
    nudge_trainer_free(b);
    nudge_trainer_free(s);
    nudge_trainer_free(t);
    fixture_end(&shorter);
    fixture_end(&f);
    fixture_end(&whole);
}
END_TEST

START_TEST(early_stop_refused)
{
    nudge_error err;
    nudge_trainer *t = NULL;
    fixture f = overfitted(3, 0, 5);
    ck_status(nudge_trainer_create(&t, f.model, f.data, NULL, &f.options, &err), NUDGE_EARGUMENT,
              &err);
    ck_assert_ptr_nonnull(strstr(err.text, "validation"));
    f.options.early_stop.metric = NUDGE_METRIC_ROC_AUC;
    ck_status(nudge_trainer_create(&t, f.model, f.data, f.val, &f.options, &err), NUDGE_EARGUMENT,
              &err);
    ck_assert_ptr_nonnull(strstr(err.text, "roc-auc"));
    f.options.early_stop = (nudge_early_stop){.min_change = NAN};
    ck_status(nudge_trainer_create(&t, f.model, f.data, f.val, &f.options, &err), NUDGE_EARGUMENT,
              &err);
    f.options.early_stop.min_change = 0;
    f.options.average = 1;
    ck_status(nudge_trainer_create(&t, f.model, f.data, f.val, &f.options, &err), NUDGE_EARGUMENT,
              &err);
    fixture_end(&f);
}
END_TEST

/* No more than a step after the time that was given, with the best weights. */
START_TEST(max_seconds)
{
    nudge_error err;
    fixture f = overfitted(100000, 0, 1000000);
    f.options.keep_history = 0;
    f.options.max_seconds = 0.05;
    nudge_trainer *t = trainer_of(&f);
    ck_ok(nudge_trainer_run(t, &err), &err);
    nudge_train_result r = nudge_trainer_result(t);
    ck_assert(r.timed_out && !r.stopped_early && r.seconds >= 0.05);
    ck_assert_uint_lt(r.epochs, 1000000);
    nudge_metrics m;
    ck_ok(nudge_evaluate(f.model, f.val, 0, &m, &err), &err);
    ck_assert_double_eq_tol(m.value[NUDGE_METRIC_RMSE], r.best_value, 1e-12 * r.best_value);
    nudge_metrics_free(&m);
    ck_ok(nudge_trainer_run(t, &err), &err); /* it stays done */
    ck_assert_uint_eq(nudge_trainer_result(t).epochs, r.epochs);
    nudge_trainer_free(t);
    fixture_end(&f);
}
END_TEST

/* A layer with the factor 0 stays, to the bit, under every optimizer and in both ways to make its
 * gradient; the factors are a copy, and stay. */
START_TEST(layer_factors)
{
    double factors[] = {0, 1}, before[128], after[128], other[] = {0, 0.5};
    fixture f = fixture_start();
    f.options.optimizer = nudge_optimizer_defaults((nudge_optimizer_kind)(_i / 2));
    f.options.optimizer.weight_decay = 0.1;
    f.options.optimizer.l1 = 0.1;
    f.options.accumulate = 1 + (size_t)_i % 2;
    f.options.lr_factors = factors;
    nudge_error err;
    nudge_model_info m = nudge_model_describe(f.model);
    size_t n = m.widths[0] * m.widths[1];
    ck_assert_uint_le(n, 128);
    ck_ok(nudge_model_get_layer(f.model, 0, before, NULL, &err), &err);
    uint64_t hash = nudge_model_hash(f.model);
    nudge_trainer *t = trainer_of(&f);
    factors[0] = 1;
    ck_ok(nudge_trainer_epoch(t, NULL, &err), &err);
    ck_ok(nudge_model_get_layer(f.model, 0, after, NULL, &err), &err);
    ck_assert_mem_eq(before, after, n * sizeof *before);
    ck_assert(nudge_model_hash(f.model) != hash); /* the other one did not stay */
    nudge_train_options o = nudge_trainer_get_options(t);
    ck_ok(nudge_trainer_set_options(t, &o, &err), &err);
    o.lr_factors = other;
    ck_status(nudge_trainer_set_options(t, &o, &err), NUDGE_EARGUMENT, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "lr_factors"));
    nudge_trainer_free(t);
    fixture_end(&f);
}
END_TEST

static Suite *trainer_suite(void)
{
    Suite *suite = suite_create("trainer");
    TCase *tc = tcase_create("trainer");
    tcase_add_test(tc, parts);
    tcase_add_test(tc, stopped);
    tcase_add_test(tc, stopped_within_an_update);
    tcase_add_test(tc, changes);
    tcase_add_test(tc, clip_changes);
    tcase_add_test(tc, average);
    tcase_add_loop_test(tc, early_stop, 0, 3);
    tcase_add_test(tc, early_stop_refused);
    tcase_add_test(tc, max_seconds);
    tcase_add_loop_test(tc, layer_factors, 0, 2 * (NUDGE_LION + 1));
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(trainer_suite)
