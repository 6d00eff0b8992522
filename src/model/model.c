#include "model/model.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "model/tensor.h"
#include "prep/prep.h"

void nu_interval_forget(nu_interval *interval)
{
    free(interval->width);
    *interval = (nu_interval){0};
}

nudge_status nu_interval_copy(nu_interval *copy, const nu_interval *interval, size_t outputs,
                              nudge_error *err)
{
    if (interval->coverage == 0)
        return NUDGE_OK;
    NU_NEW(copy->width, calloc, outputs, "intervals", err);
    memcpy(copy->width, interval->width, outputs * sizeof *copy->width);
    copy->coverage = interval->coverage;
    return NUDGE_OK;
}

nudge_model_options nudge_model_defaults(void)
{
    return (nudge_model_options){
        .size = sizeof(nudge_model_options),
        .dtype = NUDGE_F32,
        .loss = NUDGE_MSE,
        .loss_parameter = NAN,
        .init = NUDGE_INIT_PYTORCH,
        .seed = 1,
    };
}

nudge_status nu_model_params(void **params, const nu_network *net, nudge_dtype dtype,
                             nudge_error *err)
{
    size_t bytes = net->size * nu_dtype_size(dtype); /* nu_network_start() saw to it that it fits */
    NU_TRY(nu_memory_check(bytes, "the block of weights", err));
    *params = nu_alloc_zero(net->size, nu_dtype_size(dtype));
    return *params != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "the block of weights");
}

void nudge_model_free(nudge_model *model)
{
    if (model == NULL)
        return;
    for (size_t k = 0; k < model->n_others; k++)
        nudge_model_free(model->others[k]);
    free(model->others);
    nu_network_end(&model->net);
    free(model->params);
    nu_interval_forget(&model->interval);
    nudge_prep_free(model->prep);
    free(model);
}

nudge_status nu_model_check_prep(const nu_network *net, const nudge_prep *prep, nudge_error *err)
{
    if (prep == NULL)
        return NUDGE_OK;
    size_t in = net->inputs, out = net->width[net->layers];
    if (in != prep->features)
        return nu_fail(err, NUDGE_EMISMATCH, "the network takes %zu inputs; the data gives %zu", in,
                       prep->features);
    if (out != prep->outputs)
        return nu_fail(err, NUDGE_EMISMATCH, "the network has %zu outputs; the data needs %zu", out,
                       prep->outputs);
    if (net->loss != prep->loss)
        return nu_fail(err, NUDGE_EMISMATCH, "the network's loss is %s; the data was prepared for "
                       "%s", nudge_loss_name(net->loss), nudge_loss_name(prep->loss));
    return NUDGE_OK;
}

/* The value of element j in file order. */
typedef struct initial {
    nudge_init kind;
    double bound; /* of a uniform distribution, or a normal one's standard deviation; 0: zeros */
    uint64_t seed, stream;
    int is_one;   /* all are 1 */
} initial;

static initial initial_of_embedding(const nu_embedding *e, uint64_t seed, nu_embed_tensor tensor)
{
    double bound = 1 / sqrt((double)e->waves);
    if (tensor == NU_EMBED_FREQUENCIES || tensor == NU_EMBED_PHASES)
        bound = tensor == NU_EMBED_PHASES ? M_PI : e->scale;
    return (initial){
        .kind = tensor == NU_EMBED_FREQUENCIES ? NUDGE_INIT_HE : NUDGE_INIT_PYTORCH,
        .bound = bound,
        .seed = seed,
        .stream = nu_stream(NU_RANDOM_EMBED, (uint32_t)tensor),
    };
}

static initial initial_of(const nu_network *net, const nudge_model_options *options,
                          const nu_tensor *t)
{
    if (t->kind == NU_INPUT_FACTOR)
        return (initial){.is_one = 1};
    if (t->kind == NU_EMBEDDING)
        return initial_of_embedding(&net->embed, options->seed, t->of_embedding);
    double in = (double)net->width[t->layer], out = (double)net->width[t->layer + 1];
    int is_bias = t->kind == NU_BIAS, is_last = t->layer + 1 == options->layers;
    initial v = {
        .kind = options->init,
        .seed = options->seed,
        .stream = nu_stream(NU_RANDOM_INIT, (uint32_t)(t->layer * 2 + (size_t)is_bias)),
    };
    switch (options->init) {
    case NUDGE_INIT_PYTORCH: v.bound = 1 / sqrt(in); break;
    case NUDGE_INIT_HE: v.bound = is_bias ? 0 : sqrt(2 / in); break;
    case NUDGE_INIT_GLOROT: v.bound = is_bias ? 0 : sqrt(6 / (in + out)); break;
    case NUDGE_INIT_NTK: v.bound = is_last ? 0 : is_bias ? 1 : 1 / sqrt(in); break;
    case NUDGE_INIT_ZEROS: break;
    }
    return v;
}

