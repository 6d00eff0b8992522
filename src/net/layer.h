/* One dense layer, forward and backward, over tiles: some rows of one panel of columns. */
#ifndef NUDGE_NET_LAYER_H
#define NUDGE_NET_LAYER_H

#include "linalg/panels.h"
#include "net/network.h"

typedef struct X(nu_layer) {
    X(nu_matrix) weights;    /* in x out */
    X(nu_matrix) transposed; /* out x in, for products that go backward; or none */
    const real *bias;        /* out */
    nudge_activation activation;
} X(nu_layer);

/* Layer l of parameters that net describes, without transposed weights. */
X(nu_layer) X(nu_layer_of)(const nu_network *net, size_t l, const real *params);

/* What a layer gives: rows x out each. slope as in nu_activate(), or none. */
typedef struct X(nu_output) {
    X(nu_matrix) y, slope;
} X(nu_output);

/* Panel q, for some rows, of y = f(x W + b). */
void X(nu_layer_forward_tile)(const X(nu_layer) *layer, const X(nu_output) *out,
                              const X(nu_matrix) *x, nu_span rows, size_t q);

/* Panel q, for some rows, of dx (rows x in): the gradient of the layer's input. dz: rows x out. */
void X(nu_layer_backward_tile)(const X(nu_layer) *layer, const X(nu_matrix) *dx,
                               const X(nu_matrix) *dz, nu_span rows, size_t q);

/* Panel q, for some rows, of dy, the gradient of the output `out` of a layer with the activation
 * `kind`, becomes that of the layer's z. */
void X(nu_layer_derive_tile)(nudge_activation kind, const X(nu_matrix) *dy, const X(nu_output) *out,
                             nu_span rows, size_t q);

/* Panel q, for some rows, of to += a; both hold each panel's rows close together. */
void X(nu_layer_add_tile)(const X(nu_matrix) *to, const X(nu_matrix) *a, nu_span rows, size_t q);

/* Some rows of to = x (of the same shape), each column times its factor. */
void X(nu_layer_scale_inputs)(const X(nu_matrix) *to, const X(nu_matrix) *x, const real *factor,
                              nu_span rows);

/* sum (columns of panel q) = sums over some rows of a's panel q. */
void X(nu_column_sums)(real *sum, const X(nu_matrix) *a, nu_span rows, size_t q);

#endif
