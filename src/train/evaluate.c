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

struct nu_evaluator {
    const nudge_model *model;
    const nudge_dataset *data;
    const nu_numeric *numeric;
    nu_wanted wanted;
    double *units;        /* as in nu_loss_kind */
    int threads;
    const int *cpus;
    double *out;          /* predictions */
    size_t outputs, rows, blocks, groups;
    size_t buffer;        /* bytes of one */
    size_t sums_each;     /* doubles of a tally's arrays, in whole cache lines, as each group may be
                           * another thread's */
    size_t classes;       /* as in nudge_metrics, if a confusion matrix is wanted */
    size_t matrix;        /* its bytes */
    size_t next;          /* group that no thread has taken yet */
    void **buffers;       /* threads */
    nu_tally *tallies;    /* groups */
    double *sums;         /* groups x sums_each, and the first row's targets (outputs) */
    uint64_t *confusion;  /* classes x classes */
};

/* Everything that can be known before there is memory. */
static nu_evaluator lay_out(const nudge_model *model, const nudge_dataset *data, nu_wanted wanted,
                            int threads)
{
    const nu_network *net = &model->net;
    nudge_loss_info loss = nudge_loss_describe(net->loss);
    nu_evaluator e = {.model = model, .data = data, .wanted = wanted,
                      .numeric = nu_numeric_of(model->dtype), .outputs = net->width[net->layers]};
    /* Near the best rate of a product, yet small buffers for narrow networks; all blocks of about
     * the same size, so that none is left over as a small one. */
    size_t most = net->widest >= 512 ? 1024 : 256;
    e.rows = nu_ceil_div(data->rows, nu_ceil_div(data->rows, most));
    e.blocks = nu_ceil_div(data->rows, e.rows);
    e.groups = wanted == NU_PREDICTIONS ? e.blocks : nu_smaller(e.blocks, GROUPS);
    e.threads = (int)nu_smaller((size_t)threads, e.groups);
    e.buffer = e.numeric->infer_buffer(net, e.rows);
    if (loss.is_regression && wanted != NU_PREDICTIONS)
        e.sums_each = nu_ceil_div((wanted == NU_METRICS ? 4 : 1) * e.outputs, 8) * 8;
    if (wanted == NU_METRICS && loss.target == NUDGE_CLASSES)
        e.classes = e.outputs;
    else if (wanted == NU_METRICS && loss.target == NUDGE_PROBABILITIES && e.outputs == 1)
        e.classes = 2;
    nu_mul(e.classes * e.classes, sizeof *e.confusion, &e.matrix); /* outputs are an int */
    e.matrix = nu_smaller(e.matrix, SIZE_MAX / 2);
    return e;
}

static uint64_t bytes_of(const nu_evaluator *e)
{
    return (uint64_t)e->threads * e->buffer +
           e->groups * (sizeof(nu_tally) + e->sums_each * sizeof(double)) +
           e->outputs * sizeof(double) + e->matrix;
}

uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, nu_wanted wanted,
                             int threads)
{
    nu_evaluator e = lay_out(model, data, wanted, threads);
    return bytes_of(&e);
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
    free(e->confusion);
    free(e->units);
    free(e);
}

static void free_at(nu_evaluator **e)
{
    nu_evaluator_free(*e);
}

nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, nu_wanted wanted, int threads,
                                 const int *cpus, nudge_error *err)
{
    const char *what = wanted == NU_PREDICTIONS ? "predictions" : "an evaluation";
    nu_evaluator *e NU_SCOPED(free_at) = NULL;
    NU_NEW(e, calloc, 1, what, err);
    *e = lay_out(model, data, wanted, threads);
    e->cpus = cpus;
    NU_TRY(nu_memory_check(bytes_of(e), what, err));
    NU_TRY(nu_loss_units(&e->units, model, err));
    NU_NEW(e->buffers, calloc, (size_t)e->threads, what, err);
    for (int t = 0; t < e->threads; t++)
        NU_NEED((e->buffers[t] = nu_alloc(e->buffer, 1)) != NULL, e->buffer, what, err);
    NU_NEW(e->tallies, calloc, e->groups, what, err);
    NU_NEW(e->sums, nu_alloc, e->groups * e->sums_each + e->outputs, what, err);
    if (e->classes > 0)
        NU_NEW(e->confusion, nu_alloc, e->classes * e->classes, what, err);
    nu_blas_single_threaded();
    *evaluator = NU_TAKE(e);
    return NUDGE_OK;
}

