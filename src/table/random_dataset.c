/* Datasets of random values, for measuring. */
#include <limits.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "core/team.h"
#include "table/dataset.h"

/* Value v of a matrix, counted row by row, comes from place v % VALUES of chunk v / VALUES: it
 * depends on the seed and v alone, whoever makes it. */
enum { LANES = 256, WORDS = 4 * LANES };

enum { FEATURES, TARGETS }; /* streams */

typedef struct filling {
    nu_store *store;
    uint64_t seed;
} filling;

typedef struct words {
    uint32_t word[WORDS];
} words;

static void chunk_words(words *w, uint64_t seed, uint32_t stream, size_t chunk)
{
    nu_random_lanes(w->word, LANES, seed, nu_stream(NU_RANDOM_BENCH, stream), chunk * LANES, 1);
}

/* One chunk's values to[0 .. count-1]. Uniform in [0, 1): 24 or 53 bits. */
static void put_f32(float *to, const words *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (float)(w->word[i] >> 8) * 0x1p-24f;
}

static void put_f64(double *to, const words *w, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t both = (uint64_t)w->word[i] << 32 | w->word[WORDS / 2 + i];
        to[i] = (double)(both >> 11) * 0x1p-53;
    }
}

static void put_classes(int32_t *to, const words *w, size_t count, size_t classes)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (int32_t)((uint64_t)w->word[i] * classes >> 32);
}

/* A thread's share of the chunks of `count` values; classes 0: values of `element`. */
static void fill(void *to, nu_element element, size_t classes, size_t count, uint64_t seed,
                 uint32_t stream, int thread, int threads)
{
    size_t size = classes > 0 ? sizeof(int32_t) : nu_element_size(element);
    size_t values = classes > 0 ? WORDS : sizeof(words) / size; /* of a chunk */
    size_t first, end;
    words w;
    nu_team_share((count + values - 1) / values, thread, threads, &first, &end);
    for (size_t chunk = first; chunk < end; chunk++) {
        size_t at = chunk * values, some = count - at < values ? count - at : values;
        void *place = (char *)to + at * size;
        chunk_words(&w, seed, stream, chunk);
        if (classes > 0)
            put_classes(place, &w, some, classes);
        else if (element == NU_U8)
            memcpy(place, &w, some);
        else if (element == NU_F32)
            put_f32(place, &w, some);
        else
            put_f64(place, &w, some);
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
        fill(s->y, nu_element_of(s->dtype), 0, s->rows * s->outputs, f->seed,
             TARGETS, thread, threads);
}

/* Pixels: from 0 .. 255 to [0, 1]. */
static int make_scale(nu_store *s, size_t real_size)
{
    s->shift = nu_alloc_zero(s->features, real_size);
    s->factor = nu_alloc(s->features, real_size);
    for (size_t j = 0; s->factor != NULL && j < s->features; j++)
        nu_put(s->factor, nu_element_of(s->dtype), j, 1.0 / 255);
    return s->shift != NULL && s->factor != NULL;
}

static nudge_status make_blocks(nu_store *s, int has_classes, int pixels, nudge_error *err)
{
    size_t real_size = nu_dtype_size(s->dtype);
    size_t x, y, x_bytes, y_bytes, bytes;
    if (pixels)
        s->element = NU_U8;
    if (!nu_mul(s->rows, s->features, &x) || !nu_mul(s->rows, has_classes ? 1 : s->outputs, &y) ||
        !nu_mul(x, nu_element_size(s->element), &x_bytes) ||
        !nu_mul(y, has_classes ? sizeof *s->classes : real_size, &y_bytes) ||
        __builtin_add_overflow(x_bytes, y_bytes, &bytes))
        bytes = SIZE_MAX;
    NU_TRY(nu_memory_check(bytes, "random data", err));
    s->x = nu_alloc(x, nu_element_size(s->element));
    if (has_classes)
        s->classes = nu_alloc(y, sizeof *s->classes);
    else
        s->y = nu_alloc(y, real_size);
    if (s->x == NULL || (s->classes == NULL && s->y == NULL) ||
        (pixels && !make_scale(s, real_size)))
        return nu_no_memory(err, bytes, "random data");
    return NUDGE_OK;
}

nudge_status nudge_dataset_random(nudge_dataset **data, nudge_dtype dtype, size_t rows,
                                  size_t features, size_t outputs, int has_classes, int pixels,
                                  uint64_t seed, nudge_error *err)
{
    NU_TRY(nu_dataset_check(rows, features, outputs, dtype, err));
    if (has_classes && outputs > INT_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu classes; at most %d are possible", outputs,
                       INT_MAX);
    nu_store *store = nu_store_new(rows, features, outputs, dtype);
    if (store == NULL)
        return nu_no_memory(err, sizeof *store, "a dataset");
    nudge_status status = make_blocks(store, has_classes, pixels, err);
    if (status != NUDGE_OK) {
        nu_store_release(store);
        return status;
    }
    filling f = {store, seed};
    nu_team_run(nu_team_threads(0, 0, NULL), fill_work, &f);
    return nu_dataset_wrap(data, store, err);
}
