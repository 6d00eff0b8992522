#include "train/step_partials.h"

#include <string.h>

#include "core/clones.h"
#include "core/team.h"

NU_CLONES
void X(nu_partials_add)(real *restrict sum, const real *restrict a, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        sum[i] += a[i];
}

/* Where the second half of the blocks first .. end-1 begins: the first half is the largest power
 * of two that is less than their number. */
static size_t middle(size_t first, size_t end)
{
    size_t half = 1;
    while (2 * half < end - first)
        half *= 2;
    return first + half;
}

static real *partial(const nu_engine *e, size_t block)
{
    return e->partials + block * e->job.plan->partial_size;
}

/* The sums of places `at` that lie within the blocks own .. own_end-1 of one thread, below the
 * blocks first .. end-1 of the tree. */
static void add_own(nu_engine *e, nu_span at, size_t first, size_t end, size_t own, size_t own_end)
{
    if (end - first < 2 || end <= own || first >= own_end)
        return;
    size_t half = middle(first, end);
    add_own(e, at, first, half, own, own_end);
    add_own(e, at, half, end, own, own_end);
    if (first >= own && end <= own_end)
        X(nu_partials_add)(partial(e, first) + at.first, partial(e, half) + at.first,
                           at.end - at.first);
}

void X(nu_partials_add_own)(nu_engine *e, nu_span layers, size_t blocks, int thread, int threads)
{
    const nu_plan *plan = e->job.plan;
    nu_span at = {layers.first > 0 ? plan->partial_at[layers.first] : 0,
                  layers.end < plan->net->layers ? plan->partial_at[layers.end]
                                                 : plan->partial_size};
    size_t own, own_end;
    if (at.first == at.end)
        return;
    nu_team_share(blocks, thread, threads, &own, &own_end);
    add_own(e, at, 0, blocks, own, own_end);
}

/* One thread's blocks include first .. end-1: their sum is ready. */
static int is_ready(size_t blocks, size_t first, size_t end, int threads)
{
    for (int t = 0; t < threads; t++) {
        size_t own, own_end;
        nu_team_share(blocks, t, threads, &own, &own_end);
        if (first >= own && first < own_end)
            return end <= own_end;
    }
    return 0;
}

static void sum(const nu_engine *e, real *to, size_t from, size_t count, size_t first, size_t end,
                int threads, size_t blocks)
{
    if (is_ready(blocks, first, end, threads)) {
        memcpy(to, partial(e, first) + from, count * sizeof(real));
        return;
    }
    size_t half = middle(first, end);
    sum(e, to, from, count, first, half, threads, blocks);
    if (is_ready(blocks, half, end, threads)) {
        X(nu_partials_add)(to, partial(e, half) + from, count);
        return;
    }
    real other[NU_PARTIALS_PIECE] __attribute__((aligned(NU_ALIGN)));
    sum(e, other, from, count, half, end, threads, blocks);
    X(nu_partials_add)(to, other, count);
}

const real *X(nu_partials_sum)(const nu_engine *e, real *room, size_t from, size_t count,
                               size_t blocks, int threads)
{
    if (is_ready(blocks, 0, blocks, threads))
        return e->partials + from;
    sum(e, room, from, count, 0, blocks, threads, blocks);
    return room;
}
