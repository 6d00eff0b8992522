/* ONNX: shapes. Rows of the data are along the first axis of columns, units and probabilities, and
 * have to stay rows. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"

/* Numbers of a shape: how many rows there are, and a size that the file does not tell. */
#define ROWS INFINITY
#define UNKNOWN NAN

int nu_is_along_row(const nu_symbol *v, int64_t axis)
{
    return v->rank > 1 && (axis == -1 || axis == (int64_t)v->rank - 1);
}

nudge_status nu_graph_view(nu_graph *g, nu_symbol *v, size_t rank, const size_t *dim, int type,
                           nu_symbol **out, nudge_error *err)
{
    int is_row = (rank == 2 && dim[1] == v->n) || (rank == 1 && v->n == 1);
    *out = v;
    if ((v->kind == NU_IS_UNITS || v->kind == NU_IS_CHANCES) && !is_row)
        return nu_graph_refuse(g, err, "rows are no longer rows");
    if (v->rank == rank && memcmp(v->dim, dim, rank * sizeof *dim) == 0 && v->type == type)
        return NUDGE_OK;
    if (v->kind == NU_IS_COLUMNS && v->feature == NULL) { /* its columns are made once */
        v->rank = rank;
        v->type = type;
        memmove(v->dim, dim, rank * sizeof *dim);
        return NUDGE_OK;
    }
    if (v->kind == NU_IS_CONSTANT)
        NU_TRY(nu_graph_decode(g, v, err));
    NU_TRY(nu_graph_symbol(g, out, v->kind, v->n, err));
    nu_symbol *next = (*out)->next;
    **out = *v;
    (*out)->next = next;
    (*out)->node = g->node;
    (*out)->is_borrowed = 1;
    (*out)->rank = rank;
    (*out)->type = type;
    memcpy((*out)->dim, dim, rank * sizeof *dim);
    return NUDGE_OK;
}

static int has_shape(const nu_symbol *v)
{
    return v->kind == NU_IS_CONSTANT || v->kind == NU_IS_COLUMNS || v->kind == NU_IS_MISSING ||
           v->kind == NU_IS_UNITS || v->kind == NU_IS_CHANCES;
}

/* As a number of a shape. */
static double size_along(const nu_symbol *v, size_t axis)
{
    if (axis == 0 && v->kind != NU_IS_CONSTANT)
        return ROWS;
    return v->dim[axis] > 0 ? (double)v->dim[axis] : UNKNOWN;
}

/* At most NU_RANK numbers, by an input (NULL: none) or an attribute; *n is SIZE_MAX where there is
 * neither. */
static nudge_status take_numbers(nu_graph *g, nu_symbol *input, const char *name, double *numbers,
                                 size_t *n, nudge_error *err)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, name);
    if (input != NULL && input->kind == NU_IS_CONSTANT)
        NU_TRY(nu_graph_decode(g, input, err));
    if (input != NULL && ((input->kind != NU_IS_CONSTANT && input->kind != NU_IS_SHAPE) ||
                          input->texts != NULL))
        return nu_graph_refuse(g, err, "its %s is no constant", name);
    *n = input != NULL ? input->n : a != NULL ? a->n_ints : SIZE_MAX;
    if (*n != SIZE_MAX && *n > NU_RANK)
        return nu_graph_refuse(g, err, "its %s has %zu numbers", name, *n);
    for (size_t i = 0; *n != SIZE_MAX && i < *n; i++)
        numbers[i] = input != NULL ? input->numbers[i] : (double)a->ints[i];
    return NUDGE_OK;
}

/* ---- Reshape ---------------------------------------------------------------------------- */

/* Numbers that are 0 become the sizes that v has there. */
static nudge_status copy_sizes(nu_graph *g, const nu_symbol *v, double *to, size_t rank,
                               nudge_error *err)
{
    for (size_t i = 0; i < rank; i++) {
        if (to[i] != 0)
            continue;
        if (nu_graph_int(g, "allowzero", 0) != 0 || i >= v->rank)
            return nu_graph_refuse(g, err, "a size of 0");
        to[i] = size_along(v, i);
    }
    return NUDGE_OK;
}

