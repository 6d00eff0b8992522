/* ONNX files: protobuf-c's structs of onnx.proto, from bytes that nobody vouches for. */
#ifndef NUDGE_IMPORT_ONNX_FILE_H
#define NUDGE_IMPORT_ONNX_FILE_H

#include <onnx.pb-c.h>

#include "nudge.h"

/* A model with a graph; for nu_onnx_free(). NUDGE_EDATA (`path` begins the message),
 * NUDGE_EMEMORY. */
nudge_status nu_onnx_unpack(Onnx__ModelProto **model, const char *path, const unsigned char *bytes,
                            size_t size, nudge_error *err);
void nu_onnx_free(Onnx__ModelProto **model);

#endif