static double initial_value(const initial *v, size_t j)
{
    if (v->is_one)
        return 1;
    if (v->kind == NUDGE_INIT_HE || v->kind == NUDGE_INIT_NTK)
        return v->bound * nu_random_normal(v->seed, v->stream, j);
    return v->bound * (2 * nu_random_uniform(v->seed, v->stream, j) - 1);
}

static void initialise(nudge_model *m, const nudge_model_options *options)
{
    double values[NU_STRETCH];
    for (size_t i = 0; i < nu_tensors(&m->net); i++) {
        nu_tensor t = nu_tensor_of(&m->net, m->params, m->dtype, i);
        initial v = initial_of(&m->net, options, &t);
        if (v.bound == 0 && !v.is_one) /* the block is zeroed */
            continue;
        size_t total = nu_tensor_count(&t), n;
        for (size_t first = 0; first < total; first += n) {
            n = total - first < NU_STRETCH ? total - first : NU_STRETCH;
            for (size_t k = 0; k < n; k++)
                values[k] = initial_value(&v, first + k);
            nu_tensor_put(&t, first, n, values);
        }
    }
}

/* Which inputs are numbers to embed, where that is for prep to say: *numbers is theirs then, also
 * in the options. */
static nudge_status find_numbers(unsigned char **numbers, nudge_model_options *o,
                                 const nudge_prep *prep, nudge_error *err)
{
    if (o->embed == NUDGE_EMBED_NONE || o->embed_inputs != NULL || prep == NULL)
        return NUDGE_OK;
    if (prep->codes != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "embed", "numbers that are encoded cannot be "
                               "embedded, too");
    NU_NEW(*numbers, calloc, prep->features, "a model", err);
    for (size_t j = 0, c = 0; c < prep->n_columns; j += nu_prep_width(&prep->columns[c++]))
        (*numbers)[j] = (unsigned char)nu_prep_is_number(&prep->columns[c]);
    if (prep->n_columns == 0)
        memset(*numbers, 1, prep->features);
    o->embed_inputs = *numbers;
    return NUDGE_OK;
}

nudge_status nudge_model_create(nudge_model **model, const nudge_model_options *options,
                                const nudge_prep *prep, nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    nudge_model_options own = nudge_model_defaults(), *o = &own;
    NU_TRY(nu_take_options(&own, options, err));
    if (nudge_init_name(o->init) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "initialisation %d is unknown", (int)o->init);
    if ((unsigned)o->dtype > NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "element type %d is unknown", (int)o->dtype);
    unsigned char *numbers NU_FREED = NULL;
    NU_TRY(find_numbers(&numbers, o, prep, err));
    NU_NEW(m, calloc, 1, "a model", err);
    m->dtype = o->dtype;
    NU_TRY(nu_network_start(&m->net, o, err));
    NU_TRY(nu_model_params(&m->params, &m->net, m->dtype, err));
    NU_TRY(nu_model_check_prep(&m->net, prep, err));
    m->prep = nu_prep_share(prep);
    initialise(m, o);
    *model = NU_TAKE(m);
    return NUDGE_OK;
}

nudge_model_info nudge_model_describe(const nudge_model *model)
{
    return (nudge_model_info){
        .dtype = model->dtype,
        .layers = model->net.layers,
        .widths = model->net.given,
        .activations = model->net.activation,
        .loss = model->net.loss,
        .loss_parameter = model->net.loss_parameter,
        .layer_norm = model->net.layer_norm,
        .residual = model->net.residual,
        .parameters = model->net.parameters,
        .prep = model->prep,
        .members = nu_model_members(model),
        .interval_coverage = model->interval.coverage,
        .interval_width = model->interval.width,
        .input_factor = model->net.input_factor,
        .embed = model->net.embed.kind,
        .embed_size = model->net.embed.size,
        .embed_frequencies = model->net.embed.frequencies,
        .embed_numbers = model->net.embed.numbers,
        .embed_outputs = model->net.embed.outputs,
    };
}

