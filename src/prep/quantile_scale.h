/* Quantile scaling: each number's part of the training rows below it, as a normal distribution has
 * it. scikit-learn's QuantileTransformer(output_distribution="normal"). */
#ifndef NUDGE_PREP_QUANTILE_SCALE_H
#define NUDGE_PREP_QUANTILE_SCALE_H

#include "prep/learning.h"
#include "prep/lists_json.h"

#define NU_QUANTILES_MOST 1000

/* Learns the quantiles of all numbers that vary, if that is the scale. NUDGE_EMEMORY. */
nudge_status nu_fit_quantiles(nu_fit *fit, nudge_error *err);

/* Of the model file, from 2 to NU_QUANTILES_MOST: that they are quantiles. */
nu_list_check nu_check_quantiles;

#endif
