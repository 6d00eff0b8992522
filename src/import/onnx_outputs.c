/* ONNX: what follows the last layer. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"
#include "prep/prep.h"

/* Softmax and the largest are of a row: [N, n]. */
static nudge_status check_axis(const nu_graph *g, const nu_symbol *v, int64_t otherwise,
                               nudge_error *err)
{
    int64_t axis = nu_graph_int(g, "axis", otherwise);
    return nu_is_along_row(v, axis)
               ? NUDGE_OK : nu_graph_refuse(g, err, "along axis %lld, not along a row",
                                            (long long)axis);
}

/* Probabilities, [N, n]. */
static nudge_status new_chances(nu_graph *g, nu_symbol **out, size_t n, nudge_error *err)
{
    NU_TRY(nu_graph_symbol(g, out, NU_IS_CHANCES, n, err));
    (*out)->rank = 2;
    (*out)->dim[1] = n;
    return NUDGE_OK;
}

/* v, plain outputs, as logits of classes. */
static nudge_status take_logits(nu_graph *g, nu_symbol *v, nudge_error *err)
{
    int is_exp;
    if (v->kind != NU_IS_UNITS || v->n < 2)
        return nu_graph_refuse(g, err, "it is of 2 units or more");
    NU_TRY(nu_units_straighten(g, &v, err));
    NU_TRY(nu_units_end(g, v, &is_exp, err));
    if (is_exp || v->is_after || g->im->chain.layer[v->layer].activation != NUDGE_IDENTITY)
        return nu_graph_refuse(g, err, "it is of units without activation");
    g->im->loss = NUDGE_CROSS_ENTROPY;
    return NUDGE_OK;
}

nudge_status nu_take_softmax(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    (void)n;
    NU_TRY(check_axis(g, in[0], -1, err));
    NU_TRY(take_logits(g, in[0], err));
    if (strcmp(g->node->op_type, "LogSoftmax") == 0)
        NU_TRY(nu_note(&g->im->notes, g->im->path, NULL, err, "its outputs are logarithms of "
                       "probabilities; the model's are the probabilities"));
    return new_chances(g, out, in[0]->n, err);
}

nudge_status nu_units_pair(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                           nudge_error *err)
{
    int is_exp;
    if (n != 2 || in[1] == NULL || in[1]->kind != NU_IS_UNITS || in[0]->n != 1 || in[1]->n != 1 ||
        in[1]->rank != 2 || in[0]->probe == NULL || in[1]->probe == NULL)
        return nu_graph_refuse(g, err, "units beside each other are 1 - p and p of two classes");
    NU_TRY(nu_units_check(g, in[0], err));
    for (size_t i = 0; i < NU_PROBES; i++)
        if (!(fabs(in[0]->probe[i] + in[1]->probe[i] - 1) <= 1e-9))
            return nu_graph_refuse(g, err, "what it puts together are not 1 - p and p");
    NU_TRY(nu_units_end(g, in[1], &is_exp, err));
    if (is_exp || g->im->chain.layer[in[1]->layer].activation != NUDGE_SIGMOID)
        return nu_graph_refuse(g, err, "the second of two classes has a sigmoid");
    g->im->loss = NUDGE_BCE; /* so that no layer comes behind */
    return new_chances(g, out, 2, err);
}

/* ---- Labels ----------------------------------------------------------------------------- */

nudge_status nu_take_argmax(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                            nudge_error *err)
{
    (void)n;
    NU_TRY(check_axis(g, in[0], 0, err));
    if (nu_graph_int(g, "select_last_index", 0) != 0)
        return nu_graph_refuse(g, err, "of equal ones the last: nudge takes the first");
    if (in[0]->kind != NU_IS_CHANCES)
        NU_TRY(take_logits(g, in[0], err));
    return nu_graph_symbol(g, out, NU_IS_LABELS, 1, err);
}

/* Which of several labels a row has: those with a probability above a half. */
nudge_status nu_take_binarizer(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                               nudge_error *err)
{
    int is_exp;
    (void)n;
    if (in[0]->kind != NU_IS_UNITS || nu_graph_float(g, "threshold", 0) != 0.5)
        return nu_graph_refuse(g, err, "it is of probabilities, at a half");
    NU_TRY(nu_units_end(g, in[0], &is_exp, err));
    if (in[0]->is_after || g->im->chain.layer[in[0]->layer].activation != NUDGE_SIGMOID)
        return nu_graph_refuse(g, err, "it is of probabilities, by sigmoid");
    g->im->loss = NUDGE_BCE; /* so that no layer comes behind */
    return nu_graph_symbol(g, out, NU_IS_LABELS, in[0]->n, err);
}

