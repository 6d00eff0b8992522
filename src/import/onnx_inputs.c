/* ONNX: categories, and what the first layer takes: from columns in any order to those of nudge's
 * preprocessing. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"
#include "prep/json_list.h"
#include "prep/prep.h"

/* ---- Categories ------------------------------------------------------------------------- */

static char *category_text(const void *of, size_t k)
{
    const Onnx__AttributeProto *a = of;
    char text[NU_LABEL_TEXT];
    if (a->n_strings == 0)
        return strdup(nu_label_text(text, (double)a->ints[k]));
    return strndup(a->strings[k].data != NULL ? (const char *)a->strings[k].data : "",
                   a->strings[k].len);
}

/* Sorts them: place[old number] = new number. */
static nudge_status sort_categories(nu_graph *g, nu_graph_column *c, nudge_error *err)
{
    nu_dictionary sorted NU_SCOPED(nu_dictionary_free) = {0};
    size_t n = c->n_categories;
    NU_NEW(c->place, nu_alloc_zero, n, "categories", err);
    for (size_t k = 0; k < n; k++) {
        NU_TRY(nu_imported_check_text(g->im, c->categories[k], err));
        size_t number = nu_dictionary_add(&sorted, c->categories[k], strlen(c->categories[k]));
        NU_NEED(number != NU_NOT_FOUND, n, "categories", err);
        if (number != k)
            return nu_graph_refuse(g, err, "'%.80s' is twice among its categories",
                                   c->categories[k]);
    }
    NU_NEED(nu_dictionary_sort(&sorted, c->place), n, "categories", err);
    return NUDGE_OK;
}

static nudge_status take_categories(nu_graph *g, nu_graph_column *c, nudge_error *err)
{
    const Onnx__AttributeProto *texts = nu_graph_attribute(g, "cats_strings");
    const Onnx__AttributeProto *a = texts != NULL ? texts : nu_graph_attribute(g, "cats_int64s");
    size_t n = a == NULL ? 0 : texts != NULL ? a->n_strings : a->n_ints;
    if (n == 0 || c->categories != NULL || c->has_fill)
        return nu_graph_refuse(g, err, n == 0 ? "it has no categories"
                               : "column '%.80s' is used in two ways", c->name);
    NU_TRY(nu_strings_make(&c->categories, &c->n_categories, n, category_text, a, "categories",
                           err));
    return sort_categories(g, c, err);
}

nudge_status nu_take_one_hot(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                             nudge_error *err)
{
    nu_symbol *v = in[0];
    (void)n;
    if (v->kind != NU_IS_COLUMNS)
        return nu_graph_refuse(g, err, "it is of columns");
    NU_TRY(nu_columns_need(g, v, 1, err));
    const nu_feature *f = v->feature;
    if (v->n != 1 || v->rank >= NU_RANK || f->category != 0 || f->shift != 0 || f->factor != 1)
        return nu_graph_refuse(g, err, "one column is taken, as it comes");
    nu_graph_column *c = &g->column[f->column];
    if (!c->is_text && !c->is_whole)
        return nu_graph_refuse(g, err, "the categories of column '%.80s' are floats; texts and "
                               "whole numbers are taken", c->name);
    NU_TRY(take_categories(g, c, err));
    NU_TRY(nu_graph_symbol(g, out, NU_IS_COLUMNS, c->n_categories, err));
    NU_NEW((*out)->feature, nu_alloc_zero, c->n_categories, "categories", err);
    memcpy((*out)->dim, v->dim, v->rank * sizeof *v->dim);
    (*out)->dim[v->rank] = c->n_categories;
    (*out)->rank = v->rank + 1;
    (*out)->type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    for (size_t k = 0; k < c->n_categories; k++)
        (*out)->feature[k] = (nu_feature){f->column, (uint32_t)k + 1, 0, 1};
    return NUDGE_OK;
}

/* ---- Columns as preprocessing has them -------------------------------------------------- */

static int is_category(const nu_graph_column *c)
{
    return c->n_categories > 0;
}

/* first[j]: the first value of column j, or SIZE_MAX where it is not used; n of them in all. */
static nudge_status place_values(nu_graph *g, const nu_symbol *v, size_t *first, size_t *n,
                                 nudge_error *err)
{
    size_t used = 0;
    for (size_t j = 0; j < g->n_columns; j++)
        first[j] = SIZE_MAX;
    for (size_t i = 0; i < v->n; i++) {
        const nu_feature *f = &v->feature[i];
        const nu_graph_column *c = &g->column[f->column];
        if ((f->category == 0) == (is_category(c) || c->is_text))
            return nu_graph_refuse(g, err, c->is_text && !is_category(c)
                                   ? "column '%.80s' has texts, which no layer takes"
                                   : "column '%.80s' is taken as a number and as categories",
                                   c->name);
        first[f->column] = 0;
    }
    *n = 0;
    for (size_t j = 0; j < g->n_columns; j++)
        if (first[j] == 0) {
            first[j] = *n;
            *n += is_category(&g->column[j]) ? g->column[j].n_categories : 1;
            used++;
        }
    if (*n > NU_PREP_MAX_FEATURES)
        return nu_graph_refuse(g, err, "more than %zu inputs", NU_PREP_MAX_FEATURES);
    if (used == g->n_columns)
        return NUDGE_OK;
    return nu_note(&g->im->notes, g->im->path, NULL, err, "%zu of %zu columns are not used",
                   g->n_columns - used, g->n_columns);
}

