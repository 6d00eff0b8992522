/* What predictions need, as constants of languages whose lists hold lists. */
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/writer.h"

static void begin(const nu_writer *w, const char *name)
{
    fprintf(w->stream, "%s%s = ", w->syntax->declare, name);
}

static void end(const nu_writer *w, const char *bracket)
{
    fprintf(w->stream, "%s%s\n", bracket, w->syntax->end);
}

void nu_write_common_column(const nu_writer *w)
{
    const nu_record column = {
        .n = 2, .field = {{.key = "shift", .kind = NU_NUMBER_FIELD, .number = w->e->shift},
                          {.key = "factor", .kind = NU_NUMBER_FIELD, .number = w->e->factor}}};
    nu_write_fields(w, &column, 0);
}

nudge_status nu_write_constants(const nu_writer *w, nudge_error *err)
{
    const nu_exported *e = w->e;
    const nu_syntax *s = w->syntax;
    putc('\n', w->stream);
    if ((e->traits & NU_RECORDS) != 0) {
        begin(w, "columns");
        fputs("[\n", w->stream);
        NU_TRY(nu_write_columns(w, s->indent, err));
        end(w, "]");
    } else {
        begin(w, s->input_count);
        fprintf(w->stream, "%zu%s\n", e->inputs, s->end);
        if ((e->traits & NU_SCALED) != 0) {
            begin(w, "column");
            nu_write_common_column(w);
            end(w, "");
        }
    }
    begin(w, "targets");
    fputs("[\n", w->stream);
    nu_write_targets(w, s->indent);
    end(w, "]");
    if ((e->traits & NU_CLASSES) != 0) {
        begin(w, "classes");
        putc('[', w->stream);
        nu_write_texts(w, e->labels, e->n_labels, s->indent, strlen(s->declare) + 11);
        end(w, "]");
    }
    return NUDGE_OK;
}

/* Of layer l: "W1" is a list of rows, "b1" one of numbers. */
static nudge_status write_layer(const nu_writer *w, size_t k, size_t l, const char *prefix,
                                nudge_error *err)
{
    const nu_syntax *s = w->syntax;
    nu_exported_layer layer = nu_exported_layer_of(w->e, k, l);
    double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
    NU_TRY(nu_exported_weights(w->e, k, l, &weight, &bias, err));
    fprintf(w->stream, "\n%s%sW%zu = [\n", s->declare, prefix, l + 1);
    nu_write_rows(w, weight, layer.out, layer.in, s->indent);
    end(w, "]");
    fprintf(w->stream, "%s%sb%zu = [", s->declare, prefix, l + 1);
    nu_write_reals(w->stream, bias, layer.out, w->e->is_f32, s->indent, strlen(s->declare) + 8);
    end(w, "]");
    return NUDGE_OK;
}

nudge_status nu_write_weights(const nu_writer *w, size_t k, nudge_error *err)
{
    char prefix[NU_PREFIX];
    nu_network_prefix(prefix, w->e, k);
    if (nu_exported_embeddings(w->e, k) > 0) {
        fprintf(w->stream, "\n%s%sE = [\n", w->syntax->declare, prefix);
        NU_TRY(nu_write_embeddings(w, k, w->syntax->indent, err));
        end(w, "]");
    }
    for (size_t l = 0; l < nu_exported_layers(w->e, k); l++)
        NU_TRY(write_layer(w, k, l, prefix, err));
    return NUDGE_OK;
}
