libnudge_all_la_SOURCES += src/linalg/blas.h src/linalg/blas.c src/linalg/span.h
numeric_sources += \
	src/linalg/real.h src/linalg/vecmath.h \
	src/linalg/gemm.h src/linalg/gemm.c \
	src/linalg/vectors.h src/linalg/vectors.c \
	src/linalg/panels.h src/linalg/panels.c
