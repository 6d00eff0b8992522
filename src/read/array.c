/* Arrays from files into tables. */
#include "read/array.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"

/* Bytes read at a time: they are still in cache when they are looked at. */
#define PIECE ((size_t)256 << 10)
#define LEAST_ROWS 512 /* of a column read at a time */

const struct nu_array_kind nu_array_kinds[] = {
    [NU_A_F32] = {4, "f4", "F32", 0x0D, NU_F32, 0},
    [NU_A_F64] = {8, "f8", "F64", 0x0E, NU_F64, 0},
    [NU_A_U8] = {1, "u1", "U8", 0x08, NU_U8, 1},
    [NU_A_I8] = {1, "i1", "I8", 0x09, NU_F32, 1},
    [NU_A_I16] = {2, "i2", "I16", 0x0B, NU_F32, 1},
    [NU_A_I32] = {4, "i4", "I32", 0x0C, NU_F64, 1},
    [NU_A_U16] = {2, "u2", "U16", 0, NU_F32, 1},
    [NU_A_U32] = {4, "u4", "U32", 0, NU_F64, 1},
    [NU_A_I64] = {8, "i8", "I64", 0, NU_F64, 1},
    [NU_A_U64] = {8, "u8", "U64", 0, NU_F64, 1},
    [NU_A_F16] = {2, "f2", "F16", 0, NU_F32, 0},
    [NU_A_BF16] = {2, "", "BF16", 0, NU_F32, 0},
    [NU_A_BOOL] = {1, "b1", "BOOL", 0, NU_F32, 1},
    [NU_A_UTF32] = {4, "U", "", 0, NU_F64, 0},
    [NU_A_BYTES] = {1, "S", "", 0, NU_F64, 0},
};

/* ---- Shape ----------------------------------------------------------------------------- */

nudge_status nu_array_shape(nu_array *a, const uint64_t *dim, size_t rank, uint64_t have,
                            nudge_error *err)
{
    if (rank < 1 || rank > NU_ARRAY_RANK)
        return nu_fail(err, NUDGE_EDATA, "%s: an array of %zu dimensions; (rows, features), "
                       "(rows,) or images (rows, height, width[, channels]) are right", a->name,
                       rank);
    char text[NU_SHAPE_TEXT];
    uint64_t width = 1, need;
    int fits = 1;
    for (size_t k = 0; k < rank; k++) {
        if (dim[k] == 0)
            return nu_fail(err, NUDGE_EDATA, "%s: dimension %zu of shape %s is 0: it holds no data",
                           a->name, k + 1, nu_shape_text(text, dim, rank));
        a->dim[k] = dim[k];
        if (k > 0)
            fits &= !__builtin_mul_overflow(width, dim[k], &width);
    }
    fits = fits && !__builtin_mul_overflow(width, dim[0], &need) &&
           !__builtin_mul_overflow(need, (uint64_t)nu_array_kinds[a->type].size, &need) &&
           !__builtin_mul_overflow(need, a->characters > 0 ? (uint64_t)a->characters : 1, &need) &&
           need <= SSIZE_MAX;
    if (!fits)
        return nu_fail(err, NUDGE_EDATA, "%s: shape %s has more bytes than can be counted", a->name,
                       nu_shape_text(text, dim, rank));
    if (have != need)
        return nu_fail(err, NUDGE_EDATA, "%s: %s: shape %s takes %" PRIu64 " bytes, %" PRIu64
                       " follow the header", a->name, have < need ? "cut short" : "too long",
                       nu_shape_text(text, dim, rank), need, have);
    a->rank = rank;
    a->width = width;
    a->by_columns = a->by_columns && rank > 1;
    return NUDGE_OK;
}

/* ---- Elements -------------------------------------------------------------------------- */

/* IEEE 754 binary16. Not by way of a subnormal float, which a thread may take for 0. */
static float half(uint32_t bits)
{
    uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    float value = exponent == 31 ? (fraction > 0 ? NAN : INFINITY) : (float)fraction * 0x1p-24f;
    if (exponent > 0 && exponent < 31) {
        uint32_t wide = (exponent + 112) << 23 | fraction << 13;
        memcpy(&value, &wide, sizeof value);
    }
    return bits >> 15 & 1 ? -value : value;
}

