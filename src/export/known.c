#include "export/known.h"

#include "core/status.h"

/* Of values that are numbered, those up to `last`. */
static nudge_status check_known(const char *what, int value, int last, const char *name,
                                nudge_error *err)
{
    if (value <= last)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "the model has %s '%s', which exported programs cannot "
                   "have as yet", what, name);
}

static nudge_status check_network(const nu_network *net, nudge_error *err)
{
    NU_TRY(check_known("embedding", (int)net->embed.kind, NUDGE_EMBED_PBLD,
                       nudge_embed_name(net->embed.kind), err));
    NU_TRY(check_known("loss", (int)net->loss, NUDGE_FOCAL, nudge_loss_name(net->loss), err));
    for (size_t l = 0; l < net->layers; l++)
        NU_TRY(check_known("activation", (int)net->activation[l], NUDGE_SOFTSIGN,
                           nudge_activation_name(net->activation[l]), err));
    return NUDGE_OK;
}

static nudge_status check_prep(const nudge_prep *p, nudge_error *err)
{
    NU_TRY(check_known("scale", (int)p->scale, NUDGE_SCALE_QUANTILE, nudge_scale_name(p->scale),
                       err));
    NU_TRY(check_known("encoding", (int)p->encode, NUDGE_ENCODE_FOURIER,
                       nudge_encode_name(p->encode), err));
    NU_TRY(check_known("transform", (int)p->transform, NUDGE_TRANSFORM_BOX_COX,
                       nudge_transform_name(p->transform), err));
    for (size_t c = 0; c < p->n_columns; c++)
        NU_TRY(check_known("a column of kind", (int)p->columns[c].kind, NUDGE_COLUMN_DATE,
                           nudge_column_kind_name(p->columns[c].kind), err));
    return NUDGE_OK;
}

nudge_status nu_check_known(const nudge_model *m, nudge_error *err)
{
    for (size_t k = 0; k < nu_model_members(m); k++)
        NU_TRY(check_network(&nu_member_of(m, k)->net, err));
    return m->prep != NULL ? check_prep(m->prep, err) : NUDGE_OK;
}
