/* Models in memory: initial values, layers, hashes, what creation refuses. */
#include <math.h>
#include <string.h>

#include "prep/prep.h"
#include "model_fixtures.h"
#include "model/model.h"
#include "suite.h"

static nudge_model *new_model(const nudge_model_options *options)
{
    nudge_model *m = NULL;
    nudge_error err;
    ck_ok(nudge_model_create(&m, options, NULL, &err), &err);
    return m;
}

static nudge_model_options new_options(size_t layers, const size_t *widths)
{
    nudge_model_options o = nudge_model_defaults();
    o.layers = layers;
    o.widths = widths;
    return o;
}

/* One layer's weights or biases; for free(). */
static double *layer_of(const nudge_model *m, size_t layer, int bias)
{
    nudge_model_info info = nudge_model_describe(m);
    nudge_error err;
    size_t in = info.widths[layer], out = info.widths[layer + 1];
    double *values = malloc((bias ? out : in * out) * sizeof *values);
    ck_assert_ptr_nonnull(values);
    ck_ok(nudge_model_get_layer(m, layer, bias ? NULL : values, bias ? values : NULL, &err), &err);
    return values;
}

START_TEST(describes)
{
    static const size_t widths[] = {4, 3, 2};
    nudge_model_options o = new_options(2, widths);
    o.dtype = NUDGE_F64;
    o.loss = NUDGE_HUBER;
    o.loss_parameter = 0.5;
    nudge_model *m = new_model(&o);
    nudge_model_info info = nudge_model_describe(m);
    ck_assert_int_eq(info.dtype, NUDGE_F64);
    ck_assert_uint_eq(info.layers, 2);
    ck_assert_mem_eq(info.widths, widths, sizeof widths);
    ck_assert_int_eq(info.activations[0], NUDGE_RELU);
    ck_assert_int_eq(info.activations[1], NUDGE_IDENTITY);
    ck_assert_int_eq(info.loss, NUDGE_HUBER);
    ck_assert(info.loss_parameter == 0.5);
    ck_assert_uint_eq(info.parameters, 4 * 3 + 3 + 3 * 2 + 2);
    ck_assert_ptr_null(info.prep);
    nudge_model_free(m);
    nudge_model_free(NULL);
}
END_TEST

/* Set, then get, gives what was set, rounded to f32 in an f32 model. The block holds the 70 x 301
 * weights (in x out) in panels of P outputs (at most), one after the other: output o's weight from
 * input i is in panel o / P, which has 70 rows. The padding stays zero. */
START_TEST(layers_out_by_in)
{
    enum { IN = 70, OUT = 301 };
    static const size_t widths[] = {IN, OUT, 2};
    for (int d = 0; d < 2; d++) {
        nudge_model_options o = new_options(2, widths);
        o.dtype = (nudge_dtype)d;
        o.init = NUDGE_INIT_ZEROS;
        nudge_model *m = new_model(&o);
        nudge_error err;
        double *w = made_array(IN * OUT, 1, 7), *b = made_array(OUT, 1, 8);
        ck_ok(nudge_model_set_layer(m, 0, w, NULL, &err), &err);
        ck_ok(nudge_model_set_layer(m, 0, NULL, b, &err), &err);
        double *w2 = layer_of(m, 0, 0), *b2 = layer_of(m, 0, 1);
        for (size_t j = 0; j < IN * OUT; j++) {
            size_t output = j / IN, input = j % IN, width = m->net.panel[1];
            size_t panel = output / width, left = panel * width;
            size_t own = OUT - left < width ? OUT - left : width;
            size_t at = m->net.weight_at[0] + left * IN + input * own + (output - left);
            double rounded = d == 0 ? (double)(float)w[j] : w[j];
            ck_assert(w2[j] == rounded);
            ck_assert(rounded == (d == 0 ? (double)((float *)m->params)[at]
                                         : ((double *)m->params)[at]));
        }
        for (size_t j = 0; j < OUT; j++)
            ck_assert(b2[j] == (d == 0 ? (double)(float)b[j] : b[j]));
        size_t zeros = 0;
        for (size_t j = 0; j < m->net.size; j++)
            zeros += (d == 0 ? (double)((float *)m->params)[j] : ((double *)m->params)[j]) == 0;
        ck_assert_uint_eq(zeros, m->net.size - IN * OUT - OUT);
        free(w);
        free(b);
        free(w2);
        free(b2);
        nudge_model_free(m);
    }
}
END_TEST

