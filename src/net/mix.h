/* Averages of networks: two outputs become the one whose prediction is their weighted mean. What
 * comes after a last layer (loss, link, metrics) then need not know that there were several. */
#ifndef NUDGE_NET_MIX_H
#define NUDGE_NET_MIX_H

#include <stddef.h>

#include "linalg/real.h"

/* z (rows x n) becomes the output whose prediction is 1 - part times that of z and `part` (between
 * 0 and 1) times that of `other` (rows x n), for the link of each function. */
typedef void X(nu_mixer)(real *z, const real *other, double part, size_t rows, size_t n);

X(nu_mixer) X(nu_mix_numbers); /* without a link */
X(nu_mixer) X(nu_mix_logs);    /* exp */
X(nu_mixer) X(nu_mix_logits);  /* sigmoid */
X(nu_mixer) X(nu_mix_classes); /* softmax */

#endif
