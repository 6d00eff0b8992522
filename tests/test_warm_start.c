/* Weights from files of other programs: which tensor becomes which layer, and what is refused. */
#include "file_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

static nudge_error err;

/* Writes st_path with tensors in the order of `spec`, "fc1.weight:3,2 fc1.bias:3", in F32. Element
 * j of the k-th tensor is k + j / 64. */
static void write_tensors(const char *metadata, const char *spec)
{
    static float data[1024];
    char header[4096] = "{", word[200];
    size_t used = 1, at = 0;
    if (metadata != NULL)
        used += (size_t)sprintf(header + used, "\"__metadata__\":{%s}", metadata);
    for (int k = 0, length; sscanf(spec, "%199s%n", word, &length) == 1; k++, spec += length) {
        char *shape = strrchr(word, ':');
        *shape++ = '\0';
        size_t begin = at, count = 1;
        for (char *s = shape; s != NULL; s = strchr(s, ',') != NULL ? strchr(s, ',') + 1 : NULL)
            count *= (size_t)atoi(s);
        for (size_t j = 0; j < count; j++)
            data[at++] = (float)k + (float)j / 64;
        used += (size_t)sprintf(header + used, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],"
                                "\"data_offsets\":[%zu,%zu]}", used > 1 ? "," : "", word, shape,
                                4 * begin, 4 * at);
    }
    sprintf(header + used, "}");
    write_st(header, data, 4 * at);
}

/* A model of the widths "2,3,1". */
static nudge_model *model_of(const char *widths)
{
    size_t width[10], n = 0;
    for (const char *s = widths; s != NULL; s = strchr(s, ',') != NULL ? strchr(s, ',') + 1 : NULL)
        width[n++] = (size_t)atoi(s);
    return made_model(NUDGE_MSE, NUDGE_F32, n - 1, width, NUDGE_RELU, NUDGE_IDENTITY, 1);
}

/* Every element of a layer came from tensors number w and b of write_tensors(). */
static void check_layer(const nudge_model *m, size_t l, int w, int b)
{
    double weight[64], bias[8];
    nudge_model_info info = nudge_model_describe(m);
    ck_ok(nudge_model_get_layer(m, l, weight, bias, &err), &err);
    for (size_t j = 0; j < info.widths[l] * info.widths[l + 1]; j++)
        ck_assert_double_eq(weight[j], w + (double)j / 64);
    for (size_t j = 0; j < info.widths[l + 1]; j++)
        ck_assert_double_eq(bias[j], b + (double)j / 64);
}

/* ---- What fits ------------------------------------------------------------------------- */

static const struct fit {
    const char *spec, *widths;
    const char *from; /* for each layer the numbers of its two tensors in spec */
    const char *said;
} fits[] = {
    /* torch.nn.Sequential, as safetensors sorts names: "10" before "2". */
    {"0.bias:2 0.weight:2,2 10.bias:1 10.weight:1,2 2.bias:2 2.weight:2,2", "2,2,2,1",
     "1 0 5 4 3 2", "0.weight, 2.weight, 10.weight"},
    {"fc1.bias:3 fc1.weight:3,2 fc2.bias:1 fc2.weight:1,3", "2,3,1", "1 0 3 2",
     "fc1.weight, fc2.weight"},
    {"net.0.weight:3,2 net.0.bias:3 net.3.weight:1,3 net.3.bias:1", "2,3,1", "0 1 2 3",
     "net.0.weight, net.3.weight"},
    /* torch.nn.Linear alone. */
    {"bias:2 weight:2,3", "3,2", "1 0", "weight"},
    /* A Sequential called layers, with activations between. */
    {"layers.2.weight:1,3 layers.2.bias:1 layers.0.weight:3,2 layers.0.bias:3", "2,3,1", "2 3 0 1",
     "layers.0.weight, layers.2.weight"},
    /* Names without an order: the shapes have one. */
    {"hidden.weight:4,3 hidden.bias:4 input.weight:3,2 input.bias:3 output.weight:1,4 "
     "output.bias:1", "2,3,4,1", "2 3 0 1 4 5", "input.weight, hidden.weight, output.weight"},
    {"decoder.0.weight:3,2 decoder.0.bias:3 decoder.2.weight:4,3 decoder.2.bias:4 "
     "encoder.0.weight:3,4 encoder.0.bias:3 encoder.2.weight:2,3 encoder.2.bias:2", "4,3,2,3,4",
     "4 5 6 7 0 1 2 3", "encoder.0.weight, encoder.2.weight, decoder.0.weight, decoder.2.weight"},
    {"W1:3,2 W2:1,3 b1:3 b2:1", "2,3,1", "0 2 1 3", "W1, W2"},
    /* What a name holds that a terminal would obey. */
    {"fc\\u001b1\\n.weight:1,1 fc\\u001b1\\n.bias:1", "1,1", "0 1", "fc?1?.weight"},
    /* More than a few are not all named. */
    {"0.weight:1,1 0.bias:1 1.weight:1,1 1.bias:1 2.weight:1,1 2.bias:1 3.weight:1,1 3.bias:1 "
     "4.weight:1,1 4.bias:1 5.weight:1,1 5.bias:1 6.weight:1,1 6.bias:1", "1,1,1,1,1,1,1,1",
     "0 1 2 3 4 5 6 7 8 9 10 11 12 13",
     "0.weight, 1.weight, 2.weight, 3.weight, 4.weight, ..., 6.weight"},
};