START_TEST(layers_refuse)
{
    static const size_t widths[] = {2, 2};
    nudge_model_options o = new_options(1, widths);
    nudge_model *m = new_model(&o);
    nudge_error err;
    uint64_t hash = nudge_model_hash(m);
    double w[4] = {1, 2, 3, 4}, b[2] = {5, 6};
    ck_status(nudge_model_get_layer(m, 1, w, b, &err), NUDGE_EARGUMENT, &err);
    ck_assert_str_eq(err.text, "layer 1: the network has layers 0 to 0");
    ck_status(nudge_model_set_layer(m, 1, w, b, &err), NUDGE_EARGUMENT, &err);
    b[1] = NAN;
    ck_status(nudge_model_set_layer(m, 0, w, b, &err), NUDGE_EDATA, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "layer 0: bias 1 is "));
    b[1] = 6;
    w[2] = 1e39; /* finite, but not in f32 */
    ck_status(nudge_model_set_layer(m, 0, w, b, &err), NUDGE_EDATA, &err);
    ck_assert_str_eq(err.text, "layer 0: weight 2 is 1e+39, no finite f32 number");
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    nudge_model_free(m);
}
END_TEST

/* Equal weights, equal hashes; one bit of one weight or bias changed, another hash; the padding
 * does not count, the prep and the loss do not either. */
START_TEST(hash)
{
    static const size_t widths[] = {5, 4, 3};
    nudge_model_options o = new_options(2, widths);
    nudge_model *a = new_model(&o);
    o.loss = NUDGE_CROSS_ENTROPY;
    nudge_model *b = new_model(&o);
    ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
    for (size_t l = 0; l < 2; l++) {
        float *at[2] = {(float *)b->params + b->net.weight_at[l] + widths[l] * widths[l + 1] - 1,
                        (float *)b->params + b->net.bias_at[l]};
        for (int i = 0; i < 2; i++) {
            float before = *at[i];
            *at[i] = nextafterf(before, 2);
            ck_assert_uint_ne(nudge_model_hash(a), nudge_model_hash(b));
            *at[i] = before;
        }
    }
    ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
    ((float *)b->params)[21] = 1; /* behind the 20 weights of layer 0 */
    ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
    nudge_model_free(b);
    o.seed = 2;
    b = new_model(&o);
    ck_assert_uint_ne(nudge_model_hash(a), nudge_model_hash(b));
    nudge_model_free(a);
    nudge_model_free(b);
}
END_TEST

/* Mean and variance of n values against those of their distribution, to 5 standard errors (those
 * of the variance: v * sqrt((kurtosis - 1) / n)); no |value| above the bound. */
static void check_moments(const double *values, size_t n, double bound, double variance,
                          double kurtosis)
{
    double sum = 0, squares = 0, size = (double)n;
    for (size_t j = 0; j < n; j++) {
        ck_assert_double_le(fabs(values[j]), bound);
        sum += values[j];
    }
    for (size_t j = 0; j < n; j++)
        squares += (values[j] - sum / size) * (values[j] - sum / size);
    ck_assert_double_le(fabs(sum / size), 5 * sqrt(variance / size));
    ck_assert_double_le(fabs(squares / size - variance),
                        5 * variance * sqrt((kurtosis - 1) / size));
}

START_TEST(initial_distributions)
{
    static const size_t widths[] = {300, 200, 1000};
    static const double uniform = 1.8, normal = 3;
    nudge_model_options o = new_options(2, widths);
    o.dtype = NUDGE_F64;
    for (o.init = NUDGE_INIT_PYTORCH; o.init <= NUDGE_INIT_NTK; o.init++) {
        nudge_model *m = new_model(&o);
        for (size_t l = 0; l < 2; l++) {
            double in = (double)widths[l], out = (double)widths[l + 1];
            size_t n = widths[l] * widths[l + 1];
            double *w = layer_of(m, l, 0), *b = layer_of(m, l, 1);
            if (o.init == NUDGE_INIT_PYTORCH) {
                check_moments(w, n, 1 / sqrt(in), 1 / in / 3, uniform);
                check_moments(b, widths[l + 1], 1 / sqrt(in), 1 / in / 3, uniform);
            } else if (o.init == NUDGE_INIT_NTK && l == 0) {
                check_moments(w, n, INFINITY, 1 / in, normal);
                check_moments(b, widths[l + 1], INFINITY, 1, normal);
            } else {
                if (o.init == NUDGE_INIT_HE)
                    check_moments(w, n, INFINITY, 2 / in, normal);
                else if (o.init == NUDGE_INIT_GLOROT)
                    check_moments(w, n, sqrt(6 / (in + out)), 2 / (in + out), uniform);
                for (size_t j = 0; j < n && o.init >= NUDGE_INIT_ZEROS; j++)
                    ck_assert(w[j] == 0);
                for (size_t j = 0; j < widths[l + 1]; j++)
                    ck_assert(b[j] == 0);
            }
            free(w);
            free(b);
        }
        nudge_model_free(m);
    }
}
END_TEST

