#include "export/exported.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/known.h"
#include "model/tensor.h"

/* ---- Traits ----------------------------------------------------------------------------- */

static uint64_t value_traits(const nudge_prep *p, size_t j)
{
    uint64_t codes = nu_prep_code_inputs(p, j) == 0           ? 0
                     : p->encode == NUDGE_ENCODE_FOURIER ? NU_WAVES : NU_BINS;
    if (p->quantiles != NULL && p->quantiles[j].n > 0)
        return codes | NU_QUANTILES;
    return codes | (p->shift[j] != 0 || p->factor[j] != 1 ? NU_SCALED : 0);
}

static uint64_t column_traits(const nu_prep_column *c)
{
    if (c->kind == NUDGE_COLUMN_CATEGORY)
        return NU_CATEGORIES | (c->has_more ? NU_OTHERS : 0) |
               (c->is_ordinal ? NU_ORDINALS : c->is_signed ? NU_SIGNED : NU_ONE_HOTS);
    return (c->has_more ? NU_INDICATED : 0) | (c->kind == NUDGE_COLUMN_DATE ? NU_DATES : 0);
}

/* Whether the features of a matrix are all made in the same way. */
static int are_alike(const nudge_prep *p)
{
    for (size_t j = 0; j < p->values; j++)
        if ((value_traits(p, j) & ~(uint64_t)NU_SCALED) != 0 || p->shift[j] != p->shift[0] ||
            p->factor[j] != p->factor[0])
            return 0;
    return 1;
}

static uint64_t input_traits(const nudge_prep *p)
{
    uint64_t traits = p->n_columns > 0 ? NU_RECORDS | NU_FILLED : are_alike(p) ? 0 : NU_RECORDS;
    for (size_t j = 0; j < p->values; j++)
        traits |= value_traits(p, j);
    for (size_t c = 0; c < p->n_columns; c++)
        traits |= column_traits(&p->columns[c]);
    if ((traits & NU_ONE_HOTS) != 0 && p->scales_categories)
        traits |= NU_WEIGHED;
    traits |= p->scale == NUDGE_SCALE_ROBUST ? NU_ROBUST : 0;
    return traits | ((traits & (NU_ROBUST | NU_QUANTILES)) != 0 ? NU_SCALED : 0);
}

static uint64_t target_traits(const nudge_prep *p)
{
    static const uint64_t transforms[] = {
        [NUDGE_TRANSFORM_NONE] = 0, [NUDGE_TRANSFORM_LOG] = NU_LOG,
        [NUDGE_TRANSFORM_LOG1P] = NU_LOG1P, [NUDGE_TRANSFORM_BOX_COX] = NU_BOX_COX};
    uint64_t traits = transforms[p->transform];
    traits |= traits != 0 ? NU_TRANSFORMED : 0;
    for (size_t k = 0; k < p->outputs; k++)
        if (p->target_shift[k] != 0 || p->target_factor[k] != 1)
            traits |= NU_UNSCALED;
    return traits | (p->n_classes == 2 && p->outputs == 1 ? NU_TWO : 0);
}

static uint64_t loss_traits(nudge_loss loss)
{
    nudge_loss_info info = nudge_loss_describe(loss);
    switch (info.target) {
    case NUDGE_CLASSES: return NU_LINKED | NU_SOFTMAX | NU_CLASSES;
    case NUDGE_PROBABILITIES: return NU_LINKED | NU_SIGMOID;
    case NUDGE_COUNTS: return NU_LINKED | NU_EXP;
    case NUDGE_NUMBERS: break;
    }
    return 0;
}

static void add_networks(nu_exported *e)
{
    for (size_t k = 0; k < e->networks; k++) {
        const nu_network *net = &nu_member_of(e->model, k)->net;
        for (size_t l = 0; l < net->layers; l++) {
            e->activations |= 1u << net->activation[l];
            e->traits |= nu_layer_is_normed(net, l) ? NU_NORMED : 0;
            e->traits |= nu_layer_adds(net, l) ? NU_RESIDUAL : 0;
            e->traits |= net->width[l + 1] >= 8 ? NU_WIDE : 0;
        }
        e->traits |= nu_network_embeds(net) ? NU_EMBEDS : 0;
    }
    e->traits |= e->networks > 1 ? NU_MEMBERS : 0;
}

