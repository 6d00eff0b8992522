/* Random numbers: Philox4x32-10 (Salmon et al. 2011, the Random123 library), a counter-based
 * generator. Every value is a pure function of (seed, stream, index), so it can be made alone, in
 * any order, by any thread. */
#ifndef NUDGE_CORE_RANDOM_H
#define NUDGE_CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* What numbers are drawn for. Two purposes never share a stream: the high half of a stream is
 * one of these, the low half tells apart users of one purpose (a layer, a column). */
enum nu_purpose {
    NU_RANDOM_INIT = 1,    /* initial weights; low half: layer * 2 + is_bias */
    NU_RANDOM_SHUFFLE = 2, /* order of samples */
    NU_RANDOM_SPLIT = 3,   /* held-out rows */
    NU_RANDOM_SYNTH = 4,   /* synthetic rows and their hidden parameters */
    NU_RANDOM_BENCH = 5,   /* benchmark inputs */
    NU_RANDOM_DROPOUT = 6, /* masks; low half: layer */
    NU_RANDOM_IMPORTANCE = 7, /* cells of a column among rows */
    NU_RANDOM_FREQUENCIES = 8, /* of encoded numbers; low half: the value */
    NU_RANDOM_EMBED = 9 /* initial embeddings; low half: the tensor */
};

static inline uint64_t nu_stream(enum nu_purpose purpose, uint32_t low)
{
    return (uint64_t)purpose << 32 | low;
}

/* Two 64-bit words for (seed, stream, index). */
void nu_random_words(uint64_t word[2], uint64_t seed, uint64_t stream, uint64_t index);

/* Many at once: out[w * lanes + i], i < lanes, is the 32-bit word w < 4 of index + i * stride: the
 * low half of word[0], its high half, the low half of word[1], its high half. */
void nu_random_lanes(uint32_t *out, size_t lanes, uint64_t seed, uint64_t stream, uint64_t index,
                     uint64_t stride);

/* Uniform in [0, 1): 53 bits. */
double nu_random_uniform(uint64_t seed, uint64_t stream, uint64_t index);

/* Standard normal (Box and Muller 1958). */
double nu_random_normal(uint64_t seed, uint64_t stream, uint64_t index);

/* A permutation of 0 .. n-1 of which any place can be computed alone: VariablePhilox with cycle
 * walking (Mitchell et al. 2022, "Bandwidth-Optimal Random Shuffling for GPUs"). */
#define NU_PERMUTATION_LISTED 96 /* up to this n the places are listed, not computed */
typedef struct nu_permutation {
    uint32_t n;
    uint32_t left_bits, right_bits;
    union {
        uint32_t key[24];
        uint8_t place[NU_PERMUTATION_LISTED];
    };
} nu_permutation;

/* For 1 <= n <= UINT32_MAX; `number` tells permutations of one seed and purpose apart. */
void nu_permutation_start(nu_permutation *p, uint32_t n, uint64_t seed, enum nu_purpose purpose,
                          uint32_t number);

/* out[i] = the permutation's place first + i, i < count, first + count <= n. */
void nu_permutation_range(const nu_permutation *p, uint32_t first, size_t count, uint32_t *out);

#endif
