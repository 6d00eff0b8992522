/* Subnormal numbers off. Optimizer state of a unit that gets no gradient decays into them, and
 * arithmetic on them is tens of times slower: a run of 5 epochs slowed down tenfold in the
 * third. Both return what nu_denormals_restore() puts back. */
#ifndef NUDGE_CORE_DENORMAL_H
#define NUDGE_CORE_DENORMAL_H

#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>

static inline uint64_t nu_denormals_off(void)
{
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush to zero, denormals are zero */
    return before;
}

static inline uint64_t nu_denormals_on(void)
{
    unsigned before = _mm_getcsr();
    _mm_setcsr(before & ~0x8040u);
    return before;
}

static inline void nu_denormals_restore(uint64_t before)
{
    _mm_setcsr((unsigned)before);
}

#elif defined(__aarch64__)

static inline uint64_t nu_denormals_off(void)
{
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | (uint64_t)1 << 24));
    return before;
}

static inline uint64_t nu_denormals_on(void)
{
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before & ~((uint64_t)1 << 24)));
    return before;
}

static inline void nu_denormals_restore(uint64_t before)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
}

#else

static inline uint64_t nu_denormals_off(void)
{
    return 0;
}

static inline uint64_t nu_denormals_on(void)
{
    return 0;
}

static inline void nu_denormals_restore(uint64_t before)
{
    (void)before;
}

#endif

#endif
