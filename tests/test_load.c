#include "table/dataset.h"
#include "prep/prep.h"
#include "table/split.h"
#include "suite.h"
#include "table_fixtures.h"

static nudge_error err;

/* ---- Loading --------------------------------------------------------------------------- */

static nudge_data load(const nudge_data_options *options)
{
    nudge_data data;
    ck_ok(nudge_data_load(&data, options, &err), &err);
    return data;
}

static void refuses(const nudge_data_options *options, nudge_status status, const char *part)
{
    nudge_data data, before;
    memset(&data, 0x5a, sizeof data);
    before = data;
    ck_says(nudge_data_load(&data, options, &err), status, part, &err);
    ck_assert_mem_eq(&data, &before, sizeof data);
}

static float feature_of(const nudge_dataset *d, size_t r, size_t j)
{
    return ((const float *)d->store->x)[r * d->store->features + j];
}

/* The validation file is taken with what was learned from the training file: its median (35, and
 * so is the mean), its towns. */
START_TEST(files_of_their_own_use_what_was_learned)
{
    nudge_data_options o = nudge_data_defaults();
    o.data = test_file("good-towns-train.csv");
    o.val = test_file("good-towns-val.csv");
    o.read.target = "income";
    nudge_data d = load(&o);
    ck_assert_uint_eq(nudge_dataset_describe(d.train).rows, 5);
    ck_assert_uint_eq(nudge_dataset_describe(d.val).rows, 3);
    ck_assert_ptr_null(d.test);
    ck_assert_ptr_null(d.train->index); /* no subset where nothing is split */
    ck_assert_uint_eq(d.unknown, 2);    /* Genf and Rom */
    ck_assert(isnan(d.noise_floor));
    ck_assert_uint_eq(nudge_prep_describe(d.prep).features, 3);
    ck_assert_double_eq(d.prep->shift[0], 35);
    ck_assert_float_eq(feature_of(d.val, 0, 0), 0);
    ck_assert_float_eq(feature_of(d.val, 1, 0), 0);
    ck_assert_float_eq(feature_of(d.val, 1, 2), 1);
    ck_assert_float_eq(feature_of(d.val, 2, 0), (float)(-10 * d.prep->factor[0]));
    ck_assert_float_eq(feature_of(d.val, 0, 1) + feature_of(d.val, 0, 2), 0);
    double y = (150 - d.prep->target_shift[0]) * d.prep->target_factor[0];
    ck_assert_float_eq(((float *)d.val->store->y)[0], (float)y);
    ck_assert_uint_ge(d.load_bytes, nudge_dataset_describe(d.train).bytes +
                                        nudge_dataset_describe(d.val).bytes);
    nudge_data_free(&d);
    ck_assert_ptr_null(d.train);

    o.val = test_file("good-towns-new.csv");
    refuses(&o, NUDGE_EMISMATCH, "without the target column 'income'");
}
END_TEST

/* Held-out rows share the values of the training rows, and nothing is learned from them: the
 * statistics are those of the training rows alone. */
START_TEST(held_out_rows_are_subsets)
{
    nudge_data_options o = nudge_data_defaults();
    o.data = "synth:linear,rows=1000,features=3,seed=4";
    o.val_split = 0.25;
    o.test_split = 0.1;
    o.read.dtype = NUDGE_F64;
    nudge_data d = load(&o);
    ck_assert_uint_eq(nudge_dataset_describe(d.train).rows, 650);
    ck_assert_uint_eq(nudge_dataset_describe(d.val).rows, 250);
    ck_assert_uint_eq(nudge_dataset_describe(d.test).rows, 100);
    ck_assert_ptr_eq(d.train->store, d.val->store);
    ck_assert(d.noise_floor > 0);
    double all = 0, train = 0;
    for (size_t r = 0; r < 1000; r++)
        all += ((double *)d.train->store->x)[r * 3];
    for (size_t i = 0; i < 650; i++)
        train += ((double *)d.train->store->x)[d.train->index[i] * 3];
    ck_assert_double_eq_tol(train / 650, 0, 1e-12);
    ck_assert(fabs(all / 1000) > 1e-6);
    uint64_t index = 1000 * sizeof(uint32_t), store = d.train->store->bytes;
    ck_assert_uint_ge(d.load_bytes, store + index);
    ck_assert_uint_le(d.load_bytes, store + 2 * index + 1000 * sizeof(double));

    nu_parts s;
    nu_split asked = {.rows = 1000, .val = 0.25, .test = 0.1, .seed = o.seed};
    ck_ok(nu_parts_make(&s, &asked, &err), &err);
    ck_assert_mem_eq(d.test->index, s.test, 100 * sizeof(uint32_t));
    nu_parts_free(&s);
    nudge_data_free(&d);
}
END_TEST

