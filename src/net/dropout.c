#include "net/dropout.h"

#include "core/clones.h"
#include "core/random.h"

/* Units whose random numbers are drawn together: one from each of the four words of LANES
 * counters. */
enum { LANES = 16, GROUP = 4 * LANES };

NU_CLONES
static void mask(real *restrict y, real *restrict slope, const uint32_t *restrict word,
                 uint32_t least, real scale, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        real m = word[j] >= least ? scale : 0;
        y[j] *= m;
        slope[j] *= m;
    }
}

void X(nu_drop)(const nu_dropout *d, real *y, real *slope, size_t rows, size_t left, size_t n)
{
    uint64_t stream = nu_stream(NU_RANDOM_DROPOUT, d->layer);
    uint64_t groups = (d->width + GROUP - 1) / GROUP;
    uint32_t word[GROUP], least = (uint32_t)(d->rate * 0x1p32);
    real scale = (real)(1 / (1 - d->rate));
    for (size_t i = 0; i < rows; i++, y += n, slope += n)
        for (size_t j = 0; j < n; j += GROUP) {
            uint64_t group = (d->first + i) * groups + (left + j) / GROUP;
            nu_random_lanes(word, LANES, d->seed, stream, group * LANES, 1);
            mask(y + j, slope + j, word, least, scale, n - j < GROUP ? n - j : GROUP);
        }
}
