#include "model/tensor.h"

#include <stdio.h>

#include "core/memory.h"

/* Files and hashes are little-endian, and so is memory wherever this is built. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "big-endian machines are not supported");

/* Which tensor of an embedding is number i of those that there are. */
static void find_embedding(nu_tensor *t, const nu_embedding *e, size_t i)
{
    size_t shape[2];
    t->of_embedding = NU_EMBED_FREQUENCIES;
    while (nu_embed_shape(e, t->of_embedding, shape) == 0 || i-- > 0)
        t->of_embedding++;
    t->rank = 1 + nu_embed_shape(e, t->of_embedding, shape);
    t->at = e->at[t->of_embedding];
    t->columns = e->numbers * shape[0] * shape[1];
    t->shape[0] = e->numbers;
    t->shape[1] = shape[0];
    t->shape[2] = shape[1];
}

nu_tensor nu_tensor_of(const nu_network *net, void *block, nudge_dtype dtype, size_t i)
{
    size_t l = i / 2, others = 2 * net->layers, factors = (size_t)net->input_factor;
    nu_tensor t = {.block = block, .element = nu_element_of(dtype), .rows = 1,
                   .layer = i < 2 * net->layers ? l : i - net->layers,
                   .panel = 1, .rank = 1};
    t.kind = i >= others + factors ? NU_EMBEDDING : i >= others ? NU_INPUT_FACTOR
             : i % 2 == 1          ? NU_BIAS      : NU_WEIGHT;
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
    case NU_EMBEDDING:
        find_embedding(&t, &net->embed, i - others - factors);
        return t;
    }
    t.shape[0] = t.kind == NU_WEIGHT ? t.rows : t.columns;
    t.shape[1] = t.columns;
    t.rank = t.kind == NU_WEIGHT ? 2 : 1;
    return t;
}

const char *nu_tensor_name(char buf[NU_TENSOR_NAME], const nu_tensor *t, const char *prefix)
{
    static const char *const of_embedding[] = {"frequencies", "phases", "weight", "bias"};
    if (t->kind == NU_EMBEDDING)
        snprintf(buf, NU_TENSOR_NAME, "%sembedding.%s", prefix, of_embedding[t->of_embedding]);
    else if (t->kind == NU_INPUT_FACTOR)
        snprintf(buf, NU_TENSOR_NAME, "%sinput_factor", prefix);
    else
        snprintf(buf, NU_TENSOR_NAME, "%slayers.%zu.%s", prefix, t->layer,
                 t->kind == NU_BIAS ? "bias" : "weight");
    return buf;
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
