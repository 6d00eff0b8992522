/* Model files: what is saved is loaded, by this library and by an independent reader; what lies is
 * refused with one line that begins with the path. */
#include <jansson.h>
#include <math.h>
#include <xxhash.h>

#include "prep/prep.h"
#include "model_fixtures.h"
#include "file_fixtures.h"
#include "suite.h"

static nudge_error err;

/* Two raw columns, three inputs, one standardised target. */
static const nudge_prep *table_prep(void)
{
    static char *towns[] = {"New \"Town\"", "Z\xc3\xbcrich"};
    static nu_prep_column columns[] = {
        {.name = "age", .kind = NUDGE_COLUMN_NUMBER, .median = 1.0 / 3},
        {.name = "town", .kind = NUDGE_COLUMN_CATEGORY, .categories = towns, .n_categories = 2}};
    static char *features[] = {"age", "town=New \"Town\"", "town=Z\xc3\xbcrich"};
    static char *targets[] = {"price"};
    static double shift[] = {0.1, 0, 0}, factor[] = {1e-7, 1, 1};
    static double t_shift[] = {-7.7}, t_factor[] = {3};
    static nudge_prep prep = {.loss = NUDGE_HUBER, .scale = NUDGE_SCALE_STANDARD, .n_columns = 2,
                              .columns = columns, .features = 3, .feature_names = features,
                              .shift = shift, .factor = factor, .outputs = 1, .n_targets = 1,
                              .target_names = targets, .target_shift = t_shift,
                              .target_factor = t_factor};
    return &prep;
}

/* 3-5-1, huber, with the prep or without. */
static nudge_model *make(nudge_dtype dtype, int with_prep, uint64_t seed)
{
    nudge_model_options o = nudge_model_defaults();
    o.dtype = dtype;
    o.layers = 2;
    o.widths = (size_t[]){3, 5, 1};
    o.activations = (nudge_activation[]){NUDGE_LEAKY_RELU, NUDGE_SOFTPLUS};
    o.loss = NUDGE_HUBER;
    o.huber_delta = 0.3;
    o.seed = seed;
    nudge_model *m = NULL;
    ck_ok(nudge_model_create(&m, &o, with_prep ? table_prep() : NULL, &err), &err);
    return m;
}

/* Saves a made model to st_path and gives the file's parts; header for free(), as *data. */
static char *saved_parts(nudge_dtype dtype, int with_prep, unsigned char **data, size_t *data_size)
{
    nudge_model *m = make(dtype, with_prep, 1);
    ck_ok(nudge_model_save(m, st_path, &err), &err);
    nudge_model_free(m);
    size_t size, length = 0;
    unsigned char *bytes = read_bytes(st_path, &size);
    for (size_t i = 8; i-- > 0;)
        length = length << 8 | bytes[i];
    ck_assert_uint_le(length, size - 8);
    char *header = strndup((char *)bytes + 8, length);
    *data_size = size - 8 - length;
    *data = malloc(*data_size);
    ck_assert(header != NULL && *data != NULL);
    memcpy(*data, bytes + 8 + length, *data_size);
    free(bytes);
    return header;
}

/* ---- Saving and loading ------------------------------------------------------------------ */

/* The loaded model has the same hash, every layer's values, shape, choices and prep; saving it
 * again gives the same bytes. */
