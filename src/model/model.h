/* The model, inside the library. */
#ifndef NUDGE_MODEL_MODEL_H
#define NUDGE_MODEL_MODEL_H

#include <jansson.h>

#include "core/element.h"
#include "net/network.h"
#include "nudge.h"

/* Of nudge_interval_learn(). */
typedef struct nu_interval {
    double coverage; /* 0: there is none */
    double *width;   /* outputs; or NULL */
} nu_interval;

struct nudge_model {
    nu_network net;
    nudge_dtype dtype;
    void *params;      /* net.size values of dtype, laid out as net/network.h says */
    nudge_prep *prep;  /* or NULL */
    nudge_model **others; /* the members of the model but for the first, which it is itself: each
                           * has one network, and this prep, */
    size_t n_others;      /* and there are so many */
    nu_interval interval;
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
/* Of the model file: {"coverage": 0.9, "width": [...]}; NULL where there is none, or without memory.
 * Reading trusts nothing; outputs: of the network. NUDGE_EDATA, NUDGE_EMEMORY. */
json_t *nu_interval_to_json(const nudge_model *model);
nudge_status nu_interval_from_json(nu_interval *interval, const json_t *json, size_t outputs,
                                   nudge_loss loss, nudge_error *err);
nudge_status nu_interval_copy(nu_interval *copy, const nu_interval *interval, size_t outputs,
                              nudge_error *err);
void nu_interval_forget(nu_interval *interval);

/* A zeroed parameter block for `net`; the caller's to free(). NUDGE_EMEMORY. */
nudge_status nu_model_params(void **params, const nu_network *net, nudge_dtype dtype,
                             nudge_error *err);

#endif
