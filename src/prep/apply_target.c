#include "prep/apply_target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const nu_label *)a)->text, ((const nu_label *)b)->text);
}

nudge_status nu_apply_sort_labels(nu_apply *apply, nudge_error *err)
{
    size_t n = apply->prep->n_classes;
    NU_NEW(apply->labels, nu_alloc, n, "class labels", err);
    for (size_t k = 0; k < n; k++)
        apply->labels[k] = (nu_label){apply->prep->class_labels[k], (int32_t)k};
    qsort(apply->labels, n, sizeof *apply->labels, compare_labels);
    return NUDGE_OK;
}

nudge_status nu_apply_class(const nu_apply *apply, const char *label, int32_t *number,
                           nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    nu_label key = {label, 0};
    const nu_label *found =
        bsearch(&key, apply->labels, p->n_classes, sizeof key, compare_labels);
    if (found == NULL)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: target '%s' has the class '%s', which is none of "
                       "the model's %zu classes ('%s', '%s', ...)", apply->table->source,
                       p->target_names[0], label, p->n_classes, p->class_labels[0],
                       p->class_labels[1]);
    *number = found->number;
    return NUDGE_OK;
}

nudge_status nu_apply_number_class(const nu_apply *apply, double value, int32_t *number,
                                  nudge_error *err)
{
    char text[NU_LABEL_TEXT];
    if (value == rint(value))
        return nu_apply_class(apply, nu_label_text(text, value), number, err);
    return nu_fail(err, NUDGE_EMISMATCH, "%s: target '%s' is %g somewhere, which is none of the "
                   "model's %zu classes", apply->table->source, apply->prep->target_names[0], value,
                   apply->prep->n_classes);
}

nudge_status nu_apply_make_targets(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    size_t size = nu_dtype_size(s->dtype), bytes = SIZE_MAX;
    s->outputs = apply->prep->outputs;
    if (apply->prep->loss == NUDGE_CROSS_ENTROPY)
        s->classes = nu_alloc(s->rows, sizeof *s->classes);
    else if (nu_mul(s->rows, s->outputs, &bytes) && nu_mul(bytes, size, &bytes))
        s->y = nu_alloc(s->rows * s->outputs, size);
    return s->classes != NULL || s->y != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "targets");
}

void nu_apply_put_class(nu_apply *apply, size_t r, int32_t number)
{
    nu_store *s = apply->store;
    if (s->classes != NULL)
        s->classes[r] = number;
    else
        nu_put(s->y, nu_element_of(s->dtype), r, number);
}

nudge_status nu_apply_check_target(const nu_apply *apply, size_t r, const char *name, double value,
                                  nudge_error *err)
{
    nudge_loss loss = apply->prep->loss;
    if (loss == NUDGE_BCE && !(value >= 0 && value <= 1))
        return nu_fail(err, NUDGE_EDATA, "%s: target '%s' is %g in data row %zu; bce takes numbers "
                       "from 0 to 1", apply->table->source, name, value, r + 1);
    if (loss == NUDGE_POISSON && !(value >= 0))
        return nu_fail(err, NUDGE_EDATA, "%s: target '%s' is %g in data row %zu; poisson takes "
                       "numbers from 0 up", apply->table->source, name, value, r + 1);
    return NUDGE_OK;
}
