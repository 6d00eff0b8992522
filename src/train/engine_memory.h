/* The memory of a training engine. */
#ifndef NUDGE_TRAIN_ENGINE_MEMORY_H
#define NUDGE_TRAIN_ENGINE_MEMORY_H

#include "train/state.h"

/* SIZE_MAX: more than can be. */
static inline size_t nu_bytes_sum(size_t a, size_t b)
{
    return a <= SIZE_MAX - b ? a + b : SIZE_MAX;
}

/* What an engine allocates, in bytes; SIZE_MAX is more than can be. */
nu_engine_memory X(nu_memory_of)(const nu_job *job);

/* The blocks of an engine that has its job, and where its matrices are in them. 1, or 0 where memory
 * ran out; X(nu_engine_free)() then frees what there is. */
int X(nu_engine_allocate)(nu_engine *e);

/* The engine too, which may be NULL. */
void X(nu_engine_free)(nu_engine *e);

#endif
