/* Programs built for another nudge.h: their structures are shorter or longer than the library's.
 * Each lies in a block of its own size, so that a sanitizer sees what is read or written behind. */
#include <stddef.h>
#include <string.h>

#include "model_fixtures.h"
#include "suite.h"
#include "table/dataset.h"

static nudge_error err;

/* A copy of `size` bytes, which says so; what is behind `known` is 0. */
static void *sized(const void *options, size_t known, size_t size)
{
    char *copy = calloc(1, size > sizeof size ? size : sizeof size);
    memcpy(copy, options, size < known ? size : known);
    memcpy(copy, &size, sizeof size);
    return copy;
}

static nudge_status read_with(const void *options)
{
    nudge_table *table = NULL;
    nudge_status status = nudge_table_read(&table, "synth:teacher,rows=10", options, &err);
    nudge_table_free(table);
    return status;
}

static nudge_status write_with(const void *options)
{
    return nudge_synth_write(NULL, "synth:teacher,rows=10", "/dev/null/no.csv", options, &err);
}

static nudge_status load_with(const void *options)
{
    nudge_data data = {0};
    nudge_status status = nudge_data_load(&data, options, &err);
    nudge_data_free(&data);
    return status;
}

static nudge_status folds_with(const void *options)
{
    nudge_folds *folds = NULL;
    nudge_status status = nudge_folds_load(&folds, 2, options, &err);
    nudge_folds_free(folds);
    return status;
}

static nudge_status prep_with(const void *options)
{
    nudge_table *table = NULL;
    nudge_prep *prep = NULL;
    ck_ok(nudge_table_read(&table, "synth:teacher,rows=10", NULL, &err), &err);
    nudge_status status = nudge_prep_fit(&prep, table, NULL, 0, options, &err);
    nudge_prep_free(prep);
    nudge_table_free(table);
    return status;
}

static nudge_status create_with(const void *options)
{
    nudge_model *model = NULL;
    nudge_status status = nudge_model_create(&model, options, NULL, &err);
    nudge_model_free(model);
    return status;
}

static nudge_status borrow_with(const void *options)
{
    nudge_dataset *data = NULL;
    nudge_status status = nudge_dataset_borrow(&data, options, &err);
    nudge_dataset_free(data);
    return status;
}

/* All functions that take options of training. */
static nudge_status train_with(const void *options)
{
    nudge_model *model = small_model();
    nudge_dataset *data = small_data(20, 1);
    nudge_train_options usual = small_options();
    nudge_trainer *t;
    nudge_train_plan plan;
    nudge_forecast forecast;
    ck_ok(nudge_trainer_create(&t, model, data, NULL, &usual, &err), &err);
    nudge_status status = nudge_train(model, data, NULL, options, NULL, &err);
    ck_status(nudge_trainer_set_options(t, options, &err), status, &err);
    ck_status(nudge_train_forecast(&forecast, model, data, options, 1e-3, &err), status, &err);
    ck_status(nudge_train_plan_make(&plan, model, data, NULL, options, &err), status, &err);
    nudge_trainer_free(t);
    nudge_dataset_free(data);
    nudge_model_free(model);
    return status;
}

/* Options are looked at before the model, which has no raw columns. */
static nudge_status importance_with(const void *options)
{
    nudge_model *model = small_model();
    nudge_status status = nudge_importance(model, NULL, options, NULL, NULL, &err);
    nudge_model_free(model);
    return status;
}

/* Without its last member (`least` bytes are needed) and with more to come. Where a later member is
 * set, or the size is none, that is said. */
