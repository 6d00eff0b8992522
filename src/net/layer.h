/* One dense layer, forward and backward, over some rows. */
#ifndef NUDGE_NET_LAYER_H
#define NUDGE_NET_LAYER_H

#include "linalg/real.h"
#include "net/network.h"

/* y (rows x out) = f(x W + b) for x (rows x in). slope as in nu_activate(). */
void X(nu_layer_forward)(const nu_network *net, size_t layer, const real *params, real *y,
                         real *slope, const real *x, size_t rows);

/* dx (rows x in): the gradient of this layer's input, which is the output `x` of layer - 1, and
 * from it the gradient of that layer's z, in place. layer >= 1. transposed: this layer's
 * weights out x in, or NULL. */
void X(nu_layer_backward)(const nu_network *net, size_t layer, const real *params,
                          const real *transposed, real *dx, const real *dz, const real *x,
                          const real *slope_before, size_t rows);

/* The same for a tile: some rows and some columns of y, or of dx. The matrices are given whole. */
void X(nu_layer_forward_tile)(const nu_network *net, size_t layer, const real *params, real *y,
                              real *slope, const real *x, nu_span rows, nu_span columns);
void X(nu_layer_backward_tile)(const nu_network *net, size_t layer, const real *params,
                               const real *transposed, real *dx, const real *dz, const real *x,
                               const real *slope_before, nu_span rows, nu_span columns);

/* dw (in x out) = x^T dz, db (out) = column sums of dz (rows x out). */
void X(nu_layer_gradient)(const nu_network *net, size_t layer, real *dw, real *db, const real *x,
                          const real *dz, size_t rows);

/* sum (right - left) = sums of columns left .. right-1 of a (rows x n). */
void X(nu_column_sums)(real *sum, const real *a, size_t rows, size_t n, size_t left, size_t right);

#endif
