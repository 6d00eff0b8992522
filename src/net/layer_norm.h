/* Layer normalisation (Ba, Kiros, Hinton 2016, https://arxiv.org/abs/1607.06450) of what goes into
 * a layer, over the units of a row: (x - mean) / sqrt(variance + 1e-5), the variance of the
 * population, as torch.nn.LayerNorm(width, elementwise_affine=False) has it. A gain and a shift of
 * its own would be no more than the weights and biases of the layer behind can do. */
#ifndef NUDGE_NET_LAYER_NORM_H
#define NUDGE_NET_LAYER_NORM_H

#include "linalg/panels.h"

/* Some rows of to = x normalised; of the same shape. inverse (a value for each row of x): 1 over
 * the root, for the way back; or NULL. */
void X(nu_layer_norm)(const X(nu_matrix) *to, real *inverse, const X(nu_matrix) *x, nu_span rows);

/* Some rows of dx, the gradient of the normalised rows `normed`, become that of x. */
void X(nu_layer_norm_backward)(const X(nu_matrix) *dx, const X(nu_matrix) *normed,
                               const real *inverse, nu_span rows);

#endif
