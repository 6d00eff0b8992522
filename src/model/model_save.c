/* Models to files: safetensors tensors layers.N.weight and layers.N.bias, and in __metadata__
 * format, version and network; those of further networks with members.K. before their names. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#define XXH_STATIC_LINKING_ONLY /* for a state on the stack: hashing then cannot fail */
#include <xxhash.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "model/model_file.h"
#include "model/network_text.h"
#include "model/tensor.h"

const char *nu_member_prefix(char buf[NU_MEMBER_TEXT], size_t k)
{
    buf[0] = '\0';
    if (k > 0)
        snprintf(buf, NU_MEMBER_TEXT, NU_MEMBER_PREFIX "%" PRIu32 ".", (uint32_t)k);
    return buf;
}

const char *nu_member_rest(const char *name, size_t *k)
{
    uint32_t number;
    int n = 0;
    (void)sscanf(name, NU_MEMBER_PREFIX "%9" SCNu32 ".%n", &number, &n);
    if (n == 0) /* not all of it is there */
        number = 0;
    *k = number;
    return name + n;
}

nu_block nu_model_block(const nudge_model *m, size_t k)
{
    const nudge_model *network = nu_member_of(m, k);
    nu_block block = {.at = network->params, .net = &network->net};
    nu_member_prefix(block.prefix, k);
    return block;
}

/* 0 without memory. */
static int put_text(json_t *metadata, const char *key, const char *text)
{
    return text != NULL && json_object_set_new(metadata, key, json_string(text)) == 0;
}

/* What the file begins with; for free(). NULL without memory. */
static char *file_header(const nudge_model *m, const nu_block *blocks, size_t n_blocks,
                         json_t *metadata, size_t *size)
{
    size_t n = 0, i = 0;
    for (size_t b = 0; b < n_blocks; b++)
        n += nu_tensors(blocks[b].net);
    nu_st_tensor *tensors NU_FREED = calloc(n, sizeof *tensors);
    char (*names)[NU_TENSOR_NAME] NU_FREED = calloc(n, sizeof *names);
    uint64_t (*shapes)[NU_RANK_MOST] NU_FREED = calloc(n, sizeof *shapes);
    char *text NU_FREED = nu_network_text(m);
    json_auto_t *texts = metadata != NULL ? json_copy(metadata) : json_object();
    int copied = json_object_size(texts) == json_object_size(metadata); /* it leaves keys out */
    if (!copied || tensors == NULL || names == NULL || shapes == NULL ||
        !put_text(texts, "format", NU_MODEL_FORMAT) ||
        !put_text(texts, "version", NU_MODEL_VERSION) || !put_text(texts, "network", text))
        return NULL;
    for (size_t b = 0; b < n_blocks; b++)
        for (size_t k = 0; k < nu_tensors(blocks[b].net); k++, i++) {
            nu_tensor t = nu_tensor_of(blocks[b].net, NULL, m->dtype, k);
            nu_tensor_name(names[i], &t, blocks[b].prefix);
            tensors[i] = (nu_st_tensor){.name = names[i], .dtype = nu_tensor_dtype(m->dtype),
                                        .rank = nu_tensor_shape(shapes[i], &t),
                                        .shape = shapes[i]};
        }
    return nu_st_header(tensors, n, texts, size);
}

static void write_bytes(void *stream, const void *bytes, size_t size)
{
    if (!ferror(stream))
        fwrite(bytes, 1, size, stream);
}

nudge_status nu_model_write(FILE *stream, const nudge_model *m, const nu_block *blocks, size_t n,
                            json_t *metadata, nudge_error *err)
{
    size_t size;
    char *header NU_FREED = file_header(m, blocks, n, metadata, &size);
    NU_NEED(header != NULL, n * m->net.layers * 256, "a model file's header", err);
    write_bytes(stream, header, size);
    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < nu_tensors(blocks[b].net); i++) {
            nu_tensor t = nu_tensor_of(blocks[b].net, blocks[b].at, m->dtype, i);
            nu_tensor_bytes(&t, write_bytes, stream);
        }
    return NUDGE_OK;
}

nudge_status nudge_model_save(const nudge_model *model, const char *path, nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    size_t n = nu_model_members(model);
    nu_block *blocks NU_FREED;
    NU_NEW(blocks, calloc, n, "a model file", err);
    for (size_t k = 0; k < n; k++)
        blocks[k] = nu_model_block(model, k);
    NU_TRY(nu_output_open(&out, path, err));
    NU_TRY(nu_model_write(out.stream, model, blocks, n, NULL, err));
    return nu_output_commit(&out, err);
}

/* ---- The hash of what a file would hold ------------------------------------------------ */

static void add_to_hash(void *hash, const void *bytes, size_t size)
{
    XXH64_update(hash, bytes, size);
}

void nu_model_hash_block(const nudge_model *m, const nu_block *block, XXH64_state_t *hash)
{
    for (size_t i = 0; i < nu_tensors(block->net); i++) {
        nu_tensor t = nu_tensor_of(block->net, block->at, m->dtype, i);
        nu_tensor_bytes(&t, add_to_hash, hash);
    }
}

uint64_t nudge_model_hash(const nudge_model *model)
{
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t k = 0; k < nu_model_members(model); k++) {
        nu_block block = nu_model_block(model, k);
        nu_model_hash_block(model, &block, &state);
    }
    return XXH64_digest(&state);
}
