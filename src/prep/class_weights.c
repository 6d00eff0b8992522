#include "prep/class_weights.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "whole.h"

#define SETTING "class_weight"

static const char *const zero_and_one[] = {"0", "1"};

typedef struct classes {
    const char *target;
    char *const *labels;
    size_t n;
} classes;

static nudge_status find_classes(classes *c, const nudge_prep *p, nudge_error *err)
{
    *c = (classes){p->target_names[0], p->class_labels, p->n_classes};
    if (p->n_targets > 1)
        return nu_fail_setting(err, NUDGE_EARGUMENT, SETTING, "weights are of the classes of one "
                               "target, not of %zu", p->n_targets);
    if (p->n_classes == 0 && nudge_loss_describe(p->loss).target != NUDGE_PROBABILITIES)
        return nu_fail_setting(err, NUDGE_EARGUMENT, SETTING, "target '%s' is a number; weights "
                               "are of classes", c->target);
    if (p->n_classes == 0)
        *c = (classes){p->target_names[0], (char *const *)zero_and_one, 2};
    return NUDGE_OK;
}

/* "LABEL=X" */
static nudge_status take_one(double *weights, const classes *c, char *part, nudge_error *err)
{
    char *equals = strrchr(part, '=');
    double x;
    if (equals == NULL || !nu_parse_real(equals + 1, &x) || x < 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, SETTING, "'%s' is neither balanced nor a "
                               "class and its weight, a finite number from 0: %s=2", part,
                               c->labels[0]);
    *equals = '\0';
    for (size_t k = 0; k < c->n; k++) {
        if (strcmp(c->labels[k], part) != 0)
            continue;
        if (!isnan(weights[k]))
            return nu_fail_setting(err, NUDGE_EARGUMENT, SETTING, "class '%s' is named twice",
                                   part);
        weights[k] = x;
        return NUDGE_OK;
    }
    return nu_fail_setting(err, NUDGE_EARGUMENT, SETTING, "target '%s' has no class '%s'; it has "
                           "%zu, '%s', '%s'%s", c->target, part, c->n, c->labels[0], c->labels[1],
                           c->n > 2 ? ", ..." : "");
}

nudge_status nu_class_weights_apply(nudge_dataset *train, const nudge_prep *prep, const char *text,
                                    nudge_error *err)
{
    classes c;
    size_t n;
    if (text == NULL)
        return NUDGE_OK;
    NU_TRY(find_classes(&c, prep, err));
    if (strcmp(text, "balanced") == 0)
        return nudge_dataset_weigh_classes(train, NULL, err);
    double *weights NU_FREED = NULL;
    char **part NU_FREED = nu_split(text, ',', &n);
    NU_NEED(part != NULL, strlen(text), "weights of classes", err);
    NU_NEW(weights, nu_alloc, c.n, "weights of classes", err);
    for (size_t k = 0; k < c.n; k++)
        weights[k] = NAN;
    for (size_t i = 0; i < n; i++)
        NU_TRY(take_one(weights, &c, part[i], err));
    for (size_t k = 0; k < c.n; k++)
        if (isnan(weights[k]))
            weights[k] = 1;
    return nudge_dataset_weigh_classes(train, weights, err);
}
