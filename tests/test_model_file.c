/* Model files: what is saved is loaded, by this library and by an independent reader; weights come
 * from other files too. */
#include <jansson.h>
#include <xxhash.h>

#include "model_file_fixtures.h"
#include "suite.h"

static nudge_error err;

/* ---- Saving and loading ------------------------------------------------------------------ */

/* The loaded model has the same hash, every layer's values, shape, choices and prep; saving it
 * again gives the same bytes. */
START_TEST(round_trip)
{
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_model *a = file_model(dtype, _i / 2, 3), *b = NULL;
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
    nudge_model_info info = nudge_model_describe(b);
    ck_assert_int_eq(info.dtype, dtype);
    ck_assert_uint_eq(info.layers, 2);
    ck_assert_mem_eq(info.widths, ((size_t[]){3, 5, 1}), 3 * sizeof(size_t));
    ck_assert_int_eq(info.activations[0], NUDGE_LEAKY_RELU);
    ck_assert_int_eq(info.activations[1], NUDGE_SOFTPLUS);
    ck_assert_int_eq(info.loss, NUDGE_HUBER);
    ck_assert(info.loss_parameter == 0.3);
    ck_assert_uint_eq(info.parameters, 26);
    ck_assert_int_eq(info.prep != NULL, _i / 2);
    double *v = made_weights(a), *w = made_weights(b);
    ck_assert_mem_eq(v, w, 26 * sizeof *v);
    free(v);
    free(w);
    if (info.prep != NULL) {
        ck_assert_str_eq(nudge_prep_feature_name(info.prep, 2), "town=Z\xc3\xbcrich");
        ck_assert(info.prep->columns[0].fill == 1.0 / 3);
        ck_assert(info.prep->factor[0] == 1e-7 && info.prep->target_shift[0] == -7.7);
    }

    size_t size, again_size;
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_ok(nudge_model_save(b, st_path, &err), &err);
    unsigned char *again = read_bytes(st_path, &again_size);
    ck_assert_uint_eq(size, again_size);
    ck_assert_mem_eq(bytes, again, size);
    free(bytes);
    free(again);
    nudge_model_free(a);
    nudge_model_free(b);
}
END_TEST

/* Each loss that has a parameter keeps it. */
START_TEST(loss_parameters_round_trip)
{
    static const size_t widths[] = {4, 3, 2};
    nudge_loss_info loss = nudge_loss_describe((nudge_loss)_i);
    nudge_model_options o = nudge_model_defaults();
    nudge_model *a = NULL, *b = NULL;
    o.layers = 2;
    o.widths = widths;
    o.loss = (nudge_loss)_i;
    o.loss_parameter = 0.3; /* good for all */
    ck_ok(nudge_model_create(&a, &o, NULL, &err), &err);
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    double kept = nudge_model_describe(b).loss_parameter;
    ck_assert(loss.parameter != NULL ? kept == 0.3 : isnan(kept));
    nudge_model_free(a);
    nudge_model_free(b);
}
END_TEST

/* And so does what lies between layers, with the same predictions. */
START_TEST(between_layers_round_trip)
{
    static const size_t widths[] = {4, 6, 6, 3};
    nudge_model *a = made_model_with(_i & 1, _i >> 1, NUDGE_MSE, NUDGE_F32, 3, widths, NUDGE_RELU,
                                     NUDGE_IDENTITY, 5), *b = NULL, *c = NULL;
    nudge_dataset *data = made_data(NUDGE_MSE, NUDGE_F32, 9, 4, 3, 6);
    double here[27], there[27];
    ck_ok(nudge_model_save(a, st_path, &err), &err);
    ck_ok(nudge_model_load(&b, st_path, &err), &err);
    ck_ok(nudge_model_copy(&c, b, &err), &err);
    ck_assert_int_eq(nudge_model_describe(c).layer_norm, _i & 1);
    ck_assert_int_eq(nudge_model_describe(c).residual, _i >> 1);
    ck_ok(nudge_predict(a, data, 1, here, &err), &err);
    ck_ok(nudge_predict(c, data, 1, there, &err), &err);
    ck_assert_mem_eq(here, there, sizeof here);
    nudge_dataset_free(data);
    nudge_model_free(a);
    nudge_model_free(b);
    nudge_model_free(c);
}
END_TEST

/* 0.1.0 wrote a huber_delta with every loss, and no label smoothing. */
START_TEST(file_of_0_1_0)
{
    nudge_model *m = NULL;
    ck_ok(nudge_model_load(&m, test_file("model-0.1.0.safetensors"), &err), &err);
    nudge_model_info info = nudge_model_describe(m);
    ck_assert_int_eq(info.loss, NUDGE_CROSS_ENTROPY);
    ck_assert(info.loss_parameter == 0);
    ck_assert(nudge_model_hash(m) == 0x67de36a99f45ef2b);
    nudge_model_free(m);
}
END_TEST

