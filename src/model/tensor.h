/* One tensor of a parameter block, seen in file order: row-major, weights out x in. */
#ifndef NUDGE_MODEL_TENSOR_H
#define NUDGE_MODEL_TENSOR_H

#include "core/element.h"
#include "net/network.h"
#include "nudge.h"

/* What a tensor is: a matrix, or a row of numbers. */
typedef enum nu_tensor_kind { NU_WEIGHT, NU_BIAS, NU_INPUT_FACTOR, NU_EMBEDDING } nu_tensor_kind;

#define NU_RANK_MOST 3

/* A weight matrix has rows = out and columns = in, and is kept as nu_weight_at() says, in panels of
 * `panel` rows; others have one row, whatever their shape in files is. */
typedef struct nu_tensor {
    void *block;
    nu_element element; /* of the block */
    size_t at;
    size_t rows, columns, panel;
    size_t layer;
    nu_tensor_kind kind;
    nu_embed_tensor of_embedding;
    uint64_t shape[NU_RANK_MOST]; /* in files, */
    size_t rank;
} nu_tensor;

static inline size_t nu_tensors(const nu_network *net)
{
    size_t embedding = !nu_network_embeds(net) ? 0 : net->embed.how->has_phases ? 4 : 3;
    return 2 * net->layers + (size_t)net->input_factor + embedding;
}

/* Tensor i < nu_tensors() in file order: layer 0's weight, its bias, layer 1's weight, ...; then,
 * if the network has them, the factors of the inputs and what is the embedding's. */
nu_tensor nu_tensor_of(const nu_network *net, void *block, nudge_dtype dtype, size_t i);

static inline size_t nu_tensor_count(const nu_tensor *t)
{
    return t->rows * t->columns;
}

/* Elements first ... first + count - 1 in file order, as doubles. Put rounds to the dtype. */
void nu_tensor_get(const nu_tensor *t, size_t first, size_t count, double *out);
void nu_tensor_put(const nu_tensor *t, size_t first, size_t count, const double *in);

/* Calls take() with all its bytes in turn as files have them. */
void nu_tensor_bytes(const nu_tensor *t, void (*take)(void *to, const void *bytes, size_t size),
                     void *to);

/* The shape and the type it has in files; the shape's rank. */
static inline size_t nu_tensor_shape(uint64_t shape[NU_RANK_MOST], const nu_tensor *t)
{
    for (size_t i = 0; i < NU_RANK_MOST; i++)
        shape[i] = t->shape[i];
    return t->rank;
}

static inline const char *nu_tensor_dtype(nudge_dtype dtype)
{
    return dtype == NUDGE_F32 ? "F32" : "F64";
}

/* "layers.3.weight", the name in files, behind a prefix. */
#define NU_TENSOR_NAME 64
const char *nu_tensor_name(char buf[NU_TENSOR_NAME], const nu_tensor *t, const char *prefix);

/* Values to work on at a time: small enough for the stack and the cache, large enough that a
 * stretch holds many rows, whose transposition then reads whole cache lines. */
#define NU_STRETCH 4096

#endif
