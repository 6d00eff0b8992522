#include "train/optimizer.h"

#include <math.h>

#include "core/status.h"

/* What an optimizer is, but for its arithmetic (train/update.c). */
static const struct {
    double eps, weight_decay, beta2, lr; /* PyTorch's defaults; beta2 0: 0.999, lr 0: 0.001 */
    int states;               /* without momentum */
    int takes_momentum;       /* a state more, if there is any */
    int is_adam;              /* corrects the bias of its states */
    int rectifies;            /* their variance, too */
    int decouples;            /* takes the decay off the weight, not to the gradient */
    int takes_all_rows;       /* as one batch */
} kinds[] = {
    [NUDGE_SGD] = {.takes_momentum = 1},
    [NUDGE_ADAM] = {.eps = 1e-8, .states = 2, .is_adam = 1},
    [NUDGE_ADAMW] = {.eps = 1e-8, .weight_decay = 0.01, .states = 2, .is_adam = 1, .decouples = 1},
    [NUDGE_RMSPROP] = {.eps = 1e-8, .states = 1, .takes_momentum = 1},
    [NUDGE_ADAGRAD] = {.eps = 1e-10, .states = 1},
    [NUDGE_RADAM] = {.eps = 1e-8, .states = 2, .is_adam = 1, .rectifies = 1},
    [NUDGE_LION] = {.beta2 = 0.99, .states = 1, .decouples = 1},
    [NUDGE_RPROP] = {.lr = 0.01, .states = 2, .takes_all_rows = 1},
    [NUDGE_LBFGS] = {.lr = 1, .takes_all_rows = 1},
};

nudge_optimizer nudge_optimizer_defaults(nudge_optimizer_kind kind)
{
    size_t row = (unsigned)kind < sizeof kinds / sizeof *kinds ? kind : 0; /* refused later */
    return (nudge_optimizer){.kind = kind,
                             .lr = kinds[row].lr > 0 ? kinds[row].lr : 1e-3,
                             .beta1 = 0.9,
                             .beta2 = kinds[row].beta2 > 0 ? kinds[row].beta2 : 0.999,
                             .alpha = 0.99,
                             .eps = kinds[row].eps,
                             .weight_decay = kinds[row].weight_decay};
}

int nudge_optimizer_takes_all_rows(nudge_optimizer_kind kind)
{
    return (unsigned)kind < sizeof kinds / sizeof *kinds && kinds[kind].takes_all_rows;
}

/* Each test is written so that a NaN fails it. */
nudge_status nu_optimizer_check(const nudge_optimizer *o, nudge_error *err)
{
    if ((unsigned)o->kind >= sizeof kinds / sizeof *kinds)
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
    if (!(o->l1 >= 0 && isfinite(o->l1)))
        return nu_fail(err, NUDGE_EARGUMENT, "l1 %g is not a number >= 0", o->l1);
    if (!(o->beta1 >= 0 && o->beta1 < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "beta1 %g is not in [0, 1)", o->beta1);
    if (!(o->beta2 >= 0 && o->beta2 < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "beta2 %g is not in [0, 1)", o->beta2);
    if (!(o->alpha >= 0 && o->alpha < 1))
        return nu_fail(err, NUDGE_EARGUMENT, "alpha %g is not in [0, 1)", o->alpha);
    if (!(o->eps > 0 && isfinite(o->eps)) && kinds[o->kind].eps > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "eps %g is not a positive number", o->eps);
    return NUDGE_OK;
}

nudge_status nu_optimizer_check_options(const nudge_train_options *o, nudge_error *err)
{
    int searches = o->optimizer.kind == NUDGE_LBFGS;
    const struct {
        const char *name;
        int is_used;
    } rules[] = {
        {"accumulate", o->accumulate > 1},
        {"a schedule", o->schedule.kind != NUDGE_SCHEDULE_CONSTANT},
        {"warmup", o->schedule.warmup > 0},
        {"clip_value", o->clip_value > 0},
        {"clip_norm", o->clip_norm > 0},
        {"ntk", o->ntk},
        {"drop_last", o->drop_last},
        {"bias_lr_factor", searches && o->bias_lr_factor != 1},
        {"l1", searches && o->optimizer.l1 > 0},
        {"average", searches && o->average > 0},
        {"max_norm", searches && o->max_norm > 0},
        {"dropout", searches && o->dropout != NULL},
        {"lr_factors", searches && o->lr_factors != NULL},
    };
    if (!kinds[o->optimizer.kind].takes_all_rows)
        return NUDGE_OK;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].is_used)
            return nu_fail(err, NUDGE_EARGUMENT, "%s cannot be used with the optimizer %s",
                           rules[i].name, nudge_optimizer_name(o->optimizer.kind));
    return NUDGE_OK;
}

