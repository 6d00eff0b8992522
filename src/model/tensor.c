#include "model/tensor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Files and hashes are little-endian, and so is memory wherever this is built. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "big-endian machines are not supported");

nu_tensor nu_tensor_of(const nu_network *net, void *block, nudge_dtype dtype, size_t i)
{
    size_t l = i / 2;
    nu_tensor t = {.block = block, .dtype = dtype, .layer = l, .is_bias = i % 2 == 1};
    t.at = t.is_bias ? net->bias_at[l] : net->weight_at[l];
    t.rows = t.is_bias ? 1 : net->width[l + 1];
    t.columns = t.is_bias ? net->width[l + 1] : net->width[l];
    return t;
}

const char *nu_tensor_name(char buf[NU_TENSOR_NAME], const nu_tensor *t)
{
    snprintf(buf, NU_TENSOR_NAME, "layers.%zu.%s", t->layer, t->is_bias ? "bias" : "weight");
    return buf;
}

typedef struct rectangle {
    size_t row, rows, column, columns;
} rectangle;

/* The rectangle that a stretch of elements begins with: the rest of a row, or whole rows. */
static rectangle leading(const nu_tensor *t, size_t first, size_t count)
{
    rectangle b = {.row = first / t->columns, .rows = 1, .column = first % t->columns};
    if (b.column == 0 && count >= t->columns) {
        b.rows = count / t->columns;
        b.columns = t->columns;
    } else {
        size_t rest = t->columns - b.column;
        b.columns = count < rest ? count : rest;
    }
    return b;
}

void nu_tensor_get(const nu_tensor *t, size_t first, size_t count, double *out)
{
    while (count > 0) {
        rectangle b = leading(t, first, count);
        for (size_t c = 0; c < b.columns; c++) {
            size_t at = t->at + (b.column + c) * t->rows + b.row;
            if (t->dtype == NUDGE_F32) {
                const float *from = (const float *)t->block + at;
                for (size_t r = 0; r < b.rows; r++)
                    out[r * b.columns + c] = from[r];
            } else {
                const double *from = (const double *)t->block + at;
                for (size_t r = 0; r < b.rows; r++)
                    out[r * b.columns + c] = from[r];
            }
        }
        out += b.rows * b.columns;
        first += b.rows * b.columns;
        count -= b.rows * b.columns;
    }
}

void nu_tensor_put(const nu_tensor *t, size_t first, size_t count, const double *in)
{
    while (count > 0) {
        rectangle b = leading(t, first, count);
        for (size_t c = 0; c < b.columns; c++) {
            size_t at = t->at + (b.column + c) * t->rows + b.row;
            if (t->dtype == NUDGE_F32) {
                float *to = (float *)t->block + at;
                for (size_t r = 0; r < b.rows; r++)
                    to[r] = (float)in[r * b.columns + c];
            } else {
                double *to = (double *)t->block + at;
                for (size_t r = 0; r < b.rows; r++)
                    to[r] = in[r * b.columns + c];
            }
        }
        in += b.rows * b.columns;
        first += b.rows * b.columns;
        count -= b.rows * b.columns;
    }
}

void nu_pack(void *out, nudge_dtype dtype, const double *in, size_t count)
{
    if (dtype == NUDGE_F64) {
        memcpy(out, in, count * sizeof *in);
        return;
    }
    float *to = out;
    for (size_t i = 0; i < count; i++)
        to[i] = (float)in[i];
}

void nu_unpack(double *out, nudge_dtype dtype, const void *in, size_t count)
{
    if (dtype == NUDGE_F64) {
        memcpy(out, in, count * sizeof *out);
        return;
    }
    const float *from = in;
    for (size_t i = 0; i < count; i++)
        out[i] = from[i];
}

size_t nu_first_nonfinite(const double *values, size_t count, nudge_dtype dtype)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(dtype == NUDGE_F32 ? (double)(float)values[i] : values[i]))
            return i;
    return count;
}
