/* ONNX: from a row's cells to the network's inputs. Cells are scaled in double, as nudge does. */
#include "core/memory.h"
#include "core/status.h"
#include "export/onnx_parts.h"
#include "quantiles.h"

static nu_wire list_of(nu_onnx *g, const nu_field *f)
{
    return nu_onnx_numbers(g, f->numbers, 0, f->n);
}

static nu_wire number_of(nu_onnx *g, const nu_field *f)
{
    return nu_onnx_numbers(g, &f->number, 0, 1);
}

/* ---- Scales ----------------------------------------------------------------------------- */

/* nu_normal_quantile() of 0 < part < 1, which are no nearer to 0 and 1 than 1e-8. */
static nu_wire normal_quantile(nu_onnx *g, nu_wire part)
{
    nu_wire off = NU_FORMULA(g, "a 0.5 Sub", part);
    nu_wire r = NU_FORMULA(g, "0.180625 a a Mul Sub", off);
    nu_wire middle = NU_FORMULA(g, "a b Mul c Div", off,
                                nu_onnx_polynomial(g, nu_normal_middle[0], r),
                                nu_onnx_polynomial(g, nu_normal_middle[1], r));
    nu_wire s = NU_FORMULA(g, "a 1 a Sub Min Log Neg Sqrt 1.6 Sub", part);
    nu_wire side = NU_FORMULA(g, "a b Div", nu_onnx_polynomial(g, nu_normal_side[0], s),
                              nu_onnx_polynomial(g, nu_normal_side[1], s));
    return NU_FORMULA(g, "a Abs 0.425 LessOrEqual b 0 a Greater c Neg c Where Where", off, middle,
                      side);
}

/* nu_quantile_scaled(): x is at, or between, those quantiles that are not above it (`end` of them)
 * and not below it (from `first`, counted from 0). */
static nu_wire quantile_scaled(nu_onnx *g, const nu_field *f, nu_wire x)
{
    double n = (double)f->n, ends[2] = {f->numbers[0], f->numbers[f->n - 1]};
    nu_wire q = list_of(g, f), count = nu_onnx_numbers(g, &n, 0, 1);
    nu_wire least = nu_onnx_numbers(g, &ends[0], 0, 1), most = nu_onnx_numbers(g, &ends[1], 0, 1);
    nu_wire first = NU_FORMULA(g, "b a Greater Double Mean c Mul 0.25 Add Whole", q, x, count);
    nu_wire end = NU_FORMULA(g, "a b LessOrEqual Double Mean c Mul 0.25 Add Whole", q, x, count);
    nu_wire one = nu_onnx_whole(g, 1), zero = nu_onnx_whole(g, 0);
    nu_wire last = nu_onnx_whole(g, (int64_t)f->n - 1);
    nu_wire low = NU_FORMULA(g, "a b c Sub d Max Take", q, first, one, zero);
    nu_wire high = NU_FORMULA(g, "a b c Min Take", q, first, last);
    nu_wire equal = NU_FORMULA(g, "a b Add Double 1 Sub 2 Div", first, end);
    nu_wire between = NU_FORMULA(g, "a Double 1 Sub d b Sub c b Sub 1e-300 Max Div Add", first,
                                  low, high, x);
    nu_wire place = NU_FORMULA(g, "b a Greater c d Where", first, end, equal, between);
    nu_wire part = NU_FORMULA(g, "a b LessOrEqual 0 c a LessOrEqual 1 d e 1 Sub Div Where Where", x,
                               least, most, place, count);
    return normal_quantile(g, NU_FORMULA(g, "a 9.9999999777955395e-08 Max 0.99999990000000022 Min",
                                         part));
}

static nu_wire robust(nu_onnx *g, const nu_exported *e, nu_wire z)
{
    return e->traits & NU_ROBUST ? NU_FORMULA(g, "a 1 a 3 Div a 3 Div Mul Add Sqrt Div", z) : z;
}

/* A number in double, scaled; of the network's type. */
static nu_wire scaled(nu_onnx *g, const nu_exported *e, const nu_record *r, nu_wire x)
{
    const nu_field *quantiles = nu_record_field(r, "quantiles");
    const nu_field *shift = nu_record_field(r, "shift");
    if (quantiles != NULL)
        x = quantile_scaled(g, quantiles, x);
    else if (shift != NULL)
        x = robust(g, e, NU_FORMULA(g, "a b Sub c Mul", x, number_of(g, shift),
                                    number_of(g, nu_record_field(r, "factor"))));
    return NU_FORMULA(g, "a Real", x);
}

/* ---- Codes ------------------------------------------------------------------------------ */