START_TEST(fits_by_order_and_shape)
{
    const struct fit *fit = &fits[_i];
    nudge_model *m = model_of(fit->widths);
    nudge_weights_taken taken;
    write_tensors("\"format\":\"pt\"", fit->spec);
    ck_ok(nudge_model_load_weights(m, st_path, &taken, &err), &err);
    ck_assert_str_eq(taken.text, fit->said);
    ck_assert_uint_eq(taken.layers, nudge_model_describe(m).layers);
    const char *at = fit->from;
    for (size_t l = 0; l < taken.layers; l++) {
        int w, b, length;
        ck_assert_int_eq(sscanf(at, "%d %d%n", &w, &b, &length), 2);
        check_layer(m, l, w, b);
        at += length;
    }
    uint64_t hash = nudge_model_hash(m);
    ck_ok(nudge_model_load_weights(m, st_path, NULL, &err), &err);
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    nudge_model_free(m);
}
END_TEST

/* Of a nudge model its layers alone count, and their numbers say the order. */
START_TEST(state_beside_own_layers)
{
    static const char own[] = "\"format\":\"nudge\",\"version\":\"1\"";
    nudge_model *m = model_of("2,2,1");
    nudge_weights_taken taken;
    write_tensors(own, "adam.0.weight:2,2 layers.0.weight:2,2 layers.0.bias:2 layers.1.weight:1,2 "
                       "layers.1.bias:1");
    ck_ok(nudge_model_load_weights(m, st_path, &taken, &err), &err);
    check_layer(m, 0, 1, 2);
    check_layer(m, 1, 3, 4);
    write_tensors(own, "layers.0.weight:1,2 layers.0.bias:1 layers.1.weight:2,2 layers.1.bias:2");
    ck_status(nudge_model_load_weights(m, st_path, &taken, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "'layers.0.weight' has shape [1, 2]; the network "
                                 "needs [2, 2]"));
    nudge_model_free(m);
}
END_TEST

/* ---- Another last layer ------------------------------------------------------------------ */

START_TEST(other_outputs)
{
    nudge_model *m = model_of("2,3,5"), *fresh = model_of("2,3,5");
    nudge_weights_taken taken;
    write_tensors(NULL, "fc1.weight:3,2 fc1.bias:3 fc2.weight:2,3 fc2.bias:2");
    uint64_t hash = nudge_model_hash(m);
    ck_status(nudge_model_load_weights(m, st_path, NULL, &err), NUDGE_EMISMATCH, &err);
    ck_assert_ptr_nonnull(strstr(err.text, "tensor 'fc2.weight' has shape [2, 3]; the network "
                                 "needs [5, 3]"));
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    ck_ok(nudge_model_load_weights(m, st_path, &taken, &err), &err);
    ck_assert_uint_eq(taken.layers, 1);
    ck_assert_str_eq(taken.text, "fc1.weight; layer 1 keeps its initial weights, for fc2.weight "
                     "has shape [2, 3] and the network needs [5, 3]");
    check_layer(m, 0, 0, 1);
    double kept[20], initial[20];
    ck_ok(nudge_model_get_layer(m, 1, kept, kept + 15, &err), &err);
    ck_ok(nudge_model_get_layer(fresh, 1, initial, initial + 15, &err), &err);
    ck_assert_mem_eq(kept, initial, sizeof kept);
    nudge_model_free(m);
    nudge_model_free(fresh);
}
END_TEST

/* ---- What is refused ------------------------------------------------------------------- */

