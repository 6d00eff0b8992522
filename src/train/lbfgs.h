/* L-BFGS with a line search for the strong Wolfe conditions: Nocedal and Wright, Numerical
 * Optimization, algorithms 7.4, 3.5 and 3.6, with the tolerances and the interpolation of
 * torch.optim.LBFGS(max_iter=1, history_size=10, line_search_fn='strong_wolfe'). All rows are one
 * batch, and an epoch is one iteration, which evaluates loss and gradient a few times. */
#ifndef NUDGE_TRAIN_LBFGS_H
#define NUDGE_TRAIN_LBFGS_H

#include "train/engine.h"

enum { NU_LBFGS_PAIRS = 10 };

/* What iterations leave for the next one beside the vectors of their pairs: steps s, and changes of
 * the gradient y. All zeros at the start. */
typedef struct nu_lbfgs_memory {
    size_t pairs, first;            /* so many, and the slot of the oldest */
    double inverse[NU_LBFGS_PAIRS]; /* slots: 1 / (s . y) */
    double scale;                   /* s . y / (y . y) of the newest */
} nu_lbfgs_memory;

/* The slot of pair i, 0 being the oldest. */
static inline size_t nu_lbfgs_slot(const nu_lbfgs_memory *m, size_t i)
{
    return (m->first + i) % NU_LBFGS_PAIRS;
}

typedef struct nu_lbfgs nu_lbfgs;

/* Of its vectors. */
uint64_t nu_lbfgs_bytes(const nu_job *job, const nu_numeric *numeric);

/* The engine, which keeps its gradient, and what the job points to must outlive it.
 * NUDGE_EMEMORY. */
nudge_status nu_lbfgs_create(nu_lbfgs **lbfgs, nu_engine *engine, const nu_job *job,
                             const nu_numeric *numeric, nudge_error *err);
void nu_lbfgs_free(nu_lbfgs *lbfgs);

/* s (0) or y (1) of a slot: net->size reals. */
void *nu_lbfgs_vector(const nu_lbfgs *lbfgs, size_t slot, int which);

/* Weights or options were changed by others. */
void nu_lbfgs_forget(nu_lbfgs *lbfgs);

/* One iteration by all threads of a team, ending with a barrier. Returns the mean loss before it,
 * the same for all, and the weights of the rows classified right; a loss that is not finite changes
 * nothing. Where no step is found the weights stay. */
double nu_lbfgs_iterate(nu_lbfgs *lbfgs, nu_lbfgs_memory *memory, double *correct, int thread,
                        int threads);

#endif
