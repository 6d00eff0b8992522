libnudge_all_la_SOURCES += \
	src/model/model.h src/model/model.c \
	src/model/tensor.h src/model/tensor.c \
	src/model/safetensors.h src/model/safetensors.c \
	src/model/model_file.c
