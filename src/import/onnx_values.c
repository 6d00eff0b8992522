#include "import/onnx_values.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

nudge_status nu_graph_refuse(const nu_graph *g, nudge_error *err, const char *format, ...)
{
    const Onnx__NodeProto *node = g->node;
    char text[NUDGE_ERROR_SIZE / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (node == NULL)
        return nu_fail(err, NUDGE_EDATA, "%s: %s", g->im->path, text);
    return nu_fail(err, NUDGE_EDATA, "%s: node '%.80s' (%.40s): %s", g->im->path,
                   *nu_text_of(node->name) != '\0' ? node->name
                   : node->n_output > 0 ? node->output[0] : "", nu_text_of(node->op_type), text);
}

/* ---- Values ----------------------------------------------------------------------------- */

nudge_status nu_graph_symbol(nu_graph *g, nu_symbol **value, nu_symbol_kind kind, size_t n,
                             nudge_error *err)
{
    nu_symbol *v;
    NU_NEW(v, calloc, 1, "a value of the graph", err);
    *v = (nu_symbol){.kind = kind, .node = g->node, .n = n, .next = g->all};
    g->all = v;
    *value = v;
    return NUDGE_OK;
}

nudge_status nu_graph_afford(nu_graph *g, size_t n, nudge_error *err)
{
    enum { SMALL = 1 << 24 }; /* in any file; an honest one's nodes make some 6 of 4 bytes */
    if (n > UINT64_MAX / 2 || (g->made += n) > 4 * (uint64_t)g->file_size + SMALL)
        return nu_graph_refuse(g, err, "its nodes make more numbers than the file has");
    return NUDGE_OK;
}

nudge_status nu_graph_name(nu_graph *g, const char *name, nu_symbol *v, nudge_error *err)
{
    size_t number = nu_dictionary_add(&g->names, name, strlen(name));
    NU_NEED(number != NU_NOT_FOUND, 64, "names", err);
    if (number < g->n_values)
        return nu_graph_refuse(g, err, "two values are called '%.80s'", name);
    if ((number & (number - 1)) == 0) { /* room doubles at powers of two */
        nu_symbol **more = realloc(g->value, 2 * (number + 1) * sizeof *more);
        NU_NEED(more != NULL, number * sizeof *more, "names", err);
        g->value = more;
    }
    g->value[number] = v;
    g->n_values = number + 1;
    return NUDGE_OK;
}

/* ---- Attributes ------------------------------------------------------------------------- */

const Onnx__AttributeProto *nu_graph_attribute(const nu_graph *g, const char *name)
{
    for (size_t i = 0; i < g->node->n_attribute; i++)
        if (strcmp(nu_text_of(g->node->attribute[i]->name), name) == 0)
            return g->node->attribute[i];
    return NULL;
}

int64_t nu_graph_int(const nu_graph *g, const char *name, int64_t otherwise)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, name);
    return a != NULL ? a->i : otherwise;
}

double nu_graph_float(const nu_graph *g, const char *name, double otherwise)
{
    const Onnx__AttributeProto *a = nu_graph_attribute(g, name);
    return a != NULL ? (double)a->f : otherwise;
}
