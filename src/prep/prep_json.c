/* The prep in the model file:
 *   "loss", "scale"               names, as on the command line
 *   "columns"                     of a table: {"name", "kind": "number", "median"} or
 *                                 {"name", "kind": "category", "categories": [...]}
 *   "features"                    instead of columns: their number; with "feature_names": [...]
 *                                 unless they are x1, x2, ... (of an image: p1, p2, ...)
 *   "pixels": [rows, columns]     of an image
 *   "shift", "factor"             one number per network input, or one for all of them
 *   "targets"                     names
 *   "classes"                     labels, if there are classes
 *   "target_shift", "target_factor"   one number per output, or one for all of them */
#include "prep/prep_json.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "table/dictionary.h"

/* ---- Writing --------------------------------------------------------------------------- */

json_t *nu_json_list(size_t n, json_t *(*item)(const void *of, size_t i), const void *of)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, item(of, i)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *string_item(const void *of, size_t i)
{
    return json_string(((char *const *)of)[i]);
}

static json_t *number_item(const void *of, size_t i)
{
    return json_real(((const double *)of)[i]);
}

/* One number where all are the same. */
static json_t *numbers_to_json(const double *values, size_t n)
{
    size_t same = 1;
    while (same < n && values[same] == values[0])
        same++;
    return same == n ? json_real(values[0]) : nu_json_list(n, number_item, values);
}

static json_t *column_item(const void *of, size_t j)
{
    const nu_prep_column *c = &((const nu_prep_column *)of)[j];
    if (c->kind == NUDGE_COLUMN_NUMBER)
        return json_pack("{s:s, s:s, s:f}", "name", c->name, "kind", "number", "median", c->median);
    return json_pack("{s:s, s:s, s:o}", "name", c->name, "kind", "category", "categories",
                     nu_json_list(c->n_categories, string_item, c->categories));
}

static int has_default_names(const nudge_prep *prep)
{
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < prep->features; j++)
        if (strcmp(prep->feature_names[j], nu_matrix_name(text, prep->pixel_rows > 0, j)) != 0)
            return 0;
    return 1;
}

json_t *nu_prep_to_json(const nudge_prep *prep)
{
    int matrix = prep->n_columns == 0;
    const struct entry {
        const char *key;
        int needed;
        json_t *value;
    } entries[] = {
        {"loss", 1, json_string(nudge_loss_name(prep->loss))},
        {"scale", 1, json_string(nudge_scale_name(prep->scale))},
        {"columns", !matrix, nu_json_list(prep->n_columns, column_item, prep->columns)},
        {"features", matrix, json_integer((json_int_t)prep->features)},
        {"feature_names", matrix && !has_default_names(prep),
         nu_json_list(prep->features, string_item, prep->feature_names)},
        {"pixels", prep->pixel_rows > 0, json_pack("[I, I]", (json_int_t)prep->pixel_rows,
                                                   (json_int_t)prep->pixel_columns)},
        {"shift", 1, numbers_to_json(prep->shift, prep->features)},
        {"factor", 1, numbers_to_json(prep->factor, prep->features)},
        {"targets", 1, nu_json_list(prep->n_targets, string_item, prep->target_names)},
        {"classes", prep->n_classes > 0,
         nu_json_list(prep->n_classes, string_item, prep->class_labels)},
        {"target_shift", 1, numbers_to_json(prep->target_shift, prep->outputs)},
        {"target_factor", 1, numbers_to_json(prep->target_factor, prep->outputs)},
    };
    json_t *json = json_object();
    int bad = 0;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (entries[i].needed)
            bad |= json_object_set_new(json, entries[i].key, entries[i].value) != 0;
        else
            json_decref(entries[i].value);
    if (!bad)
        return json;
    json_decref(json);
    return NULL;
}

/* ---- Reading --------------------------------------------------------------------------- */

/* What is being read, for messages. */
struct source {
    const char *where;
    nudge_error *err;
};

