#include "train/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "data/dataset.h"
#include "data/prep.h"
#include "linalg/blas.h"
#include "train/check.h"
#include "train/engine.h"

/* Rows are evaluated in blocks, and blocks in at most GROUPS groups, each with sums of its own that
 * are added in order: the same sums for any number of threads. */
#define GROUPS 64

/* Rows of a block: near the best rate of a product, yet small buffers for narrow networks. */
static size_t block_rows(const nu_network *net, size_t rows)
{
    size_t most = net->widest >= 512 ? 1024 : 256;
    return rows < most ? rows : most;
}

/* One thread's working space. */
typedef struct space {
    void *buffer;
    double *predictions, *targets; /* block_rows x outputs */
    int32_t *classes;              /* block_rows */
} space;

/* Sums over a group of rows. */
typedef struct tally {
    double loss, absolute;
    size_t correct;
    double *squared;  /* outputs: of prediction - target */
    double *sum;      /* outputs: of target - origin */
    double *sum2;     /* outputs: of (target - origin)^2 */
} tally;

struct nu_evaluator {
    const nudge_model *model;
    const nudge_dataset *data;
    const nu_numeric *numeric;
    const double *units;
    int threads;
    size_t outputs, rows, blocks, groups;
    size_t classes;       /* as in nudge_metrics */
    space *spaces;        /* threads */
    tally *tallies;       /* groups */
    double *sums;         /* groups x 3 x outputs: the arrays of tallies */
    double *origin;       /* outputs: the first row's target, so that sums of squares keep digits */
    uint64_t *confusion;  /* classes x classes */
};

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

static int useful_threads(const nudge_model *model, const nudge_dataset *data, int threads)
{
    size_t groups = group_count(block_count(model, data));
    return (size_t)threads < groups ? threads : (int)groups;
}

uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, int threads)
{
    const nu_network *net = &model->net;
    uint64_t rows = block_rows(net, data->rows), outputs = net->width[net->layers];
    uint64_t each = nu_numeric_of(model->dtype)->infer_buffer(net, rows) +
                    rows * (2 * outputs * sizeof(double) + sizeof(int32_t));
    uint64_t classes = class_count(net), groups = group_count(block_count(model, data));
    return (uint64_t)useful_threads(model, data, threads) * each +
           groups * (sizeof(tally) + 3 * outputs * sizeof(double)) +
           classes * classes * sizeof(uint64_t);
}

void nu_evaluator_free(nu_evaluator *e)
{
    if (e == NULL)
        return;
    for (int t = 0; e->spaces != NULL && t < e->threads; t++) {
        free(e->spaces[t].buffer);
        free(e->spaces[t].predictions);
        free(e->spaces[t].targets);
        free(e->spaces[t].classes);
    }
    free(e->spaces);
    free(e->tallies);
    free(e->sums);
    free(e->origin);
    free(e->confusion);
    free(e);
}

static int allocate_space(space *s, const nu_evaluator *e)
{
    s->buffer = nu_alloc(e->numeric->infer_buffer(&e->model->net, e->rows), 1);
    s->predictions = nu_alloc(e->rows, e->outputs * sizeof(double));
    s->targets = nu_alloc(e->rows, e->outputs * sizeof(double));
    s->classes = nu_alloc(e->rows, sizeof(int32_t));
    return s->buffer != NULL && s->predictions != NULL && s->targets != NULL &&
           s->classes != NULL;
}

static int allocate(nu_evaluator *e)
{
    e->spaces = calloc((size_t)e->threads, sizeof *e->spaces);
    e->tallies = calloc(e->groups, sizeof *e->tallies);
    e->sums = nu_alloc_zero(e->groups * 3, e->outputs * sizeof(double));
    e->origin = nu_alloc_zero(e->outputs, sizeof(double));
    e->confusion = nu_alloc_zero(e->classes * e->classes, sizeof(uint64_t));
    if (e->spaces == NULL || e->tallies == NULL || e->sums == NULL || e->origin == NULL ||
        e->confusion == NULL)
        return 0;
    for (size_t g = 0; g < e->groups; g++) {
        double *sums = e->sums + g * 3 * e->outputs;
        e->tallies[g].squared = sums;
        e->tallies[g].sum = sums + e->outputs;
        e->tallies[g].sum2 = sums + 2 * e->outputs;
    }
    for (int t = 0; t < e->threads; t++)
        if (!allocate_space(&e->spaces[t], e))
            return 0;
    return 1;
}

nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, const double *units, int threads,
                                 nudge_error *err)
{
    nu_evaluator *e = calloc(1, sizeof *e);
    if (e == NULL)
        return nu_no_memory(err, sizeof *e, "an evaluation");
    e->model = model;
    e->data = data;
    e->numeric = nu_numeric_of(model->dtype);
    e->units = units;
    e->threads = useful_threads(model, data, threads);
    e->outputs = model->net.width[model->net.layers];
    e->rows = block_rows(&model->net, data->rows);
    e->blocks = block_count(model, data);
    e->groups = group_count(e->blocks);
    e->classes = class_count(&model->net);
    if (!allocate(e)) {
        nu_evaluator_free(e);
        return nu_no_memory(err, nu_evaluator_memory(model, data, threads), "an evaluation");
    }
    nu_blas_single_threaded();
    *evaluator = e;
    return NUDGE_OK;
}

/* The target's own units: the inverse of what the prep did. */
NU_CLONES
static void unscale(const nudge_prep *prep, double *y, size_t rows, size_t outputs)
{
    if (prep == NULL)
        return;
    const double *restrict factor = prep->target_factor, *restrict shift = prep->target_shift;
    for (size_t i = 0; i < rows; i++) {
        double *restrict row = y + i * outputs;
#pragma omp simd
        for (size_t j = 0; j < outputs; j++)
            row[j] = row[j] / factor[j] + shift[j];
    }
}

NU_CLONES
static void add_regression(const nu_evaluator *e, tally *t, const space *s, size_t rows)
{
    size_t n = e->outputs;
    const double *restrict origin = e->origin;
    double *restrict squared = t->squared, *restrict sum = t->sum, *restrict sum2 = t->sum2;
    for (size_t i = 0; i < rows; i++) {
        const double *restrict target = s->targets + i * n;
        const double *restrict prediction = s->predictions + i * n;
        double absolute = 0;
#pragma omp simd reduction(+ : absolute)
        for (size_t j = 0; j < n; j++) {
            double d = prediction[j] - target[j], y = target[j] - origin[j];
            squared[j] += d * d;
            absolute += fabs(d);
            sum[j] += y;
            sum2[j] += y * y;
        }
        t->absolute += absolute;
    }
}

/* The class with the largest probability, the first of equals. */
static size_t most_likely(const double *p, size_t classes)
{
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (p[k] > p[best])
            best = k;
    return best;
}

/* Counts are whole numbers, so the order in which threads add them does not matter. */
static void count_confusion(nu_evaluator *e, const space *s, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        size_t truth, guess;
        if (e->model->net.loss == NUDGE_CROSS_ENTROPY) {
            truth = (size_t)s->classes[i];
            guess = most_likely(s->predictions + i * e->outputs, e->outputs);
        } else {
            truth = s->targets[i] > 0.5;
            guess = s->predictions[i] > 0.5;
        }
        __atomic_fetch_add(&e->confusion[truth * e->classes + guess], 1, __ATOMIC_RELAXED);
    }
}

static void evaluate_block(nu_evaluator *e, tally *t, space *s, size_t block)
{
    nudge_loss loss = e->model->net.loss;
    size_t first = block * e->rows, rest = e->data->rows - first;
    size_t rows = rest < e->rows ? rest : e->rows, n = e->outputs;
    int classes = loss == NUDGE_CROSS_ENTROPY;
    nu_inference r = {.want_loss = 1,
                      .units = e->units,
                      .predictions = s->predictions,
                      .targets = classes ? NULL : s->targets,
                      .classes = classes ? s->classes : NULL};
    e->numeric->infer(e->model, e->data, first, rows, s->buffer, &r);
    t->loss += r.loss;
    if (is_regression(loss)) {
        unscale(e->model->prep, s->predictions, rows, n);
        unscale(e->model->prep, s->targets, rows, n);
        add_regression(e, t, s, rows);
    } else if (e->classes > 0) {
        count_confusion(e, s, rows);
    }
    if (loss == NUDGE_BCE)
        for (size_t i = 0; i < rows * n; i++)
            t->correct += (s->predictions[i] > 0.5) == (s->targets[i] > 0.5);
    else
        t->correct += r.correct;
}

static void work(void *arg, int thread, int threads)
{
    nu_evaluator *e = arg;
    size_t g, end;
    nu_team_share(e->groups, thread, threads, &g, &end);
    for (; g < end; g++) {
        size_t block, last;
        nu_team_share(e->blocks, (int)g, (int)e->groups, &block, &last);
        for (; block < last; block++)
            evaluate_block(e, &e->tallies[g], &e->spaces[thread], block);
    }
}