/* Sizes from `first` on hold n numbers together; one of -1 becomes what is left. */
static int find_sizes(double *to, size_t first, size_t rank, size_t n, size_t *dim)
{
    double product = 1, *open = NULL;
    for (size_t i = first; i < rank; i++) {
        if (to[i] == -1 && open == NULL)
            open = &to[i];
        else
            product *= to[i] > 0 && to[i] == floor(to[i]) ? to[i] : UNKNOWN;
    }
    if (open != NULL)
        *open = floor((double)n / product);
    if (product * (open != NULL ? *open : 1) != (double)n)
        return 0;
    for (size_t i = first; i < rank; i++)
        dim[i] = (size_t)to[i];
    return 1;
}

nudge_status nu_take_reshape(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    nu_symbol *v = *out = in[0];
    double to[NU_RANK];
    size_t rank, dim[NU_RANK] = {0};
    if (!has_shape(v))
        return NUDGE_OK;
    NU_TRY(take_numbers(g, n > 1 ? in[1] : NULL, "shape", to, &rank, err));
    if (rank == SIZE_MAX)
        return nu_graph_refuse(g, err, "it has no shape");
    NU_TRY(copy_sizes(g, v, to, rank, err));
    if (v->kind == NU_IS_CONSTANT)
        return find_sizes(to, 0, rank, v->n, dim)
                   ? nu_graph_view(g, v, rank, dim, v->type, out, err)
                   : nu_graph_refuse(g, err, "%zu numbers have no such shape", v->n);
    int is_rest = rank > 0 && to[0] == -1; /* as many rows as are left; or as many as there are */
    int is_all = rank > 0 && (to[0] == ROWS || (g->rows > 0 && to[0] == (double)g->rows));
    if (v->kind == NU_IS_COLUMNS && v->feature == NULL) {
        if (is_all && rank == 2 && to[1] == -1)
            return nu_graph_view(g, v, rank, dim, v->type, out, err);
        if (rank == 2 && to[1] >= 1 && to[1] < NU_MOST_FEATURES)
            NU_TRY(nu_columns_need(g, v, (size_t)to[1], err));
    }
    for (size_t i = 1; is_rest && i < rank; i++)
        is_rest = to[i] != -1;
    if ((!is_rest && !is_all) || !find_sizes(to, 1, rank, v->n, dim))
        return nu_graph_refuse(g, err, "rows are no longer rows");
    return nu_graph_view(g, v, rank, dim, v->type, out, err);
}

/* ---- Squeeze, Unsqueeze, Flatten -------------------------------------------------------- */

/* Marks axes among `rank` of them; rows' axis is none of them. */
static nudge_status mark_axes(nu_graph *g, const nu_symbol *v, const double *axes, size_t n,
                              size_t rank, int *is_marked, nudge_error *err)
{
    for (size_t k = 0; k < n; k++) {
        double axis = axes[k] < 0 ? axes[k] + (double)rank : axes[k];
        if (!(axis >= (v->kind != NU_IS_CONSTANT) && axis < (double)rank) || axis != floor(axis) ||
            is_marked[(size_t)axis])
            return nu_graph_refuse(g, err, "axis %g: rows are no longer rows, or there is none",
                                   axes[k]);
        is_marked[(size_t)axis] = 1;
    }
    return NUDGE_OK;
}

nudge_status nu_take_squeeze(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    nu_symbol *v = *out = in[0];
    double axes[NU_RANK];
    size_t n_axes, rank = 0, dim[NU_RANK];
    int is_marked[NU_RANK] = {0};
    if (!has_shape(v))
        return NUDGE_OK;
    NU_TRY(take_numbers(g, n > 1 ? in[1] : NULL, "axes", axes, &n_axes, err));
    if (n_axes != SIZE_MAX)
        NU_TRY(mark_axes(g, v, axes, n_axes, v->rank, is_marked, err));
    for (size_t i = v->kind != NU_IS_CONSTANT; n_axes == SIZE_MAX && i < v->rank; i++)
        is_marked[i] = v->dim[i] == 1;
    for (size_t i = 0; i < v->rank; i++) {
        if (is_marked[i] && v->dim[i] != 1)
            return nu_graph_refuse(g, err, "axis %zu has not the size 1", i);
        if (!is_marked[i])
            dim[rank++] = v->dim[i];
    }
    if (v->kind == NU_IS_COLUMNS && v->feature == NULL)
        return nu_graph_refuse(g, err, "how many columns there are is not told");
    return nu_graph_view(g, v, rank, dim, v->type, out, err);
}

