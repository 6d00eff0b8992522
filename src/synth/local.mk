libnudge_all_la_SOURCES += \
	src/synth/curves.c src/synth/exact.c \
	src/synth/generator.h src/synth/generator.c \
	src/synth/mixture.c src/synth/regression.c \
	src/synth/rows.h src/synth/rows.c \
	src/synth/spec.c \
	src/synth/teacher.c
