/* Losses with their output links and gradients. Formulas: nudge.h. */
#ifndef NUDGE_NET_LOSS_H
#define NUDGE_NET_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "linalg/real.h"
#include "nudge.h"

/* Targets of some rows: y (rows x n) or, for cross-entropy, classes (rows). */
typedef struct X(nu_targets) {
    const real *y;
    const int32_t *classes;
    const double *weights; /* rows; NULL: 1 each */
} X(nu_targets);

/* What a loss is, apart from the rows: */
typedef struct nu_loss_kind {
    nudge_loss loss;
    double parameter;    /* of a loss that has one */
    const double *units; /* n factors from the loss of an output to the target's own units, used
                          * for the reported sum alone; NULL: 1 */
} nu_loss_kind;

/* The sum over rows of each row's loss (for a mean over elements: of the mean over its n outputs)
 * times its weight, and the gradient of scale * that sum in dz (rows x n; always written). z is the
 * output of the last layer. *correct grows by the weights of rows classified right (losses of classes
 * only). */
double X(nu_loss)(const nu_loss_kind *kind, real *dz, const real *z, X(nu_targets) t, double scale,
                  size_t rows, size_t n, double *correct);

/* z (rows x n) becomes the prediction: softmax, sigmoid, exp or itself, as the loss has it. */
void X(nu_link)(nudge_loss loss, real *z, size_t rows, size_t n);

/* Before the link: z (rows x n) becomes the output whose prediction is 1 - part times that of z and
 * `part`, between 0 and 1, times that of `other` (rows x n). */
void X(nu_mix)(nudge_loss loss, real *z, const real *other, double part, size_t rows, size_t n);

#endif
