/* Models to files: safetensors tensors layers.N.weight and layers.N.bias, and in __metadata__
 * format, version and network. */
#include <jansson.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "model/network_text.h"
#include "model/safetensors.h"
#include "model/tensor.h"

/* What the file begins with; for free(). NULL without memory. */
static char *model_header(const nudge_model *m, size_t *size)
{
    size_t n = 2 * m->net.layers;
    nu_st_tensor *tensors NU_FREED = calloc(n, sizeof *tensors);
    char (*names)[NU_TENSOR_NAME] NU_FREED = calloc(n, sizeof *names);
    uint64_t (*shapes)[2] NU_FREED = calloc(n, sizeof *shapes);
    char *text NU_FREED = nu_network_text(m);
    json_auto_t *metadata = text == NULL ? NULL
                                         : json_pack("{s:s, s:s, s:s}", "format", NU_MODEL_FORMAT,
                                                     "version", NU_MODEL_VERSION, "network", text);
    if (tensors == NULL || names == NULL || shapes == NULL || metadata == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        nu_tensor t = nu_tensor_of(&m->net, m->params, m->dtype, i);
        nu_tensor_name(names[i], &t);
        tensors[i] = (nu_st_tensor){.name = names[i], .dtype = nu_tensor_dtype(m->dtype),
                                    .rank = nu_tensor_shape(shapes[i], &t), .shape = shapes[i]};
    }
    return nu_st_header(tensors, n, metadata, size);
}

static void write_tensor(FILE *stream, const nu_tensor *t)
{
    double values[NU_STRETCH], packed[NU_STRETCH]; /* packed: room for either dtype */
    size_t total = nu_tensor_count(t), n;
    for (size_t first = 0; first < total && !ferror(stream); first += n) {
        n = total - first < NU_STRETCH ? total - first : NU_STRETCH;
        nu_tensor_get(t, first, n, values);
        nu_keep(packed, t->element, 0, n, values);
        fwrite(packed, nu_element_size(t->element), n, stream); /* nu_output_commit() checks */
    }
}

nudge_status nudge_model_save(const nudge_model *model, const char *path, nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    NU_TRY(nu_output_open(&out, path, err));
    size_t size;
    char *header NU_FREED = model_header(model, &size);
    NU_NEED(header != NULL, model->net.layers * 256, "a model file's header", err);
    fwrite(header, 1, size, out.stream);
    for (size_t i = 0; i < 2 * model->net.layers; i++) {
        nu_tensor t = nu_tensor_of(&model->net, model->params, model->dtype, i);
        write_tensor(out.stream, &t);
    }
    return nu_output_commit(&out, err);
}
