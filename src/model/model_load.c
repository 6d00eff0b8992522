/* Models from files, ours whole or another's weights alone.
 *
 * Messages of the functions below do not name the file; the public ones put it in front. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/match.h"
#include "model/model_file.h"
#include "model/network_text.h"
#include "model/safetensors.h"
#include "model/tensor.h"
#include "prep/prep.h"

nudge_status nu_model_network(const char **text, const nu_st_file *file, nudge_error *err)
{
    const char *format = nu_st_metadata(file, "format");
    const char *version = nu_st_metadata(file, "version");
    *text = nu_st_metadata(file, "network");
    if (format == NULL || strcmp(format, NU_MODEL_FORMAT) != 0 || version == NULL || *text == NULL)
        return nu_fail(err, NUDGE_EDATA, "is no nudge model: __metadata__ must hold 'format' = '"
                       NU_MODEL_FORMAT "', 'version' and 'network'");
    if (strcmp(version, NU_MODEL_VERSION) != 0)
        return nu_fail(err, NUDGE_EDATA, "is a nudge model of version '%.20s'; this nudge reads "
                       "version " NU_MODEL_VERSION, version);
    return NUDGE_OK;
}

/* ---- Tensors --------------------------------------------------------------------------- */

/* Whether a name is one of the networks' own tensors'. */
static int is_of_model(const nudge_model *m, const char *name)
{
    size_t k, layer;
    char own[NU_TENSOR_NAME];
    const char *rest = nu_member_rest(name, &k);
    if (k > m->n_others)
        return 0;
    nu_block block = nu_model_block(m, k);
    int is_layer = sscanf(rest, "layers.%9zu.", &layer) == 1;
    size_t first = is_layer ? 2 * layer : 2 * block.net->layers;
    for (size_t i = first; i < nu_tensors(block.net) && (!is_layer || i < first + 2); i++) {
        nu_tensor t = nu_tensor_of(block.net, NULL, NUDGE_F32, i);
        if (strcmp(name, nu_tensor_name(own, &t, block.prefix)) == 0)
            return 1;
    }
    return 0;
}

static nudge_status check_tensor(const nu_st_file *file, const nu_tensor *t, const char *prefix,
                                 nudge_dtype dtype, nudge_error *err)
{
    char name[NU_TENSOR_NAME], found[NU_SHAPE_TEXT], needed[NU_SHAPE_TEXT];
    uint64_t shape[NU_RANK_MOST];
    size_t rank = nu_tensor_shape(shape, t);
    const nu_st_tensor *st = nu_st_find(file, nu_tensor_name(name, t, prefix));
    if (st == NULL)
        return nu_fail(err, NUDGE_EDATA, "tensor '%s' of shape %s is missing", name,
                       nu_shape_text(needed, shape, rank));
    NU_TRY(nu_match_dtype(st, err));
    if (strcmp(st->dtype, nu_tensor_dtype(dtype)) != 0)
        return nu_fail(err, NUDGE_EDATA, "tensor '%s' is %s; the network's dtype is %s", name,
                       st->dtype, nudge_dtype_name(dtype));
    if (st->rank != rank || memcmp(st->shape, shape, rank * sizeof *shape) != 0)
        return nu_fail(err, NUDGE_EDATA, "tensor '%s' has shape %s; the network needs %s", name,
                       nu_shape_text(found, st->shape, st->rank),
                       nu_shape_text(needed, shape, rank));
    return NUDGE_OK;
}

/* All tensors of network k are there with the right types and shapes, which is known before memory
 * is asked for, be it for the next one's shape. */
static nudge_status check_tensors(const nu_st_file *file, const nudge_model *m, size_t k,
                                  nudge_error *err)
{
    nu_block block = nu_model_block(m, k);
    for (size_t i = 0; i < nu_tensors(block.net); i++) {
        nu_tensor t = nu_tensor_of(block.net, NULL, m->dtype, i);
        NU_TRY(check_tensor(file, &t, block.prefix, m->dtype, err));
    }
    return NUDGE_OK;
}

/* There are no others but those of a training. */
static nudge_status check_others(const nu_st_file *file, const nudge_model *m, nudge_error *err)
{
    for (size_t i = 0; i < file->n_tensors; i++) {
        const char *name = file->tensors[i].name;
        if (!is_of_model(m, name) &&
            strncmp(name, NU_STATE_PREFIX, sizeof NU_STATE_PREFIX - 1) != 0)
            return nu_fail(err, NUDGE_EDATA, "tensor '%.80s' is none of the network's, which has "
                           "layers 0 to %zu", name, m->net.layers - 1);
    }
    return NUDGE_OK;
}

