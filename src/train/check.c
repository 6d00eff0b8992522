#include "train/check.h"

#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"
#include "prep/prep.h"
#include "model/model.h"

static nudge_status check_targets(const nu_network *net, const nu_store *store, nudge_error *err)
{
    size_t outputs = net->width[net->layers];
    if (store->outputs == 0)
        return nu_fail(err, NUDGE_EMISMATCH, "the data has no target");
    nudge_loss_info loss = nudge_loss_describe(net->loss);
    if ((loss.target == NUDGE_CLASSES) != (store->classes != NULL))
        return nu_fail(err, NUDGE_EMISMATCH, "%s needs a target of %s; the data's target is %s",
                       loss.name, store->classes != NULL ? "numbers" : "classes",
                       store->classes != NULL ? "classes" : "numbers");
    if (store->outputs != outputs)
        return nu_fail(err, NUDGE_EMISMATCH, "the network gives %zu outputs; the data has %zu %s",
                       outputs, store->outputs,
                       store->classes != NULL ? "classes" : "target values");
    return NUDGE_OK;
}

nudge_status nu_check_fit(const nudge_model *model, const nudge_dataset *data, int need_targets,
                          nudge_error *err)
{
    const nu_network *net = &model->net;
    const nu_store *store = data->store;
    if (store->dtype != model->dtype)
        return nu_fail(err, NUDGE_EMISMATCH, "the network is %s; the data is %s",
                       nudge_dtype_name(model->dtype), nudge_dtype_name(store->dtype));
    if (store->is_bare && model->prep != NULL)
        return nu_fail(err, NUDGE_EMISMATCH, "the data are arrays, which the model's preprocessing "
                       "has not seen: pack a table, see nudge_table_create(), or say that they are "
                       "the network's inputs, see nudge_dataset_inputs_ready()");
    if (nu_store_inputs(store) != net->inputs)
        return nu_fail(err, NUDGE_EMISMATCH, "the network takes %zu features; the data has %zu",
                       net->inputs, nu_store_inputs(store));
    return need_targets ? check_targets(net, store, err) : NUDGE_OK;
}

nudge_status nu_loss_units(double **units, const nudge_model *model, nudge_error *err)
{
    size_t n = model->net.width[model->net.layers];
    int power = nudge_loss_describe(model->net.loss).power;
    *units = NULL;
    int scaled = 0;
    for (size_t j = 0; model->prep != NULL && j < n; j++)
        scaled |= model->prep->target_factor[j] != 1;
    if (!scaled || power == 0)
        return NUDGE_OK;
    NU_NEW(*units, calloc, n, "units of the loss", err);
    for (size_t j = 0; j < n; j++) {
        double scale = 1 / model->prep->target_factor[j];
        (*units)[j] = power == 1 ? scale : scale * scale;
    }
    return NUDGE_OK;
}
