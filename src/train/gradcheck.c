#include <math.h>

#include "core/element.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"
#include "train/check.h"
#include "model/tensor.h"
#include "train/engine.h"

/* A check under way: the model and data in f64, in which losses are evaluated. */
typedef struct checker {
    const nudge_model *given; /* the caller's, */
    const nudge_dataset *given_data;
    uint64_t limit;
    nudge_gradcheck_result result;
    nudge_status status;
    nudge_error *err;
    nudge_model *model;
    nudge_dataset *data;
    void *buffer;
    size_t block;
    double *analytic; /* net.size, laid out as the parameters */
    double floor;     /* of the denominator of a relative error */
} checker;

enum { BLOCK = 256 };

/* The data in f64. */
static nudge_status copy_data(nudge_dataset **copy, const nudge_model *model,
                              const nudge_dataset *data, nudge_error *err)
{
    const nu_store *store = data->store;
    size_t rows = data->rows, features = nu_store_inputs(store), outputs = store->outputs;
    int has_classes = store->classes != NULL;
    double *x NU_FREED = nu_alloc(rows * features, sizeof *x);
    double *y NU_FREED = has_classes ? NULL : nu_alloc(rows * outputs, sizeof *y);
    int32_t *classes NU_FREED = has_classes ? nu_alloc(rows, sizeof *classes) : NULL;
    uint32_t *numbers NU_FREED = nu_alloc(rows, sizeof *numbers);
    if (x == NULL || numbers == NULL || (has_classes ? (void *)classes : (void *)y) == NULL)
        return nu_no_memory(err, rows * (features + outputs) * sizeof *x, "a copy of the data");
    nu_numeric_of(model->dtype)->as_doubles(data, 0, rows, numbers, x, y, classes);
    NU_TRY(nudge_dataset_from_arrays(copy, NUDGE_F64, rows, features, outputs, x, y, classes, err));
    return nudge_dataset_set_weights(*copy, data->weights, err);
}

/* The model in f64, without its prep: the data is packed already. */
static nudge_status copy_model(nudge_model **copy, const nudge_model *model, nudge_error *err)
{
    const nu_network *net = &model->net;
    nudge_model_options o = nu_network_options(net);
    o.dtype = NUDGE_F64;
    o.init = NUDGE_INIT_ZEROS;
    NU_TRY(nudge_model_create(copy, &o, NULL, err));
    double *to = (*copy)->params;
    for (size_t i = 0; i < net->size; i++) /* both have the same layout */
        to[i] = nu_value(model->params, nu_element_of(model->dtype), i);
    return NUDGE_OK;
}

/* The gradient that a training step of the model itself uses, over all rows as one batch. */
static nudge_status analytic_gradient(double *gradient, const nudge_model *model,
                                      const nudge_dataset *data, nudge_error *err)
{
    const nu_numeric *numeric = nu_numeric_of(model->dtype);
    nu_plan plan NU_SCOPED(nu_plan_end) = {0};
    nu_engine *engine;
    NU_TRY(nu_plan_start(&plan, &model->net, data->rows, (nu_plan_wants){.gradient = 1}, err));
    nu_job job = {.net = &model->net,
                  .params = model->params,
                  .data = data,
                  .plan = &plan,
                  .threads = 1};
    NU_TRY(numeric->engine_create(&engine, &job, err));
    numeric->engine_epoch(engine, 1);
    numeric->engine_rows(engine, 0, 0, 1);
    numeric->engine_update(engine, 0, NULL, 0, 1);
    const void *g = numeric->engine_gradient(engine);
    for (size_t i = 0; i < model->net.size; i++)
        gradient[i] = nu_value(g, nu_element_of(model->dtype), i);
    numeric->engine_free(engine);
    return NUDGE_OK;
}

static double mean_loss(const checker *c)
{
    nu_tally tally = {0};
    nu_inference r = {.tally = &tally};
    for (size_t first = 0; first < c->data->rows; first += c->block) {
        size_t rest = c->data->rows - first;
        nu_numeric_f64.infer(c->model, c->data, first, rest < c->block ? rest : c->block,
                             c->buffer, &r);
    }
    return tally.loss / c->data->weight;
}

static double loss_at(const checker *c, size_t i, double shift)
{
    double *w = (double *)c->model->params + i, before = *w;
    *w = before + shift;
    double loss = mean_loss(c);
    *w = before;
    return loss;
}

static double relative_error(const checker *c, double a, double b)
{
    double size = fmax(fmax(fabs(a), fabs(b)), c->floor);
    return size > 0 ? fabs(a - b) / size : 0;
}

