#include "train/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"
#include "prep/prep.h"
#include "prep/transform.h"
#include "linalg/blas.h"
#include "train/check.h"
#include "train/engine.h"
#include "train/metrics.h"

/* Rows are evaluated in blocks, and blocks in at most GROUPS groups, each with sums of its own that
 * are added in order: the same sums for any number of threads. */
#define GROUPS 64

struct nu_evaluator {
    const nudge_model *model;
    const nudge_dataset *data;
    const nu_numeric *numeric;
    uint64_t wanted;
    unsigned needs;       /* as nu_metrics_need() has it */
    double *units;        /* as in nu_loss_kind */
    int transformed;      /* the target: sums are then in its own units */
    int threads;
    const int *cpus;
    double *out;          /* predictions */
    size_t outputs, rows, blocks, groups;
    size_t parts;         /* as in nu_scores */
    size_t buffer;        /* bytes of one */
    size_t sums_each;     /* doubles of a tally's arrays, in whole cache lines, as each group may be
                           * another thread's */
    size_t classes;       /* of a part, if counts of them are wanted */
    size_t matrix;        /* cells of a confusion matrix, if one is */
    size_t counts_each;   /* of a thread, with its weights, in whole cache lines; */
    size_t counted;       /* elements of the block of all and the matrix */
    size_t values;        /* of by_output */
    size_t keeps;         /* values, if they are wanted */
    size_t next;          /* group, or output, that no thread has taken yet */
    void **buffers;       /* threads */
    nu_tally *tallies;    /* groups, and the sum of all */
    double *sums;         /* for each tally sums_each, and outputs each: */
    double *origin, *unit, *shift; /* the first row's targets, and as in nu_inference */
    double *by_output;    /* as in nudge_metrics */
    nudge_class_counts *counts;   /* for each thread parts x classes, then those of all rows in the
                                   * first one's place; in the same block, as in nu_tally: */
    nudge_class_counts *weighted; /* NULL where rows have no weights */
    uint64_t *confusion;
    double weight_unit;
    double *kept;         /* as in nu_inference */
    nu_weighted *sorted;  /* threads x rows of the data, to rank those with weights */
    nu_areas *areas;      /* outputs, if predictions are kept; or: */
    double *medians;
};

/* Everything that can be known before there is memory. */
static nu_evaluator lay_out(const nudge_model *model, const nudge_dataset *data, uint64_t wanted,
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
    e.buffer = e.numeric->infer_buffer(model, e.rows);
    e.needs = nu_metrics_need(wanted, net->loss, e.outputs);
    e.parts = loss.target == NUDGE_CLASSES ? 1 : e.outputs;
    for (size_t i = 0; i < NU_SUMS; i++)
        if (e.needs & NU_NEEDS(i))
            e.sums_each += e.parts;
    e.sums_each = nu_ceil_div(e.sums_each, 8) * 8;
    if (e.needs & NU_NEEDS_COUNTS)
        e.classes = loss.target == NUDGE_CLASSES ? e.outputs : 2;
    if ((wanted & NU_BY_OUTPUT) && e.parts == 1 && e.classes <= NUDGE_MATRIX_CLASSES)
        e.matrix = e.classes * e.classes;
    e.counts_each = nu_ceil_div(e.parts * e.classes * (data->weights != NULL ? 2 : 1), 8) * 8;
    e.counted = (size_t)e.threads * e.counts_each + nu_ceil_div(e.matrix, 3);
    if (e.needs & NU_NEEDS_KEPT)
        nu_mul(data->rows * sizeof *e.kept, e.outputs, &e.keeps);
    e.keeps = nu_smaller(e.keeps, SIZE_MAX / 4) / sizeof *e.kept;
    e.values = (wanted & NU_BY_OUTPUT) && e.outputs > 1 ? NUDGE_METRICS * e.outputs : 0;
    return e;
}