static void set_regression(const nu_evaluator *e, nudge_metrics *m)
{
    double rows = (double)e->data->rows, elements = rows * (double)e->outputs;
    double squared = 0, absolute = 0, r2 = 0;
    for (size_t g = 0; g < e->groups; g++)
        absolute += e->tallies[g].absolute;
    for (size_t j = 0; j < e->outputs; j++) {
        double wrong = 0, sum = 0, sum2 = 0;
        for (size_t g = 0; g < e->groups; g++) {
            wrong += e->tallies[g].squared[j];
            sum += e->tallies[g].sum[j];
            sum2 += e->tallies[g].sum2[j];
        }
        double spread = sum2 - sum * sum / rows;
        squared += wrong;
        r2 += spread > 0 ? 1 - wrong / spread : NAN;
    }
    m->rmse = sqrt(squared / elements);
    m->mae = absolute / elements;
    m->r2 = r2 / (double)e->outputs;
}

static void set_origin(nu_evaluator *e)
{
    nu_inference r = {.targets = e->origin};
    e->numeric->infer(e->model, e->data, 0, 1, e->spaces[0].buffer, &r);
    unscale(e->model->prep, e->origin, 1, e->outputs);
}

void nu_evaluator_run(nu_evaluator *e, nudge_metrics *m)
{
    nudge_loss loss = e->model->net.loss;
    for (size_t g = 0; g < e->groups; g++) {
        tally *t = &e->tallies[g];
        t->loss = t->absolute = 0;
        t->correct = 0;
    }
    memset(e->sums, 0, e->groups * 3 * e->outputs * sizeof(double));
    memset(e->confusion, 0, e->classes * e->classes * sizeof(uint64_t));
    if (is_regression(loss))
        set_origin(e);
    nu_team_run(e->threads, work, e);

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
}

nudge_status nudge_evaluate(const nudge_model *model, const nudge_dataset *data, int threads,
                            nudge_metrics *metrics, nudge_error *err)
{
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    double *units;
    nu_evaluator *e = NULL;
    NU_TRY(nu_loss_units(&units, model, err));
    nudge_status status = nu_evaluator_create(&e, model, data, units, nudge_threads(threads, NULL),
                                              err);
    if (status == NUDGE_OK) {
        nu_evaluator_run(e, metrics);
        if (metrics->confusion != NULL)
            e->confusion = NULL; /* now the caller's */
    }
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

/* ---- Prediction ---------------------------------------------------------------------------- */

typedef struct prediction {
    const nudge_model *model;
    const nudge_dataset *data;
    size_t rows, blocks;
    void **buffers; /* one per thread */
    double *out;
} prediction;

static void predict_share(void *arg, int thread, int threads)
{
    prediction *p = arg;
    size_t n = p->model->net.width[p->model->net.layers], block, end;
    nu_team_share(p->blocks, thread, threads, &block, &end);
    for (; block < end; block++) {
        size_t first = block * p->rows, rest = p->data->rows - first;
        size_t rows = rest < p->rows ? rest : p->rows;
        nu_inference r = {.predictions = p->out + first * n};
        nu_numeric_of(p->model->dtype)
            ->infer(p->model, p->data, first, rows, p->buffers[thread], &r);
        unscale(p->model->prep, r.predictions, rows, n);
    }
}

nudge_status nudge_predict(const nudge_model *model, const nudge_dataset *data, int threads,
                           double *out, nudge_error *err)
{
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 0, err));
    prediction p = {.model = model, .data = data, .out = out};
    p.rows = block_rows(&model->net, data->rows);
    p.blocks = block_count(model, data);
    int team = nudge_threads(threads, NULL);
    if ((size_t)team > p.blocks)
        team = (int)p.blocks;
    size_t bytes = nu_numeric_of(model->dtype)->infer_buffer(&model->net, p.rows);
    p.buffers = calloc((size_t)team, sizeof *p.buffers);
    int ok = p.buffers != NULL;
    for (int t = 0; ok && t < team; t++)
        ok = (p.buffers[t] = nu_alloc(bytes, 1)) != NULL;
    if (ok) {
        nu_blas_single_threaded();
        nu_team_run(team, predict_share, &p);
    }
    for (int t = 0; p.buffers != NULL && t < team; t++)
        free(p.buffers[t]);
    free(p.buffers);
    return ok ? NUDGE_OK : nu_no_memory(err, (size_t)team * bytes, "predictions");
}