/* A thread takes the next group when it is through with one, so that a core that is slowed down
 * does not keep the others waiting. */
static void work(void *arg, int thread, int threads)
{
    nu_evaluator *e = arg;
    (void)threads;
    size_t g;
    while ((g = __atomic_fetch_add(&e->next, 1, __ATOMIC_RELAXED)) < e->groups) {
        nu_inference r = {.units = e->units,
                          .tally = e->wanted != NU_PREDICTIONS ? &e->tallies[g] : NULL};
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

/* Tallies of nothing yet. */
static void clear(nu_evaluator *e)
{
    uint32_t number;
    double *origin = e->sums + e->groups * e->sums_each;
    memset(e->sums, 0, e->groups * e->sums_each * sizeof(double));
    if (e->classes > 0)
        memset(e->confusion, 0, e->matrix);
    int has_sums = e->sums_each > 0, all = has_sums && e->wanted == NU_METRICS;
    if (all)
        e->numeric->as_doubles(e->data, 0, 1, &number, NULL, origin, NULL);
    for (size_t g = 0; g < e->groups; g++) {
        double *sums = e->sums + g * e->sums_each;
        e->tallies[g] = (nu_tally){.squared = has_sums ? sums : NULL,
                                   .absolute = all ? sums + e->outputs : NULL,
                                   .origin = origin,
                                   .sum = all ? sums + 2 * e->outputs : NULL,
                                   .sum2 = all ? sums + 3 * e->outputs : NULL,
                                   .classes = e->classes,
                                   .confusion = e->confusion};
    }
    e->next = 0;
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
            const nu_tally *t = &e->tallies[g];
            squared += t->squared[j];
            if (t->absolute == NULL)
                continue;
            absolute += t->absolute[j];
            sum += t->sum[j];
            sum2 += t->sum2[j];
        }
        double unit = prep != NULL ? fabs(1 / prep->target_factor[j]) : 1;
        double spread = sum2 - sum * sum / rows;
        all_squared += squared * unit * unit;
        all_absolute += absolute * unit;
        r2 += spread > 0 ? 1 - squared / spread : NAN;
    }
    m->rmse = sqrt(all_squared / elements);
    if (e->wanted != NU_METRICS)
        return;
    m->mae = all_absolute / elements;
    m->r2 = r2 / (double)e->outputs;
}

nudge_status nu_evaluator_run(nu_evaluator *e, nudge_metrics *m, nudge_error *err)
{
    nudge_loss_info loss = nudge_loss_describe(e->model->net.loss);
    clear(e);
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
                         .confusion = e->confusion};
    if (loss.is_regression)
        set_regression(e, m);
    else
        m->accuracy = (double)correct /
                      (loss.target == NUDGE_CLASSES ? rows : rows * (double)e->outputs);
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
    nu_evaluator *e NU_SCOPED(free_at) = NULL;
    NU_TRY(nu_evaluator_create(&e, model, data, NU_METRICS, nudge_threads(threads, NULL), cpus,
                               err));
    NU_TRY(nu_evaluator_run(e, metrics, err));
    e->confusion = NULL; /* now the caller's */
    return NUDGE_OK;
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
    nu_evaluator *e NU_SCOPED(free_at) = NULL;
    NU_TRY(nu_evaluator_create(&e, model, data, NU_PREDICTIONS, nudge_threads(threads, NULL), cpus,
                               err));
    e->out = out;
    return nu_team_run_on(cpus, e->threads, work, e, err);
}