static uint64_t bytes_of(const nu_evaluator *e)
{
    uint64_t doubles = (e->groups + 1) * e->sums_each + 3 * e->outputs + e->values + e->keeps;
    uint64_t sorted = (uint64_t)e->threads * e->data->rows;
    if (e->keeps > 0) /* sorting takes as much again, and then there are results */
        doubles += (e->data->weights != NULL ? 2 : 1) * sorted + 3 * e->outputs;
    return (uint64_t)e->threads * e->buffer + (e->groups + 1) * sizeof(nu_tally) +
           doubles * sizeof(double) + e->counted * (uint64_t)sizeof *e->counts;
}

uint64_t nu_evaluator_memory(const nudge_model *model, const nudge_dataset *data, uint64_t wanted,
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
    free(e->by_output);
    free(e->counts);
    free(e->kept);
    free(e->sorted);
    free(e->areas);
    free(e->medians);
    free(e->units);
    free(e);
}

static void free_at(nu_evaluator **e)
{
    nu_evaluator_free(*e);
}

/* What is not wanted stays NULL. */
static nudge_status allocate(nu_evaluator *e, const char *what, nudge_error *err)
{
    NU_NEW(e->buffers, calloc, (size_t)e->threads, what, err);
    for (int t = 0; t < e->threads; t++)
        NU_NEED((e->buffers[t] = nu_alloc(e->buffer, 1)) != NULL, e->buffer, what, err);
    NU_NEW(e->tallies, calloc, e->groups + 1, what, err);
    NU_NEW(e->sums, nu_alloc, (e->groups + 1) * e->sums_each + 3 * e->outputs, what, err);
    if (e->values > 0)
        NU_NEW(e->by_output, nu_alloc, e->values, what, err);
    if (e->counted > 0)
        NU_NEW(e->counts, nu_alloc, e->counted, what, err);
    if (e->matrix > 0)
        e->confusion = (uint64_t *)(e->counts + (size_t)e->threads * e->counts_each);
    if (e->counted > 0 && e->data->weights != NULL) {
        e->weighted = e->counts + e->parts * e->classes;
        double exponent = 61 - logb(e->data->weight); /* all of them are below 2^62 */
        e->weight_unit = ldexp(1, (int)fmin(exponent, 1000));
    }
    if (e->keeps == 0)
        return NUDGE_OK;
    if (e->data->weights != NULL)
        NU_NEW(e->sorted, nu_alloc, (size_t)e->threads * e->data->rows, what, err);
    NU_NEW(e->kept, nu_alloc, e->keeps, what, err);
    NU_NEW(e->areas, nu_alloc, e->outputs, what, err);
    NU_NEW(e->medians, nu_alloc, e->outputs, what, err);
    return NUDGE_OK;
}

nudge_status nu_evaluator_create(nu_evaluator **evaluator, const nudge_model *model,
                                 const nudge_dataset *data, uint64_t wanted, int threads,
                                 const int *cpus, nudge_error *err)
{
    const char *what = wanted == NU_PREDICTIONS ? "predictions" : "an evaluation";
    const nudge_prep *prep = model->prep;
    nu_evaluator *e NU_SCOPED(free_at) = NULL;
    NU_NEW(e, calloc, 1, what, err);
    *e = lay_out(model, data, wanted, threads);
    e->cpus = cpus;
    NU_TRY(nu_memory_check(bytes_of(e), e->keeps ? "ranking (as for roc-auc)" : what, err));
    NU_TRY(nu_loss_units(&e->units, model, err));
    NU_TRY(allocate(e, what, err));
    e->origin = e->sums + (e->groups + 1) * e->sums_each;
    e->unit = e->origin + e->outputs;
    e->shift = e->unit + e->outputs;
    e->transformed = prep != NULL && prep->transform != NUDGE_TRANSFORM_NONE;
    for (size_t j = 0; j < e->outputs; j++) {
        e->unit[j] = prep != NULL && !e->transformed ? 1 / prep->target_factor[j] : 1;
        e->shift[j] = prep != NULL && !e->transformed ? prep->target_shift[j] : 0;
    }
    NU_TRY(nu_blas_start(err));
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
                          .unit = e->unit,
                          .shift = e->shift,
                          .tally = e->wanted != NU_PREDICTIONS ? &e->tallies[g] : NULL,
                          .kept_rows = e->data->rows};
        if (e->counts != NULL)
            r.tally->counts = e->counts + (size_t)thread * e->counts_each;
        if (e->weighted != NULL)
            r.tally->weighted = e->weighted + (size_t)thread * e->counts_each;
        size_t block, end;
        nu_team_share(e->blocks, (int)g, (int)e->groups, &block, &end);
        for (; block < end; block++) {
            size_t first = block * e->rows, rest = e->data->rows - first;
            r.predictions = e->out != NULL ? e->out + first * e->outputs : NULL;
            r.kept = e->kept != NULL ? e->kept + first : NULL;
            e->numeric->infer(e->model, e->data, first, rest < e->rows ? rest : e->rows,
                              e->buffers[thread], &r);
        }
    }
}

