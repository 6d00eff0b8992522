#include "core/random.h"

#include <math.h>

#include <Random123/philox.h>

#include "core/clones.h"

#define ROUNDS 24
#define CHUNK 256 /* places walked together */
#define LANES 64  /* places computed together: whole vectors on every machine */

static inline philox4x32_key_t philox_key(uint64_t seed)
{
    return (philox4x32_key_t){{(uint32_t)seed, (uint32_t)(seed >> 32)}};
}

static inline philox4x32_ctr_t philox_counter(uint64_t stream, uint64_t index)
{
    return (philox4x32_ctr_t){{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream,
                               (uint32_t)(stream >> 32)}};
}

void nu_random_words(uint64_t word[2], uint64_t seed, uint64_t stream, uint64_t index)
{
    philox4x32_ctr_t r = philox4x32(philox_counter(stream, index), philox_key(seed));
    word[0] = (uint64_t)r.v[1] << 32 | r.v[0];
    word[1] = (uint64_t)r.v[3] << 32 | r.v[2];
}

NU_CLONES
void nu_random_lanes(uint32_t *out, size_t lanes, uint64_t seed, uint64_t stream, uint64_t index,
                     uint64_t stride)
{
    philox4x32_key_t key = philox_key(seed);
#pragma omp simd
    for (size_t i = 0; i < lanes; i++) {
        philox4x32_ctr_t r = philox4x32(philox_counter(stream, index + i * stride), key);
        out[i] = r.v[0];
        out[lanes + i] = r.v[1];
        out[2 * lanes + i] = r.v[2];
        out[3 * lanes + i] = r.v[3];
    }
}

static inline double unit(uint64_t word)
{
    return (double)(word >> 11) * 0x1p-53;
}

double nu_random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint64_t word[2];
    nu_random_words(word, seed, stream, index);
    return unit(word[0]);
}

double nu_random_normal(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint64_t word[2];
    nu_random_words(word, seed, stream, index);
    double u = 1.0 - unit(word[0]); /* in (0, 1]: the logarithm is finite */
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * unit(word[1]));
}

/* A number below n (Lemire 2019 without its rejection: the bias is below 2^-57 for n <= 96). */
static uint32_t below(uint32_t n, uint64_t word)
{
    return (uint32_t)(((unsigned __int128)word * n) >> 64);
}

/* So few places that the bijection below would be slow (its domain is never under 256) and a
 * poor shuffle: Fisher and Yates, every order equally likely. */
static void list_places(nu_permutation *p, uint64_t seed, uint64_t stream)
{
    for (uint32_t i = 0; i < p->n; i++) {
        uint64_t word[2];
        nu_random_words(word, seed, stream, i);
        uint32_t j = below(i + 1, word[0]);
        p->place[i] = p->place[j];
        p->place[j] = (uint8_t)i;
    }
}

void nu_permutation_start(nu_permutation *p, uint32_t n, uint64_t seed, enum nu_purpose purpose,
                          uint32_t number)
{
    uint64_t stream = nu_stream(purpose, number);
    *p = (nu_permutation){.n = n};
    if (n <= NU_PERMUTATION_LISTED) {
        list_places(p, seed, stream);
        return;
    }
    uint32_t bits = 8;
    while (bits < 32 && n > (uint32_t)1 << bits)
        bits++;
    p->left_bits = bits / 2;
    p->right_bits = bits - bits / 2;
    for (uint32_t i = 0; i < ROUNDS / 4; i++)
        nu_random_lanes(p->key + 4 * i, 1, seed, stream, i, 0);
}

