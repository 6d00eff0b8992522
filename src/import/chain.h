/* A network that is being read: its layers, from the inputs on. */
#ifndef NUDGE_IMPORT_CHAIN_H
#define NUDGE_IMPORT_CHAIN_H

#include "nudge.h"

typedef struct nu_chain_layer {
    size_t in, out;
    double *weight; /* out x in */
    double *bias;   /* out */
    nudge_activation activation;
    int normed; /* it takes its input normalised, as layer_norm of nudge_model_options */
    int adds;   /* it adds its input to what it gives, as residual */
} nu_chain_layer;

typedef struct nu_chain {
    size_t inputs;
    size_t layers;
    nu_chain_layer *layer;
    double *factor, *shift; /* of the last layer's units, or the inputs: what follows takes
                             * factor * y + shift. NULL: 1, and 0 */
} nu_chain;

/* What the next layer takes. */
static inline size_t nu_chain_width(const nu_chain *c)
{
    return c->layers > 0 ? c->layer[c->layers - 1].out : c->inputs;
}

/* n zeros for weights, *numbers for free(). NUDGE_EMEMORY, also where the machine has less. */
nudge_status nu_chain_zeros(double **numbers, size_t n, nudge_error *err);

/* Another layer, without activation as yet, with weights (out x what there is to take) and biases,
 * which it takes over also on failure. factor and shift are taken in, and then there are none.
 * NUDGE_EMEMORY. */
nudge_status nu_chain_add(nu_chain *c, size_t out, double **weight, double **bias,
                          nudge_error *err);

/* Makes the last layer, which has no activation yet, give factor * y + shift; each may be NULL: 1,
 * and 0. They are for each unit. */
void nu_chain_scale(nu_chain *c, const double *factor, const double *shift);

void nu_chain_end(nu_chain *c);

#endif
