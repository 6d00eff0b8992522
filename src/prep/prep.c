#include "prep/prep.h"

#include <stdio.h>

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
        .target_transform = prep->transform,
    };
    for (size_t j = 0; j < prep->n_columns; j++) {
        int category = prep->columns[j].kind == NUDGE_COLUMN_CATEGORY;
        info.category_columns += (size_t)category;
        info.number_columns += (size_t)!category;
    }
    return info;
}

const nudge_note *nudge_prep_notes(const nudge_prep *prep, size_t *n)
{
    *n = prep->notes.n;
    return prep->notes.note;
}

const char *nudge_prep_feature_name(const nudge_prep *prep, size_t j)
{
    return prep->feature_names[j];
}

const char *nudge_prep_target_name(const nudge_prep *prep, size_t k)
{
    return prep->target_names[k];
}

double nudge_prep_target_lambda(const nudge_prep *prep, size_t k)
{
    return prep->target_lambda != NULL ? prep->target_lambda[k] : NAN;
}

const nudge_dialect *nudge_prep_dialect(const nudge_prep *prep)
{
    return prep->dialect.delimiter != '\0' ? &prep->dialect : NULL;
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

size_t nudge_prep_columns(const nudge_prep *prep)
{
    return prep->n_columns > 0 ? prep->n_columns : prep->features;
}

const char *nudge_prep_column_name(const nudge_prep *prep, size_t j)
{
    return prep->n_columns > 0 ? prep->columns[j].name : prep->feature_names[j];
}

nudge_column_kind nudge_prep_column_kind(const nudge_prep *prep, size_t j)
{
    return prep->n_columns > 0 ? prep->columns[j].kind : NUDGE_COLUMN_NUMBER;
}

static const char *text_around(const nu_around *around, int behind)
{
    return around == NULL ? "" : behind ? around->after : around->before;
}

const char *nudge_prep_column_around(const nudge_prep *prep, size_t j, int behind)
{
    return text_around(prep->n_columns > 0 ? &prep->columns[j].around : NULL, behind);
}

const char *nudge_prep_target_around(const nudge_prep *prep, size_t k, int behind)
{
    return text_around(prep->target_cells != NULL ? &prep->target_cells[k].around : NULL, behind);
}

/* ---- Names of network inputs ----------------------------------------------------------- */

static char *matrix_name(const void *prep, size_t j)
{
    char text[NU_NAME_TEXT];
    return strdup(nu_matrix_name(text, ((const nudge_prep *)prep)->pixel_rows > 0, j));
}

/* The network inputs from place `first` on are the column's. */
typedef struct input {
    const nu_prep_column *column;
    size_t first;
} input;

/* "ocean_proximity=INLAND", or a number's name alone; "ocean_proximity other", "age missing". */
static char *input_name(const void *inputs, size_t j)
{
    const input *in = &((const input *)inputs)[j];
    const nu_prep_column *c = in->column;
    size_t nth = j - in->first, plain = nu_prep_width(c) - (size_t)c->has_more;
    int is_number = c->kind != NUDGE_COLUMN_CATEGORY;
    const char *between = nth == plain ? " " : is_number ? "" : "=";
    const char *rest = nth < plain ? is_number ? "" : c->categories[nth]
                       : is_number ? "missing" : "other";
    char *name = NULL;
    return asprintf(&name, "%s%s%s", c->name, between, rest) < 0 ? NULL : name;
}

static nudge_status name_inputs(nudge_prep *p, size_t n, nudge_error *err)
{
    input *inputs NU_FREED = NULL;
    NU_NEW(inputs, calloc, n, "feature names", err);
    for (size_t c = 0, j = 0; c < p->n_columns; c++)
        for (size_t first = j; j < first + nu_prep_width(&p->columns[c]); j++)
            inputs[j] = (input){&p->columns[c], first};
    return nu_strings_make(&p->feature_names, &p->features, n, input_name, inputs, "feature names",
                           err);
}

nudge_status nu_prep_name_features(nudge_prep *prep, const char *where, nudge_error *err)
{
    size_t n = prep->n_columns > 0 ? 0 : prep->features;
    for (size_t j = 0; j < prep->n_columns && n <= NU_PREP_MAX_FEATURES; j++)
        n += nu_prep_width(&prep->columns[j]);
    if (n == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: no feature columns; at least one is needed", where);
    if (n > NU_PREP_MAX_FEATURES)
        return nu_fail(err, NUDGE_EDATA, "%s: more than %zu network inputs", where,
                       NU_PREP_MAX_FEATURES);
    if (prep->n_columns > 0)
        return name_inputs(prep, n, err);
    return nu_strings_make(&prep->feature_names, &prep->features, n, matrix_name, prep,
                           "feature names", err);
}

/* ---- Owners ---------------------------------------------------------------------------- */

nudge_prep *nu_prep_share(const nudge_prep *prep)
{
    nudge_prep *shared = (nudge_prep *)prep; /* the count is no part of what does not change */
    if (shared != NULL)
        (void)__atomic_add_fetch(&shared->sharers, 1, __ATOMIC_RELAXED);
    return shared;
}

void nudge_prep_free(nudge_prep *prep)
{
    if (prep == NULL || __atomic_sub_fetch(&prep->sharers, 1, __ATOMIC_ACQ_REL) >= 0)
        return;
    for (size_t j = 0; j < prep->n_columns; j++) {
        free(prep->columns[j].name);
        nu_strings_free(prep->columns[j].categories, prep->columns[j].n_categories);
    }
    free(prep->columns);
    nu_strings_free(prep->feature_names, prep->features);
    nu_strings_free(prep->target_names, prep->n_targets);
    free(prep->target_cells);
    nu_strings_free(prep->class_labels, prep->n_classes);
    free(prep->shift);
    free(prep->factor);
    free(prep->target_lambda);
    free(prep->target_most);
    free(prep->target_shift);
    free(prep->target_factor);
    nu_notes_free(&prep->notes);
    free(prep);
}
