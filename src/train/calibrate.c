/* Temperature scaling. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model.h"
#include "model/tensor.h"
#include "table/dataset.h"
#include "train/check.h"
#include "train/evaluate.h"

/* A model whose last layers are divided by one temperature after another. */
typedef struct scaling {
    nudge_model *model;
    nu_evaluator *evaluator;
    double *last; /* weights and biases of the last layer of each network */
} scaling;

static void end(scaling *s)
{
    nu_evaluator_free(s->evaluator);
    free(s->last);
}

/* The weights (even i), or the bias, of the last layer of network i / 2; of so many tensors. */
static nu_tensor tensor_of(const nudge_model *m, size_t i)
{
    const nudge_model *one = nu_member_of(m, i / 2);
    return nu_tensor_of(&one->net, one->params, m->dtype, 2 * (one->net.layers - 1) + i % 2);
}

static size_t tensors_of(const nudge_model *m)
{
    return 2 * nu_model_members(m);
}

static nudge_status keep_last(scaling *s, nudge_error *err)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < tensors_of(s->model); i++) {
        nu_tensor t = tensor_of(s->model, i);
        total += nu_tensor_count(&t);
    }
    NU_NEW(s->last, nu_alloc, total, "a layer's weights", err);
    for (size_t i = 0; i < tensors_of(s->model); i++) {
        nu_tensor t = tensor_of(s->model, i);
        nu_tensor_get(&t, 0, nu_tensor_count(&t), s->last + at);
        at += nu_tensor_count(&t);
    }
    return NUDGE_OK;
}

static void divide_last(const scaling *s, double temperature)
{
    const double *from = s->last;
    double some[NU_STRETCH];
    for (size_t i = 0; i < tensors_of(s->model); i++) {
        nu_tensor t = tensor_of(s->model, i);
        size_t total = nu_tensor_count(&t), n;
        for (size_t first = 0; first < total; first += n, from += n) {
            n = nu_smaller(total - first, NU_STRETCH);
            for (size_t k = 0; k < n; k++)
                some[k] = from[k] / temperature;
            nu_tensor_put(&t, first, n, some);
        }
    }
}

static nudge_status log_loss(const scaling *s, double log_temperature, double *loss,
                             nudge_error *err)
{
    nudge_metrics m;
    divide_last(s, exp(log_temperature));
    NU_TRY(nu_evaluator_run(s->evaluator, &m, err));
    *loss = isnan(m.value[NUDGE_METRIC_LOG_LOSS]) ? INFINITY : m.value[NUDGE_METRIC_LOG_LOSS];
    return NUDGE_OK;
}

/* Golden section over log temperature: one network's log loss is convex in 1 / temperature, so it
 * falls and then rises. */
static nudge_status search(const scaling *s, double most, double *best, nudge_error *err)
{
    const double part = (sqrt(5) - 1) / 2;
    double low = -most, high = most, at_a, at_b;
    double a = high - part * (high - low), b = low + part * (high - low);
    NU_TRY(log_loss(s, a, &at_a, err));
    NU_TRY(log_loss(s, b, &at_b, err));
    while (high - low > 1e-6) {
        if (at_a <= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - part * (high - low);
            NU_TRY(log_loss(s, a, &at_a, err));
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + part * (high - low);
            NU_TRY(log_loss(s, b, &at_b, err));
        }
    }
    *best = (low + high) / 2;
    return NUDGE_OK;
}

static nudge_status calibrate(const scaling *s, nudge_calibration *c, nudge_error *err)
{
    const double most = log(20);
    double best;
    NU_TRY(log_loss(s, 0, &c->before, err));
    NU_TRY(search(s, most, &best, err));
    NU_TRY(log_loss(s, best, &c->after, err));
    c->is_open = fabs(best) > most - 1e-3;
    c->temperature = exp(best);
    if (!c->is_open && c->after < c->before)
        return NUDGE_OK;
    c->temperature = 1;
    c->after = c->before;
    divide_last(s, 1);
    return NUDGE_OK;
}

nudge_status nudge_calibrate(nudge_model *model, const nudge_dataset *data, int threads,
                             nudge_calibration *result, nudge_error *err)
{
    const uint64_t wanted = NUDGE_METRIC_SET(NUDGE_METRIC_LOG_LOSS);
    const nu_network *net = &model->net;
    scaling s NU_SCOPED(end) = {.model = model};
    nudge_calibration found = {0};
    if (!nudge_metric_fits(NUDGE_METRIC_LOG_LOSS, net->loss, net->width[net->layers]))
        return nu_fail(err, NUDGE_EARGUMENT, "the loss %s has no probabilities to calibrate",
                       nudge_loss_name(net->loss));
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    NU_TRY(nu_dataset_has_weight(data, "used for calibration", err));
    NU_TRY(keep_last(&s, err));
    threads = nudge_threads(threads, NULL);
    NU_TRY(nu_evaluator_create(&s.evaluator, model, data, wanted, threads, NULL, err));
    nudge_status status = calibrate(&s, &found, err);
    if (status != NUDGE_OK)
        divide_last(&s, 1);
    else if (result != NULL)
        *result = found;
    return status;
}
