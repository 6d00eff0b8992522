/* Arrays from files into tables. */
#include "read/array.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"

/* Bytes read at a time: they are still in cache when they are looked at. */
#define PIECE ((size_t)256 << 10)

#define DIMS_TEXT 96

size_t nu_array_type_size(nu_array_type type)
{
    switch (type) {
    case NU_A_U8: case NU_A_I8: return 1;
    case NU_A_F32: case NU_A_I32: case NU_A_U32: return 4;
    case NU_A_F64: case NU_A_I64: case NU_A_U64: break;
    }
    return 8;
}

/* ---- Shape ----------------------------------------------------------------------------- */

/* "(10, 28, 28)", as numpy writes it. */
static const char *dims_text(char text[DIMS_TEXT], const uint64_t *dim, size_t rank)
{
    size_t used = (size_t)snprintf(text, DIMS_TEXT, "(");
    for (size_t k = 0; k < rank && used < DIMS_TEXT; k++)
        used += (size_t)snprintf(text + used, DIMS_TEXT - used, "%s%" PRIu64, k > 0 ? ", " : "",
                                 dim[k]);
    if (used < DIMS_TEXT)
        snprintf(text + used, DIMS_TEXT - used, rank == 1 ? ",)" : ")");
    return text;
}

nudge_status nu_array_shape(nu_array *a, const uint64_t *dim, size_t rank, uint64_t have,
                            nudge_error *err)
{
    if (rank < 1 || rank > NU_ARRAY_RANK)
        return nu_fail(err, NUDGE_EDATA, "%s: an array of %zu dimensions; (rows, features), "
                       "(rows,) or images (rows, height, width[, channels]) are right", a->name,
                       rank);
    char text[DIMS_TEXT];
    uint64_t width = 1, need;
    int fits = 1;
    for (size_t k = 0; k < rank; k++) {
        if (dim[k] == 0)
            return nu_fail(err, NUDGE_EDATA, "%s: dimension %zu of shape %s is 0: it holds no data",
                           a->name, k + 1, dims_text(text, dim, rank));
        a->dim[k] = dim[k];
        if (k > 0)
            fits &= !__builtin_mul_overflow(width, dim[k], &width);
    }
    fits = fits && !__builtin_mul_overflow(width, dim[0], &need) &&
           !__builtin_mul_overflow(need, (uint64_t)nu_array_type_size(a->type), &need) &&
           need <= SSIZE_MAX;
    if (!fits)
        return nu_fail(err, NUDGE_EDATA, "%s: shape %s has more bytes than can be counted", a->name,
                       dims_text(text, dim, rank));
    if (have != need)
        return nu_fail(err, NUDGE_EDATA, "%s: %s: shape %s takes %" PRIu64 " bytes, %" PRIu64
                       " follow the header", a->name, have < need ? "cut short" : "too long",
                       dims_text(text, dim, rank), need, have);
    a->rank = rank;
    a->width = width;
    return NUDGE_OK;
}

/* ---- Bytes ----------------------------------------------------------------------------- */

