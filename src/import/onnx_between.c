/* ONNX: what is between layers: norms, in one operator or in those that it is made of, and inputs
 * that are added to outputs. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"

static nudge_status next_stage(nu_graph *g, nu_norm_stage stage, const nu_symbol *of,
                               nu_symbol **out, nudge_error *err)
{
    NU_TRY(nu_units_value(g, NULL, out, err));
    (*out)->stage = stage;
    (*out)->of = of;
    return NUDGE_OK;
}

/* A part of a norm is of the layer as it is now. */
static nudge_status check_part(const nu_graph *g, const nu_symbol *v, nudge_error *err)
{
    if (v->stage != NU_NORM_NONE &&
        (v->layer + 1 != g->im->chain.layers || v->version != g->version))
        return nu_graph_refuse(g, err, "a layer comes between the parts of a norm");
    return NUDGE_OK;
}

/* What is normalised is what the layer gives. */
static nudge_status check_output(nu_graph *g, nu_symbol *v, nudge_error *err)
{
    const nu_chain *c = &g->im->chain;
    int is_exp = 0;
    NU_TRY(nu_units_end(g, v, &is_exp, err));
    if (is_exp || c->factor != NULL || c->shift != NULL || g->normed != NULL)
        return nu_graph_refuse(g, err, "what is normalised has factors of its units, or was "
                               "normalised");
    return NUDGE_OK;
}

static nudge_status end_norm(nu_graph *g, const nu_symbol *of, nu_symbol **out, nudge_error *err)
{
    g->normed = of;
    g->version++;
    NU_TRY(nu_units_value(g, NULL, out, err));
    (*out)->is_after = 1;
    return NUDGE_OK;
}

/* Whether the mean is of rows: by an attribute, or a second input. */
static nudge_status check_axes(nu_graph *g, nu_symbol *axes, nudge_error *err)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, "axes");
    int64_t axis = a != NULL && a->n_ints == 1 ? a->ints[0] : 0;
    if (axes != NULL && axes->kind == NU_IS_CONSTANT) {
        NU_TRY(nu_graph_decode(g, axes, err));
        axis = axes->n == 1 && axes->numbers != NULL && fabs(axes->numbers[0]) == 1 ? 1 : 0;
    }
    if ((axis != 1 && axis != -1) || nu_graph_int(g, "keepdims", 1) != 1)
        return nu_graph_refuse(g, err, "it is not the mean of each row, kept as a column");
    return NUDGE_OK;
}

nudge_status nu_take_mean(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out, nudge_error *err)
{
    nu_symbol *v = in[0];
    NU_TRY(check_axes(g, n > 1 ? in[1] : NULL, err));
    NU_TRY(check_part(g, v, err));
    if (v->kind == NU_IS_UNITS && v->stage == NU_NORM_SQUARES)
        return next_stage(g, NU_NORM_VARIANCE, v->of, out, err);
    if (v->kind != NU_IS_UNITS || v->rank != 2)
        return nu_graph_refuse(g, err, "it is of units of a layer");
    NU_TRY(check_output(g, v, err));
    return next_stage(g, NU_NORM_MEAN, v, out, err);
}

nudge_status nu_take_layer_norm(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                nudge_error *err)
{
    int64_t axis = nu_graph_int(g, "axis", -1);
    if (in[0]->kind != NU_IS_UNITS || !nu_is_along_row(in[0], axis) ||
        fabs(nu_graph_float(g, "epsilon", 1e-5) - 1e-5) > 1e-9)
        return nu_graph_refuse(g, err, "nudge's is of units of a row, with an epsilon of 1e-5");
    NU_TRY(nu_need_each(g, in, n, err));
    NU_TRY(check_output(g, in[0], err));
    NU_TRY(end_norm(g, in[0], out, err));
    return nu_units_scale(g, *out, in[1]->numbers, n > 2 ? in[2]->numbers : NULL, out, err);
}

/* in[1 - k] is a constant of one number, which is `value`. */
static int is_number(nu_symbol **in, int k, double value)
{
    const nu_symbol *c = in[1 - k];
    return c->kind == NU_IS_CONSTANT && c->n == 1 && c->rank <= 2 && c->numbers != NULL &&
           fabs(c->numbers[0] - value) <= 1e-9;
}

/* The last layer adds what it takes to what it gives. */
static nudge_status add_input(nu_graph *g, nu_symbol *gives, nu_symbol **out, nudge_error *err)
{
    nu_chain *c = &g->im->chain;
    int is_exp = 0;
    NU_TRY(nu_units_end(g, gives, &is_exp, err));
    if (is_exp || c->factor != NULL || c->shift != NULL || gives->is_after)
        return nu_graph_refuse(g, err, "a layer's input is added to something else than what its "
                               "activation gives");
    c->layer[c->layers - 1].adds = 1;
    g->version++;
    NU_TRY(nu_units_value(g, NULL, out, err));
    (*out)->is_after = 1;
    return NUDGE_OK;
}

nudge_status nu_take_between(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    const char *op = g->node->op_type;
    nu_symbol *a = in[0], *b = n > 1 ? in[1] : NULL;
    for (size_t k = 0; k < n; k++)
        if (in[k] == NULL || (in[k]->kind != NU_IS_UNITS && in[k]->kind != NU_IS_CONSTANT))
            return NUDGE_OK;
    for (size_t k = 0; k < n; k++)
        NU_TRY(check_part(g, in[k], err));
    if (n == 1)
        return strcmp(op, "Sqrt") == 0 && a->stage == NU_NORM_ABOVE_0
                   ? next_stage(g, NU_NORM_DEVIATION, a->of, out, err) : NUDGE_OK;
    for (int k = 0; k < 2; k++)
        if (in[k]->kind == NU_IS_CONSTANT)
            NU_TRY(nu_graph_decode(g, in[k], err));
    if (strcmp(op, "Sub") == 0 && b->stage == NU_NORM_MEAN && b->of == a)
        return next_stage(g, NU_NORM_CENTRED, a, out, err);
    if (a->stage == NU_NORM_CENTRED && ((strcmp(op, "Mul") == 0 && a == b) ||
                                        (strcmp(op, "Pow") == 0 && is_number(in, 0, 2))))
        return next_stage(g, NU_NORM_SQUARES, a, out, err);
    for (int k = 0; k < 2 && strcmp(op, "Add") == 0; k++) {
        if (in[k]->stage == NU_NORM_VARIANCE && is_number(in, k, 1e-5))
            return next_stage(g, NU_NORM_ABOVE_0, in[k]->of, out, err);
        if (in[1 - k]->kind == NU_IS_UNITS && in[k]->kind == NU_IS_UNITS && in[k] == g->from &&
            in[k]->rank == in[1 - k]->rank)
            return add_input(g, in[1 - k], out, err);
    }
    if (strcmp(op, "Div") == 0 && a->stage == NU_NORM_CENTRED && b->stage == NU_NORM_DEVIATION &&
        b->of == a)
        return end_norm(g, a->of, out, err);
    return NUDGE_OK;
}
