#include "prep/prep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

nudge_prep_info nudge_prep_describe(const nudge_prep *prep)
{
    nudge_prep_info info = {
        .loss = prep->loss,
        .scale = prep->scale,
        .features = prep->features,
        .outputs = prep->outputs,
        .classes = prep->n_classes,
        .pixels = prep->pixel_rows > 0,
    };
    for (size_t j = 0; j < prep->n_columns; j++) {
        int category = prep->columns[j].kind == NUDGE_COLUMN_CATEGORY;
        info.category_columns += (size_t)category;
        info.number_columns += (size_t)!category;
    }
    return info;
}

const char *nudge_prep_feature_name(const nudge_prep *prep, size_t j)
{
    return prep->feature_names[j];
}

const char *nudge_prep_target_name(const nudge_prep *prep, size_t k)
{
    return prep->target_names[k];
}

const char *nudge_prep_class_label(const nudge_prep *prep, size_t k)
{
    return prep->class_labels[k];
}

const char *nu_label_text(char text[NU_LABEL_TEXT], double value)
{
    /* No digits after the point, so no locale's decimal point either. Never "-0". */
    snprintf(text, NU_LABEL_TEXT, "%.0f", value == 0 ? 0.0 : value);
    return text;
}

size_t nu_prep_raw_columns(const nudge_prep *prep)
{
    return prep->n_columns > 0 ? prep->n_columns : prep->features;
}

const char *nu_prep_raw_column(const nudge_prep *prep, size_t j)
{
    return prep->n_columns > 0 ? prep->columns[j].name : prep->feature_names[j];
}

/* "ocean_proximity=INLAND", or the column's name alone without a category. */
static char *input_name(const char *column, const char *category)
{
    if (category == NULL)
        return strdup(column);
    size_t size = strlen(column) + 1 + strlen(category) + 1;
    char *name = malloc(size);
    if (name != NULL)
        snprintf(name, size, "%s=%s", column, category);
    return name;
}

static nudge_status count_features(nudge_prep *prep, const char *where, nudge_error *err)
{
    size_t n = prep->features;
    if (prep->n_columns > 0) {
        n = 0;
        for (size_t j = 0; j < prep->n_columns && n <= NU_PREP_MAX_FEATURES; j++) {
            const nu_prep_column *c = &prep->columns[j];
            n += c->kind == NUDGE_COLUMN_NUMBER ? 1 : c->n_categories;
        }
    }
    if (n == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: no feature columns; at least one is needed", where);
    if (n > NU_PREP_MAX_FEATURES)
        return nu_fail(err, NUDGE_EDATA, "%s: more than %zu network inputs", where,
                       NU_PREP_MAX_FEATURES);
    prep->features = n;
    return NUDGE_OK;
}

nudge_status nu_prep_name_features(nudge_prep *prep, const char *where, nudge_error *err)
{
    NU_TRY(count_features(prep, where, err));
    if (prep->feature_names != NULL)
        return NUDGE_OK;
    size_t n = prep->features;
    char **names = calloc(n, sizeof *names);
    if (names == NULL)
        return nu_no_memory(err, n * sizeof *names, "feature names");
    int whole = 1;
    if (prep->n_columns == 0) {
        char text[NU_NAME_TEXT];
        for (size_t j = 0; j < n && whole; j++)
            whole = (names[j] = strdup(nu_matrix_name(text, prep->pixel_rows > 0, j))) != NULL;
    }
    for (size_t c = 0, j = 0; c < prep->n_columns; c++) {
        const nu_prep_column *column = &prep->columns[c];
        size_t width = column->kind == NUDGE_COLUMN_NUMBER ? 1 : column->n_categories;
        for (size_t k = 0; k < width && whole; k++, j++)
            whole = (names[j] = input_name(column->name, column->kind == NUDGE_COLUMN_NUMBER
                                                             ? NULL
                                                             : column->categories[k])) != NULL;
    }
    if (!whole) {
        nu_strings_free(names, n);
        return nu_no_memory(err, n * sizeof *names, "feature names");
    }
    prep->feature_names = names;
    return NUDGE_OK;
}

static double *doubles_copy(const double *values, size_t n)
{
    double *copy = nu_alloc(n, sizeof *copy);
    if (copy != NULL && n > 0)
        memcpy(copy, values, n * sizeof *copy);
    return copy;
}

static int columns_copy(nudge_prep *to, const nudge_prep *from)
{
    to->columns = calloc(from->n_columns > 0 ? from->n_columns : 1, sizeof *to->columns);
    if (to->columns == NULL)
        return 0;
    to->n_columns = from->n_columns;
    for (size_t j = 0; j < from->n_columns; j++) {
        const nu_prep_column *f = &from->columns[j];
        nu_prep_column *t = &to->columns[j];
        t->kind = f->kind;
        t->median = f->median;
        t->name = strdup(f->name);
        t->categories = nu_strings_copy(f->categories, f->n_categories);
        if (t->categories != NULL)
            t->n_categories = f->n_categories;
        if (t->name == NULL || t->categories == NULL)
            return 0;
    }
    return 1;
}

nudge_status nu_prep_copy(nudge_prep **copy, const nudge_prep *prep, nudge_error *err)
{
    nudge_prep *p = malloc(sizeof *p);
    if (p == NULL)
        return nu_no_memory(err, sizeof *p, "preprocessing");
    *p = *prep;
    p->n_columns = 0;
    p->columns = NULL;
    p->feature_names = nu_strings_copy(prep->feature_names, prep->features);
    p->target_names = nu_strings_copy(prep->target_names, prep->n_targets);
    p->class_labels = nu_strings_copy(prep->class_labels, prep->n_classes);
    p->shift = doubles_copy(prep->shift, prep->features);
    p->factor = doubles_copy(prep->factor, prep->features);
    p->target_shift = doubles_copy(prep->target_shift, prep->outputs);
    p->target_factor = doubles_copy(prep->target_factor, prep->outputs);
    if (!columns_copy(p, prep) || p->feature_names == NULL || p->target_names == NULL ||
        p->class_labels == NULL || p->shift == NULL || p->factor == NULL ||
        p->target_shift == NULL || p->target_factor == NULL) {
        nudge_prep_free(p);
        return nu_no_memory(err, prep->features * sizeof(double), "a copy of the preprocessing");
    }
    *copy = p;
    return NUDGE_OK;
}

void nudge_prep_free(nudge_prep *prep)
{
    if (prep == NULL)
        return;
    for (size_t j = 0; j < prep->n_columns; j++) {
        free(prep->columns[j].name);
        nu_strings_free(prep->columns[j].categories, prep->columns[j].n_categories);
    }
    free(prep->columns);
    nu_strings_free(prep->feature_names, prep->features);
    nu_strings_free(prep->target_names, prep->n_targets);
    nu_strings_free(prep->class_labels, prep->n_classes);
    free(prep->shift);
    free(prep->factor);
    free(prep->target_shift);
    free(prep->target_factor);
    free(prep);
}