nudge_status nu_optimizer_check_batch(const nudge_optimizer *o, size_t batch, size_t rows,
                                      nudge_error *err)
{
    if (kinds[o->kind].takes_all_rows && batch < rows)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "batch", "the optimizer %s takes all %zu rows "
                               "as one batch, not %zu", nudge_optimizer_name(o->kind), rows, batch);
    return NUDGE_OK;
}

int nu_optimizer_decouples(const nudge_optimizer *o)
{
    return kinds[o->kind].decouples;
}

int nu_optimizer_states(const nudge_optimizer *o)
{
    return kinds[o->kind].states + (kinds[o->kind].takes_momentum && o->momentum > 0);
}

/* radam is adam with another step size, and with eps where torch.optim.RAdam has it; as long as the
 * variance is not tractable, the denominator is 1. */
static void rectify(nu_optimizer_step *step, double t)
{
    double beta2 = step->beta2, power = pow(beta2, t);
    double most = 2 / (1 - beta2) - 1, length = most - 2 * t * power / (1 - power);
    if (length > 5) {
        step->step_size *= sqrt((length - 4) * (length - 2) * most /
                                ((most - 4) * (most - 2) * length));
        step->eps *= step->inverse_root2;
    } else {
        step->inverse_root2 = 0;
        step->eps = 1;
    }
}

nu_optimizer_step nu_optimizer_step_at(const nudge_optimizer *o, uint64_t t, double lr_factor)
{
    double lr = o->lr * lr_factor, decay = o->weight_decay;
    int decouples = kinds[o->kind].decouples, is_adam = kinds[o->kind].is_adam;
    nu_optimizer_step step = {
        .kind = o->kind,
        .is_product = nu_optimizer_states(o) == 0 && o->l1 == 0,
        .lr = lr,
        .decay = decouples ? 0 : decay,
        .l1 = o->l1,
        .shrink = decouples ? 1 - lr * decay : 1,
        .momentum = kinds[o->kind].takes_momentum ? o->momentum : 0,
        .nesterov = o->nesterov,
        .alpha = o->alpha,
        .beta1 = o->beta1,
        .beta2 = o->beta2,
        .eps = o->eps,
        .step_size = is_adam ? lr / (1 - pow(o->beta1, (double)t)) : 0,
        .inverse_root2 = is_adam ? 1 / sqrt(1 - pow(o->beta2, (double)t)) : 0,
    };
    if (kinds[o->kind].rectifies)
        rectify(&step, (double)t);
    return step;
}

nu_optimizer_step nu_optimizer_step_scaled(nu_optimizer_step step, double factor)
{
    step.lr *= factor;
    step.step_size *= factor;
    step.shrink = 1 - (1 - step.shrink) * factor;
    return step;
}

/* Adam's kind and rmsprop's divide a gradient by a mean size of gradients: of v, w / unit, both are
 * unit times theirs, so that eps counts for 1 / unit as much, and what is subtracted is unit times
 * as much of w. SGD subtracts a gradient. A decay, or l1, is added to unit times the gradient. */
nu_optimizer_step nu_optimizer_step_in_units(nu_optimizer_step step, double unit)
{
    int subtracts_gradient = step.kind == NUDGE_SGD;
    step.lr *= subtracts_gradient ? unit * unit : unit;
    step.step_size *= unit;
    step.eps /= unit;
    step.decay /= unit * unit;
    step.l1 /= unit;
    return step;
}