START_TEST(options_of_any_age)
{
    static const double x[2];
    nudge_read_options read = nudge_read_defaults();
    nudge_write_options write = nudge_write_defaults();
    nudge_data_options data = nudge_data_defaults();
    nudge_prep_options prep = nudge_prep_defaults();
    nudge_model_options model = nudge_model_defaults();
    nudge_train_options train = small_options();
    nudge_importance_options importance = nudge_importance_defaults();
    nudge_arrays arrays = {sizeof arrays, NUDGE_F64, 2, 1, .x = x};
    data.data = "synth:teacher,rows=10";
    model.layers = 2;
    model.widths = small_widths;
    model.activations = (nudge_activation[]){NUDGE_TANH, NUDGE_IDENTITY};
    const struct {
        const void *options;
        size_t known, least;
        nudge_status (*with)(const void *options);
        nudge_status good;
    } rows[] = {
        {&read, sizeof read, offsetof(nudge_read_options, threads), read_with, NUDGE_OK},
        {&write, sizeof write, offsetof(nudge_write_options, user), write_with, NUDGE_EOPEN},
        {&data, sizeof data, offsetof(nudge_data_options, seed), load_with, NUDGE_OK},
        {&data, sizeof data, offsetof(nudge_data_options, seed), folds_with, NUDGE_OK},
        {&prep, sizeof prep, sizeof prep, prep_with, NUDGE_OK},
        {&model, sizeof model, offsetof(nudge_model_options, seed), create_with, NUDGE_OK},
        {&train, sizeof train, offsetof(nudge_train_options, keep_history), train_with, NUDGE_OK},
        {&arrays, sizeof arrays, offsetof(nudge_arrays, classes), borrow_with, NUDGE_OK},
        {&importance, sizeof importance, offsetof(nudge_importance_options, user), importance_with,
         NUDGE_EARGUMENT},
    };
    ck_assert_int_lt(_i, sizeof rows / sizeof *rows);
    size_t known = rows[_i].known;
    const size_t sizes[] = {rows[_i].least, known, known + 24, known + 24, 0, 8, known + 257};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        char *options = sized(rows[_i].options, known, sizes[k]);
        if (k == 3)
            options[known + 23] = 1;
        ck_status(rows[_i].with(options), k < 3 ? rows[_i].good : NUDGE_EARGUMENT, &err);
        ck_assert(k < 3 || strcmp(err.setting, "size") == 0);
        free(options);
    }
}
END_TEST

/* An older caller's options are the defaults with what it knows, those within others likewise. */
START_TEST(unknown_members_have_defaults)
{
    nudge_dataset *data = small_data(50, 1);
    nudge_train_options o = small_options();
    uint64_t usual = trained(data, &o);
    o.seed = 7;
    ck_assert(trained(data, &o) != usual);
    nudge_train_options *old = sized(&o, sizeof o, offsetof(nudge_train_options, seed));
    ck_assert(trained(data, old) == usual);
    free(old);
    nudge_dataset_free(data);

    float first[3];
    for (int k = 0; k < 3; k++) {
        nudge_data_options d = nudge_data_defaults();
        ck_assert_uint_eq(d.read.size, sizeof d.read);
        d.data = "synth:teacher,rows=10";
        d.read.seed = k > 0 ? 7 : 1;
        if (k == 2)
            d.read.size = offsetof(nudge_read_options, seed);
        nudge_data loaded;
        ck_ok(nudge_data_load(&loaded, &d, &err), &err);
        first[k] = *(const float *)loaded.train->store->x;
        nudge_data_free(&loaded);
    }
    ck_assert(first[0] != first[1] && first[0] == first[2]);
}
END_TEST

/* What the library fills: as many bytes as there are, zeros where it knows no more. */
START_TEST(results_of_any_age)
{
    enum { MORE = 24 };
    static const char zeros[MORE];
    nudge_dataset *data = small_data(50, 1);
    nudge_model *model = small_model();
    nudge_train_options o = small_options();
    nudge_train_result usual;
    nudge_model_info info = nudge_model_describe(model);
    ck_ok(nudge_train(model, data, NULL, &o, &usual, &err), &err);
    nudge_model_free(model);
    for (int newer = 0; newer < 2; newer++) {
        size_t size = newer ? sizeof usual + MORE : offsetof(nudge_train_result, phases);
        nudge_train_result *r = malloc(size);
        memset(r, 1, size);
        model = small_model();
        ck_ok(nudge_train_sized(size, model, data, NULL, &o, r, &err), &err);
        ck_assert(r->epochs == 5 && r->last.train_loss == usual.last.train_loss);
        ck_assert(!newer || memcmp((char *)r + sizeof *r, zeros, MORE) == 0);
        free(r);

        size = newer ? sizeof info + MORE : offsetof(nudge_model_info, prep);
        nudge_model_info *i = malloc(size);
        memset(i, 1, size);
        nudge_model_describe_sized(i, size, model);
        ck_assert(i->layers == info.layers && i->parameters == info.parameters);
        ck_assert(!newer || memcmp((char *)i + sizeof *i, zeros, MORE) == 0);
        free(i);
        nudge_model_free(model);
    }
    nudge_dataset_free(data);
}
END_TEST

/* On failure no byte is changed. */
START_TEST(untouched_on_failure)
{
    nudge_synth_shape shape, before;
    memset(&shape, 0x5a, sizeof shape);
    before = shape;
    ck_status(nudge_synth_measure(&shape, "synth:no", &err), NUDGE_EARGUMENT, &err);
    ck_assert_mem_eq(&shape, &before, sizeof shape);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("sized");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, options_of_any_age, 0, 9);
    tcase_add_test(t, unknown_members_have_defaults);
    tcase_add_test(t, results_of_any_age);
    tcase_add_test(t, untouched_on_failure);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(make_suite)