/* An element as it stands in the file, rounded where it is a whole number above 2^53. */
static double number_at(const nu_array *a, const unsigned char *at)
{
    size_t size = nu_array_kinds[a->type].size;
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++)
        bits |= (uint64_t)at[a->big_endian ? size - 1 - k : k] << 8 * k;
    uint32_t word = (uint32_t)bits;
    float narrow;
    double wide;
    switch (a->type) {
    case NU_A_F32: memcpy(&narrow, &word, sizeof narrow); return narrow;
    case NU_A_F64: memcpy(&wide, &bits, sizeof wide); return wide;
    case NU_A_I8: return (int8_t)bits;
    case NU_A_I16: return (int16_t)bits;
    case NU_A_I32: return (int32_t)word;
    case NU_A_I64: return (double)(int64_t)bits;
    case NU_A_F16: return half(word);
    case NU_A_BF16: word <<= 16; memcpy(&narrow, &word, sizeof narrow); return narrow;
    case NU_A_BOOL: return bits != 0;
    case NU_A_U8: case NU_A_U16: case NU_A_U32: case NU_A_U64:
    case NU_A_UTF32: case NU_A_BYTES: case NU_A_TYPES: break;
    }
    return (double)bits;
}

/* ---- Many numbers, on all threads ------------------------------------------------------ */

/* count elements of the array as `element` into `to`. */
typedef struct reading {
    const nu_array *array;
    nu_element element;
    unsigned char *to;
    size_t count;
    size_t next;  /* piece to take; atomic */
    size_t bad;   /* first value that is not finite; atomic; SIZE_MAX: none */
    int error;    /* of a fetch; atomic */
} reading;

/* 0 if all are finite, otherwise NaN: times 0, NaN and infinity alone are not 0. */
NU_CLONES
static double zero_sum(const void *values, nu_element type, size_t n)
{
    double sum = 0;
    if (type == NU_F32) {
        float narrow = 0;
#pragma omp simd reduction(+ : narrow)
        for (size_t i = 0; i < n; i++)
            narrow += ((const float *)values)[i] * 0;
        sum = (double)narrow;
    } else {
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < n; i++)
            sum += ((const double *)values)[i] * 0;
    }
    return sum;
}

size_t nu_array_first_bad(const void *values, nu_element type, size_t n)
{
    size_t i = 0;
    if (type == NU_U8 || zero_sum(values, type, n) == 0)
        return n;
    while (i < n && isfinite(nu_value(values, type, i)))
        i++;
    return i;
}

/* Elements of the file's own type and order go straight to their place, others through a block
 * that stays in cache. *good: the finite ones before the first that is not. 0, or a fetch's
 * error. */
static int read_piece(const reading *r, size_t first, size_t n, size_t *good)
{
    const nu_array *a = r->array;
    size_t size = nu_array_kinds[a->type].size;
    if (r->element == nu_array_kinds[a->type].element && size == nu_element_size(r->element) &&
        (size == 1 || !(a->big_endian || nu_array_kinds[a->type].whole))) {
        int error = nu_source_fetch(a->source, a->at + first * size, r->to + first * size,
                                    n * size);
        *good = error == 0 ? nu_array_first_bad(r->to + first * size, r->element, n) : n;
        return error;
    }
    unsigned char raw[NU_CONVERT_BLOCK * 8];
    double values[NU_CONVERT_BLOCK];
    *good = n;
    for (size_t at = 0, k; at < n; at += k) {
        k = n - at < NU_CONVERT_BLOCK ? n - at : NU_CONVERT_BLOCK;
        int error = nu_source_fetch(a->source, a->at + (first + at) * size, raw, k * size);
        if (error != 0)
            return error;
        for (size_t i = 0; i < k; i++)
            values[i] = number_at(a, raw + i * size);
        size_t kept = nu_keep(r->to, r->element, first + at, k, values);
        if (kept < k && *good == n)
            *good = at + kept;
    }
    return 0;
}

/* Where column `w` of a row begins in an array by columns, as a number of columns. */
static size_t column_place(const nu_array *a, size_t w)
{
    size_t at[NU_ARRAY_RANK], place = 0;
    for (size_t k = a->rank - 1; k > 0; k--) {
        at[k] = w % a->dim[k];
        w /= a->dim[k];
    }
    for (size_t k = a->rank - 1; k > 0; k--)
        place = place * a->dim[k] + at[k];
    return place;
}

