/* Numbers encoded: bins or waves, which packing a batch makes inputs of. */
#ifndef NUDGE_PREP_ENCODE_H
#define NUDGE_PREP_ENCODE_H

#include "prep/learning.h"
#include "prep/lists_json.h"

#define NU_BINS_MOST 1024
#define NU_BINS_FEWEST 16     /* unless asked for */
#define NU_BINS_MOST_USUAL 64
#define NU_BIN_ROWS 256
#define NU_FREQUENCIES_USUAL 16
#define NU_FREQUENCIES_MOST 512
#define NU_FREQUENCY_SCALE_USUAL 0.5
#define NU_FREQUENCY_SCALE_MOST 1e4

/* What is asked for exists. NUDGE_EARGUMENT. */
nudge_status nu_encode_check(const nudge_prep_options *asked, nudge_error *err);

/* Learns the codes of all numbers, if they are asked for, once scales are known; makes a note where
 * none has one. NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_fit_codes(nu_fit *fit, nudge_error *err);

/* Gives a store of the prep's values their encoding. NUDGE_EMEMORY. */
nudge_status nu_encode_store(const nudge_prep *prep, nu_store *store, nudge_error *err);

/* Of the model file, from NU_EDGES_LEAST to NU_BINS_MOST + 1: that they are edges of bins. */
nu_list_check nu_check_edges;

/* Likewise, from 1 to NU_FREQUENCIES_MOST. */
nu_list_check nu_check_frequencies;

#endif
