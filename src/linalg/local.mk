libnudge_all_la_SOURCES += src/linalg/blas.h src/linalg/blas.c
numeric_sources += \
	src/linalg/real.h src/linalg/vecmath.h \
	src/linalg/gemm.h src/linalg/gemm.c \
	src/linalg/transpose.h src/linalg/transpose.c
