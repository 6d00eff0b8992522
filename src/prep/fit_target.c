#include "prep/learning.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/target.h"

/* Different values that a numeric target may have to be taken as classes. */
#define MAX_NUMERIC_CLASSES 1000

/* The target, its training rows, and what is learned of them. */
typedef struct learning {
    const nu_fit *fit;
    nudge_prep *prep;
    const char *source; /* of the table */
    nu_target *raw;
    nudge_loss_info loss;
} learning;

static double training_value(const learning *t, size_t i, size_t k)
{
    return nu_target_value(t->raw, nu_fit_row(t->fit, i), k);
}

/* Training rows from the first on that have the value, or are of the class, of the first. */
static size_t count_same(const learning *t)
{
    size_t i = 1;
    while (i < t->fit->n && training_value(t, i, 0) == training_value(t, 0, 0))
        i++;
    return i;
}

/* ---- Classes --------------------------------------------------------------------------- */

static nudge_status check_different(const learning *t, const char *label, nudge_error *err)
{
    if (count_same(t) < t->fit->n)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: target '%s' has only one class ('%s'); at least two are "
                   "needed", t->source, t->prep->target_names[0], label);
}

static nudge_status use_classes(const learning *t, nudge_error *err)
{
    nudge_prep *p = t->prep;
    size_t n = t->raw->n_labels;
    NU_TRY(check_different(t, t->raw->labels[(size_t)training_value(t, 0, 0)], err));
    if (t->loss.target == NUDGE_PROBABILITIES && n != 2)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss",
                               "%s: target '%s' has %zu classes, %s takes two; use cross-entropy",
                               t->source, p->target_names[0], n, t->loss.name);
    if (t->loss.is_regression)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' holds %s; use "
                               "cross-entropy", t->source, p->target_names[0],
                               t->raw->columns != NULL ? "text classes" : "classes");
    return nu_strings_make(&p->class_labels, &p->n_classes, n, nu_string_copy, t->raw->labels,
                           "class labels", err);
}

/* The different values of the whole table, not of its training rows alone: a rare class may be
 * among the held-out rows only. */
static nudge_status different_values(const learning *t, double value[MAX_NUMERIC_CLASSES],
                                     size_t *count, nudge_error *err)
{
    size_t n = 0;
    for (size_t r = 0; r < t->fit->table->rows; r++) {
        double v = nu_target_value(t->raw, r, 0);
        if (v != rint(v))
            return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' is %g in data "
                                   "row %zu; cross-entropy takes text or whole numbers; use mse",
                                   t->source, t->prep->target_names[0], v, r + 1);
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
            return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' has more than %d "
                                   "different numbers, too many for cross-entropy; use mse",
                                   t->source, t->prep->target_names[0], MAX_NUMERIC_CLASSES);
        memmove(value + low + 1, value + low, (n++ - low) * sizeof *value);
        value[low] = v;
    }
    *count = n;
    return NUDGE_OK;
}

static char *value_label(const void *values, size_t k)
{
    char text[NU_LABEL_TEXT];
    return strdup(nu_label_text(text, ((const double *)values)[k]));
}

static nudge_status use_values_as_classes(const learning *t, nudge_error *err)
{
    double value[MAX_NUMERIC_CLASSES];
    char text[NU_LABEL_TEXT];
    size_t n = 0;
    if (t->raw->n > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: cross-entropy takes one target "
                               "column, not %zu; use bce for zeros and ones, or mse", t->source, t->raw->n);
    NU_TRY(different_values(t, value, &n, err));
    NU_TRY(check_different(t, nu_label_text(text, training_value(t, 0, 0)), err));
    return nu_strings_make(&t->prep->class_labels, &t->prep->n_classes, n, value_label, value,
                           "class labels", err);
}

/* ---- Numbers --------------------------------------------------------------------------- */

