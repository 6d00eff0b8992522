/* Weights of a dataset's rows. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"

nudge_status nudge_dataset_set_weights(nudge_dataset *data, const double *weights,
                                       nudge_error *err)
{
    double *copy = NULL;
    for (size_t i = 0; weights != NULL && i < data->rows; i++)
        if (!(weights[i] >= 0 && isfinite(weights[i])))
            return nu_fail(err, NUDGE_EARGUMENT, "weights: row %zu is %g; it must be a finite "
                           "number from 0", i, weights[i]);
    if (weights != NULL) {
        NU_NEW(copy, nu_alloc, data->rows, "weights", err);
        memcpy(copy, weights, data->rows * sizeof *copy);
    }
    nu_dataset_take_weights(data, copy);
    return NUDGE_OK;
}

nudge_status nu_dataset_has_weight(const nudge_dataset *data, const char *what, nudge_error *err)
{
    if (data->weight > 0 && isfinite(data->weight))
        return NUDGE_OK;
    if (data->weight > 0)
        return nu_fail(err, NUDGE_EDATA, "the weights of the %zu %s rows add up to %g: they are too "
                       "large", data->rows, what, data->weight);
    return nu_fail(err, NUDGE_EDATA, "the weights of the %zu %s rows add up to %g; one at least "
                   "must be above 0", data->rows, what, data->weight);
}

/* ---- Classes --------------------------------------------------------------------------- */

/* The number of a row's class, or -1: a target that is neither 0 nor 1. */
static int32_t class_of(const nudge_dataset *data, size_t row)
{
    const nu_store *s = data->store;
    size_t at = data->index != NULL ? data->index[row] : row;
    if (s->classes != NULL)
        return s->classes[at];
    double y = nu_value(s->y, nu_element_of(s->dtype), at);
    return y == 1 ? 1 : y == 0 ? 0 : -1;
}

static nudge_status check_classes(const nudge_dataset *data, nudge_error *err)
{
    const nu_store *s = data->store;
    NU_TRY(nu_dataset_has_values(data, err));
    if (s->classes == NULL && (s->y == NULL || s->outputs != 1))
        return nu_fail(err, NUDGE_EARGUMENT, "weights of classes for rows without classes");
    for (size_t i = 0; i < data->rows; i++)
        if (class_of(data, i) < 0)
            return nu_fail(err, NUDGE_EARGUMENT, "weights of classes: the target of row %zu is "
                           "neither 0 nor 1", i);
    return NUDGE_OK;
}

/* rows / (classes * rows of the class), where a class without rows is none. */
static void balance(double *weight, size_t n, const nudge_dataset *data)
{
    double there = 0;
    for (size_t i = 0; i < data->rows; i++)
        weight[class_of(data, i)]++;
    for (size_t k = 0; k < n; k++)
        there += weight[k] > 0;
    for (size_t k = 0; k < n; k++)
        if (weight[k] > 0)
            weight[k] = (double)data->rows / (there * weight[k]);
}

nudge_status nudge_dataset_weigh_classes(nudge_dataset *data, const double *weights,
                                         nudge_error *err)
{
    NU_TRY(check_classes(data, err));
    size_t n = data->store->classes != NULL ? data->store->outputs : 2;
    double *weight NU_FREED = NULL, *product;
    NU_NEW(weight, calloc, n, "weights of classes", err);
    for (size_t k = 0; weights != NULL && k < n; k++) {
        if (!(weights[k] >= 0 && isfinite(weights[k])))
            return nu_fail(err, NUDGE_EARGUMENT, "weights: class %zu has %g; it must be a finite "
                           "number from 0", k, weights[k]);
        weight[k] = weights[k];
    }
    if (weights == NULL)
        balance(weight, n, data);
    NU_NEW(product, nu_alloc, data->rows, "weights", err);
    for (size_t i = 0; i < data->rows; i++)
        product[i] = weight[class_of(data, i)] * (data->weights != NULL ? data->weights[i] : 1);
    nu_dataset_take_weights(data, product);
    return NUDGE_OK;
}
