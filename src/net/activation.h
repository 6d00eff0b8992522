/* Activation functions with their biases and derivatives. Formulas: nudge.h. */
#ifndef NUDGE_NET_ACTIVATION_H
#define NUDGE_NET_ACTIVATION_H

#include <stddef.h>

#include "linalg/real.h"
#include "nudge.h"

/* Whether the derivative cannot be had from the output alone, so that forward must leave it. */
int X(nu_activation_keeps_slope)(nudge_activation kind);

/* y (rows x n) holds z without its bias on entry and f(z + bias) on return. slope (rows x n) takes
 * f'(z + bias), which the kinds that keep it need for the way back; may be NULL. */
void X(nu_activate)(nudge_activation kind, real *y, real *slope, const real *bias, size_t rows,
                    size_t n);

/* dz (rows x n) holds the gradient of y on entry and of z on return; with a slope, of any kind, by
 * that alone. */
void X(nu_activate_backward)(nudge_activation kind, real *dz, const real *y, const real *slope,
                             size_t rows, size_t n);

#endif