static const struct refusal {
    const char *spec, *widths, *said;
} refusals[] = {
    {"fc1.weight:4,2 fc1.bias:4 fc2.weight:1,4 fc2.bias:1", "2,3,1",
     "tensor 'fc1.weight' has shape [4, 2]; the network needs [3, 2]"},
    {"fc1.weight:3,2 fc1.bias:3 fc2.weight:3,3 fc2.bias:3 fc3.weight:1,3 fc3.bias:1", "2,3,1",
     "tensor 'fc2.weight' has shape [3, 3]; the network needs [1, 3]"},
    {"fc1.weight:3,2 fc1.bias:3 fc2.weight:1,3 fc2.bias:1 fc3.weight:1,3 fc3.bias:1", "2,3,1",
     "tensor 'fc3.bias' of shape [1] is none of the network's, which has layers 0 to 1"},
    {"fc1.weight:3,2 fc1.bias:3", "2,3,1", "tensor 'layers.1.weight' of shape [1, 3] is missing"},
    {"fc1.weight:3,2 fc2.weight:1,3 fc2.bias:1", "2,3,1",
     "tensor 'fc1.bias' of shape [3] is missing"},
    {"fc1.weight:3,2 fc1.bias:2 fc2.weight:1,3 fc2.bias:1", "2,3,1",
     "tensor 'fc1.bias' has shape [2]; the network needs [3]"},
    {"W1:3,2 W2:1,3 b1:3", "2,3,1", "tensor 'bias' of shape [1] is missing"},
    /* Numbers in names say an order that shapes do not overrule. */
    {"2.weight:3,2 2.bias:3 0.weight:1,3 0.bias:1", "2,3,1",
     "tensor '0.weight' has shape [1, 3]; the network needs [3, 2]"},
    /* Keras keeps weights in x out. */
    {"dense/kernel:2,3 dense/bias:3", "2,3",
     "tensor 'dense/kernel' has shape [2, 3]; the network needs [3, 2]"},
    /* Other layers: normalisation, convolution, one that takes other inputs. */
    {"fc1.weight:3,2 fc1.bias:3 bn.weight:3 bn.bias:3 fc2.weight:1,3 fc2.bias:1", "2,3,1",
     "tensor 'bn.bias' of shape [3] is none"},
    {"conv.weight:1,1,2,2 fc1.weight:3,2 fc1.bias:3", "2,3",
     "tensor 'conv.weight' of shape [1, 1, 2, 2] is none"},
    {"fc1.weight:3,2 fc1.bias:3 fc2.weight:5,4 fc2.bias:5", "2,3,1",
     "tensor 'fc2.weight' has shape [5, 4]; the network needs [1, 3]"},
    {"fc1.weight:4,2 fc1.bias:4", "2,3",
     "tensor 'fc1.weight' has shape [4, 2]; the network needs [3, 2]"},
};

START_TEST(refused)
{
    const struct refusal *no = &refusals[_i];
    nudge_model *m = model_of(no->widths);
    uint64_t hash = nudge_model_hash(m);
    nudge_weights_taken taken;
    write_tensors(NULL, no->spec);
    ck_status(nudge_model_load_weights(m, st_path, &taken, &err), NUDGE_EMISMATCH, &err);
    ck_assert_msg(strstr(err.text, no->said) != NULL, "%s", err.text);
    ck_assert_int_eq(strncmp(err.text, st_path, strlen(st_path)), 0);
    ck_assert_uint_eq(nudge_model_hash(m), hash);
    nudge_model_free(m);
}
END_TEST

/* Bytes changed at random: yes with finite weights, or no with a line that begins with the path. */
START_TEST(flipped_anywhere)
{
    nudge_model *m = model_of("2,3,1");
    nudge_weights_taken taken;
    write_tensors("\"format\":\"pt\"", fits[1].spec);
    size_t size, refusals_seen = 0;
    unsigned char *bytes = read_bytes(st_path, &size);
    uint64_t state = 1;
    for (int i = 0; i < 500; i++) {
        size_t at = (size_t)((made_number(&state) + 1) / 2 * (double)size);
        unsigned char before = bytes[at];
        bytes[at] = (unsigned char)((made_number(&state) + 1) * 128);
        write_bytes(st_path, bytes, size);
        bytes[at] = before;
        if (nudge_model_load_weights(m, st_path, &taken, &err) != NUDGE_OK) {
            ck_assert_int_eq(strncmp(err.text, st_path, strlen(st_path)), 0);
            refusals_seen++;
        }
        double *w = made_weights(m);
        for (size_t j = 0; j < nudge_model_describe(m).parameters; j++)
            ck_assert(isfinite(w[j]));
        free(w);
    }
    ck_assert_uint_gt(refusals_seen, 100);
    free(bytes);
    nudge_model_free(m);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *warm_start_suite(void)
{
    Suite *s = suite_create("warm_start");
    TCase *tc = tcase_create("warm_start");
    tcase_add_checked_fixture(tc, st_setup, remove_folder);
    tcase_add_loop_test(tc, fits_by_order_and_shape, 0, COUNT(fits));
    tcase_add_test(tc, state_beside_own_layers);
    tcase_add_test(tc, other_outputs);
    tcase_add_test(tc, flipped_anywhere);
    tcase_add_loop_test(tc, refused, 0, COUNT(refusals));
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(warm_start_suite)
