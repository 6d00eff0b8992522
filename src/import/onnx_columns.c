/* ONNX: columns of the data, from the graph's inputs on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"
#include "prep/prep.h"

static void set_shape(nu_symbol *v, size_t rank, const size_t *dim, int type)
{
    v->rank = rank;
    memcpy(v->dim, dim, rank * sizeof *dim);
    v->type = type;
}

static nudge_status new_columns(nu_graph *g, nu_symbol **v, nu_symbol_kind kind, size_t n,
                                nudge_error *err)
{
    if (n == 0 || n > NU_MOST_FEATURES - g->features)
        return nu_graph_refuse(g, err, "%zu columns: from 1 to %d are possible, of all nodes "
                               "together", n, NU_MOST_FEATURES);
    g->features += n;
    NU_TRY(nu_graph_symbol(g, v, kind, n, err));
    NU_NEW((*v)->feature, nu_alloc_zero, n, "columns", err);
    return NUDGE_OK;
}

static nudge_status copy_columns(nu_graph *g, nu_symbol **v, nu_symbol_kind kind,
                                 const nu_symbol *from, nudge_error *err)
{
    if (from->kind != NU_IS_COLUMNS || from->feature == NULL)
        return nu_graph_refuse(g, err, "it is of columns, whose number is known");
    NU_TRY(new_columns(g, v, kind, from->n, err));
    memcpy((*v)->feature, from->feature, from->n * sizeof *from->feature);
    set_shape(*v, from->rank, from->dim, from->type);
    return NUDGE_OK;
}

/* ---- Inputs ----------------------------------------------------------------------------- */

/* The name of column j of n: what the caller wants, else the input's, or x1, x2, ... of the only
 * input, whose name says nothing. */
static char *name_of(const nu_graph *g, const char *input, size_t j, size_t n)
{
    char *name = NULL, text[NU_NAME_TEXT];
    if (!g->has_names)
        return strdup(g->options->n_names > 0 ? g->options->names[j]
                                              : nu_matrix_name(text, 0, j));
    if (n == 1)
        return strdup(input);
    return asprintf(&name, "%s%zu", input, j + 1) < 0 ? NULL : name;
}

static nudge_status add_columns(nu_graph *g, nu_symbol *v, size_t n, nudge_error *err)
{
    const Onnx__ValueInfoProto *input = g->graph->input[v->layer];
    int type = input->type->tensor_type->elem_type;
    size_t first = g->n_columns;
    if (n == 0 || n > NU_MOST_FEATURES - g->features)
        return nu_graph_refuse(g, err, "input '%.80s' has %zu columns; from 1 to %d are possible",
                               nu_text_of(input->name), n, NU_MOST_FEATURES);
    if (!g->has_names && g->options->n_names > 0 && g->options->n_names != n)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "names", "%s takes %zu columns, and %zu names "
                               "are given", g->im->path, n, g->options->n_names);
    nu_graph_column *more = realloc(g->column, (first + n) * sizeof *more);
    NU_NEED(more != NULL, n * sizeof *more, "columns", err);
    g->column = more;
    g->features += n;
    NU_NEW(v->feature, nu_alloc_zero, n, "columns", err);
    v->n = n;
    if (v->rank == 2)
        v->dim[1] = n;
    for (size_t j = 0; j < n; j++) {
        g->column[g->n_columns++] = (nu_graph_column){
            .is_text = type == ONNX__TENSOR_PROTO__DATA_TYPE__STRING,
            .is_whole = !nu_is_real(type) && type != ONNX__TENSOR_PROTO__DATA_TYPE__STRING};
        v->feature[j] = (nu_feature){.column = (uint32_t)(first + j), .factor = 1};
        NU_NEED((g->column[first + j].name = name_of(g, nu_text_of(input->name), j, n)) != NULL, 64,
                "columns", err);
    }
    return NUDGE_OK;
}

/* Pixels of pictures, [N, 1, rows, columns] or [N, rows, columns], which are used as bytes. */
static void find_pixels(nu_graph *g, const Onnx__TensorShapeProto *shape)
{
    size_t rank = shape->n_dim;
    if (g->options->n_names > 0 || (rank != 3 && rank != 4))
        return;
    int64_t rows = shape->dim[rank - 2]->dim_value, columns = shape->dim[rank - 1]->dim_value;
    if (rows < 2 || columns < 2 || (rank == 4 && shape->dim[1]->dim_value != 1))
        return;
    g->im->pixels[0] = (size_t)rows;
    g->im->pixels[1] = (size_t)columns;
}