/* VariablePhilox of v[0 .. n-1] in place, n a multiple of LANES. A round takes the halves (l, r),
 * of left_bits and right_bits <= 16 bits, and the 64-bit product m = 0xD2B74407B1CE6E93 * l to
 *     l' = (m >> 32) ^ key ^ r                                 (left_bits of it)
 *     r' = m << (right_bits - left_bits) | r >> left_bits      (right_bits of it)
 * Only the low 16 bits of either are needed, and they come from 16-bit products with the 16-bit
 * digits of the factor: (m >> 32) = 0x4407 * l + (0xB1CE6E93 * l >> 32). The halves differ by one
 * bit at most, so the shifts are a doubling and one bit or nothing. Every step is thus 16 bits
 * wide, with as many lanes to a vector as can be. */
NU_CLONES
static void bijection(const nu_permutation *p, uint32_t *v, size_t n)
{
    const uint32_t right_bits = p->right_bits, left_bits = p->left_bits;
    const uint16_t left_mask = (uint16_t)((1u << left_bits) - 1);
    const uint16_t right_mask = (uint16_t)((1u << right_bits) - 1);
    const uint16_t odd_bit = (uint16_t)(right_mask & ~left_mask);
    const uint16_t doubled = odd_bit != 0 ? 0xFFFF : 0;
    for (size_t block = 0; block < n; block += LANES) {
        uint16_t left[LANES], right[LANES];
        uint32_t *b = v + block;
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            left[i] = (uint16_t)(b[i] >> right_bits);
            right[i] = (uint16_t)(b[i] & right_mask);
        }
        for (int k = 0; k < ROUNDS; k++) {
            const uint16_t key = (uint16_t)p->key[k];
#pragma omp simd
            for (size_t i = 0; i < LANES; i++) {
                uint16_t l = left[i], r = right[i];
                uint16_t x = (uint16_t)((uint32_t)l * 0xB1CEu);
                uint16_t y = (uint16_t)((uint32_t)l * 0x6E93u >> 16);
                uint16_t sum = (uint16_t)(x + y);
                uint16_t carry = (uint16_t)((uint16_t)((x & y) | ((x | y) & ~sum)) >> 15);
                uint16_t high = (uint16_t)(l * 0x4407u + ((uint32_t)l * 0xB1CEu >> 16) + carry);
                uint16_t low = (uint16_t)(l * 0x6E93u);
                uint16_t bit = r & odd_bit;
                left[i] = (uint16_t)((high ^ key ^ r) & left_mask);
                right[i] = (uint16_t)(((uint16_t)(low + (low & doubled)) & right_mask) |
                                      (bit < 1 ? bit : 1));
            }
        }
#pragma omp simd
        for (size_t i = 0; i < LANES; i++)
            b[i] = (uint32_t)left[i] << right_bits | right[i];
    }
}

/* Cycle walking: the bijection is of 2^k >= n values; a value that is out of range is mapped
 * again until it is in range, which keeps it a bijection of 0 .. n-1. The values still to be
 * mapped are packed together before each pass, so that few lanes are idle. */
static void walk(const nu_permutation *p, uint32_t first, uint32_t count, uint32_t *out)
{
    uint32_t v[CHUNK];
    uint16_t place[CHUNK];
    uint32_t left = count;
    for (uint32_t i = 0; i < count; i++) {
        v[i] = first + i;
        place[i] = (uint16_t)i;
    }
    while (left > 0) {
        uint32_t lanes = (left + LANES - 1) / LANES * LANES;
        for (uint32_t i = left; i < lanes; i++)
            v[i] = 0;
        bijection(p, v, lanes);
        uint32_t still = 0;
        for (uint32_t i = 0; i < left; i++) {
            uint32_t value = v[i];
            out[place[i]] = value;
            v[still] = value;
            place[still] = place[i];
            still += value >= p->n;
        }
        left = still;
    }
}

void nu_permutation_range(const nu_permutation *p, uint32_t first, size_t count, uint32_t *out)
{
    if (p->n <= NU_PERMUTATION_LISTED) {
        for (size_t i = 0; i < count; i++)
            out[i] = p->place[first + i];
        return;
    }
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t part = count - done < CHUNK ? count - done : CHUNK;
        walk(p, (uint32_t)(first + done), (uint32_t)part, out + done);
    }
}
