#include "import/imported.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model.h"
#include "prep/json_list.h"
#include "prep/prep.h"
#include "prep/prep_json.h"
#include "read/csv_encoding.h"

void nu_imported_end(nu_imported *im)
{
    nu_chain_end(&im->chain);
    json_decref(im->columns);
    free(im->factor);
    free(im->shift);
    nu_strings_free(im->labels, im->n_labels);
    nu_notes_free(&im->notes);
}

nudge_status nu_imported_check_text(const nu_imported *im, const char *text, nudge_error *err)
{
    if (nu_is_any_utf8(text, strlen(text)))
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: '%.80s' is no text of UTF-8, as names and labels must be",
                   im->path, text);
}

/* ---- The task --------------------------------------------------------------------------- */

static int has_classes(const nu_imported *im)
{
    return im->loss == NUDGE_CROSS_ENTROPY ||
           (im->loss == NUDGE_BCE && nu_chain_width(&im->chain) == 1);
}

static nudge_status refuse_task(const nu_imported *im, const char *why, nudge_error *err)
{
    return nu_fail_setting(err, NUDGE_EARGUMENT, "task", "%s: %s", im->path, why);
}

static void forget_labels(nu_imported *im)
{
    nu_strings_free(NU_TAKE(im->labels), im->n_labels);
    im->n_labels = 0;
}

static int is_plain(const nu_chain *c)
{
    for (size_t k = 0; k < nu_chain_width(c); k++)
        if ((c->factor != NULL && c->factor[k] != 1) || (c->shift != NULL && c->shift[k] != 0))
            return 0;
    return 1;
}

/* Plain outputs, or one sigmoid, as what classes are made of. */
static nudge_status take_classes(nu_imported *im, nudge_error *err)
{
    nu_chain *c = &im->chain;
    nu_chain_layer *last = &c->layer[c->layers - 1];
    if (last->activation == NUDGE_SIGMOID && last->out == 1 && is_plain(c)) {
        last->activation = NUDGE_IDENTITY;
    } else if (last->activation == NUDGE_IDENTITY) {
        nu_chain_scale(c, c->factor, c->shift);
        free(NU_TAKE(c->factor));
        free(NU_TAKE(c->shift));
    } else {
        return refuse_task(im, "the last activation makes numbers, no probabilities of classes",
                           err);
    }
    im->loss = last->out == 1 ? NUDGE_BCE : NUDGE_CROSS_ENTROPY;
    return NUDGE_OK;
}

static nudge_status take_task(nu_imported *im, const nudge_import_options *o, nudge_error *err)
{
    nu_chain *c = &im->chain;
    size_t outputs = nu_chain_width(c);
    if (o->task == NUDGE_CLASSIFICATION && im->loss == NUDGE_MSE) {
        NU_TRY(take_classes(im, err));
    } else if (o->task == NUDGE_REGRESSION && im->loss == NUDGE_CROSS_ENTROPY) {
        return refuse_task(im, "softmax makes probabilities of classes", err);
    } else if (o->task == NUDGE_REGRESSION && im->loss == NUDGE_BCE) {
        im->loss = NUDGE_MSE;
        c->layer[c->layers - 1].activation = NUDGE_SIGMOID;
    } else if (o->task == NUDGE_CLASSIFICATION && !has_classes(im)) {
        return refuse_task(im, "its outputs are numbers each, no probabilities of classes", err);
    }
    if (has_classes(im))
        return NUDGE_OK;
    forget_labels(im);
    if (o->n_classes > 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "classes", "%s: its outputs are numbers",
                               im->path);
    return nu_note(&im->notes, im->path, "task", err, "%zu output%s: %s", outputs,
                   outputs == 1 ? "" : "s", im->loss == NUDGE_BCE       ? "a probability each"
                                            : im->loss == NUDGE_POISSON ? "counts" : "numbers");
}

/* ---- Labels ----------------------------------------------------------------------------- */

static char *given_text(const void *texts, size_t k)
{
    return strdup(((const char *const *)texts)[k]);
}

static char *number_text(const void *unused, size_t k)
{
    char text[NU_LABEL_TEXT];
    (void)unused;
    return strdup(nu_label_text(text, (double)k));
}

static nudge_status take_labels(nu_imported *im, const nudge_import_options *o, nudge_error *err)
{
    size_t outputs = nu_chain_width(&im->chain), n = outputs == 1 ? 2 : outputs;
    if (o->n_classes > 0 && o->n_classes != n)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "classes", "%s has %zu classes, and %zu "
                               "labels are given", im->path, n, o->n_classes);
    if (im->n_labels > 0 && o->n_classes == 0)
        return im->n_labels == n ? NUDGE_OK
                                 : nu_fail(err, NUDGE_EDATA, "%s has %zu labels for %zu classes",
                                           im->path, im->n_labels, n);
    forget_labels(im);
    if (o->n_classes > 0)
        return nu_strings_make(&im->labels, &im->n_labels, n, given_text, o->classes, "classes",
                               err);
    NU_TRY(nu_strings_make(&im->labels, &im->n_labels, n, number_text, NULL, "classes", err));
    return nu_note(&im->notes, im->path, "classes", err, "%zu classes, called 0 to %zu%s", n, n - 1,
                   outputs == 1 ? "; the output is the probability of 1" : "");
}