/* Its shape: rows, and columns along the other axes. One axis alone is a row. */
static nudge_status input_shape(nu_graph *g, const Onnx__ValueInfoProto *input, nu_symbol *v,
                                size_t *n, size_t *rows, nudge_error *err)
{
    const Onnx__TensorShapeProto *shape = input->type->tensor_type->shape;
    size_t rank = shape != NULL ? shape->n_dim : 0, skipped = rank < 2;
    *n = shape != NULL;
    *rows = rank == 1;
    v->rank = rank < 2 ? 2 : rank;
    if (v->rank > NU_RANK)
        return nu_graph_refuse(g, err, "input '%.80s' has %zu axes", nu_text_of(input->name), rank);
    for (size_t d = 0; d < rank; d++) {
        int known = shape->dim[d]->value_case ==
                    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        int64_t size = known ? shape->dim[d]->dim_value : 0;
        size_t *to = d + skipped > 0 ? &v->dim[d + skipped] : rows;
        *to = size > 0 ? (size_t)size : 0;
        if (size < 0 || (to != rows && *n > 0 && size > 0 && !nu_mul(*n, *to, n)))
            return nu_graph_refuse(g, err, "input '%.80s' has no possible shape",
                                   nu_text_of(input->name));
        *n = to == rows || size > 0 ? *n : 0;
    }
    return NUDGE_OK;
}

static nudge_status take_input(nu_graph *g, size_t i, int is_only, nu_symbol **v,
                               nudge_error *err)
{
    const Onnx__ValueInfoProto *input = g->graph->input[i];
    const Onnx__TypeProto *type = input->type;
    size_t n, rows;
    if (type == NULL || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        type->tensor_type == NULL)
        return nu_graph_refuse(g, err, "input '%.80s' is no tensor", nu_text_of(input->name));
    NU_TRY(nu_graph_symbol(g, v, NU_IS_COLUMNS, 0, err));
    (*v)->layer = i; /* until it has columns */
    (*v)->type = type->tensor_type->elem_type;
    NU_TRY(input_shape(g, input, *v, &n, &rows, err));
    g->rows = g->n_columns == 0 || rows == g->rows ? rows : 0;
    if (n == 0 && !is_only)
        return nu_graph_refuse(g, err, "input '%.80s': how many columns it has is not told",
                               nu_text_of(input->name));
    if (is_only && n > 0)
        find_pixels(g, type->tensor_type->shape);
    return n > 0 ? add_columns(g, *v, n, err) : NUDGE_OK;
}

static int is_new(const nu_graph *g, const char *name)
{
    return nu_dictionary_find(&g->names, name, strlen(name)) == NU_NOT_FOUND;
}

nudge_status nu_graph_inputs(nu_graph *g, nudge_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < g->graph->n_input; i++)
        n += is_new(g, nu_text_of(g->graph->input[i]->name));
    g->has_names = n > 1;
    if (n > 1 && g->options->n_names > 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "names", "%s: its columns have names",
                               g->im->path);
    for (size_t i = 0; i < g->graph->n_input; i++) {
        const char *name = nu_text_of(g->graph->input[i]->name);
        nu_symbol *v;
        if (!is_new(g, name))
            continue; /* an initialiser, as files were written before IR 4 */
        NU_TRY(take_input(g, i, n == 1, &v, err));
        NU_TRY(nu_graph_name(g, name, v, err));
    }
    return NUDGE_OK;
}

nudge_status nu_columns_need(nu_graph *g, nu_symbol *v, size_t n, nudge_error *err)
{
    return v->feature != NULL ? NUDGE_OK : add_columns(g, v, n, err);
}

/* ---- Arithmetic ------------------------------------------------------------------------- */

/* value - by, value * by */
static void shift_by(nu_feature *f, double by)
{
    f->shift += by / f->factor;
}

static nudge_status multiply_by(nu_graph *g, nu_feature *f, double by, nudge_error *err)
{
    f->factor *= by;
    return isfinite(f->factor) && f->factor != 0
               ? NUDGE_OK : nu_graph_refuse(g, err, "a column is multiplied by %g", by);
}

