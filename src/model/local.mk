libnudge_all_la_SOURCES += \
	src/model/model.h src/model/model.c \
	src/model/members.c src/model/interval.c \
	src/model/match.h src/model/match.c \
	src/model/model_file.h src/model/model_load.c src/model/model_save.c \
	src/model/network_text.h src/model/network_text.c \
	src/model/safetensors.h src/model/safetensors.c \
	src/model/tensor.h src/model/tensor.c
