/* The prep in the model file:
 *   "loss", "scale"               names, as on the command line
 *   "columns"                     of a table: {"name", "kind": "number" or "date", "median"}, what
 *                                 stands for a missing one, and "before", "after", of texts around
 *                                 a number; or {"name", "kind": "category", "categories": [...]};
 *                                 "missing": true or "other": true where such an input follows;
 *                                 "ordinal": true where categories are one number, "signed": true
 *                                 where two of them are 1 and -1
 *   "features"                    instead of columns: their number
 *   "pixels": [rows, columns]     of an image
 *   "csv"                         of a table: how its file is written (dialect_json.h); without it
 *                                 as RFC 4180 says
 *   "zero_based"                  true, of a LIBSVM file whose indices count from 0
 *   "shift", "factor"             one number per value of a row, or one for all of them
 *   "scale_categories"            true, where values of categories are scaled, too
 *   "quantiles"                   where the scale is quantile: {"age": [17, 25, 90]}, at equal
 *                                 distances
 *   "edges"                       where numbers are encoded piecewise: {"age": [17, 25, 90]}, of
 *                                 their bins
 *   "frequencies"                 likewise, where they are encoded as waves
 *   "targets"                     names
 *   "target_cells"                [{"kind": "date"}, {"before": "$"}]: of targets, one of which at
 *                                 least is no plain number
 *   "classes"                     labels, if there are classes
 *   "target_transform"            of targets of numbers, where there is one (transform.h)
 *   "target_shift", "target_factor"   one number per output, or one for all of them */
#include "prep/prep_json.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/dialect_json.h"
#include "prep/encode.h"
#include "prep/json_list.h"
#include "prep/prep.h"
#include "prep/quantile_scale.h"
#include "prep/transform.h"
#include "table/dictionary.h"

/* ---- Writing --------------------------------------------------------------------------- */

/* One number where all are the same. */
static json_t *numbers_to_json(const double *values, size_t n)
{
    size_t same = 1;
    while (same < n && values[same] == values[0])
        same++;
    return same == n ? json_real(values[0]) : nu_json_numbers(values, n);
}

/* The object with what is around the numbers of its cells. */
static json_t *with_around(json_t *json, const nu_around *around)
{
    const char *before = around->before, *after = around->after;
    if ((*before == '\0' || json_object_set_new(json, "before", json_string(before)) == 0) &&
        (*after == '\0' || json_object_set_new(json, "after", json_string(after)) == 0))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *column_item(const void *of, size_t j)
{
    const nu_prep_column *c = &((const nu_prep_column *)of)[j];
    if (c->kind != NUDGE_COLUMN_CATEGORY)
        return with_around(json_pack("{s:s, s:s, s:f, s:o*}", "name", c->name, "kind",
                                     nudge_column_kind_name(c->kind), "median", c->fill,
                                     "missing", c->has_more ? json_true() : NULL), &c->around);
    return json_pack("{s:s, s:s, s:o, s:o*, s:o*, s:o*}", "name", c->name, "kind", "category",
                     "categories", nu_json_texts(c->categories, c->n_categories),
                     "other", c->has_more ? json_true() : NULL,
                     "ordinal", c->is_ordinal ? json_true() : NULL,
                     "signed", c->is_signed ? json_true() : NULL);
}

static json_t *target_item(const void *of, size_t k)
{
    const nu_prep_target *t = &((const nu_prep_target *)of)[k];
    return with_around(t->kind == NUDGE_COLUMN_DATE ? json_pack("{s:s}", "kind", "date")
                                                    : json_object(), &t->around);
}

json_t *nu_prep_to_json(const nudge_prep *p)
{
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "loss", nudge_loss_name(p->loss), "scale",
        nudge_scale_name(p->scale), "shift", numbers_to_json(p->shift, p->values), "factor",
        numbers_to_json(p->factor, p->values), "targets",
        nu_json_texts(p->target_names, p->n_targets), "target_shift",
        numbers_to_json(p->target_shift, p->outputs), "target_factor",
        numbers_to_json(p->target_factor, p->outputs));
    int bad = p->n_columns > 0
                  ? json_object_set_new(json, "columns",
                                        nu_json_list(p->n_columns, column_item, p->columns))
                  : json_object_set_new(json, "features", json_integer((json_int_t)p->values));
    if (p->pixel_rows > 0)
        bad |= json_object_set_new(json, "pixels",
                                   json_pack("[I, I]", (json_int_t)p->pixel_rows,
                                             (json_int_t)p->pixel_columns));
    json_t *csv = p->n_columns > 0 ? nu_dialect_to_json(&p->dialect) : NULL;
    bad |= csv == NULL && p->n_columns > 0;
    if (csv != NULL && json_object_size(csv) > 0)
        bad |= json_object_set(json, "csv", csv);
    if (p->dialect.zero_based)
        bad |= json_object_set_new(json, "zero_based", json_true());
    json_decref(csv);
    if (p->scales_categories)
        bad |= json_object_set_new(json, "scale_categories", json_true());
    if (p->quantiles != NULL)
        bad |= json_object_set_new(json, "quantiles", nu_lists_to_json(p, p->quantiles));
    if (p->codes != NULL)
        bad |= json_object_set_new(json, p->encode == NUDGE_ENCODE_FOURIER ? "frequencies"
                                                                           : "edges",
                                   nu_lists_to_json(p, p->codes));
    if (p->target_cells != NULL)
        bad |= json_object_set_new(json, "target_cells",
                                   nu_json_list(p->n_targets, target_item, p->target_cells));
    if (p->transform != NUDGE_TRANSFORM_NONE)
        bad |= json_object_set_new(json, "target_transform", nu_transform_to_json(p));
    if (p->n_classes > 0)
        bad |= json_object_set_new(json, "classes", nu_json_texts(p->class_labels, p->n_classes));
    if (bad == 0)
        return json;
    json_decref(json);
    return NULL;
}

