libnudge_all_la_SOURCES += \
	src/bench/measure.h src/bench/measure.c \
	src/bench/kernel.h src/bench/kernels.c \
	src/bench/exchange.h src/bench/exchange.c \
	src/bench/forecast.c
numeric_sources += src/bench/numeric.h src/bench/numeric.c
