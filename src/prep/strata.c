#include "prep/strata.h"

#include "core/memory.h"
#include "core/status.h"
#include "prep/apply_target.h"
#include "prep/learning.h"

/* Numbers that are 0 and 1 as classes; *of stays NULL if another is among them. */
static nudge_status take_zeros_and_ones(int32_t **of, const nu_store *store, nudge_error *err)
{
    int32_t *made NU_FREED = NULL;
    NU_NEW(made, nu_alloc, store->rows, "classes", err);
    for (size_t r = 0; r < store->rows; r++) {
        double v = nu_value(store->y, nu_element_of(store->dtype), r);
        if (v != 0 && v != 1)
            return NUDGE_OK;
        made[r] = v == 1;
    }
    *of = NU_TAKE(made);
    return NUDGE_OK;
}

static nudge_status take_classes(nu_strata *s, const nudge_table *table, nudge_error *err)
{
    const nudge_prep *p = s->prep;
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    nudge_target kind = nudge_loss_describe(p->loss).target;
    int binary = kind == NUDGE_PROBABILITIES && p->outputs == 1;
    if (kind != NUDGE_CLASSES && !binary)
        return NUDGE_OK;
    NU_TRY(nu_store_new(&store, table->rows, 1, 0, NUDGE_F64, err));
    nu_apply apply = {.table = (nudge_table *)table, .keep = 1, .prep = p, .store = store};
    NU_TRY(nu_apply_target(&apply, err));
    if (store->classes != NULL)
        s->of = NU_TAKE(store->classes);
    else
        NU_TRY(take_zeros_and_ones(&s->of, store, err));
    if (s->of != NULL)
        s->groups = (nu_groups){.of = s->of, .n = binary ? 2 : p->n_classes,
                                .target = p->target_names[0], .labels = p->class_labels};
    return NUDGE_OK;
}

nudge_status nu_strata_find(nu_strata *s, const nudge_table *table,
                            const nudge_prep_options *options, nudge_error *err)
{
    *s = (nu_strata){0};
    NU_NEW(s->prep, calloc, 1, "preprocessing", err);
    nu_fit fit = {.table = table, .n = table->rows, .asked = *options, .prep = s->prep};
    NU_TRY(nu_fit_targets(&fit, err));
    return take_classes(s, table, err);
}

nudge_status nu_strata_need(const nu_strata *s, const nudge_table *table, nudge_error *err)
{
    const nudge_prep *p = s->prep;
    if (s->groups.n > 0)
        return NUDGE_OK;
    if (p->outputs > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "stratify", "%s: rows are stratified by the "
                               "classes of one target, not of %zu", table->source, p->outputs);
    return nu_fail_setting(err, NUDGE_EARGUMENT, "stratify", "%s: target '%s' is a number; rows "
                           "are stratified by classes", table->source, p->target_names[0]);
}

void nu_strata_end(nu_strata *s)
{
    free(s->of);
    nudge_prep_free(s->prep);
}