nudge_status nu_columns_arithmetic(nu_graph *g, nu_symbol **in, nu_symbol **out,
                                   nudge_error *err)
{
    int left = in[0]->kind == NU_IS_COLUMNS;
    nu_symbol *v = in[!left], *c = in[left];
    const char *op = g->node->op_type;
    if (!nu_is_real(v->type))
        return nu_graph_refuse(g, err, "whole numbers are computed with before they are cast to "
                               "float");
    if (c->n != 1)
        NU_TRY(nu_columns_need(g, v, c->n, err));
    NU_TRY(nu_need_fit(g, c, v, err));
    NU_TRY(copy_columns(g, out, NU_IS_COLUMNS, v, err));
    for (size_t j = 0; j < v->n; j++) {
        nu_feature *f = &(*out)->feature[j];
        double x = c->numbers[c->n == 1 ? 0 : j];
        if (strcmp(op, "Mul") == 0 || strcmp(op, "Div") == 0) {
            if (!left && *op == 'D')
                return nu_graph_refuse(g, err, "a constant is divided by columns");
            NU_TRY(multiply_by(g, f, *op == 'D' ? 1 / x : x, err));
        } else {
            shift_by(f, *op == 'A' ? -x : x);
            f->factor *= left || *op == 'A' ? 1 : -1;
        }
    }
    return NUDGE_OK;
}

/* The attribute of that name, which has n numbers or one for all. */
static nudge_status find_list(const nu_graph *g, const char *name, size_t n,
                              const Onnx__AttributeProto **list, nudge_error *err)
{
    const Onnx__AttributeProto *a = *list = nu_graph_attribute(g, name);
    if (a == NULL || (a->n_floats != 1 && a->n_floats != n))
        return nu_graph_refuse(g, err, "'%s' should have %zu numbers", name, n);
    return NUDGE_OK;
}

static double list_number(const Onnx__AttributeProto *list, size_t j)
{
    return (double)list->floats[list->n_floats == 1 ? 0 : j];
}

/* What the attribute that numbers are listed in says of the columns. */
static nudge_status need_list(nu_graph *g, nu_symbol *v, const char *name, nudge_error *err)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, name);
    if (v->kind != NU_IS_COLUMNS || v->rank != 2)
        return nu_graph_refuse(g, err, "it is of columns, [N, n]");
    return nu_columns_need(g, v, a != NULL ? a->n_floats : 0, err);
}

nudge_status nu_take_scaler(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                            nudge_error *err)
{
    (void)n;
    NU_TRY(need_list(g, in[0], "scale", err));
    NU_TRY(copy_columns(g, out, NU_IS_COLUMNS, in[0], err));
    const Onnx__AttributeProto *offset, *scale;
    NU_TRY(find_list(g, "offset", in[0]->n, &offset, err));
    NU_TRY(find_list(g, "scale", in[0]->n, &scale, err));
    (*out)->type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    for (size_t j = 0; j < in[0]->n; j++) {
        shift_by(&(*out)->feature[j], list_number(offset, j));
        NU_TRY(multiply_by(g, &(*out)->feature[j], list_number(scale, j), err));
    }
    return NUDGE_OK;
}

/* ---- Missing numbers -------------------------------------------------------------------- */

/* A missing number of the column is as if the feature had this value. */
static nudge_status fill(nu_graph *g, const nu_feature *f, double value, nudge_error *err)
{
    nu_graph_column *c = &g->column[f->column];
    double raw = value / f->factor + f->shift;
    if (c->is_text || f->category != 0 || !isfinite(raw))
        return nu_graph_refuse(g, err, "column '%.80s' has no missing numbers", c->name);
    if (c->has_fill && c->fill != raw)
        return nu_graph_refuse(g, err, "column '%.80s' is filled in two ways", c->name);
    c->has_fill = 1;
    c->fill = raw;
    return NUDGE_OK;
}

nudge_status nu_take_imputer(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    (void)n;
    if (!isnan(nu_graph_float(g, "replaced_value_float", 0)))
        return nu_graph_refuse(g, err, "missing is what is NaN, and nothing else");
    NU_TRY(need_list(g, in[0], "imputed_value_floats", err));
    NU_TRY(copy_columns(g, out, NU_IS_COLUMNS, in[0], err));
    const Onnx__AttributeProto *values;
    NU_TRY(find_list(g, "imputed_value_floats", in[0]->n, &values, err));
    for (size_t j = 0; j < in[0]->n; j++)
        NU_TRY(fill(g, &in[0]->feature[j], list_number(values, j), err));
    return NUDGE_OK;
}

