/* Embeddings of numbers, which a network makes of its inputs before its first layer: their shape
 * and where their parameters are. What they compute: net/embed.h. */
#ifndef NUDGE_NET_EMBEDDING_H
#define NUDGE_NET_EMBEDDING_H

#include "nudge.h"

#define NU_EMBED_SIZE_MOST 256
#define NU_EMBED_FREQUENCIES_MOST 512
#define NU_EMBED_INPUTS_MOST ((size_t)1 << 24) /* a file could otherwise name any number */

/* What the kinds of nudge_embed differ in. */
typedef struct nu_embed_kind {
    size_t size, frequencies; /* the usual ones */
    double scale;   /* likewise */
    int has_phases; /* and cosines alone */
    int rectifies;
    int keeps;      /* the number itself comes first */
} nu_embed_kind;

/* The tensors, in the order of files. */
typedef enum nu_embed_tensor {
    NU_EMBED_FREQUENCIES, /* numbers x frequencies */
    NU_EMBED_PHASES,      /* likewise; or none */
    NU_EMBED_WEIGHT,      /* numbers x waves x size */
    NU_EMBED_BIAS,        /* numbers x size */
    NU_EMBED_TENSORS
} nu_embed_tensor;

/* A number becomes `each` values in its place, of `waves` cosines and sines; other inputs are
 * passed on. */
typedef struct nu_embedding {
    nudge_embed kind;  /* NUDGE_EMBED_NONE: all else is 0 */
    const nu_embed_kind *how;
    size_t inputs, numbers, outputs;
    size_t size, frequencies, waves, each;
    double scale;             /* of frequencies that begin */
    unsigned char *is_number; /* inputs */
    size_t at[NU_EMBED_TENSORS + 1]; /* of the tensors in the block of parameters, in reals, and
                                      * where they end; the same as the next: there is none */
} nu_embedding;

/* Reals of a number: cosines, then sines, both kept for the way back. */
static inline size_t nu_embed_kept(const nu_embedding *e)
{
    return 2 * e->frequencies;
}

/* The numbers of a tensor's shape, all but the first; returns how many. 0: there is no such
 * tensor. */
size_t nu_embed_shape(const nu_embedding *e, nu_embed_tensor tensor, size_t shape[2]);

/* What the options ask for; no places yet. *e is ended by the caller, on failure too.
 * NUDGE_EARGUMENT, NUDGE_EMEMORY. */
nudge_status nu_embedding_start(nu_embedding *e, const nudge_model_options *options,
                                nudge_error *err);
void nu_embedding_end(nu_embedding *e);

#endif
