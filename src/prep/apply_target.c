#include "prep/apply_target.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/target.h"
#include "prep/transform.h"
#include "whole.h"

/* ---- Classes --------------------------------------------------------------------------- */

/* A class of the prep, in a list sorted by text. */
typedef struct label {
    const char *text;
    int32_t number;
    double value; /* of a label that is a number, otherwise NaN */
} label;

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const label *)a)->text, ((const label *)b)->text);
}

static double value_of(const char *text)
{
    double value;
    return nu_parse_real(text, &value) ? value : NAN;
}

static nudge_status sort_labels(label **sorted, const nudge_prep *p, nudge_error *err)
{
    label *list;
    NU_NEW(list, nu_alloc, p->n_classes, "class labels", err);
    for (size_t k = 0; k < p->n_classes; k++)
        list[k] = (label){p->class_labels[k], (int32_t)k, value_of(p->class_labels[k])};
    qsort(list, p->n_classes, sizeof *list, compare_labels);
    *sorted = list;
    return NUDGE_OK;
}

/* The label of that text; or else the one label that is the same number: 7 where the model was
 * trained with 7.0, or on another kind of file. Beyond 2^53 other numbers can have the same double.
 * NULL: none, or two. */
static const label *find_label(const nudge_prep *p, const label *labels, const char *text)
{
    const label key = {.text = text}, *same = NULL;
    const label *found = bsearch(&key, labels, p->n_classes, sizeof key, compare_labels);
    double value = found == NULL ? value_of(text) : NAN;
    for (size_t k = 0; k < p->n_classes && fabs(value) < 0x1p53; k++)
        if (labels[k].value == value) {
            if (same != NULL)
                return NULL;
            same = &labels[k];
        }
    return found != NULL ? found : same;
}

static nudge_status find_class(const nu_apply *apply, const label *labels, const char *text,
                               int32_t *number, nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    const label *found = find_label(p, labels, text);
    if (found == NULL)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: target '%s' has the class '%s', which is none of "
                       "the model's %zu classes ('%s', '%s', ...)", apply->table->source,
                       p->target_names[0], text, p->n_classes, p->class_labels[0],
                       p->class_labels[1]);
    *number = found->number;
    return NUDGE_OK;
}

static nudge_status find_number(const nu_apply *apply, const label *labels, double value,
                                int32_t *number, nudge_error *err)
{
    char text[NU_LABEL_TEXT];
    if (value == rint(value))
        return find_class(apply, labels, nu_label_text(text, value), number, err);
    return nu_fail(err, NUDGE_EMISMATCH, "%s: target '%s' is %g somewhere, which is none of the "
                   "model's %zu classes", apply->table->source, apply->prep->target_names[0], value,
                   apply->prep->n_classes);
}

static nudge_status take_classes(nu_apply *apply, const nu_target *t, nudge_error *err)
{
    nu_store *s = apply->store;
    int texts = nu_target_has_labels(t);
    size_t n = texts ? t->n_labels : 1;
    label *labels NU_FREED = NULL;
    int32_t *known NU_FREED = NULL; /* of the table's labels: a label that no row has need not be */
    NU_TRY(sort_labels(&labels, apply->prep, err));
    NU_NEW(known, nu_alloc, n, "classes", err);
    memset(known, -1, n * sizeof *known);
    for (size_t r = 0; r < s->rows; r++) {
        size_t k = texts ? nu_target_label(t, r) : 0;
        int32_t number = known[k];
        if (!texts)
            NU_TRY(find_number(apply, labels, nu_target_value(t, r, 0), &number, err));
        else if (number < 0)
            NU_TRY(find_class(apply, labels, t->labels[k], &number, err));
        known[k] = texts ? number : -1;
        if (s->classes != NULL)
            s->classes[r] = number;
        else /* bce's 0 or 1 */
            nu_put(s->y, nu_element_of(s->dtype), r, number);
    }
    return NUDGE_OK;
}

/* ---- Numbers --------------------------------------------------------------------------- */

static nudge_status take_numbers(nu_apply *apply, const nu_target *t, nudge_error *err)
{
    nu_store *s = apply->store;
    const nudge_prep *p = apply->prep;
    nudge_loss_info loss = nudge_loss_describe(p->loss);
    nu_element element = nu_element_of(s->dtype);
    for (size_t r = 0; r < s->rows; r++)
        for (size_t k = 0; k < t->n; k++) {
            double value = nu_target_value(t, r, k);
            if (!(value >= loss.least && value <= loss.most))
                return nu_fail(err, NUDGE_EDATA, "%s: target '%s' is %g in data row %zu; %s takes "
                               "%s", apply->table->source, p->target_names[k], value, r + 1,
                               loss.name, loss.takes);
            NU_TRY(nu_transform_check(p, apply->table->source, k, r, value, 0, err));
            value = (nu_transformed(p, k, value) - p->target_shift[k]) * p->target_factor[k];
            if (nu_keep(s->y, element, r * t->n + k, 1, &value) == 0)
                return nu_fail(err, NUDGE_EDATA, "%s: target '%s' in data row %zu is too large for "
                               "%s", apply->table->source, p->target_names[k], r + 1,
                               nudge_dtype_name(s->dtype));
        }
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

/* Room for the targets; numbers that only need scaling stay where they are. */
static nudge_status make_room(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    nudge_table *t = apply->table;
    size_t size = nu_dtype_size(s->dtype), bytes = SIZE_MAX;
    s->outputs = apply->prep->outputs;
    if (nudge_loss_describe(apply->prep->loss).target == NUDGE_CLASSES) {
        s->classes = nu_alloc(s->rows, sizeof *s->classes);
    } else if (!apply->keep && t->y != NULL && t->y_element == nu_element_of(s->dtype)) {
        s->y = NU_TAKE(t->y);
    } else if (nu_mul(s->rows, s->outputs, &bytes) && nu_mul(bytes, size, &bytes)) {
        s->y = nu_alloc(bytes, 1);
    }
    return s->classes != NULL || s->y != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "targets");
}

nudge_status nu_apply_target(nu_apply *apply, nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    nu_target t NU_SCOPED(nu_target_end) = {0};
    NU_TRY(nu_target_find(&t, apply->table, p, err));
    if (t.n == 0)
        return NUDGE_OK;
    if (t.n != p->n_targets)
        return nu_fail(err, NUDGE_EMISMATCH, "the model has %zu targets, '%s' has %zu",
                       p->n_targets, apply->table->source, t.n);
    if (t.is_class && p->n_classes == 0)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: the target holds classes; the model's target "
                       "'%s' is a number", apply->table->source, p->target_names[0]);
    NU_TRY(make_room(apply, err));
    return p->n_classes > 0 ? take_classes(apply, &t, err) : take_numbers(apply, &t, err);
}
