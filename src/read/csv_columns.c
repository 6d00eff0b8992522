#include "read/csv_columns.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/column_list.h"
#include "whole.h"

static const char *field_name(const void *of, size_t j)
{
    const nu_csv_fields *f = of;
    return j < f->n ? f->field[j].name : NULL;
}

static int is_shared(const void *of, size_t j)
{
    return ((const nu_csv_fields *)of)->field[j].naming == NU_NAMED_ALSO;
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

/* What an option says of the columns that it names. */
typedef enum role { FEATURE, TARGET, IGNORED, CATEGORY, NUMBER, KEPT } role;

static nudge_status mark_field(nu_csv_field *field, role as, size_t place, const char *source,
                               nudge_error *err)
{
    char text[NU_SHORT];
    nu_csv_short(text, field->name);
    switch (as) {
    case FEATURE:
        field->used = field->asked = 1;
        break;
    case TARGET:
        field->used = field->is_target = 1;
        field->place = place;
        break;
    case IGNORED:
        if (field->is_target)
            return nu_fail_setting(err, NUDGE_EARGUMENT, "ignore", "%s: column '%s' is both a "
                                   "target and ignored", source, text);
        field->used = 0;
        break;
    case CATEGORY:
        field->want = NU_CATEGORIES;
        field->asked = 1;
        break;
    case NUMBER:
        if (field->want == NU_CATEGORIES)
            return nu_fail_setting(err, NUDGE_EARGUMENT, "number", "%s: column '%s' is both a "
                                   "category and a number", source, text);
        field->want = NU_NUMBERS;
        field->asked = 1;
        break;
    case KEPT:
        field->kept = 1;
        field->kept_place = place;
        break;
    }
    return NUDGE_OK;
}

/* Marks all that a list names; NULL: none. */
static nudge_status mark(nu_csv_fields *f, const char *list, role as, nudge_error *err)
{
    static const struct {
        const char *what, *setting;
    } roles[] = {
        [FEATURE] = {"feature", "features"}, [TARGET] = {"target", "target"},
        [IGNORED] = {"ignored", "ignore"}, [CATEGORY] = {"category", "category"},
        [NUMBER] = {"number", "number"}, [KEPT] = {"kept", "keep"},
    };
    const nu_columns columns = {f->source, f->n, field_name, f, is_shared};
    size_t *column NU_FREED = NULL, n = 0;
    if (list == NULL)
        return NUDGE_OK;
    NU_TRY(nu_columns_of_list(&column, &n, &columns, list, roles[as].what, roles[as].setting, err));
    for (size_t i = 0; i < n; i++)
        NU_TRY(mark_field(&f->field[column[i]], as, i, f->source, err));
    return NUDGE_OK;
}

/* The column of weights is not stored among the others: after all other choices. */
static nudge_status mark_weight(nu_csv_fields *f, const nudge_read_options *options,
                                nudge_error *err)
{
    char text[NU_SHORT];
    size_t *column NU_FREED = NULL, n = 0;
    const nu_columns columns = {f->source, f->n, field_name, f, is_shared};
    if (options->weight == NULL)
        return NUDGE_OK;
    NU_TRY(nu_columns_of_list(&column, &n, &columns, options->weight, "weight", "weight", err));
    if (n > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "weight", "%s: weights are in one column, not "
                               "in %zu", f->source, n);
    nu_csv_field *field = &f->field[column[0]];
    int by_model = options->like != NULL;
    const char *also = field->is_target               ? "the target"
                       : by_model && field->used      ? "an input of the model"
                       : !by_model && !field->used    ? "ignored"
                       : field->want == NU_CATEGORIES ? "a category"
                                                      : NULL;
    if (also != NULL && (by_model || options->features == NULL || field->used))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "weight", "%s: column '%s' is both %s and the "
                               "weight", f->source, nu_csv_short(text, field->name), also);
    field->used = 0;
    field->is_weight = 1;
    return NUDGE_OK;
}

static nudge_status choose_by_options(nu_csv_fields *f, const nudge_read_options *options,
                                      nudge_error *err)
{
    for (size_t j = 0; j < f->n; j++)
        f->field[j].used = options->features == NULL;
    NU_TRY(mark(f, options->features, FEATURE, err));
    NU_TRY(mark(f, options->target, TARGET, err));
    NU_TRY(mark(f, options->ignore, IGNORED, err));
    NU_TRY(mark(f, options->category, CATEGORY, err));
    return mark(f, options->number, NUMBER, err);
}

