/* Small tables without chance: the truth tables and the line of the first programs. Rows beyond a
 * truth table's end begin it again. */
#include "synth/generator.h"

static void line_make(const nu_synth *s, const nu_block *block)
{
    (void)s;
    for (size_t r = 0; r < NU_BLOCK; r++) {
        block->x[r] = (double)(block->first + r + 1);
        block->y[r] = 2 * block->x[r] + 1;
    }
}

/* Row i has the bits of i, the highest first. */
static void bits_of_rows(const nu_synth *s, const nu_block *block)
{
    for (size_t j = 0; j < s->features; j++)
        for (size_t r = 0; r < NU_BLOCK; r++)
            block->x[j * NU_BLOCK + r] =
                (double)((block->first + r) >> (s->features - 1 - j) & 1);
}

static void or_make(const nu_synth *s, const nu_block *block)
{
    bits_of_rows(s, block);
    for (size_t r = 0; r < NU_BLOCK; r++)
        block->y[r] = (block->first + r) % 4 != 0;
}

/* Exclusive or, of two or any number of bits. */
static void parity_make(const nu_synth *s, const nu_block *block)
{
    bits_of_rows(s, block);
    for (size_t r = 0; r < NU_BLOCK; r++) {
        size_t bits = (block->first + r) & (((size_t)1 << s->features) - 1);
        block->y[r] = (double)(__builtin_popcountll(bits) & 1);
    }
}

static nudge_status parity_size(nu_synth *s, nudge_error *err)
{
    (void)err;
    s->features = (size_t)s->value[NU_BITS];
    if (s->rows == 0) /* not given */
        s->rows = (size_t)1 << s->features;
    return NUDGE_OK;
}

const nu_generator nu_synth_line = {
    .info = {"line", "rows=4", "x = 1, 2, 3, ..., y = 2x + 1"},
    .features = 1,
    .make = line_make,
};

const nu_generator nu_synth_or = {
    .info = {"or", "rows=4", "y = 1 if x1 or x2 is 1, else 0: (0,0), (0,1), (1,0), (1,1)"},
    .features = 2,
    .make = or_make,
};

const nu_generator nu_synth_xor = {
    .info = {"xor", "rows=4", "y = 1 if one of x1 and x2 is 1, else 0"},
    .features = 2,
    .make = parity_make,
};

const nu_generator nu_synth_parity = {
    .info = {"parity", "rows=2^bits,bits=8",
             "y = 1 if an odd number of bits is 1, else 0; all combinations in order"},
    .size = parity_size,
    .make = parity_make,
};
