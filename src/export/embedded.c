/* Embeddings of numbers, as records. */
#include "core/memory.h"
#include "core/status.h"
#include "export/writer.h"
#include "model/tensor.h"

static const nu_network *network_of(const nu_exported *e, size_t network)
{
    return &nu_member_of(e->model, network)->net;
}

/* What number j of as many has of a tensor, as a field of the record. */
static nudge_status add_part(nu_record *r, const char *key, const nu_tensor *t, size_t j,
                             size_t numbers, double **at, nudge_error *err)
{
    size_t n = nu_tensor_count(t) / numbers;
    nu_tensor_get(t, j * n, n, *at);
    NU_TRY(nu_exported_check_finite(*at, n, "of the embedding", err));
    r->field[r->n++] = (nu_field){.key = key, .kind = NU_NUMBERS_FIELD, .n = n, .numbers = *at,
                                  .is_f32 = t->element == nu_element_of(NUDGE_F32)};
    *at += n;
    return NUDGE_OK;
}

/* The input that number j is. */
static size_t input_of(const nu_embedding *embed, size_t j)
{
    size_t i = 0;
    for (;; i++)
        if (embed->is_number[i] && j-- == 0)
            return i;
}

nudge_status nu_exported_embedding(const nu_exported *e, size_t network, size_t j, nu_record *r,
                                   nudge_error *err)
{
    static const char *const keys[] = {"frequencies", "phases", "weight", "bias"};
    const nudge_model *one = nu_member_of(e->model, network);
    const nu_embedding *embed = &one->net.embed;
    size_t i = 2 * one->net.layers + (size_t)one->net.input_factor;
    size_t most = 2 * embed->frequencies + (embed->waves + 1) * embed->size;
    *r = (nu_record){.n = 1, .field = {{.key = "input", .kind = NU_NUMBER_FIELD,
                                        .number = (double)input_of(embed, j)}}};
    NU_NEW(r->list, nu_alloc, most, "an embedding", err);
    double *at = r->list;
    for (; i < nu_tensors(&one->net); i++) {
        nu_tensor t = nu_tensor_of(&one->net, one->params, e->model->dtype, i);
        NU_TRY(add_part(r, keys[t.of_embedding], &t, j, embed->numbers, &at, err));
    }
    return NUDGE_OK;
}

size_t nu_exported_embeddings(const nu_exported *e, size_t network)
{
    return network_of(e, network)->embed.numbers;
}

nudge_status nu_write_embeddings(const nu_writer *w, size_t network, size_t indent,
                                 nudge_error *err)
{
    size_t n = nu_exported_embeddings(w->e, network);
    for (size_t j = 0; j < n; j++) {
        nu_record record NU_SCOPED(nu_record_end) = {0};
        NU_TRY(nu_exported_embedding(w->e, network, j, &record, err));
        nu_write_record(w, &record, indent, j + 1 == n);
    }
    return NUDGE_OK;
}