nudge_status nu_take_is_nan(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                            nudge_error *err)
{
    (void)n;
    return copy_columns(g, out, NU_IS_MISSING, in[0], err);
}

nudge_status nu_columns_fill(nu_graph *g, nu_symbol **in, nu_symbol **out, nudge_error *err)
{
    nu_symbol *missing = in[0], *c = in[1], *v = in[2];
    if (v == NULL || c->kind != NU_IS_CONSTANT || v->kind != NU_IS_COLUMNS ||
        v->rank != missing->rank || memcmp(v->dim, missing->dim, v->rank * sizeof *v->dim) != 0)
        return nu_graph_refuse(g, err, "constants are put in the place of missing numbers");
    NU_TRY(nu_need_fit(g, c, v, err));
    NU_TRY(nu_graph_decode(g, c, err));
    if (c->numbers == NULL)
        return nu_graph_refuse(g, err, "texts in the place of numbers");
    NU_TRY(copy_columns(g, out, NU_IS_COLUMNS, v, err));
    for (size_t j = 0; j < v->n; j++) {
        if (v->feature[j].column != missing->feature[j].column)
            return nu_graph_refuse(g, err, "a column is filled where another is missing");
        NU_TRY(fill(g, &v->feature[j], c->numbers[c->n == 1 ? 0 : j], err));
    }
    return NUDGE_OK;
}

/* ---- Which columns ---------------------------------------------------------------------- */

nudge_status nu_columns_concat(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                               nudge_error *err)
{
    size_t total = 0, at = 0;
    int is_vectorizer = strcmp(g->node->op_type, "FeatureVectorizer") == 0;
    for (size_t k = 0; k < n; k++) {
        const nu_symbol *v = in[k];
        if (v == NULL || v->kind != NU_IS_COLUMNS || v->feature == NULL)
            return nu_graph_refuse(g, err, "columns are put beside columns");
        if (v->rank != in[0]->rank || v->rank < 2 || v->dim[v->rank - 1] != v->n ||
            (is_vectorizer && v->rank != 2))
            return nu_graph_refuse(g, err, "rows are no longer rows");
        total += v->n;
    }
    const Onnx__AttributeProto *sizes = nu_graph_attribute(g, "inputdimensions");
    for (size_t k = 0; is_vectorizer && sizes != NULL && k < n; k++)
        if (sizes->n_ints != n || sizes->ints[k] != (int64_t)in[k]->n)
            return nu_graph_refuse(g, err, "its inputs have other sizes than it says");
    NU_TRY(new_columns(g, out, NU_IS_COLUMNS, total, err));
    for (size_t k = 0; k < n; at += in[k++]->n)
        memcpy((*out)->feature + at, in[k]->feature, in[k]->n * sizeof *in[k]->feature);
    set_shape(*out, in[0]->rank, in[0]->dim, is_vectorizer ? ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT
                                                           : in[0]->type);
    (*out)->dim[in[0]->rank - 1] = total;
    return NUDGE_OK;
}

nudge_status nu_columns_select(nu_graph *g, nu_symbol *of, nu_symbol *numbers, nu_symbol **out,
                               nudge_error *err)
{
    NU_TRY(nu_graph_decode(g, numbers, err));
    if (of->feature == NULL || numbers->numbers == NULL)
        return nu_graph_refuse(g, err, "how many columns there are is not told");
    if (of->rank != 2 || numbers->rank >= NU_RANK)
        return nu_graph_refuse(g, err, "it is of columns, [N, n]");
    NU_TRY(new_columns(g, out, NU_IS_COLUMNS, numbers->n, err));
    set_shape(*out, 2, (size_t[]){0, numbers->n}, of->type);
    if (strcmp(g->node->op_type, "Gather") == 0) { /* one number: rows of a number each */
        (*out)->rank = 1 + numbers->rank;
        memcpy((*out)->dim + 1, numbers->dim, numbers->rank * sizeof *numbers->dim);
    }
    for (size_t j = 0; j < numbers->n; j++) {
        double k = numbers->numbers[j] < 0 ? numbers->numbers[j] + (double)of->n
                                           : numbers->numbers[j];
        if (!(k >= 0 && k < (double)of->n))
            return nu_graph_refuse(g, err, "there is no column %g of %zu", numbers->numbers[j],
                                   of->n);
        (*out)->feature[j] = of->feature[(size_t)k];
    }
    return NUDGE_OK;
}
