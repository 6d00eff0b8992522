libnudge_all_la_SOURCES += \
	src/import/chain.h src/import/chain.c \
	src/import/fann_net.c \
	src/import/import.c \
	src/import/imported.h src/import/imported.c \
	src/import/onnx.c src/import/onnx_values.h src/import/onnx_values.c \
	src/import/onnx_between.c src/import/onnx_columns.c \
	src/import/onnx_constants.c src/import/onnx_elementwise.c \
	src/import/onnx_file.h src/import/onnx_file.c \
	src/import/onnx_inputs.c src/import/onnx_layers.c src/import/onnx_outputs.c \
	src/import/onnx_shapes.c
