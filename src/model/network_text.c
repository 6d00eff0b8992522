#include "model/network_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "prep/prep_json.h"

/* ---- Writing --------------------------------------------------------------------------- */

static json_t *width_item(const void *of, size_t l)
{
    return json_integer((json_int_t)((const nu_network *)of)->width[l]);
}

static json_t *activation_item(const void *of, size_t l)
{
    return json_string(nudge_activation_name(((const nu_network *)of)->activation[l]));
}

char *nu_network_text(const nudge_model *m)
{
    const nu_network *net = &m->net;
    json_t *root = json_pack(
        "{s:o, s:o, s:s, s:f, s:s, s:o}", "widths", nu_json_list(net->layers + 1, width_item, net),
        "activations", nu_json_list(net->layers, activation_item, net), "loss",
        nudge_loss_name(net->loss), "huber_delta", net->huber_delta, "dtype",
        nudge_dtype_name(m->dtype), "preprocessing",
        m->prep != NULL ? nu_prep_to_json(m->prep) : json_null());
    char *text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

/* ---- Reading --------------------------------------------------------------------------- */

void nu_described_free(nu_described *d)
{
    free(d->widths);
    free(d->activations);
    nudge_prep_free(d->prep);
}

static nudge_status take_widths(nu_described *d, const json_t *json, nudge_error *err)
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

static nudge_status take_activations(nu_described *d, const json_t *json, nudge_error *err)
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

static nudge_status take_choices(nu_described *d, const json_t *root, nudge_error *err)
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

static nudge_status take_prep(nu_described *d, const json_t *json, nudge_error *err)
{
    if (json == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: 'preprocessing' is missing");
    if (json_is_null(json))
        return NUDGE_OK;
    return nu_prep_from_json(&d->prep, json, "network", err);
}

static nudge_status take_network(nu_described *d, const json_t *root, nudge_error *err)
{
    if (!json_is_object(root))
        return nu_fail(err, NUDGE_EDATA, "network: it must be a JSON object");
    NU_TRY(take_widths(d, json_object_get(root, "widths"), err));
    NU_TRY(take_activations(d, json_object_get(root, "activations"), err));
    NU_TRY(take_choices(d, root, err));
    NU_TRY(take_prep(d, json_object_get(root, "preprocessing"), err));
    if (json_object_size(root) != 6)
        return nu_fail(err, NUDGE_EDATA,
                       "network: it has keys that version " NU_MODEL_VERSION " has not");
    return NUDGE_OK;
}

nudge_status nu_network_parse(nu_described *d, const char *text, nudge_error *err)
{
    json_error_t at;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &at);
    if (root == NULL)
        return nu_fail(err, NUDGE_EDATA, "network: no valid JSON: %s at byte %d", at.text,
                       at.position);
    nudge_status status = take_network(d, root, err);
    json_decref(root);
    return status;
}
