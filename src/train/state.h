/* The engine's insides, for the files that make up a step: train/engine.c (buffers, stages),
 * train/step.c (pieces), train/step_tiles.c (tiles of parameters), train/step_partials.c (sums of
 * partial gradients), train/step_weights.c (weights of rows). */
#ifndef NUDGE_TRAIN_STATE_H
#define NUDGE_TRAIN_STATE_H

#include "core/barrier.h"
#include "core/clock.h"
#include "table/batch.h"
#include "net/embed.h"
#include "net/layer.h"
#include "net/loss.h"
#include "train/job.h"
#include "train/optimizer.h"

/* One thread's time by phase; a cache line each. */
typedef struct nu_watch {
    double last;
    double spent[NUDGE_PHASES];
    char padding[NU_ALIGN - (1 + NUDGE_PHASES) * sizeof(double)];
} nu_watch;

/* What one block of rows found; a cache line each, so that threads do not share one. */
typedef struct nu_block_result {
    double loss;    /* sum over its rows, weighted, */
    double correct; /* and so is this */
    char padding[NU_ALIGN - 2 * sizeof(double)];
} nu_block_result;

/* A layer and what a batch of B rows makes of it. */
typedef struct nu_engine_layer {
    X(nu_layer) layer;
    X(nu_output) out; /* B x out */
    X(nu_matrix) dz;  /* B x out: gradient of the layer's z */
    X(nu_matrix) normed; /* B x in: its input normalised, */
    real *inverse;    /* B: as in nu_layer_norm(); or none */
    X(nu_matrix) dy;  /* B x out: gradient of its output, where that is added to; or none */
    double dropout;   /* rate; 0: none */
} nu_engine_layer;

/* Blocks of memory of an engine of B = plan->batch rows. */
enum {
    NU_ROWS,       /* B store row numbers of the batch */
    NU_TARGETS,    /* B x outputs reals, or B classes */
    NU_PACKED,     /* B x inputs; none where the data itself always stands ready */
    NU_SCALED,     /* B x width[0]: inputs times their factors; or none */
    NU_EMBEDDED,   /* B x width[0]: what the inputs are embedded in, and */
    NU_EMBEDDED_GRADIENT, /* its gradient; or none */
    NU_WAVES,      /* B x numbers x nu_embed_kept(); or none */
    NU_OUTPUTS,    /* of all layers */
    NU_INVERSES,   /* layers x B, where their inputs are normalised */
    NU_SCRATCH,    /* threads x nu_scratch_size() */
    NU_TRANSPOSED, /* plan->transposed_size */
    NU_WEIGHTS,    /* of the data's rows in the order of the epoch; none where that is the data's */
    NU_WEIGHT_SUMS, /* of the batches; none where rows have no weights */
    NU_COLUMNS,    /* tiles x plan->tile_columns: sums of squares of its weights by column, where
                    * they are bounded */
    NU_SQUARES,    /* tiles: the sum of squares of its gradient, where that is kept */
    NU_ZEROED,     /* those from here on begin with zeros */
    NU_RESULTS = NU_ZEROED, /* blocks */
    NU_PARTIALS,   /* blocks x plan->partial_size */
    NU_WATCHES,    /* threads; none without job.profile */
    NU_GRADIENT_KEPT, /* net->size, where the plan keeps it */
    NU_AVERAGE,    /* net->size, if job.averages */
    NU_STATE_1, NU_STATE_2, /* optimizer state, net->size each, or none */
    NU_ROOMS
};

struct nu_engine {
    nu_job job;
    nu_loss_kind loss;
    uint32_t epoch;   /* from 1 */
    nu_permutation order;
    const nu_permutation *shuffled; /* &order, or NULL: rows in order */
    void *room[NU_ROOMS];
    nu_engine_layer *layers;
    /* In these rooms: */
    uint32_t *rows;
    const double *weights; /* in the order of the epoch, or NULL: 1 each; it may be the data's */
    uint32_t weighed;      /* for this epoch */
    X(nu_matrix) packed;
    X(nu_matrix) scaled, embedded, embedded_gradient; /* or none */
    X(nu_waves) waves;
    nu_block_result *results;
    real *partials;
    real *gradient; /* or NULL */
    real *average;  /* or NULL */
    real *s1, *s2;
};

/* Reals of a thread: a tile's gradient, and its biases', which are fewer. */
static inline size_t nu_scratch_size(const nu_plan *plan)
{
    return (2 * plan->tile_size + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
}

/* A thread's part of one stage of one batch. */
typedef struct nu_doing {
    nu_engine *e;
    X(nu_matrix) features; /* the batch's, */
    X(nu_matrix) inputs; /* and what the first layer takes of them */
    size_t batch, rows;  /* number in the epoch, samples */
    double group_weight; /* of all samples whose gradients make one update, or their number; */
    int adds, is_last;   /* this one is not the first of them, is the last */
    const nu_optimizer_step *step; /* when updating: of weights, */
    const nu_optimizer_step *bias_step; /* of biases, once a layer's are known */
    double factor;       /* and what the kept gradient is multiplied with */
    int thread, threads;
} nu_doing;

/* The time since this thread's last lap belongs to `phase`; NUDGE_PHASES: to none. */
static inline void nu_lap(nu_engine *e, int thread, nudge_phase phase)
{
    if (!e->job.profile)
        return;
    nu_watch *w = (nu_watch *)e->room[NU_WATCHES] + thread;
    double now = nu_seconds();
    if (phase < NUDGE_PHASES)
        w->spent[phase] += now - w->last;
    w->last = now;
}

/* What layer l reads. */
static inline const X(nu_matrix) *nu_step_input(const nu_doing *d, size_t l)
{
    const nu_engine_layer *layer = &d->e->layers[l];
    return l == 0 ? &d->inputs : layer->normed.at != NULL ? &layer->normed : &layer[-1].out.y;
}

#endif