nudge_status nu_exported_start(nu_exported *e, const nudge_model *m, nudge_error *err)
{
    const nudge_prep *p = m->prep;
    size_t outputs = m->net.width[m->net.layers];
    *e = (nu_exported){.model = m, .outputs = outputs, .results = outputs, .factor = 1,
                       .columns = m->net.inputs, .inputs = m->net.inputs,
                       .networks = nu_model_members(m), .is_f32 = m->dtype == NUDGE_F32,
                       .traits = loss_traits(m->net.loss) | (outputs > 1 ? NU_SEVERAL : 0)};
    NU_TRY(nu_check_known(m, err));
    add_networks(e);
    if (m->interval.coverage > 0)
        e->traits |= NU_INTERVALS;
    if (p != NULL) {
        e->traits |= input_traits(p) | target_traits(p);
        e->columns = nudge_prep_columns(p);
        e->shift = p->shift[0];
        e->factor = p->factor[0];
        e->labels = p->class_labels;
        e->n_labels = p->n_classes;
        e->traits |= p->n_classes > 0 ? NU_CLASSES : 0;
    } else if ((e->traits & NU_CLASSES) != 0) {
        NU_TRY(nu_strings_make(&e->own_labels, &e->n_labels, outputs, nu_string_number, NULL,
                               "class labels", err));
        e->labels = e->own_labels;
    }
    if ((e->traits & NU_CLASSES) != 0)
        e->results = e->n_labels;
    if (e->is_f32 && (e->traits & (NU_BINS | NU_WAVES)) != 0)
        e->traits |= NU_ROUNDED;
    return NUDGE_OK;
}

void nu_exported_end(nu_exported *e)
{
    nu_strings_free(e->own_labels, e->n_labels);
}

/* ---- Records ---------------------------------------------------------------------------- */

static nu_field *add(nu_record *r, const char *key, nu_field_kind kind)
{
    nu_field *field = &r->field[r->n++];
    *field = (nu_field){.key = key, .kind = kind};
    return field;
}

static void add_text(nu_record *r, const char *key, const char *text)
{
    add(r, key, NU_TEXT_FIELD)->text = text;
}

static void add_number(nu_record *r, const char *key, double number)
{
    add(r, key, NU_NUMBER_FIELD)->number = number;
}

static void add_numbers(nu_record *r, const char *key, const double *numbers, size_t n)
{
    nu_field *field = add(r, key, NU_NUMBERS_FIELD);
    field->numbers = numbers;
    field->n = n;
}

static void add_scale(nu_record *r, double shift, double factor)
{
    add_number(r, "shift", shift);
    add_number(r, "factor", factor);
}

/* Edges as a store has them. */
static nudge_status add_bins(nu_record *r, const nu_exported *e, size_t j, nudge_error *err)
{
    const nudge_prep *p = e->model->prep;
    size_t n = p->codes[j].n;
    NU_NEW(r->list, nu_alloc, n, "edges of bins", err);
    for (size_t k = 0; k < n; k++) {
        double edge = nu_prep_scaled(p, j, p->codes[j].at[k]);
        r->list[k] = e->is_f32 ? (double)(float)edge : edge;
    }
    add_numbers(r, "bins", r->list, n);
    return NUDGE_OK;
}

/* What becomes of value j, a number. */
static nudge_status add_value(nu_record *r, const nu_exported *e, size_t j, nudge_error *err)
{
    const nudge_prep *p = e->model->prep;
    uint64_t traits = value_traits(p, j);
    if (traits & NU_QUANTILES)
        add_numbers(r, "quantiles", p->quantiles[j].at, p->quantiles[j].n);
    else if ((e->traits & NU_SCALED) != 0)
        add_scale(r, p->shift[j], p->factor[j]);
    if (traits & NU_WAVES)
        add_numbers(r, "frequencies", p->codes[j].at, p->codes[j].n);
    return traits & NU_BINS ? add_bins(r, e, j, err) : NUDGE_OK;
}

/* What inputs from value j on are, of a column of categories that are no numbers. */
static nudge_status add_indicators(nu_record *r, const nudge_prep *p, const nu_prep_column *c,
                                   size_t j, nudge_error *err)
{
    size_t n = nu_prep_width(c);
    if (!c->is_signed && !p->scales_categories)
        return NUDGE_OK;
    NU_NEW(r->list, nu_alloc, 2 * n + 1, "inputs of categories", err);
    for (size_t k = 0; k < n; k++) {
        r->list[k] = nu_prep_indicated(p, c, j, k, (int32_t)k);
        r->list[n + k] = nu_prep_indicated(p, c, j, k, c->is_signed ? 1 : -1);
    }
    r->list[2 * n] = nu_prep_indicated(p, c, j, 0, -1);
    if (c->is_signed) {
        add_numbers(r, "sides", r->list, 3);
    } else {
        add_numbers(r, "on", r->list, n);
        add_numbers(r, "off", r->list + n, n);
    }
    return NUDGE_OK;
}

static nudge_status add_column(nu_record *r, const nu_exported *e, const nu_prep_column *c,
                               size_t j, nudge_error *err)
{
    add_text(r, "name", c->name);
    if (c->kind == NUDGE_COLUMN_DATE)
        add(r, "date", NU_YES_FIELD);
    if (c->kind == NUDGE_COLUMN_CATEGORY) {
        nu_field *field = add(r, "categories", NU_TEXTS_FIELD);
        field->texts = c->categories;
        field->n = c->n_categories;
        if (c->is_ordinal)
            add(r, "ordinal", NU_YES_FIELD);
        if (c->has_more)
            add(r, "other", NU_YES_FIELD);
        return c->is_ordinal ? add_value(r, e, j, err)
                             : add_indicators(r, e->model->prep, c, j, err);
    }
    add_number(r, "fill", c->fill);
    NU_TRY(add_value(r, e, j, err));
    if (c->has_more)
        add(r, "missing", NU_YES_FIELD);
    return NUDGE_OK;
}