/* ---- Reading --------------------------------------------------------------------------- */

/* What is read, its keys checked. Messages of the functions below do not say where: the public
 * one puts that in front. */
typedef struct keys {
    json_t *loss, *scale, *shift, *factor, *targets, *target_shift, *target_factor;
    json_t *columns, *features, *pixels, *classes, *target_cells, *csv; /* these or NULL */
    json_t *quantiles, *edges, *frequencies, *transform;
} keys;

static nudge_status check_different(const char *key, char *const *strings, size_t n,
                                    nudge_error *err)
{
    nu_dictionary seen NU_SCOPED(nu_dictionary_free) = {0};
    for (size_t i = 0, number; i < n; i++) {
        number = nu_dictionary_add(&seen, strings[i], strlen(strings[i]));
        NU_NEED(number != NU_NOT_FOUND, n * sizeof *strings, key, err);
        if (number != i)
            return nu_fail(err, NUDGE_EDATA, "'%s' has '%s' twice", key, strings[i]);
    }
    return NUDGE_OK;
}

static char *string_of(const void *array, size_t i)
{
    return strdup(json_string_value(json_array_get(array, i)));
}

/* An array of at least one text, all different. */
static nudge_status read_strings(const char *key, const json_t *array, char ***strings, size_t *n,
                                 nudge_error *err)
{
    size_t count = json_array_size(array); /* 0 for anything else */
    if (count == 0 || count > NU_PREP_MAX_FEATURES)
        return nu_fail(err, NUDGE_EDATA, "'%s' must be an array of 1 to %zu texts", key,
                       NU_PREP_MAX_FEATURES);
    for (size_t i = 0; i < count; i++)
        if (!json_is_string(json_array_get(array, i)))
            return nu_fail(err, NUDGE_EDATA, "entry %zu of '%s' is not a text", i + 1, key);
    NU_TRY(nu_strings_make(strings, n, count, string_of, array, key, err));
    return check_different(key, *strings, count, err);
}

/* A finite number, for factors other than 0. */
static nudge_status read_number(const char *key, const json_t *json, int zero_allowed,
                                double *value, nudge_error *err)
{
    if (!json_is_number(json))
        return nu_fail(err, NUDGE_EDATA, "'%s' must hold numbers", key);
    *value = json_number_value(json);
    if (!isfinite(*value) || (*value == 0 && !zero_allowed))
        return nu_fail(err, NUDGE_EDATA, "'%s' is %g; it must be finite%s", key, *value,
                       zero_allowed ? "" : " and not 0");
    return NUDGE_OK;
}

