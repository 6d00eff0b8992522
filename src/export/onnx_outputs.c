/* ONNX: from what networks give to predictions. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/onnx_parts.h"

/* ---- Classes ---------------------------------------------------------------------------- */

static void add_classes(nu_onnx *g, const nu_exported *e, nu_wire y)
{
    nu_wire p = y;
    if ((e->traits & NU_TWO) != 0) {
        p = nu_onnx_node(g, "Concat", 2, (const nu_wire[]){NU_FORMULA(g, "1 a Sub", y), y});
        nu_onnx_set_whole(g, "axis", 1);
    }
    nu_wire likeliest = nu_onnx_node(g, "ArgMax", 1, &p);
    nu_onnx_set_whole(g, "axis", 1);
    nu_onnx_set_whole(g, "keepdims", 0);
    nu_wire labels = nu_onnx_texts(g, e->labels, e->n_labels);
    nu_onnx_output(g, "label", NU_ONNX_STRING, 0, NU_FORMULA(g, "a b Take", labels, likeliest));
    nu_onnx_output(g, "probabilities", g->real, e->n_labels, p);
}

/* ---- Numbers ---------------------------------------------------------------------------- */

/* Numbers of all targets, as lists. */
typedef struct targets {
    double *shift, *factor, *lambda, *most, *width;
} targets;

static void free_targets(targets *t)
{
    free(t->shift);
    free(t->factor);
    free(t->lambda);
    free(t->most);
    free(t->width);
}

static nudge_status take_targets(targets *t, const nu_exported *e, nudge_error *err)
{
    const struct {
        const char *key;
        double **to;
    } lists[] = {{"shift", &t->shift}, {"factor", &t->factor}, {"lambda", &t->lambda},
                 {"most", &t->most}, {"width", &t->width}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        NU_NEW(*lists[i].to, nu_alloc_zero, e->outputs, "targets", err);
    for (size_t k = 0; k < e->outputs; k++) {
        nu_record r;
        t->most[k] = INFINITY;
        nu_exported_target(e, k, &r);
        for (size_t f = 0; f < r.n; f++)
            for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
                if (strcmp(r.field[f].key, lists[i].key) == 0)
                    (*lists[i].to)[k] = r.field[f].number;
    }
    return NUDGE_OK;
}

/* The inverse of (v^lambda - 1) / lambda. Where lambda is 0, 1 is in its place in what is not used
 * there; the logarithm's operand is held above 0 likewise. */
static nu_wire box_cox(nu_onnx *g, const nu_exported *e, const targets *t, nu_wire y)
{
    size_t n = e->outputs;
    nu_wire power = nu_onnx_numbers(g, t->lambda, 0, n), most = nu_onnx_numbers(g, t->most, 0, n);
    nu_wire safe = NU_FORMULA(g, "a 0 Equal 1 a Where", power);
    nu_wire at = NU_FORMULA(g, "a b Mul", safe, y);
    nu_wire inside = NU_FORMULA(g, "a 1 Add 1e-37 Max Log b Div Exp c Min", at, safe, most);
    nu_wire outside = NU_FORMULA(g, "a 0 Greater 0 b Where", power, most);
    return NU_FORMULA(g, "a 0 Equal b Exp c -1 LessOrEqual d e Where Where", power, y, at, outside,
                      inside);
}

static nu_wire untransformed(nu_onnx *g, const nu_exported *e, const targets *t, nu_wire y)
{
    if ((e->traits & NU_BOX_COX) != 0)
        return box_cox(g, e, t, y);
    return NU_FORMULA(g, e->traits & NU_LOG     ? "a Exp"
                         : e->traits & NU_LOG1P ? "a Exp 1 Sub" : "a", y);
}

/* The ends of intervals, from predictions that are not transformed back. */
static void add_interval(nu_onnx *g, const nu_exported *e, const targets *t, nu_wire y)
{
    nu_wire width = nu_onnx_numbers(g, t->width, 0, e->outputs);
    int are_counts = (e->traits & NU_EXP) != 0; /* which no transform is of */
    nu_wire low = NU_FORMULA(g, are_counts ? "a b Sub 0 Max" : "a b Sub", y, width);
    nu_wire high = NU_FORMULA(g, "a b Add", y, width);
    nu_onnx_output(g, "low", g->real, e->outputs, untransformed(g, e, t, low));
    nu_onnx_output(g, "high", g->real, e->outputs, untransformed(g, e, t, high));
}

static nudge_status add_numbers(nu_onnx *g, const nu_exported *e, nu_wire y, nudge_error *err)
{
    targets t NU_SCOPED(free_targets) = {0};
    size_t n = e->outputs;
    NU_TRY(take_targets(&t, e, err));
    if ((e->traits & NU_UNSCALED) != 0)
        y = NU_FORMULA(g, "a b Div c Add", y, nu_onnx_numbers(g, t.factor, 0, n),
                       nu_onnx_numbers(g, t.shift, 0, n));
    nu_onnx_output(g, "variable", g->real, n, untransformed(g, e, &t, y));
    if ((e->traits & NU_INTERVALS) != 0)
        add_interval(g, e, &t, y);
    return NUDGE_OK;
}

nudge_status nu_onnx_outputs(nu_onnx *g, const nu_exported *e, nu_wire y, nudge_error *err)
{
    nu_onnx_scope(g, "outputs");
    if ((e->traits & NU_CLASSES) == 0)
        return add_numbers(g, e, y, err);
    add_classes(g, e, y);
    return NUDGE_OK;
}