/* 1 if every column holds zeros and ones, both of them, and nothing else. */
static int zeros_and_ones(const learning *t)
{
    for (size_t k = 0; k < t->raw->n; k++) {
        size_t zeros = 0, ones = 0;
        for (size_t i = 0; i < t->fit->n; i++) {
            zeros += training_value(t, i, k) == 0;
            ones += training_value(t, i, k) == 1;
        }
        if (zeros == 0 || ones == 0 || zeros + ones < t->fit->n)
            return 0;
    }
    return 1;
}

static nudge_status check_range(const learning *t, const char *name, const nu_moments *m,
                                nudge_error *err)
{
    if (m->min == m->max)
        return nu_fail(err, NUDGE_EDATA, "%s: target '%s' is %g in all %zu training rows; there is "
                       "nothing to learn", t->source, name, m->min, t->fit->n);
    if (m->min < t->loss.least || m->max > t->loss.most)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' goes from %g to %g; "
                               "%s takes %s; use mse", t->source, name, m->min, m->max,
                               t->loss.name, t->loss.takes);
    return NUDGE_OK;
}

static nudge_status use_numbers(const learning *t, nudge_error *err)
{
    nudge_prep *p = t->prep;
    /* Pixels / 255 have scale none, but nothing that the user chose. */
    nudge_scale scale = t->fit->asked.scale != NUDGE_SCALE_AUTO ? t->fit->asked.scale
                                                                : NUDGE_SCALE_STANDARD;
    if (t->loss.power == 0)
        scale = NUDGE_SCALE_NONE;
    double *values NU_FREED = NULL;
    NU_NEW(values, nu_alloc, t->fit->n, "targets", err);
    for (size_t k = 0; k < t->raw->n; k++) {
        for (size_t i = 0; i < t->fit->n; i++)
            values[i] = training_value(t, i, k);
        nu_moments m = nu_moments_of(values, t->fit->n);
        NU_TRY(check_range(t, p->target_names[k], &m, err));
        NU_TRY(nu_fit_scale(&p->target_shift[k], &p->target_factor[k], scale, &m, t->fit, "target",
                            p->target_names[k], err));
    }
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

/* A matrix has its target's name already, with a number where there are several. */
static char *target_name(const void *raw, size_t k)
{
    const nu_target *t = raw;
    return strdup(t->columns != NULL ? t->table->columns[t->columns[k]].name
                                     : t->table->names[t->table->n_names - t->n + k]);
}

static nudge_status find_target(const learning *t, nudge_error *err)
{
    const nudge_table *table = t->fit->table;
    NU_TRY(nu_target_find(t->raw, table, NULL, err));
    if (t->raw->n == 0 && table->n_columns > 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target", "%s: no target column; name the "
                               "column to learn", t->source);
    if (t->raw->n == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "labels",
                               "%s: no target; name the file of labels", t->source);
    if (t->raw->n > 1 && t->raw->is_class)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a target holds text; several targets must all be "
                       "numbers, such as zeros and ones for labels", t->source);
    return nu_strings_make(&t->prep->target_names, &t->prep->n_targets, t->raw->n, target_name,
                           t->raw, "target names", err);
}

nudge_status nu_fit_targets(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    nu_target raw NU_SCOPED(nu_target_end) = {0};
    learning target = {.fit = fit, .prep = p, .source = fit->table->source, .raw = &raw};
    learning *t = &target;
    p->loss = fit->asked.loss;
    NU_TRY(find_target(t, err));
    if (p->loss == NUDGE_LOSS_AUTO)
        p->loss = raw.is_class ? NUDGE_CROSS_ENTROPY : zeros_and_ones(t) ? NUDGE_BCE : NUDGE_MSE;
    t->loss = nudge_loss_describe(p->loss);
    if (t->raw->is_class)
        NU_TRY(use_classes(t, err));
    else if (t->loss.target == NUDGE_CLASSES)
        NU_TRY(use_values_as_classes(t, err));
    p->outputs = t->loss.target == NUDGE_CLASSES ? p->n_classes : t->raw->n;
    NU_TRY(nu_fit_identity(&p->target_shift, &p->target_factor, p->outputs, err));
    return p->n_classes > 0 ? NUDGE_OK : use_numbers(t, err);
}
