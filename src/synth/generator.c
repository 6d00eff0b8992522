/* Random numbers for blocks of rows. */
#include "core/clones.h"
#include "core/random.h"
#include "synth/generator.h"

/* 128 bits for each row of a block: words[w * NU_BLOCK + r]. */
static void draw_words(uint32_t *words, const nu_synth *s, const nu_block *block,
                       enum nu_synth_draw what, size_t call)
{
    nu_random_lanes(words, NU_BLOCK, s->seed,
                    nu_stream(NU_RANDOM_SYNTH, block->rows + (uint32_t)what),
                    (uint64_t)block->first << 32 | call, UINT64_C(1) << 32);
}

NU_CLONES
static void to_uniform(double *out, const uint32_t *word)
{
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++)
        out[r] = ((double)word[r] + 0.5) * 0x1p-32;
}

/* Box and Muller (1958): two uniform numbers give two normal ones. Sine and cosine in loops of
 * their own, because one loop with both becomes a call of sincos, which has no vector form. */
NU_CLONES
static void to_normal(double *a, double *b, const uint32_t *word)
{
    double radius[NU_BLOCK], angle[NU_BLOCK];
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++) {
        radius[r] = -2.0 * log(((double)word[r] + 0.5) * 0x1p-32);
        angle[r] = ((double)word[NU_BLOCK + r] + 0.5) * (2.0 * M_PI * 0x1p-32);
    }
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++)
        radius[r] = sqrt(radius[r]);
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++)
        a[r] = radius[r] * cos(angle[r]);
#pragma omp simd
    for (size_t r = 0; r < NU_BLOCK; r++)
        b[r] = radius[r] * sin(angle[r]);
}

void nu_draw_uniform(double *out, const nu_synth *s, const nu_block *block,
                     enum nu_synth_draw what, size_t n)
{
    uint32_t words[4 * NU_BLOCK];
    for (size_t j = 0; j < n; j++) {
        if (j % 4 == 0)
            draw_words(words, s, block, what, j / 4);
        to_uniform(out + j * NU_BLOCK, words + j % 4 * NU_BLOCK);
    }
}

void nu_draw_normal(double *out, const nu_synth *s, const nu_block *block,
                    enum nu_synth_draw what, size_t n)
{
    uint32_t words[4 * NU_BLOCK];
    double unused[NU_BLOCK]; /* the partner of the last of an odd n */
    for (size_t j = 0; j < n; j += 2) {
        if (j % 4 == 0)
            draw_words(words, s, block, what, j / 4);
        to_normal(out + j * NU_BLOCK, j + 1 < n ? out + (j + 1) * NU_BLOCK : unused,
                  words + j % 4 * NU_BLOCK);
    }
}

void nu_add_noise(double *values, const nu_synth *s, const nu_block *block, size_t n)
{
    double noise = s->value[NU_NOISE], z[2 * NU_BLOCK];
    if (noise == 0)
        return;
    nu_draw_normal(z, s, block, NU_DRAW_NOISE, n);
    for (size_t i = 0; i < n * NU_BLOCK; i++)
        values[i] += noise * z[i];
}

double nu_hidden_normal(const nu_synth *s, uint64_t i)
{
    return nu_random_normal(s->seed, nu_stream(NU_RANDOM_SYNTH, NU_DRAW_HIDDEN), i);
}

double nu_hidden_uniform(const nu_synth *s, uint64_t i)
{
    return nu_random_uniform(s->seed, nu_stream(NU_RANDOM_SYNTH, NU_DRAW_HIDDEN), i);
}