/* What needs the order of all predictions, one output after the other. */
static void rank(void *arg, int thread, int threads)
{
    nu_evaluator *e = arg;
    (void)threads;
    int numbers = nudge_loss_describe(e->model->net.loss).is_regression;
    const double *weights = e->data->weights;
    size_t j, rows = e->data->rows;
    nu_weighted *room = weights != NULL ? e->sorted + (size_t)thread * rows : NULL;
    while ((j = __atomic_fetch_add(&e->next, 1, __ATOMIC_RELAXED)) < e->outputs) {
        double *kept = e->kept + j * rows;
        if (numbers)
            e->medians[j] = weights != NULL ? nu_weighted_median_of(kept, weights, room, rows)
                                            : nu_median_of(kept, rows);
        else
            e->areas[j] = weights != NULL ? nu_weighted_areas_of(kept, weights, room, rows)
                                          : nu_areas_of(kept, rows);
    }
}

/* Tallies of nothing yet. */
static void clear(nu_evaluator *e)
{
    uint32_t number;
    memset(e->sums, 0, (e->groups + 1) * e->sums_each * sizeof(double));
    if (e->counted > 0)
        memset(e->counts, 0, e->counted * sizeof *e->counts);
    if (e->needs & NU_NEEDS(NU_TARGET))
        e->numeric->as_doubles(e->data, 0, 1, &number, NULL, e->origin, NULL);
    if (e->transformed && (e->needs & NU_NEEDS(NU_TARGET)))
        nu_targets_raw(e->model->prep, e->origin, 1);
    for (size_t g = 0; g <= e->groups; g++) {
        double *next = e->sums + g * e->sums_each;
        nu_tally *t = &e->tallies[g];
        *t = (nu_tally){.origin = e->origin,
                        .counts_top = (e->needs & NU_NEEDS_TOP) != 0,
                        .weight_unit = e->weight_unit,
                        .classes = e->classes,
                        .confusion = e->confusion};
        for (size_t i = 0; i < NU_SUMS; i++)
            if (e->needs & NU_NEEDS(i)) {
                t->sum[i] = next;
                next += e->parts;
            }
    }
    e->next = 0;
}

/* The sum of all groups, in their order; counts of all threads become the first one's. */
static nu_tally *add_up(nu_evaluator *e)
{
    nu_tally *all = &e->tallies[e->groups];
    double *sums = e->sums + e->groups * e->sums_each;
    for (size_t g = 0; g < e->groups; g++) {
        const nu_tally *t = &e->tallies[g];
        all->loss += t->loss;
        all->correct += t->correct;
        for (size_t k = 0; k < NU_TOPS; k++)
            all->top[k] += t->top[k];
        for (size_t i = 0; i < e->sums_each; i++)
            sums[i] += e->sums[g * e->sums_each + i];
    }
    uint64_t *count = (uint64_t *)e->counts, each = 3 * e->counts_each;
    for (size_t t = 1; t < (size_t)e->threads; t++)
        for (size_t i = 0; i < each; i++)
            count[i] += count[t * each + i];
    return all;
}