/* Likewise elements of whole rows from an array by columns, a column after the other. */
static int read_columns(const reading *r, size_t first, size_t n, size_t *good)
{
    const nu_array *a = r->array;
    unsigned char raw[NU_CONVERT_BLOCK * 8];
    size_t size = nu_array_kinds[a->type].size, rows = n / a->width;
    *good = n;
    for (size_t w = 0; w < a->width; w++) {
        uint64_t column = (uint64_t)column_place(a, w) * a->dim[0] + first / a->width;
        for (size_t row = 0; row < rows; row++) {
            if (row % NU_CONVERT_BLOCK == 0) {
                size_t k = nu_smaller(rows - row, NU_CONVERT_BLOCK);
                int error = nu_source_fetch(a->source, a->at + (column + row) * size, raw,
                                            k * size);
                if (error != 0)
                    return error;
            }
            double v = number_at(a, raw + row % NU_CONVERT_BLOCK * size);
            size_t at = row * a->width + w;
            if (r->element == NU_U8)
                r->to[first + at] = (unsigned char)v;
            else if (nu_keep(r->to, r->element, first + at, 1, &v) == 0 && at < *good)
                *good = at;
        }
    }
    return 0;
}

static void read_pieces(void *arg, int thread, int threads)
{
    reading *r = arg;
    const nu_array *a = r->array;
    (void)thread;
    (void)threads;
    size_t each = PIECE / nu_array_kinds[a->type].size, good;
    if (a->by_columns) /* whole rows */
        each = a->width * (each / a->width > LEAST_ROWS ? each / a->width : LEAST_ROWS);
    while (__atomic_load_n(&r->error, __ATOMIC_RELAXED) == 0) {
        size_t first = each * __atomic_fetch_add(&r->next, 1, __ATOMIC_RELAXED);
        if (first >= r->count)
            return;
        size_t n = r->count - first < each ? r->count - first : each;
        int error = (a->by_columns ? read_columns : read_piece)(r, first, n, &good);
        if (error != 0)
            __atomic_store_n(&r->error, error, __ATOMIC_RELAXED);
        else if (good < n)
            nu_note_least(&r->bad, first + good);
    }
}

nudge_status nu_array_not_finite(const nu_array *a, size_t at, double value, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: value %zu of row %zu is %s; it must be finite", a->name,
                   at % a->width + 1, at / a->width + 1, isnan(value) ? "NaN" : "infinite");
}

/* The whole array as a block of its own. */
static nudge_status read_block(void **block, nu_element element, const nu_array *a,
                               nudge_error *err)
{
    size_t count = a->dim[0] * a->width, bytes;
    if (nu_array_has_texts(a))
        return nu_fail(err, NUDGE_EDATA, "%s: texts; they can be labels, nothing else", a->name);
    NU_NEED(nu_mul(count, nu_element_size(element), &bytes), SIZE_MAX, a->name, err);
    NU_TRY(nu_memory_check(bytes, a->name, err));
    void *values NU_FREED = nu_alloc(bytes, 1);
    NU_NEED(values != NULL, bytes, a->name, err);
    reading r = {.array = a, .element = element, .to = values, .count = count, .bad = SIZE_MAX};
    nu_team_run(bytes < 4 * PIECE ? 1 : nu_team_threads(0, 0, NULL), read_pieces, &r);
    if (r.error != 0)
        return nu_fetch_failed(a->name, r.error, err);
    if (r.bad != SIZE_MAX)
        return nu_array_not_finite(a, r.bad, nu_value(values, element, r.bad), err);
    *block = NU_TAKE(values);
    return NUDGE_OK;
}

/* The source's own block becomes the pixels: they are the bulk of the memory, and are kept once. */
static void *take_bytes(const nu_array *a)
{
    size_t count = a->dim[0] * a->width;
    unsigned char *bytes = a->source->bytes;
    memmove(bytes, bytes + a->at, count);
    void *smaller = realloc(bytes, count);
    a->source->bytes = NULL;
    return smaller != NULL ? smaller : bytes;
}

