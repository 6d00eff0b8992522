#include "prep/fit_target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

/* Different values that a numeric target may have to be taken as classes. */
#define MAX_NUMERIC_CLASSES 1000

/* The target as the table holds it. */
struct target {
    const nu_fit *fit;
    size_t n;                 /* raw columns */
    size_t *columns;          /* of a columns table: their numbers; NULL for a matrix */
    int is_class;             /* n is then 1 */
    char *const *labels;      /* is_class */
    size_t n_labels;
};

static const char *target_name(const struct target *t, size_t k)
{
    return t->fit->prep->target_names[k];
}

/* A number: raw column k in table row r. */
static double value_at(const struct target *t, size_t k, size_t r)
{
    const nudge_table *table = t->fit->table;
    if (t->columns != NULL)
        return nu_table_cell(table, r, t->columns[k]);
    return nu_value(table->y, table->y_element, r * table->outputs + k);
}

static double training_value(const struct target *t, size_t k, size_t i)
{
    return value_at(t, k, nu_fit_row(t->fit, i));
}

/* ---- Finding it ------------------------------------------------------------------------ */

static nudge_status find_columns(struct target *t, nudge_error *err)
{
    const nudge_table *table = t->fit->table;
    NU_NEW(t->columns, calloc, table->n_columns, "target columns", err);
    for (size_t j = 0; j < table->n_columns; j++)
        if (table->columns[j].is_target)
            t->columns[t->n++] = j;
    if (t->n == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target", "%s: no target column; name the "
                               "column to learn", table->source);
    for (size_t k = 0; k < t->n; k++) {
        const nu_column *c = &table->columns[t->columns[k]];
        if (c->missing > 0)
            return nu_fail(err, NUDGE_EDATA, "%s: target '%s' has no value in data row %zu "
                           "(missing in %zu of %zu rows); leave such rows out", table->source,
                           c->name, c->first_missing + 1, c->missing, table->rows);
        if (c->kind == NUDGE_COLUMN_CATEGORY && t->n > 1)
            return nu_fail(err, NUDGE_EARGUMENT, "%s: target '%s' holds text; several targets must "
                           "all be numbers", table->source, c->name);
        t->is_class = c->kind == NUDGE_COLUMN_CATEGORY;
        t->labels = c->categories;
        t->n_labels = c->n_categories;
    }
    return NUDGE_OK;
}

static nudge_status find_in_matrix(struct target *t, nudge_error *err)
{
    const nudge_table *table = t->fit->table;
    t->is_class = table->classes != NULL;
    t->n = t->is_class ? 1 : table->y != NULL ? table->outputs : 0;
    t->labels = table->class_labels;
    t->n_labels = table->n_classes;
    if (t->n == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "labels",
                               "%s: no target; name the file of labels", table->source);
    return NUDGE_OK;
}

/* ---- Classes --------------------------------------------------------------------------- */

/* The number of the class of table row r. */
static size_t class_of_row(const struct target *t, size_t r)
{
    const nudge_table *table = t->fit->table;
    return t->columns != NULL ? (size_t)nu_table_cell(table, r, t->columns[0])
                              : (size_t)table->classes[r];
}

static nudge_status one_class(const struct target *t, const char *label, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: target '%s' has only one class ('%s'); at least two are "
                   "needed", t->fit->table->source, target_name(t, 0), label);
}