static nudge_status bad_value(const nu_st_tensor *st, const nu_tensor *t, size_t j, double value,
                              nudge_error *err)
{
    char place[NU_SHAPE_TEXT];
    uint64_t index[2] = {j / t->columns, j % t->columns};
    return nu_fail(err, NUDGE_EDATA, "tensor '%.80s': element %s is %g%s", st->name,
                   t->kind == NU_WEIGHT ? nu_shape_text(place, index, 2)
                                        : nu_shape_text(place, index + 1, 1), value,
                   isfinite(value) ? ", too large for f32" : "; it must be a finite number");
}

/* Straight from the file into place, a stretch at a time. */
static nudge_status read_tensor(const nu_st_file *file, const nu_st_tensor *st,
                                const nu_tensor *t, XXH64_state_t *hash, nudge_error *err)
{
    double raw[NU_STRETCH], values[NU_STRETCH]; /* raw: room for either dtype */
    nudge_dtype dtype = strcmp(st->dtype, "F32") == 0 ? NUDGE_F32 : NUDGE_F64;
    size_t size = nu_dtype_size(dtype), total = nu_tensor_count(t), n;
    for (size_t first = 0; first < total; first += n) {
        n = total - first < NU_STRETCH ? total - first : NU_STRETCH;
        NU_TRY(nu_st_read(file, st, first * size, n * size, raw, err));
        if (hash != NULL)
            XXH64_update(hash, raw, n * size);
        nu_load(values, raw, nu_element_of(dtype), 0, n);
        size_t bad = nu_keep(raw, t->element, 0, n, values);
        if (bad < n)
            return bad_value(st, t, first + bad, values[bad], err);
        nu_tensor_put(t, first, n, values);
    }
    return NUDGE_OK;
}

nudge_status nu_model_read(const nu_st_file *file, const nudge_model *m, const nu_block *block,
                           XXH64_state_t *hash, nudge_error *err)
{
    char name[NU_TENSOR_NAME];
    for (size_t i = 0; i < nu_tensors(block->net); i++) {
        nu_tensor t = nu_tensor_of(block->net, block->at, m->dtype, i);
        NU_TRY(check_tensor(file, &t, block->prefix, m->dtype, err));
        nu_tensor_name(name, &t, block->prefix);
        NU_TRY(read_tensor(file, nu_st_find(file, name), &t, hash, err));
    }
    return NUDGE_OK;
}

/* ---- A model --------------------------------------------------------------------------- */

