libnudge_all_la_SOURCES += \
	src/net/embedding.h src/net/embedding.c src/net/network.h src/net/network.c
numeric_sources += \
	src/net/activation.h src/net/activation.c src/net/dropout.h src/net/dropout.c \
	src/net/embed.h src/net/embed.c \
	src/net/loss.h src/net/loss.c src/net/mix.h src/net/mix.c \
	src/net/layer.h src/net/layer.c src/net/layer_norm.h src/net/layer_norm.c
