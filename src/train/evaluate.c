#include "train/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"
#include "prep/prep.h"
#include "linalg/blas.h"
#include "train/check.h"
#include "train/engine.h"

/* Rows are evaluated in blocks, and blocks in at most GROUPS groups, each with sums of its own that
 * are added in order: the same sums for any number of threads. */
#define GROUPS 64

/* Rows of a block: near the best rate of a product, yet small buffers for narrow networks; all
 * blocks of about the same size, so that none is left over as a small one. */
static size_t block_rows(const nu_network *net, size_t rows)
{
    size_t most = net->widest >= 512 ? 1024 : 256, blocks = (rows + most - 1) / most;
    return (rows + blocks - 1) / blocks;
}

struct nu_evaluator {
    const nudge_model *model;
    const nudge_dataset *data;
    const nu_numeric *numeric;
    const double *units;
    int threads;
    const int *cpus;
    double *out;          /* predictions are wanted instead of sums; or NULL */
    size_t outputs, rows, blocks, groups;
    size_t classes;       /* as in nudge_metrics */
    size_t next;          /* group that no thread has taken yet */
    void **buffers;       /* threads */
    nu_tally *tallies;    /* groups */
    double *sums;         /* groups x sums_of(outputs): the arrays of tallies */
    double *origin;       /* outputs: the first row's target */
    uint64_t *confusion;  /* classes x classes */
};

/* Doubles of a tally's four arrays, in whole cache lines, as each group may be another thread's. */
static size_t sums_of(size_t outputs)
{
    return (4 * outputs + 7) / 8 * 8;
}

static int is_regression(nudge_loss loss)
{
    return loss == NUDGE_MSE || loss == NUDGE_MAE || loss == NUDGE_HUBER || loss == NUDGE_POISSON;
}

static size_t class_count(const nu_network *net)
{
    size_t outputs = net->width[net->layers];
    if (net->loss == NUDGE_CROSS_ENTROPY)
        return outputs;
    return net->loss == NUDGE_BCE && outputs == 1 ? 2 : 0;
}

static size_t group_count(size_t blocks)
{
    return blocks < GROUPS ? blocks : GROUPS;
}

static size_t block_count(const nudge_model *model, const nudge_dataset *data)
{
    size_t rows = block_rows(&model->net, data->rows);
    return (data->rows + rows - 1) / rows;
}

static int useful_threads(size_t groups, int threads)
{
    return (size_t)threads < groups ? threads : (int)groups;
}

uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, int threads)
{
    const nu_network *net = &model->net;
    uint64_t rows = block_rows(net, data->rows), outputs = net->width[net->layers];
    uint64_t each = nu_numeric_of(model->dtype)->infer_buffer(net, rows);
    uint64_t classes = class_count(net), groups = group_count(block_count(model, data));
    return (uint64_t)useful_threads(groups, threads) * each +
           groups * (sizeof(nu_tally) + sums_of(outputs) * sizeof(double)) +
           outputs * sizeof(double) + classes * classes * sizeof(uint64_t);
}

void nu_evaluator_free(nu_evaluator *e)
{
    if (e == NULL)
        return;
    for (int t = 0; e->buffers != NULL && t < e->threads; t++)
        free(e->buffers[t]);
    free(e->buffers);
    free(e->tallies);
    free(e->sums);
    free(e->origin);
    free(e->confusion);
    free(e);
}

static int allocate_sums(nu_evaluator *e)
{
    size_t each = sums_of(e->outputs);
    e->tallies = calloc(e->groups, sizeof *e->tallies);
    e->sums = nu_alloc_zero(e->groups * each, sizeof(double));
    e->origin = nu_alloc_zero(e->outputs, sizeof(double));
    e->confusion = nu_alloc_zero(e->classes * e->classes, sizeof(uint64_t));
    if (e->tallies == NULL || e->sums == NULL || e->origin == NULL || e->confusion == NULL)
        return 0;
    for (size_t g = 0; g < e->groups; g++) {
        double *sums = e->sums + g * each;
        e->tallies[g] = (nu_tally){.origin = e->origin,
                                   .squared = sums,
                                   .absolute = sums + e->outputs,
                                   .sum = sums + 2 * e->outputs,
                                   .sum2 = sums + 3 * e->outputs,
                                   .classes = e->classes,
                                   .confusion = e->classes > 0 ? e->confusion : NULL};
    }
    return 1;
}

static int allocate_buffers(nu_evaluator *e)
{
    size_t bytes = e->numeric->infer_buffer(&e->model->net, e->rows);
    e->buffers = calloc((size_t)e->threads, sizeof *e->buffers);
    for (int t = 0; e->buffers != NULL && t < e->threads; t++)
        if ((e->buffers[t] = nu_alloc(bytes, 1)) == NULL)
            return 0;
    return e->buffers != NULL;
}

static nudge_status create(nu_evaluator **evaluator, const nudge_model *model,
                           const nudge_dataset *data, const double *units, double *out,
                           int threads, const int *cpus, nudge_error *err)
{
    nu_evaluator *e;
    NU_NEW(e, calloc, 1, "an evaluation", err);
    *e = (nu_evaluator){.model = model, .data = data, .units = units, .out = out, .cpus = cpus};
    e->numeric = nu_numeric_of(model->dtype);
    e->outputs = model->net.width[model->net.layers];
    e->rows = block_rows(&model->net, data->rows);
    e->blocks = block_count(model, data);
    e->groups = out != NULL ? e->blocks : group_count(e->blocks);
    e->threads = useful_threads(e->groups, threads);
    e->classes = class_count(&model->net);
    if (!allocate_buffers(e) || (out == NULL && !allocate_sums(e))) {
        nu_evaluator_free(e);
        return nu_no_memory(err, nu_evaluator_memory(model, data, threads),
                            out != NULL ? "predictions" : "an evaluation");
    }
    nu_blas_single_threaded();
    *evaluator = e;
    return NUDGE_OK;
}

nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, const double *units, int threads,
                                 const int *cpus, nudge_error *err)
{
    return create(evaluator, model, data, units, NULL, threads, cpus, err);
}

/* A thread takes the next group when it is through with one, so that a core that is slowed down
 * does not keep the others waiting. */
static void work(void *arg, int thread, int threads)
{
    nu_evaluator *e = arg;
    (void)threads;
    size_t g;
    while ((g = __atomic_fetch_add(&e->next, 1, __ATOMIC_RELAXED)) < e->groups) {
        nu_inference r = {.units = e->units, .tally = e->out == NULL ? &e->tallies[g] : NULL};
        size_t block, end;
        nu_team_share(e->blocks, (int)g, (int)e->groups, &block, &end);
        for (; block < end; block++) {
            size_t first = block * e->rows, rest = e->data->rows - first;
            r.predictions = e->out != NULL ? e->out + first * e->outputs : NULL;
            e->numeric->infer(e->model, e->data, first, rest < e->rows ? rest : e->rows,
                              e->buffers[thread], &r);
        }
    }
}

/* The sums are in the network's units, (raw - shift) * factor; r2, a ratio, needs no others. */
static void set_regression(const nu_evaluator *e, nudge_metrics *m)
{
    const nudge_prep *prep = e->model->prep;
    double rows = (double)e->data->rows, elements = rows * (double)e->outputs;
    double all_squared = 0, all_absolute = 0, r2 = 0;
    for (size_t j = 0; j < e->outputs; j++) {
        double squared = 0, absolute = 0, sum = 0, sum2 = 0;
        for (size_t g = 0; g < e->groups; g++) {
            squared += e->tallies[g].squared[j];
            absolute += e->tallies[g].absolute[j];
            sum += e->tallies[g].sum[j];
            sum2 += e->tallies[g].sum2[j];
        }
        double unit = prep != NULL ? fabs(1 / prep->target_factor[j]) : 1;
        double spread = sum2 - sum * sum / rows;
        all_squared += squared * unit * unit;
        all_absolute += absolute * unit;
        r2 += spread > 0 ? 1 - squared / spread : NAN;
    }
    m->rmse = sqrt(all_squared / elements);
    m->mae = all_absolute / elements;
    m->r2 = r2 / (double)e->outputs;
}

nudge_status nu_evaluator_run(nu_evaluator *e, nudge_metrics *m, nudge_error *err)
{
    nudge_loss loss = e->model->net.loss;
    for (size_t g = 0; g < e->groups; g++) {
        e->tallies[g].loss = 0;
        e->tallies[g].correct = 0;
    }
    memset(e->sums, 0, e->groups * sums_of(e->outputs) * sizeof(double));
    memset(e->confusion, 0, e->classes * e->classes * sizeof(uint64_t));
    if (is_regression(loss)) {
        uint32_t number;
        e->numeric->as_doubles(e->data, 0, 1, &number, NULL, e->origin, NULL);
    }
    e->next = 0;
    NU_TRY(nu_team_run_on(e->cpus, e->threads, work, e, err));

    double rows = (double)e->data->rows, sum = 0;
    size_t correct = 0;
    for (size_t g = 0; g < e->groups; g++) {
        sum += e->tallies[g].loss;
        correct += e->tallies[g].correct;
    }
    *m = (nudge_metrics){.rows = e->data->rows,
                         .loss = sum / rows,
                         .accuracy = NAN,
                         .rmse = NAN,
                         .mae = NAN,
                         .r2 = NAN,
                         .classes = e->classes,
                         .confusion = e->classes > 0 ? e->confusion : NULL};
    if (is_regression(loss))
        set_regression(e, m);
    else
        m->accuracy = (double)correct /
                      (loss == NUDGE_BCE ? rows * (double)e->outputs : rows);
    return NUDGE_OK;
}

nudge_status nudge_evaluate(const nudge_model *model, const nudge_dataset *data, int threads,
                            nudge_metrics *metrics, nudge_error *err)
{
    return nudge_evaluate_on(model, data, threads, NULL, metrics, err);
}

nudge_status nudge_evaluate_on(const nudge_model *model, const nudge_dataset *data, int threads,
                               const int *cpus, nudge_metrics *metrics, nudge_error *err)
{
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    double *units;
    nu_evaluator *e = NULL;
    NU_TRY(nu_loss_units(&units, model, err));
    nudge_status status = nu_evaluator_create(&e, model, data, units, nudge_threads(threads, NULL),
                                              cpus, err);
    if (status == NUDGE_OK)
        status = nu_evaluator_run(e, metrics, err);
    if (status == NUDGE_OK && metrics->confusion != NULL)
        e->confusion = NULL; /* now the caller's */
    nu_evaluator_free(e);
    free(units);
    return status;
}

void nudge_metrics_free(nudge_metrics *metrics)
{
    if (metrics == NULL)
        return;
    free(metrics->confusion);
    metrics->confusion = NULL;
}

nudge_status nudge_predict(const nudge_model *model, const nudge_dataset *data, int threads,
                           double *out, nudge_error *err)
{
    return nudge_predict_on(model, data, threads, NULL, out, err);
}

nudge_status nudge_predict_on(const nudge_model *model, const nudge_dataset *data, int threads,
                              const int *cpus, double *out, nudge_error *err)
{
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 0, err));
    nu_evaluator *e;
    NU_TRY(create(&e, model, data, NULL, out, nudge_threads(threads, NULL), cpus, err));
    nudge_status status = nu_team_run_on(cpus, e->threads, work, e, err);
    nu_evaluator_free(e);
    return status;
}