/* n numbers, from an array of n or from one number for all. */
static nudge_status read_numbers(const char *key, const json_t *json, int zero_allowed,
                                 double **values, size_t n, nudge_error *err)
{
    int is_array = json_is_array(json);
    if (is_array && json_array_size(json) != n)
        return nu_fail(err, NUDGE_EDATA, "'%s' has %zu numbers, %zu are needed", key,
                       json_array_size(json), n);
    NU_NEW(*values, nu_alloc, n, key, err);
    for (size_t i = 0; i < n; i++)
        NU_TRY(read_number(key, is_array ? json_array_get(json, i) : json, zero_allowed,
                           *values + i, err));
    return NUDGE_OK;
}

static nudge_status read_around(nu_around *around, const char *name, const char *before,
                                const char *after, nudge_error *err)
{
    if (strlen(before) >= NU_AROUND_TEXT || strlen(after) >= NU_AROUND_TEXT)
        return nu_fail(err, NUDGE_EDATA, "column '%s' has texts around its numbers of more than %d "
                       "bytes", name, NU_AROUND_TEXT - 1);
    strcpy(around->before, before);
    strcpy(around->after, after);
    return NUDGE_OK;
}

static nudge_status read_column(json_t *json, nu_prep_column *c, nudge_error *err)
{
    const char *name, *kind, *before = "", *after = "";
    json_t *median = NULL, *categories = NULL;
    int missing = 0, other = 0;
    json_error_t at;
    if (json_unpack_ex(json, &at, JSON_STRICT, "{s:s, s:s, s?o, s?o, s?b, s?b, s?b, s?b, s?s, s?s}",
                       "name", &name, "kind", &kind, "median", &median, "categories", &categories,
                       "missing", &missing, "other", &other, "ordinal", &c->is_ordinal, "signed",
                       &c->is_signed, "before", &before, "after", &after) != 0)
        return nu_fail(err, NUDGE_EDATA, "a column must have the texts 'name' and 'kind': %s",
                       at.text);
    NU_NEED((c->name = strdup(name)) != NULL, strlen(name), "a column's name", err);
    c->has_more = missing || other;
    NU_TRY(read_around(&c->around, name, before, after, err));
    if (nudge_column_kind_parse(&c->kind, kind, NULL) != NUDGE_OK || c->kind == NUDGE_COLUMN_PIXELS)
        return nu_fail(err, NUDGE_EDATA, "column '%s' has kind '%s'; it must be number, date or "
                       "category", name, kind);
    int number = c->kind != NUDGE_COLUMN_CATEGORY;
    if (number ? other || c->is_ordinal || c->is_signed : missing)
        return nu_fail(err, NUDGE_EDATA, "column '%s': 'missing' is for numbers, 'other', "
                       "'ordinal' and 'signed' for categories", name);
    if (number)
        return read_number("median", median, 1, &c->fill, err);
    c->fill = -1;
    NU_TRY(read_strings("categories", categories, &c->categories, &c->n_categories, err));
    if (c->is_signed && (c->is_ordinal || c->n_categories + (size_t)c->has_more != 2))
        return nu_fail(err, NUDGE_EDATA, "column '%s': 'signed' is for two categories", name);
    for (size_t k = 1; k < c->n_categories; k++) /* they are searched for by halving */
        if (strcmp(c->categories[k - 1], c->categories[k]) > 0)
            return nu_fail(err, NUDGE_EDATA, "the categories of column '%s' are not sorted", name);
    return NUDGE_OK;
}

static nudge_status read_columns(const keys *in, nudge_prep *p, nudge_error *err)
{
    size_t n = json_array_size(in->columns);
    if (n == 0 || n > NU_PREP_MAX_FEATURES)
        return nu_fail(err, NUDGE_EDATA, "'columns' must be an array with 1 to %zu entries",
                       NU_PREP_MAX_FEATURES);
    if (in->features != NULL || in->pixels != NULL)
        return nu_fail(err, NUDGE_EDATA, "'columns' excludes 'features' and 'pixels'");
    char **names NU_FREED = NULL;
    NU_NEW(names, calloc, n, "columns", err);
    NU_NEW(p->columns, calloc, n, "columns", err);
    p->n_columns = n;
    for (size_t j = 0; j < n; j++) {
        NU_TRY(read_column(json_array_get(in->columns, j), &p->columns[j], err));
        names[j] = p->columns[j].name;
    }
    return check_different("columns", names, n, err);
}