/* The slope of the loss to the right of parameter i's value minus that to the left. */
static double slope_change(const checker *c, size_t i, double here, double h)
{
    return (loss_at(c, i, h) - 2 * here + loss_at(c, i, -h)) / h;
}

/* Whether a kink within the smallest step explains that the numeric slope is off by `off`. The
 * change of slope is in proportion to the step where the loss is smooth. Across a kink at the value
 * it is the same for all steps, and a kink beside the value is met by the larger step alone. */
static int has_kink(const checker *c, size_t i, double off)
{
    const double near = 1e-6, far = 2e-5;
    double here = mean_loss(c);
    double at = slope_change(c, i, here, near), around = slope_change(c, i, here, far);
    return fabs(around - far / near * at) > off;
}

/* Compares element `index` of a tensor. A step may cross a kink that is near, so smaller ones are
 * tried too. */
static void check_parameter(const checker *c, const nu_tensor *t, size_t index,
                            nudge_gradcheck_result *r)
{
    size_t columns = t->columns, i = t->at + index;
    if (t->kind == NU_WEIGHT)
        i = nu_weight_at(&c->model->net, t->layer, index / columns, index % columns);
    static const double steps[] = {1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7};
    double best = INFINITY, numeric = NAN, analytic = c->analytic[i];
    for (size_t s = 0; s < sizeof steps / sizeof *steps && !(best < 1e-8); s++) {
        double h = steps[s];
        double d = (8 * (loss_at(c, i, h) - loss_at(c, i, -h)) -
                    (loss_at(c, i, 2 * h) - loss_at(c, i, -2 * h))) / (12 * h);
        double error = relative_error(c, analytic, d);
        if (error < best || s == 0) {
            best = error;
            numeric = d;
        }
    }
    double rounding = c->given->dtype == NUDGE_F64 ? 1e-6 : 1e-3;
    if (best > rounding && has_kink(c, i, fabs(analytic - numeric))) {
        r->skipped++;
        return;
    }
    r->checked++;
    if (!(best <= r->max_error)) { /* a NaN is the largest of all */
        r->max_error = best;
        r->layer = t->layer;
        r->is_bias = t->kind == NU_BIAS;
        r->index = index;
        nu_tensor_name(r->tensor, t, "");
        r->analytic = analytic;
        r->numeric = numeric;
    }
}

static void check_all(checker *c, uint64_t limit, nudge_gradcheck_result *r)
{
    const nu_network *net = &c->model->net;
    uint64_t every = 1, n = 0;
    if (limit > 0 && limit < net->parameters)
        every = (net->parameters - 1) / limit + 1;
    for (size_t i = 0; i < net->size; i++)
        c->floor = fmax(c->floor, 1e-3 * fabs(c->analytic[i]));
    for (size_t i = 0; i < nu_tensors(net); i++) {
        nu_tensor t = nu_tensor_of(net, NULL, NUDGE_F64, i);
        for (size_t j = 0; j < nu_tensor_count(&t); j++)
            if (n++ % every == 0)
                check_parameter(c, &t, j, r);
    }
}

/* As a team of one, as training is. */
static void check_work(void *arg, int thread, int threads)
{
    checker *c = arg;
    (void)thread;
    (void)threads;
    c->status = analytic_gradient(c->analytic, c->given, c->given_data, c->err);
    if (c->status == NUDGE_OK)
        check_all(c, c->limit, &c->result);
}

static void end(checker *c)
{
    nudge_model_free(c->model);
    nudge_dataset_free(c->data);
    free(c->buffer);
    free(c->analytic);
}

nudge_status nudge_gradcheck(const nudge_model *model, const nudge_dataset *data, uint64_t limit,
                             nudge_gradcheck_result *result, nudge_error *err)
{
    if (model->n_others > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "the model has %zu members: gradients are of one "
                       "network", nu_model_members(model));
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    NU_TRY(nu_dataset_has_weight(data, "checked", err));
    checker c NU_SCOPED(end) = {.given = model, .given_data = data, .limit = limit, .err = err,
                                .block = data->rows < BLOCK ? data->rows : BLOCK};
    NU_TRY(copy_model(&c.model, model, err));
    NU_TRY(copy_data(&c.data, model, data, err));
    size_t bytes = nu_numeric_f64.infer_buffer(c.model, c.block);
    c.buffer = nu_alloc(bytes, 1);
    c.analytic = nu_alloc_zero(model->net.size, sizeof(double));
    if (c.buffer == NULL || c.analytic == NULL)
        return nu_no_memory(err, bytes + model->net.size * sizeof(double), "a gradient check");
    nu_team_run(1, check_work, &c);
    if (c.status == NUDGE_OK)
        *result = c.result;
    return c.status;
}