/* As the tensors follow one another in file order, the model's hash is that of the file's data. */
START_TEST(large_layers_round_trip)
{
    static const size_t widths[] = {150, 257, 4099, 3};
    for (int d = 0; d < 2; d++) {
        nudge_model *a = made_model(NUDGE_CROSS_ENTROPY, (nudge_dtype)d, 3, widths, NUDGE_RELU,
                                    NUDGE_IDENTITY, 5);
        nudge_model *b = NULL;
        ck_ok(nudge_model_save(a, st_path, &err), &err);
        ck_ok(nudge_model_load(&b, st_path, &err), &err);
        ck_assert_uint_eq(nudge_model_hash(a), nudge_model_hash(b));
        size_t size, data = nudge_model_describe(a).parameters * (d == 0 ? 4 : 8);
        unsigned char *bytes = read_bytes(st_path, &size);
        ck_assert_uint_eq(XXH64(bytes + size - data, data, 0), nudge_model_hash(a));
        free(bytes);
        nudge_model_free(a);
        nudge_model_free(b);
    }
}
END_TEST

/* An independent reader: a JSON parser and the format's description, no code of the library. */
START_TEST(file_layout)
{
    unsigned char *data;
    size_t data_size, length;
    char *header = saved_parts(NUDGE_F32, 1, &data, &data_size);
    nudge_model *m = file_model(NUDGE_F32, 1, 1);
    length = strlen(header);
    ck_assert_uint_eq(length % 8, 0);
    json_t *root = json_loads(header, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_uint_eq(json_object_size(root), 5);
    json_t *metadata = json_object_get(root, "__metadata__");
    ck_assert_uint_eq(json_object_size(metadata), 3);
    ck_assert_str_eq(json_string_value(json_object_get(metadata, "format")), "nudge");
    ck_assert_str_eq(json_string_value(json_object_get(metadata, "version")), "1");
    json_t *network =
        json_loads(json_string_value(json_object_get(metadata, "network")), 0, NULL);
    ck_assert_ptr_nonnull(network);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(network, "widths"), 1)), 5);
    json_decref(network);

    double *flat = made_weights(m);
    const double *next = flat;
    size_t at = 0;
    for (size_t l = 0; l < 2; l++) {
        for (int bias = 0; bias < 2; bias++) {
            static const json_int_t outs[] = {5, 1}, ins[] = {3, 5};
            char name[40];
            snprintf(name, sizeof name, "layers.%zu.%s", l, bias ? "bias" : "weight");
            const char *dtype;
            json_int_t out, in = 1, begin, end;
            json_t *tensor = json_object_get(root, name);
            int unpacked =
                bias ? json_unpack(tensor, "{s:s, s:[I!], s:[I,I!] !}", "dtype", &dtype, "shape",
                                   &out, "data_offsets", &begin, &end)
                     : json_unpack(tensor, "{s:s, s:[I,I!], s:[I,I!] !}", "dtype", &dtype,
                                   "shape", &out, &in, "data_offsets", &begin, &end);
            ck_assert_int_eq(unpacked, 0);
            ck_assert_str_eq(dtype, "F32");
            ck_assert(out == outs[l] && in == (bias ? 1 : ins[l]));
            ck_assert(begin == (json_int_t)at && end == begin + 4 * in * out);
            for (; at < (size_t)end; at += 4) {
                float value;
                memcpy(&value, data + at, 4);
                ck_assert((double)value == *next++);
            }
        }
    }
    ck_assert_uint_eq(at, data_size);
    free(flat);
    json_decref(root);
    free(header);
    free(data);
    nudge_model_free(m);
}
END_TEST

START_TEST(save_refuses)
{
    nudge_model *m = file_model(NUDGE_F32, 0, 1);
    char path[600];
    snprintf(path, sizeof path, "%s/none/m.safetensors", folder);
    ck_status(nudge_model_save(m, path, &err), NUDGE_EOPEN, &err);
    ck_status(nudge_model_save(m, folder, &err), NUDGE_EOPEN, &err);
    ck_status(nudge_model_save(m, "/dev/full", &err), NUDGE_EIO, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "/dev/full"));
    nudge_model_free(m);
}
END_TEST

/* ---- Weights alone ----------------------------------------------------------------------- */

/* From a model of the same shapes, other choices, and either element type: F32 into f64 exactly,
 * F64 into f32 rounded. */
START_TEST(weights_load)
{
    for (int from = 0; from < 2; from++) {
        for (int to = 0; to < 2; to++) {
            nudge_model *a = file_model((nudge_dtype)from, 1, 1);
            nudge_model *b = made_model(NUDGE_MSE, (nudge_dtype)to, 2, (size_t[]){3, 5, 1},
                                        NUDGE_RELU, NUDGE_IDENTITY, 2);
            ck_ok(nudge_model_save(a, st_path, &err), &err);
            ck_ok(nudge_model_load_weights(b, st_path, NULL, &err), &err);
            double *v = made_weights(a), *w = made_weights(b);
            for (size_t j = 0; j < 26; j++)
                ck_assert(w[j] == (to == 0 ? (double)(float)v[j] : v[j]));
            ck_assert_int_eq(nudge_model_describe(b).loss, NUDGE_MSE);
            free(v);
            free(w);
            nudge_model_free(a);
            nudge_model_free(b);
        }
    }
}
END_TEST

