libnudge_all_la_SOURCES += \
	src/bench/measure.h src/bench/measure.c \
	src/bench/products.c \
	src/bench/kernels.h src/bench/kernels.c
numeric_sources += src/bench/numeric.h src/bench/numeric.c