nudge_status nu_evaluator_run(nu_evaluator *e, nudge_metrics *m, nudge_error *err)
{
    nudge_loss loss = e->model->net.loss;
    clear(e);
    NU_TRY(nu_team_run_on(e->cpus, e->threads, work, e, err));
    e->next = 0;
    if (e->kept != NULL)
        NU_TRY(nu_team_run_on(e->cpus, e->threads, rank, e, err));
    const nu_tally *all = add_up(e);
    nu_scores scores = {.weight = e->data->weight,
                        .outputs = e->outputs,
                        .has_classes = nudge_loss_describe(loss).target == NUDGE_CLASSES,
                        .parts = e->parts,
                        .loss = all->loss,
                        .correct = all->correct,
                        .classes = e->classes,
                        .counts = e->weighted != NULL ? e->weighted : e->counts,
                        .areas = e->areas,
                        .median = e->medians,
                        .unit = e->unit,
                        .quantile = 0.5};
    memcpy(scores.top, all->top, sizeof scores.top);
    memcpy(scores.sum, all->sum, sizeof scores.sum);
    if (nudge_metric_describe(NUDGE_METRIC_PINBALL).losses & 1u << loss)
        scores.quantile = e->model->net.loss_parameter;
    *m = (nudge_metrics){.rows = e->data->rows,
                         .outputs = e->outputs,
                         .by_output = e->by_output,
                         .classes = e->parts == 1 ? e->classes : 0,
                         .confusion = e->confusion,
                         .counts = e->parts == 1 ? e->counts : NULL};
    nu_metrics_set(m, e->wanted, loss, &scores);
    return NUDGE_OK;
}

nudge_status nudge_evaluate(const nudge_model *model, const nudge_dataset *data, int threads,
                            nudge_metrics *metrics, nudge_error *err)
{
    return nudge_evaluate_on(model, data, threads, NULL, NUDGE_METRICS_ALL, metrics, err);
}

nudge_status nudge_evaluate_on(const nudge_model *model, const nudge_dataset *data, int threads,
                               const int *cpus, uint64_t wanted, nudge_metrics *metrics,
                               nudge_error *err)
{
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    NU_TRY(nu_dataset_has_weight(data, "evaluated", err));
    nu_evaluator *e NU_SCOPED(free_at) = NULL;
    NU_TRY(nu_evaluator_create(&e, model, data, wanted | NU_BY_OUTPUT,
                               nudge_threads(threads, NULL), cpus, err));
    NU_TRY(nu_evaluator_run(e, metrics, err));
    e->by_output = NULL; /* now the caller's, */
    if (metrics->counts != NULL)
        e->counts = NULL; /* and so is this */
    return NUDGE_OK;
}

void nudge_metrics_free(nudge_metrics *metrics)
{
    if (metrics == NULL)
        return;
    free(metrics->by_output);
    free(metrics->counts);
    metrics->by_output = NULL;
    metrics->confusion = NULL;
    metrics->counts = NULL;
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

nudge_status nudge_targets(const nudge_model *model, const nudge_dataset *data, double *out,
                           nudge_error *err)
{
    enum { SOME = 256 };
    uint32_t numbers[SOME];
    int32_t classes[SOME];
    const nudge_prep *prep = model->prep;
    size_t n = model->net.width[model->net.layers], rows;
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(nu_check_fit(model, data, 1, err));
    int has_classes = nudge_loss_describe(model->net.loss).target == NUDGE_CLASSES;
    for (size_t first = 0; first < data->rows; first += rows) {
        rows = nu_smaller(data->rows - first, SOME);
        double *some = out + first * (has_classes ? 1 : n);
        nu_numeric_of(model->dtype)->as_doubles(data, first, rows, numbers, NULL,
                                                has_classes ? NULL : some,
                                                has_classes ? classes : NULL);
        for (size_t i = 0; has_classes && i < rows; i++)
            some[i] = classes[i];
        if (!has_classes && prep != NULL)
            nu_targets_raw(prep, some, rows);
    }
    return NUDGE_OK;
}