nudge_status nu_model_copy_network(nudge_model **copy, const nudge_model *model, nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    nudge_model_options same = nu_network_options(&model->net);
    NU_NEW(m, calloc, 1, "a model", err);
    m->dtype = model->dtype;
    NU_TRY(nu_network_start(&m->net, &same, err));
    NU_TRY(nu_model_params(&m->params, &m->net, m->dtype, err));
    memcpy(m->params, model->params, m->net.size * nu_dtype_size(m->dtype));
    m->prep = nu_prep_share(model->prep);
    *copy = NU_TAKE(m);
    return NUDGE_OK;
}

static nudge_status check_layer(const nudge_model *model, size_t layer, nudge_error *err)
{
    if (layer < model->net.layers)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "layer %zu: the network has layers 0 to %zu", layer,
                   model->net.layers - 1);
}

nudge_status nudge_model_get_layer(const nudge_model *model, size_t layer, double *weight,
                                   double *bias, nudge_error *err)
{
    NU_TRY(check_layer(model, layer, err));
    double *out[2] = {weight, bias};
    for (size_t i = 0; i < 2; i++) {
        nu_tensor t = nu_tensor_of(&model->net, model->params, model->dtype, 2 * layer + i);
        if (out[i] != NULL)
            nu_tensor_get(&t, 0, nu_tensor_count(&t), out[i]);
    }
    return NUDGE_OK;
}

/* NUDGE_EDATA unless all values are finite in the tensor's type. */
static nudge_status check_finite(const nudge_model *model, const nu_tensor *t, const char *what,
                                 const double *values, nudge_error *err)
{
    for (size_t i = 0; i < nu_tensor_count(t); i++)
        if (!isfinite(model->dtype == NUDGE_F32 ? (double)(float)values[i] : values[i]))
            return nu_fail(err, NUDGE_EDATA, "%s %zu is %g, no finite %s number", what, i,
                           values[i], nudge_dtype_name(model->dtype));
    return NUDGE_OK;
}

nudge_status nudge_model_set_layer(nudge_model *model, size_t layer, const double *weight,
                                   const double *bias, nudge_error *err)
{
    NU_TRY(check_layer(model, layer, err));
    const double *in[2] = {weight, bias};
    nu_tensor t[2];
    for (size_t i = 0; i < 2; i++) {
        char what[60];
        t[i] = nu_tensor_of(&model->net, model->params, model->dtype, 2 * layer + i);
        snprintf(what, sizeof what, "layer %zu: %s", layer, i == 0 ? "weight" : "bias");
        if (in[i] != NULL)
            NU_TRY(check_finite(model, &t[i], what, in[i], err));
    }
    nu_interval_forget(&model->interval);
    for (size_t i = 0; i < 2; i++)
        if (in[i] != NULL)
            nu_tensor_put(&t[i], 0, nu_tensor_count(&t[i]), in[i]);
    return NUDGE_OK;
}

static nudge_status find_tensor(nu_tensor *t, const nudge_model *model, const char *name,
                                nudge_error *err)
{
    char own[NU_TENSOR_NAME];
    for (size_t i = 0; i < nu_tensors(&model->net); i++) {
        *t = nu_tensor_of(&model->net, model->params, model->dtype, i);
        if (strcmp(nu_tensor_name(own, t, ""), name) == 0)
            return NUDGE_OK;
    }
    return nu_fail(err, NUDGE_EARGUMENT, "the network has no tensor '%.80s'", name);
}

nudge_status nudge_model_get_tensor(const nudge_model *model, const char *name, double *values,
                                    nudge_error *err)
{
    nu_tensor t;
    NU_TRY(find_tensor(&t, model, name, err));
    nu_tensor_get(&t, 0, nu_tensor_count(&t), values);
    return NUDGE_OK;
}

nudge_status nudge_model_set_tensor(nudge_model *model, const char *name, const double *values,
                                    nudge_error *err)
{
    nu_tensor t;
    NU_TRY(find_tensor(&t, model, name, err));
    NU_TRY(check_finite(model, &t, name, values, err));
    nu_interval_forget(&model->interval);
    nu_tensor_put(&t, 0, nu_tensor_count(&t), values);
    return NUDGE_OK;
}