static nudge_status bad(const struct source *in, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static nudge_status bad(const struct source *in, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return nu_fail(in->err, NUDGE_EDATA, "%s: preprocessing: %s", in->where, text);
}

static nudge_status no_memory(const struct source *in)
{
    return nu_fail(in->err, NUDGE_EMEMORY, "%s: not enough memory for the preprocessing",
                   in->where);
}

/* The text of a string value without NULs in it, or NULL. */
static const char *text_of(const json_t *json)
{
    const char *text = json_string_value(json);
    return text != NULL && strlen(text) == json_string_length(json) ? text : NULL;
}

static nudge_status check_different(const struct source *in, const char *key,
                                    char *const *strings, size_t n)
{
    nu_dictionary seen = {0};
    size_t i = 0, number = 0;
    while (i < n && (number = nu_dictionary_add(&seen, strings[i], strlen(strings[i]))) == i)
        i++;
    nu_dictionary_free(&seen);
    if (i == n)
        return NUDGE_OK;
    return number == NU_NOT_FOUND ? no_memory(in) : bad(in, "'%s' has '%s' twice", key, strings[i]);
}

/* An array of at least one text, all different. */
static nudge_status read_strings(const struct source *in, const char *key, const json_t *array,
                                 char ***strings, size_t *n)
{
    size_t count = json_array_size(array); /* 0 for anything else */
    if (count == 0)
        return bad(in, "'%s' must be an array of texts, not empty", key);
    if (count > NU_PREP_MAX_FEATURES)
        return bad(in, "'%s' has more than %zu entries", key, NU_PREP_MAX_FEATURES);
    *strings = calloc(count, sizeof **strings);
    if (*strings == NULL)
        return no_memory(in);
    *n = count;
    for (size_t i = 0; i < count; i++) {
        const char *text = text_of(json_array_get(array, i));
        if (text == NULL)
            return bad(in, "entry %zu of '%s' is not a text", i + 1, key);
        if (((*strings)[i] = strdup(text)) == NULL)
            return no_memory(in);
    }
    return check_different(in, key, *strings, count);
}

/* A finite number, for factors other than 0. */
static nudge_status read_number(const struct source *in, const char *key, const json_t *json,
                                int zero_allowed, double *value)
{
    if (!json_is_number(json))
        return bad(in, "'%s' must hold numbers", key);
    *value = json_number_value(json);
    if (!isfinite(*value) || (*value == 0 && !zero_allowed))
        return bad(in, "'%s' is %g; it must be finite%s", key, *value,
                   zero_allowed ? "" : " and not 0");
    return NUDGE_OK;
}

/* n numbers, from an array of n or from one number for all. */
static nudge_status read_numbers(const struct source *in, const json_t *json, const char *key,
                                 int zero_allowed, double **values, size_t n)
{
    const json_t *json_values = json_object_get(json, key);
    int is_array = json_is_array(json_values);
    if (is_array && json_array_size(json_values) != n)
        return bad(in, "'%s' has %zu numbers, %zu are needed", key, json_array_size(json_values),
                   n);
    *values = nu_alloc(n, sizeof **values);
    if (*values == NULL)
        return no_memory(in);
    for (size_t i = 0; i < n; i++)
        NU_TRY(read_number(in, key, is_array ? json_array_get(json_values, i) : json_values,
                           zero_allowed, *values + i));
    return NUDGE_OK;
}

static nudge_status read_size(const struct source *in, const char *key, const json_t *json,
                              size_t *value)
{
    json_int_t n = json_integer_value(json); /* 0 for anything else */
    if (n < 1 || (unsigned long long)n > NU_PREP_MAX_FEATURES)
        return bad(in, "'%s' must hold whole numbers from 1 to %zu", key, NU_PREP_MAX_FEATURES);
    *value = (size_t)n;
    return NUDGE_OK;
}

static nudge_status read_column(const struct source *in, const json_t *json, nu_prep_column *c)
{
    const char *name = text_of(json_object_get(json, "name"));
    const char *kind = text_of(json_object_get(json, "kind"));
    if (name == NULL || kind == NULL)
        return bad(in, "a column lacks 'name' or 'kind'");
    if ((c->name = strdup(name)) == NULL)
        return no_memory(in);
    if (strcmp(kind, "number") == 0) {
        c->kind = NUDGE_COLUMN_NUMBER;
        return read_number(in, "median", json_object_get(json, "median"), 1, &c->median);
    }
    if (strcmp(kind, "category") != 0)
        return bad(in, "column '%s' has kind '%s'; it must be number or category", name, kind);
    c->kind = NUDGE_COLUMN_CATEGORY;
    NU_TRY(read_strings(in, "categories", json_object_get(json, "categories"), &c->categories,
                        &c->n_categories));
    for (size_t k = 1; k < c->n_categories; k++) /* they are searched for by halving */
        if (strcmp(c->categories[k - 1], c->categories[k]) > 0)
            return bad(in, "the categories of column '%s' are not sorted", name);
    return NUDGE_OK;
}

static nudge_status read_columns(const struct source *in, const json_t *json, nudge_prep *p)
{
    const json_t *array = json_object_get(json, "columns");
    size_t n = json_array_size(array);
    if (n == 0 || n > NU_PREP_MAX_FEATURES)
        return bad(in, "'columns' must be an array with 1 to %zu entries", NU_PREP_MAX_FEATURES);
    if (json_object_get(json, "features") != NULL || json_object_get(json, "pixels") != NULL)
        return bad(in, "'columns' excludes 'features' and 'pixels'");
    p->columns = calloc(n, sizeof *p->columns);
    char **names = calloc(n, sizeof *names);
    nudge_status status = p->columns != NULL && names != NULL ? NUDGE_OK : no_memory(in);
    p->n_columns = p->columns != NULL ? n : 0;
    for (size_t j = 0; j < n && status == NUDGE_OK; j++) {
        status = read_column(in, json_array_get(array, j), &p->columns[j]);
        names[j] = p->columns[j].name;
    }
    if (status == NUDGE_OK)
        status = check_different(in, "columns", names, n);
    free(names);
    return status;
}

static nudge_status read_matrix(const struct source *in, const json_t *json, nudge_prep *p)
{
    const json_t *pixels = json_object_get(json, "pixels");
    const json_t *names = json_object_get(json, "feature_names");
    if (pixels != NULL) {
        if (json_array_size(pixels) != 2)
            return bad(in, "'pixels' must be [rows, columns]");
        NU_TRY(read_size(in, "pixels", json_array_get(pixels, 0), &p->pixel_rows));
        NU_TRY(read_size(in, "pixels", json_array_get(pixels, 1), &p->pixel_columns));
    }
    size_t features = 0;
    NU_TRY(read_size(in, "features", json_object_get(json, "features"), &features));
    if (pixels != NULL && p->pixel_rows * p->pixel_columns != features) /* both at most 2^24 */
        return bad(in, "%zu x %zu pixels are not %zu features", p->pixel_rows, p->pixel_columns,
                   features);
    if (names != NULL) {
        NU_TRY(read_strings(in, "feature_names", names, &p->feature_names, &p->features));
        if (p->features != features)
            return bad(in, "'feature_names' has %zu names for %zu features", p->features, features);
    }
    p->features = features;
    return NUDGE_OK;
}

static nudge_status read_targets(const struct source *in, const json_t *json, nudge_prep *p)
{
    const json_t *classes = json_object_get(json, "classes");
    NU_TRY(read_strings(in, "targets", json_object_get(json, "targets"), &p->target_names,
                        &p->n_targets));
    if (classes != NULL)
        NU_TRY(read_strings(in, "classes", classes, &p->class_labels, &p->n_classes));
    int right = p->loss == NUDGE_CROSS_ENTROPY ? p->n_classes >= 2 && p->n_targets == 1
                : p->loss == NUDGE_BCE
                    ? p->n_classes == 0 || (p->n_classes == 2 && p->n_targets == 1)
                    : p->n_classes == 0;
    if (!right)
        return bad(in, "%zu classes and %zu targets do not go with loss %s", p->n_classes,
                   p->n_targets, nudge_loss_name(p->loss));
    size_t outputs = p->loss == NUDGE_CROSS_ENTROPY ? p->n_classes : p->n_targets;
    NU_TRY(read_numbers(in, json, "target_shift", 1, &p->target_shift, outputs));
    NU_TRY(read_numbers(in, json, "target_factor", 0, &p->target_factor, outputs));
    p->outputs = outputs;
    if (p->loss == NUDGE_MSE || p->loss == NUDGE_MAE || p->loss == NUDGE_HUBER)
        return NUDGE_OK;
    for (size_t k = 0; k < outputs; k++)
        if (p->target_shift[k] != 0 || p->target_factor[k] != 1)
            return bad(in, "loss %s takes a target that is not scaled", nudge_loss_name(p->loss));
    return NUDGE_OK;
}

static nudge_status read_choices(const struct source *in, const json_t *json, nudge_prep *p)
{
    const char *loss = text_of(json_object_get(json, "loss"));
    const char *scale = text_of(json_object_get(json, "scale"));
    if (loss == NULL || nudge_loss_parse(&p->loss, loss, NULL) != NUDGE_OK ||
        p->loss == NUDGE_LOSS_AUTO)
        return bad(in, "'loss' must be the name of a loss, not '%s'", loss ? loss : "");
    if (scale == NULL || nudge_scale_parse(&p->scale, scale, NULL) != NUDGE_OK ||
        p->scale == NUDGE_SCALE_AUTO)
        return bad(in, "'scale' must be standard, minmax or none, not '%s'", scale ? scale : "");
    return NUDGE_OK;
}

static nudge_status read_all(const struct source *in, const json_t *json, nudge_prep *p)
{
    if (!json_is_object(json))
        return bad(in, "it must be an object");
    NU_TRY(read_choices(in, json, p));
    NU_TRY(json_object_get(json, "columns") != NULL ? read_columns(in, json, p)
                                                    : read_matrix(in, json, p));
    NU_TRY(nu_prep_name_features(p, in->where, in->err));
    NU_TRY(read_numbers(in, json, "shift", 1, &p->shift, p->features));
    NU_TRY(read_numbers(in, json, "factor", 0, &p->factor, p->features));
    return read_targets(in, json, p);
}

nudge_status nu_prep_from_json(nudge_prep **prep, const json_t *json, const char *where,
                               nudge_error *err)
{
    struct source in = {where, err};
    nudge_prep *p = calloc(1, sizeof *p);
    if (p == NULL)
        return no_memory(&in);
    nudge_status status = read_all(&in, json, p);
    if (status != NUDGE_OK) {
        nudge_prep_free(p);
        return status;
    }
    *prep = p;
    return NUDGE_OK;
}