/* A 2-1 linear model as others write it: no metadata, tensors in any order, more of them. */
static const char foreign[] =
    "{\"scaler\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]},"
    "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]},"
    "\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
static const float foreign_data[4] = {0.5f, 2, 3, 0};

START_TEST(weights_from_elsewhere)
{
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F32, 1, (size_t[]){2, 1}, NUDGE_RELU,
                                NUDGE_IDENTITY, 2);
    double w[2], b;
    write_st(foreign, foreign_data, sizeof foreign_data);
    ck_ok(nudge_model_load_weights(m, st_path, NULL, &err), &err);
    ck_ok(nudge_model_get_layer(m, 0, w, &b, &err), &err);
    ck_assert(w[0] == 2 && w[1] == 3 && b == 0.5);
    nudge_model_free(m);
}
END_TEST

static const struct {
    const char *from, *to, *said;
    nudge_status status;
} foreign_lies[] = {
    {"[1,2]", "[2,1]", "tensor 'layers.0.weight' has shape [2, 1]; the network needs [1, 2]",
     NUDGE_EMISMATCH},
    {"layers.0.bias", "bias", "tensor 'layers.0.bias' of shape [1] is missing", NUDGE_EMISMATCH},
    {"scaler", "layers.1.scale", "tensor 'layers.1.scale' of shape [2] is none of the network's",
     NUDGE_EMISMATCH},
    {"scaler", "layers.00.bias", "tensor 'layers.00.bias' of shape [2] is none of the network's",
     NUDGE_EMISMATCH},
    {"scaler", "layers.0.weights", "tensor 'layers.0.weights' of shape [2] is none",
     NUDGE_EMISMATCH},
    {"\"F32\",\"shape\":[1,2]", "\"F16\",\"shape\":[1,4]", "is F16; nudge reads F32 and F64",
     NUDGE_EDATA},
    {"\"F32\",\"shape\":[1,2]", "\"I32\",\"shape\":[1,2]", "is I32; nudge reads F32 and F64",
     NUDGE_EDATA},
    {"[0,4]", "[0,5]", "does not fill", NUDGE_EDATA},
};

START_TEST(weights_refused)
{
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F32, 1, (size_t[]){2, 1}, NUDGE_RELU,
                                NUDGE_IDENTITY, 2);
    uint64_t hash = nudge_model_hash(m);
    char *header = replaced(foreign, foreign_lies[_i].from, foreign_lies[_i].to);
    write_st(header, foreign_data, sizeof foreign_data);
    ck_status(nudge_model_load_weights(m, st_path, NULL, &err), foreign_lies[_i].status, &err);
    ck_assert_msg(strstr(err.text, foreign_lies[_i].said) != NULL, "%s", err.text);
    ck_assert_int_eq(strncmp(err.text, st_path, strlen(st_path)), 0);
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    free(header);
    nudge_model_free(m);
}
END_TEST

/* The last value is the bad one: those before it must not have arrived in the model. */
START_TEST(weights_unchanged_on_failure)
{
    nudge_model *from = file_model(NUDGE_F64, 0, 1), *to = file_model(NUDGE_F32, 0, 2);
    uint64_t hash = nudge_model_hash(to);
    double w[5], b = 1e39;
    ck_ok(nudge_model_get_layer(from, 1, w, NULL, &err), &err);
    ck_ok(nudge_model_set_layer(from, 1, w, &b, &err), &err);
    ck_ok(nudge_model_save(from, st_path, &err), &err);
    ck_status(nudge_model_load_weights(to, st_path, NULL, &err), NUDGE_EDATA, &err);
    ck_assert_ptr_nonnull(
        strstr(err.text, "tensor 'layers.1.bias': element [0] is 1e+39, too large for f32"));
    ck_assert_uint_eq(nudge_model_hash(to), hash);
    nudge_model_free(from);
    nudge_model_free(to);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *model_file_suite(void)
{
    Suite *s = suite_create("model_file");
    TCase *tc = tcase_create("model_file");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, round_trip, 0, 4);
    tcase_add_loop_test(tc, between_layers_round_trip, 0, 4);
    tcase_add_loop_test(tc, loss_parameters_round_trip, NUDGE_MSE, NUDGE_FOCAL + 1);
    tcase_add_test(tc, file_of_0_1_0);
    tcase_add_test(tc, large_layers_round_trip);
    tcase_add_test(tc, file_layout);
    tcase_add_test(tc, save_refuses);
    tcase_add_test(tc, weights_load);
    tcase_add_test(tc, weights_from_elsewhere);
    tcase_add_loop_test(tc, weights_refused, 0, COUNT(foreign_lies));
    tcase_add_test(tc, weights_unchanged_on_failure);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(model_file_suite)
