libnudge_all_la_SOURCES += \
	src/table/build.c \
	src/table/dataset.h src/table/dataset.c src/table/weights.c \
	src/table/hold_out.c \
	src/table/dictionary.h src/table/dictionary.c \
	src/table/random_dataset.c \
	src/table/notes.h src/table/notes.c \
	src/table/split.h src/table/split.c \
	src/table/table.h src/table/table.c
numeric_sources += src/table/batch.h src/table/batch.c
