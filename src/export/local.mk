libnudge_all_la_SOURCES += \
	src/export/c.c src/export/c_lines.h src/export/c_inputs.c src/export/c_outputs.c \
	src/export/c_main.c \
	src/export/constants.c \
	src/export/embedded.c \
	src/export/export.c \
	src/export/exported.h src/export/exported.c \
	src/export/html.c src/export/html_lines.h src/export/html_lines.c \
	src/export/javascript.c src/export/javascript_lines.h src/export/javascript_lines.c \
	src/export/json.c \
	src/export/known.h src/export/known.c \
	src/export/onnx.c src/export/onnx_parts.h \
	src/export/onnx_graph.h src/export/onnx_graph.c src/export/onnx_formula.c \
	src/export/onnx_inputs.c src/export/onnx_networks.c src/export/onnx_outputs.c \
	src/export/python.c src/export/python_lines.h \
	src/export/python_inputs.c src/export/python_outputs.c \
	src/export/writer.h src/export/writer.c

# Made by protobuf-c of ONNX's description, in the build's folder onnx.
nodist_libnudge_all_la_SOURCES = onnx/onnx.pb-c.c onnx/onnx.pb-c.h
BUILT_SOURCES += onnx/onnx.pb-c.h
CLEANFILES += onnx/onnx.pb-c.c onnx/onnx.pb-c.h

onnx/onnx.pb-c.h: $(ONNX_PROTO)/onnx.proto
	$(MKDIR_P) onnx
	$(PROTOC_C) -I'$(ONNX_PROTO)' --c_out=onnx onnx.proto

onnx/onnx.pb-c.c: onnx/onnx.pb-c.h
