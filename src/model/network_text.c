#include "model/network_text.h"

#include <jansson.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "json_dump.h"
#include "prep/json_list.h"
#include "prep/prep_json.h"

/* ---- Writing --------------------------------------------------------------------------- */

static json_t *width_item(const void *of, size_t l)
{
    return json_integer((json_int_t)((const nu_network *)of)->given[l]);
}

static json_t *activation_item(const void *of, size_t l)
{
    return json_string(nudge_activation_name(((const nu_network *)of)->activation[l]));
}

/* {"kind": "plr", "size": 8, "frequencies": 16, "inputs": [0, 2]}; NULL: there is none. */
static json_t *describe_embedding(const nu_embedding *e)
{
    json_auto_t *inputs = json_array();
    for (size_t i = 0; e->numbers > 0 && i < e->inputs; i++)
        if (e->is_number[i] && json_array_append_new(inputs, json_integer((json_int_t)i)) != 0)
            return NULL;
    return e->numbers == 0 ? NULL : json_pack("{s:s, s:I, s:I, s:O}", "kind",
                                              nudge_embed_name(e->kind), "size",
                                              (json_int_t)e->size, "frequencies",
                                              (json_int_t)e->frequencies, "inputs", inputs);
}

/* What the networks of a model may differ in. */
static json_t *describe_network(const nu_network *net)
{
    json_t *embedding = describe_embedding(&net->embed);
    if (embedding == NULL && nu_network_embeds(net))
        return NULL;
    return json_pack("{s:o, s:o, s:o*, s:o*, s:o*, s:o*}", "widths",
                     nu_json_list(net->layers + 1, width_item, net), "activations",
                     nu_json_list(net->layers, activation_item, net), "layer_norm",
                     net->layer_norm ? json_true() : NULL, "residual",
                     net->residual ? json_true() : NULL, "input_factor",
                     net->input_factor ? json_true() : NULL, "embedding", embedding);
}

static json_t *member_item(const void *of, size_t k)
{
    return describe_network(&((const nudge_model *)of)->others[k]->net);
}

char *nu_network_text(const nudge_model *m)
{
    const nu_network *net = &m->net;
    const char *parameter = nudge_loss_describe(net->loss).parameter;
    json_t *interval = nu_interval_to_json(m);
    if (interval == NULL && m->interval.coverage > 0)
        return NULL;
    json_auto_t *root = describe_network(net);
    int bad = 0;
    if (m->n_others > 0)
        bad |= json_object_set_new(root, "members", nu_json_list(m->n_others, member_item, m));
    bad |= json_object_set_new(root, "loss", json_string(nudge_loss_name(net->loss)));
    if (parameter != NULL)
        bad |= json_object_set_new(root, parameter, json_real(net->loss_parameter));
    json_auto_t *rest = json_pack("{s:s, s:o, s:o*}", "dtype", nudge_dtype_name(m->dtype),
                                  "preprocessing",
                                  m->prep != NULL ? nu_prep_to_json(m->prep) : json_null(),
                                  "interval", interval);
    int good = bad == 0 && rest != NULL && json_object_update(root, rest) == 0;
    return good ? nu_json_dump(root, JSON_COMPACT) : NULL;
}

/* ---- Reading --------------------------------------------------------------------------- */

void nu_described_free(nu_described *d)
{
    free(d->widths);
    free(d->activations);
    free(d->embed_inputs);
    nu_interval_forget(&d->interval);
    nudge_prep_free(d->prep);
    for (size_t k = 0; k < d->n_members; k++)
        nu_described_free(&d->members[k]);
    free(d->members);
}

static nudge_status take_widths(nu_described *d, const json_t *json, nudge_error *err)
{
    size_t n = json_array_size(json); /* 0 if it is no array */
    if (n < 2)
        return nu_fail(err, NUDGE_EDATA, "network: 'widths' must be an array of at least 2");
    NU_NEW(d->widths, calloc, n, "the network's widths", err);
    for (size_t i = 0; i < n; i++) {
        json_int_t width = json_integer_value(json_array_get(json, i)); /* 0 if it is none */
        if (width < 1)
            return nu_fail(err, NUDGE_EDATA, "network: 'widths' must hold positive integers");
        d->widths[i] = (size_t)width;
    }
    d->options.layers = n - 1;
    d->options.widths = d->widths;
    return NUDGE_OK;
}

