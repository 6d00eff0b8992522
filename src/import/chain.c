#include "import/chain.h"

#include "core/memory.h"
#include "core/status.h"

nudge_status nu_chain_zeros(double **numbers, size_t n, nudge_error *err)
{
    size_t bytes;
    if (!nu_mul(n, sizeof **numbers, &bytes))
        return nu_no_memory(err, SIZE_MAX, "weights");
    NU_TRY(nu_memory_check(bytes, "weights", err));
    NU_NEW(*numbers, nu_alloc_zero, n, "weights", err);
    return NUDGE_OK;
}

/* W (factor * x + shift) + b */
static void take_in(nu_chain_layer *l, const double *factor, const double *shift)
{
    for (size_t o = 0; o < l->out; o++)
        for (size_t i = 0; i < l->in; i++) {
            double *w = &l->weight[o * l->in + i];
            l->bias[o] += shift != NULL ? *w * shift[i] : 0;
            *w *= factor != NULL ? factor[i] : 1;
        }
}

nudge_status nu_chain_add(nu_chain *c, size_t out, double **weight, double **bias,
                          nudge_error *err)
{
    nu_chain_layer l = {.in = nu_chain_width(c), .out = out, .weight = NU_TAKE(*weight),
                        .bias = NU_TAKE(*bias)};
    nu_chain_layer *more = realloc(c->layer, (c->layers + 1) * sizeof *more);
    c->layer = more != NULL ? more : c->layer;
    if (more == NULL) {
        free(l.weight);
        free(l.bias);
        return nu_no_memory(err, sizeof *more, "a layer");
    }
    c->layer[c->layers++] = l;
    take_in(&c->layer[c->layers - 1], c->factor, c->shift);
    free(NU_TAKE(c->factor));
    free(NU_TAKE(c->shift));
    return NUDGE_OK;
}

void nu_chain_scale(nu_chain *c, const double *factor, const double *shift)
{
    nu_chain_layer *l = &c->layer[c->layers - 1];
    for (size_t o = 0; o < l->out; o++) {
        double by = factor != NULL ? factor[o] : 1;
        for (size_t i = 0; factor != NULL && i < l->in; i++)
            l->weight[o * l->in + i] *= by;
        l->bias[o] = l->bias[o] * by + (shift != NULL ? shift[o] : 0);
    }
}

void nu_chain_end(nu_chain *c)
{
    for (size_t l = 0; l < c->layers; l++) {
        free(c->layer[l].weight);
        free(c->layer[l].bias);
    }
    free(c->layer);
    free(c->factor);
    free(c->shift);
    *c = (nu_chain){0};
}
