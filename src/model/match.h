/* Which tensors of a file are the layers of a network, whatever they are called. */
#ifndef NUDGE_MODEL_MATCH_H
#define NUDGE_MODEL_MATCH_H

#include "model/safetensors.h"
#include "net/network.h"

/* One for each of the network's tensors in file order. */
typedef struct nu_match {
    const nu_st_tensor **of; /* nu_tensors(); NULL: the network keeps its own: of the last
                              * layer, or before the first */
    const nu_st_tensor *other_last; /* the file's last weights where they have another width */
} nu_match;

/* Networks that a file has: those of a nudge model, otherwise 1. */
size_t nu_match_members(const nu_st_file *file);

/* Of network `member` of a nudge model, 0 for the first. nudge_model_load_weights() says how.
 * `partial`: a last layer of another width may be left as it is. Followed by nu_match_end() in any
 * case. NUDGE_EMISMATCH, NUDGE_EDATA (a type that nudge does not read), NUDGE_EMEMORY; messages do
 * not name the file. */
nudge_status nu_match_layers(nu_match *match, const nu_st_file *file, size_t member,
                             const nu_network *net, int partial, nudge_error *err);
void nu_match_end(nu_match *match);

/* NUDGE_EDATA unless it holds F32 or F64. */
nudge_status nu_match_dtype(const nu_st_tensor *tensor, nudge_error *err);

#endif