static nudge_status read_size(const char *key, const json_t *json, size_t *value, nudge_error *err)
{
    json_int_t n = json_integer_value(json); /* 0 for anything else */
    if (n < 1 || (unsigned long long)n > NU_PREP_MAX_FEATURES)
        return nu_fail(err, NUDGE_EDATA, "'%s' must hold whole numbers from 1 to %zu", key,
                       NU_PREP_MAX_FEATURES);
    *value = (size_t)n;
    return NUDGE_OK;
}

static nudge_status read_matrix(const keys *in, nudge_prep *p, nudge_error *err)
{
    NU_TRY(read_size("features", in->features, &p->values, err));
    if (in->pixels == NULL)
        return NUDGE_OK;
    NU_TRY(read_size("pixels", json_array_get(in->pixels, 0), &p->pixel_rows, err));
    NU_TRY(read_size("pixels", json_array_get(in->pixels, 1), &p->pixel_columns, err));
    if (json_array_size(in->pixels) != 2 || p->pixel_rows * p->pixel_columns != p->values)
        return nu_fail(err, NUDGE_EDATA, "'pixels' must be [rows, columns] of %zu features",
                       p->values); /* no overflow: both are at most 2^24 */
    return NUDGE_OK;
}

static nudge_status read_target_cells(json_t *array, nudge_prep *p, nudge_error *err)
{
    if (json_array_size(array) != p->n_targets)
        return nu_fail(err, NUDGE_EDATA, "'target_cells' must be an array of %zu, as targets",
                       p->n_targets);
    NU_NEW(p->target_cells, calloc, p->n_targets, "targets", err);
    for (size_t k = 0; k < p->n_targets; k++) {
        const char *kind = "number", *before = "", *after = "";
        json_error_t at;
        if (json_unpack_ex(json_array_get(array, k), &at, JSON_STRICT, "{s?s, s?s, s?s}", "kind",
                           &kind, "before", &before, "after", &after) != 0)
            return nu_fail(err, NUDGE_EDATA, "'target_cells': %s", at.text);
        nudge_column_kind *is = &p->target_cells[k].kind;
        if (nudge_column_kind_parse(is, kind, NULL) != NUDGE_OK ||
            (*is != NUDGE_COLUMN_DATE && *is != NUDGE_COLUMN_NUMBER))
            return nu_fail(err, NUDGE_EDATA, "target '%s' has kind '%s'; it must be number or date",
                           p->target_names[k], kind);
        NU_TRY(read_around(&p->target_cells[k].around, p->target_names[k], before, after, err));
    }
    return NUDGE_OK;
}

static nudge_status read_targets(const keys *in, nudge_prep *p, nudge_error *err)
{
    NU_TRY(read_strings("targets", in->targets, &p->target_names, &p->n_targets, err));
    if (in->target_cells != NULL)
        NU_TRY(read_target_cells(in->target_cells, p, err));
    if (in->classes != NULL)
        NU_TRY(read_strings("classes", in->classes, &p->class_labels, &p->n_classes, err));
    nudge_loss_info loss = nudge_loss_describe(p->loss);
    int has_classes = loss.target == NUDGE_CLASSES;
    int two = loss.target == NUDGE_PROBABILITIES && p->n_classes == 2;
    if (has_classes || two ? p->n_classes < 2 || p->n_targets != 1 : p->n_classes != 0)
        return nu_fail(err, NUDGE_EDATA, "%zu classes and %zu targets do not go with loss %s",
                       p->n_classes, p->n_targets, loss.name);
    size_t outputs = has_classes ? p->n_classes : p->n_targets;
    NU_TRY(read_numbers("target_shift", in->target_shift, 1, &p->target_shift, outputs, err));
    NU_TRY(read_numbers("target_factor", in->target_factor, 0, &p->target_factor, outputs, err));
    p->outputs = outputs;
    if (loss.power > 0)
        return in->transform != NULL ? nu_transform_from_json(p, in->transform, err) : NUDGE_OK;
    if (in->transform != NULL)
        return nu_fail(err, NUDGE_EDATA, "loss %s takes a target that is not transformed",
                       loss.name);
    for (size_t k = 0; k < outputs; k++)
        if (p->target_shift[k] != 0 || p->target_factor[k] != 1)
            return nu_fail(err, NUDGE_EDATA, "loss %s takes a target that is not scaled",
                           loss.name);
    return NUDGE_OK;
}

