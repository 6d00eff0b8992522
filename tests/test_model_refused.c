/* Model files that lie, or are cut, are refused with one line that begins with the path. */
#include <jansson.h>
#include <math.h>

#include "model_file_fixtures.h"
#include "suite.h"

static nudge_error err;

static void load_refused(nudge_status expected, const char *said)
{
    nudge_model *m = NULL;
    ck_status(nudge_model_load(&m, st_path, &err), expected, &err);
    ck_assert_ptr_null(m);
    ck_assert_int_eq(strncmp(err.text, st_path, strlen(st_path)), 0);
    ck_assert_msg(strstr(err.text, said) != NULL, "\"%s\", not \"%s\"", err.text, said);
    ck_assert_int_eq(nudge_model_load(&m, st_path, NULL), expected);
}

START_TEST(cut_anywhere)
{
    nudge_model *m = file_model(_i == 0 ? NUDGE_F32 : NUDGE_F64, _i, 1);
    ck_ok(nudge_model_save(m, st_path, &err), &err);
    uint64_t hash = nudge_model_hash(m);
    size_t size;
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_assert_uint_gt(size, 400);
    for (size_t cut = 0; cut < size; cut++) {
        write_bytes(st_path, bytes, cut);
        load_refused(NUDGE_EDATA, "");
        ck_status(nudge_model_load_weights(m, st_path, NULL, &err), NUDGE_EDATA, &err);
    }
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    bytes[size] = 0;
    write_bytes(st_path, bytes, size + 1); /* and a byte too many */
    load_refused(NUDGE_EDATA, "bytes of data; the file has");
    free(bytes);
    nudge_model_free(m);
}
END_TEST

/* Bytes changed at random: loading says yes or no and gives finite weights. */
START_TEST(flipped_anywhere)
{
    nudge_model *m = file_model(NUDGE_F32, 1, 1);
    ck_ok(nudge_model_save(m, st_path, &err), &err);
    nudge_model_free(m);
    size_t size, refused = 0;
    unsigned char *bytes = read_bytes(st_path, &size);
    uint64_t state = 1;
    for (int i = 0; i < 2000; i++) {
        size_t at = (size_t)((made_number(&state) + 1) / 2 * (double)size);
        unsigned char before = bytes[at];
        bytes[at] = (unsigned char)((made_number(&state) + 1) * 128);
        write_bytes(st_path, bytes, size);
        bytes[at] = before;
        m = NULL;
        if (nudge_model_load(&m, st_path, &err) != NUDGE_OK) {
            ck_assert_int_eq(strncmp(err.text, st_path, strlen(st_path)), 0);
            ck_assert_ptr_null(m);
            refused++;
            continue;
        }
        double *flat = made_weights(m);
        for (size_t j = 0; j < 26; j++)
            ck_assert(isfinite(flat[j]));
        free(flat);
        nudge_model_free(m);
    }
    ck_assert_uint_gt(refused, 500);
    free(bytes);
}
END_TEST

