#include "read/csv_columns.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "spell.h"
#include "whole.h"

/* ---- Names in messages ----------------------------------------------------------------- */

static const char *field_name(const void *of, size_t j)
{
    const nu_csv_fields *f = of;
    return j < f->n ? f->field[j].name : NULL;
}

/* " (did you mean 'price'?); columns are: price, rooms, ... (84 in all)"; returns buf. */
static const char *describe_names(char *buf, size_t room, const nu_csv_fields *f, const char *name)
{
    char text[NU_SHORT];
    size_t at = 0;
    const char *similar = nu_closest(name, field_name, f);
    if (similar != NULL)
        at += (size_t)snprintf(buf, room, " (did you mean '%s'?)", nu_csv_short(text, similar));
    at += (size_t)snprintf(buf + at, room - at, "; columns are: ");
    for (size_t j = 0; j < f->n; j++) {
        if (at + NU_SHORT + 32 > room) {
            snprintf(buf + at, room - at, "... (%zu in all)", f->n);
            break;
        }
        at += (size_t)snprintf(buf + at, room - at, "%s%s",
                               nu_csv_short(text, f->field[j].name), j + 1 < f->n ? ", " : "");
    }
    return buf;
}

/* ---- Names ----------------------------------------------------------------------------- */

static size_t find_name(const nu_csv_fields *f, const char *name)
{
    return nu_dictionary_find(&f->names, name, strlen(name));
}

static nudge_status name_fields(nu_csv_fields *f, const nu_csv_first *first, nu_notes *notes,
                                nudge_error *err)
{
    nu_csv_naming *how NU_FREED = NULL;
    NU_NEW(how, calloc, f->n, "the columns of a CSV file", err);
    NU_TRY(nu_csv_name_columns(&f->names, how, f->source, first, notes, err));
    for (size_t j = 0; j < f->n; j++) {
        f->field[j].name = f->names.texts[j];
        f->field[j].naming = how[j];
    }
    return NUDGE_OK;
}

/* ---- The options' names ---------------------------------------------------------------- */

typedef enum role { ROLE_TARGET, ROLE_IGNORED, ROLE_CATEGORY } role;

static nudge_status mark(nu_csv_fields *f, const char *name, role as, nudge_error *err)
{
    static const char *const what[] = {"target", "ignored", "category"};
    char text[NU_SHORT], list[640];
    size_t j = find_name(f, name);
    if (j == NU_NOT_FOUND)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: unknown %s column '%s'%s", f->source, what[as],
                       nu_csv_short(text, name), describe_names(list, sizeof list, f, name));
    nu_csv_field *field = &f->field[j];
    nu_csv_short(text, field->name);
    switch (as) {
    case ROLE_TARGET:
        if (field->is_target)
            return nu_fail(err, NUDGE_EARGUMENT, "%s: the target column '%s' is named twice",
                           f->source, text);
        field->is_target = 1;
        break;
    case ROLE_IGNORED:
        if (field->is_target)
            return nu_fail(err, NUDGE_EARGUMENT, "%s: column '%s' is both a target and ignored",
                           f->source, text);
        field->used = 0;
        break;
    case ROLE_CATEGORY:
        field->want = NU_CATEGORIES;
        break;
    }
    return NUDGE_OK;
}

/* The column of weights is not stored among the others: after all other choices. */
static nudge_status mark_weight(nu_csv_fields *f, const nudge_read_options *options,
                                nudge_error *err)
{
    char text[NU_SHORT], list[640];
    if (options->weight == NULL)
        return NUDGE_OK;
    nu_csv_short(text, options->weight);
    size_t j = find_name(f, options->weight);
    if (j == NU_NOT_FOUND)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "weight", "%s: no column '%s' of weights%s",
                               f->source, text,
                               describe_names(list, sizeof list, f, options->weight));
    nu_csv_field *field = &f->field[j];
    int by_model = options->like != NULL;
    const char *also = field->is_target               ? "the target"
                       : by_model && field->used      ? "an input of the model"
                       : !by_model && !field->used    ? "ignored"
                       : field->want == NU_CATEGORIES ? "a category"
                                                      : NULL;
    if (also != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "weight", "%s: column '%s' is both %s and the "
                               "weight", f->source, text, also);
    field->used = 0;
    field->is_weight = 1;
    return NUDGE_OK;
}

