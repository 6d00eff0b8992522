#include "net/embedding.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

static const nu_embed_kind kinds[] = {
    [NUDGE_EMBED_PLR] = {.size = 16, .frequencies = 32, .scale = 0.5, .rectifies = 1},
    [NUDGE_EMBED_PBLD] = {.size = 3, .frequencies = 16, .scale = 0.1, .has_phases = 1, .keeps = 1},
};
#define SCALE_MOST 1e4

static nudge_status check(const nudge_model_options *o, nudge_error *err)
{
    if (nudge_embed_name(o->embed) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "embedding %d does not exist", (int)o->embed);
    if (o->embed_size > NU_EMBED_SIZE_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "embed_size", "%zu values of an embedding; "
                               "there must be from 1 to %d", o->embed_size, NU_EMBED_SIZE_MOST);
    if (o->embed_frequencies > NU_EMBED_FREQUENCIES_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "frequencies", "%zu frequencies; there must "
                               "be from 1 to %d", o->embed_frequencies, NU_EMBED_FREQUENCIES_MOST);
    if (!(o->embed_scale >= 0 && o->embed_scale <= SCALE_MOST))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "frequency_scale", "%g is no scale of "
                               "frequencies; it must be above 0 and at most %g", o->embed_scale,
                               SCALE_MOST);
    return NUDGE_OK;
}

nudge_status nu_embedding_start(nu_embedding *e, const nudge_model_options *o, nudge_error *err)
{
    NU_TRY(check(o, err));
    if (o->embed == NUDGE_EMBED_NONE)
        return NUDGE_OK;
    if (o->widths[0] > NU_EMBED_INPUTS_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "embed", "%zu inputs are too many to embed "
                               "numbers of", o->widths[0]);
    const nu_embed_kind *how = &kinds[o->embed];
    *e = (nu_embedding){.kind = o->embed, .how = how, .inputs = o->widths[0]};
    e->size = o->embed_size > 0 ? o->embed_size : how->size;
    e->frequencies = o->embed_frequencies > 0 ? o->embed_frequencies : how->frequencies;
    e->scale = o->embed_scale > 0 ? o->embed_scale : how->scale;
    e->waves = how->has_phases ? e->frequencies : 2 * e->frequencies;
    e->each = e->size + (size_t)how->keeps;
    NU_NEW(e->is_number, calloc, e->inputs, "an embedding", err);
    for (size_t i = 0; i < e->inputs; i++)
        e->numbers += e->is_number[i] = o->embed_inputs == NULL || o->embed_inputs[i] != 0;
    if (e->numbers == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "embed", "no input is a number to embed");
    if (!nu_mul(e->numbers, e->each, &e->outputs))
        return nu_fail(err, NUDGE_EARGUMENT, "embeddings of %zu numbers overflow", e->numbers);
    e->outputs += e->inputs - e->numbers;
    return NUDGE_OK;
}

size_t nu_embed_shape(const nu_embedding *e, nu_embed_tensor tensor, size_t shape[2])
{
    size_t each[NU_EMBED_TENSORS][2] = {
        [NU_EMBED_FREQUENCIES] = {e->frequencies, 1},
        [NU_EMBED_PHASES] = {e->frequencies, 1},
        [NU_EMBED_WEIGHT] = {e->waves, e->size},
        [NU_EMBED_BIAS] = {e->size, 1},
    };
    if (tensor == NU_EMBED_PHASES && !e->how->has_phases)
        return 0;
    memcpy(shape, each[tensor], sizeof each[tensor]);
    return tensor == NU_EMBED_WEIGHT ? 2 : 1;
}

void nu_embedding_end(nu_embedding *e)
{
    free(e->is_number);
}