/* In the header replace `from` by `to`, and the message says `said`. */
static const struct lie {
    const char *from, *to, *said;
} header_lies[] = {
    {"[5,3]", "[3,5]", "tensor 'layers.0.weight' has shape [3, 5]; the network needs [5, 3]"},
    {"[5,3]", "[15]", "tensor 'layers.0.weight' has shape [15]; the network needs [5, 3]"},
    {"[5,3]", "[5,3,1]", "has shape [5, 3, 1]"},
    {"[5,3]", "[5,4]", "does not fill"},
    {"layers.1.bias", "layers.1.bios", "tensor 'layers.1.bias' of shape [1] is missing"},
    {"layers.1.bias", "layers.2.bias", "tensor 'layers.1.bias' of shape [1] is missing"},
    {"\"F32\",\"shape\":[5,3]", "\"I32\",\"shape\":[5,3]",
     "tensor 'layers.0.weight' is I32; nudge reads F32 and F64"},
    {"\"F32\",\"shape\":[5,3]", "\"BF16\",\"shape\":[5,3,2]",
     "tensor 'layers.0.weight' is BF16; nudge reads F32 and F64"},
    {"[60,80]", "[56,76]", "inside the one before it"},
    {"[80,100]", "[84,104]", "after a hole"},
    {"\"layers.0.bias\"", "\"layers.0.weight\"", "duplicate"},
    {"\"format\":\"nudge\"", "\"format\":\"pt\"", "is no nudge model"},
    {"\"format\":\"nudge\",", "", "is no nudge model"},
    {"\"version\":\"1\"", "\"version\":\"2\"", "model of version '2'; this nudge reads version 1"},
    {"\"version\":\"1\",", "", "is no nudge model"},
    {"\"network\":", "\"net\":", "is no nudge model"},
    {"\"__metadata__\":", "\"__metadata_\":", "tensor '__metadata_'"},
    {"{\"__metadata__\"", "{\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
                          "\"__metadata__\"",
     "tensor 'x' is none of the network's, which has layers 0 to 1"},
    {"{\"__metadata__\"", "{\"layers.2.bias\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":"
                          "[0,0]},\"__metadata__\"",
     "tensor 'layers.2.bias' is none of the network's"},
    {"{\"__metadata__\"", "{\"members.0\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":"
                          "[0,0]},\"__metadata__\"",
     "tensor 'members.0' is none of the network's"},
};

START_TEST(refuses_header_lie)
{
    unsigned char *data;
    size_t size;
    char *header = saved_parts(NUDGE_F32, 1, &data, &size);
    char *lying = replaced(header, header_lies[_i].from, header_lies[_i].to);
    write_st(lying, data, size);
    load_refused(NUDGE_EDATA, header_lies[_i].said);
    free(header);
    free(lying);
    free(data);
}
END_TEST

START_TEST(refuses_without_metadata)
{
    unsigned char *data;
    size_t size;
    char *header = saved_parts(NUDGE_F32, 1, &data, &size);
    char *lying = replaced(strstr(header, "\"layers.0.weight\"") - 1, ",", "{");
    write_st(lying, data, size);
    load_refused(NUDGE_EDATA, "is no nudge model");
    nudge_model *m = file_model(NUDGE_F32, 0, 2);
    ck_ok(nudge_model_load_weights(m, st_path, NULL, &err), &err); /* which needs none */
    nudge_model_free(m);
    free(header);
    free(lying);
    free(data);
}
END_TEST

