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
    nudge_model **others; /* the members of the model but for the first, which it is itself: each
                           * has one network, and this prep, */
    size_t n_others;      /* and there are so many */
};

/* Network k of a model as a model of its own, which is the model's; of the first one, which does
 * not stand alone, only net and params may be asked for. */
static inline nudge_model *nu_member_of(const nudge_model *model, size_t k)
{
    return k == 0 ? (nudge_model *)model : model->others[k - 1];
}

static inline size_t nu_model_members(const nudge_model *model)
{
    return 1 + model->n_others;
}

/* For NU_SCOPED. */
static inline void nu_model_drop(nudge_model **model)
{
    nudge_model_free(*model);
}

/* NUDGE_EMISMATCH if the network's inputs, outputs or loss are not those of prep (may be NULL). */
nudge_status nu_model_check_prep(const nu_network *net, const nudge_prep *prep, nudge_error *err);

/* A network as that of `from`, with a copy of its weights and the same prep, without others; for
 * nudge_model_free(). NUDGE_EMEMORY. */
nudge_status nu_model_copy_network(nudge_model **copy, const nudge_model *from, nudge_error *err);

/* Makes `member` the last of the model's others, and takes it over. NUDGE_EMISMATCH if it has other
 * inputs, outputs, loss or preprocessing; NUDGE_EMEMORY. */
nudge_status nu_model_take_member(nudge_model *model, nudge_model **member, nudge_error *err);

/* A zeroed parameter block for `net`; the caller's to free(). NUDGE_EMEMORY. */
nudge_status nu_model_params(void **params, const nu_network *net, nudge_dtype dtype,
                             nudge_error *err);

#endif
