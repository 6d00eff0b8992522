/* Model files, for those who put more into one than a model: checkpoints (train/checkpoint.c).
 * Messages do not name the file. */
#ifndef NUDGE_MODEL_MODEL_FILE_H
#define NUDGE_MODEL_MODEL_FILE_H

#include <stdio.h>
#include <xxhash.h>

#include "model/model.h"
#include "model/safetensors.h"

/* A block of reals laid out as the parameters of one of the model's networks. */
typedef struct nu_block {
    char prefix[40]; /* of its tensors' names */
    void *at;
    const nu_network *net;
} nu_block;

/* Tensors of a nudge model whose names begin so are not its networks'. */
#define NU_STATE_PREFIX "trainer."

/* What the names of network k's tensors begin with: "" for the first, "members.1." for the next. */
#define NU_MEMBER_PREFIX "members."
#define NU_MEMBER_TEXT 24
const char *nu_member_prefix(char buf[NU_MEMBER_TEXT], size_t k);

/* What comes after that in a name of any file, and *k; of another name all of it, and 0. */
const char *nu_member_rest(const char *name, size_t *k);

/* The weights of network k. */
nu_block nu_model_block(const nudge_model *m, size_t k);

/* The file: the model, whose weights and what else it is to hold are n blocks, and more texts
 * beside format, version and network (metadata: an object of texts, or NULL). Errors of the stream are for
 * the caller to see. NUDGE_EMEMORY. */
nudge_status nu_model_write(FILE *stream, const nudge_model *m, const nu_block *blocks, size_t n,
                            json_t *metadata, nudge_error *err);

/* The network text of a file, which stays the file's. NUDGE_EDATA: it is no model, or of a version
 * that this program does not know. */
nudge_status nu_model_network(const char **text, const nu_st_file *file, nudge_error *err);

/* A block of a file, of the model's type of reals. *hash (may be NULL) goes on over its bytes.
 * NUDGE_EDATA for a tensor that is missing, has another type or shape, or holds no finite
 * number. */
nudge_status nu_model_read(const nu_st_file *file, const nudge_model *m, const nu_block *block,
                           XXH64_state_t *hash, nudge_error *err);

/* Goes on over the bytes that the block has in files. */
void nu_model_hash_block(const nudge_model *m, const nu_block *block, XXH64_state_t *hash);

#endif