/* A network that is described, without its weights. */
static nudge_status take_shape(nudge_model **model, const nu_described *d, const nudge_prep *prep,
                               nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    nudge_error inner;
    NU_NEW(m, calloc, 1, "a model", err);
    nudge_status status = nu_network_start(&m->net, &d->options, &inner);
    if (status != NUDGE_OK)
        return nu_fail(err, status == NUDGE_EARGUMENT ? NUDGE_EDATA : status, "network: %s",
                       inner.text);
    m->dtype = d->options.dtype;
    if (nu_model_check_prep(&m->net, prep, &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: %s", inner.text);
    m->prep = nu_prep_share(prep);
    *model = NU_TAKE(m);
    return NUDGE_OK;
}

static nudge_status take_member(nudge_model *m, const nu_described *d, nudge_error *err)
{
    nudge_model *one NU_SCOPED(nu_model_drop) = NULL;
    nudge_error inner;
    NU_TRY(take_shape(&one, d, m->prep, err));
    nudge_status status = nu_model_take_member(m, &one, &inner);
    return status == NUDGE_EMISMATCH ? nu_fail(err, NUDGE_EDATA, "network: members: %s", inner.text)
                                     : status;
}

static nudge_status take_model(void *to, const nu_st_file *file, nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    nu_described d NU_SCOPED(nu_described_free) = {.options = nudge_model_defaults()};
    const char *text;
    NU_TRY(nu_model_network(&text, file, err));
    NU_TRY(nu_network_parse(&d, text, err));
    NU_TRY(take_shape(&m, &d, d.prep, err));
    NU_TRY(check_tensors(file, m, 0, err));
    for (size_t k = 0; k < d.n_members; k++) {
        NU_TRY(take_member(m, &d.members[k], err));
        NU_TRY(check_tensors(file, m, k + 1, err));
    }
    m->interval = d.interval;
    d.interval = (nu_interval){0};
    NU_TRY(check_others(file, m, err));
    for (size_t k = 0; k < nu_model_members(m); k++) {
        nudge_model *one = nu_member_of(m, k);
        NU_TRY(nu_model_params(&one->params, &one->net, m->dtype, err));
        nu_block block = nu_model_block(m, k);
        NU_TRY(nu_model_read(file, m, &block, NULL, err));
    }
    *(nudge_model **)to = NU_TAKE(m);
    return NUDGE_OK;
}

/* ---- Another's weights ----------------------------------------------------------------- */

/* Where another model's weights go, and what was taken; `taken` may be NULL. */
typedef struct warm_start {
    nudge_model *model;
    nudge_weights_taken *taken;
} warm_start;

/* Names beyond these are not listed. */
enum { MOST_NAMED = 6 };

static void list_taken(nudge_weights_taken *taken, const nu_match *m, const nu_network *net)
{
    char found[NU_SHAPE_TEXT], needed[NU_SHAPE_TEXT], *text = taken->text;
    size_t n = net->layers - (m->other_last != NULL), used = 0, room = sizeof taken->text;
    taken->layers = n;
    for (size_t l = 0; l < n; l++) {
        if (l == MOST_NAMED - 1 && n > MOST_NAMED) {
            l = n - 1;
            used += (size_t)snprintf(text + used, room - used, ", ...");
        }
        used += (size_t)snprintf(text + used, room - used, "%s%.80s", l > 0 ? ", " : "",
                                 m->of[2 * l]->name);
    }
    if (m->other_last == NULL)
        return;
    nu_tensor last = nu_tensor_of(net, NULL, NUDGE_F32, 2 * n);
    uint64_t shape[NU_RANK_MOST];
    size_t rank = nu_tensor_shape(shape, &last);
    snprintf(text + used, room - used, "; layer %zu keeps its initial weights, for %.80s has shape "
             "%s and the network needs %s", n, m->other_last->name,
             nu_shape_text(found, m->other_last->shape, rank), nu_shape_text(needed, shape, rank));
}

/* The weights of a network with those of its file in their place; for free(). */
static nudge_status read_matched(void **block, const nudge_model *m, const nu_st_file *file,
                                 const nu_match *match, nudge_error *err)
{
    NU_TRY(nu_model_params(block, &m->net, m->dtype, err));
    memcpy(*block, m->params, m->net.size * nu_dtype_size(m->dtype));
    for (size_t i = 0; i < nu_tensors(&m->net); i++) {
        nu_tensor t = nu_tensor_of(&m->net, *block, m->dtype, i);
        if (match->of[i] != NULL)
            NU_TRY(read_tensor(file, match->of[i], &t, NULL, err));
    }
    return NUDGE_OK;
}

/* Into `block`, n of them: what the networks of the model will have. */
static nudge_status read_members(const warm_start *w, void **block, size_t n,
                                 const nu_st_file *file, nudge_error *err)
{
    size_t there = nu_match_members(file);
    if (there != 1 && there != n)
        return nu_fail(err, NUDGE_EMISMATCH, "has the weights of %zu members; the model has %zu",
                       there, n);
    for (size_t k = 0; k < n; k++) {
        const nudge_model *m = nu_member_of(w->model, k);
        nu_match match NU_SCOPED(nu_match_end) = {0};
        NU_TRY(nu_match_layers(&match, file, there > 1 ? k : 0, &m->net, w->taken != NULL, err));
        NU_TRY(read_matched(&block[k], m, file, &match, err));
        if (w->taken != NULL && k == 0) {
            list_taken(w->taken, &match, &m->net);
            nu_one_line(w->taken->text);
        }
    }
    return NUDGE_OK;
}

static nudge_status take_weights(void *to, const nu_st_file *file, nudge_error *err)
{
    const warm_start *w = to;
    size_t n = nu_model_members(w->model);
    void **block NU_FREED;
    NU_NEW(block, calloc, n, "a model's members", err);
    nudge_status status = read_members(w, block, n, file, err);
    for (size_t k = 0; k < n; k++) {
        nudge_model *m = nu_member_of(w->model, k);
        void *unused = status == NUDGE_OK ? m->params : block[k];
        if (status == NUDGE_OK)
            m->params = block[k];
        free(unused);
    }
    if (status == NUDGE_OK)
        nu_interval_forget(&w->model->interval);
    return status;
}

/* ---- Files ----------------------------------------------------------------------------- */

nudge_status nudge_model_load(nudge_model **model, const char *path, nudge_error *err)
{
    return nu_st_use(path, take_model, model, err);
}

nudge_status nudge_model_load_weights(nudge_model *model, const char *path,
                                      nudge_weights_taken *taken, nudge_error *err)
{
    return nu_st_use(path, take_weights, &(warm_start){model, taken}, err);
}