static void equal_values(const double *a, const double *b, size_t n)
{
    for (size_t j = 0; j < n; j++)
        ck_assert(a[j] == b[j]);
}

/* Value j of a layer depends on (seed, layer, j) alone, j in file order: a layer added behind or
 * another width of this layer's output leaves it as it is; weights, biases, layers and seeds
 * differ from each other; f32 values are those of f64, rounded. */
START_TEST(initial_values_stand_alone)
{
    nudge_model_options o = new_options(2, (size_t[]){4, 4, 4});
    o.dtype = NUDGE_F64;
    nudge_model *a = new_model(&o);
    double *w0 = layer_of(a, 0, 0), *w1 = layer_of(a, 1, 0);
    double *b0 = layer_of(a, 0, 1), *b1 = layer_of(a, 1, 1);
    ck_assert(w0[0] != w1[0] && w0[0] != b0[0] && b0[0] != b1[0] && w0[0] != w0[1]);

    nudge_model_options longer = new_options(3, (size_t[]){4, 4, 9, 2});
    longer.dtype = NUDGE_F64;
    nudge_model *b = new_model(&longer);
    double *v0 = layer_of(b, 0, 0), *v1 = layer_of(b, 1, 0), *c1 = layer_of(b, 1, 1);
    equal_values(w0, v0, 16);
    equal_values(w1, v1, 16);
    equal_values(b1, c1, 4);

    o.dtype = NUDGE_F32;
    nudge_model *c = new_model(&o);
    double *f0 = layer_of(c, 0, 0);
    for (size_t j = 0; j < 16; j++)
        ck_assert(f0[j] == (double)(float)w0[j]);
    o.seed = 2;
    nudge_model *d = new_model(&o);
    double *g0 = layer_of(d, 0, 0);
    ck_assert(f0[0] != g0[0] && f0[15] != g0[15]);

    double *all[] = {w0, w1, b0, b1, v0, v1, c1, f0, g0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    nudge_model_free(a);
    nudge_model_free(b);
    nudge_model_free(c);
    nudge_model_free(d);
}
END_TEST

START_TEST(copies_stand_alone)
{
    for (int d = 0; d < 2; d++) {
        static const size_t widths[] = {70, 130, 3};
        nudge_model *a = made_model(NUDGE_HUBER, (nudge_dtype)d, 2, widths, NUDGE_GELU, NUDGE_TANH,
                                    7), *b = NULL;
        uint64_t before = nudge_model_hash(a);
        nudge_error err;
        ck_ok(nudge_model_copy(&b, a, &err), &err);
        ck_assert_uint_eq(nudge_model_hash(b), before);
        nudge_model_info i = nudge_model_describe(a), j = nudge_model_describe(b);
        ck_assert_mem_eq(i.widths, j.widths, sizeof widths);
        ck_assert_mem_eq(i.activations, j.activations, 2 * sizeof *i.activations);
        ck_assert(i.dtype == j.dtype && i.layers == j.layers && i.loss == j.loss &&
                  i.loss_parameter == j.loss_parameter && i.parameters == j.parameters);
        ck_ok(nudge_model_set_layer(b, 1, NULL, (double[]){1, 2, 3}, &err), &err);
        ck_assert_uint_ne(nudge_model_hash(b), before);
        ck_assert_uint_eq(nudge_model_hash(a), before);
        nudge_model_free(a);
        double bias[3];
        ck_ok(nudge_model_get_layer(b, 1, NULL, bias, &err), &err);
        ck_assert_double_eq(bias[2], 3);
        nudge_model_free(b);
    }
}
END_TEST

static void not_created(const nudge_model_options *o, const nudge_prep *prep, nudge_status status,
                        const char *message)
{
    nudge_error err;
    nudge_model *m = NULL;
    ck_status(nudge_model_create(&m, o, prep, &err), status, &err);
    ck_assert_int_eq(strncmp(err.text, message, strlen(message)), 0);
    ck_assert_ptr_null(m);
    ck_assert_int_eq(nudge_model_create(&m, o, prep, NULL), status);
}

START_TEST(creation_refuses)
{
    nudge_model_options o = new_options(2, (size_t[]){3, 4, 2});
    nudge_prep prep = {.loss = NUDGE_MSE, .features = 5, .outputs = 2};
    not_created(&o, &prep, NUDGE_EMISMATCH, "the network takes 3 inputs; the data gives 5");
    prep.features = 3;
    prep.outputs = 1;
    not_created(&o, &prep, NUDGE_EMISMATCH, "the network has 2 outputs; the data needs 1");
    prep.outputs = 2;
    o.loss = NUDGE_CROSS_ENTROPY;
    not_created(&o, &prep, NUDGE_EMISMATCH,
                "the network's loss is cross-entropy; the data was prepared for mse");
    o.dtype = (nudge_dtype)5;
    not_created(&o, NULL, NUDGE_EARGUMENT, "element type 5 is unknown");
    o.dtype = NUDGE_F32;
    o.init = (nudge_init)5;
    not_created(&o, NULL, NUDGE_EARGUMENT, "initialisation 5 is unknown");
    o.init = NUDGE_INIT_HE;
    o.widths = (size_t[]){3, 0, 2};
    not_created(&o, NULL, NUDGE_EARGUMENT, "layer 0: width 0");
    o.layers = 1;
    o.widths = (size_t[]){1000000000, 1000000000};
    not_created(&o, NULL, NUDGE_EMEMORY, "the block of weights needs 4.0 EB of memory; ");
}
END_TEST

/* Members that differ in no more than what the loss or the preprocessing was told. */
START_TEST(members_refused)
{
    nudge_error err;
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m[4] = {NULL};
    nudge_prep *prep[2] = {NULL};
    for (size_t i = 0; i < 2; i++) {
        const double x[] = {1, 2, 4 + (double)i}, y[] = {1, 2, 3};
        nudge_table *t = NULL;
        nudge_prep_options p = {.size = sizeof p, .loss = NUDGE_HUBER};
        ck_ok(nudge_table_create(&t, 3, &err), &err);
        ck_ok(nudge_table_add_numbers(t, "x", x, &err), &err);
        ck_ok(nudge_table_add_numbers(t, "y", y, &err), &err);
        ck_ok(nudge_table_set_target(t, "y", &err), &err);
        ck_ok(nudge_prep_fit(&prep[i], t, NULL, 0, &p, &err), &err);
        nudge_table_free(t);
    }
    o.layers = 1;
    o.widths = (size_t[]){1, 1};
    o.loss = NUDGE_HUBER;
    for (size_t i = 0; i < 4; i++) {
        o.loss_parameter = i == 3 ? 2 : 1;
        ck_ok(nudge_model_create(&m[i], &o, i == 2 ? NULL : prep[i % 2], &err), &err);
    }
    const char *words[] = {"model and member have different preprocessing",
                           "model and member have different preprocessing",
                           "loss is huber; the member's is huber with another parameter"};
    for (size_t i = 1; i < 4; i++) {
        ck_status(nudge_model_add_members(m[0], m[i], &err), NUDGE_EMISMATCH, &err);
        ck_assert_msg(strstr(err.text, words[i - 1]) != NULL, "%s", err.text);
        ck_status(nudge_model_add_members(m[i], m[0], &err), NUDGE_EMISMATCH, &err);
        ck_assert_uint_eq(nudge_model_describe(m[0]).members, 1);
    }
    for (size_t i = 0; i < 4; i++)
        nudge_model_free(m[i]);
    nudge_prep_free(prep[0]);
    nudge_prep_free(prep[1]);
}
END_TEST

static Suite *model_suite(void)
{
    Suite *s = suite_create("model");
    TCase *tc = tcase_create("model");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, describes);
    tcase_add_test(tc, layers_out_by_in);
    tcase_add_test(tc, layers_refuse);
    tcase_add_test(tc, hash);
    tcase_add_test(tc, initial_distributions);
    tcase_add_test(tc, initial_values_stand_alone);
    tcase_add_test(tc, copies_stand_alone);
    tcase_add_test(tc, creation_refuses);
    tcase_add_test(tc, members_refused);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(model_suite)
