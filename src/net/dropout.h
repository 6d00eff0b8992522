/* Dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html), inverted as
 * torch.nn.Dropout has it: what stays is scaled by 1 / (1 - rate), so that nothing is to be done
 * where a network predicts. */
#ifndef NUDGE_NET_DROPOUT_H
#define NUDGE_NET_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

#include "linalg/real.h"
#include "nudge.h"

/* What the mask of a row depends on. */
typedef struct nu_dropout {
    double rate;         /* 0 < rate < 1 */
    uint64_t seed;
    uint64_t first;      /* number of the first row: of all that training has seen before */
    uint32_t layer;
    size_t width;        /* units of the layer */
} nu_dropout;

/* Masks the outputs y of the layer's units left .. left+n-1 (rows x n), a multiple of 64 the first
 * of them, and their derivatives, slope (rows x n). */
void X(nu_drop)(const nu_dropout *d, real *y, real *slope, size_t rows, size_t left, size_t n);

#endif