/* Likewise in the network text. */
static const struct lie network_lies[] = {
    {"[3,5,1]", "[3,4,1]", "tensor 'layers.0.weight' has shape [5, 3]; the network needs [4, 3]"},
    {"[3,5,1]", "[3,5,1,1]", "'activations' must be an array of 3"},
    {"[3,5,1]", "[3]", "'widths' must be an array"},
    {"[3,5,1]", "\"3-5-1\"", "'widths' must be an array"},
    {"[3,5,1]", "[3,5.0,1]", "'widths' must hold positive integers"},
    {"[3,5,1]", "[3,0,1]", "'widths' must hold positive integers"},
    {"[3,5,1]", "[3,-5,1]", "'widths' must hold positive integers"},
    {"[3,5,1]", "[3,\"5\",1]", "'widths' must hold positive integers"},
    {"[3,5,1]", "[3,4000000000,4000000000]", "weights overflow"},
    {"[3,5,1]", "[3,1000000000,1]", "the network needs [1000000000, 3]"},
    {"[3,5,1]", "[2,5,1]", "the network takes 2 inputs; the data gives 3"},
    /* Of networks that the file does not hold only the first has taken memory. */
    {"[3,5,1]", "[3,4,1],\"members\":[{\"widths\":[2,5,1],\"activations\":[\"relu\",\"relu\"]}]",
     "the network needs [4, 3]"},
    {"\"widths\"", "\"width\"", "not found: widths"},
    {"[\"leaky-relu\",\"softplus\"]", "[\"leaky-relu\"]", "'activations' must be an array of 2"},
    {"[\"leaky-relu\",\"softplus\"]", "\"relu\"", "'activations' must be an array of 2"},
    {"\"leaky-relu\"", "\"leakyrelu\"", "'leakyrelu' is not an activation"},
    {"\"leaky-relu\"", "7", "'activations': '' is not an activation"},
    {"\"activations\"", "\"activation\"", "not found: activations"},
    {"\"widths\"", "\"layer_norm\":1,\"widths\"", "Expected true or false"},
    {"\"widths\"", "\"residual\":true,\"widths\"", "no hidden layer is as wide"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plx\",\"size\":1,\"frequencies\":1,\"inputs\":[0]},\"widths\"",
     "'plx' is not an embedding"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":0,\"frequencies\":1,\"inputs\":[0]},\"widths\"",
     "'size' must be a number from 1 to 256"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":1,\"frequencies\":1,\"inputs\":[3]},\"widths\"",
     "'inputs' must increase"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":1,\"frequencies\":1,\"inputs\":[]},\"widths\"",
     "no input is a number to embed"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":1,\"frequencies\":1},\"widths\"",
     "and inputs, and no more"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":257,\"frequencies\":1,\"inputs\":[0]},\"widths\"",
     "'size' must be a number from 1 to 256"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":1,\"frequencies\":1,\"inputs\":[0,0]},\"widths\"",
     "'inputs' must increase from 0 up"},
    {"\"widths\"",
     "\"embedding\":{\"kind\":\"plr\",\"size\":1,\"frequencies\":1,\"inputs\":[\"0\"]},\"widths\"",
     "'inputs' must increase from 0 up"},
    {"\"widths\"", "\"members\":[],\"widths\"", "'members' must be an array of networks"},
    {"\"widths\"", "\"interval\":{\"coverage\":0.9,\"width\":[\"1\"]},\"widths\"",
     "'width' must hold numbers from 0 up"},
    {"\"widths\"", "\"interval\":{\"coverage\":0.9,\"width\":[-1]},\"widths\"",
     "'width' must hold numbers from 0 up"},
    {"\"widths\"", "\"interval\":{\"coverage\":0.9,\"width\":[1,1]},\"widths\"",
     "and a 'width' of 1, and is for losses of numbers"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"loss\":\"hubert\",\"huber_delta\"",
     "'loss': 'hubert' is not a loss"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"loss\":\"auto\",\"huber_delta\"",
     "a loss of its own"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"loss\":\"mse\",\"huber_delta\"",
     "loss is mse; the data was prepared for huber"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"loss\":\"poisson\",\"huber_delta\"",
     "it must be identity"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"loss\":2,\"huber_delta\"",
     "'loss': '' is not a loss"},
    {"\"loss\":\"huber\",\"huber_delta\"", "\"huber_delta\"", "not found: loss"},
    {"\"huber_delta\":", "\"huber_delta\":-", "huber_delta -0.3 is not a positive number"},
    {"\"huber_delta\":", "\"huber_delta\":\"1\",\"x\":", "left unpacked: x"},
    {"\"huber_delta\":0.29999999999999999", "\"huber_delta\":\"1\"",
     "'huber_delta' must be a number"},
    {"\"huber_delta\":", "\"delta\":", "left unpacked: delta"},
    {"\"huber_delta\":", "\"quantile\":", "left unpacked: quantile"},
    {"\"dtype\":\"f32\"", "\"dtype\":\"f64\"", "is F32; the network's dtype is f64"},
    {"\"dtype\":\"f32\"", "\"dtype\":\"f16\"", "'f16' is not an element type"},
    {"\"dtype\":\"f32\"", "\"dtype\":32", "'dtype': '' is not an element type"},
    {"\"dtype\":\"f32\",", "", "not found: dtype"},
    {"\"preprocessing\":", "\"preprocessor\":", "not found: preprocessing"},
    {"\"preprocessing\":{", "\"preprocessing\":7,\"x\":{", "left unpacked: x"},
    {"\"preprocessing\":{", "\"preprocessing\":{\"shift\":\"x\",\"targets\":7,\"y\":{},",
     "duplicate"},
    {"\"dtype\":", "\"more\":1,\"dtype\":", "left unpacked: more"},
    {"\"dtype\":", "\"dtype\":\"f32\",\"dtype\":", "duplicate"},
    {"{\"widths\"", "[{\"widths\"", "network: no valid JSON"},
    {"{\"widths\"", "", "network: no valid JSON"},
};