/* ---- Preprocessing ---------------------------------------------------------------------- */

static json_t *text_item(const void *texts, size_t k)
{
    return json_string(((const char *const *)texts)[k]);
}

static json_t *target_item(const void *of, size_t k)
{
    size_t n = *(const size_t *)of;
    return n == 1 ? json_string("y") : json_sprintf("y%zu", k + 1);
}

/* n numbers, or one for all of them. */
static json_t *numbers_or(const double *numbers, size_t n, double otherwise)
{
    return numbers != NULL ? nu_json_numbers(numbers, n) : json_real(otherwise);
}

/* Columns of a matrix, with names. A missing number is taken for the shift, the middle. */
static nudge_status name_columns(nu_imported *im, const nudge_import_options *o, nudge_error *err)
{
    size_t n = im->chain.inputs;
    if (o->n_names == 0 && im->columns == NULL && im->pixels[0] == 0)
        return nu_note(&im->notes, im->path, "names", err,
                       n == 1 ? "one column, called x1" : "%zu columns, called x1 to x%zu", n, n);
    if (o->n_names == 0)
        return NUDGE_OK;
    if (im->columns != NULL)
        return NUDGE_OK; /* the reader saw to it */
    if (o->n_names != n)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "names", "%s takes %zu columns, and %zu names "
                               "are given", im->path, n, o->n_names);
    NU_NEED((im->columns = json_array()) != NULL, 64, "columns", err);
    for (size_t j = 0; j < n; j++) {
        NU_TRY(nu_imported_check_text(im, o->names[j], err));
        NU_NEED(json_array_append_new(im->columns,
                                      json_pack("{s:s, s:s, s:f}", "name", o->names[j], "kind",
                                                "number", "median",
                                                im->shift != NULL ? im->shift[j] : 0.0)) == 0,
                64, "columns", err);
    }
    return nu_note(&im->notes, im->path, NULL, err, "a missing number counts as %s",
                   im->shift != NULL ? "the middle of its scale" : "0");
}

/* Scales are finite, and factors not 0, nor so small that 1 / factor is infinite. */
static nudge_status check_scales(const nu_imported *im, nudge_error *err)
{
    const nu_chain *c = &im->chain;
    const struct {
        const double *numbers;
        size_t n;
        int is_factor;
    } lists[] = {{im->factor, c->inputs, 1}, {im->shift, c->inputs, 0},
                 {c->factor, nu_chain_width(c), 1}, {c->shift, nu_chain_width(c), 0}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; lists[i].numbers != NULL && k < lists[i].n; k++)
            if (!isfinite(lists[i].numbers[k]) ||
                (lists[i].is_factor && !isnormal(lists[i].numbers[k])))
                return nu_fail(err, NUDGE_EDATA, "%s: %s %zu is scaled by %g", im->path,
                               i < 2 ? "input" : "output", k + 1, lists[i].numbers[k]);
    return NUDGE_OK;
}

static json_t *inverse_item(const void *factor, size_t k)
{
    return json_real(1 / ((const double *)factor)[k]);
}

static json_t *prep_json(const nu_imported *im, size_t values)
{
    const nu_chain *c = &im->chain;
    size_t outputs = nu_chain_width(c), targets = im->n_labels > 0 ? 1 : outputs;
    json_t *factors = c->factor != NULL ? nu_json_list(outputs, inverse_item, c->factor)
                                        : json_real(1);
    json_t *json = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "loss",
                             nudge_loss_name(im->loss), "scale",
                             im->factor != NULL ? "standard" : "none", "shift",
                             numbers_or(im->shift, values, 0), "factor",
                             numbers_or(im->factor, values, 1), "targets",
                             nu_json_list(targets, target_item, &targets), "target_shift",
                             numbers_or(c->shift, outputs, 0), "target_factor", factors);
    int bad = im->columns != NULL
                  ? json_object_set(json, "columns", im->columns)
                  : json_object_set_new(json, "features", json_integer((json_int_t)values));
    if (im->pixels[0] > 0)
        bad |= json_object_set_new(json, "pixels", json_pack("[I, I]", (json_int_t)im->pixels[0],
                                                             (json_int_t)im->pixels[1]));
    if (im->n_labels > 0)
        bad |= json_object_set_new(json, "classes",
                                   nu_json_list(im->n_labels, text_item, im->labels));
    if (bad == 0)
        return json;
    json_decref(json);
    return NULL;
}