static nudge_status read_all(json_t *json, nudge_prep *p, nudge_error *err)
{
    keys in = {0};
    json_error_t at;
    if (json_unpack_ex(json, &at, JSON_STRICT,
                       "{s:o, s:o, s?o, s?o, s?o, s?o, s?b, s:o, s:o, s?b, s?o, s?o, s?o, s:o, "
                       "s?o, s?o, s?o, s:o, s:o}",
                       "loss", &in.loss, "scale", &in.scale, "columns", &in.columns, "features",
                       &in.features, "pixels", &in.pixels, "csv", &in.csv, "zero_based",
                       &p->dialect.zero_based, "shift", &in.shift, "factor", &in.factor,
                       "scale_categories", &p->scales_categories, "quantiles", &in.quantiles,
                       "edges", &in.edges, "frequencies", &in.frequencies, "targets", &in.targets,
                       "target_cells", &in.target_cells, "classes", &in.classes, "target_transform",
                       &in.transform, "target_shift", &in.target_shift, "target_factor",
                       &in.target_factor) != 0)
        return nu_fail(err, NUDGE_EDATA, "%s", at.text);
    if (nudge_loss_parse(&p->loss, json_string_value(in.loss), NULL) != NUDGE_OK ||
        p->loss == NUDGE_LOSS_AUTO)
        return nu_fail(err, NUDGE_EDATA, "'loss' must be the name of a loss");
    if (nudge_scale_parse(&p->scale, json_string_value(in.scale), NULL) != NUDGE_OK ||
        p->scale == NUDGE_SCALE_AUTO)
        return nu_fail(err, NUDGE_EDATA, "'scale' must be standard, minmax, robust, quantile or "
                       "none");
    if ((p->scale == NUDGE_SCALE_QUANTILE) != (in.quantiles != NULL))
        return nu_fail(err, NUDGE_EDATA, "'quantiles' and the scale quantile need each other");
    if (in.columns == NULL && in.csv != NULL)
        return nu_fail(err, NUDGE_EDATA, "'csv' needs 'columns'");
    if (in.columns != NULL)
        NU_TRY(nu_dialect_from_json(&p->dialect, in.csv, err));
    NU_TRY(in.columns != NULL ? read_columns(&in, p, err) : read_matrix(&in, p, err));
    NU_TRY(nu_prep_count_values(p, "'columns'", err));
    NU_TRY(read_numbers("shift", in.shift, 1, &p->shift, p->values, err));
    NU_TRY(read_numbers("factor", in.factor, p->scale == NUDGE_SCALE_ROBUST, &p->factor,
                        p->values, err));
    if (in.quantiles != NULL)
        NU_TRY(nu_lists_from_json(&p->quantiles, p, "quantiles", in.quantiles, 2,
                                  NU_QUANTILES_MOST, nu_check_quantiles, err));
    p->encode = in.edges != NULL         ? NUDGE_ENCODE_PIECEWISE
                : in.frequencies != NULL ? NUDGE_ENCODE_FOURIER
                                         : NUDGE_ENCODE_NONE;
    if (in.edges != NULL && in.frequencies != NULL)
        return nu_fail(err, NUDGE_EDATA, "'edges' excludes 'frequencies'");
    if (in.frequencies != NULL)
        NU_TRY(nu_lists_from_json(&p->codes, p, "frequencies", in.frequencies, 1,
                                  NU_FREQUENCIES_MOST, nu_check_frequencies, err));
    if (in.edges != NULL)
        NU_TRY(nu_lists_from_json(&p->codes, p, "edges", in.edges, NU_EDGES_LEAST,
                                  NU_BINS_MOST + 1, nu_check_edges, err));
    NU_TRY(nu_prep_name_features(p, "'columns'", err));
    return read_targets(&in, p, err);
}

nudge_status nu_prep_from_json(nudge_prep **prep, json_t *json, const char *where, nudge_error *err)
{
    nudge_prep *p NU_SCOPED(nu_prep_drop) = NULL;
    nudge_error inner;
    NU_NEW(p, calloc, 1, "preprocessing", err);
    nudge_status status = read_all(json, p, &inner);
    if (status != NUDGE_OK)
        return nu_fail(err, status, "%s: preprocessing: %s", where, inner.text);
    *prep = NU_TAKE(p);
    return NUDGE_OK;
}