static nudge_status take_activations(nu_described *d, const json_t *json, nudge_error *err)
{
    size_t n = d->options.layers;
    nudge_error inner;
    if (json_array_size(json) != n)
        return nu_fail(err, NUDGE_EDATA,
                       "network: 'activations' must be an array of %zu, one per layer", n);
    NU_NEW(d->activations, calloc, n, "the network's activations", err);
    for (size_t i = 0; i < n; i++)
        if (nudge_activation_parse(&d->activations[i], json_string_value(json_array_get(json, i)),
                                   &inner) != NUDGE_OK)
            return nu_fail(err, NUDGE_EDATA, "network: 'activations': %s", inner.text);
    d->options.activations = d->activations;
    return NUDGE_OK;
}

/* A whole number from 1 up to `most` of an object. */
static nudge_status take_whole(size_t *to, const json_t *of, const char *key, size_t most,
                               nudge_error *err)
{
    json_int_t value = json_integer_value(json_object_get(of, key)); /* 0 if it is none */
    if (value < 1 || (size_t)value > most)
        return nu_fail(err, NUDGE_EDATA, "network: embedding: '%s' must be a number from 1 to %zu",
                       key, most);
    *to = (size_t)value;
    return NUDGE_OK;
}

static nudge_status take_embedding(nu_described *d, const json_t *json, nudge_error *err)
{
    nudge_error inner;
    const json_t *inputs = json_object_get(json, "inputs");
    size_t before = 0, n = d->widths[0];
    if (json == NULL)
        return NUDGE_OK;
    const char *kind = json_string_value(json_object_get(json, "kind"));
    if (nudge_embed_parse(&d->options.embed, kind, &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: embedding: 'kind': %s", inner.text);
    if (d->options.embed == NUDGE_EMBED_NONE || json_object_size(json) != 4)
        return nu_fail(err, NUDGE_EDATA, "network: 'embedding' must have a kind, size, frequencies "
                       "and inputs, and no more");
    NU_TRY(take_whole(&d->options.embed_size, json, "size", NU_EMBED_SIZE_MOST, err));
    NU_TRY(take_whole(&d->options.embed_frequencies, json, "frequencies",
                      NU_EMBED_FREQUENCIES_MOST, err));
    if (n > NU_EMBED_INPUTS_MOST)
        return nu_fail(err, NUDGE_EDATA, "network: embedding: %zu inputs are too many", n);
    NU_NEW(d->embed_inputs, calloc, n, "an embedding", err);
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *item = json_array_get(inputs, i);
        json_int_t input = json_integer_value(item);
        if (!json_is_integer(item) || input < (json_int_t)before || (size_t)input >= n)
            return nu_fail(err, NUDGE_EDATA, "network: embedding: 'inputs' must increase from 0 up "
                           "and be less than %zu", n);
        d->embed_inputs[input] = 1;
        before = (size_t)input + 1;
    }
    d->options.embed_inputs = d->embed_inputs;
    return NUDGE_OK;
}

/* A loss without its parameter has the default: 0.1.0 had label smoothing in no file. */
static nudge_status take_loss(nu_described *d, const json_t *loss, const json_t *parameter,
                              nudge_error *err)
{
    nudge_error inner;
    if (nudge_loss_parse(&d->options.loss, json_string_value(loss), &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: 'loss': %s", inner.text);
    d->options.loss_parameter = json_is_number(parameter) ? json_number_value(parameter) : NAN;
    if (parameter != NULL && !json_is_number(parameter))
        return nu_fail(err, NUDGE_EDATA, "network: '%s' must be a number",
                       nudge_loss_describe(d->options.loss).parameter);
    return NUDGE_OK;
}

static nudge_status take_member(nu_described *d, json_t *member, nudge_error *err)
{
    json_t *widths, *activations, *embedding = NULL;
    json_error_t at;
    if (json_unpack_ex(member, &at, JSON_STRICT, "{s:o, s:o, s?b, s?b, s?b, s?o}", "widths",
                       &widths, "activations", &activations, "layer_norm", &d->options.layer_norm,
                       "residual", &d->options.residual, "input_factor",
                       &d->options.input_factor, "embedding", &embedding) != 0)
        return nu_fail(err, NUDGE_EDATA, "network: members: %s", at.text);
    NU_TRY(take_widths(d, widths, err));
    NU_TRY(take_embedding(d, embedding, err));
    return take_activations(d, activations, err);
}

/* The networks behind the first; what they cannot differ in is as there. */
static nudge_status take_members(nu_described *d, const json_t *members, nudge_error *err)
{
    size_t n = json_array_size(members); /* 0 if it is no array */
    if (members == NULL)
        return NUDGE_OK;
    if (n == 0)
        return nu_fail(err, NUDGE_EDATA, "network: 'members' must be an array of networks");
    NU_NEW(d->members, calloc, n, "a model's members", err);
    for (; d->n_members < n; d->n_members++) {
        nu_described *one = &d->members[d->n_members];
        one->options = d->options;
        one->options.layer_norm = one->options.residual = one->options.input_factor = 0;
        one->options.embed = NUDGE_EMBED_NONE;
        one->options.embed_inputs = NULL;
        nudge_status status = take_member(one, json_array_get(members, d->n_members), err);
        if (status != NUDGE_OK) {
            nu_described_free(one);
            return status;
        }
    }
    return NUDGE_OK;
}

static nudge_status take_network(nu_described *d, json_t *root, nudge_error *err)
{
    json_t *widths, *activations, *members = NULL, *loss, *parameter = NULL, *old = NULL, *dtype;
    json_t *prep, *interval = NULL, *embedding = NULL;
    json_error_t at;
    nudge_error inner;
    nudge_loss kind = NUDGE_LOSS_AUTO;
    if (nudge_loss_parse(&kind, json_string_value(json_object_get(root, "loss")), NULL) != NUDGE_OK)
        kind = NUDGE_LOSS_AUTO; /* told below */
    const char *key = nudge_loss_describe(kind).parameter;
    /* Files of 0.1.0 have a huber_delta with every loss. */
    if (json_unpack_ex(root, &at, JSON_STRICT,
                       "{s:o, s:o, s?b, s?b, s?b, s?o, s?o, s:o, s?o, s?o, s:o, s:o, s?o}",
                       "widths", &widths, "activations", &activations,
                       "layer_norm", &d->options.layer_norm,
                       "residual", &d->options.residual, "input_factor", &d->options.input_factor,
                       "embedding", &embedding, "members", &members, "loss", &loss,
                       "huber_delta", &old, key != NULL ? key : "huber_delta", &parameter, "dtype",
                       &dtype, "preprocessing", &prep, "interval", &interval) != 0)
        return nu_fail(err, NUDGE_EDATA, "network: %s", at.text);
    NU_TRY(take_widths(d, widths, err));
    NU_TRY(take_embedding(d, embedding, err));
    NU_TRY(take_activations(d, activations, err));
    NU_TRY(take_loss(d, loss, key != NULL ? parameter : NULL, err));
    if (nudge_dtype_parse(&d->options.dtype, json_string_value(dtype), &inner) != NUDGE_OK)
        return nu_fail(err, NUDGE_EDATA, "network: 'dtype': %s", inner.text);
    NU_TRY(take_members(d, members, err));
    if (interval != NULL)
        NU_TRY(nu_interval_from_json(&d->interval, interval, d->widths[d->options.layers],
                                     d->options.loss, err));
    return json_is_null(prep) ? NUDGE_OK : nu_prep_from_json(&d->prep, prep, "network", err);
}

nudge_status nu_network_parse(nu_described *d, const char *text, nudge_error *err)
{
    json_error_t at;
    json_auto_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &at);
    NU_NEED(root != NULL || !nu_json_lacks_memory(&at), strlen(text), "a network", err);
    if (root == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: no valid JSON: %s at byte %d", at.text,
                       at.position);
    return take_network(d, root, err);
}
