#include "train/optimizer.h"

#include <math.h>

#include "core/status.h"

nudge_optimizer nudge_optimizer_defaults(nudge_optimizer_kind kind)
{
    nudge_optimizer o = {.kind = kind, .lr = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .alpha = 0.99};
    o.eps = kind == NUDGE_ADAGRAD ? 1e-10 : 1e-8;
    o.weight_decay = kind == NUDGE_ADAMW ? 0.01 : 0;
    return o;
}

/* Each test is written so that a NaN fails it. */
nudge_status nu_optimizer_check(const nudge_optimizer *o, nudge_error *err)
{
    if ((unsigned)o->kind > NUDGE_ADAGRAD)
        return nu_fail(err, NUDGE_EARGUMENT, "optimizer %d does not exist", (int)o->kind);
    if (!(o->lr > 0 && isfinite(o->lr)))
        return nu_fail(err, NUDGE_EARGUMENT, "learning rate %g is not a positive number", o->lr);
    if (!(o->momentum >= 0 && isfinite(o->momentum)))
        return nu_fail(err, NUDGE_EARGUMENT, "momentum %g is not a number >= 0", o->momentum);
    if (o->nesterov && o->kind == NUDGE_SGD && !(o->momentum > 0))
        return nu_fail(err, NUDGE_EARGUMENT, "nesterov needs a momentum above 0");
    if (!(o->weight_decay >= 0 && isfinite(o->weight_decay)))
        return nu_fail(err, NUDGE_EARGUMENT, "weight decay %g is not a number >= 0",
                       o->weight_decay);
    if (!(o->beta1 >= 0 && o->beta1 < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "beta1 %g is not in [0, 1)", o->beta1);
    if (!(o->beta2 >= 0 && o->beta2 < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "beta2 %g is not in [0, 1)", o->beta2);
    if (!(o->alpha >= 0 && o->alpha < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "alpha %g is not in [0, 1)", o->alpha);
    if (!(o->eps > 0 && isfinite(o->eps)) && o->kind != NUDGE_SGD)
        return nu_fail(err, NUDGE_EARGUMENT, "eps %g is not a positive number", o->eps);
    return NUDGE_OK;
}

int nu_optimizer_states(const nudge_optimizer *o)
{
    switch (o->kind) {
    case NUDGE_SGD: return o->momentum > 0 ? 1 : 0;
    case NUDGE_ADAM:
    case NUDGE_ADAMW: return 2;
    case NUDGE_RMSPROP: return o->momentum > 0 ? 2 : 1;
    case NUDGE_ADAGRAD: return 1;
    }
    return 0;
}

int nu_optimizer_is_product(const nudge_optimizer *o)
{
    return o->kind == NUDGE_SGD && o->momentum == 0;
}

nu_optimizer_step_constants nu_optimizer_step(const nudge_optimizer *o, uint64_t t)
{
    nu_optimizer_step_constants c = {.optimizer = o};
    if (o != NULL && (o->kind == NUDGE_ADAM || o->kind == NUDGE_ADAMW)) {
        c.step_size = o->lr / (1 - pow(o->beta1, (double)t));
        c.inverse_root2 = 1 / sqrt(1 - pow(o->beta2, (double)t));
    }
    return c;
}