/* ---- A model's names ------------------------------------------------------------------- */

/* All of a column is to be of a kind; numbers have that around them. */
static void want(nu_csv_field *field, nudge_column_kind kind, const nu_around *around)
{
    field->used = 1;
    field->want = kind == NUDGE_COLUMN_CATEGORY ? NU_CATEGORIES
                  : kind == NUDGE_COLUMN_DATE   ? NU_DATES
                                                : NU_NUMBERS;
    field->has_around = 1;
    if (around != NULL)
        field->around = *around;
}

/* Classes are texts, as they are written; labels that are numbers are found by value, too. */
static void want_target(nu_csv_field *field, const nudge_prep *like, size_t target)
{
    const nu_prep_target *cells = like->target_cells != NULL ? &like->target_cells[target] : NULL;
    double value;
    size_t k = 0;
    while (k < like->n_classes && nu_parse_real(like->class_labels[k], &value))
        k++;
    want(field, k < like->n_classes ? NUDGE_COLUMN_CATEGORY
                : cells != NULL     ? cells->kind
                                    : NUDGE_COLUMN_NUMBER, cells != NULL ? &cells->around : NULL);
    field->is_target = 1;
    field->place = target;
}

static nudge_status choose_by_model(nu_csv_fields *f, const nudge_read_options *options,
                                    nudge_error *err)
{
    const nudge_prep *like = options->like;
    const nu_columns columns = {f->source, f->n, field_name, f, is_shared};
    char text[NU_SHORT], list[NU_NAMES_TEXT];
    size_t n = nudge_prep_columns(like), targets = 0;
    for (size_t k = 0; k < n; k++) {
        const char *name = nudge_prep_column_name(like, k);
        size_t j = find_name(f, name);
        if (j == NU_NOT_FOUND)
            return nu_fail(err, NUDGE_EMISMATCH, "%s: no column '%s', which the model needs%s",
                           f->source, nu_csv_short(text, name),
                           nu_columns_text(list, &columns, name));
        want(&f->field[j], nudge_prep_column_kind(like, k),
             like->n_columns > 0 ? &like->columns[k].around : NULL);
    }
    for (size_t k = 0; k < like->n_targets && !options->without_target; k++)
        targets += find_name(f, like->target_names[k]) != NU_NOT_FOUND;
    for (size_t k = 0; k < like->n_targets && targets == like->n_targets; k++)
        want_target(&f->field[find_name(f, like->target_names[k])], like, k);
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

nudge_status nu_csv_choose(nu_csv_fields *f, const char *source, const nu_csv_first *first,
                           const nudge_read_options *options, nu_notes *notes, nudge_error *err)
{
    *f = (nu_csv_fields){.source = source, .n = first->n};
    NU_NEW(f->field, calloc, f->n, "the columns of a CSV file", err);
    NU_TRY(name_fields(f, first, notes, err));
    NU_TRY((options->like != NULL ? choose_by_model : choose_by_options)(f, options, err));
    NU_TRY(mark_weight(f, options, err));
    NU_TRY(mark(f, options->keep, KEPT, err));
    for (size_t j = 0; j < f->n; j++) {
        nu_csv_field *field = &f->field[j];
        if (field->used)
            field->column = f->used++;
        field->kind = field->want;
        field->as_written = field->is_target;
        f->kept += field->kept != 0;
    }
    for (size_t j = 0; j < f->n; j++)
        f->field[j].kept_column = f->used + f->field[j].kept_place;
    if (f->used == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: every column is ignored", source);
    return NUDGE_OK;
}

void nu_csv_fields_free(nu_csv_fields *fields)
{
    for (size_t j = 0; fields->field != NULL && j < fields->n; j++) {
        nu_dictionary_free(&fields->field[j].words);
        nu_dictionary_free(&fields->field[j].kept_words);
        free(fields->field[j].values);
    }
    free(fields->field);
    nu_dictionary_free(&fields->names);
    *fields = (nu_csv_fields){0};
}