/* The scales of numbers. */
static nudge_status take_scales(nu_graph *g, const nu_symbol *v, const size_t *first, size_t n,
                                nudge_error *err)
{
    nu_imported *im = g->im;
    NU_TRY(nu_chain_zeros(&im->shift, n, err));
    NU_TRY(nu_chain_zeros(&im->factor, n, err));
    for (size_t i = 0; i < v->n; i++) {
        const nu_feature *f = &v->feature[i];
        size_t at = first[f->column];
        if (f->category != 0)
            continue;
        if (im->factor[at] != 0 && (im->factor[at] != f->factor || im->shift[at] != f->shift))
            return nu_graph_refuse(g, err, "column '%.80s' is scaled in two ways",
                                   g->column[f->column].name);
        im->factor[at] = f->factor;
        im->shift[at] = f->shift;
    }
    for (size_t k = 0; k < n; k++)
        im->factor[k] = im->factor[k] == 0 ? 1 : im->factor[k]; /* of categories */
    return NUDGE_OK;
}

static json_t *column_json(const nu_graph_column *c, double middle)
{
    if (!is_category(c))
        return json_pack("{s:s, s:s, s:f}", "name", c->name, "kind", "number", "median",
                         c->has_fill ? c->fill : middle);
    char **sorted NU_FREED = nu_alloc(c->n_categories, sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    for (size_t k = 0; k < c->n_categories; k++)
        sorted[c->place[k]] = c->categories[k];
    return json_pack("{s:s, s:s, s:o}", "name", c->name, "kind", "category", "categories",
                     nu_json_texts(sorted, c->n_categories));
}

/* A matrix, unless columns are something else than its numbers. */
static nudge_status take_columns(nu_graph *g, const size_t *first, nudge_error *err)
{
    nu_imported *im = g->im;
    int is_matrix = !g->has_names && g->options->n_names == 0, is_open = 0;
    for (size_t j = 0; j < g->n_columns; j++) {
        const nu_graph_column *c = &g->column[j];
        is_matrix &= first[j] != SIZE_MAX && !c->has_fill && !is_category(c);
        is_open |= first[j] != SIZE_MAX && !c->has_fill && !is_category(c);
    }
    if (is_matrix)
        return NUDGE_OK;
    im->pixels[0] = im->pixels[1] = 0;
    NU_NEED((im->columns = json_array()) != NULL, 64, "columns", err);
    for (size_t j = 0; j < g->n_columns; j++) {
        NU_TRY(nu_imported_check_text(im, g->column[j].name, err));
        if (first[j] != SIZE_MAX)
            NU_NEED(json_array_append_new(im->columns, column_json(&g->column[j],
                                                                   im->shift[first[j]])) == 0,
                    64, "columns", err);
    }
    if (!g->has_names && g->options->n_names == 0)
        NU_TRY(nu_note(&im->notes, im->path, "names", err, "%zu columns, called x1 to x%zu",
                       g->n_columns, g->n_columns));
    return !is_open ? NUDGE_OK
                    : nu_note(&im->notes, im->path, NULL, err, "a missing number, for which the "
                              "file has nothing, counts as the middle of its scale");
}

/* Values of pixels are bytes, which were divided by 255 before where the network takes floats. */
static nudge_status take_pixels(nu_graph *g, nudge_error *err)
{
    nu_imported *im = g->im;
    size_t n = im->pixels[0] * im->pixels[1];
    int is_divided = n > 0 && !g->column[0].is_whole;
    for (size_t k = 0; is_divided && k < n; k++) {
        im->shift[k] *= 255;
        im->factor[k] /= 255;
    }
    return n == 0 ? NUDGE_OK
                  : nu_note(&im->notes, im->path, "names", err, "%zu x %zu pixels, bytes%s",
                            im->pixels[0], im->pixels[1],
                            is_divided ? " that are divided by 255" : "");
}

/* ---- The first layer -------------------------------------------------------------------- */

/* Weights (out x v->n) to their places (out x n). What is added to and multiplied with categories
 * is the layer's. */
static void move_weights(const nu_graph *g, const nu_symbol *v, const size_t *first,
                         const double *weight, size_t out, double *moved, size_t n, double *bias)
{
    for (size_t i = 0; i < v->n; i++) {
        const nu_feature *f = &v->feature[i];
        int is_number = f->category == 0;
        size_t to = first[f->column] +
                    (is_number ? 0 : g->column[f->column].place[f->category - 1]);
        for (size_t o = 0; o < out; o++) {
            double w = weight[o * v->n + i] * (is_number ? 1 : f->factor);
            moved[o * n + to] += w;
            bias[o] -= is_number ? 0 : w * f->shift;
        }
    }
}

nudge_status nu_columns_end(nu_graph *g, nu_symbol *v, size_t out, double **weight,
                            double *bias, nudge_error *err)
{
    size_t *first NU_FREED = NULL, n = 0, values;
    double *moved NU_FREED = NULL;
    NU_NEW(first, nu_alloc, g->n_columns, "columns", err);
    NU_TRY(place_values(g, v, first, &n, err));
    if (!nu_mul(n, out, &values))
        return nu_graph_refuse(g, err, "%zu x %zu weights", out, n);
    NU_TRY(take_scales(g, v, first, n, err));
    NU_TRY(take_columns(g, first, err));
    NU_TRY(take_pixels(g, err));
    NU_TRY(nu_graph_afford(g, values, err));
    NU_TRY(nu_chain_zeros(&moved, values, err));
    move_weights(g, v, first, *weight, out, moved, n, bias);
    double *old = *weight;
    *weight = NU_TAKE(moved);
    free(old);
    g->im->chain.inputs = n;
    return NUDGE_OK;
}
