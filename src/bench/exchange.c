#include "bench/exchange.h"

#include <math.h>

#include "bench/measure.h"
#include "core/barrier.h"
#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"

/* Each thread's block: as large as a core's share of a layer's weights, small beside its cache. */
#define COUNT ((size_t)32768) /* floats: 128 KB */

typedef struct exchanging {
    nu_barrier barrier;
    float *block;  /* threads x COUNT */
    int neighbour; /* whose block a thread reads: 0 its own, 1 the next thread's */
} exchanging;

NU_CLONES
static float read_all(const float *a)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < COUNT; i++)
        sum += a[i];
    return sum;
}

NU_CLONES
static void write_all(float *a, float value)
{
#pragma omp simd
    for (size_t i = 0; i < COUNT; i++)
        a[i] = value;
}

static int start(void *arg, int thread)
{
    const exchanging *x = arg;
    write_all(x->block + (size_t)thread * COUNT, 0);
    return 1;
}

static void end(void *arg, int thread)
{
    (void)arg;
    (void)thread;
}

static void cross(void *arg, int thread, int threads)
{
    exchanging *x = arg;
    (void)thread;
    nu_barrier_wait(&x->barrier, threads);
}

/* All write, then all read. What is read is written, so that reading is not left out. */
static void pass_on(void *arg, int thread, int threads)
{
    exchanging *x = arg;
    float *own = x->block + (size_t)thread * COUNT;
    write_all(own, own[0]);
    nu_barrier_wait(&x->barrier, threads);
    float sum = read_all(x->block + (size_t)((thread + x->neighbour) % threads) * COUNT);
    nu_barrier_wait(&x->barrier, threads);
    own[0] = sum; /* which nobody reads by now */
}

nudge_status nu_exchange_measure(nu_exchange *exchange, int threads, const int *cpus,
                                 double seconds, nudge_error *err)
{
    enum { CROSS, OWN, OTHER, KINDS };
    double took[KINDS];
    float *block NU_FREED = NULL;
    *exchange = (nu_exchange){0};
    if (threads == 1)
        return NUDGE_OK;
    NU_NEW(block, nu_alloc, (size_t)threads * COUNT, "blocks that threads exchange", err);
    exchanging x = {.block = block};
    nu_barrier_start(&x.barrier, threads);
    for (int kind = 0; kind < KINDS; kind++) {
        nudge_measurement rate;
        nu_subject subject = {&x, 1, start, kind == CROSS ? cross : pass_on, end};
        x.neighbour = kind == OTHER;
        NU_TRY(nu_measure(&rate, &subject, threads, cpus, seconds, err));
        took[kind] = threads / rate.median;
    }
    exchange->byte = fmax(0, took[OTHER] - took[OWN]) / (2 * (double)COUNT * sizeof(float));
    exchange->barrier = took[CROSS];
    return NUDGE_OK;
}
