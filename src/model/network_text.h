/* The network of a model file: a JSON text with all that the weights do not say.
 * Messages do not name the file. */
#ifndef NUDGE_MODEL_NETWORK_TEXT_H
#define NUDGE_MODEL_NETWORK_TEXT_H

#include "model/model.h"

/* What __metadata__ of a model file says of itself. */
#define NU_MODEL_FORMAT "nudge"
#define NU_MODEL_VERSION "1"

/* For free(); NULL without memory. */
char *nu_network_text(const nudge_model *m);

/* What the text says, until a network is made of it. */
typedef struct nu_described {
    nudge_model_options options; /* its arrays are the three below */
    size_t *widths;
    nudge_activation *activations;
    unsigned char *embed_inputs;
    nudge_prep *prep;
    struct nu_described *members; /* n_members: the networks behind the first, without prep */
    size_t n_members;
    nu_interval interval;
} nu_described;

/* Trusts nothing; what *d holds by then is freed by the caller on failure, too. NUDGE_EDATA,
 * NUDGE_EMEMORY. */
nudge_status nu_network_parse(nu_described *d, const char *text, nudge_error *err);
void nu_described_free(nu_described *d);

#endif
