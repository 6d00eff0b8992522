/* One row after another, as programs that answer requests have them. */
#include <math.h>

#include "core/denormal.h"
#include "core/memory.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "prep/prep.h"
#include "table/dataset.h"
#include "train/engine.h"

struct nudge_predictor {
    const nudge_model *model;
    const nu_numeric *numeric;
    nudge_dataset *row;     /* one row of inputs, written over by each call */
    size_t features, outputs;
    double *x;              /* features */
    double *median;         /* features: what stands for a NaN; or NULL */
    double *out;            /* outputs */
    void *buffer;           /* of numeric->infer() */
};

void nudge_predictor_free(nudge_predictor *p)
{
    if (p == NULL)
        return;
    nudge_dataset_free(p->row);
    free(p->x);
    free(p->median);
    free(p->out);
    free(p->buffer);
    free(p);
}

static void free_at(nudge_predictor **p)
{
    nudge_predictor_free(*p);
}

/* Of each feature: a column of numbers has one; NaN where there is none. */
static nudge_status take_medians(nudge_predictor *p, const nudge_prep *prep, nudge_error *err)
{
    NU_NEW(p->median, nu_alloc, p->features, "a predictor", err);
    for (size_t j = 0; j < p->features; j++)
        p->median[j] = NAN;
    for (size_t c = 0, j = 0; c < prep->n_columns; j += nu_prep_width(&prep->columns[c++]))
        if (prep->columns[c].kind == NUDGE_COLUMN_NUMBER)
            p->median[j] = prep->columns[c].median;
    return NUDGE_OK;
}

nudge_status nudge_predictor_create(nudge_predictor **predictor, const nudge_model *model,
                                    nudge_error *err)
{
    const nu_network *net = &model->net;
    nudge_predictor *p NU_SCOPED(free_at) = NULL;
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    NU_NEW(p, calloc, 1, "a predictor", err);
    p->model = model;
    p->numeric = nu_numeric_of(model->dtype);
    p->features = net->width[0];
    p->outputs = net->width[net->layers];
    NU_TRY(nu_store_new(&store, 1, p->features, 0, model->dtype, err));
    NU_NEED((store->x = nu_alloc(p->features, nu_dtype_size(model->dtype))) != NULL,
            p->features * sizeof(double), "a predictor", err);
    NU_TRY(nu_dataset_wrap(&p->row, &store, err));
    NU_NEW(p->x, nu_alloc, p->features, "a predictor", err);
    NU_NEW(p->out, nu_alloc, p->outputs, "a predictor", err);
    size_t bytes = p->numeric->infer_buffer(net, 1);
    NU_NEED((p->buffer = nu_alloc(bytes, 1)) != NULL, bytes, "a predictor", err);
    if (model->prep != NULL)
        NU_TRY(take_medians(p, model->prep, err));
    nu_blas_single_threaded();
    *predictor = NU_TAKE(p);
    return NUDGE_OK;
}

/* p->x, in the data's units, as the network's inputs. */
static nudge_status take_inputs(nudge_predictor *p, nudge_error *err)
{
    const nudge_prep *prep = p->model->prep;
    for (size_t j = 0; prep != NULL && j < p->features; j++) {
        if (isnan(p->x[j]))
            p->x[j] = p->median[j];
        p->x[j] = (p->x[j] - prep->shift[j]) * prep->factor[j];
    }
    nu_store *s = p->row->store;
    size_t bad = nu_keep(s->x, s->element, 0, p->features, p->x);
    if (bad == p->features)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "feature %zu%s%s%s is no finite %s number", bad,
                   prep != NULL ? " ('" : "", prep != NULL ? prep->feature_names[bad] : "",
                   prep != NULL ? "')" : "", nudge_dtype_name(s->dtype));
}

static nudge_status predict(nudge_predictor *p, double *out, nudge_error *err)
{
    NU_TRY(take_inputs(p, err));
    uint64_t before = nu_denormals_off();
    p->numeric->infer(p->model, p->row, 0, 1, p->buffer, &(nu_inference){.predictions = out});
    nu_denormals_restore(before);
    return NUDGE_OK;
}

nudge_status nudge_predict_row(nudge_predictor *p, const double *x, double *out, nudge_error *err)
{
    memcpy(p->x, x, p->features * sizeof *x);
    return predict(p, out, err);
}

nudge_status nudge_predict_row_f32(nudge_predictor *p, const float *x, float *out,
                                   nudge_error *err)
{
    nu_load(p->x, x, NU_F32, 0, p->features);
    NU_TRY(predict(p, p->out, err));
    for (size_t j = 0; j < p->outputs; j++)
        out[j] = (float)p->out[j];
    return NUDGE_OK;
}
