/* Model files: safetensors tensors layers.N.weight and layers.N.bias, and in __metadata__ format,
 * version and network, a JSON text with all that the weights do not say.
 *
 * Messages of the functions below do not name the file; the public ones put it in front. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "model/tensor.h"

#define FORMAT "nudge"
#define FORMAT_VERSION "1"

static const char *file_dtype(nudge_dtype dtype)
{
    return dtype == NUDGE_F32 ? "F32" : "F64";
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The shape a tensor has in files; returns its rank. */
static size_t shape_of(uint64_t shape[2], const nu_tensor *t)
{
    if (t->is_bias) {
        shape[0] = t->columns;
        return 1;
    }
    shape[0] = t->rows;
    shape[1] = t->columns;
    return 2;
}

/* ---- Saving ------------------------------------------------------------------------------ */

static json_t *widths_json(const nu_network *net)
{
    json_t *list = json_array();
    for (size_t l = 0; l <= net->layers; l++) {
        if (json_array_append_new(list, json_integer((json_int_t)net->width[l])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *activations_json(const nu_network *net)
{
    json_t *list = json_array();
    for (size_t l = 0; l < net->layers; l++) {
        const char *name = nudge_activation_name(net->activation[l]);
        if (json_array_append_new(list, json_string(name)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* The network text; for free(). NULL without memory. */
static char *network_text(const nudge_model *m)
{
    json_t *root = json_pack(
        "{s:o, s:o, s:s, s:f, s:s, s:o}", "widths", widths_json(&m->net), "activations",
        activations_json(&m->net), "loss", nudge_loss_name(m->net.loss), "huber_delta",
        m->net.huber_delta, "dtype", nudge_dtype_name(m->dtype), "preprocessing",
        m->prep != NULL ? nu_prep_to_json(m->prep) : json_null());
    char *text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

static json_t *metadata_json(const nudge_model *m)
{
    char *text = network_text(m);
    json_t *metadata = text == NULL ? NULL
                                    : json_pack("{s:s, s:s, s:s}", "format", FORMAT, "version",
                                                FORMAT_VERSION, "network", text);
    free(text);
    return metadata;
}

/* What the file begins with; for free(). NULL without memory. */
static char *model_header(const nudge_model *m, size_t *size)
{
    size_t n = 2 * m->net.layers;
    nu_st_tensor *tensors = calloc(n, sizeof *tensors);
    char (*names)[NU_TENSOR_NAME] = calloc(n, sizeof *names);
    uint64_t (*shapes)[2] = calloc(n, sizeof *shapes);
    json_t *metadata = metadata_json(m);
    char *header = NULL;
    if (tensors != NULL && names != NULL && shapes != NULL && metadata != NULL) {
        for (size_t i = 0; i < n; i++) {
            nu_tensor t = nu_tensor_of(&m->net, m->params, m->dtype, i);
            nu_tensor_name(names[i], &t);
            tensors[i] = (nu_st_tensor){.name = names[i],
                                        .dtype = file_dtype(m->dtype),
                                        .rank = shape_of(shapes[i], &t),
                                        .shape = shapes[i]};
        }
        header = nu_st_header(tensors, n, metadata, size);
    }
    json_decref(metadata);
    free(shapes);
    free(names);
    free(tensors);
    return header;
}

static void write_tensor(FILE *stream, const nu_tensor *t)
{
    double values[NU_STRETCH], packed[NU_STRETCH]; /* packed: room for either dtype */
    size_t total = nu_tensor_count(t), n;
    for (size_t first = 0; first < total && !ferror(stream); first += n) {
        n = smaller(total - first, NU_STRETCH);
        nu_tensor_get(t, first, n, values);
        nu_pack(packed, t->dtype, values, n);
        fwrite(packed, nu_dtype_size(t->dtype), n, stream); /* nu_output_commit() checks */
    }
}

nudge_status nudge_model_save(const nudge_model *model, const char *path, nudge_error *err)
{
    nu_output out;
    NU_TRY(nu_output_open(&out, path, err));
    size_t size;
    char *header = model_header(model, &size);
    if (header == NULL) {
        nu_output_abandon(&out);
        return nu_no_memory(err, model->net.layers * 256, "a model file's header");
    }
    fwrite(header, 1, size, out.stream);
    free(header);
    for (size_t i = 0; i < 2 * model->net.layers; i++) {
        nu_tensor t = nu_tensor_of(&model->net, model->params, model->dtype, i);
        write_tensor(out.stream, &t);
    }
    return nu_output_commit(&out, err);
}

/* ---- The network text -------------------------------------------------------------------- */

/* What the text says, until a network is made of it. */
typedef struct described {
    nudge_model_options options; /* its arrays are the two below */
    size_t *widths;
    nudge_activation *activations;
    nudge_prep *prep;
} described;

static void free_described(described *d)
{
    free(d->widths);
    free(d->activations);
    nudge_prep_free(d->prep);
}

static nudge_status take_widths(described *d, const json_t *json, nudge_error *err)
{
    size_t n = json_array_size(json); /* 0 if it is no array */
    if (n < 2)
        return nu_fail(err, NUDGE_EDATA, "network: 'widths' must be an array of at least 2");
    d->widths = malloc(n * sizeof *d->widths);
    if (d->widths == NULL)
        return nu_no_memory(err, n * sizeof *d->widths, "the network's widths");
    for (size_t i = 0; i < n; i++) {
        const json_t *width = json_array_get(json, i);
        if (!json_is_integer(width) || json_integer_value(width) < 1)
            return nu_fail(err, NUDGE_EDATA, "network: 'widths' must hold positive integers");
        d->widths[i] = (size_t)json_integer_value(width);
    }
    d->options.layers = n - 1;
    d->options.widths = d->widths;
    return NUDGE_OK;
}

static nudge_status take_activations(described *d, const json_t *json, nudge_error *err)
{
    size_t n = d->options.layers;
    if (json_array_size(json) != n)
        return nu_fail(err, NUDGE_EDATA,
                       "network: 'activations' must be an array of %zu, one per layer", n);
    d->activations = malloc(n * sizeof *d->activations);
    if (d->activations == NULL)
        return nu_no_memory(err, n * sizeof *d->activations, "the network's activations");
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(json, i));
        nudge_error inner;
        if (name == NULL)
            return nu_fail(err, NUDGE_EDATA, "network: 'activations' must hold names");
        if (nudge_activation_parse(&d->activations[i], name, &inner) != NUDGE_OK)
            return nu_fail(err, NUDGE_EDATA, "network: 'activations': %s", inner.text);
    }
    d->options.activations = d->activations;
    return NUDGE_OK;
}

static nudge_status take_choices(described *d, const json_t *root, nudge_error *err)
{
    const char *loss = json_string_value(json_object_get(root, "loss"));
    const char *dtype = json_string_value(json_object_get(root, "dtype"));
    const json_t *delta = json_object_get(root, "huber_delta");
    nudge_error inner;
    if (loss == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: 'loss' must be a name");
    if (nudge_loss_parse(&d->options.loss, loss, &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: 'loss': %s", inner.text);
    if (dtype == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: 'dtype' must be a name");
    if (nudge_dtype_parse(&d->options.dtype, dtype, &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: 'dtype': %s", inner.text);
    d->options.huber_delta = json_number_value(delta); /* 0 if it is no number */
    if (!(d->options.huber_delta > 0))
        return nu_fail(err, NUDGE_EDATA, "network: 'huber_delta' must be a positive number");
    return NUDGE_OK;
}

static nudge_status take_prep(described *d, const json_t *json, nudge_error *err)
{
    if (json == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: 'preprocessing' is missing");
    if (json_is_null(json))
        return NUDGE_OK;
    return nu_prep_from_json(&d->prep, json, "network", err);
}

static nudge_status take_network(described *d, const json_t *root, nudge_error *err)
{
    if (!json_is_object(root))
        return nu_fail(err, NUDGE_EDATA, "network: it must be a JSON object");
    NU_TRY(take_widths(d, json_object_get(root, "widths"), err));
    NU_TRY(take_activations(d, json_object_get(root, "activations"), err));
    NU_TRY(take_choices(d, root, err));
    NU_TRY(take_prep(d, json_object_get(root, "preprocessing"), err));
    if (json_object_size(root) != 6)
        return nu_fail(err, NUDGE_EDATA,
                       "network: it has keys that version " FORMAT_VERSION " has not");
    return NUDGE_OK;
}

static nudge_status describe_file(described *d, const nu_st_file *file, nudge_error *err)
{
    const char *format = nu_st_metadata(file, "format");
    const char *version = nu_st_metadata(file, "version");
    const char *text = nu_st_metadata(file, "network");
    if (format == NULL || strcmp(format, FORMAT) != 0 || version == NULL || text == NULL)
        return nu_fail(err, NUDGE_EDATA,
                       "is no nudge model: __metadata__ must hold 'format' = '" FORMAT
                       "', 'version' and 'network'");
    if (strcmp(version, FORMAT_VERSION) != 0)
        return nu_fail(err, NUDGE_EDATA,
                       "is a nudge model of version '%.20s'; this nudge reads version "
                       FORMAT_VERSION,
                       version);
    json_error_t at;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &at);
    if (root == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: no valid JSON: %s at byte %d", at.text,
                       at.position);
    nudge_status status = take_network(d, root, err);
    json_decref(root);
    return status;
}

/* ---- Tensors ----------------------------------------------------------------------------- */

/* Whether a name is one of the network's own tensors'. */
static int is_of_network(const nu_network *net, const char *name)
{
    size_t layer;
    char own[NU_TENSOR_NAME];
    if (sscanf(name, "layers.%9zu.", &layer) != 1 || layer >= net->layers)
        return 0;
    for (size_t i = 2 * layer; i < 2 * layer + 2; i++) {
        nu_tensor t = nu_tensor_of(net, NULL, NUDGE_F32, i);
        if (strcmp(name, nu_tensor_name(own, &t)) == 0)
            return 1;
    }
    return 0;
}

static nudge_status check_tensor(const nu_st_file *file, const nu_tensor *t,
                                 nudge_status mismatch, nudge_error *err)
{
    char name[NU_TENSOR_NAME], found[NU_SHAPE_TEXT], needed[NU_SHAPE_TEXT];
    uint64_t shape[2];
    size_t rank = shape_of(shape, t);
    const nu_st_tensor *st = nu_st_find(file, nu_tensor_name(name, t));
    if (st == NULL)
        return nu_fail(err, mismatch, "tensor '%s' of shape %s is missing", name,
                       nu_shape_text(needed, shape, rank));
    if (strcmp(st->dtype, "F32") != 0 && strcmp(st->dtype, "F64") != 0)
        return nu_fail(err, NUDGE_EDATA, "tensor '%s' is %s; nudge reads F32 and F64", name,
                       st->dtype);
    if (st->rank != rank || memcmp(st->shape, shape, rank * sizeof *shape) != 0)
        return nu_fail(err, mismatch, "tensor '%s' has shape %s; the network needs %s", name,
                       nu_shape_text(found, st->shape, st->rank),
                       nu_shape_text(needed, shape, rank));
    return NUDGE_OK;
}

/* All tensors of the network are there with the right shapes. Others: of a file of our own none
 * may be there, of another's none that look like layers beyond the network. */
static nudge_status check_tensors(const nu_st_file *file, const nu_network *net, int own,
                                  nudge_error *err)
{
    nudge_status mismatch = own ? NUDGE_EDATA : NUDGE_EMISMATCH;
    for (size_t i = 0; i < 2 * net->layers; i++) {
        nu_tensor t = nu_tensor_of(net, NULL, NUDGE_F32, i);
        NU_TRY(check_tensor(file, &t, mismatch, err));
    }
    for (size_t i = 0; i < file->n_tensors; i++) {
        const char *name = file->tensors[i].name;
        if ((own || strncmp(name, "layers.", 7) == 0) && !is_of_network(net, name))
            return nu_fail(err, mismatch,
                           "tensor '%.80s' is none of the network's, which has layers 0 to %zu",
                           name, net->layers - 1);
    }
    return NUDGE_OK;
}

/* A file of our own has all tensors in the type that its network text names. */
static nudge_status check_dtypes(const nu_st_file *file, nudge_dtype dtype, nudge_error *err)
{
    for (size_t i = 0; i < file->n_tensors; i++)
        if (strcmp(file->tensors[i].dtype, file_dtype(dtype)) != 0)
            return nu_fail(err, NUDGE_EDATA, "tensor '%.80s' is %s; the network's dtype is %s",
                           file->tensors[i].name, file->tensors[i].dtype, nudge_dtype_name(dtype));
    return NUDGE_OK;
}

static nudge_status bad_value(const nu_tensor *t, size_t j, double value, nudge_error *err)
{
    char name[NU_TENSOR_NAME], place[NU_SHAPE_TEXT];
    uint64_t index[2] = {j / t->columns, j % t->columns};
    return nu_fail(err, NUDGE_EDATA, "tensor '%s': element %s is %g%s", nu_tensor_name(name, t),
                   t->is_bias ? nu_shape_text(place, index + 1, 1) : nu_shape_text(place, index, 2),
                   value, isfinite(value) ? ", too large for f32" : "; it must be a finite number");
}

/* Straight from the file into place, a stretch at a time. */
static nudge_status read_tensor(const nu_st_file *file, const nu_tensor *t, nudge_error *err)
{
    double raw[NU_STRETCH], values[NU_STRETCH]; /* raw: room for either dtype */
    char name[NU_TENSOR_NAME];
    const nu_st_tensor *st = nu_st_find(file, nu_tensor_name(name, t));
    nudge_dtype dtype = strcmp(st->dtype, "F32") == 0 ? NUDGE_F32 : NUDGE_F64;
    size_t size = nu_dtype_size(dtype), total = nu_tensor_count(t), n;
    for (size_t first = 0; first < total; first += n) {
        n = smaller(total - first, NU_STRETCH);
        NU_TRY(nu_st_read(file, st, first * size, n * size, raw, err));
        nu_unpack(values, dtype, raw, n);
        size_t bad = nu_first_nonfinite(values, n, t->dtype);
        if (bad < n)
            return bad_value(t, first + bad, values[bad], err);
        nu_tensor_put(t, first, n, values);
    }
    return NUDGE_OK;
}

/* A new block with the weights of a checked file. */
static nudge_status read_params(void **params, const nu_st_file *file, const nu_network *net,
                                nudge_dtype dtype, nudge_error *err)
{
    void *block;
    NU_TRY(nu_model_params(&block, net, dtype, err));
    for (size_t i = 0; i < 2 * net->layers; i++) {
        nu_tensor t = nu_tensor_of(net, block, dtype, i);
        nudge_status status = read_tensor(file, &t, err);
        if (status != NUDGE_OK) {
            free(block);
            return status;
        }
    }
    *params = block;
    return NUDGE_OK;
}

/* ---- Loading ----------------------------------------------------------------------------- */

/* Fills a zeroed model; on failure the caller frees what it holds by then. */
static nudge_status fill_model(nudge_model *m, const nu_st_file *file, described *d,
                               nudge_error *err)
{
    nudge_error inner;
    nudge_status status = nu_network_start(&m->net, &d->options, &inner);
    if (status != NUDGE_OK)
        return nu_fail(err, status == NUDGE_EARGUMENT ? NUDGE_EDATA : status, "network: %s",
                       inner.text);
    m->dtype = d->options.dtype;
    if (nu_model_check_prep(&m->net, d->prep, &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: %s", inner.text);
    m->prep = d->prep;
    d->prep = NULL;
    NU_TRY(check_tensors(file, &m->net, 1, err));
    NU_TRY(check_dtypes(file, m->dtype, err));
    return read_params(&m->params, file, &m->net, m->dtype, err);
}

static nudge_status load(nudge_model **model, const nu_st_file *file, nudge_error *err)
{
    nudge_model *m = calloc(1, sizeof *m);
    if (m == NULL)
        return nu_no_memory(err, sizeof *m, "a model");
    described d = {.options = nudge_model_defaults()};
    nudge_status status = describe_file(&d, file, err);
    if (status == NUDGE_OK)
        status = fill_model(m, file, &d, err);
    free_described(&d);
    if (status != NUDGE_OK) {
        nudge_model_free(m);
        return status;
    }
    *model = m;
    return NUDGE_OK;
}

static nudge_status load_weights(nudge_model *model, const nu_st_file *file, nudge_error *err)
{
    void *params;
    NU_TRY(check_tensors(file, &model->net, 0, err));
    NU_TRY(read_params(&params, file, &model->net, model->dtype, err));
    free(model->params);
    model->params = params;
    return NUDGE_OK;
}

nudge_status nudge_model_load(nudge_model **model, const char *path, nudge_error *err)
{
    nu_st_file file;
    nudge_error inner;
    nudge_status status = nu_st_open(&file, path, &inner);
    if (status == NUDGE_OK) {
        status = load(model, &file, &inner);
        nu_st_close(&file);
    }
    return status == NUDGE_OK ? status : nu_fail(err, status, "%s: %s", path, inner.text);
}

nudge_status nudge_model_load_weights(nudge_model *model, const char *path, nudge_error *err)
{
    nu_st_file file;
    nudge_error inner;
    nudge_status status = nu_st_open(&file, path, &inner);
    if (status == NUDGE_OK) {
        status = load_weights(model, &file, &inner);
        nu_st_close(&file);
    }
    return status == NUDGE_OK ? status : nu_fail(err, status, "%s: %s", path, inner.text);
}
