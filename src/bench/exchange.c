#include "bench/exchange.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/barrier.h"
#include "core/clock.h"
#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"

/* Each thread's block: as large as a core's share of a layer's weights, small beside its cache. */
#define COUNT ((size_t)32768) /* floats: 128 KB */
#define ROUNDS 64
#define CROSSINGS 64 /* barriers timed together */

enum { READ, WRITE, READ_OWN, WRITE_OWN, BARRIER, KINDS };

typedef struct exchanging {
    nu_barrier barrier;
    float *block;            /* threads x COUNT */
    volatile float *sum;     /* threads: so that reading is not left out */
    double (*seconds)[ROUNDS]; /* KINDS: of thread 0 */
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
static void write_all(float *a)
{
#pragma omp simd
    for (size_t i = 0; i < COUNT; i++)
        a[i] += 1;
}

/* Adds the time since *last to what thread 0 took in this round. */
static void lap(exchanging *x, int thread, int kind, size_t round, double *last)
{
    double now = nu_seconds();
    if (thread == 0)
        x->seconds[kind][round] = now - *last;
    *last = now;
}

/* All threads do the same at the same time: write the own block, which the neighbour read a moment
 * ago; write and read it again; then read the neighbour's. */
static void work(void *arg, int thread, int threads)
{
    exchanging *x = arg;
    float *own = x->block + (size_t)thread * COUNT;
    const float *other = x->block + (size_t)((thread + 1) % threads) * COUNT;
    memset(own, 0, COUNT * sizeof *own);
    for (size_t round = 0; round < ROUNDS; round++) {
        nu_barrier_wait(&x->barrier, threads);
        double last = nu_seconds();
        write_all(own);
        lap(x, thread, WRITE, round, &last);
        write_all(own);
        lap(x, thread, WRITE_OWN, round, &last);
        x->sum[thread * 16] += read_all(own);
        lap(x, thread, READ_OWN, round, &last);
        nu_barrier_wait(&x->barrier, threads);
        last = nu_seconds();
        x->sum[thread * 16] += read_all(other);
        lap(x, thread, READ, round, &last);
        nu_barrier_wait(&x->barrier, threads);
        last = nu_seconds();
        for (int i = 0; i < CROSSINGS; i++)
            nu_barrier_wait(&x->barrier, threads);
        lap(x, thread, BARRIER, round, &last);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds)
{
    qsort(seconds, ROUNDS, sizeof *seconds, ascending);
    return (seconds[ROUNDS / 2 - 1] + seconds[ROUNDS / 2]) / 2;
}

nudge_status nu_exchange_measure(nu_exchange *exchange, int threads, const int *cpus,
                                 nudge_error *err)
{
    *exchange = (nu_exchange){0};
    if (threads == 1)
        return NUDGE_OK;
    size_t sums = (size_t)threads * 16;
    exchanging x = {.block = nu_alloc((size_t)threads, COUNT * sizeof(float)),
                    .sum = calloc(sums, sizeof(float)),
                    .seconds = calloc(KINDS, sizeof *x.seconds)};
    nudge_status status = NUDGE_OK;
    if (x.block == NULL || x.sum == NULL || x.seconds == NULL) {
        status = nu_no_memory(err, (size_t)threads * COUNT * sizeof(float),
                              "measuring how threads share memory");
    } else {
        nu_barrier_start(&x.barrier, threads);
        status = nu_team_run_on(cpus, threads, work, &x, err);
    }
    if (status == NUDGE_OK) {
        double bytes = (double)(COUNT * sizeof(float)), all[KINDS];
        for (int kind = 0; kind < KINDS; kind++)
            all[kind] = median(x.seconds[kind]);
        exchange->read = fmax(0, all[READ] - all[READ_OWN]) / bytes;
        exchange->own = fmax(0, all[WRITE] - all[WRITE_OWN]) / bytes;
        exchange->barrier = all[BARRIER] / CROSSINGS;
    }
    free(x.block);
    free((float *)x.sum);
    free(x.seconds);
    return status;
}
