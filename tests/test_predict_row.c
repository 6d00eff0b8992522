/* One row after another: the same predictions as of whole datasets. */
#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

static nudge_error err;

static void ck_near(double a, double b, double tolerance)
{
    ck_assert_msg(fabs(a - b) <= tolerance * fmax(1, fabs(b)), "%.17g, not %.17g", a, b);
}

/* Both types, wide and narrow; each loss has its link. */
static const struct {
    nudge_loss loss;
    nudge_dtype dtype;
    size_t widths[3];
} networks[] = {
    {NUDGE_MSE, NUDGE_F64, {6, 20, 3}},
    {NUDGE_MSE, NUDGE_F32, {6, 20, 3}},
    {NUDGE_CROSS_ENTROPY, NUDGE_F32, {70, 130, 300}},
    {NUDGE_CROSS_ENTROPY, NUDGE_F64, {1, 1, 9000}},
    {NUDGE_BCE, NUDGE_F32, {5, 7, 1}},
    {NUDGE_POISSON, NUDGE_F64, {5, 7, 1}},
};

START_TEST(rows_as_datasets)
{
    enum { ROWS = 20 };
    const size_t *widths = networks[_i].widths, in = widths[0], out = widths[2];
    nudge_dtype dtype = networks[_i].dtype;
    double tolerance = dtype == NUDGE_F32 ? 1e-5 : 1e-13;
    nudge_model *m = made_model(networks[_i].loss, dtype, 2, widths, NUDGE_TANH, NUDGE_IDENTITY, 3);
    double *x = made_array(ROWS * in, 2, 4), *all = made_array(ROWS * out, 1, 5);
    double *one = made_array(out, 1, 6);
    float *fx = malloc(in * sizeof *fx), *fone = malloc(out * sizeof *fone);
    nudge_dataset *d = NULL;
    nudge_predictor *p = NULL;
    ck_ok(nudge_dataset_from_arrays(&d, dtype, ROWS, in, 0, x, NULL, NULL, &err), &err);
    ck_ok(nudge_predict(m, d, 1, all, &err), &err);
    ck_ok(nudge_predictor_create(&p, m, &err), &err);
    for (size_t r = 0; r < ROWS; r++) {
        ck_ok(nudge_predict_row(p, x + r * in, NULL, one, &err), &err);
        for (size_t k = 0; k < out; k++)
            ck_near(one[k], all[r * out + k], tolerance);
        for (size_t j = 0; j < in; j++)
            fx[j] = (float)x[r * in + j];
        ck_ok(nudge_predict_row_f32(p, fx, NULL, fone, &err), &err);
        for (size_t k = 0; k < out; k++)
            ck_near(fone[k], all[r * out + k], 1e-5);
    }
    /* The weights of the moment count. */
    double *zeros = calloc(nudge_model_describe(m).parameters, sizeof *zeros);
    made_set_weights(m, zeros);
    ck_ok(nudge_predict_row(p, x, NULL, one, &err), &err);
    ck_near(one[0], networks[_i].loss == NUDGE_MSE             ? 0
                    : networks[_i].loss == NUDGE_CROSS_ENTROPY ? 1 / (double)out
                    : networks[_i].loss == NUDGE_BCE           ? 0.5
                                                               : 1, 1e-6);
    free(zeros);
    ck_ok(nudge_model_add_members(m, m, &err), &err); /* for which there is no room */
    ck_status(nudge_predict_row(p, x, NULL, one, &err), NUDGE_EARGUMENT, &err);
    free(x);
    free(all);
    free(one);
    free(fx);
    free(fone);
    nudge_predictor_free(p);
    nudge_predictor_free(NULL);
    nudge_dataset_free(d);
    nudge_model_free(m);
}
END_TEST

/* Numbers, one of them missing, and a category; the target is standardised. */
static const char csv[] = "age,town,size,price\n"
                          "30,Bern,1.5,100\n"
                          "40,Thun,2.5,250\n"
                          ",Bern,3.5,175\n"
                          "60,Genf,0.5,80\n";
static const double numbers[4][3] = {
    {30, NAN, 1.5}, {40, NAN, 2.5}, {NAN, NAN, 3.5}, {60, NAN, 0.5}};
static const char *const texts[4][3] = {
    {NULL, "Bern", NULL}, {NULL, "Thun", NULL}, {NULL, "Bern", NULL}, {NULL, "Genf", NULL}};

