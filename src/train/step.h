/* The engine's insides, shared by the files that make up a step: train/engine.c (buffers),
 * train/step_rows.c and train/step_grid.c (phase one), train/step_tiles.c (phase two),
 * train/step_partials.c (gradients of row blocks). */
#ifndef NUDGE_TRAIN_STEP_H
#define NUDGE_TRAIN_STEP_H

#include "core/barrier.h"
#include "core/clock.h"
#include "table/batch.h"
#include "net/loss.h"
#include "train/job.h"

/* One thread's time by phase; a cache line each. */
typedef struct nu_watch {
    double last;
    double spent[NUDGE_PHASES];
    char padding[NU_ALIGN - (1 + NUDGE_PHASES) * sizeof(double)];
} nu_watch;

/* What one row block found; a cache line each, so that threads do not share one. */
typedef struct nu_block_result {
    double loss; /* sum over its rows */
    size_t correct;
    char padding[NU_ALIGN - sizeof(double) - sizeof(size_t)];
} nu_block_result;

/* L layers, B = plan->batch rows. */
struct nu_engine {
    nu_job job;
    nu_loss_kind loss;
    nu_watch *watches;       /* threads, or NULL: no profile */

    nu_permutation order;
    const nu_permutation *shuffled; /* &order, or NULL: rows in order */

    uint32_t *rows;          /* B store row numbers of the batch */
    real *packed;            /* B x width[0] */
    void *layers;            /* room for the next three */
    real **a;                /* L: output of layer l, B x width[l + 1] */
    real **dz;               /* L: gradient of layer l's z, B x width[l + 1] */
    real **slope;            /* L: B x width[l + 1] or NULL, see nu_activate() */
    real *y;                 /* B x outputs, or */
    int32_t *classes;        /* B */
    nu_block_result *results;   /* blocks */
    real *partials;          /* blocks x plan->partial_size */
    real *scratch;           /* threads x scratch_size */
    size_t scratch_size;
    real *transposed;        /* plan->transposed_size */
    real *s1, *s2;           /* optimizer state, net->size each, or NULL */
};

/* The time since this thread's last lap belongs to `phase`; NUDGE_PHASES: to none. */
static inline void nu_lap(nu_engine *e, int thread, nudge_phase phase)
{
    if (e->watches == NULL)
        return;
    nu_watch *w = &e->watches[thread];
    double now = nu_seconds();
    if (phase < NUDGE_PHASES)
        w->spent[phase] += now - w->last;
    w->last = now;
}

static inline void nu_step_wait(nu_engine *e, int thread, int threads)
{
    nu_barrier_wait(e->job.barrier, threads);
    nu_lap(e, thread, NUDGE_WAIT);
}

static inline size_t nu_step_batch_rows(const nu_engine *e, size_t batch)
{
    size_t first = batch * e->job.plan->batch, rest = e->job.data->rows - first;
    return rest < e->job.plan->batch ? rest : e->job.plan->batch;
}

static inline size_t nu_step_blocks(const nu_engine *e, size_t rows)
{
    return (rows + e->job.plan->block_rows - 1) / e->job.plan->block_rows;
}

/* The batch's features: packed, or the data itself where it stands ready. */
static inline const real *nu_step_inputs(const nu_engine *e, size_t batch)
{
    const real *ready = X(nu_batch_in_place)(e->job.data, e->shuffled, batch * e->job.plan->batch);
    return ready != NULL ? ready : e->packed;
}

/* What layer l reads, from batch row `first` on. */
static inline const real *nu_step_layer_input(const nu_engine *e, const real *inputs, size_t l,
                                              size_t first)
{
    return (l == 0 ? inputs : e->a[l - 1]) + first * e->job.net->width[l];
}

/* Layer l's transposed weights, or NULL. */
static inline const real *nu_step_transposed(const nu_engine *e, size_t l)
{
    size_t at = e->job.plan->transposed_at[l];
    return at != SIZE_MAX ? e->transposed + at : NULL;
}

/* Finds the store rows of batch rows first .. first+rows-1 and packs their features. */
void X(nu_step_pack)(nu_engine *e, const real *inputs, size_t batch, size_t first, size_t rows);

/* Loss of a block and its gradient down to the last layer's z. scale: 1 / rows of the batch. */
void X(nu_step_loss)(nu_engine *e, size_t block, size_t first, size_t rows, double scale);

/* Brings the transposed weights of a tile up to date, where its layer has some. */
void X(nu_step_transpose)(nu_engine *e, const nu_tile *tile);

/* Partial gradients of `blocks` row blocks are added as a binary tree, (0 + 1) + (2 + 3) and so on,
 * whoever made them. Sums over a thread's own blocks are made by it, in place, at the end of phase
 * one, so that others read few of them. */
void X(nu_partials_add_own)(nu_engine *e, size_t blocks, int thread, int threads);

enum { NU_PARTIALS_PIECE = 1024 }; /* reals: they stay in the first cache until used */

/* After it and a barrier: the sums of places from .. from+count-1, count <= NU_PARTIALS_PIECE, made
 * in `room` (count reals) if they are not there already. */
const real *X(nu_partials_sum)(const nu_engine *e, real *room, size_t from, size_t count,
                               size_t blocks, int threads);

/* Phase one, by each thread: row blocks on their own, or layer by layer over a grid of tiles. */
void X(nu_step_rows)(nu_engine *e, size_t batch, int thread, int threads);
void X(nu_step_grid)(nu_engine *e, size_t batch, int thread, int threads);

/* Phase two, by each thread. */
void X(nu_step_tiles)(nu_engine *e, size_t batch, uint64_t t, int thread, int threads);

#endif
