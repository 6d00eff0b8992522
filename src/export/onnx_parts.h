/* The parts of an ONNX model, in the order of its graph. */
#ifndef NUDGE_EXPORT_ONNX_PARTS_H
#define NUDGE_EXPORT_ONNX_PARTS_H

#include "export/exported.h"
#include "export/onnx_graph.h"

/* The graph's inputs, and from them the network's, *x: [N, e->inputs]. NUDGE_EMEMORY. */
nudge_status nu_onnx_inputs(nu_onnx *g, const nu_exported *e, nu_wire *x, nudge_error *err);

/* From there to what all networks give, *y: links are within, members averaged. NUDGE_EDATA,
 * NUDGE_EMEMORY. */
nudge_status nu_onnx_networks(nu_onnx *g, const nu_exported *e, nu_wire x, nu_wire *y,
                              nudge_error *err);

/* From there to the graph's outputs. NUDGE_EMEMORY. */
nudge_status nu_onnx_outputs(nu_onnx *g, const nu_exported *e, nu_wire y, nudge_error *err);

#endif
