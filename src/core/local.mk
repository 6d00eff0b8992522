libnudge_all_la_SOURCES += \
	src/core/status.h src/core/status.c \
	src/core/memory.h src/core/memory.c \
	src/core/random.h src/core/random.c \
	src/core/cgroup.h src/core/cgroup.c src/core/team.h src/core/team.c \
	src/core/barrier.h src/core/barrier.c src/core/clock.h src/core/clones.h src/core/denormal.h \
	src/core/bytes.h src/core/bytes.c src/core/decompress.h src/core/decompress.c \
	src/core/file.h src/core/file.c src/core/element.h \
	src/core/names.c