/* `size` bytes from byte `from` of the elements on. 0, or an errno; -1: the file has ended. */
static int fetch(const nu_array *a, uint64_t from, void *out, size_t size)
{
    if (a->bytes != NULL) {
        memcpy(out, a->bytes + from, size);
        return 0;
    }
    unsigned char *to = out;
    while (size > 0) {
        ssize_t n = pread(a->fd, to, size, (off_t)(a->at + from));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : -1;
        to += n;
        from += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

static nudge_status fetch_failed(const nu_array *a, int error, nudge_error *err)
{
    if (error < 0)
        return nu_fail(err, NUDGE_EDATA, "%s: it became shorter while it was read", a->name);
    return nu_fail(err, NUDGE_EIO, "%s: cannot read: %s", a->name, strerror(error));
}

/* ---- Many numbers, on all threads ------------------------------------------------------ */

/* count elements of F32, F64 or U8 into `to`. */
typedef struct reading {
    const nu_array *array;
    unsigned char *to;
    size_t count;
    size_t next;  /* piece to take; atomic */
    size_t bad;   /* first value that is not finite; atomic; SIZE_MAX: none */
    int error;    /* of fetch(); atomic */
} reading;

/* 0 if all are finite, otherwise NaN: times 0, NaN and infinity alone are not 0. */
NU_CLONES
static float zero_sum_f32(const float *values, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += values[i] * 0;
    return sum;
}

NU_CLONES
static double zero_sum_f64(const double *values, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += values[i] * 0;
    return sum;
}

/* The first of n values that is NaN or infinite, or n. */
static size_t first_bad(const void *values, nu_array_type type, size_t n)
{
    size_t i = 0;
    if (type == NU_A_F32 && zero_sum_f32(values, n) != 0)
        while (i < n && isfinite(((const float *)values)[i]))
            i++;
    else if (type == NU_A_F64 && zero_sum_f64(values, n) != 0)
        while (i < n && isfinite(((const double *)values)[i]))
            i++;
    else
        i = n;
    return i;
}

static void note_bad(reading *r, size_t at)
{
    size_t now = __atomic_load_n(&r->bad, __ATOMIC_RELAXED);
    while (at < now && !__atomic_compare_exchange_n(&r->bad, &now, at, 0, __ATOMIC_RELAXED,
                                                    __ATOMIC_RELAXED))
        ;
}

static void read_pieces(void *arg, int thread, int threads)
{
    reading *r = arg;
    (void)thread;
    (void)threads;
    size_t size = nu_array_type_size(r->array->type), each = PIECE / size;
    while (__atomic_load_n(&r->error, __ATOMIC_RELAXED) == 0) {
        size_t first = each * __atomic_fetch_add(&r->next, 1, __ATOMIC_RELAXED);
        if (first >= r->count)
            return;
        size_t n = r->count - first < each ? r->count - first : each;
        unsigned char *to = r->to + first * size;
        int error = fetch(r->array, first * size, to, n * size);
        if (error != 0) {
            __atomic_store_n(&r->error, error, __ATOMIC_RELAXED);
            return;
        }
        size_t good = first_bad(to, r->array->type, n);
        if (good < n)
            note_bad(r, first + good);
    }
}

/* The whole array, of a type that tables have, into a block of its own. */
static nudge_status read_block(void **block, const nu_array *a, nudge_error *err)
{
    size_t size = nu_array_type_size(a->type), count = a->dim[0] * a->width;
    NU_TRY(nu_memory_check(count * size, a->name, err));
    reading r = {.array = a, .to = nu_alloc(count, size), .count = count, .bad = SIZE_MAX};
    if (r.to == NULL)
        return nu_no_memory(err, count * size, a->name);
    nu_team_run(count * size < 4 * PIECE ? 1 : nu_cores(), read_pieces, &r);
    nudge_status status = NUDGE_OK;
    if (r.error != 0) {
        status = fetch_failed(a, r.error, err);
    } else if (r.bad != SIZE_MAX) {
        double value = a->type == NU_A_F32 ? (double)((float *)(void *)r.to)[r.bad]
                                           : ((double *)(void *)r.to)[r.bad];
        status = nu_fail(err, NUDGE_EDATA, "%s: value %zu of row %zu is %s; it must be finite",
                         a->name, r.bad % a->width + 1, r.bad / a->width + 1,
                         isnan(value) ? "NaN" : "infinite");
    }
    if (status == NUDGE_OK)
        *block = r.to;
    else
        free(r.to);
    return status;
}

static nu_element element_of(nu_array_type type)
{
    return type == NU_A_U8 ? NU_U8 : type == NU_A_F32 ? NU_F32 : NU_F64;
}

nudge_status nu_array_read_features(nudge_table *t, const nu_array *a, nudge_error *err)
{
    if (a->type != NU_A_F32 && a->type != NU_A_F64 && a->type != NU_A_U8)
        return nu_fail(err, NUDGE_EDATA, "%s: features of whole numbers; 32-bit or 64-bit floats "
                       "('<f4', '<f8'), or bytes ('|u1') of images, are right", a->name);
    void *x = NULL;
    NU_TRY(read_block(&x, a, err));
    t->rows = a->dim[0];
    t->features = a->width;
    t->element = element_of(a->type);
    t->x = x;
    if (a->type == NU_A_U8) {
        t->pixel_rows = a->rank <= 2 ? 1 : a->dim[1];
        t->pixel_columns = t->features / t->pixel_rows;
    }
    return NUDGE_OK;
}

/* ---- Targets --------------------------------------------------------------------------- */

/* Element i of a block of whole numbers; -1 for any that is no class number. */
static int32_t class_at(const unsigned char *block, nu_array_type type, size_t i)
{
    uint64_t value = UINT64_MAX; /* a negative number is a large one too */
    int64_t i64;
    int32_t i32;
    uint32_t u32;
    const unsigned char *at = block + i * nu_array_type_size(type);
    switch (type) {
    case NU_A_U8: value = *at; break;
    case NU_A_I8: value = (uint64_t)(int8_t)*at; break;
    case NU_A_I32:
        memcpy(&i32, at, sizeof i32);
        value = (uint64_t)i32;
        break;
    case NU_A_U32:
        memcpy(&u32, at, sizeof u32);
        value = u32;
        break;
    case NU_A_I64:
        memcpy(&i64, at, sizeof i64);
        value = (uint64_t)i64;
        break;
    case NU_A_U64: memcpy(&value, at, sizeof value); break;
    case NU_A_F32: case NU_A_F64: break;
    }
    return value < NU_MOST_CLASSES ? (int32_t)value : -1;
}

static void label_text(char text[32], const unsigned char *block, nu_array_type type, size_t i)
{
    int64_t v = 0;
    size_t size = nu_array_type_size(type);
    memcpy(&v, block + i * size, size);
    if (type == NU_A_I8)
        v = (int8_t)v;
    else if (type == NU_A_I32)
        v = (int32_t)v;
    if (type == NU_A_U64)
        snprintf(text, 32, "%" PRIu64, (uint64_t)v);
    else
        snprintf(text, 32, "%" PRId64, v);
}

static nudge_status take_classes(nudge_table *t, const nu_array *a, const unsigned char *block,
                                 size_t first, size_t n, nudge_error *err)
{
    char text[32];
    for (size_t i = 0; i < n; i++) {
        int32_t label = class_at(block, a->type, i);
        if (label < 0) {
            label_text(text, block, a->type, i);
            return nu_fail(err, NUDGE_EDATA,
                           "%s: label %zu is %s; labels are class numbers from 0 to %d", a->name,
                           first + i + 1, text, NU_MOST_CLASSES - 1);
        }
        t->classes[first + i] = label;
        if ((size_t)label >= t->n_classes)
            t->n_classes = (size_t)label + 1;
    }
    return NUDGE_OK;
}

static nudge_status read_classes(nudge_table *t, const nu_array *a, nudge_error *err)
{
    size_t size = nu_array_type_size(a->type), each = PIECE / size;
    if (a->width != 1)
        return nu_fail(err, NUDGE_EDATA,
                       "%s: whole numbers in %zu columns; labels are one class number a row, and "
                       "targets in several columns are floats ('<f4', '<f8')", a->name, a->width);
    NU_TRY(nu_memory_check(t->rows * sizeof *t->classes, a->name, err));
    unsigned char *block = malloc(PIECE);
    t->classes = nu_alloc(t->rows, sizeof *t->classes);
    nudge_status status = NUDGE_OK;
    if (block == NULL || t->classes == NULL)
        status = nu_no_memory(err, t->rows * sizeof *t->classes, a->name);
    for (size_t first = 0, n; first < t->rows && status == NUDGE_OK; first += n) {
        n = t->rows - first < each ? t->rows - first : each;
        int error = fetch(a, first * size, block, n * size);
        status = error != 0 ? fetch_failed(a, error, err)
                            : take_classes(t, a, block, first, n, err);
    }
    free(block);
    return status;
}

nudge_status nu_array_read_targets(nudge_table *t, const nu_array *a, const char *source,
                                   nudge_error *err)
{
    int values = a->type == NU_A_F32 || a->type == NU_A_F64;
    if (a->rank > 2)
        return nu_fail(err, NUDGE_EDATA, "%s: an array of %zu dimensions; targets are (rows,) or "
                       "(rows, outputs)%s", a->name, a->rank,
                       a->type == NU_A_U8 ? " (are these the images?)" : "");
    if (a->dim[0] != t->rows)
        return nu_fail(err, NUDGE_EDATA, "%s has %zu rows, but %s has %zu", a->name, a->dim[0],
                       source, t->rows);
    if (t->target_name == NULL)
        t->target_name = strdup(values ? "y" : "label");
    if (t->target_name == NULL)
        return nu_no_memory(err, sizeof "label", "a name");
    if (values) {
        NU_TRY(read_block(&t->y, a, err));
        t->y_element = element_of(a->type);
        t->outputs = a->width;
        return NUDGE_OK;
    }
    NU_TRY(read_classes(t, a, err));
    t->outputs = 1;
    return NUDGE_OK;
}