static char *label_text(const void *of, size_t k)
{
    const nu_symbol *v = of;
    char text[NU_LABEL_TEXT];
    return strdup(v->texts != NULL ? v->texts[k] : nu_label_text(text, v->numbers[k]));
}

static nudge_status set_labels(nu_graph *g, const nu_symbol *v, nudge_error *err)
{
    nu_imported *im = g->im;
    for (size_t k = 0; v->numbers != NULL && k < v->n; k++)
        if (!isfinite(v->numbers[k]) || v->numbers[k] != floor(v->numbers[k]))
            return nu_graph_refuse(g, err, "label %g is no whole number", v->numbers[k]);
    if (im->labels == NULL)
        return nu_strings_make(&im->labels, &im->n_labels, v->n, label_text, v, "labels", err);
    for (size_t k = 0; k < v->n; k++) {
        char *text NU_FREED = label_text(v, k);
        NU_NEED(text != NULL, 64, "labels", err);
        if (im->n_labels != v->n || strcmp(im->labels[k], text) != 0)
            return nu_graph_refuse(g, err, "its labels are others than those before");
    }
    return NUDGE_OK;
}

nudge_status nu_take_labels(nu_graph *g, nu_symbol *constants, nu_symbol **out,
                            nudge_error *err)
{
    NU_TRY(nu_graph_decode(g, constants, err));
    if (constants->n == 0)
        return nu_graph_refuse(g, err, "there are no labels");
    NU_TRY(set_labels(g, constants, err));
    return nu_graph_symbol(g, out, NU_IS_LABELS, 1, err);
}

/* Probabilities by label: the labels are attributes. */
nudge_status nu_take_zip_map(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    const Onnx__AttributeProto *texts = nu_graph_attribute(g, "classlabels_strings");
    const Onnx__AttributeProto *a = texts != NULL ? texts
                                                  : nu_graph_attribute(g, "classlabels_int64s");
    size_t count = a == NULL ? 0 : texts != NULL ? a->n_strings : a->n_ints;
    nu_symbol *labels;
    (void)n;
    if (in[0]->kind != NU_IS_CHANCES || count != in[0]->n)
        return nu_graph_refuse(g, err, "it is of probabilities, which have a label each");
    NU_TRY(nu_graph_symbol(g, &labels, NU_IS_CONSTANT, count, err));
    if (texts != NULL)
        NU_NEW(labels->texts, calloc, count, "labels", err);
    else
        NU_TRY(nu_chain_zeros(&labels->numbers, count, err));
    for (size_t k = 0; k < count; k++) {
        if (texts == NULL)
            labels->numbers[k] = (double)a->ints[k];
        else
            NU_NEED((labels->texts[k] = strndup(nu_text_of((const char *)a->strings[k].data),
                                                a->strings[k].len)) != NULL, 64, "labels", err);
    }
    NU_TRY(set_labels(g, labels, err));
    return new_chances(g, out, count, err);
}

/* ---- Ends ------------------------------------------------------------------------------- */

static nudge_status take_output(nu_graph *g, const char *name, nudge_error *err)
{
    size_t number = nu_dictionary_find(&g->names, name, strlen(name));
    nu_symbol *v = number != NU_NOT_FOUND ? g->value[number] : NULL;
    g->node = v != NULL ? v->node : NULL;
    if (v == NULL || (v->kind != NU_IS_UNITS && v->kind != NU_IS_CHANCES &&
                      v->kind != NU_IS_LABELS))
        return nu_graph_refuse(g, err, "output '%.80s' is nothing that a layer gives", name);
    if (v->kind != NU_IS_UNITS)
        return NUDGE_OK;
    int is_exp;
    NU_TRY(nu_units_end(g, v, &is_exp, err));
    g->is_exp |= is_exp;
    return NUDGE_OK;
}

nudge_status nu_graph_outputs(nu_graph *g, nudge_error *err)
{
    nu_chain *c = &g->im->chain;
    for (size_t i = 0; i < g->graph->n_output; i++)
        NU_TRY(take_output(g, nu_text_of(g->graph->output[i]->name), err));
    g->node = NULL;
    if (c->layers == 0 || g->graph->n_output == 0)
        return nu_graph_refuse(g, err, "it has no layers, or no outputs");
    if (g->normed != NULL)
        return nu_graph_refuse(g, err, "its outputs are normalised, which no model's are");
    nu_chain_layer *last = &c->layer[c->layers - 1];
    if (g->is_exp) {
        g->im->loss = NUDGE_POISSON;
    } else if (last->activation == NUDGE_SIGMOID && c->factor == NULL && c->shift == NULL) {
        last->activation = NUDGE_IDENTITY;
        g->im->loss = NUDGE_BCE;
    } else if (g->im->loss == NUDGE_BCE) {
        return nu_graph_refuse(g, err, "more follows its probabilities");
    }
    return NUDGE_OK;
}
