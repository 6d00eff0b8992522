#include "net/network.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "linalg/blas.h"

#define TENSOR_ALIGN 16 /* reals: 64 bytes of floats */

/* A layer's random stream is layer * 2 + is_bias in 32 bits. */
#define MOST_LAYERS ((size_t)1 << 30)

static nudge_status check_layers(const nudge_model_options *o, nudge_error *err)
{
    if (o->layers == 0 || o->widths == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "a network needs at least one layer");
    if (o->layers > MOST_LAYERS)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu layers: at most %zu are possible", o->layers,
                       MOST_LAYERS);
    for (size_t l = 0; l < o->layers; l++) {
        size_t in = o->widths[l], out = o->widths[l + 1], weights;
        if (in == 0 && l == 0)
            return nu_fail(err, NUDGE_EARGUMENT, "layer 0: it has no inputs (width 0)");
        if (out == 0)
            return nu_fail(err, NUDGE_EARGUMENT, "layer %zu: width 0: at least 1 is needed", l);
        if (!nu_mul(in, out, &weights) || weights > PTRDIFF_MAX / sizeof(double))
            return nu_fail(err, NUDGE_EARGUMENT, "layer %zu: %zu x %zu weights overflow", l, out,
                           in);
    }
    /* After the products, which say more about what went wrong. */
    for (size_t l = 0; l <= o->layers; l++)
        if (o->widths[l] > INT_MAX) /* BLAS counts rows and columns with int */
            return nu_fail(err, NUDGE_EARGUMENT, "layer %zu: width %zu: at most %d is possible",
                           l > 0 ? l - 1 : 0, o->widths[l], INT_MAX);
    return NUDGE_OK;
}

/* NaN: the loss has none. */
static double parameter_of(nudge_loss_info loss, const nudge_model_options *o)
{
    return loss.parameter == NULL      ? NAN
           : isnan(o->loss_parameter) ? loss.parameter_default
                                      : o->loss_parameter;
}

/* What is asked for between layers must be possible somewhere. */
static nudge_status check_between(const nudge_model_options *o, nudge_error *err)
{
    int is_equal = 0;
    for (size_t l = 1; l + 1 < o->layers; l++)
        is_equal |= o->widths[l] == o->widths[l + 1];
    if (o->layer_norm && o->layers < 2)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "layer_norm",
                               "layer norm is between layers: a hidden layer is needed");
    if (o->residual && !is_equal)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "residual",
                               "residual: no hidden layer is as wide as the one before it");
    return NUDGE_OK;
}

static nudge_status check_choices(const nudge_model_options *o, nudge_error *err)
{
    nudge_loss_info loss = nudge_loss_describe(o->loss);
    if (loss.name == NULL || o->loss == NUDGE_LOSS_AUTO)
        return nu_fail(err, NUDGE_EARGUMENT, "a network needs a loss of its own, not '%s'",
                       loss.name != NULL ? loss.name : "unknown");
    double p = parameter_of(loss, o);
    if (loss.parameter != NULL && !(p >= loss.parameter_least && p < loss.parameter_most &&
                                    (p > loss.parameter_least || !loss.parameter_above_least)))
        return nu_fail_setting(err, NUDGE_EARGUMENT, loss.parameter, "%s %g is not %s",
                               loss.parameter, p, loss.parameter_takes);
    NU_TRY(check_between(o, err));
    if (o->activations == NULL)
        return NUDGE_OK;
    for (size_t l = 0; l < o->layers; l++)
        if (nudge_activation_name(o->activations[l]) == NULL)
            return nu_fail(err, NUDGE_EARGUMENT, "layer %zu: activation %d is unknown", l,
                           (int)o->activations[l]);
    nudge_activation last = o->activations[o->layers - 1];
    if (last != NUDGE_IDENTITY && loss.power == 0)
        return nu_fail(err, NUDGE_EARGUMENT,
                       "output activation %s: with loss %s it must be identity (the loss has its "
                       "own)",
                       nudge_activation_name(last), loss.name);
    return NUDGE_OK;
}

/* Where a tensor of `count` reals goes in the block: *at, and *end behind it. 0 on overflow. */
static int place(size_t count, size_t *at, size_t *end)
{
    *at = *end;
    size_t padded;
    if (__builtin_add_overflow(count, (size_t)TENSOR_ALIGN - 1, &padded))
        return 0;
    padded = padded / TENSOR_ALIGN * TENSOR_ALIGN;
    return !__builtin_add_overflow(*end, padded, end) && *end <= PTRDIFF_MAX / sizeof(double);
}

