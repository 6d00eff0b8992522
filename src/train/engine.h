/* The training engine: buffers and the stages of a step. The code is compiled once per
 * precision; a caller picks a table. */
#ifndef NUDGE_TRAIN_ENGINE_H
#define NUDGE_TRAIN_ENGINE_H

#include "model/model.h"
#include "train/job.h"
#include "train/optimizer.h"
#include "train/tally.h"

typedef struct nu_numeric {
    size_t real_size;

    nu_engine_memory (*engine_memory)(const nu_job *job);

    /* NUDGE_EMEMORY. */
    nudge_status (*engine_create)(nu_engine **engine, const nu_job *job, nudge_error *err);
    void (*engine_free)(nu_engine *engine);

    /* One thread alone: chooses the order of samples of an epoch (1 for the first). */
    void (*engine_epoch)(nu_engine *engine, uint32_t epoch);

    /* The stages of batch `batch` (0 for an epoch's first) before the update, each thread its
     * share: packing, forward, loss, backward. Ends with a barrier. */
    void (*engine_rows)(nu_engine *engine, size_t batch, int thread, int threads);

    /* One thread's share of one stage of a batch and nothing else, no barrier: for a replay. */
    void (*engine_stage)(nu_engine *engine, size_t stage, size_t batch,
                         const nu_optimizer_step *step, int thread, int threads);

    /* After engine_rows: the mean loss of the batch, summed in the order of blocks, so every
     * thread gets the same bits. *correct grows by the weights of rows classified right. */
    double (*engine_loss)(const nu_engine *engine, size_t batch, double *correct);

    /* The weights of the batch's rows added up, or their number. */
    double (*engine_weight)(const nu_engine *engine, size_t batch);

    /* The last stages: each thread its share of the tiles. The gradient is kept if the plan says
     * so, and there is an update if there is a step and the batch is the last of job.accumulate.
     * Ends with a barrier. */
    void (*engine_update)(nu_engine *engine, size_t batch, const nu_optimizer_step *step,
                          int thread, int threads);

    /* Time by phase so far, summed over threads; zeros without job.profile. */
    nudge_phases (*engine_phases)(const nu_engine *engine);

    /* job.clip_value and job.clip_norm from now on; either stays 0 or above 0. */
    void (*engine_set_clip)(nu_engine *engine, double value, double norm);

    /* Whether the phases are measured from now on; job.profile must have asked for it. */
    void (*engine_profile)(nu_engine *engine, int on);

    /* The kept gradient of the batches since the last update: net->size reals. */
    void *(*engine_gradient)(const nu_engine *engine);

    /* The optimizer's state i < 2, or (2) the average of the weights: net->size reals, to be read
     * and written between epochs. NULL: there is none. */
    void *(*engine_state)(const nu_engine *engine, int i);

    /* The parameters were changed by others than updates. Each thread its share, no barrier. */
    void (*engine_refresh)(nu_engine *engine, int thread, int threads);

    /* 1 if the parameters first .. end-1 are all finite. */
    int (*all_finite)(const void *params, size_t first, size_t end);

    /* Rows first .. first+rows-1 as the network sees them: x (rows x features) and y
     * (rows x outputs) or classes (rows), whichever the data has; each may be NULL. `numbers` is
     * room for rows values. */
    void (*as_doubles)(const nudge_dataset *data, size_t first, size_t rows, uint32_t *numbers,
                       double *x, double *y, int32_t *classes);

    /* Evaluation. A buffer for nu_infer of up to `rows` rows, in bytes, for nu_alloc(). */
    size_t (*infer_buffer)(const nudge_model *model, size_t rows);
    void (*infer)(const nudge_model *model, const nudge_dataset *data, size_t first, size_t rows,
                  void *buffer, const nu_inference *result);
} nu_numeric;

extern const nu_numeric nu_numeric_f32, nu_numeric_f64;

static inline const nu_numeric *nu_numeric_of(nudge_dtype dtype)
{
    return dtype == NUDGE_F64 ? &nu_numeric_f64 : &nu_numeric_f32;
}

#endif
