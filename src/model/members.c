/* Models of several networks. */
#include <jansson.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model.h"
#include "prep/prep_json.h"

/* ---- Taking them in -------------------------------------------------------------------- */

static nudge_status check_prep(const nudge_prep *a, const nudge_prep *b, nudge_error *err)
{
    int is_same = a == b;
    if (!is_same && a != NULL && b != NULL) {
        json_auto_t *s = nu_prep_to_json(a), *t = nu_prep_to_json(b);
        NU_NEED(s != NULL && t != NULL, 1024, "preprocessing to compare", err);
        is_same = json_equal(s, t);
    }
    return is_same ? NUDGE_OK
                   : nu_fail(err, NUDGE_EMISMATCH, "model and member have different preprocessing: "
                             "they must be trained on the same data");
}

static nudge_status check_member(const nudge_model *model, const nudge_model *member,
                                 nudge_error *err)
{
    const nu_network *a = &model->net, *b = &member->net;
    double p = a->loss_parameter, q = b->loss_parameter;
    if (model->dtype != member->dtype)
        return nu_fail(err, NUDGE_EMISMATCH, "the model is %s; the member is %s",
                       nudge_dtype_name(model->dtype), nudge_dtype_name(member->dtype));
    if (a->inputs != b->inputs || a->width[a->layers] != b->width[b->layers])
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes %zu inputs and gives %zu outputs; "
                       "the member %zu and %zu", a->inputs, a->width[a->layers], b->inputs,
                       b->width[b->layers]);
    if (a->loss != b->loss || (p != q && !(isnan(p) && isnan(q))))
        return nu_fail(err, NUDGE_EMISMATCH, "the model's loss is %s; the member's is %s%s",
                       nudge_loss_name(a->loss), nudge_loss_name(b->loss),
                       a->loss == b->loss ? " with another parameter" : "");
    return check_prep(model->prep, member->prep, err);
}

nudge_status nu_model_take_member(nudge_model *model, nudge_model **member, nudge_error *err)
{
    NU_TRY(check_member(model, *member, err));
    size_t bytes = (model->n_others + 1) * sizeof *model->others;
    nudge_model **others = realloc(model->others, bytes);
    NU_NEED(others != NULL, bytes, "a model's members", err);
    model->others = others;
    others[model->n_others++] = NU_TAKE(*member);
    return NUDGE_OK;
}

static void drop_others_from(nudge_model *model, size_t n)
{
    while (model->n_others > n)
        nudge_model_free(model->others[--model->n_others]);
}

nudge_status nudge_model_add_members(nudge_model *model, const nudge_model *other, nudge_error *err)
{
    size_t before = model->n_others, n = nu_model_members(other); /* it may be the model itself */
    nudge_status status = NUDGE_OK;
    for (size_t k = 0; k < n && status == NUDGE_OK; k++) {
        nudge_model *one NU_SCOPED(nu_model_drop) = NULL;
        status = nu_model_copy_network(&one, nu_member_of(other, k), err);
        if (status == NUDGE_OK)
            status = nu_model_take_member(model, &one, err);
    }
    if (status != NUDGE_OK)
        drop_others_from(model, before);
    else
        nu_interval_forget(&model->interval); /* it was one of other predictions */
    return status;
}

/* ---- Copies ---------------------------------------------------------------------------- */

nudge_status nudge_model_member(nudge_model **member, const nudge_model *model, size_t k,
                                nudge_error *err)
{
    if (k > model->n_others)
        return nu_fail(err, NUDGE_EARGUMENT, "member %zu: the model has members 0 to %zu", k,
                       model->n_others);
    return nu_model_copy_network(member, nu_member_of(model, k), err);
}

nudge_status nudge_model_copy(nudge_model **copy, const nudge_model *model, nudge_error *err)
{
    nudge_model *m NU_SCOPED(nu_model_drop) = NULL;
    NU_TRY(nu_model_copy_network(&m, model, err));
    for (size_t k = 1; k < nu_model_members(model); k++) {
        nudge_model *one NU_SCOPED(nu_model_drop) = NULL;
        NU_TRY(nu_model_copy_network(&one, nu_member_of(model, k), err));
        NU_TRY(nu_model_take_member(m, &one, err));
    }
    NU_TRY(nu_interval_copy(&m->interval, &model->interval, m->net.width[m->net.layers], err));
    *copy = NU_TAKE(m);
    return NUDGE_OK;
}