static nudge_status place_embedding(nu_network *net, nudge_error *err)
{
    nu_embedding *e = &net->embed;
    for (int i = 0; nu_network_embeds(net) && i < NU_EMBED_TENSORS; i++) {
        size_t shape[2], count = 0;
        if (nu_embed_shape(e, (nu_embed_tensor)i, shape) > 0 &&
            !(nu_mul(shape[0], shape[1], &count) && nu_mul(count, e->numbers, &count)))
            count = SIZE_MAX;
        if (!place(count, &e->at[i], &net->size))
            return nu_fail(err, NUDGE_EARGUMENT, "embeddings of %zu numbers overflow", e->numbers);
        net->parameters += count;
        e->at[i + 1] = net->size;
    }
    return NUDGE_OK;
}

static nudge_status place_tensors(nu_network *net, nudge_error *err)
{
    for (size_t l = 0; l < net->layers; l++) {
        size_t in = net->width[l], out = net->width[l + 1];
        if (!place(in * out, &net->weight_at[l], &net->size) ||
            !place(out, &net->bias_at[l], &net->size))
            return nu_fail(err, NUDGE_EARGUMENT,
                           "layer %zu: %zu x %zu weights and those before them overflow", l, out,
                           in);
        net->parameters += (uint64_t)in * out + out;
    }
    net->factor_at = net->size;
    if (net->input_factor && !place(net->width[0], &net->factor_at, &net->size))
        return nu_fail(err, NUDGE_EARGUMENT, "factors of %zu inputs overflow", net->width[0]);
    net->parameters += net->input_factor ? net->width[0] : 0;
    return place_embedding(net, err);
}

/* Widths, and the panels of matrices so wide. */
static nudge_status fill_widths(nu_network *net, const nudge_model_options *o, nudge_error *err)
{
    size_t n = o->layers;
    memcpy(net->given, o->widths, (n + 1) * sizeof *net->given);
    memcpy(net->width, o->widths, (n + 1) * sizeof *net->width);
    NU_TRY(nu_embedding_start(&net->embed, o, err));
    net->inputs = o->widths[0];
    net->input_panel = nu_panel_width(net->inputs);
    if (nu_network_embeds(net))
        net->width[0] = net->embed.outputs;
    size_t weights;
    if (net->width[0] > INT_MAX || !nu_mul(net->width[0], net->width[1], &weights))
        return nu_fail(err, NUDGE_EARGUMENT, "layer 0: %zu embedded values are too many",
                       net->width[0]);
    for (size_t l = 0; l <= n; l++) {
        net->panel[l] = nu_panel_width(net->width[l]);
        net->panels[l] = (net->width[l] + net->panel[l] - 1) / net->panel[l];
        if (net->width[l] > net->widest)
            net->widest = net->width[l];
    }
    return NUDGE_OK;
}

static nudge_status fill(nu_network *net, const nudge_model_options *o, nudge_error *err)
{
    size_t n = o->layers;
    net->layers = n;
    net->loss = o->loss;
    net->loss_parameter = parameter_of(nudge_loss_describe(o->loss), o);
    net->layer_norm = o->layer_norm != 0;
    net->residual = o->residual != 0;
    net->input_factor = o->input_factor != 0;
    NU_NEW(net->width, calloc, 7 * (n + 1), "the network's shape", err);
    net->given = net->width + n + 1;
    net->panel = net->given + n + 1;
    net->panels = net->panel + n + 1;
    net->weight_at = net->panels + n + 1;
    net->bias_at = net->weight_at + n;
    net->activation = (nudge_activation *)(net->bias_at + n);
    for (size_t l = 0; l < n; l++)
        net->activation[l] = o->activations != NULL ? o->activations[l]
                             : l + 1 < n            ? NUDGE_RELU
                                                    : NUDGE_IDENTITY;
    NU_TRY(fill_widths(net, o, err));
    return place_tensors(net, err);
}

nudge_status nu_network_start(nu_network *net, const nudge_model_options *options,
                              nudge_error *err)
{
    NU_TRY(check_layers(options, err));
    NU_TRY(check_choices(options, err));
    nu_network made NU_SCOPED(nu_network_end) = {0};
    NU_TRY(fill(&made, options, err));
    *net = made;
    made = (nu_network){0};
    return NUDGE_OK;
}

void nu_network_end(nu_network *net)
{
    free(net->width);
    nu_embedding_end(&net->embed);
    *net = (nu_network){0};
}

nudge_model_options nu_network_options(const nu_network *net)
{
    return (nudge_model_options){
        .size = sizeof(nudge_model_options),
        .layers = net->layers,
        .widths = net->given,
        .activations = net->activation,
        .loss = net->loss,
        .loss_parameter = net->loss_parameter,
        .layer_norm = net->layer_norm,
        .residual = net->residual,
        .input_factor = net->input_factor,
        .embed = net->embed.kind,
        .embed_size = net->embed.size,
        .embed_frequencies = net->embed.frequencies,
        .embed_scale = net->embed.scale,
        .embed_inputs = net->embed.is_number,
    };
}