static nudge_status use_classes(const struct target *t, nudge_error *err)
{
    nudge_prep *p = t->fit->prep;
    size_t first = class_of_row(t, nu_fit_row(t->fit, 0)), i = 1;
    while (i < t->fit->n && class_of_row(t, nu_fit_row(t->fit, i)) == first)
        i++;
    if (i == t->fit->n)
        return one_class(t, t->labels[first], err);
    if (p->loss == NUDGE_BCE && t->n_labels != 2)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss",
                               "%s: target '%s' has %zu classes, bce takes two; use cross-entropy",
                               t->fit->table->source, target_name(t, 0), t->n_labels);
    if (p->loss != NUDGE_BCE && p->loss != NUDGE_CROSS_ENTROPY)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' holds %s; use "
                               "cross-entropy", t->fit->table->source, target_name(t, 0),
                               t->columns != NULL ? "text classes" : "classes");
    p->class_labels = nu_strings_copy(t->labels, t->n_labels);
    if (p->class_labels == NULL)
        return nu_no_memory(err, t->n_labels * sizeof(char *), "class labels");
    p->n_classes = t->n_labels;
    return NUDGE_OK;
}

/* Whether the numbers can be class labels, and differ in the training rows. */
static nudge_status check_labels(const struct target *t, nudge_error *err)
{
    const nudge_table *table = t->fit->table;
    if (t->n > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: cross-entropy takes one target "
                               "column, not %zu; use mse", table->source, t->n);
    for (size_t r = 0; r < table->rows; r++) {
        double v = value_at(t, 0, r);
        if (v != rint(v))
            return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' is %g in data "
                                   "row %zu; cross-entropy takes text or whole numbers; use mse",
                                   table->source, target_name(t, 0), v, r + 1);
    }
    double first = training_value(t, 0, 0);
    size_t same = 1;
    while (same < t->fit->n && training_value(t, 0, same) == first)
        same++;
    char text[NU_LABEL_TEXT];
    return same < t->fit->n ? NUDGE_OK : one_class(t, nu_label_text(text, first), err);
}

/* The different values of the whole table, not of its training rows alone: a rare class may be
 * among the held-out rows only. Returns 0 if there are more than MAX_NUMERIC_CLASSES. */
static size_t different_values(const struct target *t, double value[MAX_NUMERIC_CLASSES])
{
    size_t n = 0;
    for (size_t r = 0; r < t->fit->table->rows; r++) {
        double v = value_at(t, 0, r);
        size_t low = 0, high = n;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (value[middle] < v)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < n && value[low] == v)
            continue;
        if (n == MAX_NUMERIC_CLASSES)
            return 0;
        memmove(value + low + 1, value + low, (n++ - low) * sizeof *value);
        value[low] = v;
    }
    return n;
}

static nudge_status use_values_as_classes(const struct target *t, nudge_error *err)
{
    nudge_prep *p = t->fit->prep;
    double value[MAX_NUMERIC_CLASSES];
    NU_TRY(check_labels(t, err));
    size_t n = different_values(t, value);
    if (n == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' has more than %d "
                               "different numbers, too many for cross-entropy; use mse",
                               t->fit->table->source, target_name(t, 0), MAX_NUMERIC_CLASSES);
    NU_NEW(p->class_labels, calloc, n, "class labels", err);
    p->n_classes = n;
    char text[NU_LABEL_TEXT];
    for (size_t k = 0; k < n; k++)
        if ((p->class_labels[k] = strdup(nu_label_text(text, value[k]))) == NULL)
            return nu_no_memory(err, n * sizeof(char *), "class labels");
    return NUDGE_OK;
}

/* ---- Numbers --------------------------------------------------------------------------- */

/* 1 if every column holds zeros and ones, both of them, and nothing else. */
static int zeros_and_ones(const struct target *t)
{
    for (size_t k = 0; k < t->n; k++) {
        size_t zeros = 0, ones = 0;
        for (size_t i = 0; i < t->fit->n; i++) {
            zeros += training_value(t, k, i) == 0;
            ones += training_value(t, k, i) == 1;
        }
        if (zeros == 0 || ones == 0 || zeros + ones < t->fit->n)
            return 0;
    }
    return 1;
}

