/* Models as JSON: what writers of programs write of them, for programs in other languages. */
#include "core/memory.h"
#include "core/status.h"
#include "export/writer.h"

static const nu_syntax syntax = {
    .record = {"{", "}"}, .key = "\"%s\": ", .yes = "true", .numbers = {"[", "]"},
    .texts = {"[", "]"}, .escape = "\\u%04x"};

static nudge_status write_columns(const nu_writer *w, nudge_error *err)
{
    const nu_exported *e = w->e;
    FILE *stream = w->stream;
    if ((e->traits & NU_RECORDS) != 0) {
        fputs("\"columns\": [\n", stream);
        NU_TRY(nu_write_columns(w, 4, err));
        fputs("  ],\n", stream);
    } else {
        fprintf(stream, "\"column_count\": %zu,\n  \"column\": ", e->columns);
        nu_write_common_column(w);
        fputs(",\n", stream);
    }
    fprintf(stream, "  \"robust\": %s,\n", e->traits & NU_ROBUST ? "true" : "false");
    return NUDGE_OK;
}

static nudge_status write_layer(const nu_writer *w, size_t k, size_t l, nudge_error *err)
{
    nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
    double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
    NU_TRY(nu_exported_weights(w->e, k, l, &weight, &bias, err));
    fprintf(w->stream, "{\"layer_norm\": %s, \"activation\": \"%s\", \"residual\": %s,\n"
            "     \"weight\": [\n", layer.normed ? "true" : "false",
            nudge_activation_name(layer.activation), layer.adds ? "true" : "false");
    nu_write_rows(w, weight, layer.out, layer.in, 6);
    fputs("    ], \"bias\": [", w->stream);
    nu_write_reals(w->stream, bias, layer.out, w->e->is_f32, 6, 16);
    fputs("]}", w->stream);
    return NUDGE_OK;
}

static nudge_status write_embeddings(const nu_writer *w, nudge_error *err)
{
    fputs("  \"embeddings\": [", w->stream);
    for (size_t k = 0; k < w->e->networks; k++) {
        fputs(k > 0 ? ", [\n" : "[\n", w->stream);
        NU_TRY(nu_write_embeddings(w, k, 4, err));
        fputs("  ]", w->stream);
    }
    fputs("],\n", w->stream);
    return NUDGE_OK;
}

static nudge_status write_networks(const nu_writer *w, nudge_error *err)
{
    if ((w->e->traits & NU_EMBEDS) != 0)
        NU_TRY(write_embeddings(w, err));
    fputs("  \"networks\": [", w->stream);
    for (size_t k = 0; k < w->e->networks; k++) {
        fputs(k > 0 ? ", [\n" : "[\n", w->stream);
        for (size_t l = 0; l < nu_exported_layers(w->e, k); l++) {
            fputs(l > 0 ? ",\n    " : "    ", w->stream);
            NU_TRY(write_layer(w, k, l, err));
        }
        fputs("\n  ]", w->stream);
    }
    fputs("],\n", w->stream);
    return NUDGE_OK;
}

static nudge_status write_json(const nu_writer *shared, nudge_error *err)
{
    nu_writer writer = *shared, *w = &writer;
    uint64_t t = w->e->traits;
    const nudge_prep *prep = w->e->model->prep;
    w->syntax = &syntax;
    fprintf(w->stream, "{\n  \"format\": \"nudge-export\", \"version\": \"%s\",\n"
            "  \"dtype\": \"%s\",\n  ", nudge_version(), nudge_dtype_name(w->e->model->dtype));
    NU_TRY(write_columns(w, err));
    NU_TRY(write_networks(w, err));
    fprintf(w->stream, "  \"link\": \"%s\",\n  \"transform\": \"%s\",\n  \"targets\": [\n",
            t & NU_SOFTMAX   ? "softmax"
            : t & NU_SIGMOID ? "sigmoid" : t & NU_EXP ? "exp" : "identity",
            nudge_transform_name(prep != NULL ? prep->transform : NUDGE_TRANSFORM_NONE));
    nu_write_targets(w, 4);
    fputs("  ],\n  \"classes\": [", w->stream);
    nu_write_texts(w, w->e->labels, w->e->n_labels, 4, 14);
    fputs("]\n}\n", w->stream);
    return NUDGE_OK;
}

const nu_language nu_language_json = {".json ", write_json};
