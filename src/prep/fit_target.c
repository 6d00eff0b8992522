#include "prep/learning.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/target.h"
#include "prep/task.h"
#include "prep/transform.h"

/* The target, its training rows, and what is learned of them. */
typedef struct learning {
    const nu_fit *fit;
    nudge_prep *prep;
    const char *source; /* of the table */
    nu_target *raw;
    nudge_loss_info loss;
    double value[NU_NUMERIC_CLASSES]; /* of one target of numbers: the different ones, sorted, */
    nu_values facts;                  /* as far as they have room */
} learning;

static double training_value(const learning *t, size_t i, size_t k)
{
    return nu_target_value(t->raw, nu_fit_row(t->fit, i), k);
}

static const char *name_of(const learning *t)
{
    return t->prep->target_names[0];
}

/* ---- Classes --------------------------------------------------------------------------- */

/* The place of a number among n sorted ones, or where it belongs. */
static size_t place_of(const double *value, size_t n, double v)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (value[middle] < v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The number of the class of a row. */
static size_t class_of(const learning *t, size_t row)
{
    if (nu_target_has_labels(t->raw))
        return nu_target_label(t->raw, row);
    return place_of(t->value, t->prep->n_classes, nu_target_value(t->raw, row, 0));
}

/* Rows of each class: of the table, and of training. One class alone is refused, and one that is
 * in the table but not in training is worth a note. */
static nudge_status check_classes(const learning *t, nudge_error *err)
{
    nudge_prep *p = t->prep;
    size_t *all NU_FREED = NULL, *train, lacking = 0, first = 0, there = 0;
    NU_NEW(all, calloc, 2 * p->n_classes, "classes", err);
    train = all + p->n_classes;
    for (size_t r = 0; r < t->fit->table->rows; r++)
        all[class_of(t, r)]++;
    for (size_t i = 0; i < t->fit->n; i++)
        train[class_of(t, nu_fit_row(t->fit, i))]++;
    for (size_t k = p->n_classes; k-- > 0;) {
        there += train[k] > 0;
        if (train[k] > 0 || all[k] == 0)
            continue;
        first = k;
        lacking++;
    }
    if (there < 2)
        return nu_fail(err, NUDGE_EDATA, "%s: target '%s' has only one class ('%s'); at least two "
                       "are needed", t->source, name_of(t),
                       p->class_labels[class_of(t, nu_fit_row(t->fit, 0))]);
    if (lacking == 0)
        return NUDGE_OK;
    return nu_note(&p->notes, t->source, "stratify", err, "class '%s' of target '%s'%s %s in none "
                   "of the %zu training rows: no model can learn it", p->class_labels[first],
                   name_of(t), lacking > 1 ? " and others" : "", lacking > 1 ? "are" : "is",
                   t->fit->n);
}

static nudge_status use_classes(const learning *t, nudge_error *err)
{
    nudge_prep *p = t->prep;
    size_t n = t->raw->n_labels;
    if (t->loss.target == NUDGE_PROBABILITIES && n != 2)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss",
                               "%s: target '%s' has %zu classes, %s takes two; use cross-entropy",
                               t->source, name_of(t), n, t->loss.name);
    if (t->loss.is_regression)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' holds %s; use "
                               "cross-entropy", t->source, name_of(t),
                               t->raw->columns != NULL ? "text classes" : "classes");
    return nu_strings_make(&p->class_labels, &p->n_classes, n, nu_string_copy, t->raw->labels,
                           "class labels", err);
}

static char *value_label(const void *values, size_t k)
{
    char text[NU_LABEL_TEXT];
    return strdup(nu_label_text(text, ((const double *)values)[k]));
}

