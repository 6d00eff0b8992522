/* A network's shape: everything about it but the values of its parameters. */
#ifndef NUDGE_NET_NETWORK_H
#define NUDGE_NET_NETWORK_H

#include "net/embedding.h"

/* Layer l takes width[l] values and gives width[l + 1]; the first takes the inputs, or what they
 * are embedded in. Inside the engine a weight matrix is kept in x out (the transpose of the file's
 * out x in), in panels of panel[l + 1] columns: see linalg/panels.h. The forward product is then an
 * NN GEMM, OpenBLAS's fastest kind for the small matrices of a batch.
 *
 * All parameters are one block of `size` reals: for each layer the weights, then the biases, each
 * tensor beginning at a multiple of 64 bytes' worth of floats; behind them the factors of the
 * inputs, then what is the embedding's. The padding between them is zero
 * and stays zero under every optimizer, so that an update is one loop over the block. */
typedef struct nu_network {
    size_t layers;
    size_t *width;                  /* layers + 1; this and what follows are one block */
    size_t *given;                  /* layers + 1: as in nudge_model_options: the inputs, ... */
    size_t *panel, *panels;         /* layers + 1: a panel's columns in a matrix so wide, and how
                                     * many it has */
    nudge_activation *activation;   /* layers */
    size_t *weight_at, *bias_at;    /* layers: offsets in the block, in reals */
    size_t size;                    /* of the block, in reals, padding included */
    uint64_t parameters;            /* without padding */
    size_t widest;                  /* largest width, inputs included */
    nudge_loss loss;
    double loss_parameter; /* NaN: the loss has none */
    int layer_norm, residual; /* as in nudge_model_options */
    int input_factor;         /* likewise; width[0] reals of the block are they, */
    size_t factor_at;         /* from here on, behind all layers */
    size_t inputs, input_panel; /* and a panel's columns in a matrix so wide */
    nu_embedding embed;
} nu_network;

/* Layer l takes its input normalised. */
static inline int nu_layer_is_normed(const nu_network *net, size_t l)
{
    return net->layer_norm && l > 0;
}

/* Layer l adds what it takes to what it gives. */
static inline int nu_layer_adds(const nu_network *net, size_t l)
{
    return net->residual && l > 0 && l + 1 < net->layers && net->width[l] == net->width[l + 1];
}

static inline int nu_network_embeds(const nu_network *net)
{
    return net->embed.kind != NUDGE_EMBED_NONE;
}

/* Columns of panel q of a matrix of width[i] columns. */
static inline size_t nu_panel_columns_of(const nu_network *net, size_t i, size_t q)
{
    size_t rest = net->width[i] - q * net->panel[i];
    return rest < net->panel[i] ? rest : net->panel[i];
}

/* Where the weight from input i to output o of layer l is in the block. */
static inline size_t nu_weight_at(const nu_network *net, size_t l, size_t o, size_t i)
{
    size_t q = o / net->panel[l + 1], left = q * net->panel[l + 1];
    return net->weight_at[l] + left * net->width[l] + i * nu_panel_columns_of(net, l + 1, q) +
           (o - left);
}

/* Checks and fills; `net` owns copies. NUDGE_EARGUMENT names the layer and what is wrong with it
 * (a zero width, products or sums that overflow size_t or BLAS's int); NUDGE_EMEMORY. */
nudge_status nu_network_start(nu_network *net, const nudge_model_options *options,
                              nudge_error *err);
void nu_network_end(nu_network *net);

/* What makes the same network, but for the type of numbers and the beginning. Its arrays are the
 * network's. */
nudge_model_options nu_network_options(const nu_network *net);

#endif
