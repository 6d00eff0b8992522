/* Datasets without data: shapes, and random values for measuring. */
#include <limits.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"

/* A store of the shape; with its blocks, or for targets, which are told by their pointer, one
 * element that stands for all. Pixels go from 0 .. 255 to [0, 1]. */
static nudge_status make_store(nu_store **store, nudge_dtype dtype, size_t rows, size_t features,
                               size_t outputs, int has_classes, int pixels, int values,
                               nudge_error *err)
{
    NU_TRY(nu_dataset_check(rows, features, outputs, dtype, err));
    NU_TRY(nu_store_new(store, rows, features, outputs, dtype, err));
    nu_store *s = *store;
    nu_element real = s->element;
    size_t x = SIZE_MAX, y = SIZE_MAX, bytes = SIZE_MAX;
    s->element = pixels ? NU_U8 : real;
    int fits = nu_mul(rows, features, &x) && nu_mul(x, nu_element_size(s->element), &x) &&
               nu_mul(rows, has_classes ? 1 : outputs, &y) &&
               nu_mul(y, has_classes ? sizeof *s->classes : nu_element_size(real), &y) &&
               !__builtin_add_overflow(x, y, &bytes);
    if (!values)
        bytes = 2 * features * sizeof(double);
    else if (!fits)
        return nu_no_memory(err, SIZE_MAX, "a dataset");
    NU_TRY(nu_memory_check(bytes, "a dataset", err));
    void **target = has_classes ? (void **)&s->classes : &s->y;
    *target = nu_alloc(values ? y : sizeof(double), 1);
    s->x = values ? nu_alloc(x, 1) : NULL;
    s->shift = pixels ? nu_alloc_zero(features, nu_element_size(real)) : NULL;
    s->factor = pixels ? nu_alloc(features, nu_element_size(real)) : NULL;
    if (*target == NULL || (values && s->x == NULL) ||
        (pixels && (s->shift == NULL || s->factor == NULL)))
        return nu_no_memory(err, bytes, "a dataset");
    for (size_t j = 0; pixels && j < features; j++)
        nu_put(s->factor, real, j, 1.0 / 255);
    return NUDGE_OK;
}

nudge_status nudge_dataset_shape(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                 size_t features, size_t outputs, int has_classes, int pixels,
                                 nudge_error *err)
{
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    NU_TRY(make_store(&store, dtype, rows, features, outputs, has_classes, pixels, 0, err));
    return nu_dataset_wrap(data, &store, err);
}

void nudge_dataset_encode_shape(nudge_dataset *shape, size_t codes)
{
    shape->store->encoding.inputs = codes > 0 ? shape->store->features * (1 + codes) : 0;
}

/* ---- Random values --------------------------------------------------------------------- */

/* Value v of a matrix, counted row by row, comes from place v % WORDS of chunk v / WORDS: it
 * depends on the seed and v alone, whoever makes it. */
enum { LANES = 256, WORDS = 4 * LANES };

enum { FEATURES, TARGETS }; /* streams */

typedef struct filling {
    nu_store *store;
    uint64_t seed;
} filling;

/* A thread's share of the chunks of `count` values: bytes, uniform in [0, 1), or classes, if there
 * are more than 0. */
static void fill(void *to, nu_element element, size_t classes, size_t count, uint64_t seed,
                 uint32_t stream, int thread, int threads)
{
    uint32_t word[WORDS];
    size_t chunk, end;
    nu_team_share((count + WORDS - 1) / WORDS, thread, threads, &chunk, &end);
    for (; chunk < end; chunk++) {
        size_t at = chunk * WORDS, some = count - at < WORDS ? count - at : WORDS;
        nu_random_lanes(word, LANES, seed, nu_stream(NU_RANDOM_BENCH, stream), chunk * LANES, 1);
        for (size_t i = 0; i < some; i++)
            if (classes > 0)
                ((int32_t *)to)[at + i] = (int32_t)((uint64_t)word[i] * classes >> 32);
            else if (element == NU_U8)
                ((uint8_t *)to)[at + i] = (uint8_t)word[i];
            else
                nu_put(to, element, at + i, (double)(word[i] >> 8) * 0x1p-24);
    }
}

static void fill_work(void *arg, int thread, int threads)
{
    const filling *f = arg;
    nu_store *s = f->store;
    fill(s->x, s->element, 0, s->rows * s->features, f->seed, FEATURES, thread, threads);
    if (s->classes != NULL)
        fill(s->classes, NU_U8, s->outputs, s->rows, f->seed, TARGETS, thread, threads);
    else
        fill(s->y, nu_element_of(s->dtype), 0, s->rows * s->outputs, f->seed, TARGETS, thread,
             threads);
}

nudge_status nudge_dataset_random(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                  size_t features, size_t outputs, int has_classes, int pixels,
                                  uint64_t seed, nudge_error *err)
{
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    if (has_classes && outputs > INT_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu classes; at most %d are possible", outputs,
                       INT_MAX);
    NU_TRY(make_store(&store, dtype, rows, features, outputs, has_classes, pixels, 1, err));
    filling f = {store, seed};
    nu_team_run(nu_team_threads(0, 0, NULL), fill_work, &f);
    return nu_dataset_wrap(data, &store, err);
}
