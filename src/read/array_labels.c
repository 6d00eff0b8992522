/* Whole numbers that a double would round, as labels: they stay apart, as they are in the file. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/array.h"

/* The different ones, by value. A key is a number's bits, and compares as the number does. */
typedef struct labels {
    const nu_array *array;
    uint64_t key[NU_NUMERIC_CLASSES + 1]; /* one more: they are too many for classes */
    size_t n;
} labels;

static const uint64_t sign = (uint64_t)1 << 63;

static int key_at(const labels *l, size_t row, uint64_t *key)
{
    const nu_array *a = l->array;
    unsigned char raw[8];
    int error = nu_source_fetch(a->source, a->at + row * sizeof raw, raw, sizeof raw);
    *key = 0;
    for (size_t k = 0; k < sizeof raw; k++)
        *key |= (uint64_t)raw[a->big_endian ? 7 - k : k] << 8 * k;
    *key ^= a->type == NU_A_I64 ? sign : 0;
    return error;
}

/* The place of a key, or where it belongs. */
static size_t place_of(const labels *l, uint64_t key)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->key[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(labels *l, uint64_t key)
{
    size_t at = place_of(l, key);
    if (at < l->n && l->key[at] == key)
        return;
    memmove(l->key + at + 1, l->key + at, (l->n - at) * sizeof key);
    l->key[at] = key;
    l->n++;
}

static char *label_text(const void *of, size_t i)
{
    const labels *l = of;
    char text[24];
    if (l->array->type == NU_A_I64)
        snprintf(text, sizeof text, "%" PRId64, (int64_t)(l->key[i] ^ sign));
    else
        snprintf(text, sizeof text, "%" PRIu64, l->key[i]);
    return strdup(text);
}

static nudge_status take_labels(nudge_table *t, const labels *l, nudge_error *err)
{
    const char *name = l->array->name;
    NU_NEW(t->classes, nu_alloc, t->rows, name, err);
    NU_NEW(t->class_values, nu_alloc, l->n, name, err);
    for (size_t i = 0; i < l->n; i++)
        t->class_values[i] = l->array->type == NU_A_I64 ? (double)(int64_t)(l->key[i] ^ sign)
                                                        : (double)l->key[i];
    for (size_t r = 0; r < t->rows; r++) {
        uint64_t key;
        int error = key_at(l, r, &key);
        if (error != 0)
            return nu_fetch_failed(name, error, err);
        t->classes[r] = (int32_t)nu_smaller(place_of(l, key), l->n - 1); /* a file can change */
    }
    return nu_strings_make(&t->class_labels, &t->n_classes, l->n, label_text, l, name, err);
}

nudge_status nu_array_keep_labels(nudge_table *t, const nu_array *a, nudge_error *err)
{
    labels l = {.array = a};
    size_t large = 0;
    if (a->width != 1 || (a->type != NU_A_I64 && a->type != NU_A_U64))
        return NUDGE_OK;
    while (large < t->rows && fabs(((const double *)t->y)[large]) < 0x1p53)
        large++;
    if (large == t->rows)
        return NUDGE_OK;
    for (size_t r = 0; r < t->rows && l.n <= NU_NUMERIC_CLASSES; r++) {
        uint64_t key;
        int error = key_at(&l, r, &key);
        if (error != 0)
            return nu_fetch_failed(a->name, error, err);
        add(&l, key);
    }
    return l.n <= NU_NUMERIC_CLASSES ? take_labels(t, &l, err) : NUDGE_OK;
}
