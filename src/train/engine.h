/* The training engine: buffers and the two phases of a step. The code is compiled once per
 * precision; a caller picks a table. */
#ifndef NUDGE_TRAIN_ENGINE_H
#define NUDGE_TRAIN_ENGINE_H

#include "core/memory.h"
#include "model/model.h"
#include "train/plan.h"

/* When a thread was through with its part of a step; a cache line each. */
typedef struct nu_step_end {
    double at __attribute__((aligned(NU_ALIGN)));
} nu_step_end;

/* What to train. Everything is borrowed and must outlive the engine. */
typedef struct nu_job {
    const nu_network *net;
    void *params;                     /* net->size reals, changed by updates */
    const nudge_dataset *data;
    const nu_plan *plan;
    const nudge_optimizer *optimizer; /* NULL: updates only leave the gradient, for `gradient` */
    const double *units;              /* as in nu_loss_kind */
    uint64_t seed;
    int shuffle;
    int threads;                      /* most that will call */
    struct nu_barrier *barrier;       /* of those threads; NULL if there is one */
    int profile;                      /* measure phases */
    nu_step_end *ends;                /* threads: filled at the end of each step; NULL: not wanted */
} nu_job;

/* What an engine allocates, in bytes. */
typedef struct nu_engine_memory {
    uint64_t gradients, optimizer_state, activations;
} nu_engine_memory;

typedef struct nu_engine nu_engine; /* differs between precisions */

/* Sums over rows of a model against targets; they grow. Targets and predictions are as the network
 * has them, not in the target's own units. */
typedef struct nu_tally {
    double loss;           /* of the rows, in the target's own units */
    size_t correct;        /* rows classified right (cross-entropy), elements (bce) */
    int loss_only;         /* in: what follows is not wanted, nor bce's `correct` */
    const double *origin;  /* in, outputs: a row of targets, so that sums of squares keep digits */
    double *squared;       /* outputs each, regression only: of prediction - target, */
    double *absolute;      /* likewise, */
    double *sum, *sum2;    /* of target - origin and of its square */
    size_t classes;        /* in: as in nudge_metrics */
    uint64_t *confusion;   /* classes x classes, may be shared by threads; NULL if classes is 0 */
} nu_tally;

/* What is wanted of some rows. */
typedef struct nu_inference {
    const double *units;  /* in: as in nu_loss_kind */
    nu_tally *tally;      /* the data has targets, and these sums are wanted; NULL: they are not */
    double *predictions;  /* out, rows x outputs: in the target's own units; NULL: not wanted */
} nu_inference;

typedef struct nu_numeric {
    size_t real_size;

    nu_engine_memory (*engine_memory)(const nu_job *job);

    /* NUDGE_EMEMORY. */
    nudge_status (*engine_create)(nu_engine **engine, const nu_job *job, nudge_error *err);
    void (*engine_free)(nu_engine *engine);

    /* One thread alone: chooses the order of samples of an epoch (1 for the first). */
    void (*engine_epoch)(nu_engine *engine, uint32_t epoch);

    /* Phase one of batch `batch` (0 for an epoch's first), each thread its share: packing, forward,
     * loss, backward. Ends with a barrier. */
    void (*engine_rows)(nu_engine *engine, size_t batch, int thread, int threads);

    /* After it: the mean loss of the batch, summed in the order of blocks, so every
     * thread gets the same bits. *correct grows by the rows classified right. */
    double (*engine_loss)(const nu_engine *engine, size_t batch, size_t *correct);

    /* Phase two: each thread its share of the tiles, for update number t (1 for the first). Ends
     * with a barrier. */
    void (*engine_update)(nu_engine *engine, size_t batch, uint64_t t, int thread, int threads);

    /* Time by phase so far, summed over threads; zeros without job.profile. */
    nudge_phases (*engine_phases)(const nu_engine *engine);

    /* The gradient that an update without optimizer left: net->size reals. */
    const void *(*engine_gradient)(const nu_engine *engine);

    /* 1 if the parameters first .. end-1 are all finite. */
    int (*all_finite)(const void *params, size_t first, size_t end);

    /* Rows first .. first+rows-1 as the network sees them: x (rows x features) and y
     * (rows x outputs) or classes (rows), whichever the data has; each may be NULL. `numbers` is
     * room for rows values. */
    void (*as_doubles)(const nudge_dataset *data, size_t first, size_t rows, uint32_t *numbers,
                       double *x, double *y, int32_t *classes);

    /* Evaluation. A buffer for nu_infer of up to `rows` rows, in bytes, for nu_alloc(). */
    size_t (*infer_buffer)(const nu_network *net, size_t rows);
    void (*infer)(const nudge_model *model, const nudge_dataset *data, size_t first, size_t rows,
                  void *buffer, const nu_inference *result);
} nu_numeric;

extern const nu_numeric nu_numeric_f32, nu_numeric_f64;

static inline const nu_numeric *nu_numeric_of(nudge_dtype dtype)
{
    return dtype == NUDGE_F64 ? &nu_numeric_f64 : &nu_numeric_f32;
}

#endif