/* The place of z in each bin. */
static nudge_status add_bins(nu_onnx *g, const nu_field *bins, nu_wire z, nu_wires *x,
                             nudge_error *err)
{
    double *width NU_FREED = NULL;
    NU_NEW(width, nu_alloc, bins->n, "widths of bins", err);
    for (size_t k = 0; k + 1 < bins->n; k++)
        width[k] = bins->numbers[k + 1] - bins->numbers[k];
    nu_onnx_add(g, x, NU_FORMULA(g, "a Double b Sub c Div 0 Max 1 Min Real", z,
                                 nu_onnx_numbers(g, bins->numbers, 0, bins->n - 1),
                                 nu_onnx_numbers(g, width, 0, bins->n - 1)));
    return NUDGE_OK;
}

/* cos(2 pi f z), which is sin(2 pi f z + pi / 2), and sin(2 pi f z) of each f. */
static nudge_status add_waves(nu_onnx *g, const nu_field *frequencies, nu_wire z, nu_wires *x,
                              nudge_error *err)
{
    size_t n = frequencies->n;
    double *speed NU_FREED = NULL;
    NU_NEW(speed, nu_alloc, n, "frequencies", err);
    for (size_t k = 0; k < n; k++)
        speed[k] = 2 * 3.14159265358979323846 * frequencies->numbers[k];
    nu_wire angle = NU_FORMULA(g, "a Double b Mul", z, nu_onnx_numbers(g, speed, 0, n));
    for (size_t k = 0; k < n; k++) {
        nu_wire one = NU_FORMULA(g, "a b Column", angle, nu_onnx_whole(g, (int64_t)k));
        nu_onnx_add(g, x, NU_FORMULA(g, "a Cos Real", one));
        nu_onnx_add(g, x, NU_FORMULA(g, "a Sin Real", one));
    }
    return NUDGE_OK;
}

/* From a number in double to what follows of it. */
static nudge_status add_value(nu_onnx *g, const nu_exported *e, const nu_record *r, nu_wire v,
                              nu_wires *x, nudge_error *err)
{
    const nu_field *bins = nu_record_field(r, "bins");
    const nu_field *frequencies = nu_record_field(r, "frequencies");
    nu_wire z = scaled(g, e, r, v);
    nu_onnx_add(g, x, z);
    if (bins != NULL)
        NU_TRY(add_bins(g, bins, z, x, err));
    if (frequencies != NULL)
        NU_TRY(add_waves(g, frequencies, z, x, err));
    return NUDGE_OK;
}

/* ---- Columns ---------------------------------------------------------------------------- */

/* The number of the category in a cell; that behind the last: another one, -1: none. */
static nudge_status category(nu_onnx *g, const nu_record *r, nu_wire cell, nu_wire *code,
                             nudge_error *err)
{
    const nu_field *categories = nu_record_field(r, "categories");
    size_t n = categories->n;
    static char missing[] = "";
    char **texts NU_FREED = NULL;
    int64_t *codes NU_FREED = NULL;
    NU_NEW(texts, nu_alloc, n + 1, "categories", err);
    NU_NEW(codes, nu_alloc, n + 1, "categories", err);
    for (size_t k = 0; k < n; k++) {
        texts[k] = categories->texts[k];
        codes[k] = (int64_t)k;
    }
    texts[n] = missing;
    codes[n] = -1;
    *code = nu_onnx_node(g, "LabelEncoder", 1, &cell);
    nu_onnx_set_domain(g, "ai.onnx.ml");
    nu_onnx_set_texts(g, "keys_strings", texts, n + 1);
    nu_onnx_set_wholes(g, "values_int64s", codes, n + 1);
    nu_onnx_set_whole(g, "default_int64", nu_record_field(r, "other") != NULL ? (int64_t)n : -1);
    return NUDGE_OK;
}

/* An input for each category: 0 or 1, or what `on` and `off` say. */
static nudge_status add_one_hot(nu_onnx *g, const nu_record *r, nu_wire code, nu_wires *x,
                                nudge_error *err)
{
    const nu_field *on = nu_record_field(r, "on");
    size_t n = nu_record_field(r, "categories")->n + (nu_record_field(r, "other") != NULL);
    double *number NU_FREED = NULL;
    NU_NEW(number, nu_alloc, n, "numbers of categories", err);
    for (size_t k = 0; k < n; k++)
        number[k] = (double)k;
    nu_wire is = NU_FORMULA(g, "a Double b Equal", code, nu_onnx_numbers(g, number, 0, n));
    nu_onnx_add(g, x, on == NULL ? NU_FORMULA(g, "a Real", is)
                                 : NU_FORMULA(g, "a b c Where Real", is, list_of(g, on),
                                              list_of(g, nu_record_field(r, "off"))));
    return NUDGE_OK;
}