/* ---- The model -------------------------------------------------------------------------- */

/* f32 holds all weights exactly. */
static int fits_f32(const nu_chain *c)
{
    for (size_t l = 0; l < c->layers; l++) {
        const nu_chain_layer *layer = &c->layer[l];
        for (size_t i = 0; i < layer->in * layer->out; i++)
            if ((double)(float)layer->weight[i] != layer->weight[i])
                return 0;
        for (size_t o = 0; o < layer->out; o++)
            if ((double)(float)layer->bias[o] != layer->bias[o])
                return 0;
    }
    return 1;
}

static nudge_status take_weights(nudge_model *model, nu_chain *c, nudge_error *err)
{
    for (size_t l = 0; l < c->layers; l++) {
        NU_TRY(nudge_model_set_layer(model, l, c->layer[l].weight, c->layer[l].bias, err));
        free(NU_TAKE(c->layer[l].weight));
    }
    return NUDGE_OK;
}

/* What is between layers is the same for all of a model: norms, of all but the first; what is added
 * to layers that are as wide as their input, but for the first and the last. */
static nudge_status check_between(const nu_chain *c, nudge_model_options *o, nudge_error *err)
{
    size_t n = c->layers, may_add = 0, adds = 0, normed = 0;
    for (size_t l = 0; l < n; l++) {
        int may = l > 0 && l + 1 < n && c->layer[l].in == c->layer[l].out;
        may_add += (size_t)may;
        adds += (size_t)c->layer[l].adds;
        normed += (size_t)c->layer[l].normed;
        if (c->layer[l].adds && !may)
            return nu_fail(err, NUDGE_EDATA, "layer %zu adds its input, which in nudge none does "
                           "that is the first or the last", l + 1);
    }
    if ((adds > 0 && adds != may_add) || (normed > 0 && (c->layer[0].normed || normed != n - 1)))
        return nu_fail(err, NUDGE_EDATA, "some layers %s their input, and not all that could",
                       normed > 0 && normed != n - 1 ? "normalise" : "add");
    o->layer_norm = normed > 0;
    o->residual = adds > 0;
    return NUDGE_OK;
}

static nudge_status create(nudge_model **model, const nu_imported *im, const nudge_prep *prep,
                           nudge_error *err)
{
    const nu_chain *c = &im->chain;
    size_t *widths NU_FREED = NULL;
    nudge_activation *activations NU_FREED = NULL;
    nudge_model_options o = nudge_model_defaults();
    NU_NEW(widths, calloc, c->layers + 1, "layers", err);
    NU_NEW(activations, calloc, c->layers, "layers", err);
    widths[0] = c->inputs;
    for (size_t l = 0; l < c->layers; l++) {
        widths[l + 1] = c->layer[l].out;
        activations[l] = c->layer[l].activation;
    }
    NU_TRY(check_between(c, &o, err));
    o.dtype = fits_f32(c) ? NUDGE_F32 : NUDGE_F64;
    o.layers = c->layers;
    o.widths = widths;
    o.activations = activations;
    o.loss = im->loss;
    o.init = NUDGE_INIT_ZEROS;
    return nudge_model_create(model, &o, prep, err);
}

/* Messages of what was not asked for but is in the file begin with its path. */
static nudge_status of_file(const nu_imported *im, nudge_status status, const nudge_error *inner,
                            nudge_error *err)
{
    if (status == NUDGE_OK)
        return NUDGE_OK;
    return nu_fail(err, status == NUDGE_EMEMORY ? status : NUDGE_EDATA, "%s: %s", im->path,
                   inner->text);
}

nudge_status nu_imported_model(nudge_model **model, nu_imported *im,
                               const nudge_import_options *o, nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    nudge_prep *prep NU_SCOPED(nu_prep_drop) = NULL;
    nudge_error inner;
    NU_TRY(take_task(im, o, err));
    if (has_classes(im))
        NU_TRY(take_labels(im, o, err));
    for (size_t k = 0; k < im->n_labels; k++)
        NU_TRY(nu_imported_check_text(im, im->labels[k], err));
    NU_TRY(check_scales(im, err));
    NU_TRY(name_columns(im, o, err));
    json_auto_t *json = prep_json(im, im->chain.inputs);
    NU_NEED(json != NULL, 1024, "preprocessing", err);
    NU_TRY(nu_prep_from_json(&prep, json, im->path, err));
    prep->notes = im->notes;
    im->notes = (nu_notes){0};
    NU_TRY(of_file(im, create(&m, im, prep, &inner), &inner, err));
    NU_TRY(of_file(im, take_weights(m, &im->chain, &inner), &inner, err));
    *model = NU_TAKE(m);
    return NUDGE_OK;
}