START_TEST(images_are_loaded_once)
{
    nudge_data_options o = nudge_data_defaults();
    o.data = test_file("good-images.idx");
    o.read.labels = test_file("good-labels.idx");
    o.test = test_file("good-images.idx.gz");
    refuses(&o, NUDGE_EMISMATCH, "test data without labels");
    ck_assert_str_eq(err.setting, "test_labels");
    o.test_labels = o.read.labels;
    nudge_data d = load(&o);
    ck_assert_int_eq(d.train->store->element, NU_U8);
    ck_assert_int_eq(nudge_prep_describe(d.prep).pixels, 1);
    nudge_dataset_info a = nudge_dataset_describe(d.train), b = nudge_dataset_describe(d.test);
    ck_assert_mem_eq(d.train->store->x, d.test->store->x, a.rows * a.features);
    ck_assert_mem_eq(d.train->store->classes, d.test->store->classes, a.rows * sizeof(int32_t));
    ck_assert_uint_ge(d.load_bytes, a.bytes + b.bytes);
    nudge_data_free(&d);
}
END_TEST

START_TEST(contradictions_are_refused)
{
    nudge_data_options o = nudge_data_defaults();
    refuses(&o, NUDGE_EARGUMENT, "no data");
    o.data = "synth:linear,rows=50";
    o.val = "synth:linear,rows=50,seed=2";
    o.val_split = 0.1;
    refuses(&o, NUDGE_EARGUMENT, "both a file of validation data");
    o.val = NULL;
    o.val_labels = "labels.idx";
    refuses(&o, NUDGE_EARGUMENT, "labels of validation data");
    o.val_labels = NULL;
    o.val_split = NAN;
    refuses(&o, NUDGE_EARGUMENT, "validation part");
    o.val_split = 0;
    o.test = "synth:linear,rows=50,features=5";
    refuses(&o, NUDGE_EMISMATCH, "8 features");
    o.test_split = 0.5;
    refuses(&o, NUDGE_EARGUMENT, "both a file of test data");
    o.test = NULL;
    o.stratify = 1;
    refuses(&o, NUDGE_EARGUMENT, "target 'y' is a number; rows are stratified by classes");
    ck_assert_str_eq(err.setting, "stratify");
    o.test_split = 0;
    refuses(&o, NUDGE_EARGUMENT, "nothing is held out");
    o.stratify = 0;
    o.test_split = 0.5;
    o.prep.loss = NUDGE_CROSS_ENTROPY;
    refuses(&o, NUDGE_EARGUMENT, "use mse");
    ck_assert_str_eq(err.setting, "loss");
    o.data = test_file("not-there.csv");
    refuses(&o, NUDGE_EOPEN, "not-there.csv");
    o.data = test_file("good-towns-train.csv");
    refuses(&o, NUDGE_EARGUMENT, "no target");
    ck_assert_str_eq(err.setting, "target");
}
END_TEST

static Suite *load_suite(void)
{
    Suite *suite = suite_create("load");
    TCase *files = tcase_create("load");
    tcase_set_timeout(files, 60);
    tcase_add_test(files, files_of_their_own_use_what_was_learned);
    tcase_add_test(files, held_out_rows_are_subsets);
    tcase_add_test(files, images_are_loaded_once);
    tcase_add_test(files, contradictions_are_refused);
    suite_add_tcase(suite, files);
    return suite;
}

SUITE_MAIN(load_suite)
