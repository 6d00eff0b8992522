#include "model/tensor.h"

#include <stdio.h>

#include "core/memory.h"

/* Files and hashes are little-endian, and so is memory wherever this is built. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "big-endian machines are not supported");

nu_tensor nu_tensor_of(const nu_network *net, void *block, nudge_dtype dtype, size_t i)
{
    size_t l = i / 2;
    nu_tensor t = {.block = block, .element = nu_element_of(dtype), .layer = l, .rows = 1,
                   .panel = 1};
    t.kind = l == net->layers ? NU_INPUT_FACTOR : i % 2 == 1 ? NU_BIAS : NU_WEIGHT;
    switch (t.kind) {
    case NU_WEIGHT:
        t.at = net->weight_at[l];
        t.rows = net->width[l + 1];
        t.columns = net->width[l];
        t.panel = net->panel[l + 1];
        break;
    case NU_BIAS:
        t.at = net->bias_at[l];
        t.columns = net->width[l + 1];
        break;
    case NU_INPUT_FACTOR:
        t.at = net->factor_at;
        t.columns = net->width[0];
        break;
    }
    return t;
}

const char *nu_tensor_name(char buf[NU_TENSOR_NAME], const nu_tensor *t, const char *prefix)
{
    if (t->kind == NU_INPUT_FACTOR)
        snprintf(buf, NU_TENSOR_NAME, "%sinput_factor", prefix);
    else
        snprintf(buf, NU_TENSOR_NAME, "%slayers.%zu.%s", prefix, t->layer,
                 t->kind == NU_BIAS ? "bias" : "weight");
    return buf;
}

size_t nu_tensor_shape(uint64_t shape[2], const nu_tensor *t)
{
    shape[0] = t->kind == NU_WEIGHT ? t->rows : t->columns;
    shape[1] = t->columns;
    return t->kind == NU_WEIGHT ? 2 : 1;
}

/* Rows of one panel and some columns; element (r, c) of it is block[at + c * step + r]. */
typedef struct rectangle {
    size_t rows, columns, at, step;
} rectangle;

/* The rectangle that a stretch of elements begins with: the rest of a row, or whole rows. */
static rectangle leading(const nu_tensor *t, size_t first, size_t count)
{
    size_t row = first / t->columns, column = first % t->columns;
    size_t left = row / t->panel * t->panel, width = nu_smaller(t->panel, t->rows - left);
    rectangle b = {.rows = 1, .step = width};
    b.columns = nu_smaller(count, t->columns - column);
    if (column == 0 && count >= t->columns)
        b.rows = nu_smaller(count / t->columns, left + width - row);
    b.at = t->at + left * t->columns + column * width + (row - left);
    return b;
}

/* From the block to `values`, or back. */
static void copy(const nu_tensor *t, size_t first, size_t count, double *values, int back)
{
    while (count > 0) {
        rectangle b = leading(t, first, count);
        for (size_t c = 0; c < b.columns; c++)
            for (size_t r = 0; r < b.rows; r++) {
                size_t at = b.at + c * b.step + r;
                if (back)
                    nu_put(t->block, t->element, at, values[r * b.columns + c]);
                else
                    values[r * b.columns + c] = nu_value(t->block, t->element, at);
            }
        values += b.rows * b.columns;
        first += b.rows * b.columns;
        count -= b.rows * b.columns;
    }
}

void nu_tensor_get(const nu_tensor *t, size_t first, size_t count, double *out)
{
    copy(t, first, count, out, 0);
}

void nu_tensor_put(const nu_tensor *t, size_t first, size_t count, const double *in)
{
    copy(t, first, count, (double *)in, 1); /* not changed */
}

void nu_tensor_bytes(const nu_tensor *t, void (*take)(void *to, const void *bytes, size_t size),
                     void *to)
{
    double values[NU_STRETCH], packed[NU_STRETCH]; /* packed: room for either dtype */
    size_t total = nu_tensor_count(t), n;
    for (size_t first = 0; first < total; first += n) {
        n = total - first < NU_STRETCH ? total - first : NU_STRETCH;
        nu_tensor_get(t, first, n, values);
        nu_keep(packed, t->element, 0, n, values);
        take(to, packed, n * nu_element_size(t->element));
    }
}
