/* Models as ONNX: opset 13, ai.onnx.ml 2, IR 7. */
#include <jansson.h>

#include "core/memory.h"
#include "core/status.h"
#include "export/onnx_parts.h"
#include "export/writer.h"
#include "json_dump.h"
#include "prep/json_list.h"

static json_t *column_name(const void *columns, size_t j)
{
    return json_string(((const nu_prep_column *)columns)[j].name);
}

/* Names as a list in JSON, which may be NULL: there was no memory for them. */
static nudge_status add_names(nu_onnx *g, const char *key, json_t *names, nudge_error *err)
{
    char *text NU_FREED = names != NULL ? nu_json_dump(names, JSON_COMPACT) : NULL;
    json_decref(names);
    NU_NEED(text != NULL, 1024, "names as JSON", err);
    nu_onnx_metadata(g, key, text);
    return NUDGE_OK;
}

static nudge_status add_metadata(nu_onnx *g, const nu_exported *e, nudge_error *err)
{
    const nudge_prep *p = e->model->prep;
    nu_onnx_metadata(g, "nudge_version", nudge_version());
    NU_TRY(add_names(g, "feature_names",
                     p != NULL ? nu_json_list(p->n_columns, column_name, p->columns)
                               : json_array(), err));
    return add_names(g, "class_names", nu_json_texts(e->labels, e->n_labels), err);
}

static nudge_status write_onnx(const nu_writer *w, nudge_error *err)
{
    const nu_exported *e = w->e;
    nu_onnx g NU_SCOPED(nu_onnx_end) = {0};
    nu_wire x, y;
    nu_onnx_start(&g, e->is_f32 ? NU_ONNX_FLOAT : NU_ONNX_DOUBLE);
    if (w->is_raw)
        x = nu_onnx_input(&g, "X", g.real, e->inputs);
    else
        NU_TRY(nu_onnx_inputs(&g, e, &x, err));
    NU_TRY(nu_onnx_networks(&g, e, x, &y, err));
    if (w->is_raw)
        nu_onnx_output(&g, "Y", g.real, e->outputs, y);
    else
        NU_TRY(nu_onnx_outputs(&g, e, y, err));
    NU_TRY(add_metadata(&g, e, err));
    return nu_onnx_write(&g, w->stream, err);
}

const nu_language nu_language_onnx = {".onnx ", write_onnx};