/* A list of names separated by commas, or one name that has commas in it. */
static nudge_status mark_all(nu_csv_fields *f, const char *list, role as, nudge_error *err)
{
    if (list == NULL)
        return NUDGE_OK;
    if (find_name(f, list) != NU_NOT_FOUND)
        return mark(f, list, as, err);
    size_t n;
    char **name NU_FREED = nu_split(list, ',', &n);
    NU_NEED(name != NULL, strlen(list), "names of columns", err);
    for (size_t i = 0; i < n; i++)
        NU_TRY(mark(f, name[i], as, err));
    return NUDGE_OK;
}

static nudge_status choose_by_options(nu_csv_fields *f, const nudge_read_options *options,
                                      nudge_error *err)
{
    for (size_t j = 0; j < f->n; j++)
        f->field[j].used = 1;
    NU_TRY(mark_all(f, options->target, ROLE_TARGET, err));
    NU_TRY(mark_all(f, options->ignore, ROLE_IGNORED, err));
    return mark_all(f, options->category, ROLE_CATEGORY, err);
}

/* ---- A model's names ------------------------------------------------------------------- */

/* Classes are texts, as they are written; labels that are numbers are found by value, too. */
static nu_csv_kind want_of_target(const nudge_prep *like)
{
    double value;
    size_t k = 0;
    while (k < like->n_classes && nu_parse_real(like->class_labels[k], &value))
        k++;
    return k == like->n_classes ? NU_NUMBERS : NU_CATEGORIES;
}

static nudge_status choose_by_model(nu_csv_fields *f, const nudge_prep *like, nudge_error *err)
{
    char text[NU_SHORT], list[640];
    size_t n = nudge_prep_columns(like), targets = 0;
    for (size_t k = 0; k < n; k++) {
        const char *name = nudge_prep_column_name(like, k);
        size_t j = find_name(f, name);
        if (j == NU_NOT_FOUND)
            return nu_fail(err, NUDGE_EMISMATCH, "%s: no column '%s', which the model needs%s",
                           f->source, nu_csv_short(text, name),
                           describe_names(list, sizeof list, f, name));
        f->field[j].used = 1;
        f->field[j].want = like->n_columns > 0 && like->columns[k].kind == NUDGE_COLUMN_CATEGORY
                               ? NU_CATEGORIES : NU_NUMBERS;
    }
    for (size_t k = 0; k < like->n_targets; k++)
        targets += find_name(f, like->target_names[k]) != NU_NOT_FOUND;
    for (size_t k = 0; k < like->n_targets && targets == like->n_targets; k++) {
        size_t j = find_name(f, like->target_names[k]);
        f->field[j].used = f->field[j].is_target = 1;
        f->field[j].want = want_of_target(like);
    }
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

nudge_status nu_csv_choose(nu_csv_fields *f, const char *source, const nu_csv_first *first,
                           const nudge_read_options *options, nu_notes *notes, nudge_error *err)
{
    *f = (nu_csv_fields){.source = source, .n = first->n};
    NU_NEW(f->field, calloc, f->n, "the columns of a CSV file", err);
    NU_TRY(name_fields(f, first, notes, err));
    NU_TRY(options->like != NULL ? choose_by_model(f, options->like, err)
                                 : choose_by_options(f, options, err));
    NU_TRY(mark_weight(f, options, err));
    for (size_t j = 0; j < f->n; j++) {
        nu_csv_field *field = &f->field[j];
        if (field->used)
            field->column = f->used++;
        field->kind = field->want;
        field->as_written = field->is_target;
    }
    if (f->used == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: every column is ignored", source);
    return NUDGE_OK;
}

void nu_csv_fields_free(nu_csv_fields *fields)
{
    for (size_t j = 0; fields->field != NULL && j < fields->n; j++) {
        nu_dictionary_free(&fields->field[j].words);
        free(fields->field[j].values);
    }
    free(fields->field);
    nu_dictionary_free(&fields->names);
    *fields = (nu_csv_fields){0};
}