/* As it is, and with every choice that makes inputs of another number or shape. */
START_TEST(rows_in_their_own_units)
{
    char path[300];
    nudge_data_options o = nudge_data_defaults();
    nudge_data data;
    nudge_model *m = NULL;
    nudge_predictor *p = NULL;
    double all[4], one;
    snprintf(path, sizeof path, "%s/d.csv", folder);
    write_bytes(path, csv, sizeof csv - 1);
    o.data = path;
    o.read.target = "price";
    o.read.dtype = NUDGE_F64;
    if (_i == 1)
        o.prep = (nudge_prep_options){.size = sizeof o.prep, .scale = NUDGE_SCALE_ROBUST,
                                      .fill = NUDGE_FILL_MEAN,
                                      .fill_indicator = 1, .min_count = 2};
    ck_ok(nudge_data_load(&data, &o, &err), &err);
    nudge_model_options mo = nudge_model_defaults();
    mo.dtype = NUDGE_F64;
    mo.layers = 2;
    size_t features = nudge_prep_describe(data.prep).features;
    ck_assert_uint_eq(features, 5); /* three towns; or one, others, and whether age is missing */
    mo.widths = (size_t[]){features, 8, 1};
    ck_ok(nudge_model_create(&m, &mo, data.prep, &err), &err);
    ck_ok(nudge_predict(m, data.train, 1, all, &err), &err);
    ck_ok(nudge_predictor_create(&p, m, &err), &err);
    for (size_t r = 0; r < 4; r++) {
        ck_ok(nudge_predict_row(p, numbers[r], texts[r], &one, &err), &err);
        ck_near(one, all[r], 1e-13);
    }
    ck_assert_uint_eq(nudge_prep_columns(data.prep), 3);
    ck_assert_str_eq(nudge_prep_column_name(data.prep, 1), "town");
    ck_assert_int_eq(nudge_prep_column_kind(data.prep, 1), NUDGE_COLUMN_CATEGORY);
    const double bad[3] = {30, NAN, INFINITY};
    ck_status(nudge_predict_row(p, bad, texts[0], &one, &err), NUDGE_EDATA, &err);
    ck_assert_str_eq(err.text, "feature 4 ('size') is no finite f64 number");
    /* A town that is not known is none of them, or one of the others, as Genf and Thun then are. */
    const char *const unknown[3] = {NULL, "Wil", NULL};
    double other, none;
    ck_ok(nudge_predict_row(p, numbers[3], unknown, &other, &err), &err);
    ck_ok(nudge_predict_row(p, numbers[3], NULL, &none, &err), &err);
    if (_i == 0)
        ck_near(other, none, 0);
    else
        ck_near(other, all[3], 1e-13);
    nudge_predictor_free(p);
    nudge_model_free(m);
    nudge_data_free(&data);
}
END_TEST

/* A date is a text, or days since 1970-01-01 as a number, which goes before; or missing. */
START_TEST(dates)
{
    nudge_data_options o = nudge_data_defaults();
    nudge_data data;
    nudge_model *m = NULL;
    nudge_predictor *p = NULL;
    double all[4], one;
    write_in_folder("d.csv", "when,y\n1970-01-03,1\n1970-01-05T12:00,4\n,2\n1970-01-11,3\n");
    o.data = in_folder("d.csv");
    o.read.target = "y";
    o.read.dtype = NUDGE_F64;
    ck_ok(nudge_data_load(&data, &o, &err), &err);
    nudge_model_options mo = nudge_model_defaults();
    mo.dtype = NUDGE_F64;
    mo.layers = 1;
    mo.widths = (size_t[]){1, 1};
    ck_ok(nudge_model_create(&m, &mo, data.prep, &err), &err);
    ck_ok(nudge_predict(m, data.train, 1, all, &err), &err);
    ck_ok(nudge_predictor_create(&p, m, &err), &err);
    static const struct {
        double number;
        const char *text;
        size_t row;
    } cells[] = {{NAN, "1970-01-03", 0}, {NAN, "1970-01-05T12:00", 1}, {NAN, NULL, 2},
                 {4.5, NULL, 1}, {10, "1970-01-03", 3}, {10, "no date", 3}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        ck_ok(nudge_predict_row(p, &cells[i].number, &cells[i].text, &one, &err), &err);
        ck_near(one, all[cells[i].row], 1e-13);
    }
    const double none = NAN;
    const char *const text = "1970-02-30";
    ck_ok(nudge_predict_row(p, &none, NULL, &one, &err), &err);
    ck_near(one, all[2], 1e-13);
    ck_status(nudge_predict_row(p, &none, &text, &one, &err), NUDGE_EDATA, &err);
    ck_assert_str_eq(err.text, "feature 0 ('when') is no finite f64 number");
    nudge_predictor_free(p);
    nudge_model_free(m);
    nudge_data_free(&data);
}
END_TEST

static Suite *predict_row_suite(void)
{
    Suite *s = suite_create("predict_row");
    TCase *tc = tcase_create("predict_row");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, rows_as_datasets, 0, sizeof networks / sizeof *networks);
    tcase_add_loop_test(tc, rows_in_their_own_units, 0, 2);
    tcase_add_test(tc, dates);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(predict_row_suite)
