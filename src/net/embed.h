/* What embeddings of numbers compute, forward and backward. */
#ifndef NUDGE_NET_EMBED_H
#define NUDGE_NET_EMBED_H

#include "linalg/panels.h"
#include "net/network.h"

/* Cosines and sines of a batch, for the way back: those of row r of number j are
 * nu_embed_kept() reals from at + (j * rows + r) * nu_embed_kept() on. */
typedef struct X(nu_waves) {
    real *at;    /* NULL: they are not kept */
    size_t rows; /* of the batch */
} X(nu_waves);

/* Some rows of to = what x (rows x inputs) is embedded in. params: the network's. */
void X(nu_embed)(const nu_embedding *e, const real *params, const X(nu_matrix) *to,
                 const X(nu_waves) *waves, const X(nu_matrix) *x, nu_span rows);

/* What the way back takes, all of the same batch: x and y were embedded, dy is the gradient of the
 * first layer's input. */
typedef struct X(nu_embedded) {
    const X(nu_matrix) *x, *y, *dy;
    const real *factor; /* y was multiplied with before it was that input; or NULL */
    X(nu_waves) waves;
} X(nu_embedded);

/* The gradient of the embedding's parameters by some rows, in the order of the network's block from
 * e->at[0] on. */
void X(nu_embed_backward)(const nu_embedding *e, const real *params, real *gradient,
                          const X(nu_embedded) *of, nu_span rows);

#endif