nudge_status nu_take_unsqueeze(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                               nudge_error *err)
{
    nu_symbol *v = *out = in[0];
    double axes[NU_RANK];
    size_t n_axes, rank, from = 0, dim[NU_RANK];
    int is_marked[NU_RANK] = {0};
    if (!has_shape(v))
        return NUDGE_OK;
    NU_TRY(take_numbers(g, n > 1 ? in[1] : NULL, "axes", axes, &n_axes, err));
    if (n_axes > NU_RANK - v->rank)
        return nu_graph_refuse(g, err, "it has no axes, or too many");
    rank = v->rank + n_axes;
    NU_TRY(mark_axes(g, v, axes, n_axes, rank, is_marked, err));
    for (size_t i = 0; i < rank; i++)
        dim[i] = is_marked[i] ? 1 : v->dim[from++];
    return nu_graph_view(g, v, rank, dim, v->type, out, err);
}

nudge_status nu_take_flatten(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    nu_symbol *v = *out = in[0];
    size_t dim[NU_RANK] = {0, v->n};
    int64_t axis = nu_graph_int(g, "axis", 1);
    (void)n;
    if (v->kind == NU_IS_CONSTANT)
        return nu_graph_refuse(g, err, "of a constant");
    if (!has_shape(v))
        return NUDGE_OK;
    if ((axis < 0 ? axis + (int64_t)v->rank : axis) != 1)
        return nu_graph_refuse(g, err, "rows are put together");
    return nu_graph_view(g, v, 2, dim, v->type, out, err);
}

/* ---- Shapes as values ------------------------------------------------------------------- */

static nudge_status new_shape(nu_graph *g, nu_symbol **out, const double *numbers, size_t n,
                              nudge_error *err)
{
    NU_TRY(nu_graph_symbol(g, out, NU_IS_SHAPE, n, err));
    NU_TRY(nu_chain_zeros(&(*out)->numbers, NU_RANK, err));
    memcpy((*out)->numbers, numbers, n * sizeof *numbers);
    return NUDGE_OK;
}

nudge_status nu_take_shape(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                           nudge_error *err)
{
    const nu_symbol *v = in[0];
    double numbers[NU_RANK];
    (void)n;
    if (!has_shape(v) || nu_graph_attribute(g, "start") != NULL ||
        nu_graph_attribute(g, "end") != NULL)
        return nu_graph_refuse(g, err, "of columns or units, the whole of it");
    for (size_t i = 0; i < v->rank; i++)
        numbers[i] = size_along(v, i);
    return new_shape(g, out, numbers, v->rank, err);
}

nudge_status nu_shape_concat(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    double numbers[NU_RANK], part[NU_RANK];
    size_t total = 0, n_part;
    for (size_t k = 0; k < n; k++) {
        if (in[k] == NULL)
            return nu_graph_refuse(g, err, "numbers of a shape are needed");
        NU_TRY(take_numbers(g, in[k], "shape", part, &n_part, err));
        if (n_part > NU_RANK - total)
            return nu_graph_refuse(g, err, "a shape of more than %d axes", NU_RANK);
        memcpy(numbers + total, part, n_part * sizeof *part);
        total += n_part;
    }
    return new_shape(g, out, numbers, total, err);
}

nudge_status nu_shape_gather(nu_graph *g, nu_symbol **in, nu_symbol **out, nudge_error *err)
{
    double at[NU_RANK];
    size_t n;
    NU_TRY(take_numbers(g, in[1], "indices", at, &n, err));
    for (size_t i = 0; i < n; i++) {
        double k = at[i] < 0 ? at[i] + (double)in[0]->n : at[i];
        if (!(k >= 0 && k < (double)in[0]->n))
            return nu_graph_refuse(g, err, "there is no axis %g", at[i]);
        at[i] = in[0]->numbers[(size_t)k];
    }
    return new_shape(g, out, at, n, err);
}