nudge_status nu_exported_column(const nu_exported *e, size_t j, size_t *value, nu_record *r,
                                nudge_error *err)
{
    const nudge_prep *p = e->model->prep;
    size_t first = *value;
    *r = (nu_record){0};
    if (p->n_columns == 0) {
        add_text(r, "name", nu_matrix_name(r->name, p->pixel_rows > 0, j));
        return add_value(r, e, j, err);
    }
    *value += nu_prep_width(&p->columns[j]);
    return add_column(r, e, &p->columns[j], first, err);
}

size_t nu_exported_targets(const nu_exported *e)
{
    return (e->traits & NU_CLASSES) != 0 ? 1 : e->outputs;
}

char nu_exported_letter(const nu_exported *e)
{
    return e->model->prep != NULL && e->model->prep->pixel_rows > 0 ? 'p' : 'x';
}

void nu_exported_target(const nu_exported *e, size_t k, nu_record *r)
{
    const nudge_prep *p = e->model->prep;
    *r = (nu_record){0};
    snprintf(r->name, sizeof r->name, "y%zu", k + 1);
    add_text(r, "name", p != NULL ? p->target_names[k] : r->name);
    if (p != NULL && (e->traits & NU_UNSCALED) != 0)
        add_scale(r, p->target_shift[k], p->target_factor[k]);
    if ((e->traits & NU_BOX_COX) != 0) {
        add_number(r, "lambda", p->target_lambda[k]);
        if (p->target_lambda[k] < 0)
            add_number(r, "most", p->target_most[k]);
    }
    if ((e->traits & NU_INTERVALS) != 0)
        add_number(r, "width", e->model->interval.width[k]);
}

void nu_record_end(nu_record *r)
{
    free(r->list);
}

const nu_field *nu_record_field(const nu_record *r, const char *key)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->field[i].key, key) == 0)
            return &r->field[i];
    return NULL;
}

/* ---- Layers ----------------------------------------------------------------------------- */

size_t nu_exported_layers(const nu_exported *e, size_t network)
{
    return nu_member_of(e->model, network)->net.layers;
}

nudge_status nu_exported_check_finite(const double *values, size_t n, const char *whose,
                                      nudge_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return nu_fail(err, NUDGE_EDATA, "weights %s are not finite: they cannot be written as "
                           "numbers", whose);
    return NUDGE_OK;
}

static nudge_status get_tensor(const nu_tensor *t, double **values, nudge_error *err)
{
    char whose[32];
    size_t n = nu_tensor_count(t);
    NU_NEW(*values, nu_alloc, n, "a layer's weights", err);
    nu_tensor_get(t, 0, n, *values);
    snprintf(whose, sizeof whose, "of layer %zu", t->layer);
    return nu_exported_check_finite(*values, n, whose, err);
}

nu_exported_layer nu_exported_layer_of(const nu_exported *e, size_t network, size_t l)
{
    const nu_network *net = &nu_member_of(e->model, network)->net;
    return (nu_exported_layer){.in = net->width[l], .out = net->width[l + 1],
                               .activation = net->activation[l],
                               .normed = nu_layer_is_normed(net, l), .adds = nu_layer_adds(net, l)};
}

/* The factors of inputs become part of the weights (count of them) behind them. */
static nudge_status take_factors(const nudge_model *one, nudge_dtype dtype, double *weight,
                                 size_t count, nudge_error *err)
{
    const nu_network *net = &one->net;
    double *factor NU_FREED = NULL;
    nu_tensor t = nu_tensor_of(net, one->params, dtype, 2 * net->layers);
    NU_TRY(get_tensor(&t, &factor, err));
    for (size_t i = 0; i < count; i++) {
        weight[i] *= factor[i % net->width[0]];
        if (!isfinite(dtype == NUDGE_F32 ? (double)(float)weight[i] : weight[i]))
            return nu_fail(err, NUDGE_EDATA, "a weight of layer 0 times the factor of its input is "
                           "%g, no finite %s number", weight[i], nudge_dtype_name(dtype));
    }
    return NUDGE_OK;
}

nudge_status nu_exported_weights(const nu_exported *e, size_t network, size_t l, double **weight,
                                 double **bias, nudge_error *err)
{
    const nudge_model *one = nu_member_of(e->model, network);
    nudge_dtype dtype = e->model->dtype;
    double *weights NU_FREED = NULL, *biases NU_FREED = NULL;
    nu_tensor t = nu_tensor_of(&one->net, one->params, dtype, 2 * l);
    nu_tensor b = nu_tensor_of(&one->net, one->params, dtype, 2 * l + 1);
    NU_TRY(get_tensor(&t, &weights, err));
    NU_TRY(get_tensor(&b, &biases, err));
    if (l == 0 && one->net.input_factor)
        NU_TRY(take_factors(one, dtype, weights, nu_tensor_count(&t), err));
    *weight = NU_TAKE(weights);
    *bias = NU_TAKE(biases);
    return NUDGE_OK;
}
