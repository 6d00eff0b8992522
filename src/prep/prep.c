#include "prep/prep.h"

#include <inttypes.h>
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
        .encode = prep->encode,
        .scale_categories = prep->scales_categories,
    };
    for (size_t j = 0; prep->codes != NULL && j < prep->values; j++) {
        size_t codes = nu_prep_code_inputs(prep, j);
        info.encoded += codes > 0;
        info.most_codes = codes > info.most_codes ? codes : info.most_codes;
    }
    for (size_t j = 0; j < prep->n_columns; j++) {
        int category = prep->columns[j].kind == NUDGE_COLUMN_CATEGORY;
        info.category_columns += (size_t)category;
        info.category_code = prep->columns[j].is_ordinal  ? NUDGE_ORDINAL
                             : prep->columns[j].is_signed ? NUDGE_SIGNED : info.category_code;
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
    return prep->n_columns > 0 ? prep->n_columns : prep->values;
}

const char *nudge_prep_column_name(const nudge_prep *prep, size_t j)
{
    return prep->n_columns > 0 ? prep->columns[j].name
                               : prep->feature_names[nu_prep_input(prep, j)];
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

/* Where a network input comes from. */
typedef struct input {
    uint32_t column, nth, code; /* value `nth` of a column: itself (0), or one of its codes */
} input;

typedef struct naming {
    const nudge_prep *prep;
    input *inputs; /* features */
} naming;

/* "ocean_proximity=INLAND", or a number's name alone; "ocean_proximity other", "age missing";
 * "age[1]", its place in its first bin, or the cosine of its first frequency. */
static char *input_name(const void *of, size_t j)
{
    const naming *names = of;
    const nudge_prep *p = names->prep;
    const input *in = &names->inputs[j];
    const nu_prep_column *c = p->n_columns > 0 ? &p->columns[in->column] : NULL;
    char text[NU_NAME_TEXT], code[32] = "", *name = NULL;
    const char *whole = c != NULL ? c->name : nu_matrix_name(text, p->pixel_rows > 0, in->column);
    int is_number = c == NULL || nu_prep_is_number(c);
    size_t plain = c == NULL || is_number ? 1 : c->n_categories;
    if (in->code > 0)
        snprintf(code, sizeof code, "[%" PRIu32 "]", in->code);
    const char *between = in->nth == plain ? " " : is_number ? "" : "=";
    const char *rest = in->nth < plain ? is_number ? code : c->categories[in->nth]
                       : is_number ? "missing" : "other";
    return asprintf(&name, "%s%s%s", whole, between, rest) < 0 ? NULL : name;
}

static void list_inputs(const nudge_prep *p, input *inputs)
{
    for (size_t c = 0, j = 0, i = 0; c < nudge_prep_columns(p); c++) {
        size_t width = p->n_columns > 0 ? nu_prep_width(&p->columns[c]) : 1;
        for (size_t nth = 0; nth < width; nth++, j++)
            for (size_t code = 0; code <= nu_prep_code_inputs(p, j); code++)
                inputs[i++] = (input){(uint32_t)c, (uint32_t)nth, (uint32_t)code};
    }
}

static nudge_status too_many(const char *where, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: more than %zu network inputs", where,
                   NU_PREP_MAX_FEATURES);
}

nudge_status nu_prep_count_values(nudge_prep *prep, const char *where, nudge_error *err)
{
    size_t n = prep->n_columns > 0 ? 0 : prep->values;
    for (size_t j = 0; j < prep->n_columns && n <= NU_PREP_MAX_FEATURES; j++)
        n += nu_prep_width(&prep->columns[j]);
    if (n == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: no feature columns; at least one is needed", where);
    prep->values = n;
    return n <= NU_PREP_MAX_FEATURES ? NUDGE_OK : too_many(where, err);
}

nudge_status nu_prep_name_features(nudge_prep *prep, const char *where, nudge_error *err)
{
    size_t n = prep->values;
    for (size_t j = 0; prep->codes != NULL && j < prep->values; j++)
        n += nu_prep_code_inputs(prep, j);
    if (n > NU_PREP_MAX_FEATURES)
        return too_many(where, err);
    if (prep->codes != NULL)
        NU_NEW(prep->first, nu_alloc, prep->values + 1, "an encoding", err);
    for (size_t j = 0, i = 0; prep->first != NULL && j <= prep->values; j++) {
        prep->first[j] = (uint32_t)i;
        i += j < prep->values ? 1 + nu_prep_code_inputs(prep, j) : 0;
    }
    input *inputs NU_FREED = NULL;
    NU_NEW(inputs, nu_alloc, n, "feature names", err);
    list_inputs(prep, inputs);
    return nu_strings_make(&prep->feature_names, &prep->features, n, input_name,
                           &(naming){prep, inputs}, "feature names", err);
}

nudge_status nu_prep_list_set(nu_prep_list *list, const double *numbers, size_t n,
                              nudge_error *err)
{
    NU_NEW(list->at, nu_alloc, n, "numbers of a column", err);
    memcpy(list->at, numbers, n * sizeof *numbers);
    list->n = n;
    return NUDGE_OK;
}

/* ---- Owners ---------------------------------------------------------------------------- */

nudge_prep *nu_prep_share(const nudge_prep *prep)
{
    nudge_prep *shared = (nudge_prep *)prep; /* the count is no part of what does not change */
    if (shared != NULL)
        (void)__atomic_add_fetch(&shared->sharers, 1, __ATOMIC_RELAXED);
    return shared;
}

void nu_prep_lists_free(nu_prep_list *lists, size_t n)
{
    for (size_t j = 0; lists != NULL && j < n; j++)
        free(lists[j].at);
    free(lists);
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
    nu_prep_lists_free(prep->quantiles, prep->values);
    nu_prep_lists_free(prep->codes, prep->values);
    free(prep->first);
    free(prep->shift);
    free(prep->factor);
    free(prep->target_lambda);
    free(prep->target_most);
    free(prep->target_shift);
    free(prep->target_factor);
    nu_notes_free(&prep->notes);
    free(prep);
}

static int by_text(const void *key, const void *category)
{
    return strcmp(key, *(char *const *)category);
}

int32_t nu_prep_category(const nu_prep_column *c, const char *text)
{
    if (text == NULL)
        return -1;
    char **found = bsearch(text, c->categories, c->n_categories, sizeof *found, by_text);
    return found != NULL ? (int32_t)(found - c->categories)
           : c->has_more ? (int32_t)c->n_categories : -1;
}