START_TEST(round_trip)
{
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_model *a = make(dtype, _i / 2, 3), *b = NULL;
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
    ck_assert(info.huber_delta == 0.3);
    ck_assert_uint_eq(info.parameters, 26);
    ck_assert_int_eq(info.prep != NULL, _i / 2);
    double *v = made_weights(a), *w = made_weights(b);
    ck_assert_mem_eq(v, w, 26 * sizeof *v);
    free(v);
    free(w);
    if (info.prep != NULL) {
        ck_assert_str_eq(nudge_prep_feature_name(info.prep, 2), "town=Z\xc3\xbcrich");
        ck_assert(info.prep->columns[0].median == 1.0 / 3);
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
START_TEST(layout)
{
    unsigned char *data;
    size_t data_size, length;
    char *header = saved_parts(NUDGE_F32, 1, &data, &data_size);
    nudge_model *m = make(NUDGE_F32, 1, 1);
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
    nudge_model *m = make(NUDGE_F32, 0, 1);
    char path[600];
    snprintf(path, sizeof path, "%s/none/m.safetensors", st_folder);
    ck_status(nudge_model_save(m, path, &err), NUDGE_EOPEN, &err);
    ck_status(nudge_model_save(m, st_folder, &err), NUDGE_EOPEN, &err);
    ck_status(nudge_model_save(m, "/dev/full", &err), NUDGE_EIO, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "/dev/full"));
    nudge_model_free(m);
}
END_TEST

/* ---- Refusals ---------------------------------------------------------------------------- */

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
    nudge_model *m = make(_i == 0 ? NUDGE_F32 : NUDGE_F64, _i, 1);
    ck_ok(nudge_model_save(m, st_path, &err), &err);
    uint64_t hash = nudge_model_hash(m);
    size_t size;
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_assert_uint_gt(size, 400);
    for (size_t cut = 0; cut < size; cut++) {
        write_bytes(st_path, bytes, cut);
        load_refused(NUDGE_EDATA, "");
        ck_status(nudge_model_load_weights(m, st_path, &err), NUDGE_EDATA, &err);
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
    nudge_model *m = make(NUDGE_F32, 1, 1);
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
    nudge_model *m = make(NUDGE_F32, 0, 2);
    ck_ok(nudge_model_load_weights(m, st_path, &err), &err); /* which needs none */
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
    {"\"widths\"", "\"width\"", "not found: widths"},
    {"[\"leaky-relu\",\"softplus\"]", "[\"leaky-relu\"]", "'activations' must be an array of 2"},
    {"[\"leaky-relu\",\"softplus\"]", "\"relu\"", "'activations' must be an array of 2"},
    {"\"leaky-relu\"", "\"leakyrelu\"", "'leakyrelu' is not an activation"},
    {"\"leaky-relu\"", "7", "'activations': '' is not an activation"},
    {"\"activations\"", "\"activation\"", "not found: activations"},
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
    {"\"huber_delta\":", "\"huber_delta\":-", "'huber_delta' must be a positive number"},
    {"\"huber_delta\":", "\"huber_delta\":\"1\",\"x\":", "left unpacked: x"},
    {"\"huber_delta\":", "\"delta\":", "not found: huber_delta"},
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

START_TEST(refuses_what_is_no_file)
{
    load_refused(NUDGE_EOPEN, "cannot open: No such file or directory");
    nudge_model *m = NULL;
    ck_status(nudge_model_load(&m, st_folder, &err), NUDGE_EOPEN, &err);
}
END_TEST

/* ---- Weights alone ----------------------------------------------------------------------- */

/* From a model of the same shapes, other choices, and either element type: F32 into f64 exactly,
 * F64 into f32 rounded. */
START_TEST(weights_load)
{
    for (int from = 0; from < 2; from++) {
        for (int to = 0; to < 2; to++) {
            nudge_model *a = make((nudge_dtype)from, 1, 1);
            nudge_model *b = made_model(NUDGE_MSE, (nudge_dtype)to, 2, (size_t[]){3, 5, 1},
                                        NUDGE_RELU, NUDGE_IDENTITY, 2);
            ck_ok(nudge_model_save(a, st_path, &err), &err);
            ck_ok(nudge_model_load_weights(b, st_path, &err), &err);
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
    ck_ok(nudge_model_load_weights(m, st_path, &err), &err);
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
    {"scaler", "layers.1.scale", "tensor 'layers.1.scale' is none of the network's",
     NUDGE_EMISMATCH},
    {"scaler", "layers.00.bias", "tensor 'layers.00.bias' is none of the network's",
     NUDGE_EMISMATCH},
    {"scaler", "layers.0.weights", "tensor 'layers.0.weights' is none", NUDGE_EMISMATCH},
    {"\"F32\",\"shape\":[1,2]", "\"F16\",\"shape\":[1,4]", "is F16; nudge reads F32 and F64",
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
    ck_status(nudge_model_load_weights(m, st_path, &err), foreign_lies[_i].status, &err);
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
    nudge_model *from = make(NUDGE_F64, 0, 1), *to = make(NUDGE_F32, 0, 2);
    uint64_t hash = nudge_model_hash(to);
    double w[5], b = 1e39;
    ck_ok(nudge_model_get_layer(from, 1, w, NULL, &err), &err);
    ck_ok(nudge_model_set_layer(from, 1, w, &b, &err), &err);
    ck_ok(nudge_model_save(from, st_path, &err), &err);
    ck_status(nudge_model_load_weights(to, st_path, &err), NUDGE_EDATA, &err);
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
    tcase_add_checked_fixture(tc, st_setup, st_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, round_trip, 0, 4);
    tcase_add_test(tc, large_layers_round_trip);
    tcase_add_test(tc, layout);
    tcase_add_test(tc, save_refuses);
    tcase_add_loop_test(tc, cut_anywhere, 0, 2);
    tcase_add_test(tc, flipped_anywhere);
    tcase_add_loop_test(tc, refuses_header_lie, 0, COUNT(header_lies));
    tcase_add_test(tc, refuses_without_metadata);
    tcase_add_loop_test(tc, refuses_network_lie, 0, COUNT(network_lies));
    tcase_add_test(tc, refuses_network_of_another_type);
    tcase_add_test(tc, refuses_nonfinite_weights);
    tcase_add_test(tc, refuses_what_is_no_file);
    tcase_add_test(tc, weights_load);
    tcase_add_test(tc, weights_from_elsewhere);
    tcase_add_loop_test(tc, weights_refused, 0, COUNT(foreign_lies));
    tcase_add_test(tc, weights_unchanged_on_failure);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(model_file_suite)