void nu_array_describe_features(nudge_table *t, const nu_array *a)
{
    t->rows = a->dim[0];
    t->features = a->width;
    t->element = nu_array_kinds[a->type].element;
    if (t->element != NU_U8)
        return;
    t->pixel_rows = a->rank <= 2 ? 1 : a->dim[1];
    t->pixel_columns = t->features / t->pixel_rows;
}

nudge_status nu_array_read_features(nudge_table *t, const nu_array *a, nudge_error *err)
{
    nu_array_describe_features(t, a);
    if (t->element == NU_U8 && a->source->bytes != NULL && !a->by_columns) {
        t->x = take_bytes(a);
        return NUDGE_OK;
    }
    return read_block(&t->x, t->element, a, err);
}

/* ---- Targets --------------------------------------------------------------------------- */

nudge_status nu_array_check_targets(const nudge_table *t, const nu_array *a, nudge_error *err)
{
    if (a->rank > 2)
        return nu_fail(err, NUDGE_EDATA, "%s: an array of %zu dimensions; targets are (rows,) or "
                       "(rows, outputs)%s", a->name, a->rank,
                       a->type == NU_A_U8 ? " (are these the images?)" : "");
    if (a->dim[0] != t->rows)
        return nu_fail(err, NUDGE_EDATA, "%s has %zu rows, but %s has %zu", a->name, a->dim[0],
                       t->source, t->rows);
    return NUDGE_OK;
}

nudge_status nu_array_read_classes(nudge_table *t, const nu_array *a, nudge_error *err)
{
    void *labels NU_FREED = NULL;
    NU_TRY(nu_array_check_targets(t, a, err));
    if (a->width != 1)
        return nu_fail(err, NUDGE_EDATA, "%s: whole numbers in %zu columns; labels are one class "
                       "number a row", a->name, a->width);
    t->outputs = 1;
    NU_TRY(read_block(&labels, NU_F64, a, err));
    NU_NEW(t->classes, nu_alloc, t->rows, a->name, err);
    for (size_t i = 0; i < t->rows; i++) {
        double label = ((const double *)labels)[i];
        if (!(label >= 0 && label < NU_MOST_CLASSES))
            return nu_fail(err, NUDGE_EDATA, "%s: label %zu is %.0f; labels are class numbers "
                           "from 0 to %d", a->name, i + 1, label, NU_MOST_CLASSES - 1);
        t->classes[i] = (int32_t)label;
        if ((size_t)label >= t->n_classes)
            t->n_classes = (size_t)label + 1;
    }
    return NUDGE_OK;
}

nudge_status nu_array_read_numbers(nudge_table *t, const nu_array *a, nudge_error *err)
{
    nu_element element = nu_array_kinds[a->type].element;
    NU_TRY(nu_array_check_targets(t, a, err));
    t->outputs = a->width;
    t->y_element = element == NU_U8 ? NU_F32 : element;
    if (nu_array_kinds[a->type].whole && a->width == 1)
        NU_NEED((t->target_name = strdup("label")) != NULL, sizeof "label", "a name", err);
    return read_block(&t->y, t->y_element, a, err);
}

/* ---- Weights --------------------------------------------------------------------------- */

nudge_status nu_array_read_weights(nudge_table *t, const nu_array *a, nudge_error *err)
{
    void *weights NU_FREED = NULL;
    double sum = 0;
    if (a->width != 1 || a->dim[0] != t->rows)
        return nu_fail_setting(err, NUDGE_EDATA, "weight", "%s: %zu x %zu numbers; weights are one "
                               "for each of the %zu rows of %s", a->name, (size_t)a->dim[0],
                               (size_t)a->width, t->rows, t->source);
    NU_TRY(read_block(&weights, NU_F64, a, err));
    for (size_t i = 0; i < t->rows; i++) {
        double w = ((const double *)weights)[i];
        if (w < 0)
            return nu_fail_setting(err, NUDGE_EDATA, "weight", "%s: weight %zu is %g; it must be a "
                                   "finite number from 0", a->name, i + 1, w);
        sum += w;
    }
    if (!(sum > 0))
        return nu_fail_setting(err, NUDGE_EDATA, "weight", "%s: all %zu weights are 0; one at "
                               "least must be above", a->name, t->rows);
    t->weights = NU_TAKE(weights);
    return NUDGE_OK;
}
