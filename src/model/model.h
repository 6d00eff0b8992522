/* The model, inside the library. */
#ifndef NUDGE_MODEL_MODEL_H
#define NUDGE_MODEL_MODEL_H

#include "core/element.h"
#include "net/network.h"
#include "nudge.h"

struct nudge_model {
    nu_network net;
    nudge_dtype dtype;
    void *params;      /* net.size values of dtype, laid out as net/network.h says */
    nudge_prep *prep;  /* or NULL */
};

/* For NU_SCOPED. */
static inline void nu_model_drop(nudge_model **model)
{
    nudge_model_free(*model);
}

/* NUDGE_EMISMATCH if the network's inputs, outputs or loss are not those of prep (may be NULL). */
nudge_status nu_model_check_prep(const nu_network *net, const nudge_prep *prep, nudge_error *err);

/* A zeroed parameter block for `net`; the caller's to free(). NUDGE_EMEMORY. */
nudge_status nu_model_params(void **params, const nu_network *net, nudge_dtype dtype,
                             nudge_error *err);

#endif