static nudge_status add_category(nu_onnx *g, const nu_exported *e, const nu_record *r,
                                 nu_wires *x, nudge_error *err)
{
    const nu_field *sides = nu_record_field(r, "sides");
    nu_wire code;
    NU_TRY(category(g, r, nu_onnx_input(g, r->field[0].text, NU_ONNX_STRING, 1), &code, err));
    if (nu_record_field(r, "ordinal") != NULL)
        return add_value(g, e, r, NU_FORMULA(g, "a Double", code), x, err);
    if (sides == NULL)
        return add_one_hot(g, r, code, x, err);
    nu_onnx_add(g, x, NU_FORMULA(g, "a b Take Real", list_of(g, sides), code)); /* -1: the last */
    return NUDGE_OK;
}

/* A column of numbers, of which NaN are missing. Dates are days since 1970-01-01, in double, as
 * seconds would be lost in float. */
static nudge_status add_number(nu_onnx *g, const nu_exported *e, const nu_record *r, nu_wires *x,
                               nudge_error *err)
{
    nu_onnx_type type = nu_record_field(r, "date") != NULL ? NU_ONNX_DOUBLE : g->real;
    nu_wire fill = number_of(g, nu_record_field(r, "fill"));
    nu_wire cell = nu_onnx_input(g, r->field[0].text, type, 1);
    nu_wire v = type == NU_ONNX_DOUBLE ? cell : NU_FORMULA(g, "a Double", cell);
    v = NU_FORMULA(g, "a IsNaN b a Where", v, fill);
    NU_TRY(add_value(g, e, r, v, x, err));
    if (nu_record_field(r, "missing") != NULL)
        nu_onnx_add(g, x, NU_FORMULA(g, "a IsNaN Real", cell));
    return NUDGE_OK;
}

/* ---- All -------------------------------------------------------------------------------- */

/* Columns of one matrix whose scales are two lists. */
static nudge_status scale_matrix(nu_onnx *g, const nu_exported *e, nu_wire *x, nudge_error *err)
{
    double *shift NU_FREED = NULL, *factor NU_FREED = NULL;
    size_t n = (e->traits & NU_RECORDS) != 0 ? e->columns : 1;
    NU_NEW(shift, nu_alloc, n, "scales", err);
    NU_NEW(factor, nu_alloc, n, "scales", err);
    for (size_t j = 0; j < n; j++) {
        shift[j] = e->model->prep->shift[j];
        factor[j] = e->model->prep->factor[j];
    }
    nu_wire z = NU_FORMULA(g, "a Double b Sub c Mul", *x, nu_onnx_numbers(g, shift, 0, n),
                            nu_onnx_numbers(g, factor, 0, n));
    *x = NU_FORMULA(g, "a Real", robust(g, e, z));
    return NUDGE_OK;
}

/* Column j of a table, which is an input of its own, or of a matrix. */
static nudge_status add_column(nu_onnx *g, const nu_exported *e, nu_wire matrix, size_t j,
                               size_t *value, nu_wires *x, nudge_error *err)
{
    nu_record r NU_SCOPED(nu_record_end) = {0};
    NU_TRY(nu_exported_column(e, j, value, &r, err));
    nu_onnx_scope(g, "column%zu", j + 1);
    if (matrix != NULL)
        return add_value(g, e, &r, NU_FORMULA(g, "a b Column Double", matrix,
                                              nu_onnx_whole(g, (int64_t)j)), x, err);
    return nu_record_field(&r, "categories") != NULL ? add_category(g, e, &r, x, err)
                                              : add_number(g, e, &r, x, err);
}

static nudge_status add_inputs(nu_onnx *g, const nu_exported *e, nu_wire *x, nudge_error *err)
{
    const nudge_prep *p = e->model->prep;
    nu_wires parts = {0};
    nu_onnx_scope(g, "inputs");
    nu_wire matrix = p == NULL || p->n_columns == 0 ? nu_onnx_input(g, "X", g->real, e->columns)
                                                     : NULL;
    *x = matrix;
    if (matrix != NULL && (e->traits & (NU_QUANTILES | NU_BINS | NU_WAVES)) == 0)
        return (e->traits & NU_SCALED) != 0 ? scale_matrix(g, e, x, err) : NUDGE_OK;
    for (size_t j = 0, value = 0; j < e->columns; j++)
        NU_TRY(add_column(g, e, matrix, j, &value, &parts, err));
    nu_onnx_scope(g, "inputs");
    *x = nu_onnx_node(g, "Concat", parts.n, (const nu_wire *)parts.name);
    nu_onnx_set_whole(g, "axis", 1);
    return NUDGE_OK;
}

nudge_status nu_onnx_inputs(nu_onnx *g, const nu_exported *e, nu_wire *x, nudge_error *err)
{
    g->type = NU_ONNX_DOUBLE;
    nudge_status status = add_inputs(g, e, x, err);
    g->type = g->real;
    return status;
}