/* As they are written, where the file has them as text. */
static nudge_status use_values_as_classes(const learning *t, nudge_error *err)
{
    nudge_prep *p = t->prep;
    if (t->raw->n > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: cross-entropy takes one target "
                               "column, not %zu; use bce for zeros and ones, or mse", t->source,
                               t->raw->n);
    if (t->facts.different > NU_NUMERIC_CLASSES)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' has more than %d "
                               "different numbers, too many for classes; use mse", t->source,
                               name_of(t), NU_NUMERIC_CLASSES);
    if (nu_target_has_labels(t->raw))
        return use_classes(t, err);
    if (!t->facts.whole)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "loss", "%s: target '%s' is %g in data row "
                               "%zu; classes are text or whole numbers; use mse", t->source,
                               name_of(t), nu_target_value(t->raw, t->facts.fraction, 0),
                               t->facts.fraction + 1);
    return nu_strings_make(&p->class_labels, &p->n_classes, t->facts.different, value_label,
                           t->value, "class labels", err);
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
    nudge_scale asked = t->fit->asked.target_scale;
    nudge_scale scale = t->loss.power == 0          ? NUDGE_SCALE_NONE
                        : asked == NUDGE_SCALE_AUTO ? NUDGE_SCALE_STANDARD
                                                    : asked;
    if (asked >= NUDGE_SCALE_ROBUST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target_scale",
                               "%s is no scaling of a target", nudge_scale_name(asked));
    double *values NU_FREED = NULL;
    NU_NEW(values, nu_alloc, t->fit->n, "targets", err);
    for (size_t k = 0; k < t->raw->n; k++) {
        for (size_t i = 0; i < t->fit->n; i++) {
            values[i] = training_value(t, i, k);
            NU_TRY(nu_transform_check(p, t->source, k, nu_fit_row(t->fit, i), values[i], 1,
                                      err));
        }
        nu_moments m = nu_moments_of(values, t->fit->n);
        NU_TRY(check_range(t, p->target_names[k], &m, err));
        NU_TRY(nu_transform_learn(p, t->source, k, values, t->fit->n, err));
        if (p->transform != NUDGE_TRANSFORM_NONE)
            m = nu_moments_of(values, t->fit->n);
        NU_TRY(nu_fit_scale(&p->target_shift[k], &p->target_factor[k], scale, &m, NU_F64, t->fit,
                            "target", p->target_names[k], err));
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

/* How cells are written, where that is not as most are. */
static nudge_status keep_cells(const learning *t, nudge_error *err)
{
    const nudge_table *table = t->fit->table;
    size_t plain = 0, n = t->raw->n;
    nu_prep_target *cells NU_FREED = NULL;
    if (t->raw->columns == NULL || t->raw->is_class)
        return NUDGE_OK;
    NU_NEW(cells, calloc, n, "targets", err);
    for (size_t k = 0; k < n; k++) {
        const nu_column *c = &table->columns[t->raw->columns[k]];
        cells[k] = (nu_prep_target){c->kind, c->around};
        plain += c->kind == NUDGE_COLUMN_NUMBER && !nu_has_around(&c->around);
    }
    if (plain < n)
        t->prep->target_cells = NU_TAKE(cells);
    return NUDGE_OK;
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
    NU_TRY(keep_cells(t, err));
    return nu_strings_make(&t->prep->target_names, &t->prep->n_targets, t->raw->n, target_name,
                           t->raw, "target names", err);
}

/* ---- Task and loss ---------------------------------------------------------------------- */

/* Of the whole table, not of its training rows alone: a rare class may be among the held-out rows
 * only. */
static void find_facts(learning *t)
{
    const nudge_table *table = t->fit->table;
    nu_values *f = &t->facts;
    *f = (nu_values){.rows = table->rows, .whole = 1,
                     .of_images = table->n_columns == 0 && table->element == NU_U8};
    for (size_t r = 0; r < table->rows; r++) {
        double v = nu_target_value(t->raw, r, 0);
        size_t at = place_of(t->value, f->different, v);
        f->fraction = f->whole && v != rint(v) ? r : f->fraction;
        f->whole &= v == rint(v);
        if (at < f->different && t->value[at] == v)
            continue;
        if (f->different++ == NU_NUMERIC_CLASSES)
            break;
        memmove(t->value + at + 1, t->value + at, (f->different - 1 - at) * sizeof *t->value);
        t->value[at] = v;
    }
    f->zero_one = f->different == 2 && t->value[0] == 0 && t->value[1] == 1;
    if (nu_target_has_labels(t->raw)) { /* 7 and 007 are two of them */
        f->different = t->raw->n_labels;
        f->zero_one &= f->different == 2;
    }
}

/* What was taken for what, where whole numbers could be either. */
static nudge_status note_task(const learning *t, nudge_error *err)
{
    const nu_values *f = &t->facts;
    nudge_task task = nu_task_of(f);
    if (!f->whole || f->different > NU_NUMERIC_CLASSES)
        return NUDGE_OK;
    if (f->zero_one)
        return nu_note(&t->prep->notes, t->source, "task", err,
                       "target '%s' is 0 and 1: taken as two classes", name_of(t));
    return nu_note(&t->prep->notes, t->source, "task", err, "target '%s' has %zu different whole "
                   "numbers in %zu rows: taken as %s", name_of(t), f->different, f->rows,
                   task == NUDGE_CLASSIFICATION ? "classes" : "numbers");
}

/* Labels that are 0 and 1, from whatever file: one output serves. */
static int labels_zero_one(const nu_target *raw)
{
    return raw->n_labels == 2 && strcmp(raw->labels[0], "0") == 0 &&
           strcmp(raw->labels[1], "1") == 0;
}

static nudge_status refuse_task(const learning *t, const char *why, nudge_error *err)
{
    return nu_fail_setting(err, NUDGE_EARGUMENT, "task", "%s: target '%s' %s", t->source,
                           name_of(t), why);
}

static nudge_status choose_loss(learning *t, nudge_error *err)
{
    nudge_loss *loss = &t->prep->loss;
    nudge_task task = t->fit->asked.task;
    if (task == NUDGE_REGRESSION && t->raw->is_class)
        return refuse_task(t, "holds classes; regression takes numbers", err);
    if (*loss != NUDGE_LOSS_AUTO) {
        int numbers = nudge_loss_describe(*loss).is_regression;
        if (task != NUDGE_TASK_AUTO && numbers != (task == NUDGE_REGRESSION))
            return nu_fail_setting(err, NUDGE_EARGUMENT, "task", "%s: loss %s is for %s, the task "
                                   "asked for is %s", t->source, nudge_loss_name(*loss),
                                   numbers ? "numbers" : "classes",
                                   numbers ? "classification" : "regression");
        return NUDGE_OK;
    }
    if (t->raw->n > 1) {
        int labels = zeros_and_ones(t);
        if (task == NUDGE_CLASSIFICATION && !labels)
            return refuse_task(t, "and others: several targets that are classes must all be zeros "
                               "and ones", err);
        *loss = labels && task != NUDGE_REGRESSION ? NUDGE_BCE : NUDGE_MSE;
        return NUDGE_OK;
    }
    if (!t->raw->is_class && task == NUDGE_TASK_AUTO) {
        NU_TRY(note_task(t, err));
        task = nu_task_of(&t->facts);
    }
    int two = t->raw->is_class ? labels_zero_one(t->raw) : t->facts.zero_one;
    *loss = !t->raw->is_class && task == NUDGE_REGRESSION ? NUDGE_MSE
            : two && !t->fit->asked.two_outputs           ? NUDGE_BCE
                                                          : NUDGE_CROSS_ENTROPY;
    return NUDGE_OK;
}

nudge_status nu_fit_targets(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    nu_target raw NU_SCOPED(nu_target_end) = {0};
    learning target = {.fit = fit, .prep = p, .source = fit->table->source, .raw = &raw};
    learning *t = &target;
    p->loss = fit->asked.loss;
    NU_TRY(find_target(t, err));
    if (raw.n == 1 && !raw.is_class)
        find_facts(t);
    NU_TRY(choose_loss(t, err));
    t->loss = nudge_loss_describe(p->loss);
    if (t->raw->is_class)
        NU_TRY(use_classes(t, err));
    else if (t->loss.target == NUDGE_CLASSES ||
             (t->loss.target == NUDGE_PROBABILITIES && t->facts.zero_one))
        NU_TRY(use_values_as_classes(t, err));
    nudge_scale scale = fit->asked.target_scale;
    p->transform = fit->asked.target_transform;
    if (t->loss.power == 0 && p->transform != NUDGE_TRANSFORM_NONE)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target_transform", "%s: with the loss %s the "
                               "target is not transformed", t->source, t->loss.name);
    if (t->loss.power == 0 && scale != NUDGE_SCALE_AUTO && scale != NUDGE_SCALE_NONE)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target_scale", "%s: with the loss %s the "
                               "target is not scaled", t->source, t->loss.name);
    p->outputs = t->loss.target == NUDGE_CLASSES ? p->n_classes : t->raw->n;
    NU_TRY(nu_fit_identity(&p->target_shift, &p->target_factor, p->outputs, err));
    return p->n_classes > 0 ? check_classes(t, err) : use_numbers(t, err);
}