START_TEST(refuses_network_lie)
{
    unsigned char *data;
    size_t size;
    char *header = saved_parts(NUDGE_F32, 1, &data, &size);
    json_t *root = json_loads(header, 0, NULL);
    json_t *metadata = json_object_get(root, "__metadata__");
    char *text = replaced(json_string_value(json_object_get(metadata, "network")),
                          network_lies[_i].from, network_lies[_i].to);
    json_object_set_new(metadata, "network", json_string(text));
    char *lying = json_dumps(root, JSON_COMPACT);
    ck_assert_ptr_nonnull(lying);
    write_st(lying, data, size);
    load_refused(NUDGE_EDATA, network_lies[_i].said);
    json_decref(root);
    free(text);
    free(lying);
    free(header);
    free(data);
}
END_TEST

START_TEST(refuses_network_of_another_type)
{
    unsigned char *data;
    size_t size;
    char *header = saved_parts(NUDGE_F32, 0, &data, &size);
    static const char *const texts[] = {"[]", "7", "", "null", "{}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *root = json_loads(header, 0, NULL);
        json_object_set_new(json_object_get(root, "__metadata__"), "network",
                            json_string(texts[i]));
        char *lying = json_dumps(root, JSON_COMPACT);
        write_st(lying, data, size);
        load_refused(NUDGE_EDATA, "network: ");
        json_decref(root);
        free(lying);
    }
    free(header);
    free(data);
}
END_TEST

START_TEST(refuses_nonfinite_weights)
{
    unsigned char *data;
    size_t size;
    char *header = saved_parts(NUDGE_F32, 0, &data, &size);
    float values[25 + 1];
    ck_assert_uint_eq(size, sizeof values);
    memcpy(values, data, size);
    values[7] = NAN;
    write_st(header, values, size);
    load_refused(NUDGE_EDATA, "tensor 'layers.0.weight': element [2, 1] is nan");
    values[7] = 0;
    values[25] = -INFINITY;
    write_st(header, values, size);
    load_refused(NUDGE_EDATA, "tensor 'layers.1.bias': element [0] is -inf; it must be a finite");
    free(header);
    free(data);
}
END_TEST

START_TEST(load_refuses_what_is_no_file)
{
    load_refused(NUDGE_EOPEN, "cannot open: No such file or directory");
    nudge_model *m = NULL;
    ck_status(nudge_model_load(&m, folder, &err), NUDGE_EOPEN, &err);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *model_refused_suite(void)
{
    Suite *s = suite_create("model_refused");
    TCase *tc = tcase_create("model_refused");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, cut_anywhere, 0, 2);
    tcase_add_test(tc, flipped_anywhere);
    tcase_add_loop_test(tc, refuses_header_lie, 0, COUNT(header_lies));
    tcase_add_test(tc, refuses_without_metadata);
    tcase_add_loop_test(tc, refuses_network_lie, 0, COUNT(network_lies));
    tcase_add_test(tc, refuses_network_of_another_type);
    tcase_add_test(tc, refuses_nonfinite_weights);
    tcase_add_test(tc, load_refuses_what_is_no_file);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(model_refused_suite)