static nudge_status check_range(const struct target *t, size_t k, const nu_moments *m,
                                nudge_error *err)
{
    nudge_loss loss = t->fit->prep->loss;
    const char *source = t->fit->table->source, *name = target_name(t, k);
    if (m->min == m->max)
        return nu_fail(err, NUDGE_EDATA, "%s: target '%s' is %g in all %zu training rows; there is "
                       "nothing to learn", source, name, m->min, t->fit->n);
    if (loss == NUDGE_BCE && (m->min < 0 || m->max > 1))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' goes from %g to %g; "
                               "bce takes numbers from 0 to 1; use mse", source, name, m->min,
                               m->max);
    if (loss == NUDGE_POISSON && m->min < 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' goes down to %g; "
                               "poisson takes numbers from 0 up; use mse", source, name, m->min);
    return NUDGE_OK;
}

static nudge_status use_numbers(const struct target *t, nudge_error *err)
{
    nudge_prep *p = t->fit->prep;
    /* Pixels / 255 have scale none, but nothing that the user chose. */
    nudge_scale scale = t->fit->asked.scale != NUDGE_SCALE_AUTO ? t->fit->asked.scale
                                                                : NUDGE_SCALE_STANDARD;
    if (p->loss == NUDGE_BCE || p->loss == NUDGE_POISSON)
        scale = NUDGE_SCALE_NONE;
    double *values;
    NU_NEW(values, nu_alloc, t->fit->n, "targets", err);
    nudge_status status = NUDGE_OK;
    for (size_t k = 0; k < t->n && status == NUDGE_OK; k++) {
        for (size_t i = 0; i < t->fit->n; i++)
            values[i] = training_value(t, k, i);
        nu_moments m = nu_moments_of(values, t->fit->n);
        status = check_range(t, k, &m, err);
        if (status == NUDGE_OK)
            status = nu_fit_scale(&p->target_shift[k], &p->target_factor[k], scale, &m, t->fit,
                                  "target", target_name(t, k), err);
    }
    free(values);
    return status;
}

/* ---- All of it ------------------------------------------------------------------------- */

/* A matrix has its target's name already, with a number where there are several. */
static char *make_name(const struct target *t, size_t k)
{
    const nudge_table *table = t->fit->table;
    return strdup(t->columns != NULL ? table->columns[t->columns[k]].name
                                     : table->names[table->n_names - t->n + k]);
}

static nudge_status name_targets(const struct target *t, nudge_error *err)
{
    nudge_prep *p = t->fit->prep;
    NU_NEW(p->target_names, calloc, t->n, "target names", err);
    p->n_targets = t->n;
    for (size_t k = 0; k < t->n; k++)
        if ((p->target_names[k] = make_name(t, k)) == NULL)
            return nu_no_memory(err, t->n * sizeof(char *), "target names");
    return NUDGE_OK;
}

static nudge_status use_target(struct target *t, nudge_error *err)
{
    nudge_prep *p = t->fit->prep;
    p->loss = t->fit->asked.loss;
    NU_TRY(t->fit->table->n_columns > 0 ? find_columns(t, err) : find_in_matrix(t, err));
    NU_TRY(name_targets(t, err));
    if (t->is_class) {
        if (p->loss == NUDGE_LOSS_AUTO)
            p->loss = NUDGE_CROSS_ENTROPY;
        NU_TRY(use_classes(t, err));
    } else {
        if (p->loss == NUDGE_LOSS_AUTO)
            p->loss = zeros_and_ones(t) ? NUDGE_BCE : NUDGE_MSE;
        if (p->loss == NUDGE_CROSS_ENTROPY)
            NU_TRY(use_values_as_classes(t, err));
    }
    p->outputs = p->loss == NUDGE_CROSS_ENTROPY ? p->n_classes : t->n;
    NU_TRY(nu_fit_identity(&p->target_shift, &p->target_factor, p->outputs, err));
    return p->n_classes > 0 ? NUDGE_OK : use_numbers(t, err);
}

nudge_status nu_fit_targets(nu_fit *fit, nudge_error *err)
{
    struct target target = {.fit = fit};
    nudge_status status = use_target(&target, err);
    free(target.columns);
    return status;
}
