/* One row after another, as programs that answer requests have them. */
#include <math.h>

#include "core/denormal.h"
#include "core/memory.h"
#include "core/status.h"
#include "linalg/blas.h"
#include "prep/encode.h"
#include "prep/prep.h"
#include "table/dataset.h"
#include "train/engine.h"

struct nudge_predictor {
    const nudge_model *model;
    const nu_numeric *numeric;
    nudge_dataset *row;     /* one row of inputs, written over by each call */
    size_t columns, values, outputs;
    size_t members;         /* of the model, which the buffer has room for */
    double *x;              /* values: inputs that are not encoded yet */
    double *numbers;        /* raw columns */
    double *out;            /* outputs */
    void *buffer;           /* of numeric->infer() */
};

void nudge_predictor_free(nudge_predictor *p)
{
    if (p == NULL)
        return;
    nudge_dataset_free(p->row);
    free(p->x);
    free(p->numbers);
    free(p->out);
    free(p->buffer);
    free(p);
}

static void free_at(nudge_predictor **p)
{
    nudge_predictor_free(*p);
}

nudge_status nudge_predictor_create(nudge_predictor **predictor, const nudge_model *model,
                                    nudge_error *err)
{
    const nu_network *net = &model->net;
    nudge_predictor *p NU_SCOPED(free_at) = NULL;
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    NU_NEW(p, calloc, 1, "a predictor", err);
    p->model = model;
    p->members = nu_model_members(model);
    p->numeric = nu_numeric_of(model->dtype);
    p->values = model->prep != NULL ? model->prep->values : net->inputs;
    p->outputs = net->width[net->layers];
    NU_TRY(nu_store_new(&store, 1, p->values, 0, model->dtype, err));
    NU_NEED((store->x = nu_alloc(p->values, nu_dtype_size(model->dtype))) != NULL,
            p->values * sizeof(double), "a predictor", err);
    if (model->prep != NULL)
        NU_TRY(nu_encode_store(model->prep, store, err));
    NU_TRY(nu_dataset_wrap(&p->row, &store, err));
    NU_NEW(p->x, nu_alloc, p->values, "a predictor", err);
    NU_NEW(p->out, nu_alloc, p->outputs, "a predictor", err);
    size_t bytes = p->numeric->infer_buffer(model, 1);
    NU_NEED((p->buffer = nu_alloc(bytes, 1)) != NULL, bytes, "a predictor", err);
    size_t columns = model->prep != NULL ? nudge_prep_columns(model->prep) : p->values;
    p->columns = columns;
    NU_NEW(p->numbers, nu_alloc, columns, "a predictor", err);
    NU_TRY(nu_blas_start(err));
    *predictor = NU_TAKE(p);
    return NUDGE_OK;
}

/* A value that is no finite number of the network's type. */
static nudge_status bad_input(const nudge_predictor *p, size_t bad, nudge_error *err)
{
    const nudge_prep *prep = p->model->prep;
    const char *name = prep != NULL ? prep->feature_names[nu_prep_input(prep, bad)] : "";
    return nu_fail(err, NUDGE_EDATA, "feature %zu%s%s%s is no finite %s number", bad,
                   prep != NULL ? " ('" : "", name, prep != NULL ? "')" : "",
                   nudge_dtype_name(p->row->store->dtype));
}

nudge_status nudge_predict_row(nudge_predictor *p, const double *numbers, const char *const *texts,
                               double *out, nudge_error *err)
{
    const double *x = numbers;
    nu_store *s = p->row->store;
    if (nu_model_members(p->model) != p->members)
        return nu_fail(err, NUDGE_EARGUMENT, "the model has %zu members; it had %zu when the "
                       "predictor was made", nu_model_members(p->model), p->members);
    if (p->model->prep != NULL) {
        nu_prep_row(p->model->prep, numbers, texts, p->x);
        x = p->x;
    }
    size_t good = nu_keep(s->x, s->element, 0, p->values, x);
    if (good < p->values)
        return bad_input(p, good, err);
    uint64_t before = nu_denormals_off();
    p->numeric->infer(p->model, p->row, 0, 1, p->buffer, &(nu_inference){.predictions = out});
    nu_denormals_restore(before);
    return NUDGE_OK;
}

nudge_status nudge_predict_row_f32(nudge_predictor *p, const float *numbers,
                                   const char *const *texts, float *out, nudge_error *err)
{
    nu_load(p->numbers, numbers, NU_F32, 0, p->columns);
    NU_TRY(nudge_predict_row(p, p->numbers, texts, p->out, err));
    for (size_t j = 0; j < p->outputs; j++)
        out[j] = (float)p->out[j];
    return NUDGE_OK;
}
