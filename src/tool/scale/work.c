#include "scale/work.h"

/* Numbers that an optimizer keeps for each weight. */
static double states_of(const nudge_optimizer *o)
{
    int momentum = o->momentum > 0;
    switch (o->kind) {
    case NUDGE_SGD: return momentum;
    case NUDGE_ADAM:
    case NUDGE_ADAMW: return 2;
    case NUDGE_RMSPROP: return 1 + momentum;
    case NUDGE_ADAGRAD: return 1;
    }
    return 0;
}

double scale_step_bytes(const scale_point *p, const nudge_optimizer *optimizer, size_t size)
{
    double batch = (double)p->batch, weights = (double)p->parameters;
    double first = (double)p->widths[0] * (double)p->widths[1], activations = 0;
    for (size_t i = 1; i <= p->layers; i++)
        activations += (double)p->widths[i];
    double numbers = 2 * batch * (double)p->widths[0] + (3 * weights - first) +
                     2 * (1 + states_of(optimizer)) * weights + 2 * batch * activations;
    return numbers * (double)size;
}
