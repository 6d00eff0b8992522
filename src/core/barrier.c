#include "core/barrier.h"

#include <sched.h>

#include "core/team.h"

/* Looks at the phase before a thread yields: about 20 microseconds, longer than the phases of a
 * balanced step differ by. */
#define SPINS 500

void nu_barrier_start(nu_barrier *b, int threads)
{
    *b = (nu_barrier){.spins = threads <= nu_cores() ? SPINS : 0};
}

static inline void pause_a_little(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

void nu_barrier_wait(nu_barrier *b, int threads)
{
    if (threads == 1)
        return;
    unsigned phase = __atomic_load_n(&b->phase, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_ACQ_REL) == (unsigned)threads) {
        __atomic_store_n(&b->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&b->phase, phase + 1, __ATOMIC_RELEASE);
        return;
    }
    for (int i = 0; __atomic_load_n(&b->phase, __ATOMIC_ACQUIRE) == phase; i++) {
        if (i < b->spins)
            pause_a_little();
        else
            sched_yield();
    }
}
